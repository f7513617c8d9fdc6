import datetime as dt

import numpy as np
import pandas as pd
import pytest

from benchmarks.lead_times.data import known_on
from benchmarks.lead_times.methods import DAYS, empirical, normal, point, samples_by, still_open
from benchmarks.lead_times.scores import figures, scores

TODAY = dt.date(2012, 6, 30)


def lines(*rows):
    """Rows of (order number, ordered on, scheduled, received)."""
    frame = pd.DataFrame(list(rows), columns=["order_number", "ordered_on", "expected_on", "received_on"])
    for name in ("ordered_on", "expected_on", "received_on"):
        frame[name] = pd.to_datetime(frame[name])
    names = {"supplier": "acme", "sku": "A", "location": "Chad", "ordered_units": 10.0}
    lead_days = (frame["received_on"] - frame["ordered_on"]).dt.days
    return frame.assign(line_number=frame["order_number"], lead_days=lead_days, **names)


def test_nothing_later_than_the_day_is_known():
    known = known_on(
        lines(
            ("past", "2012-01-01", "2012-02-01", "2012-02-03"),
            ("open", "2012-05-01", "2012-06-20", "2012-07-01"),
            ("next", "2012-07-01", "2012-08-01", "2012-08-01"),
        ),
        TODAY,
        with_promises=True,
    )

    assert known.purchase_orders["order_number"].tolist() == ["past", "open"]
    assert known.receipts["order_number"].tolist() == ["past"]
    assert known.received["lead_days"].tolist() == [33]
    assert known.open["order_number"].tolist() == ["open"]
    assert "received_on" not in known.open
    assert known.supply_terms["lead_time_days"].tolist() == [31]


def test_promises_are_withheld_where_they_are_not_to_be_known():
    known = known_on(lines(("past", "2012-01-01", "2012-02-01", "2012-02-03")), TODAY, with_promises=False)

    assert known.purchase_orders["expected_on"].isna().all()


def test_the_score_of_a_point_is_its_distance():
    found = scores(point(np.array([10])), np.array([14])).iloc[0]

    assert found["crps"] == pytest.approx(4)
    assert found["pinball"] == pytest.approx(4 / 2)


def test_draws_from_the_prediction_are_covered_as_told():
    rng = np.random.default_rng(1)
    pmf = np.zeros((1, DAYS))
    pmf[0, [3, 5, 40]] = [0.2, 0.5, 0.3]
    drawn = rng.choice([3, 5, 40], 4000, p=[0.2, 0.5, 0.3])

    found = scores(np.repeat(pmf, len(drawn), axis=0), drawn).mean()

    assert [found[f"{level:g}"] for level in (0.05, 0.25, 0.5, 0.75, 0.9, 0.95)] == pytest.approx(
        [0.05, 0.25, 0.5, 0.75, 0.9, 0.95], abs=0.03
    )


def test_few_receipts_of_a_vendor_are_replaced_by_those_of_all():
    received = pd.DataFrame({"supplier": ["a"] * 8 + ["b"] * 2, "location": "Chad"})
    values = pd.Series([5.0] * 8 + [50.0] * 2)
    wanted = pd.DataFrame({"supplier": ["a", "b"], "location": "Chad"})

    own, pooled = samples_by(received, values, wanted, [["supplier"]])

    assert own.tolist() == [5.0] * 8
    assert len(pooled) == 10


def test_plain_methods_are_distributions_also_of_open_orders():
    samples = [np.array([1.0, 5.0, 9.0]), np.array([30.0])]
    for pmf in (empirical(samples, np.array([0, 3])), normal(samples, np.array([0, 3]))):
        rest = still_open(pmf, np.array([6, 100]))
        assert pmf.sum(axis=1) == pytest.approx([1, 1])
        assert rest.sum(axis=1) == pytest.approx([1, 1])
        assert rest[0, :7].sum() == 0
        assert rest[1, :101].sum() == 0


def test_an_order_weighs_as_much_as_another_however_many_lines_it_has():
    scored = scores(point(np.array([0, 0, 0])), np.array([10, 10, 40])).assign(
        method="ours", order_number=["two lines", "two lines", "one"]
    )

    assert figures(scored, "ours")["methods"]["ours"]["crps_days"] == pytest.approx(25)
