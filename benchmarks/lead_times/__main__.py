"""Learned lead-time distributions on the SCMS orders, rolling in time, against declared dates, normal and empirical.

At the end of each month what was known then is given to `fit_lead_times`, which the nightly run uses: orders placed,
receipts, open orders. Three things are predicted: the lead time of the orders placed in the next month without their
promise (what an order suggestion needs), the same with their promise, and the arrival of the orders that are open,
with and without it. An order weighs as much as another; intervals resample orders.

Beside ours: the declared date as a point (without the promise: the vendor's mean scheduled lead time), a normal of mean
and deviation, and the plain empirical distribution, each per vendor with at least 8 receipts in two years, else over
all vendors, of lead times or, with the promise, of lateness after it; given the age where the order is open. "by lane"
takes vendor and country where there are 8.

Beware: 89 % of these orders were delivered on the very day that the file calls scheduled. The file holds one scheduled
date an order, the last one, which must often have been moved to what was known later. So what is measured with promises
flatters all who use them, the declared date most; the figures without promises are the clean ones.

The half-life, the widths and the weights of `models/inventory/lead_time_*.py` were chosen on orders placed up to the
end of 2011; the orders from 2012 on, which are scored here by default, were not looked at for it.
"""

import argparse
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.common import Outcome, Shown, run
from benchmarks.lead_times.data import OrdersAsKnown, known_on, order_lines, without_promises
from benchmarks.lead_times.methods import DAYS, empirical, normal, padded, point, samples_by, still_open
from benchmarks.lead_times.scores import COVERED, figures, scores
from features.arrays import Floats
from models.inventory.calendar.working_days import WorkingDays
from models.inventory.lead_times.fit import LeadTimes, fit_lead_times
from settings.schema import InventorySettings

QUESTIONS = {
    "next_by_history": "Orders placed next, promise not known",
    "next_by_promise": "Orders placed next, promise known",
    "open_by_history": "Open orders given their age, promise not known",
    "open_by_promise": "Open orders given their age and promise",
}


def measure(arguments: argparse.Namespace) -> Outcome:
    """Scores of every month's predictions."""
    lines = order_lines(arguments.data)
    months = pd.period_range(arguments.first, arguments.last, freq="M")
    parts = [part for month in months for part in month_of(lines, month)]
    scored = pd.concat(parts, ignore_index=True)
    found = {question: figures(scored[scored["question"] == question], "ours") for question in QUESTIONS}
    return Outcome(
        {"questions": found, "first": arguments.first, "last": arguments.last},
        [_shown(title, found[question]) for question, title in QUESTIONS.items()],
    )


def month_of(lines: pd.DataFrame, month: pd.Period) -> Iterator[pd.DataFrame]:
    """Scored predictions made at the end of the month before."""
    as_of = month.start_time.normalize() - pd.Timedelta(days=1)
    placed_next = lines[lines["ordered_on"].dt.to_period("M") == month].reset_index(drop=True)
    defaults = InventorySettings()
    for with_promises in (False, True):
        known = known_on(lines, as_of.date(), with_promises=with_promises)
        learned = fit_lead_times(
            known.receipts,
            known.purchase_orders,
            known.supply_terms,
            known.suppliers,
            known.closures,
            as_of=as_of.date(),
            min_receipts_to_trust=defaults.min_receipts_to_trust,
            overdue_days_counted=defaults.overdue_days_counted,
            weekends_are_closed=defaults.weekends_are_closed,
            holidays_are_closed=defaults.holidays_are_closed,
        )
        given = "promise" if with_promises else "history"
        outcome = lines.set_index("line_number")["lead_days"]
        for question, lines_asked in ((f"next_by_{given}", placed_next), (f"open_by_{given}", known.open)):
            if lines_asked.empty:
                continue
            asked = lines_asked if with_promises else without_promises(lines_asked)
            happened = outcome[asked["line_number"]].to_numpy(dtype=np.int64)
            for method, pmf in predictions(asked, known, learned, as_of).items():
                yield scores(pmf, happened).assign(
                    question=question, method=method, order_number=asked["order_number"].to_numpy()
                )


