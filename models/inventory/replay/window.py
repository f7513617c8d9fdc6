"""A window of the company's past in which policies can be tried: the same days, demand and lead times for all."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.arrays import Days, Flags, Floats, Ints
from features.calendar import as_day, period_index
from models.inventory.calendar.ordering_days import REVIEW_EPOCH, first_ordering_day, weekday_mask
from models.inventory.calendar.replenishment_calendar import arrival_days
from models.inventory.calendar.working_days import WorkingDays, working_days
from models.inventory.lead_times.fit import LeadTimes
from models.inventory.replay.calendar import ReplayCalendar
from models.inventory.replay.history import ObservedHistory
from models.inventory.replay.lead_draws import lead_days
from models.inventory.simulation import World
from models.inventory.terms.columns import KEY, numbers, table, texts
from models.inventory.terms.decision_rules import DecisionRules
from models.inventory.terms.supply_terms import item_terms

_NEW_STOCK_DAYS = 28.0


@dataclass(frozen=True)
class Costs:
    """What units and orders cost, base currency: arrays (I,)."""

    unit_cost: Floats
    holding_per_unit_day: Floats
    underage: Floats


@dataclass(frozen=True)
class ReplayWindow:
    """The past of I items over T periods.

    Attributes
    ----------
    items: sku, location, supplier, from_location, unit_cost_base, unit_step, lead_time_days (declared),
        pack_units, minimum_order_units, fixed_cost_base, review_days (mean days between chances to order),
        stock_is_known (whether the stock at the start was recorded).
    calendar: the periods.
    history: what really happened.
    can_order: (I, T) whether an order decided at the end of the period can be placed before the next decision.
    placed_on, promised_on: (I, T) the days of placing and of promised arrival; NaT where none.
    lead_periods: (I, T) periods from the decision to the arrival.
    unmet: "lost" or "backordered".
    """

    items: pd.DataFrame
    calendar: ReplayCalendar
    history: ObservedHistory
    can_order: Flags
    placed_on: Days
    promised_on: Days
    lead_periods: Ints
    unmet: str

    def __len__(self) -> int:
        return len(self.items)

    def digest_until(self, review: int) -> str:
        """Hash of all that the stock at a review, and its levels, depend on: nothing that history later."""
        at = int(self.calendar.reviews[review])
        after = int(np.append(self.calendar.reviews[1:], len(self.calendar.ends) - 1)[review])
        history = self.history
        came = np.minimum(self.lead_periods[:, :at], at + 1 - np.arange(at)[None, :])
        parts = [
            history.demand[:, : at + 1], history.early_arrivals[:, : after + 1], history.start_stock, came,
            self.can_order[:, : after + 1], self.placed_on[:, :at], self.promised_on[:, :at],
        ]  # fmt: skip
        total = hashlib.blake2b(digest_size=16)
        for part in parts:
            total.update(np.ascontiguousarray(part).tobytes())
        total.update(self.items.drop(columns="review_days").to_json(double_precision=15).encode())
        return total.hexdigest()

    def world(self, costs: Costs, *, all_days: bool = True) -> World:
        """The window as the simulator's world.

        Parameters
        ----------
        costs: of units.
        all_days: whether periods of unknown demand are scored too.
        """
        history, calendar = self.history, self.calendar
        scored = np.broadcast_to(calendar.scored, history.demand.shape)
        return World(
            demand=history.demand,
            scored=scored if all_days else scored & history.known,
            initial_on_hand=history.start_stock,
            initial_arrivals=history.early_arrivals,
            lead_time_days=self.lead_periods,
            can_order=self.can_order,
            pack=self.items["pack_units"].to_numpy(np.float64),
            minimum_order=self.items["minimum_order_units"].to_numpy(np.float64),
            unit_cost=costs.unit_cost,
            holding_per_unit_day=costs.holding_per_unit_day * float(calendar.days[1:].mean()),
            underage=costs.underage,
            fixed_cost_per_order=self.items["fixed_cost_base"].to_numpy(np.float64),
            unmet="lost" if self.unmet == "lost" else "backordered",
        )


def replay_window(
    items: pd.DataFrame,
    calendar: ReplayCalendar,
    history: ObservedHistory,
    lead_times: Mapping[dt.date, LeadTimes],
    tables: Mapping[str, pd.DataFrame],
    *,
    rules: DecisionRules,
    week_starts_on: str,
) -> tuple["ReplayWindow", pd.DataFrame]:
    """The window of the items that can be replayed.

    Items that nobody replenishes are left out. A stock at the start that nobody recorded is taken to be what is sold
    in four weeks, after which the warm-up has its way.

    Parameters
    ----------
    items: planned items of the end; columns sku, location, unit_step, unit_cost_base.
    calendar: the periods.
    history: of the same items, in the same order.
    lead_times: as learned at each of the calendar's fits: what later weeks teach changes no earlier draw.
    tables: supply_terms, transfer_terms, products, suppliers, closures, purchase_orders, receipts as known at the end.
    rules: the company's. week_starts_on: "monday" or "sunday".

    Returns
    -------
    The window, and the items left out: sku, location, reason.
    """
    end = calendar.ends[-1].item()
    rates = {rules.base_currency: 1.0}
    terms = item_terms(
        items, table(tables, "supply_terms"), table(tables, "transfer_terms"), table(tables, "products"),
        placed_on=end, rates=rates, fixed_cost_per_line=rules.fixed_cost_per_line,
    )  # fmt: skip
    kept = np.flatnonzero(terms["source"].notna().to_numpy())
    left_out = items.loc[terms["source"].isna().to_numpy(), KEY].assign(reason="nobody replenishes it")
    items, terms = items.iloc[kept].reset_index(drop=True), terms.iloc[kept].reset_index(drop=True)
    history = _of_rows(history, kept)
    suppliers, locations = working_days(
        table(tables, "suppliers"),
        table(tables, "closures"),
        around=end,
        weekends_are_closed=rules.weekends_are_closed,
        holidays_are_closed=rules.holidays_are_closed,
    )
    scoped = items[KEY].assign(supplier=texts(terms, "supplier"), lead_time_days=numbers(terms, "lead_time_days"))
    placed = _placed(scoped, terms, calendar, suppliers, rules)
    lead = np.zeros(placed.shape, dtype=np.int64)
    bought, received = table(tables, "purchase_orders"), table(tables, "receipts")
    fits = calendar.fits[calendar.column]
    for day, learned in lead_times.items():
        columns = np.flatnonzero(fits == np.datetime64(day, "D"))
        lead[:, columns] = lead_days(scoped, placed[:, columns], bought, received, learned, suppliers)
    rows, places = suppliers.rows(scoped["supplier"])[:, None], locations.rows(scoped["location"])[:, None]
    # Where nothing can be placed, any day does: it is never used.
    start = np.where(np.isnat(placed), calendar.ends[None, :], placed)
    arrives = arrival_days(suppliers, rows, locations, places, start, lead)
    declared = np.rint(np.nan_to_num(scoped["lead_time_days"].to_numpy(np.float64))).astype(np.int64)[:, None]
    promised = arrival_days(suppliers, rows, locations, places, start, declared)
    known = np.isfinite(history.start_stock)
    guess = np.nanmean(np.where(history.known, history.demand, np.nan)[:, 1:], axis=1) if len(items) else np.zeros(0)
    guess = np.nan_to_num(guess) * _NEW_STOCK_DAYS / float(calendar.days[1:].mean())
    chances = np.maximum((~np.isnat(placed)).sum(axis=1), 1)
    span = float((calendar.ends[-1] - calendar.ends[0]).astype(np.int64))
    frame = scoped.assign(
        from_location=texts(terms, "from_location"),
        unit_cost_base=np.nan_to_num(numbers(terms, "landed_cost_base")),
        unit_step=items["unit_step"].to_numpy(np.float64),
        pack_units=terms["pack_units"].to_numpy(np.float64),
        minimum_order_units=np.nan_to_num(terms["minimum_order_units"].to_numpy(np.float64)),
        fixed_cost_base=np.nan_to_num(terms["fixed_cost_base"].to_numpy(np.float64)),
        review_days=span / chances,
        stock_is_known=known,
    )
    window = ReplayWindow(
        items=frame,
        calendar=calendar,
        history=_with_start(history, np.where(known, history.start_stock, np.ceil(guess))),
        can_order=~np.isnat(placed),
        placed_on=placed,
        promised_on=np.where(np.isnat(placed), placed, promised),
        lead_periods=_lead_periods(arrives, calendar, week_starts_on),
        unmet=rules.unmet_demand,
    )
    return window, left_out.reset_index(drop=True)


def _placed(
    scoped: pd.DataFrame, terms: pd.DataFrame, calendar: ReplayCalendar, suppliers: WorkingDays, rules: DecisionRules
) -> Days:
    """(I, T) the ordering day that a decision at the end of each period reaches before the next one; NaT for none."""
    mask, named = weekday_mask(terms["order_weekdays"])
    rows = suppliers.rows(scoped["supplier"])
    period_days = int(calendar.days[1:].min()) if len(calendar.days) > 1 else 1
    given = terms["review_days"].to_numpy(np.float64)
    review = np.ceil(np.where(np.isfinite(given) & (given > 0), given, rules.review_days)).astype(np.int64)
    review = np.where(review <= period_days, 1, review)
    lag = np.timedelta64(rules.decision_lag_days, "D")
    placed = np.full((len(scoped), len(calendar.ends)), np.datetime64("NaT", "D"))
    for period, end in enumerate(calendar.ends):
        epoch = as_day(REVIEW_EPOCH)
        if period_days % 7 == 0:
            epoch = epoch + (end + lag - epoch) % np.timedelta64(7, "D")
        earliest = np.full(len(scoped), end + lag)
        placed[:, period] = first_ordering_day(suppliers, rows, earliest, mask, named, review, epoch)
    last = np.add(calendar.ends[-1:], np.timedelta64(period_days, "D"))
    following = np.add(np.concatenate([calendar.ends[1:], last]), lag)
    return np.where(placed < following.astype("datetime64[D]")[None, :], placed, np.datetime64("NaT", "D"))


def _lead_periods(arrives: Days, calendar: ReplayCalendar, week_starts_on: str) -> Ints:
    """(I, T) periods from each decision to the period in which its order arrives; beyond the end where it is later."""
    count = len(calendar.ends)
    starts = calendar.ends[:-1] + np.timedelta64(1, "D")
    found = period_index(arrives, starts, calendar.period, week_starts_on) + 1
    found = np.where(arrives > calendar.ends[-1], count, np.where(arrives <= calendar.ends[0], 0, found))
    return np.asarray(np.maximum(found - np.arange(count)[None, :], 0), dtype=np.int64)


def _of_rows(history: ObservedHistory, rows: Ints) -> ObservedHistory:
    return ObservedHistory(**{name: getattr(history, name)[rows] for name in ObservedHistory.__dataclass_fields__})


def _with_start(history: ObservedHistory, stock: Floats) -> ObservedHistory:
    fields = {name: getattr(history, name) for name in ObservedHistory.__dataclass_fields__}
    return ObservedHistory(**{**fields, "start_stock": stock})
