"""What every benchmark shares: its arguments, where its data lies, its table for people and the same as JSON."""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from features.arrays import Ints


@dataclass(frozen=True)
class Shown:
    """A table for people: title, column names, rows of ready text."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Outcome:
    """What a benchmark found: figures for machines and tables for people."""

    figures: Mapping[str, Any]
    tables: Sequence[Shown]


def run(
    name: str,
    about: str,
    measure: Callable[[argparse.Namespace], Outcome],
    *,
    needs_data: bool = True,
    **options: tuple[Any, str],
) -> None:
    """Parse the arguments, measure, print the tables, write the figures.

    Parameters
    ----------
    name, about: of the benchmark.
    measure: from the arguments (data, json and the options) to the outcome.
    needs_data: whether it reads a data set; without one it makes its own data.
    options: further arguments: name=(default, help); the default's type is the argument's.
    """
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{name}", description=about)
    if needs_data:
        parser.add_argument("--data", type=Path, required=True, help="folder of the data, or the folder above it")
    parser.add_argument("--json", type=Path, default=None, help="file that receives the figures")
    for option, (default, explanation) in options.items():
        parser.add_argument(
            f"--{option.replace('_', '-')}", type=type(default), default=default, help=f"{explanation} ({default})"
        )
    arguments = parser.parse_args()
    outcome = measure(arguments)
    console = Console(width=150)
    for shown in outcome.tables:
        table = Table(title=shown.title, title_justify="left")
        for place, column in enumerate(shown.columns):
            table.add_column(column, justify="left" if place == 0 else "right")
        for row in shown.rows:
            table.add_row(*row)
        console.print(table)
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(_plain(outcome.figures), indent=1, sort_keys=True) + "\n")


def folder(data: Path, name: str) -> Path:
    """The data set's own folder: `data` itself, or the folder of that name in it."""
    return data / name if (data / name).is_dir() else data


def bootstrap_interval(
    statistic: Callable[[Ints], float], items: int, *, draws: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """95 % interval of a statistic of items, by resampling them (Efron & Tibshirani 1993, ch. 13)."""
    rng = np.random.default_rng(seed)
    found = [statistic(rng.integers(0, items, items)) for _ in range(draws)]
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)


def _plain(value: Any) -> Any:
    """JSON's own types; numbers to nine significant digits."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [_plain(item) for item in value]
    if isinstance(value, (np.integer, np.bool_)):
        return value.item()
    if isinstance(value, (float, np.floating)):
        return float(f"{float(value):.9g}") if np.isfinite(value) else None
    return value
