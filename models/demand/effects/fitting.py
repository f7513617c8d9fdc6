"""Effects pooled over the company: weekday, season, promotion, price, holiday, launch.

Multiplicative effects are fitted by iterative proportional fitting of a Poisson log-linear model on the summaries'
cells (Deming & Stephan 1940), each shrunk by its evidence: category and market towards the company, the company
towards no effect. What repeats from year to year decides how far a season is believed (Spearman-Brown).
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from features.arrays import Floats
from models.demand import steps
from models.demand.effects import summary
from models.demand.effects.known_effects import COMPANY, Effects, holiday_multiplier, log_promotion, weekday_multiplier
from models.demand.effects.summary import EffectsSummary

OVERDISPERSION = 3.0
"""Variance-to-mean ratio assumed when the noise of a pooled ratio is judged."""

SWEEPS = 4

SMOOTHING = (0.25, 0.5, 0.25)
"""Weights of a week of the year and its neighbours."""

ONE_YEAR_TRUST = 0.9
"""How far a season is believed that many items showed once, far above its noise: it may have been an event."""

ONE_YEAR_ITEMS = 2.0
"""Items with which one year's season is believed by half of that: one item's level may have changed for good."""


def pool_effects(summaries: Sequence[EffectsSummary]) -> Effects:
    """Effects of the whole company from the summaries of all its buckets.

    Raises
    ------
    ValueError: no summary.
    """
    if not summaries:
        raise ValueError("pool_effects: no summaries")
    period = summaries[0].period
    short = _added([s.short_run for s in summaries], summary.SHORT_RUN_KEYS)
    weekday, promotion, holiday, elasticity = _short_run_effects(short, period)
    yearly = _added([s.yearly for s in summaries], summary.YEARLY_KEYS)
    if len(yearly):
        yearly["expected"] *= np.exp(log_promotion(yearly, promotion)) * holiday_multiplier(yearly, holiday)
    levels = pd.concat([s.levels for s in summaries], ignore_index=True)
    return Effects(
        period=period,
        weekday=weekday,
        season=_season(yearly, period),
        promotion=promotion,
        holiday=holiday,
        price=pd.DataFrame({"elasticity": [elasticity]}),
        launch=_launch(_added([s.launches for s in summaries], ["step"])),
        levels=levels.sort_values(["sku", "location"], kind="stable", ignore_index=True),
    )


def _short_run_effects(table: pd.DataFrame, period: str) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, float]:
    promotion = pd.DataFrame({"category": [COMPANY], "at_any": [0.0], "per_discount": [0.0]})
    holiday = pd.DataFrame({"market": [COMPANY], "multiplier": [1.0]})
    weekday = pd.DataFrame({"category": COMPANY, "market": COMPANY, "weekday": np.arange(7), "multiplier": 1.0})
    elasticity = 0.0
    for _ in range(SWEEPS if len(table) else 0):
        day, promo = weekday_multiplier(table, weekday), np.exp(log_promotion(table, promotion))
        off, price = holiday_multiplier(table, holiday), np.exp(elasticity * table["price"].to_numpy(np.float64) / 10)
        if period == "day":
            weekday = _fit_weekday(table.assign(expected=table["expected"] * promo * off * price))
            day = weekday_multiplier(table, weekday)
        promotion = _fit_promotion(table.assign(expected=table["expected"] * day * off * price))
        promo = np.exp(log_promotion(table, promotion))
        holiday = _fit_holiday(table.assign(expected=table["expected"] * day * promo * price))
        off = holiday_multiplier(table, holiday)
        elasticity = _fit_price(table.assign(expected=table["expected"] * day * promo * off))
    return weekday, promotion, holiday, elasticity


def _fit_weekday(table: pd.DataFrame) -> pd.DataFrame:
    company = _profile(table, "weekday", 7, np.zeros(7), 0.5)
    rows = [((COMPANY, COMPANY), company)]
    for key, part in table.groupby(["category", "market"], sort=True):
        rows.append(((str(key[0]), str(key[1])), _profile(part, "weekday", 7, company, 0.15)))
    frames = []
    for (category, market), log in rows:
        profile = np.exp(log)
        frames.append(
            pd.DataFrame(
                {
                    "category": category,
                    "market": market,
                    "weekday": np.arange(7),
                    "multiplier": profile / profile.mean(),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def _fit_promotion(table: pd.DataFrame) -> pd.DataFrame:
    """Log uplift a + b * discount, ridge towards none; categories scale the company's curve."""
    promoted = table[table["discount"] > 0]
    log, noise = _log_ratio(promoted.groupby("discount")[summary.SUMS].sum())
    discount = log.index.to_numpy(np.float64) / 20
    design = np.column_stack([np.ones_like(discount), discount])
    precision = design.T @ (design / noise.to_numpy()[:, None]) + np.diag([1 / 0.3**2, 1 / 3.0**2])
    at_any, slope = np.linalg.solve(precision, design.T @ (log / noise).to_numpy()) if len(log) else (0.0, 0.0)
    rows = [(COMPANY, at_any, slope)]
    for category, part in promoted.groupby("category", sort=True):
        ratio, error = _log_ratio(part.groupby("discount")[summary.SUMS].sum())
        curve = at_any + slope * ratio.index.to_numpy(np.float64) / 20
        information = float((curve**2 / error).sum())
        scale = (float((curve * ratio / error).sum()) + 1 / 0.4**2) / (information + 1 / 0.4**2)
        rows.append((str(category), at_any * scale, slope * scale))
    frame = pd.DataFrame(rows, columns=["category", "at_any", "per_discount"])
    return frame.astype({"at_any": np.float64, "per_discount": np.float64})


