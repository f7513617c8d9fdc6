"""What a replay comes to: every policy in the same weeks, compared, tuned, and summarised."""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from flows.execution.run import PlanningRun
from flows.execution.stages import TaskResult, stage_task
from flows.execution.storage import Stored, fetch, store
from flows.simulation.replay import ReplaySpan, ReviewDecisions, ReviewInputs, costs_of
from models.inventory.ordering.tuning import SHIFTS, tune, window_costs
from models.inventory.replay import (
    ALL_DAYS,
    COMPANY,
    KNOWN_DAYS,
    OURS,
    ReplayWindow,
    combine_ledgers,
    company_orders,
    four_weeks_cover,
    normal_safety_stock,
    replayed,
    scores,
    summary_sentence,
)
from models.inventory.simulation import Ledger, Policy, RecordedOrders, run_policy
from models.inventory.terms.columns import item_rows
from settings import Settings

TUNING_WEEKS = 4
"""Every so many reviews a window is looked at by the tuning: windows that hardly overlap tell most."""

NORMAL, COVER = "normal safety stock", "four weeks' cover"
POLICIES = (OURS, COMPANY, NORMAL, COVER)


@dataclasses.dataclass(frozen=True)
class GroupScores:
    """Ledgers of some items by days and policy, and what the tuning needs of them.

    `even`, `odd`: (I, shifts) costs of the tuning's windows; `windows`: (I,) their number; `recorded`: (I,) mean units
    that the company recorded, NaN where it did not; `guessed_stock`: (I,) whether the stock at the start is a guess;
    `unknown_share`: (I,) share of the scored periods whose demand is unknown.
    """

    ledgers: dict[str, dict[str, Ledger]]
    abc: np.ndarray
    left_out: pd.DataFrame
    even: np.ndarray
    odd: np.ndarray
    windows: np.ndarray
    recorded: np.ndarray
    unit_cost: np.ndarray
    guessed_stock: np.ndarray
    unknown_share: np.ndarray


@stage_task("score")
def score_group(
    run: PlanningRun,
    group: str,
    buckets: list[int],
    observed: dict[str, Stored],
    reviews: dict[str, list[Stored]],
    weeks: list[dict[str, Stored]],
    has_own_orders: bool,
) -> TaskResult:
    """Every policy in the past of some buckets, and the windows of the tuning.

    Parameters
    ----------
    run: the planning run.
    group, buckets: name and numbers of the task's group of buckets.
    observed: the past of each group.
    reviews: what each review decided, by group.
    weeks: each review's inputs, by group.
    has_own_orders: whether the company's own orders are known, so that they are replayed too.
    """
    settings = run.settings
    span = fetch(ReplaySpan, observed[group])
    window = span.window
    decided = [fetch(ReviewDecisions, stored) for stored in reviews[group]]
    levels = [review.levels for review in decided]
    costs = costs_of(window, levels)
    service = settings.inventory.cycle_service_target
    policies: dict[str, Policy | RecordedOrders] = {OURS: replayed(window, levels)}
    if has_own_orders:
        policies[COMPANY] = company_orders(window)
    policies[NORMAL] = normal_safety_stock(window, costs, cycle_service=service)
    policies[COVER] = four_weeks_cover(window)
    world = window.world(costs)
    masks = {ALL_DAYS: world.scored, KNOWN_DAYS: window.world(costs, all_days=False).scored}
    ledgers: dict[str, dict[str, Ledger]] = {name: {} for name in masks}
    for policy, rule in policies.items():
        for days, ledger in run_policy(world, rule, masks).items():
            ledgers[days][policy] = ledger
    even, odd, windows = _windows(window, decided, [week[group] for week in weeks])
    scored = window.calendar.scored
    stock = window.history.own_stock[:, scored]
    recorded = np.where(np.isfinite(stock).all(axis=1), np.nan_to_num(stock).mean(axis=1), np.nan)
    result = GroupScores(
        ledgers=ledgers,
        abc=span.abc,
        left_out=span.left_out,
        even=even,
        odd=odd,
        windows=windows,
        recorded=recorded,
        unit_cost=costs.unit_cost,
        guessed_stock=~window.items["stock_is_known"].to_numpy(bool),
        unknown_share=1 - window.history.known[:, scored].mean(axis=1),
    )
    return {"results": {group: store(result, run.folder_for("score", group))}, "items": len(window)}


