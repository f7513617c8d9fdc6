"""The rules of the budget forecast."""

import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.budget import (
    BudgetPart,
    actual_months,
    budget_forecast,
    budget_kpis,
    combine,
    month_shares,
    months_after,
    plan_months,
    probability_of_plan,
    year_totals,
)
from models.budget.part import MEASURES
from tests.models.budget.factories import (
    AS_OF,
    GivenPaths,
    channel_costs,
    distribution,
    items,
    mix,
    steady,
    weekly_grid,
)

NO_COSTS = channel_costs()


def budget(paths: GivenPaths, *, its: pd.DataFrame | None = None, **changes: object) -> BudgetPart:
    arguments: dict[str, object] = {"channel_mix": mix({}), "channel_costs": NO_COSTS, "currency": "EUR"} | changes
    return budget_forecast(paths, items({}) if its is None else its, scenarios=paths.demand.shape[1], **arguments)  # type: ignore[arg-type]


def total(frame: pd.DataFrame, **labels: object) -> pd.DataFrame:
    wanted = {"category": "*", "channel": "*", "market": "*"} | labels
    for key, value in wanted.items():
        frame = frame[frame[key] == value]
    return frame


def test_the_twelve_months_begin_after_as_of() -> None:
    assert list(months_after(AS_OF).astype(str)) == [
        f"{2026 + (11 + k) // 12}-{(11 + k) % 12 + 1:02d}" for k in range(12)
    ]
    assert str(months_after(dt.date(2026, 11, 30), 1)[0]) == "2026-12"


def test_a_week_is_split_between_months_by_its_days() -> None:
    starts, lengths = weekly_grid()  # the week of 2026-11-30 has one day in November and six in December

    shares = month_shares(starts, lengths, months_after(AS_OF))

    week = int(np.flatnonzero(starts == np.datetime64("2026-11-30"))[0])
    assert shares[week, 0] == pytest.approx(6 / 7)
    assert shares[week].sum() == pytest.approx(6 / 7)
    inside = (starts >= np.datetime64("2026-12-01")) & (starts + 7 <= np.datetime64("2027-11-30"))
    np.testing.assert_allclose(shares[inside].sum(axis=1), 1.0)


def test_a_grid_that_ends_too_early_is_refused() -> None:
    with pytest.raises(ValueError, match="2027-03"):
        budget(steady(7.0, ["A"], weeks=16))


def test_steady_demand_gives_days_times_price_cost_and_margin() -> None:
    december = combine([budget(steady(7.0, ["A"]))]).iloc[0]

    assert december["month"] == pd.Timestamp("2026-12-01")
    assert december["units_mean"] == 31.0
    assert december["net_revenue_mean"] == 310.0
    assert december["cost_mean"] == 124.0
    assert december["margin_mean"] == 186.0
    assert december["net_revenue_p10"] == december["net_revenue_p90"] == 310.0


def test_margin_is_after_commission_fees_fulfilment_and_returns_handling() -> None:
    fees = channel_costs(
        {
            "commission_fraction": 0.10,
            "payment_fee_fraction": 0.02,
            "fulfilment_cost_per_unit": 1.0,
            "return_cost_per_unit": 2.0,
        }
    )
    returns = mix({"return_rate": 0.5, "resellable_share": 0.5})

    december = combine([budget(steady(7.0, ["A"]), channel_mix=returns, channel_costs=fees)]).iloc[0]

    assert december["cost_mean"] == pytest.approx(
        31 * 4 * (1 - 0.5 * 0.5)
    )  # only what is fit to sell comes back to stock
    assert december["margin_mean"] == pytest.approx(310 - 93 - 0.12 * 310 - 31 * 1 - 31 * 0.5 * 2)


def test_channel_costs_change_on_their_date() -> None:
    fees = channel_costs({"valid_from": pd.NaT}, {"valid_from": pd.Timestamp("2027-01-01"), "commission_fraction": 0.5})

    months = total(combine([budget(steady(7.0, ["A"]), channel_costs=fees)]))

    assert months["margin_mean"].iloc[0] == 310 - 124
    assert months["margin_mean"].iloc[1] == 310 / 2 - 124