def predictions(
    asked: pd.DataFrame, known: OrdersAsKnown, learned: LeadTimes, as_of: pd.Timestamp
) -> dict[str, Floats]:
    """Lead times of lines by each method, (lines, days)."""
    promised = asked["expected_on"].notna().all()
    received = known.received
    if promised:
        start = np.maximum((asked["expected_on"] - asked["ordered_on"]).dt.days.to_numpy(dtype=np.int64), 0)
        seen = received["lead_days"] - (received["expected_on"] - received["ordered_on"]).dt.days
        declared = start
    else:
        start = np.zeros(len(asked), dtype=np.int64)
        seen = received["lead_days"]
        terms = known.supply_terms.drop_duplicates("supplier").set_index("supplier")["lead_time_days"]
        declared = asked["supplier"].map(terms).fillna(terms.median()).to_numpy(dtype=np.int64)
    age = (as_of - asked["ordered_on"]).dt.days.to_numpy(dtype=np.int64)
    is_open = bool((age >= 0).all())
    by_vendor = samples_by(received, seen, asked, [["supplier"]])
    by_lane = samples_by(received, seen, asked, [["supplier", "location"], ["supplier"]])
    found = {
        "declared date": point(np.maximum(declared, age + 1) if is_open else declared),
        "normal": normal(by_vendor, start),
        "empirical": empirical(by_vendor, start),
        "empirical by lane": empirical(by_lane, start),
    }
    if is_open:
        found = {name: pmf if name == "declared date" else still_open(pmf, age) for name, pmf in found.items()}
    ours = arrivals(asked, learned, as_of) if promised or is_open else padded(learned.for_items(asked).pmf)
    return {"ours": ours} | found


def arrivals(asked: pd.DataFrame, learned: LeadTimes, as_of: pd.Timestamp) -> Floats:
    """Days from order to arrival as the nightly run expects them, (lines, days)."""
    never_closed = WorkingDays.from_closed({}, as_of.date(), as_of.date())
    when = learned.arrivals(asked, as_of=as_of.date(), suppliers=never_closed, locations=never_closed)
    placed = (asked["ordered_on"].to_numpy(dtype="datetime64[D]") - when.first_day).astype(np.int64)
    column = np.clip(np.arange(when.probability.shape[1]) - placed[:, None], 0, DAYS - 1)
    flat = (np.arange(len(asked))[:, None] * DAYS + column).ravel()
    pmf = np.bincount(flat, weights=when.probability.ravel(), minlength=len(asked) * DAYS)
    return pmf.astype(np.float64).reshape(-1, DAYS)


def _shown(title: str, found: dict[str, Any]) -> Shown:
    methods, ratios = found["methods"], found["ours_over"]
    rows = []
    for name, of in methods.items():
        against = ratios.get(name)
        cells = [f"{of['coverage'][f'{level:g}']:.3f}" for level in COVERED]
        cells += [f"{of['pinball_days']:.2f}", f"{of['crps_days']:.2f}"]
        cells += [
            f"{against[measure]['ratio']:.3f} ({against[measure]['low']:.3f} to {against[measure]['high']:.3f})"
            if against
            else ""
            for measure in ("pinball", "crps")
        ]
        rows.append([name, *cells])
    columns = ["", *[f"≤ {100 * level:g} %" for level in COVERED]]
    columns += ["pinball, days", "CRPS, days", "ours over it, pinball", "ours over it, CRPS"]
    return Shown(f"{title}: {found['orders']} orders", columns, rows)


if __name__ == "__main__":
    run(
        "lead_times",
        "Learned lead times on the SCMS orders, rolling in time.",
        measure,
        first=("2012-01", "first month whose orders are scored"),
        last=("2015-09", "last month whose orders are scored"),
    )
