"""Common errors of items: those of the company, of a market, of a category."""

import numpy as np
import pandas as pd

from features.arrays import Floats, Ints

FACTOR_PRIOR_SD = {"company": 0.05, "market": 0.04, "category": 0.06}
PRIOR_ORIGINS = 4.0
"""Origins at which observed errors weigh as much as the prior."""

ITEM_VARIANCE = 0.09
"""Squared relative error of one item's level, beside its count's own noise."""

AUTOCORRELATION = {"company": 0.9, "market": 0.9, "category": 0.85}


def fit_shared_factors(items: pd.DataFrame, actual: Floats, forecast: Floats, dispersion: Floats) -> pd.DataFrame:
    """Standard deviation of the common errors of the company, of markets and of categories beyond it.

    Parameters
    ----------
    items: one row per item: market, category.
    actual, forecast: (I, O) units of the deciding window.
    dispersion: (I,) variance-to-mean ratio.

    Returns
    -------
    One row per factor: factor, sd, autocorrelation.
    """
    known = np.isfinite(actual) & np.isfinite(forecast)
    sold, forecast = np.where(known, actual, 0.0), np.where(known, forecast, 0.0)
    noise = dispersion[:, None] * forecast
    company = _log_errors(np.zeros(len(items), dtype=np.int64), sold, forecast, noise)
    rows = [("company", _pooled_sd(company, "company"))]
    base = company[0][0] if len(company[0]) else np.zeros(actual.shape[1])
    for kind in ("market", "category"):
        codes = pd.Categorical(items[kind].fillna("").astype(str)).codes.astype(np.int64)
        if len(items) == 0 or codes.max(initial=0) == 0:
            rows.append((kind, FACTOR_PRIOR_SD[kind]))
            continue
        error, variance = _log_errors(codes, sold, forecast, noise)
        rows.append((kind, _pooled_sd((error - base, variance), kind)))
    frame = pd.DataFrame(rows, columns=["factor", "sd"])
    frame["autocorrelation"] = [AUTOCORRELATION[name] for name in frame["factor"]]
    return frame


def _log_errors(codes: Ints, sold: Floats, forecast: Floats, noise: Floats) -> tuple[Floats, Floats]:
    """(groups, O) log of units sold over forecast, and the variance that independent item errors would give."""
    groups = int(codes.max(initial=-1)) + 1
    total = np.zeros((groups, sold.shape[1]))
    planned, spread = total.copy(), total.copy()
    # Items are weighted by the inverse variance of their totals, whatever unit they are counted in.
    weight = np.divide(forecast, noise + ITEM_VARIANCE * forecast**2, out=np.zeros(forecast.shape), where=forecast > 0)
    np.add.at(total, codes, weight * sold)
    np.add.at(planned, codes, weight * forecast)
    np.add.at(spread, codes, weight**2 * (noise + ITEM_VARIANCE * forecast**2))
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.where((planned > 0) & (total > 0), np.log(total / planned), np.nan)
        variance = np.where(planned > 0, spread / planned**2, np.nan)
    return error, variance


def _pooled_sd(errors: tuple[Floats, Floats], kind: str) -> float:
    error, variance = errors
    usable = np.isfinite(error) & np.isfinite(variance) & (variance < 0.05)
    beyond = np.clip(error[usable] ** 2 - variance[usable], 0.0, 0.25)
    total = float(beyond.sum()) + PRIOR_ORIGINS * FACTOR_PRIOR_SD[kind] ** 2
    return float(np.sqrt(total / (len(beyond) + PRIOR_ORIGINS)))
