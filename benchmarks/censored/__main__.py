"""Demand of days without stock, estimated on FreshRetailNet, where days in stock are hidden or cut short.

(a) Whole days: one to three days in a row inside spells of a week and more without a stockout are hidden, as if the
shelf had been empty. (b) Partial days: single days of such spells are cut at a random hour; what was sold before it is
drawn by the pooled profile of hours 6 to 22. There are no hourly sales in the data: the profile is made from how sales
fall with the hours out of stock (`censored_data.pooled_profile`), from series that are not scored.

Estimated through `features.history.build_history`, as in every run, from sales and stock rows; real stockouts of the
series stay in, as they are. Against ignoring the cut (what was sold counts as the demand) and dropping the days
(the mean of the series' remaining days in stock, and the same by weekday); for partial days also against scaling up
(sales over share). Error is the sum of absolute errors over the sum of true demand, bias the sum of errors over it.

Quantities are scaled by the publisher; nearly all are multiples of 0.1, which is the items' `unit_step`. Days that are
cut here are chosen by chance; real stockouts happen on days of high demand, so their bias is not seen here.

Series are chosen by hash. What was tuned in `features/censoring.py` was tuned on the other half of the series.
"""

import argparse
import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.censored.data import HOURS, STEP, Panel, cut_short, hidden_days, panel, pooled_profile, tables
from benchmarks.common import Outcome, Shown, bootstrap_interval, run
from features.arrays import Flags, Floats, Ints
from features.history import build_history


def measure(arguments: argparse.Namespace) -> Outcome:
    """Both tests."""
    scored = panel(arguments.data, arguments.series, arguments.part)
    others = panel(arguments.data, arguments.series, "tune" if arguments.part == "score" else "score")
    profile = pooled_profile(others)
    found = {"whole_days": whole_days(scored, profile), "partial_days": partial_days(scored, profile)}
    shown = [
        _shown("Whole days hidden", found["whole_days"]),
        _shown("Days cut at an hour, by the pooled profile of hours 6 to 22", found["partial_days"]),
    ]
    return Outcome(found | {"series": len(scored.sales), "profile": profile}, shown)


def whole_days(of: Panel, profile: Floats) -> dict[str, Any]:
    """Days hidden whole."""
    hidden = hidden_days(of, 3, seed=1)
    cut = cut_short(of, hidden, np.zeros(int(hidden.sum())), seed=2)
    share = np.where(hidden, 0.0, profile[of.hours_out])
    return _compared(
        of,
        hidden,
        {
            "ours": estimated(cut, share, given=False),
            "ours, share of real stockouts given": estimated(cut, share, given=True),
            "ignored": cut.sales,
        }
        | _dropped(of, hidden),
    )


def partial_days(of: Panel, profile: Floats) -> dict[str, Any]:
    """Days cut at a random hour."""
    days = hidden_days(of, 1, seed=3)
    hours_out = np.where(days, np.random.default_rng(4).integers(1, HOURS, days.shape), of.hours_out)
    share = profile[hours_out]
    cut = cut_short(of, days, share[days], seed=5)
    even = 1.0 - hours_out / HOURS
    return _compared(
        of,
        days,
        {
            "ours": estimated(cut, share, given=True),
            "ours, share of the hours given": estimated(cut, even, given=True),
            "ours, share not given": estimated(cut, share, given=False),
            "scaled up": np.divide(cut.sales, share, out=np.zeros_like(share), where=share > 0),
            "ignored": cut.sales,
        }
        | _dropped(of, days),
    )


def estimated(of: Panel, share: Floats, *, given: bool) -> Floats:
    """Demand as the nightly history has it, (series, days)."""
    items = of.names.rename(columns={"product_id": "sku", "store_id": "location"}).assign(
        category="fresh", market="CN", unit_step=STEP, unit_price_base=1.0, launched_on=of.days[0], discontinued_on=None
    )
    dates = {name: pd.to_datetime(items[name]) for name in ("launched_on", "discontinued_on")}
    history = build_history(
        tables(of, share, given=given),
        items.assign(**dates),
        as_of=of.days[-1].astype(dt.date),
        period="day",
        week_starts_on="monday",
        history_days=len(of.days),
        horizon_days=1,
        one_off_units_factor=10.0,
        bulk_dampening=False,
        default_country="CN",
    )
    key = pd.MultiIndex.from_frame(history.items[["sku", "location"]])
    return history.estimated[key.get_indexer(pd.MultiIndex.from_frame(items[["sku", "location"]]))]


def _dropped(of: Panel, hidden: Flags) -> dict[str, Floats]:
    """The mean of the remaining days in stock, and that of the same weekday (of all of them where there is none)."""
    left = (of.hours_out == 0) & ~hidden
    mean = _mean_of(of.sales, left)
    weekday = (of.days.astype(np.int64) + 3) % 7
    of_weekday = np.empty_like(of.sales)
    for day in range(7):
        there = left & (weekday == day)
        own = np.where(there.any(axis=1), _mean_of(of.sales, there), mean)
        of_weekday[:, weekday == day] = own[:, None]
    return {
        "dropped: mean of the others": np.broadcast_to(mean[:, None], of.sales.shape),
        "dropped: mean of the weekday": of_weekday,
    }


def _mean_of(sales: Floats, used: Flags) -> Floats:
    return np.asarray(np.where(used, sales, 0.0).sum(axis=1) / np.maximum(used.sum(axis=1), 1))


def _compared(of: Panel, days: Flags, methods: dict[str, Floats]) -> dict[str, Any]:
    """Error and bias of each method on the days, and ours over its error; intervals resample series."""
    truth = np.where(days, of.sales, 0.0).sum(axis=1)
    errors = {name: np.where(days, found - of.sales, 0.0) for name, found in methods.items()}
    absolute = {name: np.abs(error).sum(axis=1) for name, error in errors.items()}
    result: dict[str, Any] = {"days": int(days.sum())}
    for name, error in errors.items():
        signed, own, ours = error.sum(axis=1), absolute[name], absolute["ours"]
        low, high = bootstrap_interval(_ratio_of(signed, truth), len(truth))
        ratio = bootstrap_interval(_ratio_of(ours, own), len(truth))
        result[name] = {
            "error": own.sum() / truth.sum(),
            "bias": signed.sum() / truth.sum(),
            "bias_low": low,
            "bias_high": high,
            "ours_over": ours.sum() / own.sum(),
            "ours_over_low": ratio[0],
            "ours_over_high": ratio[1],
        }
    return result


def _ratio_of(part: Floats, whole: Floats) -> Callable[[Ints], float]:
    return lambda rows: float(part[rows].sum() / whole[rows].sum())


def _shown(title: str, found: dict[str, Any]) -> Shown:
    rows = [
        [
            name,
            f"{of['error']:.3f}",
            f"{of['bias']:+.3f} ({of['bias_low']:+.3f} to {of['bias_high']:+.3f})",
            f"{of['ours_over']:.3f} ({of['ours_over_low']:.3f} to {of['ours_over_high']:.3f})",
        ]
        for name, of in found.items()
        if isinstance(of, dict)
    ]
    return Shown(f"{title}: {found['days']} days", ["", "error (WAPE)", "bias", "our error over it"], rows)


if __name__ == "__main__":
    run(
        "censored",
        "Demand of days without stock, estimated on FreshRetailNet.",
        measure,
        series=(6000, "series used, chosen by hash"),
        part=("score", "score, or tune for the other half"),
    )
