"""What coverage is measured by: shares below quantiles, mean excess beyond them, the transform's histogram."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from benchmarks.calibration.windows import ScoredWindows
from features.arrays import Flags, Floats
from models.demand.distribution.counts import CountMixture

PROBABILITIES = (0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
BINS = 20


@dataclass(frozen=True)
class Scores:
    """Windows and what a method says of them.

    Attributes
    ----------
    windows: one row each, as `ScoredWindows.windows`, with actual and mean.
    below: (N, Q) probability that the randomised transform lies below each of `PROBABILITIES`.
    excess, expected_excess: (N, Q) units beyond each quantile, came and predicted, in predicted deviations.
    bins: (N, B) probability that the randomised transform lies in each of B bins.
    """

    windows: pd.DataFrame
    below: Floats
    excess: Floats
    expected_excess: Floats
    bins: Floats

    @staticmethod
    def joined(parts: "Sequence[Scores]") -> "Scores":
        """The windows of all parts."""
        names = ("below", "excess", "expected_excess", "bins")
        arrays = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
        return Scores(windows=pd.concat([part.windows for part in parts], ignore_index=True), **arrays)

    def weights(self, rows: Flags) -> Floats:
        """(N,) weights that sum to 1 over `rows`, each set alike."""
        sets = self.windows["set"].where(rows)
        count = sets.map(sets.value_counts()).to_numpy(np.float64)
        return np.where(rows, 1 / np.where(rows, count, 1.0), 0.0) / max(1, sets.nunique())


def measured(scores: Scores, rows: Flags) -> dict[str, Any]:
    """Figures of the windows in `rows`: windows, bias, coverage, excess_ratio, pit (histogram), pit_distance."""
    weight = scores.weights(rows)
    own = scores.windows[rows]
    # Each set's means in its own units: the bias of sets is averaged.
    sums = own.groupby("set")[["actual", "mean"]].sum()
    coverage = weight @ scores.below
    seen, predicted = weight @ scores.excess, weight @ scores.expected_excess
    histogram = weight @ scores.bins
    # Kolmogorov's distance of the transform from uniform, at the edges of the bins (Diebold, Gunther & Tay 1998).
    distance = np.abs(np.cumsum(histogram) - np.arange(1, BINS + 1) / BINS).max()
    return {
        "windows": int(rows.sum()),
        "bias": float((sums["mean"] / sums["actual"]).mean() - 1),
        "coverage": {f"{p:g}": float(share) for p, share in zip(PROBABILITIES, coverage, strict=True)},
        "excess_ratio": {f"{p:g}": float(s / t) for p, s, t in zip(PROBABILITIES, seen, predicted, strict=True)},
        "pit": histogram.tolist(),
        "pit_distance": float(distance),
    }


def total_scores(blocks: Sequence[ScoredWindows]) -> Scores:
    """Of the demand distribution."""
    return Scores.joined([_count_scores(block, block.predicted) for block in blocks])


def poisson_scores(blocks: Sequence[ScoredWindows]) -> Scores:
    """Of a Poisson distribution about the same means."""
    parts = []
    for block in blocks:
        step = block.predicted.unit_step
        rate = (block.predicted.mean / step)[:, None]
        parts.append(_count_scores(block, CountMixture(rate, np.ones_like(rate), np.ones_like(rate), step)))
    return Scores.joined(parts)


def normal_scores(blocks: Sequence[ScoredWindows]) -> Scores:
    """Of a normal distribution about the same means; the deviation of past periods by the square root of time."""
    parts = []
    wanted = np.array(PROBABILITIES)
    for block in blocks:
        mean, sd = block.predicted.mean, np.maximum(block.past_sd, 1e-6)
        z = stats.norm.ppf(wanted)
        excess = np.maximum(block.actual[:, None] - (mean[:, None] + sd[:, None] * z), 0.0) / sd[:, None]
        predicted = np.broadcast_to(stats.norm.pdf(z) - z * stats.norm.sf(z), excess.shape)
        # A continuous distribution of a count: half a step on either side is the count's.
        half = block.predicted.unit_step / 2
        high = stats.norm.cdf((block.actual + half - mean) / sd)
        low = np.where(block.actual > 0, stats.norm.cdf((block.actual - half - mean) / sd), 0.0)
        parts.append(_scores(block, low, high, excess, predicted))
    return Scores.joined(parts)


def _count_scores(block: ScoredWindows, counts: CountMixture) -> Scores:
    wanted = np.broadcast_to(np.array(PROBABILITIES), (len(block.actual), len(PROBABILITIES)))
    quantiles = counts.quantile(wanted)
    sd = np.maximum(counts.sd, 1e-9)[:, None]
    high = counts.cdf(block.actual)
    low = np.where(block.actual > 0, counts.cdf(block.actual - counts.unit_step), 0.0)
    excess = np.maximum(block.actual[:, None] - quantiles, 0.0) / sd
    return _scores(block, low, high, excess, counts.expected_shortage(quantiles) / sd)


def _scores(block: ScoredWindows, low: Floats, high: Floats, excess: Floats, predicted: Floats) -> Scores:
    def share_below(edges: Floats) -> Floats:
        width = np.maximum(high - low, 1e-12)[:, None]
        return np.asarray(np.clip((edges - low[:, None]) / width, 0.0, 1.0))

    reached = share_below(np.arange(1, BINS + 1) / BINS)
    frame = block.windows.assign(actual=block.actual, mean=block.predicted.mean)
    bins = np.diff(reached, axis=1, prepend=0.0)
    return Scores(frame, share_below(np.array(PROBABILITIES)), excess, np.asarray(predicted), bins)
