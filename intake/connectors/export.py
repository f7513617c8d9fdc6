"""What a connector is: an export format of another system, and how its rows become rows of our tables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from intake.sources.raw import RawTable
from settings import TableSource

Conversion = Callable[[RawTable, TableSource], RawTable]
"""From the rows of one delivered file to rows of one canonical table: columns under canonical names, values still as
delivered (text), `lines` still those of the file. A pure function; what it cannot know it leaves out, so that
`[sources.TABLE.constants]` can say it. Rows that are no rows of the table (a cancelled order's payment line) are left
out by a rule that the connector's page states, never silently: the page says which and why."""


@dataclass(frozen=True, kw_only=True)
class SupplementaryColumns:
    """What a file that feeds no table by itself adds to another export's rows.

    Attributes
    ----------
    export, table: name of the other format, and the table that it feeds.
    on: columns that both files have.
    columns: canonical column = column of this file.
    """

    export: str
    table: str
    on: tuple[str, ...]
    columns: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Export:
    """One file format of another system.

    Attributes
    ----------
    name: as in `connector = "NAME"`.
    title: for people, such as "Shopify orders export".
    columns: that every file of the format has and that together distinguish it from all others, as delivered.
    other_columns: sets of which one does so too: as older or newer versions of the other system label them.
    tables: by canonical table, how its rows are made; one file may feed several tables.
    needs: by canonical table, the canonical columns that the format does not hold and that must be named as constants.
    suggests: further keys of `[sources.TABLE]` that files of the format need, such as `separator`.
    supplements: what it adds to another export; set where it feeds no table by itself.
    checked: how far the format was checked: against a real example, against public code, or not at all.
    page: page of the docs below `docs/connectors/`, without `.md`.
    """

    name: str
    title: str
    columns: frozenset[str]
    tables: Mapping[str, Conversion]
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    suggests: Mapping[str, str] = field(default_factory=dict)
    other_columns: tuple[frozenset[str], ...] = ()
    supplements: SupplementaryColumns | None = None
    checked: Literal["real example", "public code", "documentation only"]
    page: str

    def matches(self, names: frozenset[str]) -> bool:
        """Whether a file with these columns is of this format."""
        return any(columns <= names for columns in (self.columns, *self.other_columns))
