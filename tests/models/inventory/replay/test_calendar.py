"""The days of a replay: scored weeks, warm-up, reviews and fits on grids that do not move with the end."""

import datetime as dt

import numpy as np
import pytest

from tests.models.inventory.replay.factories import calendar


def test_exactly_the_weeks_asked_for_are_scored():
    on = calendar(weeks=8)

    assert on.days[on.scored].sum() == 56
    assert on.ends[on.scored][0] == np.datetime64("2026-05-04")


def test_the_warm_up_is_at_least_as_long_as_asked():
    on = calendar(weeks=8, warm_up_weeks=5)

    assert (~on.scored).sum() - 1 >= 35


def test_nothing_is_reviewed_on_the_last_day_because_nothing_follows():
    assert calendar().review_days[-1] < dt.date(2026, 6, 28)


def test_a_day_later_most_reviews_and_fits_are_the_same():
    first, later = calendar(), calendar(until=dt.date(2026, 6, 30))

    assert later.review_days[: len(first.review_days)] == first.review_days
    assert later.fit_days[: len(first.fit_days)] == first.fit_days


def test_models_are_fitted_on_rows_up_to_the_review_at_the_latest():
    on = calendar(weeks=26)

    assert (on.fits <= on.ends[on.reviews]).all()
    assert ((on.ends[on.reviews] - on.fits).astype(int) < 56).all()


@pytest.mark.parametrize(("period", "until", "length"), [("week", "2026-06-28", 7), ("month", "2026-06-30", 30)])
def test_longer_periods_are_reviewed_at_their_ends(period, until, length):
    on = calendar(weeks=16, warm_up_weeks=4, until=dt.date.fromisoformat(until), period=period)

    assert on.days[-1] == length
    assert (np.diff(on.reviews) >= 1).all()
    assert len(on.reviews) == len(on.ends) - 1
