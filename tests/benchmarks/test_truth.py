"""What the benchmark of the truth makes of worlds whose bias is known."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from benchmarks.truth.__main__ import outcome
from benchmarks.truth.worlds import month_starts, rivals

JUNE = dt.date(2026, 6, 28)


def worlds(bias):
    """Two seeds of two categories, forecast `bias` (by category) times the truth."""
    rows = pd.DataFrame(
        [(seed, category, ahead) for seed in (1, 2) for category in bias for ahead in range(1, 13)],
        columns=["seed", "category", "ahead"],
    )
    truth = 10.0 * rows["ahead"]
    return rows.assign(
        sku=rows["category"], location="L", as_of=JUNE, truth=truth, ours=truth * rows["category"].map(bias),
        last_year=truth * 2, last_year_grown=truth, days_sold=20,
    )  # fmt: skip


def test_bias_and_wape_are_those_that_were_put_in():
    figures = outcome(worlds({"Bath": 1.1, "Garden": 0.7})).figures

    assert figures["company_bias"] == pytest.approx(-0.1)
    assert figures["worst_category_bias"] == pytest.approx(-0.3)
    assert figures["worst_category"] == "2026-06-28 Garden"
    assert figures["wape_category_month"] == pytest.approx([0.2] * 12)
    assert figures["rival_wape_category_month"]["last_year"] == pytest.approx([1.0] * 12)
    assert figures["by_days_with_sales"] == {
        "to 40": {"items": 4, "ratio": pytest.approx(0.9), "error": pytest.approx(0.2)}
    }


def test_months_share_a_period_by_days_and_a_year_repeats_itself():
    starts = month_starts(JUNE)
    sold = np.ones((1, 728))

    assert starts[[0, -1]].astype(str).tolist() == ["2026-07-01", "2027-07-01"]
    assert np.diff(starts).astype(int).tolist() == rivals(sold, JUNE, starts)["last_year"][0].tolist()
