import numpy as np
import pandas as pd
import pytest

from models.inventory.working_days import location_clock, supplier_clock
from tests.models.inventory.factories import AS_OF, KNOWN, arrived, closures, learn, orders, suppliers, terms


def arrivals(lead_times, open_orders, closed=None):
    closed = closures() if closed is None else closed
    return lead_times.arrivals(
        open_orders,
        as_of=AS_OF,
        suppliers=supplier_clock(suppliers(), closed, **KNOWN),
        locations=location_clock(closed, **KNOWN),
    )


def test_an_open_order_arrives_after_today():
    when = arrivals(learn(), orders(("O", AS_OF - pd.Timedelta(days=30)), ("N", AS_OF - pd.Timedelta(days=2))))

    assert when.probability.sum(axis=1) == pytest.approx([1, 1])
    assert (when.days[when.probability.max(axis=0) > 0] > np.datetime64(AS_OF)).all()
    assert when.mean_after(np.datetime64(AS_OF))[1] == pytest.approx(8, abs=0.01)


def test_a_promise_moves_the_arrival():
    promise = pd.Timestamp(AS_OF) + pd.Timedelta(days=30)
    when = arrivals(learn(), orders(("O", AS_OF - pd.Timedelta(days=2)), promise=promise))

    assert when.mean_after(np.datetime64(AS_OF))[0] == pytest.approx(30, abs=0.1)


def test_a_promise_for_today_may_be_kept_tonight():
    certain = terms(lead_time_days=14, lead_time_sd_days=0)
    due = orders(("D", AS_OF - pd.Timedelta(days=14)), promise=AS_OF)

    when = arrivals(learn(supply_terms=certain), due)

    assert when.quantile(0.5)[0] == np.datetime64(AS_OF)


def test_a_supplier_that_breaks_its_promises_is_expected_late():
    po, got = arrived(100, 20)
    po["expected_on"] = po["ordered_on"] + pd.Timedelta(days=10)
    promise = pd.Timestamp(AS_OF) + pd.Timedelta(days=30)
    planned = orders(("O", AS_OF), promise=promise)

    broken = arrivals(learn(po, got), planned)
    kept = arrivals(learn(po.assign(expected_on=po["ordered_on"] + pd.Timedelta(days=20)), got), planned)

    assert broken.mean_after(np.datetime64(AS_OF))[0] == pytest.approx(40, abs=0.6)
    assert kept.mean_after(np.datetime64(AS_OF))[0] == pytest.approx(30, abs=1)


def test_an_arrival_is_on_an_open_day_of_both():
    closed = closures(("acme", None, "2024-07-01", "2024-07-10"), (None, "hall", "2024-07-14", "2024-07-20"))
    certain = terms(lead_time_days=4, lead_time_sd_days=0)

    when = arrivals(learn(supply_terms=certain), orders(("O", AS_OF)), closed)

    assert when.quantile(0.5)[0] == np.datetime64("2024-07-21")


def test_a_line_to_be_placed_later_arrives_a_lead_time_after():
    certain = terms(lead_time_days=4, lead_time_sd_days=0)

    when = arrivals(learn(supply_terms=certain), orders(("O", AS_OF + pd.Timedelta(days=1))))

    assert when.quantile(0.5)[0] == np.datetime64("2024-07-05")


def test_no_open_orders_have_no_arrivals():
    assert arrivals(learn(), orders()).probability.shape[0] == 0
