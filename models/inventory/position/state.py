"""The state of a bucket's items before anything is decided: one array element or frame row per item."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from features.arrays import Days, Flags, Floats, Ints
from features.resellable_returns import ExpectedReturns
from models.demand.distribution.counts import CountMixture
from models.demand.distribution.demand_distribution import DemandDistribution
from models.inventory.calendar.day_distribution import DayDistribution
from models.inventory.calendar.replenishment_calendar import ReplenishmentCalendar
from models.inventory.calendar.working_days import working_days
from models.inventory.lead_times.fit import LeadTimes
from models.inventory.position.due_days import with_due_days
from models.inventory.position.interval_demand import demand_until
from models.inventory.position.inventory_position import (
    Stock,
    Supply,
    counted_supply,
    inventory_position,
    stock_on,
    units_by_item,
)
from models.inventory.position.net_demand import net_of_returns, returns_by_period
from models.inventory.position.network import senders
from models.inventory.position.open_supply import earliest_arrivals, line_arrivals, open_lines
from models.inventory.position.pace import PaceDays, first_sale_ahead
from models.inventory.position.pooled_demand import pooled_demand
from models.inventory.position.replenishment import replenishment
from models.inventory.position.sourcing import ItemLead, SourcingInputs
from models.inventory.position.stock_counts import sent_after_count, without_elapsed_days
from models.inventory.terms.columns import days, numbers, table, texts
from models.inventory.terms.decision_rules import DecisionRules

_RATE_DAYS = 28
WITHOUT_SOURCE_DAYS = 28
"""Days over which demand is shown for items that nobody replenishes: they have no protection interval."""
NAT = np.datetime64("NaT", "D")


@dataclass(frozen=True)
class InventoryState:
    """What a decision starts from: stock, open orders, terms and demand of each item. Arrays (items,).

    Attributes
    ----------
    items: the items, in the order of all arrays: sku, location, and category, name, unit_step, ends_on, volume_m3,
        weight_kg, shelf_life_days, dates.
    terms, parameters: see `item_terms`, `item_parameters`.
    lead, calendar, stock, supply: see there.
    has_source: replenished by a supplier or another location.
    protection_end_on: last day of the protection interval at the mean lead time, no later than the item's end.
    position: inventory position, NaN where stock is unknown.
    until_arrival, protection: demand until the order's, and the next order's, arrival.
    arrival_pmf: (items, days) probability that the order arrives, or the item ends before, by day from `as_of`.
    arrival, next_arrival: distributions of the two arrivals.
    pace_days: the protection interval, four weeks at least, from the item's first day of sale on and until its end.
    daily_demand: expected units a day over `pace_days`.
    sender: the item that each item is fed from, -1 for none.
    returns_expected: units that come back fit to sell within the protection interval.
    own_demand: what is sold from each item's own stock, net of these returns.
    demand: the same with what the locations that it feeds will ask of it (`pooled_demand`): what decides its
        orders, and all figures above.
    sells_from: first day on which the item is sold where it is still ahead, NaT where it is sold already.
    ends_on: last day on which the item is sold, NaT for none.
    decided_on: day at whose end the decision is made, `as_of` or later; the decision lag counts from it.
    """

    as_of: dt.date
    decided_on: dt.date
    items: pd.DataFrame
    terms: pd.DataFrame
    parameters: pd.DataFrame
    lead: ItemLead
    calendar: ReplenishmentCalendar
    stock: Stock
    supply: Supply
    has_source: Flags
    supplier_open: Flags
    protection_end_on: Days
    position: Floats
    until_arrival: CountMixture
    protection: CountMixture
    arrival_pmf: Floats
    arrival: DayDistribution
    next_arrival: DayDistribution
    pace_days: PaceDays
    daily_demand: Floats
    sells_from: Days
    ends_on: Days
    sender: Ints
    returns_expected: Floats
    own_demand: DemandDistribution
    demand: DemandDistribution

    def __len__(self) -> int:
        return len(self.items)

    def offset(self, dates: Days) -> Ints:
        """Days after `as_of` of each date, 0 at least."""
        return np.maximum((dates - np.datetime64(self.as_of, "D")).astype(np.int64), 0)

    @property
    def days_until_decided(self) -> int:
        """Days from `as_of` to `decided_on`."""
        return (self.decided_on - self.as_of).days

    def day_after(self, days_later: Floats, longest: float) -> Days:
        """The day so many whole days after `as_of`; NaT where unknown, or `longest` days away and more."""
        near = np.isfinite(days_later) & (days_later < longest)
        whole = np.where(near, np.floor(np.where(near, days_later, 0.0) + 1e-9), 0).astype(np.int64)
        today = np.datetime64(self.as_of, "D")
        return np.where(near, today + whole.astype("timedelta64[D]"), NAT).astype("datetime64[ns]")


def inventory_state(
    items: pd.DataFrame,
    distribution: DemandDistribution,
    lead_times: LeadTimes,
    tables: Mapping[str, pd.DataFrame],
    planned_order_lines: pd.DataFrame,
    *,
    rules: DecisionRules,
    rates: Mapping[str, float],
    as_of: dt.date,
    decided_on: dt.date,
    returns: ExpectedReturns | None = None,
) -> InventoryState:
    """The state of the items at the end of `as_of`.

    Parameters
    ----------
    items, distribution, lead_times, tables, planned_order_lines, rules, as_of, decided_on, returns: see `decide`.
    rates: base units for one unit of each currency.
    """
    items = _with_products(items.reset_index(drop=True), table(tables, "products"))
    stock = _stock(items, tables, rules, as_of)
    distribution = without_elapsed_days(distribution, (stock.counted_on - np.datetime64(as_of, "D")).astype(np.int64))
    coming = np.zeros(distribution.mean.shape) if returns is None else returns_by_period(distribution, returns)
    distribution = net_of_returns(distribution, coming)
    lines = open_lines(
        items,
        table(tables, "purchase_orders"),
        table(tables, "receipts"),
        table(tables, "transfers"),
        planned_order_lines,
        inventory=table(tables, "inventory"),
        as_of=as_of,
    )
    suppliers, locations = working_days(
        table(tables, "suppliers"),
        table(tables, "closures"),
        around=as_of,
        weekends_are_closed=rules.weekends_are_closed,
        holidays_are_closed=rules.holidays_are_closed,
    )
    on_its_way = units_by_item(lines, len(items))
    given = SourcingInputs(items, distribution, lead_times, tables, on_its_way, stock.available, rules, rates)
    how = replenishment(given, (suppliers, locations), as_of=as_of, decided_on=decided_on)
    terms, parameters, calendar = how.terms, how.parameters, how.calendar
    lines = with_due_days(lines, lead_times, table(tables, "transfer_terms"), suppliers)
    arrivals = line_arrivals(lines, lead_times, as_of=as_of, suppliers=suppliers, locations=locations)
    earliest = earliest_arrivals(lines, lead_times, as_of=as_of, suppliers=suppliers, locations=locations)
    lines = lines.assign(earliest_on=earliest.astype("datetime64[ns]"))
    supply = counted_supply(
        lines, arrivals, calendar.next_expected_on, as_of=as_of, overdue_days_counted=rules.overdue_days_counted
    )
    position = _position(stock, supply, calendar)
    today, horizon = np.datetime64(as_of, "D"), int(distribution.lengths_days.sum())
    ends_on = _ends_on(items, parameters)
    unfed = np.flatnonzero(terms["source"].isna().to_numpy())
    arrival, next_arrival = _arrival_days(calendar, ends_on, unfed, today, horizon)
    sells_from = first_sale_ahead(days(items, "launched_on"), today)
    span = np.clip(calendar.protection_days, _RATE_DAYS, horizon)
    pace = PaceDays.of(sells_from, ends_on, today, span, horizon)
    sender = senders(items, terms)
    reach = np.where(np.isin(np.arange(len(items)), unfed), WITHOUT_SOURCE_DAYS, calendar.protection_days)
    # What is transferred this once is bought again: its sender need not plan for it.
    regular = np.where(how.transferred, -1, sender)
    demand = pooled_demand(distribution, regular, position, calendar.protection_days, reach)
    first_open = np.full(len(items), np.datetime64(decided_on, "D") + np.timedelta64(rules.decision_lag_days, "D"))
    return InventoryState(
        as_of=as_of,
        decided_on=decided_on,
        items=items,
        terms=terms,
        parameters=parameters,
        lead=how.lead,
        calendar=calendar,
        stock=stock,
        supply=supply,
        has_source=terms["source"].notna().to_numpy(dtype=bool),
        supplier_open=suppliers.is_open(suppliers.rows(how.scoped["supplier"]), first_open),
        protection_end_on=_protection_end(calendar, ends_on, today, horizon),
        position=position,
        until_arrival=demand_until(demand, arrival.probability),
        protection=demand_until(demand, next_arrival.probability),
        arrival_pmf=arrival.probability,
        arrival=calendar.arrival,
        next_arrival=calendar.protection_end,
        pace_days=pace,
        daily_demand=pace.mean(demand),
        sells_from=sells_from,
        ends_on=ends_on,
        sender=sender,
        returns_expected=_until(coming, distribution, np.clip(reach, 1, horizon)),
        own_demand=distribution,
        demand=demand,
    )


def _stock(items: pd.DataFrame, tables: Mapping[str, pd.DataFrame], rules: DecisionRules, as_of: dt.date) -> Stock:
    """Stock as counted; what was sent elsewhere since then is reserved."""
    inventory = table(tables, "inventory")
    stock = stock_on(
        items,
        inventory,
        as_of=as_of,
        within_days=31 if rules.period == "month" else 7,
        missing_is_zero=rules.missing_inventory_is_zero,
    )
    sent = sent_after_count(items, table(tables, "transfers"), inventory, as_of)
    return replace(stock, reserved=stock.reserved + sent)


def _position(stock: Stock, supply: Supply, calendar: ReplenishmentCalendar) -> Floats:
    """(items,) available units and those that arrive within the protection interval."""
    expected = supply.lines[supply.lines["is_expected"].to_numpy(dtype=bool)]
    return inventory_position(
        stock.available,
        expected["item"].to_numpy(dtype=np.int64),
        expected["units"].to_numpy(dtype=np.float64),
        days(expected, "counted_on"),
        calendar.next_expected_on,
    )


def _arrival_days(
    calendar: ReplenishmentCalendar, ends_on: Days, unfed: Ints, today: np.datetime64, horizon: int
) -> tuple[DayDistribution, DayDistribution]:
    """Days on which an order of now, and the next one, arrive: no later than the item's end; fixed without a source."""
    arrival = _cut(calendar.arrival.from_day(today, horizon + 1), ends_on, today)
    next_arrival = _cut(calendar.protection_end.from_day(today, horizon + 1), ends_on, today)
    next_arrival.probability[unfed] = 0.0
    next_arrival.probability[unfed, min(WITHOUT_SOURCE_DAYS, horizon)] = 1.0
    return arrival, next_arrival