def _fit_holiday(table: pd.DataFrame) -> pd.DataFrame:
    """Multiplier of a whole holiday from periods that are holidays in part."""
    off = table[table["holiday"] > 0]
    rows = [(COMPANY, _fitted_holiday_multiplier(off, 0.0, 0.5))]
    for market, part in off.groupby("market", sort=True):
        rows.append((str(market), _fitted_holiday_multiplier(part, float(np.log(rows[0][1])), 0.3)))
    return pd.DataFrame(rows, columns=["market", "multiplier"]).astype({"multiplier": np.float64})


def _fitted_holiday_multiplier(part: pd.DataFrame, towards: float, spread: float) -> float:
    if not len(part) or part["expected"].sum() <= 0:
        return float(np.exp(towards))
    share = float((part["expected"] * part["holiday"]).sum() / part["expected"].sum()) / 7
    whole = max(1 + (float(part["seen"].sum() / part["expected"].sum()) - 1) / share, 0.05)
    noise = OVERDISPERSION * part["count"].sum() / part["expected"].sum() ** 2 / share**2 / whole**2
    weight = spread**2 / (spread**2 + noise)
    return float(np.exp(np.clip(weight * np.log(whole) + (1 - weight) * towards, -3.0, 1.5)))


def _fit_price(table: pd.DataFrame) -> float:
    changed = table[(table["price"] != 0) & (table["discount"] == 0)]
    log, noise = _log_ratio(changed.groupby("price")[summary.SUMS].sum())
    price = log.index.to_numpy(np.float64) / 10
    precision = float((price**2 / noise).sum()) + 1 / 1.5**2
    return float(np.clip((price * log / noise).sum() / precision, -5.0, 0.5))


def _season(table: pd.DataFrame, period: str) -> pd.DataFrame:
    bins = 12 if period == "month" else 52
    company, noise = _year_logs(table, bins)
    base = _shrunk_by_agreement(company, noise, _items(table, period))
    rows = [(COMPANY, base)]
    for category, part in table.groupby("category", sort=True):
        own, own_noise = _year_logs(part, bins)
        years = min(len(own), len(company))
        rows.append(
            (str(category), base + _shrunk_by_agreement(own[:years] - company[:years], own_noise, _items(part, period)))
        )
    frames = []
    for category, log in rows:
        season = np.exp(np.clip(log, -2.3, 2.3))
        frames.append(
            pd.DataFrame({"category": category, "bin": np.arange(bins), "multiplier": season / season.mean()})
        )
    return pd.concat(frames, ignore_index=True)


