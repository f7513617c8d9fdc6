import hypothesis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.channel_mix import channel_mix, pooled_mix
from tests.features.factories import AS_OF, demand_lines, items


def mix(*rows, of=None, pooled=None):
    return channel_mix(demand_lines(*rows), items("A") if of is None else of, AS_OF, pooled)


def test_shares_prices_and_returns_are_by_channel_and_market():
    found = mix(
        {"channel": "web", "units": 6.0, "net_revenue_base": 48.0, "returned_units": 2.0, "resellable_units": 1.0},
        {"channel": "amazon", "units": 2.0, "net_revenue_base": 14.0},
    )

    assert found["channel"].tolist() == ["amazon", "web"]
    assert found["units_share"].tolist() == [0.25, 0.75]
    assert found["net_price_base"].tolist() == [7.0, 8.0]
    assert found["return_rate"].tolist() == [0, pytest.approx(1 / 3)]
    assert found["resellable_share"].tolist() == [0, 0.5]


def test_an_empty_bucket_has_no_mix():
    assert mix({"sku": "B"}, of=items()).empty


def test_wholesale_does_not_move_the_retail_price():
    found = mix({"units": 1.0}, {"order_type": "wholesale", "units": 99.0, "net_revenue_base": 99.0})

    assert found[["channel", "net_price_base"]].to_numpy().tolist() == [["web", 10.0]]


def test_only_the_last_year_counts_unless_there_is_none():
    old = {"date": "2025-03-31", "channel": "fair"}

    assert mix(old, {"date": "2025-04-01"})["channel"].tolist() == ["web"]
    assert mix(old)[["channel", "source"]].to_numpy().tolist() == [["fair", "sales_all"]]


def test_an_item_that_never_sold_has_its_list_price():
    found = mix(of=items("A", unit_price_base=12.0))

    row = found.iloc[0]
    assert (row["channel"], row["market"], row["units_share"], row["net_price_base"]) == ("unknown", "DE", 1.0, 12.0)
    assert row["source"] == "list_price"


def test_an_item_that_never_sold_is_sold_as_the_company_sells():
    lines = demand_lines({"sku": "B", "units": 3.0, "returned_units": 1.5}, {"sku": "B", "channel": "amazon"})

    found = mix(of=items("A", unit_price_base=12.0), pooled=pooled_mix(lines, AS_OF))

    assert found[["channel", "units_share", "net_price_base"]].to_numpy().tolist() == [
        ["amazon", 0.25, 12.0],
        ["web", 0.75, 6.0],
    ]


@hypothesis.settings(deadline=None, max_examples=30)
@given(
    st.lists(
        st.tuples(st.sampled_from("ABC"), st.sampled_from(["web", "amazon"]), st.integers(0, 9), st.integers(0, 3)),
        max_size=30,
    )
)
def test_every_item_has_shares_that_sum_to_one(rows):
    lines = [
        {"sku": sku, "channel": channel, "units": float(units), "returned_units": float(back)}
        for sku, channel, units, back in rows
    ]

    found = mix(*lines, of=items("A", "B", "C"))

    shares = found.groupby("sku")["units_share"].sum()
    assert shares.index.tolist() == ["A", "B", "C"]
    assert np.allclose(shares, 1.0)
    assert found["return_rate"].between(0, 1).all()
    assert (found["net_price_base"] >= 0).all()
    assert not found.duplicated(["sku", "location", "channel", "market"]).any()
    assert isinstance(found, pd.DataFrame)
