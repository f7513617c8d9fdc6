"""One table's `[sources.TABLE]`: each column from the file, made from its columns, or told; and what is asked for."""

from data_contracts.contract import Column
from data_contracts.tables import CONTRACTS
from intake.mapping.expressions import is_expression, parse
from onboarding.draft.column_guesses import OWN_NAME, UNCERTAIN_SCORE, Match, match_table
from onboarding.draft.company_wide import CompanyProfile
from onboarding.draft.draft import Guess, Question, TableDraft
from onboarding.draft.formats import how_it_is_written
from onboarding.draft.missing import Filling, give, give_more
from onboarding.draft.money import net_of_tax, product_of
from onboarding.draft.recognition import NOTHING, Recognised
from onboarding.draft.rows_taken import leave_out_rows_without, see_that_choices_fit
from onboarding.survey.headings import factor
from onboarding.survey.wide import Wide
from settings import SettingsError, UsageError

_MONEY = ("net_revenue", "unit_price", "unit_cost")
_OF_UNKNOWN_UNIT = ("weight_kg", "volume_m3", "lead_time_days")


def fill(
    table: str,
    found: Recognised,
    profile: CompanyProfile,
    *,
    main: TableDraft | None = None,
    prices: Recognised | None = None,
) -> TableDraft:
    """The mapping of a file to a table.

    Parameters
    ----------
    main: the draft of the table that the file is, where this one is drawn from it.
    prices: a wide file of prices with the keys and dates of this one.
    """
    contract, delivered, drawn = CONTRACTS[table], found.delivered, main is not None
    matches = matches_of(table, found, main)
    filling = Filling(table, found, profile, matches, main=main.columns if main else {}, drawn=drawn)
    if found.export is not None:
        return _of_export(filling)
    _map_columns(filling, prices)
    used = {name: _delivered_columns(guess.value) for name, guess in filling.columns.items()}
    known = {name: [each for each in names if each in delivered.columns] for name, names in used.items()}
    filling.keys |= how_it_is_written(contract, delivered, known, profile.asked, filling.notes)
    if drawn and table != "receipts":
        filling.keys["distinct"] = Guess(True, "sure", "one row for each " + " and ".join(_keys_had(filling)))
    leave_out_rows_without(filling, known)
    profile.timezone(delivered, [name for names in known.values() for name in names])
    everything = {name for names in used.values() for name in names} | set(_date_columns(found))
    return TableDraft(
        table,
        delivered,
        found.kind,
        columns={name: filling.columns[name] for name in contract.names if name in filling.columns},
        constants=filling.constants,
        keys=filling.keys,
        unused=tuple(name for name in delivered.columns if name not in everything),
        why_unused=filling.why_unused,
        notes=tuple(dict.fromkeys(filling.notes)),
        drawn=drawn,
        lacks=tuple(column.name for column in contract.columns if column.required and not filling.has(column.name)),
    )


def matches_of(table: str, found: Recognised, main: TableDraft | None) -> dict[str, Match]:
    """Delivered columns for a table's; drawn from another table's file, a number means what it means there."""
    contract = CONTRACTS[table]
    matches = match_table(contract, found.delivered, found.wide.keys if found.wide else None)
    if main is None:
        return matches
    taken = {guess.value: name for name, guess in main.columns.items()}
    return {
        name: match
        for name, match in matches.items()
        if contract.column(name).kind != "number" or taken.get(match.delivered, name) == name
    }


def _keys_had(filling: Filling) -> list[str]:
    return [name for name in CONTRACTS[filling.table].key if name in filling.columns]


def _map_columns(filling: Filling, prices: Recognised | None) -> None:
    contract, wide = CONTRACTS[filling.table], filling.found.wide
    if wide is not None and not filling.drawn:
        _unpivot(filling, wide, prices)
    for column in contract.columns:
        _take_told(filling, column.name)
    for name, match in filling.matches.items():
        same = filling.main.get(name)
        filling.keep_column(name, same or _mapped(filling, contract.column(name), match))
    if wide is not None and not filling.drawn:
        _join_keys_in_sku(filling, wide)
    for column in contract.columns:
        if column.required and not filling.has(column.name):
            give(filling, column.name)
        if column.choices and column.name in filling.columns:
            see_that_choices_fit(filling, column)
    give_more(filling)


