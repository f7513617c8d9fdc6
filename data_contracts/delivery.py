"""What is delivered tonight: files as they are, files as other systems export them, answers of databases.

What needs more than a mapping of columns has a connector (`data_contracts.connectors`).
"""

from collections.abc import Iterator
from pathlib import Path

from rapidfuzz import process

from data_contracts.connectors import EXPORTS, Export
from data_contracts.contract import Contract
from data_contracts.sources.files import read_files
from data_contracts.sources.raw import RawTable
from data_contracts.sources.sql_query import read_sql_query
from settings import SettingsError, TableSource


def read_source(contract: Contract, source: TableSource, root: Path) -> Iterator[RawTable]:
    """Everything that a table's source lists, one `RawTable` per file, sorted by name.

    Raises
    ------
    DataRefused: a file is missing, empty, broken or still being written, or the database refuses.
    SettingsError: the connector is unknown, or does not feed this table.
    """
    if source.path is None:
        yield read_sql_query(contract.table, source, root)
    elif source.connector is None:
        yield from read_files(contract, source, root)
    else:
        export = _export(contract.table, source.connector)
        for raw in read_files(contract, source, root):
            yield export.tables[contract.table](raw, source)


def _export(table: str, name: str) -> Export:
    if name not in EXPORTS:
        nearest = process.extractOne(name, list(EXPORTS))
        hint = f"; the nearest is {nearest[0]}" if nearest else ""
        raise SettingsError(f"sources.{table}.connector: there is no connector {name!r}{hint}")
    export = EXPORTS[name]
    if table not in export.tables:
        raise SettingsError(
            f"sources.{table}.connector: {name} feeds {', '.join(export.tables)}, not {table}; take the connector away "
            "and map the columns, or name another"
        )
    return export
