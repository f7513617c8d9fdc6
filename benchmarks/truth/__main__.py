"""Forecasts of the demo company against its generator, which knows the expected demand of the twelve months to come.

    python -m benchmarks.truth --json FILE

Each seed is a company; each is looked at in March, June, September and December. Bias is what was forecast over what is
to be expected, less one, over twelve months, as the mean over seeds: what is systematic, not one world's luck. WAPE
compares category totals by month. Nothing of the planner was chosen on these seeds.
"""

import argparse
import datetime as dt
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.common import Outcome, Shown, run
from benchmarks.truth.worlds import MONTHS, World, make_world

DATES = (dt.date(2026, 3, 29), dt.date(2026, 6, 28), dt.date(2026, 9, 27), dt.date(2026, 12, 27))
FIRST_SEED = 101
"""Others than those that people look at and that defaults were chosen on."""

OURS = "ours"
RIVALS = ("last_year", "last_year_grown")
SOLD_ON = (-1, 0, 2, 5, 15, 40, 400)


def measure(arguments: argparse.Namespace) -> Outcome:
    """Bias by date and category, WAPE by month ahead, bias by how often an item sold."""
    worlds = [(seed, day) for seed in range(FIRST_SEED, FIRST_SEED + arguments.seeds) for day in DATES]
    with ProcessPoolExecutor(arguments.workers) as pool:
        made = list(pool.map(partial(_world, skus=arguments.skus), worlds))
    months = pd.concat([world.months.assign(seed=world.seed, as_of=world.as_of) for world in made], ignore_index=True)
    return outcome(months)


def outcome(months: pd.DataFrame) -> Outcome:
    """Figures and tables of the worlds' months, which have columns seed and as_of beside those of `World.months`."""
    company = _mean_bias(months, ["as_of"])
    category = _mean_bias(months, ["as_of", "category"])
    wape = {name: _wape(months, name) for name in (OURS, *RIVALS)}
    history = pd.cut(months["days_sold"], SOLD_ON, labels=[f"to {high}" for high in SOLD_ON[1:]])
    by_history = {str(name): _against_truth(part) for name, part in months.groupby(history, observed=True)}
    figures: dict[str, Any] = {
        "company_bias": _largest(company),
        "company_bias_by_date": {str(day): value for day, value in company.items()},
        "worst_category_bias": _largest(category),
        "worst_category": " ".join(str(part) for part in np.atleast_1d(category.abs().idxmax())),
        "wape_category_month": wape[OURS],
        "rival_wape_category_month": {name: wape[name] for name in RIVALS},
        "by_days_with_sales": by_history,
    }
    dates = sorted(months["as_of"].unique())
    table = category.reset_index().pivot_table(index="category", columns="as_of", values=0)
    return Outcome(
        figures,
        [
            Shown(
                "Bias over twelve months, mean over seeds",
                ["category", *map(str, dates)],
                [
                    *([name, *(f"{table.loc[name, day]:+.1%}" for day in dates)] for name in table.index),
                    ["all", *(f"{company[day]:+.1%}" for day in dates)],
                ],
            ),
            Shown(
                "WAPE of category totals by month ahead",
                ["forecast", *(str(ahead) for ahead in range(1, MONTHS + 1))],
                [[name, *(f"{value:.3f}" for value in values)] for name, values in wape.items()],
            ),
            Shown(
                "By days with a sale in the year before",
                ["days", "items", "forecast over truth", "error of an item's year over truth"],
                [
                    [name, f"{row['items']:,}", f"{row['ratio']:.2f}", f"{row['error']:.2f}"]
                    for name, row in by_history.items()
                ],
            ),
        ],
    )


def _world(key: tuple[int, dt.date], skus: int) -> World:
    return make_world(*key, skus)


def _mean_bias(months: pd.DataFrame, by: Sequence[str]) -> pd.Series:
    totals = months.groupby(["seed", *by])[[OURS, "truth"]].sum()
    return (totals[OURS] / totals["truth"] - 1).groupby(list(by)).mean()


def _largest(bias: pd.Series) -> float:
    return float(bias.loc[bias.abs().idxmax()])


def _wape(months: pd.DataFrame, name: str) -> list[float]:
    totals = months.groupby(["seed", "as_of", "category", "ahead"])[[name, "truth"]].sum()
    error = (totals[name] - totals["truth"]).abs().groupby("ahead").sum()
    return (error / totals["truth"].groupby("ahead").sum()).tolist()


def _against_truth(months: pd.DataFrame) -> dict[str, float]:
    items = months.groupby(["seed", "as_of", "sku", "location"])[[OURS, "truth"]].sum()
    total = float(items["truth"].sum())
    return {
        "items": len(items),
        "ratio": float(items[OURS].sum()) / total if total else np.nan,
        "error": float((items[OURS] - items["truth"]).abs().sum()) / total if total else np.nan,
    }


if __name__ == "__main__":
    run(
        "truth",
        __doc__,
        measure,
        needs_data=False,
        seeds=(5, "companies"),
        skus=(300, "SKUs of each"),
        workers=(2, "companies at once"),
    )
