import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.inventory.lead_times.estimator import declared_pmf, later_than, learned_pmf, trimmed


def kaplan_meier(arrived_days, open_days, width):
    """The estimate written out, for comparison."""
    pmf, surviving = np.zeros(width), 1.0
    for day in range(width):
        at_risk = sum(d >= day for d in arrived_days) + sum(d >= day for d in open_days)
        hazard = sum(d == day for d in arrived_days) / at_risk if at_risk else 0.0
        pmf[day] = surviving * hazard
        surviving *= 1 - hazard
    return pmf


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 20), min_size=1, max_size=30), st.lists(st.integers(0, 20), max_size=10))
def test_without_a_prior_the_estimate_is_kaplan_and_meiers(done, waiting):
    width = 40
    counts = [
        np.bincount(np.array(days, dtype=int), minlength=width)[None, :].astype(float) for days in (done, waiting)
    ]

    pmf = learned_pmf(*counts, declared_pmf(np.array([10.0]), np.array([2.0]), width), 0.0)[0]

    last = max([*done, *waiting])
    np.testing.assert_allclose(pmf[: last + 1], kaplan_meier(done, waiting, last + 1), atol=1e-12)
    assert pmf.sum() == pytest.approx(1)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.integers(0, 60), max_size=30),
    st.lists(st.integers(0, 60), max_size=10),
    st.floats(0, 50),
    st.floats(0, 20),
    st.floats(0, 30),
)
def test_learned_lead_times_are_distributions(done, waiting, mean, sd, weight):
    width = 80
    counts = [
        np.bincount(np.array(days, dtype=int), minlength=width)[None, :].astype(float) for days in (done, waiting)
    ]

    pmf = learned_pmf(*counts, declared_pmf(np.array([mean]), np.array([sd]), width), weight)

    assert (pmf >= 0).all()
    assert pmf.sum() == pytest.approx(1)
    assert trimmed(pmf).sum() == pytest.approx(1)
    age = np.array([len(done)])
    rest = later_than(pmf, age)
    assert rest.sum() == pytest.approx(1)
    assert rest[0, : age[0] + 1].sum() == 0


@settings(max_examples=100, deadline=None)
@given(st.floats(0, 60), st.floats(0, 15))
def test_declared_lead_times_keep_their_mean(mean, sd):
    pmf = declared_pmf(np.array([mean]), np.array([sd]), 800)[0]

    assert pmf.sum() == pytest.approx(1)
    assert pmf @ np.arange(800) == pytest.approx(mean, abs=1e-3 if sd <= 2 * mean else 1.0)
