"""The budget over real demand distributions: both readings agree and scenarios are shared."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from models.budget import budget_forecast, combine
from models.demand import DemandDistribution
from tests.models.budget.factories import AS_OF, channel_costs, items, mix, weekly_grid


def demand(skus: list[str], company: float, per_week: float = 40.0) -> DemandDistribution:
    starts, lengths = weekly_grid(58)
    count = len(skus)
    return DemandDistribution(
        sku=np.array(skus, dtype=object),
        location=np.array(["HAM"] * count, dtype=object),
        as_of=AS_OF,
        period="week",
        starts=starts,
        lengths_days=lengths,
        mean=np.full((count, len(starts)), per_week),
        dispersion=np.full(count, 1.5),
        level_sd=np.full(count, 0.3),
        level_growth=np.zeros(count),
        level_autocorrelation=np.full(count, 0.9),
        exposure=np.tile([company, 0.0, 0.0], (count, 1)),
        market=np.array(["DE"] * count, dtype=object),
        category=np.array(["Kitchen"] * count, dtype=object),
        factor_autocorrelation=np.full(3, 0.9),
        unit_step=np.ones(count),
    )


def units(distribution: DemandDistribution, scenarios: int) -> tuple[float, float, float]:
    skus = [{"sku": sku} for sku in distribution.sku]
    part = budget_forecast(distribution, items(*skus), mix(*skus), channel_costs(), currency="EUR", scenarios=scenarios)
    totals = combine([part]).query("category == '*' and channel == '*' and market == '*'")
    january = totals[totals["month"] == pd.Timestamp("2027-01-01")]
    return january["units_p10"].item(), january["units_mean"].item(), january["units_p90"].item()


def test_quantiles_of_one_item_agree_with_its_distribution_over_the_month() -> None:
    one = demand(["A"], company=0.5)
    first, last = (dt.date(2027, 1, 1) - one.as_of).days, (dt.date(2027, 1, 31) - one.as_of).days

    low, mean, high = units(one, 4000)

    assert mean == pytest.approx(40 / 7 * 31, abs=0.001)
    # Weeks that overlap two months are split evenly by path, which takes a little of their spread away.
    assert low == pytest.approx(one.quantile(0.1, first, last).item(), rel=0.05)
    assert high == pytest.approx(one.quantile(0.9, first, last).item(), rel=0.05)


def test_shared_factors_keep_the_company_total_uncertain() -> None:
    skus = [f"S{number}" for number in range(40)]

    def width(company: float) -> float:
        low, mean, high = units(demand(skus, company), 256)
        return (high - low) / mean

    assert width(0.9) > 3 * width(0.0)