def _windows(
    window: ReplayWindow, decided: Sequence[ReviewDecisions], weeks: Sequence[Stored]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(I, shifts) costs summed over every second window each, and (I,) the number of windows."""
    calendar, history = window.calendar, window.history
    until = np.cumsum(np.where(history.known, history.demand, np.nan), axis=1)
    halves = [np.zeros((len(window), len(SHIFTS))) for _ in range(2)]
    count = np.zeros(len(window), dtype=np.int64)
    for number, review in enumerate(range(0, len(decided), TUNING_WEEKS)):
        week = fetch(ReviewInputs, weeks[review])
        figures = week.items[["sku", "location"]].merge(decided[review].policies, on=["sku", "location"], how="left")
        row = item_rows(figures, window.items)
        days = np.nan_to_num(figures["protection_days"].to_numpy(np.float64)).astype(np.int64)
        start = int(calendar.reviews[review])
        last = np.searchsorted(calendar.ends, calendar.ends[start] + days.astype("timedelta64[D]"))
        inside = (row >= 0) & (days > 0) & (last < len(calendar.ends))
        demand = np.full(len(figures), np.nan)
        demand[inside] = until[row[inside], last[inside]] - until[row[inside], start]
        costs = window_costs(week.distribution, figures, demand, days)
        usable = np.flatnonzero(np.isfinite(costs[:, 0]))
        halves[number % 2][row[usable]] += costs[usable]
        count[row[usable]] += 1
    return halves[0], halves[1], count


def score_replay(
    settings: Settings, parts: Sequence[GroupScores], *, key: str, first_day: dt.date, last_day: dt.date, weeks: int
) -> dict[str, Any]:
    """The parts together: header, results and tuning of a simulation, as the database keeps them.

    Parameters
    ----------
    settings: the company's settings.
    parts: every group's ledgers.
    key: hash of all that the results depend on.
    first_day, last_day: of the scored weeks.
    weeks: number of scored weeks.
    """
    abc = np.concatenate([part.abc for part in parts])
    policies = {days: _policies(parts, days) for days in (ALL_DAYS, KNOWN_DAYS)}
    found = scores(policies, abc, period=settings.company.period, draws=settings.simulation.bootstrap_draws)
    tuning = tune(
        np.concatenate([part.even for part in parts]),
        np.concatenate([part.odd for part in parts]),
        abc,
        np.concatenate([part.windows for part in parts]),
        draws=settings.simulation.bootstrap_draws,
    )
    currency = settings.company.base_currency
    header = {
        "key": key,
        "as_of": last_day,
        "first_day": first_day,
        "weeks": weeks,
        "items": len(abc),
        "items_left_out": int(sum(len(part.left_out) for part in parts)),
        "currency": currency,
        "sentence": summary_sentence(found, weeks=weeks, currency=currency),
        "notes": _notes(parts, policies[ALL_DAYS]),
    }
    return {"header": header, "results": found, "tuning": tuning}


def _policies(parts: Sequence[GroupScores], days: str) -> dict[str, Ledger]:
    """Each policy's ledger over all items, in the order in which people read them."""
    everywhere = [name for name in POLICIES if all(name in part.ledgers[days] for part in parts)]
    return {name: combine_ledgers([part.ledgers[days][name] for part in parts]) for name in everywhere}


def _notes(parts: Sequence[GroupScores], policies: Mapping[str, Ledger]) -> list[str]:
    """What the replay estimates or leaves out, in sentences."""
    notes = []
    unknown = float(np.concatenate([part.unknown_share for part in parts]).mean())
    if unknown > 0:
        notes.append(
            f"On {unknown:.1%} of item-days demand is unknown, because nothing was in stock; there it is estimated, "
            "and the database has the results without these days too"
        )
    guessed = int(sum(part.guessed_stock.sum() for part in parts))
    if guessed:
        notes.append(f"{guessed:,} items have no recorded stock at the start; they begin with four weeks of sales")
    left_out = pd.concat([part.left_out for part in parts])
    for reason, rows in left_out.groupby("reason", sort=True):
        notes.append(f"{len(rows):,} items are left out: {reason}")
    check = _check(parts, policies)
    if check is not None:
        notes.append(f"The replay of your own orders holds {check:.0%} of the stock value that you recorded")
    notes.append("Each location is replayed by itself: what it sent on counts as its demand, as it really happened")
    notes.append("Limits that several items share (budgets, minimum order values, containers) are not replayed")
    return notes


def _check(parts: Sequence[GroupScores], policies: Mapping[str, Ledger]) -> float | None:
    """Stock value of the company's replayed orders over what it recorded, where it did."""
    if COMPANY not in policies:
        return None
    recorded = np.concatenate([part.recorded for part in parts])
    cost = np.concatenate([part.unit_cost for part in parts])
    ledger = policies[COMPANY]
    known = np.isfinite(recorded)
    total = float((recorded * cost)[known].sum())
    held = float((ledger.stock_value_days / np.maximum(ledger.days, 1.0))[known].sum())
    return held / total if total > 0 else None
