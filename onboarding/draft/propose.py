"""All of a company's `restock.toml`, from what its files say and what people answered."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from data_contracts.tables import CONTRACTS
from intake.connectors import EXPORTS, Export
from onboarding.draft.column_guesses import match_table
from onboarding.draft.company_wide import CompanyProfile
from onboarding.draft.draft import Answers, Asked, Guess, Question, SettingsDraft, TableDraft
from onboarding.draft.filling import fill, matches_of
from onboarding.draft.recognition import ESSENTIAL, NOTHING, Recognised, names_table, recognise
from onboarding.draft.sales_lines import ask_for_orders, codes_that_differ_by_case, rules_of_lines
from onboarding.survey.survey import Survey
from onboarding.survey.synonyms import ZONES
from onboarding.survey.values import read_days
from onboarding.survey.wide import period_of
from settings.schema import DataSettings

_DRAWN_FROM: Mapping[str, tuple[str, ...]] = {
    "inventory": ("stock_levels", "products", "sales"),
    "products": ("inventory", "supply_terms", "sales"),
    "supply_terms": ("products", "inventory", "sales"),
    "receipts": ("purchase_orders",),
}
"""Tables that may be made from another table's file, and from which, in this order."""

_WITHOUT_CONNECTOR = ("products", "supply_terms")
"""Tables that may be made, by mapping, from an export whose connector does not feed them."""

_FEWEST_SKUS = 2
_NEARLY_ALL = 0.95
_SHOWN_COLUMNS = 6

_ESSENTIAL_OF_DRAWN: Mapping[str, tuple[tuple[str, ...], ...]] = {"receipts": (("order_number",), ("received_on",))}


def draft_settings(
    survey: Survey, answers: Answers, today: dt.date, exports: Mapping[str, Export] = EXPORTS
) -> SettingsDraft:
    """What each file is, how its columns map, and what has to be asked.

    Parameters
    ----------
    survey: what lies in the folder or database.
    answers: what people said, by the key of the question.
    today: the day on which it is asked; older data are planned as of their own day.
    exports: formats of other systems, by name.
    """
    asked = Asked(answers)
    found = [recognise(delivered, exports, asked) for delivered in survey.delivered]
    found = [_by_skus(each, found, exports, asked) for each in found]
    chosen, left = _one_file_for_each(found, asked)
    profile = CompanyProfile(tuple(chosen), asked)
    waiting = _ask_for_what_is_needed(profile, found)
    drafts = _drafts(profile, found, waiting)
    completing = _complete(drafts, found)
    left = [(name, why) for name, why in left if name not in completing]
    tables, incomplete = _usable(drafts)
    company, data = _company(profile, drafts), {**_data(drafts, today), **_sku_case(profile, drafts)}
    return SettingsDraft(
        tables=tables,
        company=company,
        data=data,
        questions=tuple(asked.questions.values()),
        left=(*left, *incomplete, *survey.unread),
    )


def _by_skus(each: Recognised, found: list[Recognised], exports: Mapping[str, Export], asked: Asked) -> Recognised:
    """A file that is no table by its headings, looked at again where one of its columns holds the products' SKUs."""
    products = next((other for other in found if other.table == "products" and other.export is None), None)
    is_open = each.export is None and each.wide is None and (each.table is None or each.kind.sure == "told")
    if products is None or not is_open or each is products or (each.kind.value == NOTHING and each.kind.sure == "told"):
        return each
    sku = match_table(CONTRACTS["products"], products.delivered).get("sku")
    if sku is None or "sku" in match_table(CONTRACTS["sales"], each.delivered):
        return each
    known = set(products.delivered.contents[sku.delivered].texts)
    for name, values in each.delivered.contents.items():
        texts = set(values.texts)
        if (
            len(texts) >= _FEWEST_SKUS
            and len(texts & known) >= _NEARLY_ALL * len(texts)
            and values.kind in ("text", "number")
        ):
            return recognise(replace(each.delivered, skus=name), exports, asked)
    return each


