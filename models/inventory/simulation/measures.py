"""Service, stock and cost of a simulated policy, and how sure the difference between two of them is."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from features.arrays import Floats
from models.inventory.simulation.ledger import Ledger

MEASURES = (
    "fill_rate",
    "cycle_service",
    "stockout_days",
    "demand_units",
    "lost_units",
    "stock_units",
    "stock_value",
    "turns",
    "orders",
    "ordered_units",
    "holding_cost",
    "shortage_cost",
    "ordering_cost",
    "cost",
)
"""Of all items together: shares of demand and of cycles; item-periods with a shortage; units; mean stock, units and at
unit cost; sales at unit cost over that, a year; number and units of orders; money."""

_BLOCK_CELLS = 5_000_000


def measures(ledger: Ledger, weights: Floats | None = None, *, periods_per_year: float = 365.0) -> pd.DataFrame:
    """Figures of all items together.

    Parameters
    ----------
    ledger: of I items.
    weights: (draws, I) how often each item counts; once where not given.
    periods_per_year: of the simulated period, for turns.

    Returns
    -------
    one row a draw (one without weights); columns `MEASURES`. A share of nothing is NaN.
    """
    often = np.ones((1, len(ledger))) if weights is None else weights
    days = np.maximum(ledger.days, 1.0)
    amounts = {
        "demand_units": ledger.demand,
        "lost_units": ledger.lost,
        "sold": ledger.sold,
        "cycles": ledger.cycles,
        "short_cycles": ledger.cycles_with_stockout,
        "stockout_days": ledger.stockout_days,
        "stock_units": ledger.stock_unit_days / days,
        "stock_value": ledger.stock_value_days / days,
        "sold_value_a_year": ledger.sold_value / days * periods_per_year,
        "orders": ledger.orders,
        "ordered_units": ledger.ordered_units,
        "holding_cost": ledger.holding_cost,
        "shortage_cost": ledger.shortage_cost,
        "ordering_cost": ledger.ordering_cost,
        "cost": ledger.cost,
    }
    found = pd.DataFrame(often @ np.column_stack(list(amounts.values())), columns=list(amounts))
    found["fill_rate"] = _share(found["sold"].to_numpy(), found["demand_units"].to_numpy())
    found["cycle_service"] = 1 - _share(found["short_cycles"].to_numpy(), found["cycles"].to_numpy())
    found["turns"] = _share(found["sold_value_a_year"].to_numpy(), found["stock_value"].to_numpy())
    return found[list(MEASURES)]


def compare(
    ledgers: Mapping[str, Ledger],
    base: str,
    *,
    draws: int = 1000,
    seed: int = 0,
    periods_per_year: float = 365.0,
) -> pd.DataFrame:
    """Every policy's figures and their differences from a base policy's, with 95 % intervals by resampling items.

    The same items are drawn for all policies, so what they have in common cancels in a difference.

    Parameters
    ----------
    ledgers: by policy; the same items, simulated in the same world.
    base: the policy that others are compared with.
    draws, seed: of the bootstrap.
    periods_per_year: as in `measures`.

    Returns
    -------
    one row per policy and measure, in the order given: policy, measure, value, low, high, difference, difference_low,
    difference_high, ratio, ratio_low, ratio_high (both against the base's; the base's own are 0 and 1).

    Raises
    ------
    KeyError: the base is not among the policies. ValueError: the ledgers hold different numbers of items.

    Source: Efron & Tibshirani (1993), An Introduction to the Bootstrap, ch. 13.
    """
    items = len(ledgers[base])
    if any(len(ledger) != items for ledger in ledgers.values()):
        raise ValueError("compare: the ledgers hold different numbers of items; simulate the same world for all")
    values = {name: measures(ledger, periods_per_year=periods_per_year).iloc[0] for name, ledger in ledgers.items()}
    drawn: dict[str, list[pd.DataFrame]] = {name: [] for name in ledgers}
    rng = np.random.default_rng(seed)
    width = max(1, _BLOCK_CELLS // max(1, items))
    for start in range(0, draws, width):
        weights = resampled(items, min(width, draws - start), rng)
        for name, ledger in ledgers.items():
            drawn[name].append(measures(ledger, weights, periods_per_year=periods_per_year))
    resamples = {name: pd.concat(parts, ignore_index=True) for name, parts in drawn.items()}
    rows = []
    for name in ledgers:
        difference = resamples[name] - resamples[base]
        ratio = _ratios(resamples[name], resamples[base])
        rows.append(
            pd.DataFrame(
                {
                    "policy": name,
                    "measure": list(MEASURES),
                    "value": values[name],
                    **_interval("", resamples[name]),
                    "difference": values[name] - values[base],
                    **_interval("difference_", difference),
                    "ratio": _share(values[name].to_numpy(np.float64), values[base].to_numpy(np.float64)),
                    **_interval("ratio_", ratio),
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


def resampled(items: int, draws: int, rng: np.random.Generator) -> Floats:
    """(draws, items) how often each item is drawn when as many as there are are drawn with replacement."""
    counts = np.zeros((draws, items))
    for row in counts:
        row[:] = np.bincount(rng.integers(0, max(items, 1), items), minlength=items)
    return counts


def _interval(prefix: str, draws: pd.DataFrame) -> dict[str, Floats]:
    low, high = np.quantile(draws.to_numpy(np.float64), [0.025, 0.975], axis=0)
    return {f"{prefix}low": low, f"{prefix}high": high}


def _ratios(over: pd.DataFrame, under: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(_share(over.to_numpy(np.float64), under.to_numpy(np.float64)), columns=over.columns)


def _share(part: Floats, whole: Floats) -> Floats:
    """Part over whole; NaN where there is no whole."""
    return np.asarray(np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=whole != 0))
