"""Rows that a rule warns of and keeps, found again in the parts that were kept."""

import json

import numpy as np
import pandas as pd
from pyarrow import parquet

from data_contracts.table_intake import TableIntake
from data_contracts.tables import CONTRACTS


def warned_rows(intake: TableIntake) -> dict[str, pd.DataFrame]:
    """Rows that stay although a rule of their part warns of them, by rule; columns of the contract, typed.

    Rows that are counted once, and values that were left out, are not among them: nothing of worth is in doubt there.
    """
    contract = CONTRACTS[intake.table]
    rules = contract.all_rules()
    dropping = [rule.name for rule in rules if rule.outcome == "reject" or rule.on_warn == "count_once"]
    warning = [rule.name for rule in rules if rule.outcome == "warn" and rule.on_warn == "keep"]
    found: dict[str, list[pd.DataFrame]] = {}
    for path in intake.parts["accepted_path"]:
        decision = json.loads((intake.root / path).with_name("decision.json").read_text("utf-8"))
        failed = {rule: decision["failed"][rule] for rule in warning if decision["failed"].get(rule)}
        if not failed:
            continue
        kept = np.ones(decision["rows"], dtype=bool)
        for rule in dropping:
            kept[decision["failed"].get(rule, [])] = False
        accepted = parquet.read_table(intake.root / path)
        for rule, positions in failed.items():
            broken = np.zeros(decision["rows"], dtype=bool)
            broken[positions] = True
            places = np.flatnonzero(broken[kept])
            found.setdefault(rule, []).append(accepted.take(places).to_pandas())
    return {rule: pd.concat(frames, ignore_index=True) for rule, frames in found.items()}