def _ask_for_what_is_needed(profile: CompanyProfile, found: list[Recognised]) -> set[str]:
    """Ask which unused file holds sales or stock where none does; returned are the tables that wait for the answer."""
    waiting = set()
    for table in ("inventory", "sales"):
        if profile.feeding(table) or (table == "inventory" and profile.feeding("stock_levels")):
            continue
        for each in found:
            if each.table or each.is_prices or each.export or each.wide or each.kind.sure == "told":
                continue
            name = each.delivered.name
            if table == "sales" or names_table(name, table):
                waiting.add(table)
                key, flag = f"table:{name}", f'--table "{name}={table}|none"'
                columns = ", ".join(each.delivered.columns[:_SHOWN_COLUMNS])
                needs = ", ".join(" or ".join(group) for group in ESSENTIAL[table])
                asks = (
                    f"{name}: is it {table}? No other file is, and its columns {columns} do not tell; "
                    f"{table} needs {needs}: "
                    f'say also --map "{table}.COLUMN=YOUR COLUMN"'
                )
                profile.asked.questions.setdefault(key, Question(key, flag, asks, (*CONTRACTS, NOTHING)))
    return waiting


def _drafts(profile: CompanyProfile, found: list[Recognised], waiting: set[str]) -> dict[str, TableDraft]:
    """Tables that have a file, then those that are made from another table's."""
    drafts = {
        each.table: fill(each.table, each, profile, prices=_prices_for(each, found))
        for each in profile.found
        if each.table
    }
    for each in profile.found:
        for table in each.export.tables if each.export else ():
            if table not in drafts:
                drafts[table] = fill(table, each, profile, main=drafts[str(each.table)])
    for table, sources in _DRAWN_FROM.items():
        source = None if table in drafts or table in waiting else _source(table, sources, profile, drafts)
        if source is not None:
            drafts[table] = fill(table, source, profile, main=drafts[str(source.table)])
    if "sales" in drafts and drafts["sales"].connector is None:
        drafts["sales"].keys.update(rules_of_lines(drafts["sales"]))
        ask_for_orders(drafts["sales"], profile.asked)
    return drafts


def _complete(drafts: dict[str, TableDraft], found: list[Recognised]) -> set[str]:
    """Join files that complete another export's rows to these; returned are their names."""
    completing = set()
    for each in found:
        completes = each.export.completes if each.export else None
        draft = drafts.get(completes.table) if completes else None
        if completes is None or draft is None or draft.connector != completes.export:
            continue
        if each.delivered.separator != draft.delivered.separator:  # both are read in one way
            continue
        columns = {
            name: Guess(column, "sure", f"a column of {each.delivered.name}")
            for name, column in completes.columns.items()
            if name not in draft.columns
        }
        joined = {"path": each.delivered.place["path"], "on": list(completes.on)}
        keys = {**draft.keys, "joined": Guess([joined], "sure", each.kind.why)}
        drafts[completes.table] = replace(draft, columns={**draft.columns, **columns}, keys=keys)
        completing.add(each.delivered.name)
    return completing


def _one_file_for_each(found: list[Recognised], asked: Asked) -> tuple[list[Recognised], list[tuple[str, str]]]:
    """One file for each table; where two claim one, people choose."""
    chosen: list[Recognised] = []
    left = [
        (each.delivered.name, each.kind.why if each.kind.value == NOTHING else "not told what it is")
        for each in found
        if each.table is None and not each.is_prices
    ]
    for table in CONTRACTS:
        rivals = [each for each in found if each.table == table]
        told = [each for each in rivals if each.kind.sure == "told"]
        if len(rivals) > 1 and len(told) != 1:
            names = " or ".join(each.delivered.name for each in rivals)
            for each in rivals:
                key = f"table:{each.delivered.name}"
                asks = f"Which file holds {table}: {names}? Say of each but one that it is none, or put them into one"
                asked.questions[key] = Question(
                    key, f'--table "{each.delivered.name}={table}|none"', asks, (table, NOTHING)
                )
        chosen += told[:1] if len(told) == 1 else rivals[:1]
        if len(told) == 1:
            left += [
                (each.delivered.name, f"{table} are told to be another file's") for each in rivals if each != told[0]
            ]
    return chosen, left


def _prices_for(sales: Recognised, found: list[Recognised]) -> Recognised | None:
    if sales.table != "sales" or sales.wide is None:
        return None
    return next(
        (
            each
            for each in found
            if each.is_prices
            and each.wide
            and each.wide.keys == sales.wide.keys
            and each.wide.dates == sales.wide.dates
        ),
        None,
    )


