import numpy as np
import pandas as pd
import pytest

from tests.models.inventory.factories import (
    AS_OF,
    arrived,
    closures,
    fit,
    orders,
    receipts,
    terms,
)


def item(sku="A", supplier="acme", location="hall"):
    return pd.DataFrame({"supplier": [supplier], "sku": [sku], "location": [location]})


def mean_of(lead_times, **names):
    return float(lead_times.for_items(item(**names)).mean_days[0])


def test_without_receipts_the_declared_lead_time_holds():
    found = fit(supply_terms=terms(lead_time_days=10, lead_time_sd_days=3)).for_items(item())

    assert found.mean_days[0] == pytest.approx(10, abs=1e-3)
    assert found.sd_days[0] == pytest.approx(3, abs=0.05)
    assert found.source[0] == "declared, 10 days"


def test_a_declared_deviation_of_zero_is_a_certain_day():
    found = fit(supply_terms=terms(lead_time_days=14, lead_time_sd_days=0)).for_items(item())

    assert found.pmf[0, 14] == 1.0
    assert (found.mean_days[0], found.sd_days[0]) == (14.0, 0.0)


def test_few_receipts_move_the_lead_time_little_and_many_move_it_all_the_way():
    few, many = (mean_of(fit(*arrived(count, 20))) for count in (2, 170))

    assert 10.5 < few < 15
    assert many == pytest.approx(20, abs=0.5)


def test_a_suppliers_receipts_weigh_as_much_as_the_declared_at_the_number_set():
    po, got = arrived(8, 20, sku="B")
    both = pd.concat([terms("A"), terms("B")])

    lead_times = fit(po, got, both, min_receipts_to_trust=8)

    assert mean_of(lead_times, sku="A") == pytest.approx(15, abs=1e-3)
    assert lead_times.for_items(item("A")).source[0] == "learned from 8 receipts of the supplier"
    assert lead_times.for_items(item("B")).source[0] == "learned from 8 receipts"


def test_an_item_keeps_its_own_lead_time_among_its_suppliers():
    slow, quick = arrived(100, 30, sku="B", prefix="S"), arrived(100, 5, sku="C", prefix="Q")
    three = pd.concat([terms("A"), terms("B"), terms("C")])

    lead_times = fit(pd.concat([slow[0], quick[0]]), pd.concat([slow[1], quick[1]]), three)

    assert mean_of(lead_times, sku="B") > 28
    assert mean_of(lead_times, sku="C") < 7
    assert mean_of(lead_times, sku="A") == pytest.approx(17, abs=1)


def test_a_suppliers_delay_scales_with_what_is_declared():
    po, got = arrived(150, 15, sku="B")
    both = pd.concat([terms("A", lead_time_days=40), terms("B", lead_time_days=10)])

    assert mean_of(fit(po, got, both), sku="A") == pytest.approx(60, abs=2)


def test_an_order_that_is_still_open_and_late_lengthens_the_lead_time():
    po, got = arrived(8, 10)
    late = orders(*[(f"L{k}", AS_OF - pd.Timedelta(days=40)) for k in range(4)])

    with_late = fit(pd.concat([po, late]), got)

    assert mean_of(with_late) > mean_of(fit(po, got)) + 3
    assert with_late.for_items(item()).source[0] == "learned from 8 receipts, 4 open"


def test_an_order_that_is_open_and_young_says_nothing():
    po, got = arrived(8, 10)
    young = orders(("Y", AS_OF - pd.Timedelta(days=1)))

    assert mean_of(fit(pd.concat([po, young]), got)) == pytest.approx(mean_of(fit(po, got)))


def test_an_order_promised_for_today_is_not_late():
    due = orders(("D", AS_OF - pd.Timedelta(days=14)), promise=AS_OF)

    found = fit(due, supply_terms=terms(lead_time_days=14, lead_time_sd_days=0)).for_items(item())

    assert found.pmf[0, 14] == 1.0


def test_forgotten_orders_are_ignored_and_reported():
    forgotten = orders(("F", AS_OF - pd.Timedelta(days=200)))

    lead_times = fit(forgotten)

    assert mean_of(lead_times) == pytest.approx(10, abs=1e-3)
    assert lead_times.ignored["reason"].tolist() == ["open for more than 60 days past its promise"]


