"""From the options of the orders and the company's limits to the program that is solved."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, vstack

from features.arrays import Floats, Ints
from models.inventory.constraints.limits import Groups, Limit, budget_limits, container_limits, storage_limits
from models.inventory.constraints.program import TOLERANCE, Containers, Program, SharedOrders, sums
from models.inventory.terms.columns import numbers, texts

_PREFERENCE = 1e-6
"""By so much, in base currency, an item's own suggestion is preferred to what costs the same."""


@dataclass(frozen=True)
class CouplingProblem:
    """The program with what its rows and orders are called.

    Attributes
    ----------
    program: see there; options in the order of `options`.
    options: the options, sorted by sku, location and order_units.
    chosen: (items,) option that each item takes by itself.
    penalty: (N,) part of the program's cost that stands for what a person demands, not for money.
    waived: (orders,) part of the order's cost that makes up for it where nothing is ordered: an order that must be
        raised to its minimum is weighed in money alone.
    limits: of the program's rows.
    orders: one row per shared order: supplier, name, placed_on, next_placed_on, currency (of `measure`), minimum,
        free_from (in it), fixed_base.
    paid: one row per group of containers whose cost is known: scope, name, placed_on.
    """

    program: Program
    options: pd.DataFrame
    chosen: Ints
    penalty: Floats
    waived: Floats
    limits: tuple[Limit, ...]
    orders: pd.DataFrame
    paid: pd.DataFrame


def coupling_problem(
    options: pd.DataFrame,
    suppliers: pd.DataFrame,
    budgets: pd.DataFrame,
    storage_capacity: pd.DataFrame,
    freight: Floats,
    line_cost: float,
    *,
    base_currency: str,
) -> CouplingProblem:
    """The program of the options.

    Parameters
    ----------
    options: see `order_options`, sorted by sku, location, order_units.
    suppliers: canonical, with `*_base` amounts. budgets: see `open_to_buy.budgets`.
    storage_capacity: see the function of that name.
    freight: (N,) freight of each option, base currency.
    line_cost: of handling a line that its item does not want by itself, base currency.
    base_currency: of costs and budgets.
    """
    starts = np.flatnonzero(~options.duplicated(["sku", "location"]).to_numpy())
    item = np.zeros(len(options), dtype=np.int64)
    item[starts[1:]] = 1
    item = np.cumsum(item)
    units = options["order_units"].to_numpy(dtype=np.float64)
    chosen = np.flatnonzero(options["is_chosen"].to_numpy(dtype=bool))
    cost = options["expected_cost_base"].to_numpy(dtype=np.float64)
    other = np.ones(len(options), dtype=bool)
    other[chosen] = False
    # A line for the sake of others is one more line to handle; what waits for its gain takes part with that gain.
    cost = cost + np.where((units > 0) & (units[chosen][item] <= 0), line_cost, 0.0)
    # Where a target and not cost sets the order, moving away from it is no gain.
    cost = np.where(other, np.maximum(cost, cost[chosen][item]) + _PREFERENCE, cost)
    penalty = _penalty(options, item, cost)
    order, orders = _orders(options.iloc[starts], suppliers, base_currency)
    value = _measure(options, orders, order[item])
    nothing = np.flatnonzero(units == 0)
    short = sums(order, value[chosen], len(orders)) < orders["minimum"].to_numpy(dtype=np.float64) * (1 - TOLERANCE)
    beyond_money = (cost + penalty)[nothing] - options["expected_cost_base"].to_numpy(dtype=np.float64)[nothing]
    waived = np.where(short, sums(order, beyond_money, len(orders)), 0.0)
    share = np.divide(units[chosen][item], units, out=np.ones(len(units)), where=units > 0)
    volume, weight = numbers(options, "volume_m3", 0.0), numbers(options, "weight_kg", 0.0)
    boxes, groups, paid = _containers(options.iloc[starts], order, orders)
    listed = [
        *container_limits(volume, weight, groups, chosen, item),
        *budget_limits(options, budgets, base_currency),
        *storage_limits(options, volume, storage_capacity),
    ]
    rows = [csr_array(use[None, :]) for _, use in listed]
    uses = csr_array(vstack(rows, format="csr")) if rows else csr_array((0, len(options)))
    program = Program(
        item=item,
        cost=cost + penalty,
        orders_nothing=units == 0,
        order=order,
        orders=SharedOrders(
            fixed_cost=orders["fixed_base"].to_numpy() * _share_of_fixed(options.iloc[starts], order, orders) + waived,
            minimum=orders["minimum"].to_numpy(dtype=np.float64),
            free_from=orders["free_from"].to_numpy(dtype=np.float64),
        ),
        measure=value,
        freight=np.nan_to_num(freight) * np.minimum(share, 1.0),
        volume_m3=volume,
        weight_kg=weight,
        containers=boxes,
        uses=uses,
        amounts=np.array([max(limit.amount - limit.taken, 0.0) for limit, _ in listed]),
    )
    limits = tuple(limit for limit, _ in listed)
    return CouplingProblem(program, options, chosen, penalty, waived, limits, orders, paid)