def _protection_end(calendar: ReplenishmentCalendar, ends_on: Days, today: np.datetime64, horizon: int) -> Days:
    """Last day of the protection interval at the mean lead time, no later than the forecast's or the item's end."""
    end = np.minimum(calendar.next_expected_on, today + np.timedelta64(horizon, "D"))
    return np.where(np.isnat(ends_on), end, np.maximum(np.minimum(end, ends_on), today))


def own_daily_demand(state: InventoryState) -> Floats:
    """(items,) expected units a day that are sold from each item's own stock, over the days of `daily_demand`."""
    return state.pace_days.mean(state.own_demand)


def _until(by_period: Floats, distribution: DemandDistribution, last: Ints) -> Floats:
    """(items,) sum of units by period (items, periods) up to the day `last` (items,) after `as_of`."""
    ends = np.cumsum(distribution.lengths_days)
    share = np.clip((last[:, None] - (ends - distribution.lengths_days)) / distribution.lengths_days, 0.0, 1.0)
    return np.asarray((by_period * share).sum(axis=1))


def _with_products(items: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """Items with category, name, volume and dates of life from `products` where the items do not say."""
    listed = (
        products.drop_duplicates("sku", keep="last").set_index("sku").reindex(items["sku"]) if len(products) else None
    )
    result = items.copy()
    for name in ("category", "name", "successor_sku"):
        text = texts(items, name)
        given = texts(listed, name) if listed is not None else text
        result[name] = pd.Series(np.where(pd.isna(text), given, text), dtype=object)
    for name in ("volume_m3", "weight_kg", "shelf_life_days", "unit_step", "unit_cost_base", "unit_price_base"):
        number = numbers(items, name)
        result[name] = np.where(np.isnan(number), numbers(listed, name), number) if listed is not None else number
    result["unit_step"] = np.where(result["unit_step"] > 0, result["unit_step"], 1.0)
    for name in ("discontinued_on", "launched_on"):
        date = days(items, name)
        dated = days(listed, name) if listed is not None else date
        result[name] = np.where(np.isnat(date), dated, date).astype("datetime64[ns]")
    return result


def _ends_on(items: pd.DataFrame, parameters: pd.DataFrame) -> Days:
    """The earlier of discontinuation and phase-out, NaT for none."""
    discontinued, phased_out = days(items, "discontinued_on"), days(parameters, "phase_out_on")
    first = np.fmin(discontinued, phased_out)
    return np.asarray(first, dtype="datetime64[D]")


def _cut(distribution: DayDistribution, ends_on: Days, today: np.datetime64) -> DayDistribution:
    """Days after an item's end counted on it: nothing is sold later."""
    ending = np.flatnonzero(~np.isnat(ends_on))
    if not len(ending):
        return distribution
    probability = distribution.probability.copy()
    for row in ending:
        last = max(int((ends_on[row] - today).astype(int)), 0)
        if last < probability.shape[1] - 1:
            probability[row, last] += probability[row, last + 1 :].sum()
            probability[row, last + 1 :] = 0.0
    return DayDistribution(distribution.first_day, probability)
