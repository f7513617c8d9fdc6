"""One table's `[sources.TABLE]`: each column from the file, made from its columns, or given; and what is asked for."""

import re
from collections.abc import Mapping

from data_contracts.declarations import Column
from data_contracts.tables import CONTRACTS
from intake.mapping.durations import UNIT_DAYS, has_unit, is_range
from intake.mapping.expressions import Formula, is_expression, parse
from intake.sources.files import DATA_ENDINGS
from onboarding.answers import UNUSED, ColumnConstant, ColumnSource, CompanyFact
from onboarding.draft.column_matching import OWN_NAME, UNCERTAIN_SCORE, Match, match_table
from onboarding.draft.company_profile import CompanyProfile
from onboarding.draft.file_recognition import RecognisedFile
from onboarding.draft.joined_files import columns_of_joins, in_words, key_text
from onboarding.draft.line_revenue import read_line_amounts
from onboarding.draft.missing_columns import (
    count_on_the_newest_day,
    fill_given_prices,
    fill_missing_column,
    prefer_given_facts,
)
from onboarding.draft.prices_and_costs import net_of_tax, product_of
from onboarding.draft.row_meanings import read_row_kinds, read_states
from onboarding.draft.row_selection import leave_out_rows_without
from onboarding.draft.settings_draft import TableDraft, TableMapping
from onboarding.draft.value_agreement import are_durations
from onboarding.draft.written_formats import ask_date_order, file_form, joined_place, written_formats
from onboarding.questions import Guess, Question, user_answer
from onboarding.survey.headings import factor
from onboarding.survey.values import DateOrder
from onboarding.survey.wide_files import WideForm
from settings import SettingsError, UsageError

_MONEY = ("net_revenue", "unit_price", "unit_cost")
_ORDERS: Mapping[str, DateOrder] = {"dmy": "day-first", "mdy": "month-first", "ymd": "year-first"}
_OF_UNKNOWN_UNIT = ("weight_kg", "volume_m3", "lead_time_days")


def draft_table(
    table: str,
    file: RecognisedFile,
    profile: CompanyProfile,
    *,
    main: TableDraft | None = None,
    prices: RecognisedFile | None = None,
) -> TableDraft:
    """The mapping of a file to a table.

    Parameters
    ----------
    table: canonical table.
    file: what it is made from.
    profile: what holds for the whole company; its questions are added to.
    main: the draft of the table that the file is, where this one is derived from it.
    prices: a wide file of prices with the keys and dates of this one.
    """
    contract, delivered, derived = CONTRACTS[table], file.delivered, main is not None
    matches = matches_of(table, file, main)
    mapping = TableMapping(table, file, profile, matches, main=main.columns if main else {}, derived=derived)
    if file.export is not None:
        return _of_export(mapping)
    _map_columns(mapping, prices)
    used = {name: _delivered_columns(guess.value) for name, guess in mapping.columns.items()}
    _join_files(mapping, {name for names in used.values() for name in names})
    read = {name: _columns_read_as_written(guess.value) for name, guess in mapping.columns.items()}
    in_file = {name: [each for each in names if each in delivered.columns] for name, names in read.items()}
    if mapping.unpivoted and mapping.unpivoted[1] in contract.names:
        in_file[mapping.unpivoted[1]] = _unpivoted_columns(file)
    rows_left_out = {key: mapping.keys[key] for key in ("leave_out",) if key in mapping.keys}
    mapping.keys |= written_formats(contract, delivered, in_file, profile.questions, mapping.notes)
    mapping.keys |= rows_left_out
    if derived and table != "receipts":
        mapping.keys["distinct"] = Guess(True, "sure", "one row for each " + " and ".join(_keys_had(mapping)))
    leave_out_rows_without(mapping, in_file)
    profile.timezone(delivered, [name for names in in_file.values() for name in names])
    everything = {name for names in used.values() for name in names} | set(_unpivoted_columns(file))
    everything |= {name for key in ("returns", "leave_out") if key in mapping.keys for name in mapping.keys[key].value}
    return TableDraft(
        table,
        delivered,
        file.kind,
        columns={name: mapping.columns[name] for name in contract.names if name in mapping.columns},
        constants=mapping.constants,
        keys=mapping.keys,
        unused=tuple(name for name in delivered.columns if name not in everything),
        why_unused=mapping.why_unused,
        notes=tuple(dict.fromkeys(mapping.notes)),
        derived=derived,
        missing=tuple(column.name for column in contract.columns if column.required and not mapping.has(column.name)),
    )


def matches_of(table: str, file: RecognisedFile, main: TableDraft | None) -> dict[str, Match]:
    """Delivered columns for a table's; derived from another table's file, a number means what it means there.

    The days of sales are no days of a count: where no column says what is in stock, none says when it was counted.
    """
    contract = CONTRACTS[table]
    matches = match_table(contract, file.delivered, file.wide.keys if file.wide else None)
    if main is None:
        return matches
    taken = {guess.value: name for name, guess in main.columns.items()}
    own = {
        name: match
        for name, match in matches.items()
        if contract.column(name).kind != "number" or taken.get(match.delivered, name) == name
    }
    if table == "inventory" and main.table == "sales" and "on_hand" not in own:
        return {name: match for name, match in own.items() if name in ("sku", "location")}
    return own


