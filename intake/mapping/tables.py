"""The steps from delivered rows to rows of one table, in the order in which the settings are obeyed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from data_contracts.contract import Contract
from intake.mapping.distinct import distinct_rows
from intake.mapping.expressions import is_expression, with_computed
from intake.mapping.join import Joined, read_joined, with_joined
from intake.mapping.selection import blank_missing_values, select_rows
from intake.mapping.unpivot import unpivoted
from intake.mapping.whole_file_formats import with_whole_file_formats
from intake.sources.raw import Delivery, RawTable
from settings import TableSource


def map_tables(
    contract: Contract, source: TableSource, root: Path, delivered: Iterable[Delivery]
) -> Iterator[Delivery]:
    """Delivered rows as `[sources.TABLE]` reads them: see `map_rows`, and `distinct_rows` where one row a key is asked.

    Parameters
    ----------
    contract, source: of the table.
    root: folder of `restock.toml`, from which the paths of joined files start.
    delivered: files, or answers of databases.

    Raises
    ------
    DataRefused: a joined file is missing or broken, or has a key twice.
    SettingsError: a setting names a column that a file does not have; the closest is named.
    """
    if not _is_asked(source):
        yield from delivered
        return
    joined = [read_joined(contract, source, position, root) for position in range(len(source.joined))]
    notes = tuple(note for each in joined for note in each.notes)
    change = partial(map_rows, contract, source, joined)
    mapped = _with_unused((with_whole_file_formats(delivery).map_batches(change) for delivery in delivered), joined)
    if source.distinct:
        batches = (raw for delivery in mapped for raw in delivery.batches())
        mapped = (Delivery.from_rows(raw) for raw in distinct_rows(contract, source, batches))
    for position, delivery in enumerate(mapped):
        yield delivery if position else delivery.with_notes(notes)


def _with_unused(deliveries: Iterable[Delivery], joined: Sequence[Joined]) -> Iterator[Delivery]:
    """The deliveries; the last batch of the last one notes the rows of joined files that nothing belongs to."""

    def noted(last: Delivery) -> Iterator[RawTable]:
        batches = iter(last.batches())
        batch = next(batches)
        for following in batches:
            yield batch
            batch = following
        yield replace(batch, notes=(*batch.notes, *(note for each in joined for note in each.unused())))

    last = None
    for delivery in deliveries:
        if last is not None:
            yield last
        last = delivery
    if last is not None:
        yield replace(last, batches=partial(noted, last)) if joined else last


def map_rows(contract: Contract, source: TableSource, joined: Sequence[Joined], raw: RawTable) -> RawTable:
    """One file, or one batch of a file, as the settings read it; no row depends on another.

    In this order: texts of `missing_values` become empty, wide columns become rows, joined files give columns, rows
    that `only` does not keep or `leave_out` names are left out, computed columns are added under the text of their
    expression.

    Raises
    ------
    SettingsError: a setting names a column that the rows do not have; the closest is named.
    """
    raw = blank_missing_values(raw, source)
    if source.unpivot is not None:
        raw = unpivoted(raw, source.unpivot, source, f"sources.{contract.table}.unpivot")
    for position, further in enumerate(joined):
        raw = with_joined(raw, further, f"sources.{contract.table}.joined.{position}")
    return with_computed(select_rows(raw, source, contract.table), source, contract.table)


def _is_asked(source: TableSource) -> bool:
    steps = (
        source.unpivot, source.joined, source.only, source.leave_out, source.missing_values, source.distinct,
    )  # fmt: skip
    return any(steps) or any(map(is_expression, source.columns.values()))
