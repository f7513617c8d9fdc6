"""What the intake of a table leaves: its parts on disk, the results of its rules, and the rows read back."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from data_contracts.acceptance.outcomes import RESULT_COLUMNS
from data_contracts.acceptance.parts import duplicates_path, empty_rejected
from data_contracts.contract import dtype_of, empty_frame
from data_contracts.declarations import SOURCE_FILE, SOURCE_LINE
from data_contracts.tables import CONTRACTS

PART_COLUMNS = (
    "part", "month", "content_hash", "rows_read", "rows_accepted", "rows_rejected",
    "accepted_path", "rejected_path", "was_cached",
)  # fmt: skip


@dataclass(frozen=True)
class TableIntake:
    """One table as it was read and judged in one run.

    Attributes
    ----------
    table: its name.
    root: folder of the part store; paths are relative to it.
    parts: one row per part, sorted by month; columns part, month, content_hash, rows_read, rows_accepted,
        rows_rejected, accepted_path, rejected_path, was_cached.
    rule_results: one row per part and rule; columns table, part, rule, outcome, rows_checked, rows_failed,
        first_example.
    """

    table: str
    root: Path
    parts: pd.DataFrame
    rule_results: pd.DataFrame

    def to_json(self) -> str:
        """Text from which `from_json` makes the same intake again: what tasks hand on and manifests keep."""
        return json.dumps(
            {
                "table": self.table,
                "root": str(self.root),
                "parts": self.parts.to_dict("list"),
                "rule_results": self.rule_results.to_dict("list"),
            }
        )

    @classmethod
    def from_json(cls, text: str) -> "TableIntake":
        """The intake that `to_json` wrote."""
        kept = json.loads(text)
        parts = pd.DataFrame(kept["parts"], columns=list(PART_COLUMNS))
        results = pd.DataFrame(kept["rule_results"], columns=list(RESULT_COLUMNS))
        return cls(table=kept["table"], root=Path(kept["root"]), parts=parts, rule_results=results)


def load_accepted(intake: TableIntake) -> pd.DataFrame:
    """All accepted rows of a table, months in order: the contract's typed columns, `source_file` and `source_line`.

    Text is python `str` in object columns, missing is None; numbers are float64, dates datetime64[ns].
    """
    contract = CONTRACTS[intake.table]
    parts = [parquet.read_table(intake.root / path) for path in intake.parts["accepted_path"]]
    if not parts:
        return empty_frame(contract)
    types = {column.name: dtype_of(column) for column in contract.columns} | {
        SOURCE_FILE: "object",
        SOURCE_LINE: "int64",
    }
    return pd.DataFrame(
        {
            name: pd.concat([_typed(rows.column(name), dtype) for rows in parts], ignore_index=True)
            for name, dtype in types.items()
        }
    )


def load_rejected(intake: TableIntake) -> pd.DataFrame:
    """All rejected rows of a table: columns table, source, line, rule, column, value, message."""
    frames = [parquet.read_table(intake.root / path).to_pandas() for path in intake.parts["rejected_path"]]
    return pd.concat([empty_rejected(), *frames], ignore_index=True) if frames else empty_rejected()


def warned_rows(intake: TableIntake) -> dict[str, pd.DataFrame]:
    """Rows that a rule of their part warns of, by rule; columns of the contract, typed.

    They stay, or are left out as repeats of rows that stay. Rows of which a value alone was left out are not among
    them: nothing of worth is in doubt there.
    """
    contract = CONTRACTS[intake.table]
    rules = contract.all_rules()
    dropping = [rule.name for rule in rules if rule.outcome == "reject" or rule.on_warn == "count_once"]
    warning = [rule.name for rule in rules if rule.outcome == "warn" and rule.on_warn == "keep"]
    found: dict[str, list[pd.DataFrame]] = {}
    for path in intake.parts["accepted_path"]:
        again = intake.root / duplicates_path(path)
        if again.is_file():
            for rule, rows in parquet.read_table(again).to_pandas().groupby("rule", sort=True):
                found.setdefault(str(rule), []).append(rows.drop(columns="rule"))
        verdict = json.loads((intake.root / path).with_name("verdict.json").read_text("utf-8"))
        failed = {rule: verdict["failed"][rule] for rule in warning if verdict["failed"].get(rule)}
        if not failed:
            continue
        kept = np.ones(verdict["rows"], dtype=bool)
        for rule in dropping:
            kept[verdict["failed"].get(rule, [])] = False
        accepted = parquet.read_table(intake.root / path)
        for rule, positions in failed.items():
            broken = np.zeros(verdict["rows"], dtype=bool)
            broken[positions] = True
            places = np.flatnonzero(broken[kept])
            found.setdefault(rule, []).append(accepted.take(places).to_pandas())
    return {rule: pd.concat(frames, ignore_index=True) for rule, frames in found.items()}


def _typed(values: pa.ChunkedArray, dtype: str) -> "pd.Series[Any]":
    if dtype == "object":
        texts = values.combine_chunks()
        if not pa.types.is_dictionary(texts.type):
            texts = texts.cast(pa.string()).dictionary_encode()
        distinct = np.array([*texts.dictionary.cast(pa.string()).to_pylist(), None], dtype=object)
        codes = texts.indices.fill_null(len(distinct) - 1).to_numpy(zero_copy_only=False)
        return pd.Series(distinct[codes], dtype="object")
    typed: pd.Series[Any]
    if dtype == "boolean":
        typed = values.cast(pa.bool_()).to_pandas(types_mapper={pa.bool_(): pd.BooleanDtype()}.get)
    elif dtype == "datetime64[ns]":
        typed = values.cast(pa.timestamp("ns")).to_pandas()
    else:
        typed = values.to_pandas().astype(dtype)
    return typed
