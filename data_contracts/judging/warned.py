"""Rows that a rule warns of and does not reject, found again in the parts that were kept."""

import json

import numpy as np
import pandas as pd
from pyarrow import parquet

from data_contracts.judging.accepted import TableIntake
from data_contracts.judging.parts import counted_once_path
from data_contracts.tables import CONTRACTS


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
        again = intake.root / counted_once_path(path)
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
