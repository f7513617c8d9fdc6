"""What is delivered: files as they are, files as other systems export them, answers of databases.

Files of any shape are mapped by the settings (`intake.mapping`); what needs more has a connector
(`intake.connectors`).
"""

from collections.abc import Iterator
from pathlib import Path

from data_contracts.contract import Contract
from intake.connectors import EXPORTS, Export
from intake.corrections import with_corrections
from intake.mapping.tables import map_tables
from intake.sources.databases.source import read_database
from intake.sources.files import open_files
from intake.sources.raw import Delivery
from settings import SettingsError, TableSource, closest


def read_source(contract: Contract, source: TableSource, root: Path, kept: Path | None = None) -> Iterator[Delivery]:
    """Everything that a table's source lists, sorted by name, as its settings map it and people corrected it.

    Parameters
    ----------
    contract: of the table.
    source: its `[sources.TABLE]`.
    root: folder of `restock.toml`; paths are relative to it.
    kept: folder for rows of databases that are read by watermark; None reads all of them anew.

    Raises
    ------
    DataRefused: a file is missing, empty, broken or still being written, or the database refuses.
    SettingsError: the connector is unknown, or does not feed this table; a mapping names a column that is not there.
    """
    for delivery in read_delivered(contract, source, root, kept):
        yield with_corrections(contract, source, root, delivery)


def read_delivered(contract: Contract, source: TableSource, root: Path, kept: Path | None = None) -> Iterator[Delivery]:
    """As `read_source`, without the rows that were corrected by hand."""
    yield from map_tables(contract, source, root, _delivered(contract, source, root, kept))


def _delivered(contract: Contract, source: TableSource, root: Path, kept: Path | None) -> Iterator[Delivery]:
    if source.path is None:
        yield from read_database(contract, source, root, kept)
    elif source.connector is None:
        yield from open_files(contract, source, root)
    else:
        export = _export(contract.table, source.connector)
        convert = export.tables[contract.table]
        for delivery in open_files(contract, source, root):
            yield delivery.map_rows_together(lambda raw: convert(raw, source))


def _export(table: str, name: str) -> Export:
    if name not in EXPORTS:
        near = closest(name, EXPORTS)
        hint = f"; the closest is {near}" if near else ""
        raise SettingsError(f"sources.{table}.connector: there is no connector {name!r}{hint}")
    export = EXPORTS[name]
    if table not in export.tables:
        raise SettingsError(
            f"sources.{table}.connector: {name} feeds {', '.join(export.tables)}, not {table}; take the connector away "
            "and map the columns, or name another"
        )
    return export
