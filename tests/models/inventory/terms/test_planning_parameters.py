"""Planning parameters: the most specific one in force."""

import numpy as np
import pandas as pd
import pytest

from models.inventory.terms.planning_parameters import PARAMETERS, item_parameters
from models.inventory.terms.service_targets import item_classes
from tests.models.inventory.company import AS_OF, day, item, parameter


def resolved(*rows, items=None):
    items = [item("A", "BER", category="Tea", supplier="acme")] if items is None else items
    made = pd.DataFrame(list(rows))
    for name in ("valid_from", "valid_to"):
        if name in made:
            made[name] = pd.to_datetime(made[name])
    return item_parameters(pd.DataFrame(items), made, placed_on=AS_OF)


def minimum(value, **scope):
    return parameter("minimum_stock_units", value, **scope)


def test_the_most_specific_scope_wins():
    rows = [
        minimum(5),
        minimum(4, location="BER"),
        minimum(3, supplier="acme"),
        minimum(2, category="Tea"),
        minimum(1, sku="A"),
    ]

    found = [resolved(*rows[:count])["minimum_stock_units"].item() for count in range(1, 6)]
    shuffled = resolved(*rows[::-1])["minimum_stock_units"].item()

    assert found == [5, 4, 3, 2, 1]
    assert shuffled == 1


def test_a_scope_that_names_its_location_too_goes_before_one_that_does_not():
    rows = [minimum(9, sku="A", location="BER"), minimum(8, sku="A"), minimum(7, category="Tea", location="BER")]

    assert resolved(*rows)["minimum_stock_units"].item() == 9


def test_a_parameter_holds_from_its_first_to_its_last_day():
    now = minimum(1, sku="A", valid_from=0, valid_to=0)
    over, coming = minimum(2, sku="A", valid_to=-1), minimum(3, sku="A", valid_from=1)

    assert resolved(now, over, coming)["minimum_stock_units"].item() == 1
    assert np.isnan(resolved(over, coming)["minimum_stock_units"].item())


def test_the_later_of_two_of_one_scope_wins():
    rows = [minimum(2, sku="A", valid_from=-5), minimum(1, sku="A", valid_from=-50), minimum(9, sku="A")]

    assert resolved(*rows)["minimum_stock_units"].item() == 2


def test_values_are_read_as_what_the_parameter_is():
    found = resolved(
        parameter("do_not_order", "true", sku="A"),
        parameter("phase_out_on", "2026-05-01", sku="A"),
        parameter("service_target", "0.9", sku="A"),
    )

    assert found["do_not_order"].item() is True
    assert found["phase_out_on"].item() == pd.Timestamp("2026-05-01")
    assert found["service_target"].item() == 0.9


def test_false_lifts_a_ban_of_a_wider_scope():
    rows = [parameter("do_not_order", "true", category="Tea"), parameter("do_not_order", "false", sku="A")]

    assert not resolved(*rows)["do_not_order"].item()


def test_nothing_is_set_where_nothing_matches():
    found = resolved(minimum(1, sku="B"), minimum(2, category="Coffee"))

    assert set(found.columns) == set(PARAMETERS)
    assert np.isnan(found["minimum_stock_units"].item())


@pytest.mark.parametrize(
    ("name", "value"), [("colour", "red"), ("minimum_stock_units", "many"), ("phase_out_on", "soon")]
)
def test_what_cannot_be_read_is_named(name, value):
    with pytest.raises(ValueError, match=f"planning_parameters.*{name}"):
        resolved(parameter(name, value, sku="A"))


def test_a_target_for_both_letters_goes_before_one_for_either():
    segments = pd.DataFrame(
        [
            {"sku": sku, "location": "BER", "abc": abc, "xyz": "X", "demand_class": "smooth"}
            for sku, abc in zip("ABC", "ABC", strict=True)
        ]
    )
    items = pd.DataFrame([item("A"), item("B"), item("C"), item("D")])

    classes = item_classes(segments, items, {"AX": 0.99, "A": 0.9, "X": 0.8, "B": 0.85})

    np.testing.assert_array_equal(classes.service_target, [0.99, 0.85, 0.8, np.nan])
    assert classes.abc.tolist() == ["A", "B", "C", None]
    assert day(0) == pd.Timestamp(AS_OF)
