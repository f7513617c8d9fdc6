"""Cost curves of one item for tests: empty or stocked, lost sales, Poisson demand from the order's arrival on."""

import numpy as np

from models.inventory.costs.write_offs import WriteOffs
from models.inventory.ordering.cost_curve import CostCurve
from models.inventory.position.absorption import LONGEST_DAYS, Absorption
from models.inventory.position.backlog import Backlog, Landings
from models.inventory.position.projection import Projection
from tests.models.inventory.company import demand, item


def one(value):
    return np.array([float(value)])


def curve(
    *,
    rate=14.0,
    stock=0.0,
    level=None,
    underage=4.0,
    overage=0.05,
    holding=0.01,
    daily=2.0,
    fixed=0.0,
    pack=1.0,
    minimum=0.0,
    batch=None,
    revision=0.0,
    dispersion=1.0,
    unit_cost=6.0,
    price_breaks=None,
    economic_cost=None,
    demand_ratio=np.nan,
    waits=False,
):
    """Nothing happens before the arrival; the window's demand is a count of mean `rate`."""
    paths = np.zeros((1, 4))
    projection = Projection(
        net=paths,
        lowest=paths,
        window_rate=paths + rate,
        window_inflow=paths,
        relief=paths,
        window_sample=paths + rate,
        dispersion=one(dispersion),
        unit_step=one(1),
    )
    total = demand([item()], rate / 7.0, dispersion=dispersion).interval(1, 7)
    before, none = demand([item()], 0.0).interval(1, 7), np.zeros(0, dtype=np.int64)
    steady = Absorption.of(daily * np.arange(1.0, LONGEST_DAYS + 1)[None, :], one(0), one(1) > 0, one(0) > 0)
    return CostCurve(
        window=Backlog(before, total, one(0), Landings(none, total.take(none), one(0)[none], one(0)[none]))
        if waits
        else projection,
        absorption=steady,
        usual=steady,
        stock=one(stock),
        sold_until_end=one(np.inf),
        level=one(rate if level is None else level),
        reach_demand=one(rate),
        revision_sd=one(revision),
        underage=one(underage),
        overage=one(overage),
        holding_per_unit_day=one(holding),
        days_per_unit=one(1 / daily),
        fixed_cost=one(fixed),
        batch=one(pack if batch is None else batch),
        pack=one(pack),
        minimum=one(minimum),
        unit_cost=one(unit_cost),
        rate=one(1),
        price_breaks=np.array([price_breaks], dtype=object),
        economic_cost=one(unit_cost if economic_cost is None else economic_cost),
        write_offs=WriteOffs(one(demand_ratio), one(0), one(unit_cost)),
    )