def _of_export(filling: Filling) -> TableDraft:
    """An export's table: the connector maps it, and people tell what the format cannot."""
    found, profile = filling.found, filling.profile
    export = found.export
    assert export is not None
    for name in export.needs.get(filling.table, ()):
        said = profile.asked.answers.get(f"constant:{filling.table}.{name}")
        if said is not None:
            filling.constants[name] = Guess(said, "told", "told")
        else:
            give(filling, name)
    keys = _as_delivered(found, {n: Guess(v, "sure", f"as in: {export.title}") for n, v in export.suggests.items()})
    profile.timezone(found.delivered, found.delivered.contents)
    return TableDraft(
        filling.table, found.delivered, found.kind, export.name, {}, filling.constants, keys, drawn=filling.drawn,
        lacks=tuple(name for name in export.needs.get(filling.table, ()) if name not in filling.constants),
    )  # fmt: skip


def _as_delivered(found: Recognised, suggested: dict[str, Guess]) -> dict[str, Guess]:
    """The format's usual way of writing, where the file itself does not show another."""
    keys, delivered = dict(suggested), found.delivered
    keys.pop("separator", None)
    if delivered.separator:
        keys["separator"] = Guess(delivered.separator, "sure", "the sign between the headings")
    if delivered.encoding:
        keys["encoding"] = Guess(delivered.encoding, "likely", "no UTF-8, and readable as the code page of Windows")
    if "date_format" in keys:
        decided = [(name, values.date) for name, values in delivered.contents.items() if values.date.order]
        if decided:
            name, form = decided[0]
            keys["date_format"] = Guess(form.formats[0], "sure", f"{name}: {form.order}, by values above 12")
    return keys


def _take_told(filling: Filling, name: str) -> None:
    """What people said of a column goes before what is found."""
    answers, table = filling.profile.asked.answers, filling.table
    mapped = answers.get(f"map:{table}.{name}")
    if mapped is None and name == "sku":
        mapped = next((value for key, value in answers.items() if _fits_sku(key, value, filling)), None)
    constant = answers.get(f"constant:{table}.{name}")
    if mapped is not None:
        left = filling.matches.pop(name, None)
        if mapped == NOTHING and left is not None:
            filling.why_unused[left.delivered] = "told"
        if mapped != NOTHING:
            _require(filling, name, mapped)
            filling.columns[name] = Guess(mapped, "told", "told")
            for match in [key for key, each in filling.matches.items() if each.delivered == mapped]:
                filling.matches.pop(match)
    elif constant is not None:
        filling.matches.pop(name, None)
        filling.constants[name] = Guess(constant, "told", "told")


def _fits_sku(key: str, value: str, filling: Filling) -> bool:
    """Whether a SKU made of several columns, as told for one table, can be made of this file's too."""
    return (
        key.startswith("map:")
        and key.endswith(".sku")
        and "{" in value
        and all(name in filling.found.delivered.columns for name in _delivered_columns(value))
    )


def _require(filling: Filling, name: str, written: str) -> None:
    delivered = filling.found.delivered
    available = (*delivered.columns, *filling.unpivoted, *([filling.price] if filling.price else []))
    try:
        missing = [each for each in _delivered_columns(written) if each not in available]
    except SettingsError as fault:
        raise UsageError(f"--map {filling.table}.{name}: {fault}") from fault
    if missing:
        raise UsageError(
            f"--map {filling.table}.{name}: {delivered.name} has no column {missing[0]!r}; "
            f"it has {', '.join(available[:20])}"
        )


def _delivered_columns(written: str) -> list[str]:
    return parse(written, written).columns if is_expression(written) else [written]


