"""Fitted state on disk: frames as Parquet, arrays in one npz, plain values as JSON; no pickle."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from models.demand.backtest import Backtest
from models.demand.calibration import Calibration
from models.demand.effects import Effects
from models.demand.summary import Summary

State = TypeVar("State", Summary, Effects, Backtest, Calibration)


def write_state(state: Summary | Effects | Backtest | Calibration, folder: Path) -> None:
    """Write a summary, effects, a backtest or a calibration into an empty or new folder."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, Any] = {}
    values: dict[str, Any] = {}
    for field in fields(state):
        value = getattr(state, field.name)
        if isinstance(value, pd.DataFrame):
            value.to_parquet(folder / f"{field.name}.parquet", index=False)
        elif isinstance(value, np.ndarray):
            # Text goes as fixed-width strings: an object array would need pickle.
            arrays[field.name] = value.astype(str) if value.dtype == object else value
        else:
            values[field.name] = value
    np.savez(folder / "arrays.npz", **arrays)
    (folder / "values.json").write_text(json.dumps(values, sort_keys=True), encoding="utf-8")


def read_state(kind: type[State], folder: Path) -> State:
    """What `write_state` wrote of this kind."""
    found: dict[str, Any] = json.loads((folder / "values.json").read_text(encoding="utf-8"))
    with np.load(folder / "arrays.npz", allow_pickle=False) as arrays:
        for name in arrays.files:
            value = arrays[name]
            found[name] = value.astype(object) if value.dtype.kind == "U" else value
    for field in fields(kind):
        if field.name not in found:
            found[field.name] = pd.read_parquet(folder / f"{field.name}.parquet")
    return kind(**found)
