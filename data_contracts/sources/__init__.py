"""Where input tables come from: files, folders, databases.

`CONNECTORS` is the place of every way in. A connector takes the table's contract, its `[sources.TABLE]`
settings and the folder of `restock.toml`, and yields `RawTable`s in a fixed order; an export of a shop
or a marketplace that needs more than a mapping of columns registers here.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from data_contracts.contract import Contract
from data_contracts.sources.files import read_files
from data_contracts.sources.raw import RawTable
from data_contracts.sources.sql_query import read_sql_query
from settings import TableSource

Connector = Callable[[Contract, TableSource, Path], Iterator[RawTable]]


def _query(contract: Contract, source: TableSource, root: Path) -> Iterator[RawTable]:
    yield read_sql_query(contract.table, source, root)


CONNECTORS: dict[str, Connector] = {"files": read_files, "query": _query}
"""Ways in, by name: `files` for paths, `query` for databases."""


def read_source(contract: Contract, source: TableSource, root: Path) -> Iterator[RawTable]:
    """Everything that a table's source lists, one `RawTable` per file, sorted by name.

    Raises
    ------
    DataRefused: a file is missing, empty, broken or still being written, or the database refuses.
    """
    connector = CONNECTORS["files" if source.path is not None else "query"]
    return connector(contract, source, root)


__all__ = ["CONNECTORS", "Connector", "RawTable", "read_source"]