def _year_logs(table: pd.DataFrame, bins: int) -> tuple[Floats, float]:
    """(years, bins) log of seen over expected, lightly smoothed round the year, 0 where nothing was seen; and the
    variance of a bin's noise, mean over those of the newest year.
    """
    if not len(table):
        return np.zeros((0, bins)), 0.0
    years = int(table["year"].max()) + 1
    sums = table.groupby(["year", "bin"])[["count", "seen", "expected"]].sum()
    grid = sums.reindex(pd.MultiIndex.from_product([range(years), range(bins)]), fill_value=0.0)
    count, seen, expected = (
        grid[name].to_numpy(np.float64).reshape(years, bins) for name in ("count", "seen", "expected")
    )
    mean_ratio = seen.sum(axis=1, keepdims=True) / np.maximum(expected.sum(axis=1, keepdims=True), 1e-9)
    # One unit at the mean ratio keeps an empty bin of a small category from claiming a season of zero.
    log = np.log((seen + mean_ratio + 1e-9) / (expected * mean_ratio + mean_ratio + 1e-9))
    known = expected[0] > 0
    noise = float((OVERDISPERSION * count[0][known] / expected[0][known] ** 2).mean()) if known.any() else 0.0
    if bins == 52:
        log = SMOOTHING[0] * np.roll(log, 1, axis=1) + SMOOTHING[1] * log + SMOOTHING[2] * np.roll(log, -1, axis=1)
        noise *= float(np.square(SMOOTHING).sum())
    return np.asarray(log), noise


def _items(table: pd.DataFrame, period: str) -> float:
    """Items that a year's observations come from, if each was seen in all its periods."""
    return float(table["count"].sum()) / steps.YEAR_PERIODS[period] if len(table) else 0.0


def _shrunk_by_agreement(logs: Floats, noise: float, items: float) -> Floats:
    """Mean over years, shrunk by how well the years agree; a single year by its size against its noise.

    Parameters
    ----------
    logs: (years, bins).
    noise: variance of a bin of one year that chance alone gives.
    items: number that they are the sums of.
    """
    years, bins = logs.shape
    if years == 0:
        return np.zeros(bins)
    centred = logs - logs.mean(axis=1, keepdims=True)
    within = float((centred**2).sum())
    if within <= 0:
        return np.zeros(bins)
    if years == 1:
        reliability = ONE_YEAR_TRUST * items / (items + ONE_YEAR_ITEMS) * max(0.0, 1 - noise * bins / within)
    else:
        total = centred.sum(axis=0)
        between = (float((total**2).sum()) - within) / (years - 1)
        reliability = float(np.clip(between / within, 0.0, 0.98))
    return np.asarray(centred.mean(axis=0) * years * reliability / (1 + (years - 1) * reliability))


def _launch(table: pd.DataFrame) -> pd.DataFrame:
    """Demand by step since launch over the later level, shrunk: about ten launches count as much as none."""
    log = np.zeros(summary.LAUNCH_STEPS)
    if len(table) and table["count"].sum() > 0:
        # Weighted sums over many launches; half a launch of the later level keeps empty steps finite.
        half = 0.5 * table["expected"] / table["count"]
        raw = np.log(((table["seen"] + half) / (table["expected"] + half)).to_numpy(np.float64))
        padded = np.concatenate([raw[:1], raw, raw[-1:]])
        smooth = 0.25 * padded[:-2] + 0.5 * padded[1:-1] + 0.25 * padded[2:]
        log = smooth * (table["count"] / (table["count"] + 10)).to_numpy()
    return pd.DataFrame({"step": np.arange(summary.LAUNCH_STEPS), "multiplier": np.exp(np.clip(log, -1.5, 1.5))})


def _added(tables: Sequence[pd.DataFrame], keys: list[str]) -> pd.DataFrame:
    filled = [table for table in tables if len(table)]
    if not filled:
        return tables[0].copy()
    joined = pd.concat(filled, ignore_index=True)
    return joined.groupby(keys, sort=True, as_index=False)[summary.SUMS].sum()


def _log_ratio(sums: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Log of seen over expected, and the variance of its noise."""
    expected = sums["expected"].clip(lower=1e-9)
    log = pd.Series(np.log((sums["seen"] + 0.1) / (expected + 0.1)), index=sums.index)
    return log, OVERDISPERSION * sums["count"].clip(lower=1) / expected**2 + 1e-6


def _profile(part: pd.DataFrame, column: str, size: int, towards: Floats, spread: float) -> Floats:
    sums = part.groupby(column)[summary.SUMS].sum().reindex(range(size), fill_value=0.0)
    log, noise = _log_ratio(sums)
    weight = spread**2 / (spread**2 + noise.to_numpy(np.float64))
    return np.asarray(weight * log.to_numpy(np.float64) + (1 - weight) * towards)