def test_shares_of_channels_and_markets_split_units_and_have_their_own_prices() -> None:
    split = mix(
        {"units_share": 0.25, "net_price_base": 20.0},
        {"channel": "market place", "market": "FR", "units_share": 0.75, "net_price_base": 8.0},
    )

    december = combine([budget(steady(7.0, ["A"]), channel_mix=split)])
    december = december[december["month"] == pd.Timestamp("2026-12-01")]

    assert total(december, channel="web")["net_revenue_mean"].item() == 31 * 0.25 * 20
    assert total(december, market="FR")["units_mean"].item() == 23.25
    assert total(december)["net_revenue_mean"].item() == 31 * (0.25 * 20 + 0.75 * 8)


def test_an_item_without_price_or_cost_takes_the_default_margin_and_is_counted() -> None:
    unpriced = mix({"net_price_base": np.nan}, {"sku": "B", "net_price_base": 10.0})
    its = items({}, {"sku": "B", "unit_cost_base": np.nan})

    part = budget(steady(7.0, ["A", "B"]), its=its, channel_mix=unpriced, gross_margin_default=0.5)

    assert (part.items_without_price, part.items_without_cost) == (1, 1)
    december = total(combine([part])).iloc[0]
    assert december["net_revenue_mean"] == 31 * (4 / 0.5) + 310
    assert december["cost_mean"] == 31 * 4 + 31 * 5


def test_an_item_without_channel_mix_is_not_lost() -> None:
    part = budget(steady(7.0, ["A", "B"]), its=items({}, {"sku": "B"}))

    assert total(combine([part]), channel="unknown")["units_mean"].iloc[0] == 31.0


def test_total_quantiles_are_those_of_scenario_sums() -> None:
    demand = np.zeros((2, 4, 60))
    demand[0, :, :] = np.array([7.0, 14.0, 21.0, 28.0])[:, None]
    demand[1] = demand[0, ::-1]  # what one item gains in a world, the other loses
    its = items({}, {"sku": "B", "category": "Garden"})

    frame = combine([budget(distribution(demand, ["A", "B"]), its=its, channel_mix=mix({}, {"sku": "B"}))])

    december = total(frame).iloc[0]
    assert december["units_p10"] == december["units_p90"] == 31 * 5
    assert total(frame, category="Garden").iloc[0]["units_p90"] > total(frame, category="Garden").iloc[0]["units_p10"]


def test_the_year_has_quantiles_of_its_own() -> None:
    rng = np.random.default_rng(7)
    part = budget(distribution(rng.poisson(5.0, (1, 200, 60)).astype(float), ["A"]))

    year, months = total(year_totals([part])).iloc[0], total(combine([part]))

    assert months["units_p10"].sum() < year["units_p10"] < year["units_p90"] < months["units_p90"].sum()
    assert year["net_revenue_mean"] == pytest.approx(months["net_revenue_mean"].sum(), abs=1e-9)


def test_buckets_are_added_scenario_by_scenario() -> None:
    rng = np.random.default_rng(1)
    demand = rng.poisson(3.0, (5, 16, 60)).astype(float)
    skus = list("ABCDE")
    its, shares = items(*({"sku": sku} for sku in skus)), mix(*({"sku": sku} for sku in skus))

    whole = combine([budget(distribution(demand, skus), its=its, channel_mix=shares)])
    halves = combine(
        [
            budget(distribution(demand[:2], skus[:2]), its=its, channel_mix=shares),
            budget(distribution(demand[2:], skus[2:]), its=its, channel_mix=shares),
        ]
    )

    pd.testing.assert_frame_equal(whole, halves, rtol=0, atol=0.011)  # a tie of half a cent may fall either way


def test_parts_of_different_runs_are_refused() -> None:
    with pytest.raises(ValueError, match="differ"):
        combine([budget(steady(7.0, ["A"])), budget(steady(7.0, ["A"], scenarios=9))])
    with pytest.raises(ValueError, match="no part"):
        combine([])


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 6), price=st.floats(0.01, 999.0))
def test_means_add_up_to_the_cent_over_every_breakdown(seed: int, count: int, price: float) -> None:
    rng = np.random.default_rng(seed)
    skus = [f"S{number}" for number in range(count)]
    its = items(*({"sku": sku, "category": f"C{rng.integers(3)}", "unit_cost_base": rng.random()} for sku in skus))
    shares = mix(
        *(
            {
                "sku": sku,
                "channel": channel,
                "market": f"M{rng.integers(2)}",
                "units_share": share,
                "net_price_base": price,
            }
            for sku in skus
            for channel, share in [("web", 1 / 3), ("shop", 2 / 3)]
        )
    )

    frame = combine([budget(distribution(rng.poisson(2.0, (count, 5, 60)) / 7, skus), its=its, channel_mix=shares)])

    for name in MEASURES:
        cents = frame.assign(cents=np.rint(frame[f"{name}_mean"] * 1000).astype(int))
        whole = total(cents)["cents"].sum()
        for key in ["category", "channel", "market"]:
            others = [other for other in ["category", "channel", "market"] if other != key]
            single = cents[(cents[key] != "*") & (cents[others] == "*").all(axis=1)]
            assert single["cents"].sum() == whole
        assert cents[(cents[["category", "channel", "market"]] != "*").all(axis=1)]["cents"].sum() == whole
        assert (frame[f"{name}_p10"] <= frame[f"{name}_p50"]).all()
        assert (frame[f"{name}_p50"] <= frame[f"{name}_p90"]).all()