def _mapped(filling: Filling, column: Column, match: Match) -> Guess | None:
    """A delivered column in the contract's unit and without tax; None where that is not known, or has to be asked."""
    delivered, table = filling.found.delivered, filling.table
    heading = delivered.headings[match.delivered]
    if match.score == UNCERTAIN_SCORE and not column.required:
        is_list = table == "products" and not filling.drawn
        if not is_list:
            filling.why_unused[match.delivered] = "may be of a unit or of the line"
        return Guess(match.delivered, "likely", "by its heading") if is_list else None
    factors: list[str | float] = [match.delivered]
    if column.name in _MONEY and heading.taxed:
        tax = net_of_tax(filling.profile, delivered, match.delivered)
        if tax is None:
            return None
        factors.append(tax.value)
    times = factor(column.name, heading.unit)
    if times is None and match.score < OWN_NAME:
        times = _unit_told(filling, column.name, match.delivered)
    if times is None and column.name in _OF_UNKNOWN_UNIT and match.score < OWN_NAME:
        filling.why_unused[match.delivered] = "its heading names no unit"
        return None
    if times not in (None, 1):
        factors.append(times or 1.0)
    if len(factors) > 1:
        return Guess(product_of(*factors), "sure", f"{match.delivered}, in the unit of {column.name}")
    if not match.is_sure and column.required:
        return filling.profile.asked.answer(_is_it(table, column, match, delivered.name))
    return Guess(match.delivered, "sure" if match.is_sure else "likely", "by its heading")


def _unit_told(filling: Filling, column: str, delivered: str) -> float | None:
    """The unit of a lead time whose heading names none; weights and volumes of unknown unit are not used."""
    if column != "lead_time_days":
        return None
    asks = f"{filling.found.delivered.name}, column {delivered}: in days or in weeks?"
    unit = filling.profile.told_choice("lead_time_unit", ("days", "weeks"), asks)
    return None if unit is None else 7.0 if unit.value == "weeks" else 1.0


def _is_it(table: str, column: Column, match: Match, name: str) -> Question:
    rival = f"; {match.rival} could be it too" if match.rival else ""
    return Question(
        f"map:{table}.{column.name}",
        f'--map "{table}.{column.name}={match.rival or "COLUMN"}"',
        f"{name}: {match.delivered} is the {column.name.replace('_', ' ')}{rival}",
        suggested=match.delivered,
        likely=True,
    )


def _unpivot(filling: Filling, wide: Wide, prices: Recognised | None) -> None:
    values = {"sales": "units", "stock_levels": "in_stock" if wide.kind == "flag" else "on_hand"}[filling.table]
    entry: dict[str, object] = {"columns": f"re:{wide.pattern}", "into": "date", "values": values}
    if filling.table == "sales":
        entry["drop_zeros"] = True
    filling.keys["unpivot"] = Guess(entry, "sure", f"a column for each of {len(wide.dates)} dates")
    filling.unpivoted = ("date", values)
    if wide.date_format:
        filling.keys["date_format"] = Guess(wide.date_format, "sure", "the headings")
    if prices is not None:
        unpivot = {"columns": f"re:{wide.pattern}", "into": "date", "values": "price"}
        joined = {"path": prices.delivered.place["path"], "on": [*wide.keys, "date"], "unpivot": unpivot}
        filling.keys["joined"] = Guess([joined], "sure", "a wide file of prices with the same keys and dates")
        filling.price = "price"


def _join_keys_in_sku(filling: Filling, wide: Wide) -> None:
    """Where SKU and location do not tell the rows of a wide file apart, its other keys may be part of the SKU."""
    delivered, sku = filling.found.delivered, filling.columns.get("sku")
    if sku is None or sku.sure == "told":
        return
    used = [guess.value for guess in filling.columns.values() if guess.value in wide.keys]
    others = [name for name in wide.keys if name not in used]
    if not others or delivered.is_unique(used) or not delivered.is_unique([*used, *others]):
        return
    template = "-".join(f"{{{name}}}" for name in [*others, sku.value])
    answer = filling.profile.asked.answer(
        Question(
            f"map:{filling.table}.sku",
            f'--map "{filling.table}.sku={template}"',
            f"{delivered.name}: {sku.value} repeats; by {', '.join(others)} a row is one. Are they the SKU together?",
            suggested=template,
        )
    )
    if answer is not None:
        filling.columns["sku"] = answer


def _date_columns(found: Recognised) -> list[str]:
    if found.wide is None:
        return []
    return [name for name in found.delivered.columns if name not in found.wide.keys]
