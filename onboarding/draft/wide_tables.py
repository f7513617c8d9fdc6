"""Wide files as tables: which columns become rows, what their headings mean, and which keys are part of the SKU."""

import re
from collections.abc import Mapping

from data_contracts.tables import CONTRACTS
from intake.sources.files import DATA_ENDINGS
from onboarding.answers import ColumnSource, CompanyFact
from onboarding.draft.recognition.file_recognition import RecognisedFile
from onboarding.draft.settings_draft import TableMapping
from onboarding.draft.written_formats import ask_date_order, joined_place
from onboarding.questions import Guess, Question
from onboarding.survey.values import DateOrder
from onboarding.survey.wide_files import WideForm
from settings import UsageError

_ORDERS: Mapping[str, DateOrder] = {"dmy": "day-first", "mdy": "month-first", "ymd": "year-first"}


def unpivot(mapping: TableMapping, wide: WideForm, prices: RecognisedFile | None) -> None:
    """The columns of a wide file as rows, and its prices joined.

    Parameters
    ----------
    mapping: of the table; is added to.
    wide: the file's form.
    prices: a wide file of prices with the same keys and headings.
    """
    values = {"sales": "units", "stock_levels": "in_stock" if wide.kind == "flag" else "on_hand"}.get(
        str(mapping.file.table), "units"
    )
    entry: dict[str, object] = {"columns": _written(wide.columns), "into": wide.into, "values": values}
    if wide.year is not None:
        entry |= {"into": "month", "names": {name: f"{month:02}" for name, month in wide.months.items()}}
        mapping.columns["date"] = Guess(f"{{{wide.year}}}-{{month}}", "sure", "the year of the row, and its heading")
    elif wide.months and (named := _months_named(mapping, wide)):
        entry["names"] = named
    if mapping.table == "sales":
        entry["drop_zeros"] = True
    what = "products" if wide.into == "sku" else "dates"
    mapping.keys["unpivot"] = Guess(entry, "sure", f"a column for each of {wide.count} {what}")
    mapping.unpivoted = (str(entry["into"]), values)
    for name in (wide.into, values):
        mapping.matches.pop(name, None)
    if wide.date_formats:
        _keep_heading_format(mapping, wide)
    if prices is not None:
        unpivot = {**entry, "values": "price"}
        unpivot.pop("drop_zeros", None)
        joined = {**joined_place(prices.delivered), "on": [*wide.keys, str(entry["into"])], "unpivot": unpivot}
        mapping.keys["joined"] = Guess([joined], "sure", "a wide file of prices with the same keys and headings")
        mapping.price = "price"


def _written(columns: str | tuple[str, ...]) -> str | list[str]:
    return columns if isinstance(columns, str) else list(columns)


def _keep_heading_format(mapping: TableMapping, wide: WideForm) -> None:
    """The format of the headings; where they allow several, people say which."""
    formats = {_ORDERS.get(re.sub(r"[^dmy]", "", form.lower()), "day-first"): form for form in wide.date_formats}
    chosen = wide.date_formats[0]
    if len(formats) > 1:
        where, example = f"{mapping.delivered.name}, its headings", _example_heading(wide, mapping)
        answer = ask_date_order(where, example, tuple(formats), mapping.profile.questions)
        if answer is None:
            return
        chosen = formats[answer.value]
    mapping.keys["date_format"] = Guess(chosen, "sure", "the headings")


def _example_heading(wide: WideForm, mapping: TableMapping) -> str:
    return next(name for name in mapping.delivered.columns if name not in wide.keys)


def _months_named(mapping: TableMapping, wide: WideForm) -> dict[str, str]:
    """The months of headings without a year: of the year that people said, which is never guessed.

    Raises
    ------
    UsageError: several files have the same months as headings, and no one year is that of all.
    """
    path = mapping.delivered.place.get("path", "")
    if (path and not path.lower().endswith(DATA_ENDINGS)) or set("*?") & set(path):
        raise UsageError(
            f"{mapping.delivered.name}: several files have months without a year as headings; write the year into the "
            f'headings, such as Jan 2026, or leave the files out with --table "{mapping.delivered.name}=none"'
        )
    first, last = (list(wide.months)[place] for place in (0, -1))
    prompt = (
        f"{mapping.delivered.name}: its headings {first} to {last} are months without a year; of which year is {first}?"
    )
    named_year = re.search(r"(?<!\d)(?:19|20)\d{2}(?!\d)", mapping.delivered.name)
    question = Question(
        CompanyFact.YEAR, f"{CompanyFact.YEAR.flag} 2026", prompt, suggested=named_year[0] if named_year else None
    )
    answer = mapping.profile.questions.ask(question)
    return {} if answer is None else wide.of_years(int(answer.value))


def join_keys_in_sku(mapping: TableMapping, wide: WideForm) -> None:
    """Where SKU and location do not tell the rows of a wide file apart, its other keys may be part of the SKU."""
    delivered, sku = mapping.delivered, mapping.columns.get("sku")
    if sku is None or sku.certainty == "given":
        return
    key = CONTRACTS[mapping.table].key
    used = [guess.value for name, guess in mapping.columns.items() if name in key and guess.value in wide.keys]
    others = [name for name in wide.keys if name not in used]
    if not others or delivered.is_unique(used) or not delivered.is_unique([*used, *others]):
        return
    template = "-".join(f"{{{name}}}" for name in [*others, sku.value])
    answer = mapping.profile.questions.ask(
        Question(
            ColumnSource(mapping.table, "sku"),
            f'--map "{mapping.table}.sku={template}"',
            f"{delivered.name}: {sku.value} repeats; by {', '.join(others)} a row is one. Are they the SKU together?",
            suggested=template,
        )
    )
    mapping.keep_column("sku", answer)


def unpivoted_columns(file: RecognisedFile) -> list[str]:
    """The delivered columns that become rows; none of a file that is not wide."""
    if file.wide is None:
        return []
    return [name for name in file.delivered.columns if name not in file.wide.keys]