def _source(
    table: str, sources: tuple[str, ...], profile: CompanyProfile, drafts: Mapping[str, TableDraft]
) -> Recognised | None:
    """The file that a table without one is made from: the first with what it takes, else the first with SKUs."""
    files = [each for each in (profile.of_table(name) for name in sources) if each is not None]
    candidates = [each for each in files if each.export is None]
    if table in _WITHOUT_CONNECTOR:
        candidates += [replace(each, export=None) for each in files if each.export is not None]
    located = [each for each in candidates if _has_locations(drafts[str(each.table)])]
    if table in ("supply_terms", "inventory") and located:
        candidates = located
    for each in candidates:
        matches = matches_of(table, each, drafts[str(each.table)])
        if all(any(name in matches for name in group) for group in _ESSENTIAL_OF_DRAWN.get(table, ESSENTIAL[table])):
            return each
    with_skus = [each for each in candidates if "sku" in matches_of(table, each, drafts[str(each.table)])]
    return with_skus[0] if with_skus and table != "receipts" else None


def _has_locations(draft: TableDraft) -> bool:
    column = draft.columns.get("location")
    return column is not None and len(draft.delivered.contents[column.value].texts) > 1


def _usable(drafts: Mapping[str, TableDraft]) -> tuple[tuple[TableDraft, ...], list[tuple[str, str]]]:
    """Drafts in the contracts' order; tables that the plan can do without are left out where a column is missing."""
    usable, left = [], []
    unused: dict[str, set[str]] = {}
    for each in drafts.values():
        unused.setdefault(each.delivered.name, set(each.unused)).intersection_update(each.unused)
    for table, contract in CONTRACTS.items():
        draft = drafts.get(table)
        if draft is None:
            continue
        if draft.lacks and not contract.needed_to_run:
            flags = ", ".join(f'--map "{table}.{name}=COLUMN"' for name in draft.lacks)
            left.append((draft.delivered.name, f"looks like {table}, but has no {', '.join(draft.lacks)}; say {flags}"))
        else:
            nowhere = tuple(name for name in draft.unused if name in unused[draft.delivered.name])
            usable.append(replace(draft, unused=nowhere))
    return tuple(usable), left


def _company(profile: CompanyProfile, drafts: Mapping[str, TableDraft]) -> dict[str, Guess]:
    company: dict[str, Guess] = {}
    found = {"base_currency": profile.currency(), "country": profile.country()}
    company |= {name: guess for name, guess in found.items() if guess is not None}
    zone = profile.facts.get("timezone") or _told(profile, "timezone")
    company["timezone"] = zone or _zone_of(company.get("country"))
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
    found = profile.feeding("sales")
    frame = None if found is None else profile.converted(found, "sales")
    return frame is not None and "location" in frame and bool((frame["location"] != "").all())


def _told(profile: CompanyProfile, key: str) -> Guess | None:
    return Guess(profile.asked.answers[key], "told", "told") if key in profile.asked.answers else None


def _rhythm(profile: CompanyProfile) -> dict[str, Guess]:
    told = _told(profile, "period")
    rhythm = period_of(profile.sale_days())
    if told is not None:
        found = {"period": told}
        if told.value == "week" and rhythm and rhythm[1]:
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


def _data(drafts: Mapping[str, TableDraft], today: dt.date) -> dict[str, Guess]:
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


def _sku_case(profile: CompanyProfile, drafts: Mapping[str, TableDraft]) -> dict[str, Guess]:
    """Whether codes that differ by letter case only are one SKU: asked where there are such codes."""
    sales = drafts.get("sales")
    sku = sales.columns.get("sku") if sales is not None else None
    if sales is None or sku is None or sku.value not in sales.delivered.columns:
        return {}
    alike = codes_that_differ_by_case(sales.delivered.contents[sku.value].texts)
    if alike == 0:
        return {}
    codes = "1 code differs" if alike == 1 else f"{alike} codes differ"
    asks = f"{sales.delivered.name}: {codes} from others by letter case only. Are these one SKU (upper)?"
    guess = profile.told_choice("sku_case", ("upper", "keep"), asks)
    return {} if guess is None else {"sku_case": guess}


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
