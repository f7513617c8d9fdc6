"""Known effects on demand: what they are, and the multipliers that they give to periods past and future."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from features.arrays import Days, Floats, Texts
from models.demand import steps
from models.demand.effects import summary

if TYPE_CHECKING:
    from features.history import DemandHistory


COMPANY = "*"
"""Label of the company-wide row of an effect."""


@dataclass(frozen=True)
class Effects:
    """Multipliers of demand, 1 = none; a label not listed has the company's row (`*`).

    Attributes
    ----------
    period: day, week or month.
    weekday: category, market, weekday, multiplier; the mean over a week is 1.
    season: category, bin, multiplier; the mean over a year is 1.
    promotion: category, at_any (log uplift of any promotion), per_discount (log uplift per unit of discount).
    holiday: market, multiplier of a whole holiday.
    price: one row: elasticity.
    launch: step since launch, multiplier.
    levels: all items' recent units per day, for items without a history of their own.
    """

    period: str
    weekday: pd.DataFrame
    season: pd.DataFrame
    promotion: pd.DataFrame
    holiday: pd.DataFrame
    price: pd.DataFrame
    launch: pd.DataFrame
    levels: pd.DataFrame


def multipliers(history: "DemandHistory", effects: Effects) -> Floats:
    """Known effects of each period, past and future, (I, T + H), between 0.05 and 20."""
    starts = np.concatenate([history.period_starts, history.future_starts]).astype("datetime64[D]")
    items = history.items
    category = items["category"].fillna("").astype(str).to_numpy(object)
    market = items["market"].fillna("").astype(str).to_numpy(object)
    log = np.zeros((len(items), len(starts)))
    if effects.period == "day":
        profile = _profiles(effects.weekday, ["category", "market"], "weekday", 7)
        log += np.log(_rows(profile, list(zip(category, market, strict=True)), 7))[:, summary.weekdays(starts)]
    log += np.log(_season_of(effects, category, starts))
    promotion = effects.promotion.set_index("category")
    at_any = _values(promotion["at_any"], category)[:, None]
    slope = _values(promotion["per_discount"], category)[:, None]
    promoted = history.discount > 0
    log += np.where(promoted, at_any + slope * history.discount, 0.0)
    elasticity = float(effects.price["elasticity"].iloc[0])
    log += np.where(promoted, 0.0, elasticity * np.clip(steps.usable_prices(history), -0.5, 0.5))
    holiday = _values(effects.holiday.set_index("market")["multiplier"], market)[:, None]
    log += np.log1p(np.clip(history.holiday, 0, 1) * (holiday - 1))
    log += np.log(_launch_of(history, effects, len(starts)))
    return np.asarray(np.exp(np.clip(log, np.log(0.05), np.log(20.0))))


def weekday_multiplier(table: pd.DataFrame, weekday: pd.DataFrame) -> Floats:
    """Multiplier of each row's weekday, given its category and market."""
    profile = _profiles(weekday, ["category", "market"], "weekday", 7)
    keys = list(zip(table["category"], table["market"], strict=True))
    return np.asarray(_rows(profile, keys, 7)[np.arange(len(table)), table["weekday"].to_numpy(np.int64)])


def log_promotion(table: pd.DataFrame, promotion: pd.DataFrame) -> Floats:
    """Log uplift of each row's discount (in twentieths), given its category."""
    curve = promotion.set_index("category")
    category = table["category"].to_numpy(object)
    discount = table["discount"].to_numpy(np.float64) / 20
    log = _values(curve["at_any"], category) + _values(curve["per_discount"], category) * discount
    return np.where(discount > 0, log, 0.0)


def holiday_multiplier(table: pd.DataFrame, holiday: pd.DataFrame) -> Floats:
    """Multiplier of each row's holidays (in sevenths of the period), given its market."""
    whole = _values(holiday.set_index("market")["multiplier"], table["market"].to_numpy(object))
    return np.asarray(1 + table["holiday"].to_numpy(np.float64) / 7 * (whole - 1))


def _season_of(effects: Effects, category: Texts, starts: Days) -> Floats:
    bins = 12 if effects.period == "month" else 52
    profile = _rows(_profiles(effects.season, ["category"], "bin", bins), [(c,) for c in category], bins)
    if effects.period == "month":
        return np.asarray(profile[:, summary.season_bins(starts, "month")])
    middle = starts.astype("datetime64[D]") + np.timedelta64(3 if effects.period == "week" else 0, "D")
    day_of_year = (middle - middle.astype("datetime64[Y]")).astype(np.float64)
    place = (np.minimum(day_of_year, 363.0) - 3.0) / 7.0
    low = np.floor(place).astype(np.int64)
    share = place - low
    return np.asarray(profile[:, low % bins] * (1 - share) + profile[:, (low + 1) % bins] * share)


def _launch_of(history: "DemandHistory", effects: Effects, columns: int) -> Floats:
    """Launch multipliers of items whose first period lies inside the history."""
    width = steps.STEP_PERIODS[effects.period]
    curve = effects.launch["multiplier"].to_numpy(np.float64)
    first = steps.first_alive(history.alive)
    age = (np.arange(columns) - first[:, None]) // width
    seen_launch = (first[:, None] >= 4 * width) & (age >= 0) & (age < len(curve))
    return np.where(seen_launch, curve[np.clip(age, 0, len(curve) - 1)], 1.0)


def _profiles(table: pd.DataFrame, keys: list[str], column: str, size: int) -> dict[tuple[str, ...], Floats]:
    ordered = table.sort_values([*keys, column], kind="stable")
    values = ordered["multiplier"].to_numpy(np.float64).reshape(-1, size)
    names = ordered[keys].to_numpy(object)[::size]
    return {tuple(name): values[i] for i, name in enumerate(names)}


def _rows(profiles: dict[tuple[str, ...], Floats], keys: Sequence[tuple[str, ...]], size: int) -> Floats:
    if not keys:
        return np.ones((0, size))
    default = profiles[(COMPANY,) * len(keys[0])]
    return np.array([profiles.get(key, default) for key in keys])


def _values(by_label: pd.Series, labels: Texts) -> Floats:
    default = float(by_label[COMPANY])
    lookup = {str(name): float(value) for name, value in by_label.items()}
    return np.array([lookup.get(label, default) for label in labels], dtype=np.float64)
