"""Tonight's orders by the nightly run's decision, and by the textbook."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import special

from benchmarks.optimality.problems import WEEKS, Problem
from data_contracts.contract import empty_frame
from data_contracts.tables import CONTRACTS
from features.arrays import Floats
from models.demand.distribution.demand_distribution import DemandDistribution
from models.inventory.costs.unit_costs import critical_ratio
from models.inventory.decide import decide
from models.inventory.lead_times.fit import LeadTimes, fit_lead_times
from models.inventory.terms.decision_rules import DecisionRules
from settings.schema import InventorySettings

AS_OF = dt.date(2026, 2, 22)
"""A Sunday on which reviews every 7, 14, 21 and 28 days are all due."""

LOCATION = "L"
SCENARIOS = 256
DEFAULTS = InventorySettings()
_DAY = pd.Timedelta(days=1)


def nightly_orders(problems: Sequence[Problem]) -> Floats:
    """(problems,) units that `decide` orders on the known demand distribution and lead times, on its defaults.

    Costs are the problem's, nothing is left to people (no lag, no least gain of a line), and nothing is salvaged.
    """
    orders = np.zeros(len(problems))
    for is_lost in (False, True):
        rows = [row for row, problem in enumerate(problems) if problem.is_lost == is_lost]
        if rows:
            orders[rows] = _decided([problems[row] for row in rows], is_lost=is_lost)
    return orders


def _decided(problems: Sequence[Problem], *, is_lost: bool) -> Floats:
    skus = [f"P{row:05}" for row in range(len(problems))]
    frames = _tables(problems, skus)
    named = {"sku": skus, "location": LOCATION}
    decisions = decide(
        pd.DataFrame(named),
        _distribution(problems, skus),
        _lead_times(problems, skus, frames),
        frames,
        segments=pd.DataFrame(columns=["sku", "location", "abc", "xyz", "demand_class"]),
        channel_mix=pd.DataFrame(),
        planned_order_lines=pd.DataFrame(),
        rules=_rules("lost" if is_lost else "backordered"),
        as_of=AS_OF,
    )
    rows = decisions.recommendations
    ordered = rows[rows["line_number"] == 1].set_index("sku")["order_units"]
    return ordered.reindex(skus).to_numpy(dtype=np.float64)


def _rules(unmet_demand: str) -> DecisionRules:
    given = DEFAULTS.model_dump(exclude={"min_receipts_to_trust"}) | {
        "unmet_demand": unmet_demand,
        "decision_lag_days": 0,
        "order_line_gain_minimum": 0.0,
        "salvage_share_of_cost": 0.0,
    }
    return DecisionRules(
        **given, base_currency="EUR", period="week", missing_inventory_is_zero=False, scenarios=SCENARIOS
    )


def _distribution(problems: Sequence[Problem], skus: list[str]) -> DemandDistribution:
    count = len(problems)
    zero, label = np.zeros(count), np.array(["x"] * count, dtype=object)
    return DemandDistribution(
        sku=np.array(skus, dtype=object),
        location=np.array([LOCATION] * count, dtype=object),
        as_of=AS_OF,
        period="week",
        starts=np.datetime64(AS_OF, "D") + 1 + 7 * np.arange(WEEKS).astype("timedelta64[D]"),
        lengths_days=np.full(WEEKS, 7, dtype=np.int64),
        mean=np.stack([problem.mean for problem in problems]),
        dispersion=np.array([problem.dispersion for problem in problems]),
        level_sd=zero,
        level_growth=zero,
        level_autocorrelation=zero,
        exposure=np.zeros((count, 3)),
        market=label,
        category=label,
        factor_autocorrelation=np.zeros(3),
        unit_step=np.ones(count),
    )


def _tables(problems: Sequence[Problem], skus: list[str]) -> dict[str, pd.DataFrame]:
    """Terms, products, stock, open orders and costs as they are delivered; each item has a supplier of its own."""
    each = list(zip(skus, problems, strict=True))
    terms = pd.DataFrame(
        {
            "sku": sku, "location": LOCATION, "supplier": f"of {sku}", "valid_from": pd.NaT, "currency": "EUR",
            "unit_cost": problem.unit_cost, "unit_cost_base": problem.unit_cost,
            "lead_time_days": 7 * problem.lead_weeks, "lead_time_sd_days": 0.0, "review_days": 7 * problem.review_weeks,
            "order_multiple": float(problem.pack), "minimum_order_quantity": float(problem.minimum),
            "fixed_cost_per_line": problem.line_cost, "price_breaks": _breaks_text(problem),
        }
        for sku, problem in each
    )  # fmt: skip
    products = pd.DataFrame(
        {
            "sku": sku,
            "shelf_life_days": 7.0 * problem.shelf_weeks or np.nan,
            "launched_on": _day(7 * problem.sells_from + 1) if problem.sells_from else pd.NaT,
            "discontinued_on": _day(7 * problem.ends) if problem.ends else pd.NaT,
        }
        for sku, problem in each
    )
    stock = pd.DataFrame(
        {
            "as_of": _day(0), "sku": sku, "location": LOCATION,
            "on_hand": float(max(problem.stock, 0) + problem.old_stock), "reserved": 0.0,
            "backordered": float(max(-problem.stock, 0)),
        }
        for sku, problem in each
    )  # fmt: skip
    orders = pd.DataFrame(
        [
            {
                "order_number": f"{sku}-{week}", "line_number": "1", "sku": sku, "location": LOCATION,
                "supplier": f"of {sku}", "ordered_on": _day(min(7 * (week - round(problem.lead_weeks)), 0)),
                "ordered_units": float(units), "expected_on": _day(7 * week), "status": "open",
            }
            for sku, problem in each
            for week, units in (*problem.arrivals, *_deliveries(problem))
        ],
        columns=["order_number", "line_number", "sku", "location", "supplier", "ordered_on", "ordered_units",
                 "expected_on", "status"],
    )  # fmt: skip
    came = orders[orders["expected_on"] <= _day(0)]
    receipts = came[["order_number", "line_number"]].assign(
        received_on=pd.to_datetime(came["expected_on"]), received_units=came["ordered_units"].astype(float)
    )
    costs = pd.DataFrame(
        {
            "sku": sku, "category": "*", "supplier": "*", "location": "*", "name": name, "value": repr(value),
            "valid_from": pd.NaT, "valid_to": pd.NaT,
        }
        for sku, problem in each
        for name, value in (
            ("underage_cost_per_unit", problem.underage),
            ("holding_cost_per_unit_day", problem.holding / 7),
        )
    )  # fmt: skip
    for frame, dates in ((products, ("launched_on", "discontinued_on")), (orders, ("ordered_on", "expected_on"))):
        for name in dates:
            frame[name] = pd.to_datetime(frame[name])
    return {
        "supply_terms": terms.assign(valid_from=pd.to_datetime(terms["valid_from"])),
        "products": products,
        "inventory": stock,
        "purchase_orders": orders,
        "receipts": receipts.reset_index(drop=True),
        "planning_parameters": costs,
        "suppliers": pd.DataFrame({"supplier": terms["supplier"], "country": "DE", "name": terms["supplier"]}),
    }


def _deliveries(problem: Problem) -> list[tuple[int, int]]:
    """Week and units of the deliveries that the stock of what can spoil came with."""
    if not problem.shelf_weeks:
        return []
    week = round(problem.lead_weeks) - problem.review_weeks
    came = [(week - problem.review_weeks, problem.old_stock), (week, problem.stock)]
    return [(day, units) for day, units in came if units > 0]


def _breaks_text(problem: Problem) -> str | None:
    if not problem.breaks:
        return None
    return "all_units: " + "; ".join(f"{units}={cost}" for units, cost in problem.breaks)


def _day(after: int) -> pd.Timestamp:
    return pd.Timestamp(AS_OF) + after * _DAY


def _lead_times(problems: Sequence[Problem], skus: list[str], frames: dict[str, pd.DataFrame]) -> LeadTimes:
    """Lead times as if learned beyond doubt: each item's own distribution, in whole weeks."""
    declared = fit_lead_times(
        empty_frame(CONTRACTS["receipts"]),
        frames["purchase_orders"].iloc[:0],
        frames["supply_terms"],
        frames["suppliers"],
        empty_frame(CONTRACTS["closures"]),
        as_of=AS_OF,
        min_receipts_to_trust=DEFAULTS.min_receipts_to_trust,
        overdue_days_counted=DEFAULTS.overdue_days_counted,
        weekends_are_closed=False,
        holidays_are_closed=False,
    )
    suppliers = [f"of {sku}" for sku in skus]
    pmf = np.zeros((len(problems), 7 * max(len(problem.lead_pmf) for problem in problems)))
    for row, problem in enumerate(problems):
        pmf[row, : 7 * len(problem.lead_pmf) : 7] = problem.lead_pmf
    days = np.arange(pmf.shape[1])
    mean = pmf @ days
    frame = pd.DataFrame(
        {
            "supplier": suppliers, "sku": skus, "location": LOCATION, "declared_days": mean, "declared_sd_days": 0.0,
            "mean_days": mean, "sd_days": np.sqrt(np.maximum(pmf @ np.square(days) - np.square(mean), 0.0)),
            "receipts_used": 0, "open_used": 0, "source": "known",
        }
    )  # fmt: skip
    own = pd.DataFrame({"supplier": suppliers, "sku": skus, "location": LOCATION, "row": range(len(skus))})
    typical = own.assign(sku="*", location="*")
    company = pd.DataFrame([{"supplier": "*", "sku": "*", "location": "*", "row": 0}])
    index = pd.concat([own, typical, company], ignore_index=True)
    return replace(declared, frame=frame, pmf=pmf, index=index)


