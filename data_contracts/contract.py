"""What an input table must look like: columns, key and rules, as plain data.

A contract is declared once (`data_contracts.tables`). The coercion of frames, the Great Expectations
suite and the reference page of the docs are all made from it.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from data_contracts.declarations import SOURCE_FILE, SOURCE_LINE, Column, Rule
from data_contracts.derived_rules import column_rules, key_rules, row_rule


@dataclass(frozen=True, kw_only=True)
class Contract:
    """One input table, declared once.

    Attributes
    ----------
    table: canonical name.
    one_row_per: the grain in words.
    key: columns that identify a row.
    columns: all columns, the required ones first.
    rules: rules beyond those that follow from the columns and the key.
    needed_to_run: whether the nightly run refuses to go on without the table.
    month_column: date by which the table is cut into parts; None keeps it whole.
    unique: how the key is checked: `rows` (identical repeats count once, different values are a conflict)
        or `order_lines` (as rows, but lines of an order without a line id may repeat lawfully).
    """

    table: str
    one_row_per: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...] = ()
    needed_to_run: bool = False
    month_column: str | None = None
    unique: Literal["rows", "order_lines"] = "rows"

    @property
    def names(self) -> list[str]:
        """Names of all columns, in order."""
        return [column.name for column in self.columns]

    @property
    def required(self) -> list[str]:
        """Names of the columns that the source must have."""
        return [column.name for column in self.columns if column.required]

    def column(self, name: str) -> Column:
        """The column called `name`; KeyError where the table has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.table} has no column {name!r}")

    def all_rules(self) -> tuple[Rule, ...]:
        """Every rule checked on a part: those of the columns, of the key, and the declared ones."""
        derived = [rule for column in self.columns for rule in column_rules(self.table, column)]
        declared = [rule for rule in self.rules if rule.scope == "part"]
        derived.insert(0, row_rule(self.table))
        return (*derived, *declared, *key_rules(self.table, self.key, self.unique))

    def table_rules(self) -> tuple[Rule, ...]:
        """Every rule checked in each run over whole tables."""
        return tuple(rule for rule in self.rules if rule.scope == "tables")

    @property
    def version(self) -> str:
        """Hash of the whole declaration: a changed contract validates every part again."""
        text = json.dumps([asdict(self), [asdict(rule) for rule in self.all_rules()]], sort_keys=True, default=str)
        return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def dtype_of(column: Column) -> str:
    """The pandas dtype of a column in a typed frame."""
    if column.kind == "number":
        return "float64"
    if column.kind == "date":
        return "datetime64[ns]"
    if column.kind == "flag":
        return "bool" if column.default is not None else "boolean"
    return "object"


def empty_frame(contract: Contract) -> pd.DataFrame:
    """A frame without rows that has all columns of the contract, typed, then `source_file` and `source_line`.

    Text is `object`, numbers are float64, dates datetime64[ns]; flags are bool where the contract has a
    default for them, and nullable `boolean` where nothing may be written.
    """
    columns: dict[str, Any] = {c.name: pd.Series(dtype=dtype_of(c)) for c in contract.columns}
    columns[SOURCE_FILE] = pd.Series(dtype="object")
    columns[SOURCE_LINE] = pd.Series(dtype=np.int64)
    return pd.DataFrame(columns)