def _penalty(options: pd.DataFrame, item: Ints, cost: Floats) -> Floats:
    """What a person demands comes first: each euro short of it weighs more than any saving by that euro.

    It does not make an order reach its minimum: what that is worth is money (`waived`).
    """
    units = options["order_units"].to_numpy(dtype=np.float64)
    asked = np.zeros(item[-1] + 1 if len(item) else 0)
    required = options["is_required"].to_numpy(dtype=bool)
    asked[item[required]] = units[required]
    short = np.maximum(asked[item] - units, 0.0)
    if not short.any():
        return np.zeros(len(units))
    value = options["order_value_base"].to_numpy(dtype=np.float64)
    same = np.diff(item) == 0
    gained, paid = -np.diff(cost)[same], np.diff(value)[same]
    steepest = np.max(np.divide(gained, paid, out=np.zeros(len(paid)), where=paid > 0), initial=0.0)
    unit_value = sums(item, value, len(asked)) / np.maximum(sums(item, units, len(asked)), 1e-9)
    return np.asarray(2 * max(steepest, 1.0) * short * unit_value[item])


def _orders(items: pd.DataFrame, suppliers: pd.DataFrame, base: str) -> tuple[Ints, pd.DataFrame]:
    """Shared order of each item: one per supplier and day of placing; and the orders with their suppliers' terms."""
    key = items[["supplier", "placed_on"]].reset_index(drop=True)
    orders = key.drop_duplicates().sort_values(["supplier", "placed_on"], ignore_index=True)
    number = pd.MultiIndex.from_frame(orders).get_indexer(pd.MultiIndex.from_frame(key)).astype(np.int64)
    next_on = items["next_placed_on"].reset_index(drop=True).groupby(number).min()
    terms = suppliers.drop_duplicates("supplier", keep="last").set_index("supplier").reindex(orders["supplier"])
    minimum, minimum_base = numbers(terms, "minimum_order_value"), numbers(terms, "minimum_order_value_base")
    free, free_base = numbers(terms, "free_freight_from"), numbers(terms, "free_freight_from_base")
    rate = np.divide(minimum_base, minimum, out=np.full(len(orders), np.nan), where=minimum > 0)
    by_free = np.divide(free_base, free, out=np.full(len(orders), np.nan), where=free > 0)
    name = texts(terms, "name")
    return number, orders.assign(
        name=np.where(pd.isna(name), orders["supplier"], name),
        next_placed_on=next_on.to_numpy(),
        currency=np.where(pd.isna(texts(terms, "currency")), base, texts(terms, "currency")),
        rate=np.where(np.isfinite(rate), rate, np.where(np.isfinite(by_free), by_free, 1.0)),
        minimum=np.nan_to_num(minimum),
        free_from=np.where(free > 0, free, np.inf),
        fixed_base=np.nan_to_num(numbers(terms, "fixed_cost_per_order_base")),
        container_m3=numbers(terms, "container_volume_m3"),
        container_kg=numbers(terms, "container_weight_kg"),
        container_cost=numbers(terms, "container_cost_base"),
    )