def _keys_had(mapping: TableMapping) -> list[str]:
    return [name for name in CONTRACTS[mapping.table].key if name in (*mapping.columns, *mapping.unpivoted)]


def _map_columns(mapping: TableMapping, prices: RecognisedFile | None) -> None:
    contract, wide = CONTRACTS[mapping.table], mapping.file.wide
    if wide is not None and (not mapping.derived or wide.into == "sku"):
        _unpivot(mapping, wide, prices)
    for column in contract.columns:
        _take_said(mapping, column.name)
    count_on_the_newest_day(mapping)
    prefer_given_facts(mapping)
    read_row_kinds(mapping)
    read_line_amounts(mapping)
    for name, match in mapping.matches.items():
        same = mapping.main.get(name)
        mapping.keep_column(name, same or _mapped(mapping, contract.column(name), match))
    if wide is not None and wide.into == "date" and not mapping.derived:
        _join_keys_in_sku(mapping, wide)
    for column in contract.columns:
        if column.required and not mapping.has(column.name) and column.name not in mapping.asked:
            fill_missing_column(mapping, column.name)
        if column.choices and column.name in mapping.columns:
            read_states(mapping, column)
    fill_given_prices(mapping)


def _of_export(mapping: TableMapping) -> TableDraft:
    """An export's table: the connector maps it, and people say what the format cannot."""
    file, profile = mapping.file, mapping.profile
    export = file.export
    assert export is not None
    for name in export.needs.get(mapping.table, ()):
        said = profile.questions.answers.get(ColumnConstant(mapping.table, name))
        if said is not None:
            mapping.constants[name] = user_answer(said)
        else:
            fill_missing_column(mapping, name)
    keys = _as_delivered(file, {n: Guess(v, "sure", f"as in: {export.title}") for n, v in export.suggests.items()})
    profile.timezone(file.delivered, file.delivered.contents)
    return TableDraft(
        mapping.table, file.delivered, file.kind, export.name, {}, mapping.constants, keys, derived=mapping.derived,
        missing=tuple(name for name in export.needs.get(mapping.table, ()) if name not in mapping.constants),
    )  # fmt: skip


def _as_delivered(file: RecognisedFile, suggested: dict[str, Guess]) -> dict[str, Guess]:
    """The format's usual way of writing, where the file itself does not show another."""
    keys, delivered = dict(suggested), file.delivered
    keys.pop("separator", None)
    keys |= file_form(delivered)
    if "date_format" in keys:
        decided = [(name, values.date) for name, values in delivered.contents.items() if values.date.order]
        if decided:
            name, form = decided[0]
            keys["date_format"] = Guess(form.formats[0], "sure", f"{name}: {form.order}, by values above 12")
    return keys


def _take_said(mapping: TableMapping, name: str) -> None:
    """What people said of a column goes before what is found."""
    answers, table = mapping.profile.questions.answers, mapping.table
    source = answers.get(ColumnSource(table, name))
    if source is None and name == "sku":
        source = next((each for key, each in answers.sources.items() if _fits_sku(key, each, mapping)), None)
    constant = answers.get(ColumnConstant(table, name))
    if source is not None:
        left = mapping.matches.pop(name, None)
        if source == UNUSED and left is not None:
            mapping.why_unused[left.delivered] = "as you said"
        if source != UNUSED:
            _require(mapping, name, source)
            mapping.columns[name] = user_answer(source)
            for match in [key for key, each in mapping.matches.items() if each.delivered == source]:
                mapping.matches.pop(match)
    elif constant is not None:
        mapping.matches.pop(name, None)
        mapping.constants[name] = user_answer(constant)


def _fits_sku(key: ColumnSource, source: str, mapping: TableMapping) -> bool:
    """Whether a SKU made of several columns, as stated for one table, can be made of this file's too."""
    is_made = key.column == "sku" and "{" in source
    return is_made and all(name in mapping.delivered.columns for name in _delivered_columns(source))


def _require(mapping: TableMapping, name: str, written: str) -> None:
    delivered = mapping.delivered
    available = (*delivered.columns, *mapping.unpivoted, *([mapping.price] if mapping.price else []))
    try:
        missing = [each for each in _delivered_columns(written) if each not in available]
    except SettingsError as fault:
        raise UsageError(f"--map {mapping.table}.{name}: {fault}") from fault
    if missing:
        raise UsageError(
            f"--map {mapping.table}.{name}: {delivered.name} has no column {missing[0]!r}; "
            f"it has {', '.join(available[:20])}"
        )


def _delivered_columns(written: str) -> list[str]:
    return parse(written, written).columns if is_expression(written) else [written]


def _columns_read_as_written(written: str) -> list[str]:
    """The delivered columns of a mapping whose texts are read as numbers and dates are, not as lead times in words."""
    expression = parse(written, written) if is_expression(written) else None
    if isinstance(expression, Formula):
        return [operand.column for operand in expression.operands if operand.duration is None]
    return _delivered_columns(written)


