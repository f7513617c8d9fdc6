import numpy as np
import pandas as pd
import pytest

from models.inventory.calendar.working_days import location_clock, supplier_clock
from tests.models.inventory.factories import AS_OF, KNOWN, arrived, closures, fit, orders, suppliers, terms


def arrivals(lead_times, open_orders, closed=None):
    closed = closures() if closed is None else closed
    return lead_times.arrivals(
        open_orders,
        as_of=AS_OF,
        suppliers=supplier_clock(suppliers(), closed, **KNOWN),
        locations=location_clock(closed, **KNOWN),
    )


def mean_days(when):
    """Expected days until the arrival, counted from AS_OF; (lines,)."""
    return when.probability @ (when.days - np.datetime64(AS_OF, "D")).astype(float)


def test_an_open_order_arrives_after_today():
    when = arrivals(fit(), orders(("O", AS_OF - pd.Timedelta(days=30)), ("N", AS_OF - pd.Timedelta(days=2))))

    assert when.probability.sum(axis=1) == pytest.approx([1, 1])
    assert (when.days[when.probability.max(axis=0) > 0] > np.datetime64(AS_OF)).all()
    assert mean_days(when)[1] == pytest.approx(8, abs=0.01)


def test_a_promise_moves_the_arrival():
    promise = pd.Timestamp(AS_OF) + pd.Timedelta(days=30)
    when = arrivals(fit(), orders(("O", AS_OF - pd.Timedelta(days=2)), promise=promise))

    assert mean_days(when)[0] == pytest.approx(30, abs=0.1)


def test_a_promise_for_today_may_be_kept_tonight():
    certain = terms(lead_time_days=14, lead_time_sd_days=0)
    due = orders(("D", AS_OF - pd.Timedelta(days=14)), promise=AS_OF)

    when = arrivals(fit(supply_terms=certain), due)

    assert when.quantile(0.5)[0] == np.datetime64(AS_OF)


def test_a_supplier_that_breaks_its_promises_is_expected_late():
    po, got = arrived(100, 20)
    po["expected_on"] = po["ordered_on"] + pd.Timedelta(days=10)
    promise = pd.Timestamp(AS_OF) + pd.Timedelta(days=30)
    planned = orders(("O", AS_OF), promise=promise)

    broken = arrivals(fit(po, got), planned)
    kept = arrivals(fit(po.assign(expected_on=po["ordered_on"] + pd.Timedelta(days=20)), got), planned)

    assert mean_days(broken)[0] == pytest.approx(40, abs=0.6)
    assert mean_days(kept)[0] == pytest.approx(30, abs=1)


def test_an_arrival_is_on_an_open_day_of_both():
    closed = closures(("acme", None, "2024-07-01", "2024-07-10"), (None, "hall", "2024-07-14", "2024-07-20"))
    certain = terms(lead_time_days=4, lead_time_sd_days=0)

    when = arrivals(fit(supply_terms=certain), orders(("O", AS_OF)), closed)

    assert when.quantile(0.5)[0] == np.datetime64("2024-07-21")


def test_a_line_to_be_placed_later_arrives_a_lead_time_after():
    certain = terms(lead_time_days=4, lead_time_sd_days=0)

    when = arrivals(fit(supply_terms=certain), orders(("O", AS_OF + pd.Timedelta(days=1))))

    assert when.quantile(0.5)[0] == np.datetime64("2024-07-05")


def test_no_open_orders_have_no_arrivals():
    assert arrivals(fit(), orders()).probability.shape[0] == 0


def promised_orders(count, promised_days, actual_days, prefix="P", supplier="acme", sku="A"):
    """Orders with their promises and receipts; days are per order."""
    po, got = arrived(count, 0, prefix=prefix, supplier=supplier, sku=sku)
    po["expected_on"] = po["ordered_on"] + pd.to_timedelta(promised_days, unit="D")
    got["received_on"] = po["ordered_on"].to_numpy() + pd.to_timedelta(actual_days, unit="D")
    return po, got


def test_promises_that_tell_less_than_past_lead_times_lose_weight():
    rng = np.random.default_rng(1)
    noise = rng.integers(0, 60, 80)
    useless = fit(*promised_orders(80, noise, rng.integers(18, 23, 80)))
    useful = fit(*promised_orders(80, noise, noise + rng.integers(0, 3, 80)))
    line = orders(("O", AS_OF), promise=pd.Timestamp(AS_OF) + pd.Timedelta(days=55))

    by_history, by_promise = (mean_days(arrivals(learned, line))[0] for learned in (useless, useful))

    assert by_history < 25
    assert by_promise == pytest.approx(56, abs=3)


def test_a_supplier_without_tested_promises_is_taken_to_keep_them_as_others_do():
    rng = np.random.default_rng(2)
    promised = rng.integers(5, 40, 100)
    po, got = promised_orders(100, promised, promised + 12, supplier="other", sku="B")
    both = pd.concat([terms("A"), terms("B", "other")])
    line = orders(("O", AS_OF), promise=pd.Timestamp(AS_OF) + pd.Timedelta(days=30))

    late = mean_days(arrivals(fit(po, got, both), line))[0]

    assert late == pytest.approx(42, abs=1.5)


def test_lines_without_a_promise_keep_the_learned_lead_time_beside_promised_ones():
    po, got = promised_orders(50, np.full(50, 10), np.full(50, 20))
    lines = pd.concat([orders(("O", AS_OF)), orders(("P", AS_OF), promise=pd.Timestamp(AS_OF) + pd.Timedelta(days=90))])

    when = mean_days(arrivals(fit(po, got), lines))

    assert when[0] == pytest.approx(20, abs=0.5)
    assert when[1] > 80
