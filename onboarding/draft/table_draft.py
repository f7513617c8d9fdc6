"""One table's `[sources.TABLE]`: each column from the file, made from its columns, or given; and what is asked for."""

from data_contracts.declarations import Column
from data_contracts.tables import CONTRACTS
from intake.mapping.durations import UNIT_DAYS, has_unit, is_range
from intake.mapping.expressions import Formula, is_expression, parse
from onboarding.answers import UNUSED, ColumnConstant, ColumnSource, CompanyFact
from onboarding.draft.amounts.line_revenue import read_line_amounts
from onboarding.draft.amounts.prices_and_costs import net_of_tax, product_of
from onboarding.draft.company_profile import CompanyProfile
from onboarding.draft.missing_columns import (
    count_on_the_newest_day,
    fill_given_prices,
    fill_missing_column,
    prefer_given_facts,
)
from onboarding.draft.recognition.column_matching import OWN_NAME, UNCERTAIN_SCORE, Match, match_table
from onboarding.draft.recognition.file_recognition import RecognisedFile
from onboarding.draft.recognition.joined_files import columns_of_joins, in_words, key_text
from onboarding.draft.recognition.value_agreement import are_durations
from onboarding.draft.rows.row_meanings import read_row_kinds, read_states
from onboarding.draft.rows.row_selection import leave_out_rows_without
from onboarding.draft.rows.units_to_come import note_units_without_a_day, take_units_to_come
from onboarding.draft.settings_draft import TableDraft, TableMapping
from onboarding.draft.wide_tables import join_keys_in_sku, unpivot, unpivoted_columns
from onboarding.draft.written_formats import file_form, joined_place, written_formats
from onboarding.questions import Guess, Question, user_answer
from onboarding.survey.headings import factor
from settings import SettingsError, UsageError

_MONEY = ("net_revenue", "unit_price", "unit_cost")
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
        in_file[mapping.unpivoted[1]] = unpivoted_columns(file)
    rows_left_out = {key: mapping.keys[key] for key in ("leave_out",) if key in mapping.keys}
    folder = [each.delivered for each in profile.files]
    mapping.keys |= written_formats(contract, delivered, in_file, profile.questions, mapping.notes, folder)
    mapping.keys |= rows_left_out
    if derived and table != "receipts":
        mapping.keys["distinct"] = Guess(True, "sure", "one row for each " + " and ".join(_keys_had(mapping)))
    leave_out_rows_without(mapping, in_file)
    note_units_without_a_day(mapping)
    profile.timezone(delivered, [name for names in in_file.values() for name in names])
    everything = {name for names in used.values() for name in names} | set(unpivoted_columns(file))
    everything |= {name for key in ("returns", "leave_out") if key in mapping.keys for name in mapping.keys[key].value}
    everything |= {name for join in mapping.keys.get("joined", Guess([], "sure")).value for name in join["on"]}
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
        texts=tuple(mapping.texts),
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
        unpivot(mapping, wide, prices)
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
        join_keys_in_sku(mapping, wide)
    take_units_to_come(mapping)
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
