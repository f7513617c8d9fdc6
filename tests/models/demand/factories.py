"""Small companies with a known truth."""

import datetime as dt

import numpy as np
import pandas as pd

from features.history import DemandHistory
from models.demand import backtest, pool_calibration, pool_effects, predict, summarise
from models.demand.distribution.demand_distribution import DemandDistribution

AS_OF = dt.date(2026, 6, 28)  # a Sunday


def distribution(
    items=1,
    *,
    daily_mean=2.0,
    dispersion=1.8,
    level_sd=0.3,
    level_growth=0.1,
    level_autocorrelation=0.7,
    exposure=(0.3, 0.2, 0.2),
    unit_step=1.0,
    order_steps=0.0,
    lengths=(1,) * 56 + (7,) * 18 + (30,) * 13,
    names=None,
    categories=None,
):
    """A distribution of `items` alike items with gently waving means."""
    length = np.array(lengths)
    starts = np.datetime64(AS_OF) + 1 + np.concatenate([[0], np.cumsum(length)[:-1]]).astype("timedelta64[D]")
    wave = 1 + 0.3 * np.sin(np.arange(len(length)))
    level = np.broadcast_to(np.asarray(daily_mean, dtype=float), (items,))

    def full(value):
        return np.full(items, float(value))

    return DemandDistribution(
        sku=np.array(names or [f"S{i}" for i in range(items)], dtype=object),
        location=np.array(["L"] * items, dtype=object),
        as_of=AS_OF,
        period="day",
        starts=starts,
        lengths_days=length,
        mean=level[:, None] * length * wave,
        dispersion=full(dispersion),
        level_sd=full(level_sd),
        level_growth=full(level_growth),
        level_autocorrelation=full(level_autocorrelation),
        exposure=np.tile(np.array(exposure, dtype=float), (items, 1)),
        market=np.array(["DE"] * items, dtype=object),
        category=np.array(categories or ["toys"] * items, dtype=object),
        factor_autocorrelation=np.array([0.9, 0.8, 0.7]),
        unit_step=full(unit_step),
        order_steps=full(order_steps),
    )


def history(units, *, period="day", as_of=AS_OF, horizon=None, items=None, discount=None, **more):
    """A history from units (I, T); NaN is out of stock."""
    units = np.asarray(units, dtype=float)
    count, periods = units.shape
    if period == "month":
        as_of = dt.date(2026, 6, 30) if as_of == AS_OF else as_of
        last = np.datetime64(as_of, "M")
        starts = (last - np.arange(periods)[::-1]).astype("datetime64[D]")
        future = (last + 1 + np.arange(horizon or 18)).astype("datetime64[D]")
    else:
        width = 1 if period == "day" else 7
        end = np.datetime64(as_of, "D") + 1
        starts = end - width * np.arange(periods, 0, -1)
        future = end + width * np.arange(horizon or 540 // width)
    total = periods + len(future)
    table = {
        "sku": [f"S{i:04d}" for i in range(count)],
        "location": "L",
        "category": "toys",
        "market": "DE",
        "unit_step": 1.0,
        "launched_on": pd.NaT,
        "discontinued_on": pd.NaT,
        "first_sale_on": pd.NaT,
        "last_sale_on": pd.NaT,
        "similar_sku": None,
        "successor_sku": None,
        "predecessor_sku": None,
        "unit_price_base": 10.0,
        "unit_cost_base": 5.0,
    }
    table.update(items or {})
    alive = more.pop("alive", np.ones((count, periods), bool))
    known = ~np.isnan(units)
    typical = np.where(known, units, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return DemandHistory(
        items=pd.DataFrame(table, index=range(count)),
        period_starts=starts,
        future_starts=future,
        units=np.where(alive, units, np.nan),
        censored=more.pop("censored", np.zeros((count, periods), bool)),
        estimated=np.where(alive, np.where(known, units, typical[:, None]), 0.0),
        alive=alive,
        dampened_units=np.zeros((count, periods)),
        discount=np.zeros((count, total)) if discount is None else discount,
        log_relative_price=more.pop("log_relative_price", np.zeros((count, total))),
        holiday=more.pop("holiday", np.zeros((count, total))),
        on_hand_end=np.full((count, periods), np.nan),
        period=period,
    )


def counts(rng, mean, dispersion):
    """Negative binomial (Poisson at 1) with the given means and variance-to-mean ratio."""
    if dispersion <= 1:
        return rng.poisson(mean).astype(float)
    return rng.poisson(rng.gamma(mean / (dispersion - 1), dispersion - 1)).astype(float)


WEEKDAYS = np.array([0.8, 0.8, 0.9, 1.0, 1.2, 1.4, 0.9])


def company(
    items=60, periods=730, *, period="day", seed=1, dispersion=1.5, drift=0.02, mean_units=3.0, season=0.4, uplift=2.5
):
    """A company of which the truth is known: levels that drift, weekdays, a season and promotions.

    Returns the history and the expected units (I, T + H) without the drift of the future.
    """
    rng = np.random.default_rng(seed)
    blank = history(np.zeros((items, periods)), period=period)
    starts = np.concatenate([blank.period_starts, blank.future_starts]).astype("datetime64[D]")
    total = len(starts)
    day = (starts - starts.astype("datetime64[Y]")).astype(int)
    wave = 1 + season * np.cos(2 * np.pi * (day - 350) / 365.25)
    profile = WEEKDAYS[(starts.astype(int) + 3) % 7] if period == "day" else np.ones(total)
    width = 7 if period == "day" else 1
    weeks = total // width + 2
    steps = np.cumsum(rng.normal(0, drift, (items, weeks)), axis=1)
    steps[:, periods // width :] = steps[:, periods // width, None]
    level = np.exp(np.repeat(steps, width, axis=1)[:, :total]) * rng.lognormal(0, 0.8, (items, 1)) * mean_units
    discount = np.zeros((items, total))
    for i in range(items):
        for start in rng.choice(total - 14, size=max(3, total // (13 * width)), replace=False):
            discount[i, start : start + max(1, 7 // (1 if period == "day" else 7))] = 0.25
    mean = level * wave * profile * np.where(discount > 0, uplift ** (discount / 0.25), 1.0)
    units = counts(rng, mean[:, :periods], dispersion)
    table = {"category": [f"C{i % 3}" for i in range(items)]}
    return history(units, period=period, items=table, discount=discount), mean


def classes(demand, name="smooth"):
    """One demand class for all items."""
    return demand.items[["sku", "location"]].assign(demand_class=name)


def fitted(demand, *, refit_on=AS_OF, demand_class="smooth", **options):
    """Effects, backtest and calibration of a company of one bucket."""
    effects = pool_effects([summarise(demand, refit_on)])
    proof = backtest(demand, effects, refit_on, classes(demand, demand_class), **options)
    return effects, proof, pool_calibration([proof])


def distribution_of(*given, **options):
    """The distribution of `predict`."""
    return predict(*given, **options).distribution


def planned(units, **shape):
    """Prediction of items of which only the units are given."""
    demand = history(np.atleast_2d(np.asarray(units, dtype=float)), **shape)
    effects, _, calibration = fitted(demand)
    return predict(demand, effects, calibration, AS_OF)
