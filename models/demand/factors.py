"""What errors have in common: over time (growth, autocorrelation) and over items (company, market, category)."""

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]

PRIOR_GROWTH = 0.15
PRIOR_AUTOCORRELATION = 0.8
PRIOR_WINDOWS = 200.0
"""Windows at which the company's own growth and autocorrelation weigh as much as the prior."""

PRIOR_SD = {"company": 0.05, "market": 0.04, "category": 0.06}
PRIOR_ORIGINS = 4.0
AUTOCORRELATION = {"company": 0.9, "market": 0.9, "category": 0.85}


def horizon(actual: Floats, forecast: Floats, dispersion: Floats, variance: Floats) -> pd.DataFrame:
    """Growth of the level's error per 28 days and its correlation over them, pooled over items.

    Parameters:
        actual, forecast: (I, O, W) units by window; windows 1, 2, 3 are successive blocks of four steps.
        dispersion, variance: (I,) variance-to-mean ratio and variance of the log level.

    Returns:
        One row: level_growth, level_autocorrelation.
    """
    if not actual.size:
        return pd.DataFrame({"level_growth": [PRIOR_GROWTH], "level_autocorrelation": [PRIOR_AUTOCORRELATION]})
    mean = np.where(forecast > 0, forecast, np.nan)
    phi = dispersion[:, None, None]
    expected = phi * mean + variance[:, None, None] * mean**2
    error = np.clip((actual - mean) / np.sqrt(expected), -4, 4) * np.sqrt(expected) / mean
    weight = (mean**2 / expected) ** 2
    square = error**2 - phi / mean
    near, far = square[:, :, 1], square[:, :, 3]
    both = np.isfinite(near) & np.isfinite(far)
    growth = PRIOR_GROWTH
    if both.any():
        w = np.where(both, weight[:, :, 1], 0.0)
        first = float((w * np.where(both, near, 0.0)).sum())
        last = float((w * np.where(both, far, 0.0)).sum())
        if first > 0:
            # Variance at 70 days over that at 14: 1 + 2.5 g over 1 + 0.5 g.
            ratio = np.clip(last / first, 1.0, 3.0)
            measured = (ratio - 1) / (2.5 - 0.5 * ratio)
            trust = both.sum() / (both.sum() + PRIOR_WINDOWS)
            growth = float(np.clip(trust * measured + (1 - trust) * PRIOR_GROWTH, 0.02, 0.6))
    now, then = error[:, :, 1], error[:, :, 2]
    pair = np.isfinite(now) & np.isfinite(then) & np.isfinite(near)
    autocorrelation = PRIOR_AUTOCORRELATION
    if pair.any():
        w = np.where(pair, weight[:, :, 1], 0.0)
        together = float((w * np.where(pair, now * then, 0.0)).sum())
        alone = float((w * np.where(pair, near, 0.0)).sum())
        if alone > 0:
            measured = float(np.clip(together / alone, 0.3, 0.98))
            trust = pair.sum() / (pair.sum() + PRIOR_WINDOWS)
            autocorrelation = trust * measured + (1 - trust) * PRIOR_AUTOCORRELATION
    return pd.DataFrame({"level_growth": [growth], "level_autocorrelation": [autocorrelation]})


def shared(items: pd.DataFrame, actual: Floats, forecast: Floats, dispersion: Floats) -> pd.DataFrame:
    """Standard deviation of the common errors of the company, of markets and of categories beyond it.

    Parameters:
        items: one row per item: market, category.
        actual, forecast: (I, O) units of the deciding window.
        dispersion: (I,) variance-to-mean ratio.

    Returns:
        One row per factor: factor, sd, autocorrelation.
    """
    known = np.isfinite(actual) & np.isfinite(forecast)
    sold, told = np.where(known, actual, 0.0), np.where(known, forecast, 0.0)
    noise = dispersion[:, None] * told
    company = _log_errors(np.zeros(len(items), dtype=np.int64), sold, told, noise)
    rows = [("company", _pooled_sd(company, "company"))]
    base = company[0][0] if len(company[0]) else np.zeros(actual.shape[1])
    for kind in ("market", "category"):
        codes = pd.Categorical(items[kind].fillna("").astype(str)).codes.astype(np.int64)
        if len(items) == 0 or codes.max(initial=0) == 0:
            rows.append((kind, PRIOR_SD[kind]))
            continue
        error, variance = _log_errors(codes, sold, told, noise)
        rows.append((kind, _pooled_sd((error - base, variance), kind)))
    frame = pd.DataFrame(rows, columns=["factor", "sd"])
    frame["autocorrelation"] = [AUTOCORRELATION[name] for name in frame["factor"]]
    return frame


def _log_errors(codes: npt.NDArray[np.int64], sold: Floats, told: Floats, noise: Floats) -> tuple[Floats, Floats]:
    """(groups, O) log of sold over told, and the variance that independent item errors would give."""
    groups = int(codes.max(initial=-1)) + 1
    total = np.zeros((groups, sold.shape[1]))
    planned, spread = total.copy(), total.copy()
    np.add.at(total, codes, sold)
    np.add.at(planned, codes, told)
    np.add.at(spread, codes, noise + 0.09 * told**2)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.where((planned > 0) & (total > 0), np.log(total / planned), np.nan)
        variance = np.where(planned > 0, spread / planned**2, np.nan)
    return error, variance


def _pooled_sd(errors: tuple[Floats, Floats], kind: str) -> float:
    error, variance = errors
    usable = np.isfinite(error) & np.isfinite(variance) & (variance < 0.05)
    beyond = np.clip(error[usable] ** 2 - variance[usable], 0.0, 0.25)
    total = float(beyond.sum()) + PRIOR_ORIGINS * PRIOR_SD[kind] ** 2
    return float(np.sqrt(total / (len(beyond) + PRIOR_ORIGINS)))
