"""Order options: for every item that could be ordered now, what each quantity costs, and which one is chosen."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.arrays import Floats, Ints
from models.inventory.costs.decision_costs import DecisionCosts
from models.inventory.ordering.cost_curve import CostCurve
from models.inventory.ordering.order_sizes import order_maximum
from models.inventory.position.outlook import DailyMeans
from models.inventory.position.state import InventoryState
from models.inventory.position.stock_flow import inflow_by_day
from models.inventory.terms.columns import days, numbers, texts
from models.inventory.terms.decision_rules import DecisionRules
from models.inventory.terms.money_rounding import line_values
from models.inventory.terms.order_limits import packs_down
from models.inventory.terms.price_breaks import order_unit_cost, parse_price_breaks
from models.inventory.terms.supply_terms import SUPPLIER

_STEPS = np.array([-8.0, -4.0, -2.0, -1.0, 0.0, 1.0, 2.0, 4.0])
_LONGEST_DAYS = 3650.0
COLUMNS = (
    "sku", "location", "supplier", "currency", "rate_to_base", "category", "order_units", "order_value",
    "order_value_base", "volume_m3", "weight_kg", "lost_units", "leftover_units", "expected_cost_base", "is_chosen",
    "is_required", "placed_on", "expected_on", "minimum_order_units", "pack_units", "days_of_supply_after",
    "lasts_until", "money_at_stake", "next_placed_on", "daily_demand", "holding_per_unit_day",
    "most_units",
)  # fmt: skip


@dataclass(frozen=True)
class OrderSizes:
    """What was decided about each item, arrays (items,).

    Attributes
    ----------
    order: units suggested.
    required: units that a person's minimum stock or a service target asks for at least.
    wanted: units suggested, and of a line that waits what it would order.
    """

    order: Floats
    required: Floats
    wanted: Floats


@dataclass(frozen=True)
class _Choice(OrderSizes):
    """The same with `most`, the largest order that the item's own limits allow."""

    most: Floats


def _largest_order(
    state: InventoryState, curve: CostCurve, sellable: Floats, means: DailyMeans, rules: DecisionRules
) -> Floats:
    """(items,) units: the largest whole order within the item's own maximums, what still sells, and no overstock.

    It is what an order may be raised to for the sake of others: never beyond `overstock_days` of supply, and nothing of
    what has not sold for `dead_stock_days`. What an item wants for itself may be more.
    """
    covered = rules.overstock_days / curve.days_per_unit
    most = np.minimum(np.minimum(order_maximum(state, "maximum_stock"), sellable), covered)
    room = np.maximum(most - np.nan_to_num(state.position), 0.0)
    today = np.datetime64(state.as_of, "D")
    sold = days(state.items, "last_sale_on")
    unsold = np.isnat(sold) | ((today - sold).astype("float64") > rules.dead_stock_days)
    has_demand = ~unsold if "last_sale_on" in state.items.columns else state.daily_demand > 0
    has_demand &= ~(means.days_of_supply(state.stock.available) > rules.overstock_days)
    limit = np.minimum(order_maximum(state, "maximum_order"), np.where(has_demand, room, 0.0))
    return packs_down(limit, curve.pack)


def order_options(
    state: InventoryState,
    curve: CostCurve,
    costs: DecisionCosts,
    sizes: OrderSizes,
    means: DailyMeans,
    rules: DecisionRules,
) -> pd.DataFrame:
    """What each quantity costs, for every item that could be ordered now from a supplier.

    Parameters
    ----------
    state, curve, costs: of the same items.
    sizes: what was decided about the same items.
    means: mean demand by day.
    rules: the company's.

    Returns
    -------
    Columns `COLUMNS`; one row per item and quantity, sorted by sku, location and order_units: 0, the smallest order,
    the chosen one with a pack less and more, quantities around it and at every price break within the item's own
    limits; for an item that needs nothing now, around the quantity that it will need next. `order_value` in the
    terms' currency, with price breaks; `lost_units`, `leftover_units` expected in the window; `expected_cost_base` see
    `cost_curve`; `money_at_stake` is the expected cost of ordering nothing less that of the row. `is_chosen` marks the
    suggestion; `is_required` the smallest quantity that a person's minimum stock or a service target allows, where
    there is one.
    """
    sellable = np.fmin(costs.sellable_before_end, costs.sellable_before_expiry)
    most = _largest_order(state, curve, sellable, means, rules)
    choice = _Choice(sizes.order, sizes.required, sizes.wanted, most)
    inflow, is_lost = inflow_by_day(state, means), rules.unmet_demand == "lost"
    able = (
        (state.terms["source"] == SUPPLIER).to_numpy(dtype=bool)
        & state.stock.known
        & state.calendar.orderable
        & ~state.parameters["do_not_order"].to_numpy(dtype=bool)
    )
    rows = np.flatnonzero(able)
    units = _quantities(curve.take(rows), choice, rows)
    parts = [
        _priced(state, curve, choice, means, inflow, rows[some], units[some, place], is_lost=is_lost)
        for place in range(units.shape[1])
        if len(some := np.flatnonzero(np.isfinite(units[:, place]))) or place == 0
    ]
    frame = pd.concat(parts, ignore_index=True).sort_values(["_row", "order_units"], kind="stable", ignore_index=True)
    nothing = frame["_row"].map(frame[frame["order_units"] == 0].set_index("_row")["expected_cost_base"])
    return frame.assign(money_at_stake=nothing - frame["expected_cost_base"])[list(COLUMNS)]