def _mapped(mapping: TableMapping, column: Column, match: Match) -> Guess | None:
    """A delivered column as the contract's; None where what it is is not known, or has to be asked."""
    if match.score == UNCERTAIN_SCORE and not column.required:
        is_list = mapping.table == "products" and not mapping.derived
        if not is_list:
            mapping.why_unused[match.delivered] = "may be of a unit or of the line"
        return Guess(match.delivered, "likely", "by its heading") if is_list else None
    if column.name == "lead_time_days" and are_durations(mapping.delivered.contents[match.delivered]):
        return _lead_time_in_words(mapping, match.delivered)
    return _in_own_unit(mapping, column, match)


def _in_own_unit(mapping: TableMapping, column: Column, match: Match) -> Guess | None:
    """A delivered column in the contract's unit and without tax; None where that is not known, or has to be asked."""
    delivered, table = mapping.delivered, mapping.table
    heading = delivered.headings[match.delivered]
    factors: list[str | float] = [match.delivered]
    if column.name in _MONEY and heading.taxed:
        tax = net_of_tax(mapping.profile, delivered, match.delivered)
        if tax is None:
            return None
        factors.append(tax.value)
    times = None if delivered.contents[match.delivered].percent else factor(column.name, heading.unit)
    if times is None and match.score < OWN_NAME:
        times = _lead_time_unit(mapping, column.name, match.delivered)
    if times is None and column.name in _OF_UNKNOWN_UNIT and match.score < OWN_NAME:
        mapping.why_unused[match.delivered] = "its heading names no unit"
        return None
    if times not in (None, 1):
        factors.append(times or 1.0)
    if len(factors) > 1:
        return Guess(product_of(*factors), "sure", f"{match.delivered}, in the unit of {column.name}")
    if not match.is_sure and column.required:
        return mapping.profile.questions.ask(_is_it(table, column, match, delivered.name))
    return Guess(match.delivered, "sure" if match.is_sure else "likely", "by its heading")


def _lead_time_unit(mapping: TableMapping, column: str, delivered: str) -> float | None:
    """The unit of a lead time whose heading names none; weights and volumes of unknown unit are not used."""
    if column != "lead_time_days":
        return None
    prompt = f"{mapping.delivered.name}, column {delivered}: in days or in weeks?"
    unit = mapping.profile.ask_choice(CompanyFact.LEAD_TIME_UNIT, ("days", "weeks"), prompt)
    return None if unit is None else 7.0 if unit.value == "weeks" else 1.0


def _lead_time_in_words(mapping: TableMapping, name: str) -> Guess | None:
    """Lead times such as 8-10 weeks: the middle of the range, and its spread beside it."""
    texts, unit = mapping.delivered.contents[name].texts, mapping.delivered.headings[name].unit
    days = factor("lead_time_days", unit)
    if days is None and not all(map(has_unit, texts)):
        days = _lead_time_unit(mapping, "lead_time_days", name)
        if days is None:
            return None
    word = "weeks" if days == UNIT_DAYS["weeks"] else "days"
    ranges = next((text for text in texts if is_range(text)), None)
    if ranges is not None and not mapping.has("lead_time_sd_days") and "lead_time_sd_days" not in mapping.matches:
        why = f"how far apart the ends of a range such as {ranges} are"
        mapping.columns["lead_time_sd_days"] = Guess(f"= {{{name}:{word} spread}}", "sure", why)
    why = f"lead times in words, such as {ranges or texts[0]}; of a range its middle"
    return Guess(f"= {{{name}:{word}}}", "sure", why)


def _is_it(table: str, column: Column, match: Match, name: str) -> Question:
    rival = f"; {match.rival} could be it too" if match.rival else ""
    return Question(
        ColumnSource(table, column.name),
        f'--map "{table}.{column.name}={match.rival or "COLUMN"}"',
        f"{name}: {match.delivered} is the {column.name.replace('_', ' ')}{rival}",
        suggested=match.delivered,
        likely=True,
    )


def _unpivot(mapping: TableMapping, wide: WideForm, prices: RecognisedFile | None) -> None:
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


def _join_files(mapping: TableMapping, used: set[str]) -> None:
    """Files that give columns which are used, with what is lost on either side."""
    delivered, entries = mapping.delivered, []
    for join, names in zip(delivered.joined, columns_of_joins(delivered), strict=True):
        if used.isdisjoint(names):
            continue
        place = {key: value for key, value in joined_place(join.further).items() if key != "url"}
        other_names = {} if join.matches == join.on else {"matches": list(join.matches)}
        entries.append({**place, "on": list(join.on), **other_names})
        mapping.notes.append(f"joined by {key_text(join)}: {in_words(delivered.name, join)}")
    if entries:
        mapping.keys["joined"] = Guess(entries, "likely", "rows belong together by these columns")


def _join_keys_in_sku(mapping: TableMapping, wide: WideForm) -> None:
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


def _unpivoted_columns(file: RecognisedFile) -> list[str]:
    if file.wide is None:
        return []
    return [name for name in file.delivered.columns if name not in file.wide.keys]