@pytest.mark.parametrize("status", ["cancelled", "Closed ", "received"])
def test_finished_orders_are_not_waited_for(status):
    ended = orders(("F", AS_OF - pd.Timedelta(days=50)), status=status)

    assert mean_of(fit(ended)) == pytest.approx(10, abs=1e-3)


def test_received_before_ordered_is_ignored_and_reported():
    po, got = arrived(8, 20)
    wrong = orders(("W", "2024-05-01"))

    lead_times = fit(pd.concat([po, wrong]), pd.concat([got, receipts(("W", "2024-04-01", 10))]))

    assert mean_of(lead_times) == pytest.approx(mean_of(fit(po, got)))
    assert lead_times.ignored[["sku", "order_number", "line_number", "reason"]].to_numpy().tolist() == [
        ["A", "W", "1", "received before it was ordered"]
    ]
    assert lead_times.for_items(item()).source[0] == (
        "learned from 8 receipts; left out: 1 (received before it was ordered)"
    )


def test_what_is_left_out_of_a_supplier_is_told_where_the_item_has_nothing_of_its_own():
    forgotten = orders(("F", AS_OF - pd.Timedelta(days=200)), ("G", AS_OF - pd.Timedelta(days=210)), sku="B")

    source = fit(forgotten, supply_terms=pd.concat([terms("A"), terms("B")])).for_items(item("A")).source[0]

    assert source.endswith("; left out: 2 (open for more than 60 days past its promise)")


@pytest.mark.parametrize("location", ["*", None])
def test_terms_that_hold_anywhere_are_those_of_each_location(location):
    everywhere = terms("A", lead_time_days=30, lead_time_sd_days=0).assign(location=location)
    others = pd.concat([terms(sku, lead_time_days=5, lead_time_sd_days=0) for sku in ("B", "C", "D")])

    declared = fit(supply_terms=pd.concat([everywhere, others]))
    learned = fit(*arrived(100, 20), supply_terms=pd.concat([everywhere, others]))

    assert mean_of(declared) == 30.0
    assert mean_of(declared, sku="B") == 5.0
    assert mean_of(learned) == pytest.approx(20, abs=0.5)
    assert learned.for_items(item()).source[0] == "learned from 100 receipts"
    assert learned.for_items(item()).declared_days[0] == 30.0


def test_receipts_of_unknown_orders_are_reported():
    ignored = fit(orders(), receipts(("ghost", "2024-05-01", 10))).ignored

    assert ignored["reason"].tolist() == ["receipt of an order that is not known"]


def test_part_deliveries_count_by_their_units():
    lots = 60
    po = orders(*[(f"P{k}", "2024-05-01") for k in range(lots)])
    early = receipts(*[(f"P{k}", "2024-05-05", 9) for k in range(lots)])
    late = receipts(*[(f"P{k}", "2024-05-25", 1) for k in range(lots)])

    found = fit(po, pd.concat([early, late])).for_items(item())

    assert found.pmf[0, 4] > 8 * found.pmf[0, 24] > 0


def test_what_happened_after_as_of_is_not_known():
    po, got = arrived(8, 20)
    future = orders(("X", AS_OF + pd.Timedelta(days=1)))
    later = receipts(("P0", AS_OF + pd.Timedelta(days=1), 5), ("X", AS_OF + pd.Timedelta(days=3), 10))

    assert mean_of(fit(pd.concat([po, future]), pd.concat([got, later]))) == mean_of(fit(po, got))


def test_receipts_are_measured_on_the_suppliers_clock():
    po = orders(*[(f"P{k}", "2024-02-05") for k in range(100)])
    got = receipts(*[(f"P{k}", "2024-03-01", 10) for k in range(100)])
    closed = closures(("acme", None, "2024-02-10", "2024-02-24"))

    assert mean_of(fit(po, got, closed=closed)) == pytest.approx(10, abs=0.3)
    assert mean_of(fit(po, got)) == pytest.approx(25, abs=1.5)


def test_lines_that_arrive_together_are_one_delivery_of_the_supplier():
    together = pd.concat([orders(("P", "2024-05-01"), sku=f"S{k}").assign(line_number=str(k)) for k in range(50)])
    got = receipts(*[("P", "2024-05-31", 10) for _ in range(50)])
    got["line_number"] = [str(k) for k in range(50)]
    all_terms = pd.concat([terms("A"), *[terms(f"S{k}") for k in range(50)]])

    assert mean_of(fit(together, got, all_terms)) == pytest.approx(10 + 20 / 9, abs=0.01)


