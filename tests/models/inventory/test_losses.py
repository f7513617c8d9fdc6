import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from models.inventory.losses import (
    discrete_loss,
    gamma_loss,
    inverse_standard_normal_loss,
    normal_loss,
    poisson_loss,
    standard_normal_loss,
    standard_normal_second_loss,
)

levels = st.floats(-50, 200)


def integrated(survival, level, upper):
    """E[(D - level)+] as the integral of P(D > x)."""
    return integrate.quad(survival, level, upper, limit=400, epsabs=1e-13, epsrel=1e-11)[0]


@settings(max_examples=60, deadline=None)
@given(st.floats(-8, 8))
def test_standard_normal_losses_are_integrals(z):
    assert standard_normal_loss(z) == pytest.approx(integrated(stats.norm.sf, z, 40), rel=1e-8)
    assert standard_normal_second_loss(z) == pytest.approx(integrated(standard_normal_loss, z, 40), rel=1e-7)


@settings(max_examples=200, deadline=None)
@given(st.floats(-1000, 30))
def test_the_inverse_finds_the_safety_factor_again(z):
    assert inverse_standard_normal_loss(standard_normal_loss(z)) == pytest.approx(z, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("loss", [0.0, -1.0])
def test_a_loss_of_zero_has_no_safety_factor(loss):
    with pytest.raises(ValueError, match="no safety factor"):
        inverse_standard_normal_loss(loss)


@settings(max_examples=60, deadline=None)
@given(levels, st.floats(0.01, 60))
def test_poisson_loss_is_the_sum_over_demand(level, mean):
    demand = np.arange(0, int(mean + 40 * mean**0.5 + 60))
    written_out = discrete_loss(level, demand, stats.poisson.pmf(demand, mean))

    found = poisson_loss(level, mean)

    assert found.expected_shortage == pytest.approx(written_out.expected_shortage, rel=1e-9, abs=1e-10)
    assert found.expected_leftover == pytest.approx(written_out.expected_leftover, rel=1e-9, abs=1e-10)


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 60), st.floats(0.3, 20), st.floats(0.1, 10))
def test_gamma_loss_is_the_integral(level, shape, scale):
    upper = stats.gamma.isf(1e-16, shape, scale=scale)
    short = integrated(lambda x: stats.gamma.sf(x, shape, scale=scale), level, max(upper, level))

    assert gamma_loss(level, shape, scale).expected_shortage == pytest.approx(short, rel=1e-6, abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(levels, st.floats(0.01, 100), st.floats(0, 30))
def test_leftover_less_shortage_is_level_less_mean(level, mean, sd):
    for loss in (normal_loss(level, mean, sd), poisson_loss(level, mean), gamma_loss(level, 2.0, mean / 2)):
        assert loss.expected_shortage >= 0
        assert loss.expected_leftover >= 0
        difference = float(loss.expected_leftover - loss.expected_shortage)
        assert difference == pytest.approx(level - mean, rel=1e-9, abs=1e-9)


def test_demand_that_is_known_loses_the_plain_difference():
    assert normal_loss(5, mean=8, sd=0).expected_shortage == 3
    assert normal_loss(5, mean=2, sd=0).expected_leftover == 3
    assert poisson_loss(4, mean=0).expected_leftover == 4


def test_losses_are_vectorised():
    assert normal_loss([1.0, 2.0], mean=1.5, sd=[0.0, 1.0]).expected_shortage.shape == (2,)
    assert poisson_loss(np.arange(3.0)[:, None], np.arange(1.0, 5.0)).expected_shortage.shape == (3, 4)


def test_a_far_tail_keeps_its_precision():
    """G(10) = 7.474560254589328e-25 by 60-digit arithmetic."""
    assert standard_normal_loss(10.0) == pytest.approx(7.474560254589328e-25, rel=1e-12)
