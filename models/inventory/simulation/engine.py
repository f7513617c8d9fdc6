"""The simulator: all items at once, period by period.

Source: order of events and rules of honesty, docs/method.md, Simulation.
"""

import functools
from collections.abc import Mapping

import numpy as np

from features.arrays import Flags, Floats, Ints
from models.inventory.simulation.ledger import Ledger, Tally
from models.inventory.simulation.pipeline import Pipeline
from models.inventory.simulation.policies import RecordedOrders
from models.inventory.simulation.stock import SimulatedStock
from models.inventory.simulation.world import Policy, State, World, by_period
from models.inventory.terms.rounding import round_up


def simulate(world: World, policy: Policy | RecordedOrders) -> Ledger:
    """What the policy does to the world, counted over `world.scored`.

    Raises
    ------
    ValueError: the policy orders negative or unknown units, or not one number an item.
    """
    return run_policy(world, policy, {"scored": world.scored})["scored"]


def run_policy(world: World, policy: Policy | RecordedOrders, masks: Mapping[str, Flags]) -> dict[str, Ledger]:
    """One run, counted over several sets of periods: with and without those of unknown demand, say.

    Parameters
    ----------
    world, policy: what is simulated.
    masks: by name, (I, T) the periods counted instead of `world.scored`.

    Returns
    -------
    A ledger for each mask.

    Raises
    ------
    ValueError: as `simulate`, or a mask is not of the demand's shape.
    """
    for name, mask in masks.items():
        if mask.shape != world.demand.shape:
            raise ValueError(f'mask "{name}" has shape {mask.shape}; the demand has {world.demand.shape}')
    tallies = {name: Tally(mask) for name, mask in masks.items()}
    demand, landing = by_period(world.demand), by_period(_coming(world, policy))
    stock, pipeline = SimulatedStock(world), Pipeline(world)
    for day in range(world.periods):
        received = landing[day] + pipeline.due(day)
        pipeline.on_order -= received
        amounts = stock.advance(received, demand[day])
        for tally in tallies.values():
            tally.add(day, **amounts)
        units = _decided(world, policy, day, stock, pipeline)
        pipeline.on_order += units
        for tally in tallies.values():
            tally.add(day, orders=(units > 0).astype(np.float64), ordered_units=units)
    return {
        name: tally.close(world, stock.on_hand, stock.backorders, pipeline.on_order) for name, tally in tallies.items()
    }


def _added(some: Floats, others: Floats) -> Floats:
    """The sum of two arrays of the same rows, as wide as the wider."""
    total = np.zeros((len(some), max(some.shape[1], others.shape[1])))
    total[:, : some.shape[1]] += some
    total[:, : others.shape[1]] += others
    return total


def _coming(world: World, policy: Policy | RecordedOrders) -> Floats:
    """(I, T or more) units that come whatever is decided."""
    if isinstance(policy, RecordedOrders):
        return _added(world.initial_arrivals, policy.arrivals)
    return world.initial_arrivals


def _decided(
    world: World, policy: Policy | RecordedOrders, day: int, stock: SimulatedStock, pipeline: Pipeline
) -> Floats:
    """(I,) units ordered at the end of a period, on their way from now on."""
    if isinstance(policy, RecordedOrders):
        return policy.orders[:, day]
    rows = np.flatnonzero(world.can_order[:, day])
    units = np.zeros(len(world))
    if len(rows):
        seen = State(
            day,
            _sealed(stock.on_hand),
            _sealed(stock.backorders),
            _sealed(pipeline.on_order),
            functools.partial(pipeline.open_orders, day),
        )
        units[rows] = _deliverable(policy.orders(day, seen), rows, world, day)
        pipeline.place(day, units)
    return units


def _deliverable(wanted: Floats, rows: Ints, world: World, day: int) -> Floats:
    """Wanted units of some items in whole packs, minimums met."""
    if np.shape(wanted) != (len(world),):
        raise ValueError(f"period {day}: the policy's orders have shape {np.shape(wanted)}, not ({len(world)},)")
    asked = np.asarray(wanted, dtype=np.float64)[rows]
    if not (np.isfinite(asked).all() and (asked >= 0).all()):
        raise ValueError(f"period {day}: the policy orders negative or unknown units")
    units = np.zeros(len(rows))
    some = np.flatnonzero(asked)
    units[some] = round_up(asked[some], world.pack[rows[some]], world.minimum_order[rows[some]])
    return units


def _sealed(values: Floats) -> Floats:
    """The array as it is now, not to be written to."""
    kept = values.copy()
    kept.flags.writeable = False
    return kept
