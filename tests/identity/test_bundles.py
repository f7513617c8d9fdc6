import pandas as pd
import pytest

from identity.bundles import explode_bundles, flatten_bundles
from settings import DataRefused

PRICES = pd.Series({"A": 10.0, "B": 20.0})
COSTS = pd.Series({"A": 3.0, "B": 1.0, "C": 2.0})


def bundles(*rows):
    return pd.DataFrame(rows, columns=["bundle_sku", "component_sku", "units"])


def exploded(lines, table, prices=PRICES, costs=COSTS):
    frame = pd.DataFrame(lines, columns=["sku", "units", "revenue"])
    return explode_bundles(frame, table, prices, costs, ("units",), ("revenue",)).to_numpy().tolist()


def test_a_five_pack_is_demand_for_five_singles():
    assert exploded([("A5", 2.0, 90.0)], bundles(("A5", "A", 5.0))) == [["A", 10.0, 90.0]]


def test_other_lines_are_untouched():
    assert exploded([("A", 2.0, 20.0)], bundles(("A5", "A", 5.0))) == [["A", 2.0, 20.0]]


def test_revenue_is_split_by_list_price():
    rows = exploded([("SET", 1.0, 30.0)], bundles(("SET", "A", 2.0), ("SET", "B", 1.0)))

    assert rows == [["A", 2.0, 15.0], ["B", 1.0, 15.0]]


def test_revenue_is_split_by_cost_where_a_price_is_missing():
    rows = exploded([("SET", 1.0, 30.0)], bundles(("SET", "A", 1.0), ("SET", "C", 1.0)))

    assert rows == [["A", 1.0, pytest.approx(18.0)], ["C", 1.0, pytest.approx(12.0)]]


def test_revenue_is_split_by_units_where_nothing_is_known():
    rows = exploded([("SET", 1.0, 30.0)], bundles(("SET", "X", 1.0), ("SET", "C", 2.0)), costs=PRICES)

    assert [row[2] for row in rows] == [pytest.approx(20.0), pytest.approx(10.0)]  # sorted: C, X


def test_bundles_of_bundles_are_opened_to_the_bottom():
    table = bundles(("BOX", "A5", 2.0), ("BOX", "A", 1.0), ("A5", "A", 5.0))

    flat = flatten_bundles(table)

    assert flat.to_numpy().tolist() == [["A5", "A", 5.0], ["BOX", "A", 11.0]]


def test_a_bundle_that_contains_itself_is_refused():
    with pytest.raises(DataRefused, match="P, Q contain themselves"):
        flatten_bundles(bundles(("P", "Q", 1.0), ("Q", "P", 2.0)))
