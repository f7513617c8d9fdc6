"""`[company]` and `[data]`: currency, country, time zone, period, default location, today, letter case of codes."""

import datetime as dt
from collections.abc import Mapping

from onboarding.answers import CompanyFact
from onboarding.draft.company_profile import CompanyProfile
from onboarding.draft.settings_draft import TableDraft
from onboarding.questions import Guess
from onboarding.survey.synonyms import ZONES
from onboarding.survey.values import read_days
from onboarding.survey.wide_files import period_of
from settings.schema import DataSettings


def company_settings(profile: CompanyProfile, drafts: Mapping[str, TableDraft]) -> dict[str, Guess]:
    """Settings of `[company]` but the name."""
    company: dict[str, Guess] = {}
    found = {"base_currency": profile.currency(), "country": profile.country()}
    company |= {name: guess for name, guess in found.items() if guess is not None}
    company["timezone"] = profile.known_timezone() or _zone_of(company.get("country"))
    company |= _rhythm(profile)
    sales = drafts.get("sales")
    if sales is not None and not _names_location(profile, sales):
        location = profile.location()
        if location is not None:
            company["default_location"] = location
    return company


def _zone_of(country: Guess | None) -> Guess:
    """The country's zone, where it has one only."""
    zone = ZONES.get(country.value) if country is not None else None
    why = "the files hold plain days; it only says when today begins"
    if zone is None or country is None:
        return Guess("UTC", "assumed", why)
    return Guess(zone, "assumed", f"the zone of {country.value}; {why}")


def _names_location(profile: CompanyProfile, sales: TableDraft) -> bool:
    """Whether every sale says where it was taken from."""
    if sales.connector is None:
        return "location" in {*sales.columns, *sales.constants}
    found = profile.source_of("sales")
    frame = None if found is None else profile.converted(found, "sales")
    return frame is not None and "location" in frame and bool((frame["location"] != "").all())


def _rhythm(profile: CompanyProfile) -> dict[str, Guess]:
    said = profile.answer_to(CompanyFact.PERIOD)
    rhythm = period_of(profile.sale_days())
    if said is not None:
        found = {"period": said}
        if said.value == "week" and rhythm and rhythm[1]:
            found["week_starts_on"] = Guess(rhythm[1], "sure", "the weekday of all sales")
        return found
    if rhythm is None or rhythm[0] == "day":
        return {}
    period, weekday = rhythm
    why = "sales stand on one day a " + period
    found = {"period": Guess(period, "sure", why)}
    if weekday:
        found["week_starts_on"] = Guess(weekday, "sure", why)
    return found


def data_settings(profile: CompanyProfile, drafts: Mapping[str, TableDraft], today: dt.date) -> dict[str, Guess]:
    """Settings of `[data]`: the day of old data, and whether codes that differ by letter case only are one SKU.

    Parameters
    ----------
    drafts: of all tables, by table.
    today: the day on which it is asked.
    """
    return {**_today_of_old_data(drafts, today), **_sku_case(profile, drafts)}


def _today_of_old_data(drafts: Mapping[str, TableDraft], today: dt.date) -> dict[str, Guess]:
    """The day of old data stands for the clock, so that a first plan can be made of them."""
    inventory = drafts.get("inventory")
    if inventory is None:
        return {}
    day = _newest(inventory)
    limit = int(DataSettings.model_fields["max_data_age_days"].default)
    if day is None or (today - day).days <= limit:
        return {}
    why = f"the stock is of {day}: planned as if it were the next day; take this away before nightly runs"
    return {"today": Guess(day + dt.timedelta(days=1), "assumed", why)}


def _newest(inventory: TableDraft) -> dt.date | None:
    if "as_of" in inventory.constants:
        try:
            return dt.date.fromisoformat(str(inventory.constants["as_of"].value))
        except ValueError:
            return None
    column = inventory.columns.get("as_of")
    if column is None:
        return None
    form = inventory.keys.get("date_format")
    formats = [] if form is None else form.value if isinstance(form.value, list) else [form.value]
    days = read_days(inventory.delivered.contents[column.value].texts, formats)
    return days[-1] if days else None


def _sku_case(profile: CompanyProfile, drafts: Mapping[str, TableDraft]) -> dict[str, Guess]:
    """Whether codes that differ by letter case only are one SKU: questions where there are such codes."""
    sales = drafts.get("sales")
    sku = sales.columns.get("sku") if sales is not None else None
    if sales is None or sku is None or sku.value not in sales.delivered.columns:
        return {}
    texts = sales.delivered.contents[sku.value].texts
    alike = len(texts) - len({code.upper() for code in texts})
    if alike == 0:
        return {}
    codes = "1 code differs" if alike == 1 else f"{alike} codes differ"
    prompt = f"{sales.delivered.name}: {codes} from others by letter case only. Are these one SKU (upper)?"
    guess = profile.ask_choice(CompanyFact.SKU_CASE, ("upper", "keep"), prompt)
    return {} if guess is None else {"sku_case": guess}
