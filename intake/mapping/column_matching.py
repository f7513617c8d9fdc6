"""Which delivered column is which of a contract's."""

from data_contracts.contract import Contract
from intake.mapping.expressions import columns_used
from intake.sources.raw import RawTable
from settings import DataRefused, SettingsError, TableSource, closest


def match_columns(contract: Contract, raw: RawTable, source: TableSource) -> tuple[dict[str, str], tuple[str, ...]]:
    """Which delivered column is which of the contract's, and which are new.

    A mapping in the settings wins; else names agree, case and blanks aside.
    """
    for name in [*source.columns, *source.constants, *source.meanings]:
        if name not in contract.names:
            near = closest(name, contract.names)
            hint = f"; did you mean {near!r}?" if near else ""
            raise SettingsError(f"sources.{contract.table}: the table has no column {name!r}{hint}")
    available = raw.rows.column_names
    by_plain_name = {_plain(name): name for name in reversed(available)}
    matched: dict[str, str] = {}
    for column in contract.columns:
        if column.name in source.columns:
            wanted = source.columns[column.name]
            if wanted not in available:
                raise DataRefused(_missing_column(contract, raw, column.name, wanted, mapped=True))
            matched[column.name] = wanted
        elif column.name in source.constants:
            continue
        elif _plain(column.name) in by_plain_name:
            matched[column.name] = by_plain_name[_plain(column.name)]
        elif column.required:
            raise DataRefused(_missing_column(contract, raw, column.name, column.name, mapped=False))
    used = columns_used(source) | set(matched.values())
    return matched, tuple(
        name for name in available if name not in used and _plain(name) not in map(_plain, contract.names)
    )


def format_dependent_columns(contract: Contract, source: TableSource, raw: RawTable) -> frozenset[str]:
    """Delivered columns whose texts are read as numbers or dates, so that how they are written matters."""
    matched, _ = match_columns(contract, raw, source)
    kinds = ("number", "date", "setting")
    return frozenset(given for name, given in matched.items() if contract.column(name).kind in kinds)


def uses_column(contract: Contract, source: TableSource, name: str) -> bool:
    """Whether a source of a table takes the column called so, by its mapping or by its name."""
    mapped = columns_used(source) | set(source.columns.values())
    return name in mapped or _plain(name) in map(_plain, contract.names)


def _plain(name: str) -> str:
    return name.strip().casefold().replace(" ", "_").replace("-", "_")


def _missing_column(contract: Contract, raw: RawTable, name: str, wanted: str, *, mapped: bool) -> str:
    available = raw.rows.column_names
    near = closest(wanted, available)
    hint = f"the closest is {near!r}" if near else f"it has {', '.join(available)}"
    why = (
        f"column {wanted!r}, which sources.{contract.table}.columns maps to {name!r},"
        if mapped
        else f"required column {name!r}"
    )
    fix = f'deliver it, or map it in [sources.{contract.table}.columns] as {name} = "..."'
    return f"{raw.source}: {why} is missing; {hint}; {fix}, or give it as a constant"
