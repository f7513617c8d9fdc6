import datetime as dt

import numpy as np
import pandas as pd
import pytest

from features.segments import abc_classes, adi_cv2, coefficient_of_variation, item_summary, segment, xyz_classes
from tests.features.factories import AS_OF, cases, demand_lines, history, items


@pytest.mark.parametrize("case", cases("adi-cv2"), ids=lambda case: case["id"])
def test_kinds_of_demand_are_the_known_answers(case):
    adi, cv2, kind = adi_cv2(np.array(case["inputs"]["demand"], dtype=float))

    assert adi[0] == pytest.approx(case["expected"]["adi"], rel=case["relative_tolerance"])
    assert cv2[0] == pytest.approx(case["expected"]["cv2"], rel=case["relative_tolerance"])
    assert kind[0] == case["expected"]["category"]


def test_unknown_periods_are_left_out_of_the_interval():
    adi, _, kind = adi_cv2(np.array([[1.0, np.nan, np.nan, 1.0], [0, 0, 0, np.nan]]))

    assert adi.tolist() == [1.0, np.inf]
    assert kind.tolist() == ["smooth", "none"]


def test_erratic_is_frequent_and_uneven():
    assert adi_cv2(np.array([1.0, 1, 1, 1, 1, 1, 1, 20]))[2].tolist() == ["erratic"]


def test_abc_is_by_cumulative_revenue():
    assert abc_classes([10.0, 70, 0, 5, 15, -3]).tolist() == ["B", "A", "C", "C", "A", "C"]
    assert abc_classes([100.0]).tolist() == ["A"]
    assert abc_classes([0.0, 0.0]).tolist() == ["C", "C"]


def test_xyz_is_by_the_coefficient_of_variation():
    units = [[10.0, 10, 12, np.nan], [10, 0, 10, 5], [0, 0, 0, 0], [0, 0, 0, 9]]

    assert xyz_classes(coefficient_of_variation(units)).tolist() == ["X", "Y", "Z", "Z"]


def test_classes_are_company_wide_whatever_the_buckets():
    lines = demand_lines(
        {"sku": "A", "units": 80.0}, {"sku": "B", "units": 15.0}, {"sku": "C", "units": 5.0, "order_type": "wholesale"}
    )
    whole = item_summary(history(lines, items("A", "B", "C")), lines, AS_OF)
    parts = [item_summary(history(lines, items(sku)), lines, AS_OF) for sku in "CAB"]

    together, apart = segment(whole), segment(pd.concat(parts))

    pd.testing.assert_frame_equal(together, apart)
    assert together["abc"].tolist() == ["A", "B", "C"]


def test_what_came_after_the_date_does_not_move_a_class():
    early = demand_lines({"date": "2026-03-23", "units": 2.0}, {"date": "2026-03-25", "units": 2.0})
    late = demand_lines({"date": "2026-03-23", "units": 2.0}, {"date": "2026-03-25", "units": 2.0}, {"units": 99.0})
    day = dt.date(2026, 3, 29)

    summaries = [item_summary(history(lines, bulk_dampening=False), lines, day) for lines in (early, late)]

    pd.testing.assert_frame_equal(*summaries)
    assert summaries[0]["adi"].tolist() == [3.5]


def test_an_empty_bucket_has_no_classes():
    assert segment(item_summary(history(demand_lines({}), items()), demand_lines({}), AS_OF)).empty


def test_revenue_is_that_of_the_last_365_days():
    lines = demand_lines({"date": "2025-03-31", "units": 9.0}, {"date": "2025-04-01", "units": 2.0})

    assert item_summary(history(lines), lines, AS_OF)["revenue_base"].tolist() == [20.0]


def test_weekly_variation_is_over_whole_weeks_of_life():
    rows = [{"date": day, "units": 3.0 if day.dayofweek == 0 else 0.0} for day in pd.date_range("2026-02-01", AS_OF)]

    summary = item_summary(history(demand_lines(*rows), history_days=365), demand_lines(*rows), AS_OF)

    assert summary["weekly_cv"].tolist() == [0.0]
    assert summary["units_per_week"].tolist() == [3.0]
