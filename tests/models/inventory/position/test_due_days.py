"""Lines that name no day are due by the lead time, and are overdue after it like others."""

import numpy as np
import pandas as pd

from models.inventory.position.due_days import route_days
from tests.models.inventory.company import day, decided, only, order, stock

ROUTES = pd.DataFrame(
    {
        "sku": ["A", None, None],
        "from_location": ["AMS", "AMS", "MUC"],
        "to_location": ["BER", "BER", "BER"],
        "lead_time_days": [4.0, 7.0, 9.0],
    }
)


def moving(shipped, expected=None, sku="A", sender="AMS"):
    row = {"transfer_number": "T", "line_number": "1", "sku": sku, "from_location": sender, "to_location": "BER"}
    promised = pd.NaT if expected is None else day(expected)
    return row | {"shipped_on": day(shipped), "units": 6.0, "expected_on": promised, "received_on": pd.NaT}


def plan(transfers=(), orders=(), **rules):
    return decided(inventory=[stock(20)], transfers=transfers, orders=orders, **rules)


def asked(*rows):
    return pd.DataFrame(list(rows), columns=["sku", "from_location", "location"])


def test_a_route_is_sought_from_the_sku_to_the_company():
    found = route_days(
        asked(("A", "AMS", "BER"), ("B", "AMS", "BER"), ("B", "MUC", "BER"), ("B", None, "BER"), ("B", "X", "Y")),
        ROUTES,
    )

    assert found.tolist() == [4.0, 7.0, 9.0, 9.0, 7.0]
    np.testing.assert_array_equal(route_days(asked(("A", "AMS", "BER")), ROUTES.iloc[:0]), [14.0])


def test_a_transfer_without_a_date_comes_after_the_lead_time_of_its_route():
    routes = [{"sku": None, "from_location": "AMS", "to_location": "BER", "lead_time_days": 40.0}]

    late = only(decided(inventory=[stock(20)], transfers=[moving(-1)], transfer_terms=routes))
    soon = only(decided(inventory=[stock(20)], transfers=[moving(-39)], transfer_terms=routes))

    assert (late["inventory_position"], soon["inventory_position"]) == (20, 26)


def test_a_transfer_without_a_date_is_overdue_after_the_lead_time_and_forgotten_in_the_end():
    dates = {-10: (26.0, "warning"), -100: (20.0, "critical")}
    routes = [{"sku": None, "from_location": "AMS", "to_location": "BER", "lead_time_days": 3.0}]
    for shipped, (position, severity) in dates.items():
        found = decided(inventory=[stock(20)], transfers=[moving(shipped)], transfer_terms=routes)
        late = found.exceptions[found.exceptions["kind"] == "overdue_order"]

        assert only(found)["inventory_position"] == position
        assert late["severity"].tolist() == [severity]
        assert f"by {-shipped - 3} days" in late["message"].iloc[0]


def test_an_order_without_a_promise_is_counted_while_others_took_as_long_and_not_for_ever():
    young, old, older = (plan(orders=[order(offset=offset)]) for offset in (-9, -40, -400))

    assert [only(found)["inventory_position"] for found in (young, old, older)] == [30, 30, 20]
    assert not (young.exceptions["kind"] == "overdue_order").any()
    message = older.exceptions.loc[older.exceptions["kind"] == "overdue_order", "message"].iloc[0]
    assert "open without a date" in message
    assert "no longer counted" in message
