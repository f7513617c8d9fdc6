"""Promises: how late deliveries come after them, and how far a promise predicts better than past lead times."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from features.arrays import Floats, Ints
from models.inventory.lead_times.estimator import TAIL, fit_groups, learned_pmf, observation_weights, shifted
from models.inventory.lead_times.pooling import ANY, capped_weights

LATEST_DAYS = 365
"""A promise is missed, or kept early, by no more days."""
_FEW = 4  # deliveries, too few to tell chance from habit


@dataclass(frozen=True)
class Promises:
    """How suppliers keep what they promise.

    Attributes
    ----------
    suppliers: one row per supplier with a promise kept or broken, and one for all others ("*"); columns supplier,
        observed (deliveries), trusted (0 to 1: weight of promises against past lead times; 1 unless the latter have
        been closer beyond chance).
    tested: weight of what was seen of promises, against taking a promise as it is; 0 to 1.
    pmf: (rows of `suppliers`, days), probability of each number of open days after the promise.
    first_day: days after the promise of column 0; negative: before it.
    """

    suppliers: pd.DataFrame
    tested: float
    pmf: Floats
    first_day: int

    def applied(self, suppliers: pd.Series, promised_days: Ints, history: Floats, moved: Floats) -> Floats:
        """Lead times of promised lines.

        Parameters
        ----------
        suppliers, promised_days: (lines,), supplier and open days from order to promise.
        history: (lines, days), learned lead times.
        moved: (lines, days), the same as if the promise moved all by its difference from the declared lead time.

        Returns
        -------
        (lines, days or more), rows sum to 1.
        """
        rows = pd.Index(self.suppliers["supplier"]).get_indexer(pd.Index(suppliers))
        rows = np.where(rows >= 0, rows, pd.Index(self.suppliers["supplier"]).get_loc(ANY))
        trusted = self.suppliers["trusted"].to_numpy()[rows][:, None]
        late = shifted(self.pmf[rows], promised_days + self.first_day)
        width = max(part.shape[1] for part in (history, moved, late))
        history, moved, late = (np.pad(part, ((0, 0), (0, width - part.shape[1]))) for part in (history, moved, late))
        seen = trusted * late + (1 - trusted) * history
        return np.asarray(self.tested * seen + (1 - self.tested) * moved)


def fit_promises(delivered: pd.DataFrame, pools: pd.DataFrame, pooled: Floats, prior_weight: float) -> Promises:
    """Lateness after promises, of each supplier shrunk towards that of all, and what promises are worth.

    Parameters
    ----------
    delivered: one row per delivery; columns supplier, declared_days, promised_days (NaN: none), days, weight, recency,
        is_open.
    pools, pooled: the suppliers' lead times, with `is_typical`, and their distributions.
    prior_weight: deliveries at which a supplier's own promises weigh as much as those of all.
    """
    typical = pools.reset_index(names="pool")[pools["is_typical"].to_numpy(dtype=bool)]
    promised = delivered[delivered["promised_days"].notna()].reset_index(drop=True)
    promised = promised.assign(late_days=promised["days"] - promised["promised_days"])
    kept = promised.loc[~promised["is_open"].to_numpy(dtype=bool)].groupby("supplier").size()
    names = pd.DataFrame({"supplier": [ANY, *kept.index], "observed": np.array([0, *kept], dtype=np.float64)})
    group = pd.Index(names["supplier"]).get_indexer(pd.Index(promised["supplier"]))
    promised = promised[group >= 0].assign(group=group[group >= 0]).reset_index(drop=True)

    late = promised.assign(days=(promised["late_days"] + LATEST_DAYS).clip(0, 2 * LATEST_DAYS).astype(np.int64))
    everybody = _of_all(late, pooled[typical[typical["supplier"] == ANY]["pool"].to_numpy()[0]], prior_weight)
    _, pmf = fit_groups(names, late, everybody, np.zeros(len(names), dtype=np.int64), prior_weight, smoothed=False)

    tested = float(kept.sum() / (kept.sum() + prior_weight)) if len(kept) else 0.0
    suppliers = names.assign(trusted=_trusted(promised, len(names), pmf, pools, pooled))
    used = np.flatnonzero(pmf.max(axis=0) > TAIL)
    pmf = pmf[:, used[0] : used[-1] + 1]
    return Promises(suppliers, tested, pmf / pmf.sum(axis=1, keepdims=True), int(used[0]) - LATEST_DAYS)


def _of_all(late: pd.DataFrame, lead_time: Floats, prior_weight: float) -> Floats:
    """Lateness of all suppliers, shape (1, days); what no delivery outlived ends as a lead time does."""
    prior = np.zeros((1, 2 * LATEST_DAYS + 1))
    width = min(len(lead_time), prior.shape[1])
    prior[0, :width] = lead_time[:width]
    counts = np.zeros((2, 1, prior.shape[1]))
    kind, days = late["is_open"].to_numpy(dtype=np.int64), late["days"].to_numpy(dtype=np.int64)
    np.add.at(counts, (kind, np.zeros_like(kind), days), capped_weights(late, prior_weight / 2))
    return learned_pmf(counts[0], counts[1], prior, 0.0)


def _trusted(promised: pd.DataFrame, suppliers: int, lateness: Floats, pools: pd.DataFrame, pooled: Floats) -> Floats:
    """Weight of promises against past lead times, (suppliers,), row 0 being all of them together.

    1, unless past lead times came closer to what happened than chance explains; then towards the square of their mean
    error over that of the promises. Errors are absolute differences from the medians.
    """
    received = promised[~promised["is_open"].to_numpy(dtype=bool)].reset_index(drop=True)
    group = received["group"].to_numpy(dtype=np.int64)
    declared = ["supplier", "declared_days"]
    median = pools[declared].assign(median=_medians(pooled)).drop_duplicates(declared)
    expected = received[declared].merge(median, on=declared, how="left")["median"].fillna(received["declared_days"])
    days, late = (received[name].to_numpy(dtype=np.float64) for name in ("days", "late_days"))
    of_history = np.abs(days - expected.to_numpy(dtype=np.float64))
    of_promise = np.abs(late - (_medians(lateness)[group] - LATEST_DAYS))
    each, together = (_trust(of_promise, of_history, received, g, suppliers) for g in (group, 0 * group))
    return np.append(together[:1], each[1:])


def _trust(of_promise: Floats, of_history: Floats, received: pd.DataFrame, group: Ints, groups: int) -> Floats:
    weight = observation_weights(received, group, groups)
    worse = of_promise - of_history
    number, promise, history, squares = (
        np.bincount(group, weights=weight * part, minlength=groups)
        for part in (np.ones(len(worse)), of_promise, of_history, worse**2)
    )
    several = np.maximum(number, 1.0)
    mean = (promise - history) / several
    sd_of_mean = np.sqrt(np.maximum(squares / several - mean**2, 0.0) / np.maximum(number - 1.0, 1.0))
    score = np.divide(mean, sd_of_mean, out=np.full(groups, np.inf), where=sd_of_mean > 0)
    by_chance = np.where((mean > 0) & (number > _FEW), 2.0 * special.ndtr(-score), 1.0)
    ratio = np.divide(history, promise, out=np.ones(groups), where=mean > 0)
    return np.asarray(by_chance + (1.0 - by_chance) * ratio**2)


def _medians(pmf: Floats) -> Floats:
    return np.asarray((np.cumsum(pmf, axis=1) >= 0.5).argmax(axis=1).astype(np.float64))
