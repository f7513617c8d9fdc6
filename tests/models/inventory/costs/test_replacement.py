"""What saving a sale is worth: a unit sold now is missed in the next window."""

import numpy as np
import pytest
from scipy import stats

from models.demand.distribution.counts import CountMixture
from models.inventory.costs.replacement import tie_probability, value_of_saved_sale
from models.inventory.costs.unit_costs import critical_ratio


def counts(mean, dispersion=1.0):
    return CountMixture(np.array([[mean]]), np.array([[1.0]]), np.array([[dispersion]]), np.array([1.0]))


@pytest.mark.parametrize("mean", [0.3, 2.6, 14.0, 60.0])
def test_ties_are_those_of_enumeration(mean):
    chance = stats.poisson.pmf(np.arange(400), mean)

    assert tie_probability(counts(mean)).item() == pytest.approx(np.square(chance).sum(), rel=0.01)


def test_a_saved_sale_is_worth_less_where_the_next_order_cannot_know_of_it():
    saved = value_of_saved_sale(np.array([1.0]), np.array([0.2]), counts(8.0), np.array([14.0]), np.array([7.0]))

    # p = (1 - 0.1) / 2 = 0.45: V = (0.45 - 0.2 x 0.55) / 1.45
    assert saved.item() == pytest.approx(1 - (0.45 - 0.11) / 1.45, abs=0.003)


def test_an_order_that_is_there_at_once_replaces_what_was_sold():
    saved = value_of_saved_sale(np.array([1.0]), np.array([0.2]), counts(8.0), np.array([0.0]), np.array([7.0]))

    assert saved.item() == 1


def simulated_cost(mean, dispersion, ratio, *, items=1500, weeks=50, scenarios=250):
    """Cost a week of orders that fill the window after next to `ratio`, lost sales, two weeks' lead time."""
    rng = np.random.default_rng(7)
    size = mean / (dispersion - 1)

    def drawn(shape):
        return rng.negative_binomial(size, 1 / dispersion, shape).astype(float)

    paths, demand = drawn((scenarios, 3)), drawn((weeks, items))
    stock, coming, after = (np.full(items, np.ceil(mean)) for _ in range(3))
    cost = 0.0
    for week in range(weeks):
        left = np.maximum(stock[:, None] + coming[:, None] - paths[:, 0], 0)
        left = np.maximum(left + after[:, None] - paths[:, 1], 0)
        order = np.maximum(np.quantile(paths[:, 2] - left, ratio, axis=1, method="inverted_cdf"), 0)
        shelf = stock + coming
        sold = np.minimum(shelf, demand[week])
        if week >= 10:
            cost += (demand[week] - sold).sum() + 0.2 * (shelf - sold).sum()
        stock, coming, after = shelf - sold, after, order
    return cost


@pytest.mark.parametrize(("mean", "dispersion"), [(2.6, 1.7), (8.0, 2.0), (25.0, 4.0)])
def test_orders_at_the_lower_ratio_cost_less_where_demand_is_known_exactly(mean, dispersion):
    under, over = np.array([1.0]), np.array([0.2])
    saved = value_of_saved_sale(under, over, counts(mean, dispersion), np.array([14.0]), np.array([7.0]))
    lower = critical_ratio(saved, over).item()

    assert lower < critical_ratio(1.0, 0.2).item()
    assert simulated_cost(mean, dispersion, lower) < simulated_cost(mean, dispersion, 1 / 1.2)
