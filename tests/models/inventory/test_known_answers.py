"""Cases of known_answers.json that one function answers, product code or oracle; each names its source."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array

from models.inventory.constraints.program import Containers, Program, SharedOrders
from models.inventory.constraints.solving import solve
from models.inventory.ordering.classical import order_units
from tests.oracles.fair_share import fair_share_normal
from tests.oracles.lost_sales import lost_sales_order

CASES = json.loads((Path(__file__).parent / "known_answers.json").read_text())


def dense(pmf):
    """Probabilities of 0, 1, 2, ... units from those of named numbers of units."""
    probabilities = np.zeros(max(map(int, pmf)) + 1)
    for units, probability in pmf.items():
        probabilities[int(units)] += probability
    return probabilities


def lost_sales(daily_demand_pmf, receipts_at_start_of_day, **inputs):
    receipts = {int(day): units for day, units in receipts_at_start_of_day.items()}
    found = lost_sales_order(daily_demand_pmf=dense(daily_demand_pmf), receipts_at_start_of_day=receipts, **inputs)
    return vars(found)


def orders_under_a_budget(budget, items, rule):
    """Gain of the k-th unit = margin P(D >= k) - holding P(D < k)."""
    gains = []
    for row in items:
        below = np.cumsum(dense(row["demand_pmf"]))[:-1]
        gains.append(np.concatenate([[0.0], np.cumsum(row["margin"] * (1 - below) - row["holding"] * below)]))
    unit_cost = np.array([row["unit_cost"] for row in items], dtype=float)
    item = np.repeat(np.arange(len(items)), [len(gain) for gain in gains])
    units = np.concatenate([np.arange(len(gain), dtype=float) for gain in gains])
    nothing, none = np.zeros(len(units)), np.zeros(1)
    program = Program(
        item=item,
        cost=-np.concatenate(gains),
        orders_nothing=units == 0,
        order=np.zeros(len(items), dtype=np.int64),
        orders=SharedOrders(none, none, np.full(1, np.inf)),
        measure=nothing,
        freight=nothing,
        volume_m3=nothing,
        weight_kg=nothing,
        containers=Containers(none[:0], none[:0], none[:0], none[:0].astype(np.int64), np.full(len(items), -1)),
        uses=csr_array((units * unit_cost[item])[None, :]),
        amounts=np.array([float(budget)]),
    )
    choice = solve(program).choice
    return {
        "order_units": dict(zip([row["id"] for row in items], units[choice].tolist(), strict=True)),
        "expected_gain": -program.cost[choice].sum(),
        "spend": (units[choice] * unit_cost).sum(),
    }


ANSWERS = {
    "best orders under a budget (exhaustive optimum)": orders_under_a_budget,
    "fair share of scarce stock, equal stockout probability": lambda **i: vars(fair_share_normal(**i)),
    "lost sales: project stock to the arrival, then fill the delivery window": lost_sales,
    "minimum, multiple and policy": lambda **i: {"order_units": order_units(**i)},
}


@pytest.mark.parametrize("case", [case for case in CASES if case["topic"] in ANSWERS], ids=lambda case: case["id"])
def test_function_gives_the_known_answer(case):
    answer = ANSWERS[case["topic"]](**case["inputs"])

    for name, expected in case["expected"].items():
        pairs = expected if isinstance(expected, dict) else {name: expected}
        found = answer[name] if isinstance(expected, dict) else answer
        for key, value in pairs.items():
            np.testing.assert_allclose(
                found[key], value, rtol=max(case["relative_tolerance"], 1e-12), atol=1e-12, err_msg=name
            )