def test_the_newest_valid_terms_count():
    changed = pd.concat(
        [
            terms(lead_time_days=10),
            terms(lead_time_days=20, valid_from="2024-06-01"),
            terms(lead_time_days=30, valid_from="2024-07-01"),
        ]
    )

    assert mean_of(fit(supply_terms=changed)) == pytest.approx(20, abs=0.01)


def test_items_and_suppliers_without_terms_get_the_usual_lead_time():
    lead_times = fit(supply_terms=pd.concat([terms("A", lead_time_days=7), terms("B", "slow", lead_time_days=30)]))

    assert mean_of(lead_times, sku="new") == pytest.approx(7, abs=0.01)
    assert mean_of(lead_times, sku="new", supplier="slow") == pytest.approx(30, abs=0.01)
    assert mean_of(lead_times, sku="new", supplier="nobody") in (
        pytest.approx(7, abs=0.01),
        pytest.approx(30, abs=0.01),
    )


def test_a_company_without_terms_or_orders_still_has_lead_times():
    assert mean_of(fit(supply_terms=terms().iloc[:0])) > 0


def test_row_order_does_not_matter():
    po, got = arrived(12, 20)
    both = pd.concat([terms("A"), terms("B")])
    one = fit(po, got, both)
    other = fit(po[::-1], got.sample(frac=1, random_state=1), both[::-1])

    pd.testing.assert_frame_equal(one.frame, other.frame)
    np.testing.assert_array_equal(one.pmf, other.pmf)


def test_recent_receipts_count_for_more_than_old_ones():
    old, new = arrived(20, 10, prefix="O", first="2023-02-01"), arrived(20, 30, prefix="N", first="2024-05-01")
    both = pd.concat([old[0], new[0]]), pd.concat([old[1], new[1]])

    recent, even = mean_of(fit(*both)), mean_of(fit(*both, half_life_days=1e9))

    assert even == pytest.approx(mean_of(fit(*both, half_life_days=1e8)), abs=1e-3)
    assert recent > even + 5


def test_receipts_that_are_all_old_still_count_by_their_number():
    old, new = arrived(8, 20, first="2023-02-01"), arrived(8, 20, first="2024-05-01")

    assert mean_of(fit(*old)) == pytest.approx(mean_of(fit(*new)), abs=1e-2)


def test_what_other_suppliers_declare_and_do_moves_what_a_new_one_declares():
    many = [arrived(20, 15, supplier=f"S{k}", sku=f"K{k}", prefix=f"P{k}-") for k in range(12)]
    all_terms = pd.concat([terms(f"K{k}", f"S{k}") for k in range(12)] + [terms("A", "new", lead_time_days=40)])

    lead_times = fit(pd.concat([po for po, _ in many]), pd.concat([got for _, got in many]), all_terms)

    assert 52 < mean_of(lead_times, supplier="new") < 60
    source = lead_times.for_items(item(supplier="new")).source[0]
    assert source == "declared, 40 days, as borne out by 240 receipts of other suppliers"


def test_one_other_supplier_counts_less_than_what_is_declared_however_often_it_delivered():
    po, got = arrived(150, 20, supplier="other", sku="B")

    lead_times = fit(po, got, pd.concat([terms("A"), terms("B", "other")]))

    assert 10.5 < mean_of(lead_times) < 15


def test_few_arrivals_speak_for_the_days_around_them_and_a_steady_supplier_is_not_smeared():
    steady, unsteady = (
        pd.concat(parts)
        for parts in zip(*[arrived(4, days, prefix=f"P{days}-") for days in (20, 24, 28, 32)], strict=True)
    )
    certain = terms(lead_time_days=20, lead_time_sd_days=0)

    spread = fit(steady, unsteady, certain).for_items(item())
    same = fit(*arrived(16, 20), certain).for_items(item())

    assert spread.pmf[0, 22] > 0.01
    assert same.pmf[0, 20] == pytest.approx(1.0)


def test_an_order_without_a_promise_is_not_forgotten_while_others_took_as_long():
    po, got = arrived(30, 100, first="2023-10-01")
    waiting = orders(("W", AS_OF - pd.Timedelta(days=120)))

    lead_times = fit(pd.concat([po, waiting]), got)

    assert lead_times.ignored.empty
    assert lead_times.for_items(item()).open_used[0] == 1