def lines(*rows: dict[str, object]) -> pd.DataFrame:
    base = {
        "sku": "A",
        "location": "HAM",
        "channel": "web",
        "market": "DE",
        "order_type": "retail",
        "units": 2.0,
        "net_revenue_base": 20.0,
        "on_promotion": False,
    }
    frame = pd.DataFrame([base | row for row in rows])
    return frame.assign(date=pd.to_datetime(frame["date"]))


def test_last_year_has_complete_months_and_retail_only() -> None:
    sold = lines(
        {"date": "2025-11-30"},
        {"date": "2025-12-05"},
        {"date": "2025-12-31", "order_type": "wholesale"},
        {"date": "2026-11-03"},
    )

    last = actual_months(sold, items({}), as_of=AS_OF, currency="EUR")

    assert last["month"].tolist() == [pd.Timestamp("2025-12-01")]
    assert last["net_revenue"].tolist() == [20.0]


def test_a_month_that_began_before_the_first_sale_is_not_last_year() -> None:
    sold = lines({"date": "2025-12-09"}, {"date": "2026-01-02"})

    last = actual_months(sold, items({}), as_of=AS_OF, currency="EUR")
    of_an_older_company = actual_months(sold, items({}), as_of=AS_OF, currency="EUR", known_from=dt.date(2024, 1, 1))

    assert last["month"].tolist() == [pd.Timestamp("2026-01-01")]
    assert of_an_older_company["month"].tolist() == [pd.Timestamp("2025-12-01"), pd.Timestamp("2026-01-01")]


def test_the_probability_of_reaching_the_budget_counts_scenarios() -> None:
    demand = np.repeat(np.array([7.0, 14.0, 21.0, 28.0])[None, :, None], 60, axis=2)
    budgets = pd.DataFrame(
        {"month": pd.to_datetime(["2026-12-01", "2026-12-01", "2025-12-01"]), "revenue_base": [300.0, 320.0, 9e9]}
    )

    plan = plan_months(budgets, as_of=AS_OF, currency="EUR")

    assert plan["net_revenue"].tolist() == [620.0]
    assert probability_of_plan([budget(distribution(demand, ["A"]))], plan) == 0.75
    assert np.isnan(probability_of_plan([], plan.iloc[:0]))


def test_figures_hold_the_year_last_year_and_the_plan_as_json() -> None:
    part = budget(steady(7.0, ["A"]))
    sold = lines({"date": "2025-12-05", "on_promotion": True}, {"date": "2025-12-06"}, {"date": "2025-11-01"})
    last = actual_months(sold, items({}), as_of=AS_OF, currency="EUR")
    plan = plan_months(
        pd.DataFrame({"month": pd.to_datetime(["2026-12-01"]), "revenue_base": [300.0]}), as_of=AS_OF, currency="EUR"
    )

    kpis = budget_kpis(
        [part], last_year=last, plan=plan, promotions="announced", announced_until=dt.date(2027, 1, 6)
    ).set_index("name")

    assert kpis.loc["budget_year", "value"] == 3650.0
    year = json.loads(str(kpis.loc["budget_year", "text"]))
    assert {(row["category"], row["channel"], row["market"]) for row in year} == {
        ("*", "*", "*"),
        ("Kitchen", "*", "*"),
        ("*", "web", "*"),
        ("*", "*", "DE"),
    }
    assert json.loads(str(kpis.loc["budget_last_year", "text"]))[0]["month"] == "2025-12-01"
    assert kpis.loc["budget_probability_of_plan", "value"] == 1.0
    assert kpis.loc["budget_promotions", "text"] == "announced"
    assert kpis.loc["budget_promotions_announced_until", "text"] == "2027-01-06"
    assert kpis.loc["budget_last_year_promoted", "value"] == 0.5