def _measure(options: pd.DataFrame, orders: pd.DataFrame, order: Ints) -> Floats:
    """(N,) value in the supplier's currency: the line's own where it is that, else converted."""
    own = texts(options, "currency") == orders["currency"].to_numpy(dtype=object)[order]
    base = options["order_value_base"].to_numpy(dtype=np.float64) / orders["rate"].to_numpy()[order]
    return np.nan_to_num(np.where(own, options["order_value"].to_numpy(dtype=np.float64), base))


def _share_of_fixed(items: pd.DataFrame, order: Ints, orders: pd.DataFrame) -> Floats:
    """(orders,) part of an order's fixed cost that waiting one review saves: the review over the joint cycle.

    The joint cycle is the time between orders at which the order's fixed cost and the holding of its items cost least
    together. An order that would go out at every review is saved whole; a rare one is only put off.

    Source: Silver, Pyke & Thomas (2017), section 10.4, for items without fixed costs of their own.
    """
    review = (orders["next_placed_on"] - orders["placed_on"]).dt.days.to_numpy(dtype=np.float64)
    share = np.ones(len(orders))
    daily, holding = numbers(items, "daily_demand", 0.0), numbers(items, "holding_per_unit_day", 0.0)
    for row in np.flatnonzero(orders["fixed_base"].to_numpy() > 0):
        inside = (order == row) & (daily * holding > 0)
        if inside.any():
            held = (holding[inside] * daily[inside]).sum()
            cycle = float(np.sqrt(2 * orders["fixed_base"].iloc[row] / held))
            share[row] = min(review[row] / cycle, 1.0)
    return share


def _containers(items: pd.DataFrame, order: Ints, orders: pd.DataFrame) -> tuple[Containers, Groups, pd.DataFrame]:
    """Containers whose cost is known; the others' groups with what one of them holds; and what the paid are called.

    A container goes to one location. Goods fill it by volume or by weight, whichever is used up first.
    """
    key = pd.DataFrame({"order": order, "location": items["location"].to_numpy(dtype=object)})
    groups = key.drop_duplicates().sort_values(["order", "location"], ignore_index=True)
    of = pd.MultiIndex.from_frame(groups).get_indexer(pd.MultiIndex.from_frame(key)).astype(np.int64)
    terms = orders.iloc[groups["order"].to_numpy()].reset_index(drop=True)
    groups = groups.join(terms[["supplier", "name", "placed_on", "container_m3", "container_kg", "container_cost"]])
    shares = groups.groupby("order")["location"].transform("size").to_numpy()
    groups["scope"] = np.where(shares > 1, groups["supplier"] + ", " + groups["location"], groups["supplier"])
    sized = (groups[["container_m3", "container_kg"]] > 0).any(axis=1).to_numpy(dtype=bool)
    paid = sized & (groups["container_cost"] > 0).to_numpy(dtype=bool)
    number = np.where(paid, np.cumsum(paid) - 1, -1)
    costly = groups[paid]
    boxes = Containers(
        cost=costly["container_cost"].to_numpy(dtype=np.float64),
        volume_m3=costly["container_m3"].fillna(np.inf).to_numpy(dtype=np.float64),
        weight_kg=costly["container_kg"].fillna(np.inf).to_numpy(dtype=np.float64),
        order=costly["order"].to_numpy(dtype=np.int64),
        group=number[of],
    )
    return boxes, (np.where((sized & ~paid)[of], of, -1), groups), costly.reset_index(drop=True)
