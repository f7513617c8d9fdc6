"""Two years of trading, day by day: deliveries, sales capped by stock, returns, new orders and transfers."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from demo.assortment import Assortment
from demo.buying import BuyingRule, SupplyCalendar
from demo.catalogue import CATEGORIES
from demo.demand import RETAIL, WantedLines, season_factors
from demo.items import Items
from demo.network import OUTLETS, SUPPLIERS
from demo.seeding import generator_for

Batch = dict[str, NDArray[np.int64]]


@dataclass
class TradingBooks:
    """What happened, in the order in which it happened. Batches are dictionaries of arrays of one length.

    Attributes
    ----------
    on_hand: units at the end of each day, (items, days).
    served, returned, resellable: units of each of the `WantedLines`.
    returned_day: index of the day on which a line came back; -1 for none.
    orders: batches of line, item, supplier, day, units, promised.
    receipts: batches of line, day, units.
    transfers: batches of item (to), source, day, units, promised, arrived.
    position, reorder_point, order_up_to: on the last evening, (items,).
    """

    on_hand: NDArray[np.int32]
    served: NDArray[np.int64]
    returned: NDArray[np.int64]
    resellable: NDArray[np.int64]
    returned_day: NDArray[np.int64]
    orders: list[Batch] = field(default_factory=list)
    receipts: list[Batch] = field(default_factory=list)
    transfers: list[Batch] = field(default_factory=list)
    position: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    reorder_point: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    order_up_to: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))


def trade(
    seed: int,
    assortment: Assortment,
    items: Items,
    wanted_lines: WantedLines,
    rule: BuyingRule,
    supply_calendar: SupplyCalendar,
    days: NDArray[np.datetime64],
) -> TradingBooks:
    """Simulate the company over `days` and return its books.

    A day: deliveries and returns come in, customers buy in random order until the stock is gone, the planner orders
    what is at or below its reorder point from suppliers who take orders on that day, and transfers leave.

    Parameters
    ----------
    seed: of the company.
    assortment: what is sold.
    items: what is stocked where.
    wanted_lines: order lines as customers want them, sorted by day and item.
    rule: by which the planner orders.
    supply_calendar: working days of suppliers and locations.
    days: of the calendar, ascending.
    """
    rng = generator_for(seed, "trading")
    count, length = len(items.product), len(days)
    category = assortment.category[items.product]
    season = season_factors(days)
    books = _empty_books(count, length, wanted_lines)
    before = _units_before(wanted_lines)
    starts = np.searchsorted(wanted_lines.day, np.arange(length + 1))
    deliveries, come_back = np.zeros((2, length + 400, count), dtype=np.int64)
    on_order = np.zeros(count, dtype=np.int64)
    alive_at_start = rule.first_order <= 0
    rate = rule.initial_rate.copy()
    point, level = rule.levels(rate, 0, items, category, supply_calendar)
    on_hand = np.where(alive_at_start, np.round(point * 0.5 + (level - point) * rng.random(count)), 0).astype(np.int64)
    return_rate = np.array([c.return_rate for c in CATEGORIES])[category]
    line_number = 0
    for day in range(length):
        on_hand = on_hand + deliveries[day] + come_back[day]
        on_order = on_order - deliveries[day]
        had_stock = on_hand > 0
        lines = slice(starts[day], starts[day + 1])
        item = wanted_lines.item[lines]
        served = np.clip(on_hand[item] - before[lines], 0, wanted_lines.units[lines])
        books.served[lines] = served
        sold = np.bincount(item, served, count).astype(np.int64)
        on_hand = on_hand - sold
        _returns(rng, books, wanted_lines, lines, return_rate, come_back, day, length)
        normal = np.bincount(
            item,
            np.where(wanted_lines.order_type[lines] == RETAIL, served, 0) / np.exp(3.0 * wanted_lines.discount[lines]),
            count,
        )
        observes = had_stock & ((on_hand > 0) | (sold > 0))
        observed = np.minimum(normal / np.maximum(season[category, day], 0.15), 8 * rate + 4)
        rate = np.where(observes, rate + 0.025 * (observed - rate), rate)
        point, level = rule.levels(np.maximum(rate, 0.003), day, items, category, supply_calendar)
        moved = _transfer(books, items, supply_calendar, rule, day, on_hand, on_order, point, level, rng)
        for batch in moved:
            np.add.at(deliveries, (batch["arrived"], batch["item"]), batch["units"])
        ordered = _order(items, supply_calendar, rule, day, on_hand + on_order, point, level)
        if len(ordered["item"]):
            ordered["line"] = line_number + np.arange(len(ordered["item"]))
            line_number += len(ordered["item"])
            books.orders.append(ordered)
            on_order += np.bincount(ordered["item"], ordered["units"], count).astype(np.int64)
            _deliver(rng, books, items, supply_calendar, ordered, deliveries, day)
        books.on_hand[:, day] = on_hand
    books.position, books.reorder_point, books.order_up_to = on_hand + on_order, point, level
    return books


def _empty_books(count: int, length: int, wanted_lines: WantedLines) -> TradingBooks:
    lines = len(wanted_lines.day)
    return TradingBooks(
        on_hand=np.zeros((count, length), dtype=np.int32),
        served=np.zeros(lines, dtype=np.int64),
        returned=np.zeros(lines, dtype=np.int64),
        resellable=np.zeros(lines, dtype=np.int64),
        returned_day=np.full(lines, -1),
    )


def _units_before(wanted_lines: WantedLines) -> NDArray[np.int64]:
    """Units wanted of the same item on the same day by earlier lines (lines are sorted by day and item)."""
    running = np.cumsum(wanted_lines.units) - wanted_lines.units
    first = np.ones(len(wanted_lines.day), dtype=bool)
    first[1:] = (np.diff(wanted_lines.day) != 0) | (np.diff(wanted_lines.item) != 0)
    group = np.cumsum(first) - 1
    before: NDArray[np.int64] = running - running[np.flatnonzero(first)][group]
    return before


def _returns(
    rng: np.random.Generator,
    books: TradingBooks,
    wanted_lines: WantedLines,
    lines: slice,
    rate: NDArray[np.float64],
    come_back: NDArray[np.int64],
    day: int,
    length: int,
) -> None:
    served = books.served[lines]
    factor = np.array([outlet.return_rate_factor for outlet in OUTLETS])[wanted_lines.outlet[lines]]
    retail = (wanted_lines.order_type[lines] == RETAIL) & (wanted_lines.bundle[lines] < 0)
    returned = rng.binomial(served, np.where(retail, rate[wanted_lines.item[lines]] * factor, 0))
    back = day + rng.integers(5, 24, len(served))
    resellable = rng.binomial(returned, 0.8)
    comes_back = (returned > 0) & (back < length)
    books.returned[lines] = np.where(comes_back, returned, 0)
    books.resellable[lines] = np.where(comes_back, resellable, 0)
    books.returned_day[lines] = np.where(comes_back, back, -1)
    np.add.at(come_back, (back[comes_back], wanted_lines.item[lines][comes_back]), resellable[comes_back])


def _order(
    items: Items,
    supply_calendar: SupplyCalendar,
    rule: BuyingRule,
    day: int,
    position: NDArray[np.int64],
    point: NDArray[np.float64],
    level: NDArray[np.float64],
) -> Batch:
    """Lines ordered today: up to the level, at least the minimum, in whole packs."""
    bought = items.supplier >= 0
    due = bought & supply_calendar.may_order[items.supplier, day] & (day >= rule.first_order) & (day <= rule.last_order)
    slipped = rule.slip_day
    wanted = np.flatnonzero(due & ((position <= point) | ((slipped >= 0) & (day >= slipped) & (day < slipped + 7))))
    slip = (slipped[wanted] >= 0) & (day >= slipped[wanted]) & (day < slipped[wanted] + 7)
    missing = np.maximum(np.ceil(level[wanted]) - position[wanted], items.minimum[wanted])
    missing = np.where(slip, np.maximum(missing, 3.5 * level[wanted]), missing)
    units = np.ceil(missing / items.pack[wanted]).astype(np.int64) * items.pack[wanted]
    promised = supply_calendar.arrival(items.supplier[wanted], items.place[wanted], day, items.lead_time[wanted])
    return {
        "item": wanted,
        "supplier": items.supplier[wanted],
        "day": np.full(len(wanted), day),
        "units": units,
        "promised": promised,
    }


def _deliver(
    rng: np.random.Generator,
    books: TradingBooks,
    items: Items,
    supply_calendar: SupplyCalendar,
    ordered: Batch,
    deliveries: NDArray[np.int64],
    day: int,
) -> None:
    """Draw when today's lines arrive, some in two parts: one delay for a supplier's order, a little for a line."""
    supplier = ordered["supplier"]
    mean, shape = np.array([s.mean_delay for s in SUPPLIERS]), np.array([s.delay_shape for s in SUPPLIERS])
    share, wait = np.array([s.late_share for s in SUPPLIERS]), np.array([s.late_days for s in SUPPLIERS])
    key = supplier * 10 + items.place[ordered["item"]]
    orders, of_line = np.unique(key, return_inverse=True)
    kind = orders // 10
    stretch = 0.92 + rng.gamma(shape[kind]) * mean[kind] / shape[kind]
    late = np.where(rng.random(len(orders)) < share[kind], rng.exponential(wait[kind]), 0)
    lead = items.lead_time[ordered["item"]] * stretch[of_line] + late[of_line] + rng.integers(0, 2, len(supplier))
    arrives = supply_calendar.arrival(
        supplier, items.place[ordered["item"]], day, np.maximum(np.round(lead).astype(np.int64), 1)
    )
    parts = (rng.random(len(supplier)) < 0.05) & (ordered["units"] >= 2 * items.pack[ordered["item"]])
    rest = np.where(parts, ordered["units"] // 4, 0)
    rest_arrives = arrives + rng.integers(5, 15, len(supplier))
    last = len(deliveries) - 1
    for units, when in ((ordered["units"] - rest, arrives), (rest, rest_arrives)):
        some = units > 0
        batch = {
            "line": ordered["line"][some],
            "item": ordered["item"][some],
            "day": np.minimum(when[some], last),
            "units": units[some],
        }
        books.receipts.append(batch)
        np.add.at(deliveries, (batch["day"], batch["item"]), batch["units"])


def _transfer(
    books: TradingBooks,
    items: Items,
    supply_calendar: SupplyCalendar,
    rule: BuyingRule,
    day: int,
    on_hand: NDArray[np.int64],
    on_order: NDArray[np.int64],
    point: NDArray[np.float64],
    level: NDArray[np.float64],
    rng: np.random.Generator,
) -> list[Batch]:
    """Transfers that leave today, no more than half of what the source has; changes `on_hand` and `on_order`."""
    if not supply_calendar.may_order[-1, day]:
        return []
    position = on_hand + on_order
    open_for = (items.moved_from >= 0) & (day >= rule.first_order) & (day <= rule.last_order)
    wanted = np.flatnonzero(open_for & (position <= point))
    source = items.moved_from[wanted]
    packs = np.ceil((level[wanted] - position[wanted]) / items.pack[wanted]).astype(np.int64)
    units = np.minimum(packs * items.pack[wanted], on_hand[source] // 2)
    some = units > 0
    wanted, source, units = wanted[some], source[some], units[some]
    if not len(wanted):
        return []
    days_under_way = np.where(rng.random(len(wanted)) < 0.15, 7, rng.integers(3, 6, len(wanted)))
    batch = {
        "item": wanted,
        "source": source,
        "day": np.full(len(wanted), day),
        "units": units,
        "promised": np.full(len(wanted), day + 4),
        "arrived": day + days_under_way,
    }
    on_hand[source] -= units
    on_order[wanted] += units
    books.transfers.append(batch)
    return [batch]
