import numpy as np
import pandas as pd
import pytest

from benchmarks.censored.__main__ import estimated, partial_days, whole_days
from benchmarks.censored.data import HOURS, Panel, cut_short, hidden_days, pooled_profile


def panel(series=40, days=76, seed=1):
    rng = np.random.default_rng(seed)
    mean = rng.uniform(0.5, 2.0, (series, 1)) * np.ones((series, days))
    out = np.where(rng.random((series, days)) < 0.1, rng.integers(1, HOURS + 1, (series, days)), 0)
    return Panel(
        sales=rng.poisson(mean * (1 - out / HOURS) / 0.1) * 0.1,
        hours_out=out,
        promoted=np.zeros((series, days), dtype=bool),
        days=np.datetime64("2024-03-28") + np.arange(days).astype("timedelta64[D]"),
        names=pd.DataFrame({"product_id": [f"{k}" for k in range(series)], "store_id": "1"}),
    )


def test_days_are_hidden_only_inside_weeks_without_a_stockout():
    of = panel()

    hidden = hidden_days(of, 3, seed=1)

    assert hidden.any()
    assert (of.hours_out[hidden] == 0).all()
    for row, column in np.argwhere(hidden):
        spell = 1
        for step in (-1, 1):
            at = column + step
            while 0 <= at < of.hours_out.shape[1] and of.hours_out[row, at] == 0:
                spell, at = spell + 1, at + step
        assert spell >= 7


def test_the_profile_falls_with_the_hours_out_and_is_that_of_even_hours_where_these_sell_alike():
    profile = pooled_profile(panel(400))

    assert profile[0] == 1
    assert (np.diff(profile) <= 0).all()
    assert profile == pytest.approx(1 - np.arange(HOURS + 1) / HOURS, abs=0.08)


def test_a_cut_takes_the_share_of_the_sales_and_leaves_other_days():
    of = panel(200)
    days = hidden_days(of, 1, seed=3)

    cut = cut_short(of, days, np.full(int(days.sum()), 0.25), seed=4)

    assert cut.sales[days].sum() == pytest.approx(0.25 * of.sales[days].sum(), rel=0.05)
    assert (cut.sales[~days] == of.sales[~days]).all()


def test_estimates_are_in_the_order_of_the_panel():
    of = panel(12)

    found = estimated(of, np.where(of.hours_out > 0, 0.5, 1.0), given=True)

    full = of.hours_out == 0
    assert found[full] == pytest.approx(of.sales[full])


def test_hidden_demand_is_found_again_where_stockouts_come_by_chance():
    of = panel(150)
    profile = 1 - np.arange(HOURS + 1) / HOURS

    whole, partial = whole_days(of, profile), partial_days(of, profile)

    assert abs(whole["ours, share of real stockouts given"]["bias"]) < 0.03
    assert abs(partial["ours"]["bias"]) < 0.02
    assert partial["ours"]["error"] < partial["scaled up"]["error"]
