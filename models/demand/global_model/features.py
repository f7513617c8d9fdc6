"""Features of (item, origin, steps ahead): all demand over the item's own mean of the year before the origin."""

import numpy as np

from features.arrays import Days, Flags, Floats, Ints, Texts, row_medians
from models.demand.global_model.groups import KINDS, GroupSeries
from models.demand.global_model.panel import StepPanel
from models.demand.global_model.step_windows import StepWindows

LEAST_KNOWN = 4
"""Known steps of the last year that an item's scale is taken from at least."""

LAGS = 4
RECENT = (2, 4, 8, 13, 26)
"""Steps of weeks over which recent means are taken; months take a quarter of them."""


def scales(windows: StepWindows, item: Ints, origin: Ints, year: int) -> Floats:
    """(R,) mean of the known steps of the year before each origin; NaN for items too new or without a sale."""
    level = windows.mean(item, origin - year, origin)
    enough = windows.count(item, origin - year, origin) >= LEAST_KNOWN
    return np.where(enough & (level > 0), level, np.nan)


def own_features(
    panel: StepPanel, windows: StepWindows, item: Ints, origin: Ints, ahead: Ints, scale: Floats
) -> dict[str, Floats]:
    """Features of an item's own past and the calendar, by name.

    Parameters
    ----------
    panel: the bucket.
    windows: over its units.
    item, origin, ahead: (R,) row of the panel, step that is the first unknown one, steps ahead from 1.
    scale: (R,) of `scales`.
    """
    year, target = panel.year, origin + ahead - 1
    found: dict[str, Floats] = {"ahead": ahead.astype(np.float64), "log_scale": np.log(scale)}

    def mean(start: Ints, stop: Ints) -> Floats:
        return np.asarray(windows.mean(item, start, np.minimum(stop, origin)) / scale)

    lags = windows.recent(item, origin, LAGS) / scale[:, None]
    found |= {f"lag_{k + 1}": lags[:, k] for k in range(LAGS)}
    found |= {f"mean_{k}": mean(origin - k, origin) for k in _recent(year)}
    found["year_before"] = mean(origin - 2 * year, origin - year)
    found["all_before"] = mean(np.zeros_like(origin), origin)
    for half in (0, 1, 4):
        found[f"last_year_{half}"] = mean(target - year - half, target - year + half + 1)
        found[f"two_years_{half}"] = mean(target - 2 * year - half, target - 2 * year + half + 1)
    found["last_year_now"] = mean(origin - year - 4, origin - year)
    window = min(26, year)
    found["deviation"] = windows.deviation(item, origin - window, origin) / scale
    last = windows.recent(item, origin, min(13, year))
    with np.errstate(all="ignore"):
        found["median"] = row_medians(last[:, :8]) / scale
        found["largest"] = np.fmax.reduce(last, axis=1) / scale
    found["share_sold"] = windows.share_sold(item, origin - min(13, year), origin)
    found["share_sold_year"] = windows.share_sold(item, origin - year, origin)
    found["since_sale"] = _steps_since(last > 0)
    found["since_unknown"] = _steps_since(np.isnan(last))
    found["share_known"] = windows.count(item, origin - min(13, year), origin) / min(13, year)
    found["age"] = np.minimum(windows.count(item, np.zeros_like(origin), origin), 2.0 * year)
    return found | _calendar(panel, item, origin, target)


def group_features(
    series: dict[str, GroupSeries], labels: dict[str, Texts], ends: Days, ahead: Ints, year: int
) -> dict[str, Floats]:
    """Features of the groups that each row belongs to, by name.

    Parameters
    ----------
    series: by kind of group.
    labels: by kind, (R,) the row's group.
    ends: (R,) last known day of each row.
    ahead: (R,) steps ahead from 1.
    year: steps in a year.
    """
    found: dict[str, Floats] = {}
    for kind in KINDS:
        own = series[kind]
        row = own.rows(labels[kind])
        at = np.searchsorted(own.ends, ends, side="right")
        target = at + ahead - 1
        now = own.index(row, at - 4, at)
        found[f"{kind}_now"] = now
        found[f"{kind}_last"] = own.index(row, at - 1, at)
        then = own.index(row, np.minimum(target - year - 1, at), np.minimum(target - year + 2, at))
        found[f"{kind}_last_year"] = then
        found[f"{kind}_change"] = then - own.index(row, at - year - 4, at - year)
        found[f"{kind}_two_years"] = own.index(row, target - 2 * year - 1, target - 2 * year + 2)
    return found


def _calendar(panel: StepPanel, item: Ints, origin: Ints, target: Ints) -> dict[str, Floats]:
    year, first = panel.year, np.maximum(origin - 1, 0)
    ends = panel.ends[target]
    past = np.maximum(target - year, 0)
    had_year = target >= year
    discount, holiday = StepWindows(panel.discount), panel.holiday
    price = panel.price[item, first] if panel.count else np.full(len(item), np.nan)
    return {
        "day_of_year": (ends - ends.astype("datetime64[Y]")).astype(np.float64),
        "discount": panel.discount[item, target],
        "discount_last": panel.discount[item, first],
        "discount_recent": discount.mean(item, origin - 4, origin),
        "discount_year": discount.mean(item, origin - year, origin),
        "discount_last_year": np.where(had_year, panel.discount[item, past], np.nan),
        "holiday": holiday[item, target],
        "holiday_last": holiday[item, first],
        "holiday_last_year": np.where(had_year, holiday[item, past], np.nan),
        "price": price - StepWindows(panel.price).mean(item, origin - year, origin),
    }


def _recent(year: int) -> tuple[int, ...]:
    return RECENT if year > 12 else (1, 2, 3, 6, 9)


def _steps_since(happened: Flags) -> Floats:
    """(R,) columns before the first True; all of them where there is none."""
    since = np.where(happened.any(axis=1), happened.argmax(axis=1), happened.shape[1])
    return np.asarray(since, dtype=np.float64)
