"""Orders asked for later than the lead time say nothing of it; only what is past its promise is late."""

import numpy as np
import pandas as pd
import pytest

from tests.models.inventory.factories import AS_OF, arrived, fit, orders, receipts, terms

TODAY = pd.Timestamp(AS_OF)


def days_ago(count):
    return TODAY - pd.Timedelta(days=count)


def in_days(count):
    return TODAY + pd.Timedelta(days=count)


def lead_time(lead_times, sku="A", supplier="acme"):
    return lead_times.for_items(pd.DataFrame({"supplier": [supplier], "sku": [sku], "location": ["hall"]}))


def steady(**names):
    """Twelve orders that took ten days, as declared and promised."""
    po, got = arrived(12, 10, first="2024-02-01", **names)
    return po.assign(expected_on=po["ordered_on"] + pd.Timedelta(days=10)), got


def fitted(po, got, more=None, more_received=None, **options):
    parts = (po,) if more is None else (po, more)
    came = (got,) if more_received is None else (got, more_received)
    return fit(pd.concat(parts), pd.concat(came), **options)


def test_call_offs_that_are_not_due_change_no_lead_time():
    po, got = steady()
    days = [60, 67, 74]
    call_offs = pd.concat([orders((f"C{d}", days_ago(45)), promise=in_days(d)) for d in days])

    without, with_them = fitted(po, got), fitted(po, got, call_offs)

    np.testing.assert_allclose(lead_time(with_them).pmf, lead_time(without).pmf)
    assert (
        lead_time(with_them).source[0] == "learned from 12 receipts; left out: 3 (asked for later than its lead time)"
    )
    assert set(with_them.ignored["reason"]) == {"asked for later than its lead time"}


def test_call_offs_of_one_supplier_change_no_other_suppliers_lead_time():
    po, got = steady()
    call_offs = orders(*[(f"C{k}", days_ago(45)) for k in range(3)], sku="B", supplier="other", promise=in_days(60))
    both = pd.concat([terms("A"), terms("B", "other")])

    mine, plain = (lead_time(fitted(po, got, more, supply_terms=both)) for more in (call_offs, None))

    np.testing.assert_allclose(mine.pmf, plain.pmf)


@pytest.mark.parametrize("received_units", [10.0, 4.0])
def test_call_offs_received_as_promised_change_no_lead_time(received_units):
    po, got = steady()
    call_offs = orders(*[(f"C{k}", days_ago(130)) for k in range(5)], promise=days_ago(30))
    came = receipts(*[(f"C{k}", days_ago(30), received_units) for k in range(5)])

    found = lead_time(fitted(po, got, call_offs, came))

    np.testing.assert_allclose(found.pmf, lead_time(fitted(po, got)).pmf)


def test_lines_of_one_day_for_one_item_promised_one_after_the_other_are_a_schedule():
    po, got = steady()
    schedule = pd.concat([orders((f"C{d}", days_ago(12)), promise=days_ago(12 - d)) for d in (10, 13, 16)])
    first = receipts(("C10", days_ago(2), 10))

    found = lead_time(fitted(po, got, schedule, first))

    assert found.receipts_used[0] == 13
    assert found.open_used[0] == 0
    assert found.mean_days[0] == pytest.approx(10, abs=0.05)


def test_an_order_that_is_not_due_is_not_late_however_long_it_has_been_open():
    po, got = steady()
    waiting = orders(*[(f"W{k}", days_ago(15)) for k in range(3)], promise=in_days(1))

    found = lead_time(fitted(po, got, waiting))

    assert found.mean_days[0] == pytest.approx(10, abs=0.1)
    assert found.pmf[0, 14:].sum() < 0.02


def test_the_same_order_past_its_promise_is_late():
    po, got = steady()
    overdue = orders(*[(f"W{k}", days_ago(25)) for k in range(3)], promise=days_ago(9))

    found = lead_time(fitted(po, got, overdue))

    assert found.open_used[0] == 3
    assert found.mean_days[0] > 12


def test_an_open_order_without_a_promise_counts_as_long_as_it_has_waited():
    po, got = steady()

    late = lead_time(fitted(po, got, orders(*[(f"W{k}", days_ago(40)) for k in range(3)])))

    assert late.open_used[0] == 3
    assert late.mean_days[0] > 12


def test_a_supplier_that_takes_and_promises_longer_than_declared_is_learned():
    po, got = arrived(40, 30, first="2024-01-01")
    po = po.assign(expected_on=po["ordered_on"] + pd.Timedelta(days=30))

    found = lead_time(fit(po, got))

    assert found.receipts_used[0] == 40
    assert found.mean_days[0] > 25


def test_a_line_delivered_bit_by_bit_over_months_is_no_lead_time():
    po, got = steady()
    blanket = orders(("B", days_ago(150)), units=600.0)
    monthly = receipts(*[("B", days_ago(140 - 30 * k), 100) for k in range(4)])

    found = lead_time(fitted(po, got, blanket, monthly))

    np.testing.assert_allclose(found.pmf, lead_time(fitted(po, got)).pmf)


def test_call_offs_still_show_how_promises_are_kept():
    call_offs = orders(*[(f"C{k}", days_ago(120 + k)) for k in range(30)], promise=days_ago(40))
    came = receipts(*[(f"C{k}", days_ago(35), 10) for k in range(30)])

    promises = fit(call_offs, came).promises

    late = promises.first_day + int(promises.pmf[-1].argmax())
    assert late == 5