def _quantities(curve: CostCurve, choice: _Choice, rows: Ints) -> Floats:
    """(rows, quantities) candidates, each once, NaN where there are fewer."""
    pack, least = curve.pack, curve.smallest_order()
    wanted = choice.wanted[rows]
    most = np.maximum(choice.most[rows], wanted)
    centre = np.where(wanted > 0, wanted, np.maximum(curve.next_quantity(), least))
    wide = np.maximum(np.rint(centre / pack / 12), 1.0)[:, None]
    steps = np.where(np.abs(_STEPS) <= 1, _STEPS, _STEPS * wide)
    around = centre[:, None] + steps * pack[:, None]
    tried = np.column_stack([least, choice.required[rows], around, _at_breaks(curve, most)])
    tried[(tried < least[:, None] - 1e-9) | (tried > most[:, None] + 1e-9) | (tried <= 0)] = np.nan
    tried = np.sort(np.column_stack([np.zeros(len(rows)), tried]), axis=1)
    tried[:, 1:][np.diff(tried, axis=1) < 1e-9] = np.nan
    return np.asarray(tried)


def _at_breaks(curve: CostCurve, most: Floats) -> Floats:
    """(items, breaks) whole packs at each price break up to `most`, NaN where there are fewer."""
    offered = [
        np.ceil(np.array(parse_price_breaks(text).quantities) / pack - 1e-9) * pack
        if isinstance(text, str) and text.strip()
        else np.empty(0)
        for text, pack in zip(curve.price_breaks, curve.pack, strict=True)
    ]
    useful = [found[found <= units + 1e-9] for found, units in zip(offered, most, strict=True)]
    breaks = np.full((len(most), max((len(found) for found in useful), default=0)), np.nan)
    for row, found in enumerate(useful):
        breaks[row, : len(found)] = found
    return breaks


def _priced(
    state: InventoryState,
    curve: CostCurve,
    choice: _Choice,
    means: DailyMeans,
    inflow: Floats,
    rows: Ints,
    units: Floats,
    *,
    is_lost: bool,
) -> pd.DataFrame:
    """One quantity of each of some items."""
    part, terms = curve.take(rows), state.terms.iloc[rows]
    lost = part.lost(units)
    cost = order_unit_cost(units, part.unit_cost, part.price_breaks.tolist())
    currency = texts(terms, "currency")
    value = line_values(units, cost, currency.tolist())
    some = DailyMeans(means.cumulative[rows], means.tail_rate[rows])
    arrives = np.where(units > 0, state.offset(state.calendar.expected_on)[rows], 0)
    available = state.stock.available[rows]
    lasting = some.lasting_days(available, inflow[rows], units, arrives, is_lost=is_lost)
    volume, weight = (numbers(state.items, name)[rows] for name in ("volume_m3", "weight_kg"))
    required = choice.required[rows]
    return pd.DataFrame(
        {
            "_row": rows,
            "sku": state.items["sku"].to_numpy(dtype=object)[rows],
            "location": state.items["location"].to_numpy(dtype=object)[rows],
            "supplier": texts(terms, "supplier"),
            "currency": currency,
            "rate_to_base": part.rate,
            "category": texts(state.items, "category")[rows],
            "order_units": units,
            "order_value": value,
            "order_value_base": value * part.rate,
            "volume_m3": units * volume,
            "weight_kg": units * weight,
            "lost_units": lost,
            "leftover_units": part.leftover(units, lost),
            "expected_cost_base": part.cost(units, lost),
            "is_chosen": units == choice.order[rows],
            "is_required": (required > 0) & (units == required),
            "placed_on": state.calendar.placed_on[rows].astype("datetime64[ns]"),
            "expected_on": state.calendar.expected_on[rows].astype("datetime64[ns]"),
            "minimum_order_units": part.minimum,
            "pack_units": part.pack,
            "days_of_supply_after": np.minimum(some.days_of_supply(state.position[rows] + units), _LONGEST_DAYS),
            "lasts_until": state.day_after(lasting, _LONGEST_DAYS),
            "next_placed_on": state.calendar.next_placed_on[rows].astype("datetime64[ns]"),
            "daily_demand": state.daily_demand[rows],
            "holding_per_unit_day": part.holding_per_unit_day,
            "most_units": np.maximum(choice.most[rows], choice.wanted[rows]),
        }
    )