def textbook_orders(problems: Sequence[Problem], factor: float) -> Floats:
    """(problems,) units of `textbook_order`."""
    return np.array([textbook_order(problem, factor) for problem in problems])


def textbook_order(problem: Problem, factor: float) -> float:
    """Units ordered by (s,S) with normal safety stock: s = mean + factor z sd of the protection interval's demand.

    z is that of the critical ratio; S lies the economic quantity, or a worthwhile price break, above s; without line
    cost, packs and minimums the position is brought to s itself. The position holds all that is on order.

    Source: Silver, Pyke & Thomas (2017), ch. 6 and 7; with random lead times eq. 6.23.
    """
    total = float(problem.mean[: problem.protection_weeks].sum())
    rate = total / problem.protection_weeks
    weeks = np.arange(len(problem.lead_pmf))
    lead_variance = float(problem.lead_pmf @ np.square(weeks - problem.lead_weeks))
    sd = (problem.dispersion * total + rate**2 * lead_variance) ** 0.5
    ratio = float(critical_ratio(problem.underage, problem.holding * problem.review_weeks))
    level = total + factor * float(special.ndtri(ratio)) * sd
    position = problem.stock + problem.old_stock + sum(units for _, units in problem.arrivals)
    batch = problem.economic_units(rate)
    if position > level or level <= 0 or (batch == 0 and position > level - 0.5):
        return 0.0
    need = level + batch - position
    return float(max(np.ceil(np.round(need / problem.pack, 9)) * problem.pack, problem.smallest_order))
