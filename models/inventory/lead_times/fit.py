"""Lead times fitted to receipts and open orders, with partial pooling: item, supplier, all suppliers, declared."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.arrays import Floats, Ints, Texts
from features.calendar import as_day
from models.inventory.calendar.day_distribution import DayDistribution
from models.inventory.calendar.working_days import WorkingDays, supplier_clock
from models.inventory.lead_times.call_offs import of_lead_times
from models.inventory.lead_times.estimator import declared_pmf, later_than, shifted
from models.inventory.lead_times.observations import observations
from models.inventory.lead_times.pooling import (
    ANY,
    FRAME,
    ITEM,
    declared_terms,
    deliveries,
    fit_items,
    fit_pools,
    lead_time_rows,
    shrunk_to_other_suppliers,
    sources_with_left_out,
    supplier_pools,
    with_declared,
    without_empty_days,
)
from models.inventory.lead_times.promises import Promises, fit_promises

MAX_DAYS = 365
"""Longer lead times are not believed."""
HISTORY_DAYS = 730
"""Orders placed earlier are not used."""
DEFAULT_CV = 0.2
"""Standard deviation over mean of declared lead times whose terms name none."""
QUICKEST_SHARE = 0.05
"""Share of a supplier's deliveries that came within its quickest lead time: one wrong date is no promise."""
_ROOM_DAYS = 60  # for orders older than anything that has arrived


@dataclass(frozen=True)
class ItemLeadTimes:
    """Lead times of some items, in their order. Days run on the supplier's clock.

    Attributes
    ----------
    pmf: (items, days), probability of each whole number of days.
    mean_days, sd_days, declared_days: (items,).
    receipts_used, open_used: (items,), observations of the item, or of the supplier where the item has none.
    source: (items,), where the lead time comes from, in words.
    """

    pmf: Floats
    mean_days: Floats
    sd_days: Floats
    declared_days: Floats
    receipts_used: Ints
    open_used: Ints
    source: Texts


@dataclass(frozen=True)
class LeadTimes:
    """Lead times of every supplier and item with terms.

    Attributes
    ----------
    frame: one row per distinct lead time, sorted; columns supplier, sku, location ("*": all of them),
        declared_days, declared_sd_days, mean_days, sd_days, receipts_used, open_used, source.
    pmf: (rows of `frame`, days), probability of each whole number of days on the supplier's clock.
    index: one row per item with terms (location "*": anywhere), and one per supplier and for the company ("*") for what
        has none; columns supplier, sku, location, row (of `frame`).
    promises: how suppliers keep what they promise.
    quickest: fewest days in which suppliers have delivered, but for `QUICKEST_SHARE`; columns supplier, quickest_days.
    ignored: order lines and receipts that are not used; columns supplier, sku, location, order_number, line_number,
        reason.
    """

    frame: pd.DataFrame
    pmf: Floats
    index: pd.DataFrame
    promises: Promises
    quickest: pd.DataFrame
    ignored: pd.DataFrame

    def for_items(self, items: pd.DataFrame) -> ItemLeadTimes:
        """Lead times of items.

        Parameters
        ----------
        items: columns supplier, sku, location. An item without terms gets its supplier's typical lead time; a supplier
            without terms the company's.

        Returns
        -------
        ItemLeadTimes in the order of `items`.
        """
        rows = self.rows(items)
        found = self.frame.iloc[rows]
        return ItemLeadTimes(
            pmf=self.pmf[rows],
            mean_days=found["mean_days"].to_numpy(),
            sd_days=found["sd_days"].to_numpy(),
            declared_days=found["declared_days"].to_numpy(),
            receipts_used=found["receipts_used"].to_numpy(),
            open_used=found["open_used"].to_numpy(),
            source=found["source"].to_numpy(),
        )

    def rows(self, items: pd.DataFrame) -> Ints:
        """Row of `frame` for each item."""
        wanted = items[ITEM].reset_index(drop=True)
        own = wanted.merge(self.index, on=ITEM, how="left")["row"]
        anywhere = wanted.assign(location=ANY).merge(self.index, on=ITEM, how="left")["row"]
        typical = self.index.loc[self.index["sku"] == ANY, ["supplier", "row"]]
        supplier = wanted[["supplier"]].merge(typical, on="supplier", how="left")["row"]
        company = typical.loc[typical["supplier"] == ANY, "row"].iloc[0]
        return np.asarray(own.fillna(anywhere).fillna(supplier).fillna(company), dtype=np.int64)

    def quickest_days(self, lines: pd.DataFrame) -> Ints:
        """(lines,) fewest days in which each line's supplier delivers: seen, or likely where nothing was received.

        Parameters
        ----------
        lines: columns supplier, sku, location.
        """
        seen = lines["supplier"].map(self.quickest.set_index("supplier")["quickest_days"]).to_numpy(dtype=np.float64)
        likely = (np.cumsum(self.for_items(lines).pmf, axis=1) < QUICKEST_SHARE).sum(axis=1)
        return np.asarray(np.where(np.isfinite(seen), np.nan_to_num(seen), likely), dtype=np.int64)

    def arrivals(
        self, open_orders: pd.DataFrame, *, as_of: dt.date, suppliers: WorkingDays, locations: WorkingDays
    ) -> DayDistribution:
        """When open orders arrive, given how long they have been open and what was promised.

        A promise of a supplier whose promises have never been tested moves the item's learned lead time by its
        difference from the declared one. As promises are tested, the lateness seen after them takes its place, and
        the learned lead time as it is, as far as that has been closer. Days that have passed are ruled out; today is
        not where the promise is for today.

        Parameters
        ----------
        open_orders: one row per open line; columns supplier, sku, location, ordered_on, expected_on (NaT: no promise).
            A line to be placed after `as_of` may be among them.
        as_of: last day with data.
        suppliers, locations: clocks.

        Returns
        -------
        DayDistribution with a row per line; no day is before `as_of`.

        Source: docs/method.md, Open orders.
        """
        if open_orders.empty:
            return DayDistribution(as_day(as_of), np.zeros((0, 1)))
        today = as_day(as_of)
        clock_rows = suppliers.rows(open_orders["supplier"])
        ordered = open_orders["ordered_on"].to_numpy(dtype="datetime64[D]")
        promise = open_orders["expected_on"].to_numpy(dtype="datetime64[D]")
        promised = ~np.isnat(promise)
        promised_days = suppliers.count(clock_rows, ordered, np.where(promised, promise, ordered))
        lead_times = self.for_items(open_orders)
        pmf = lead_times.pmf
        if promised.any():
            moved = promised_days - np.rint(lead_times.declared_days).astype(np.int64)
            with_promise = self.promises.applied(open_orders["supplier"], promised_days, pmf, shifted(pmf, moved))
            pmf = np.pad(pmf, ((0, 0), (0, with_promise.shape[1] - pmf.shape[1])))
            pmf = np.where(promised[:, None], with_promise, pmf)
        age = np.maximum(suppliers.count(clock_rows, ordered, np.full(len(ordered), today)), 0)
        age = np.where((ordered > today) | (promise == today), age - 1, age)
        pmf = later_than(pmf, age)
        lead = np.arange(pmf.shape[1])[:, None]
        location_rows = locations.rows(open_orders["location"])
        days = locations.next_open(location_rows, suppliers.advance(clock_rows, ordered, lead))
        return DayDistribution.from_days(days.T, pmf).from_day(today)


def fit_lead_times(
    receipts: pd.DataFrame,
    purchase_orders: pd.DataFrame,
    supply_terms: pd.DataFrame,
    suppliers: pd.DataFrame,
    closures: pd.DataFrame,
    *,
    as_of: dt.date,
    min_receipts_to_trust: int,
    overdue_days_counted: int,
    weekends_are_closed: bool,
    holidays_are_closed: bool,
    half_life_days: float = 180.0,
) -> LeadTimes:
    """Fit the lead time of each item to what has arrived and to what is still open.

    Lead times are measured on the supplier's clock. Deliveries of a supplier's other items count in proportion to the
    declared lead times, lines that arrive together once. Part deliveries count by their share of the line's units,
    recent orders for more than old ones. What is declared counts as far as other suppliers bear such declarations out.
    Call-offs count for promises alone.

    Parameters
    ----------
    receipts, purchase_orders, supply_terms, suppliers, closures: canonical frames.
    as_of: last day with data; later rows are left out.
    min_receipts_to_trust: receipts at which what is learned weighs as much as what is declared.
    overdue_days_counted: open orders further past their promise are ignored and reported.
    weekends_are_closed, holidays_are_closed: see `supplier_clock`.
    half_life_days: an order placed this much earlier than another counts half as much.

    Returns
    -------
    LeadTimes.

    Source: docs/method.md, Lead times; Susarla & Van Ryzin (1976) for the estimate.
    """
    clock = supplier_clock(
        suppliers,
        closures,
        first_day=as_of - dt.timedelta(days=HISTORY_DAYS + 31),
        last_day=as_of + dt.timedelta(days=2 * MAX_DAYS),
        weekends_are_closed=weekends_are_closed,
        holidays_are_closed=holidays_are_closed,
    )
    terms = declared_terms(supply_terms, as_of, DEFAULT_CV)
    observed, ignored = observations(
        with_declared(purchase_orders, terms, DEFAULT_CV),
        receipts,
        clock,
        as_of=as_of,
        history_days=HISTORY_DAYS,
        half_life_days=half_life_days,
        overdue_days_counted=overdue_days_counted,
        max_days=MAX_DAYS,
        prior_weight=float(min_receipts_to_trust),
    )
    days = max(MAX_DAYS, int(1.5 * terms["declared_days"].max()) if len(terms) else 0) + 1
    weight = float(min_receipts_to_trust)
    pools = supplier_pools(terms, DEFAULT_CV)
    prior = declared_pmf(pools["declared_days"].to_numpy(), pools["declared_sd_days"].to_numpy(), days)
    speaking = of_lead_times(observed)
    delivered = deliveries(speaking)
    prior = shrunk_to_other_suppliers(pools, delivered, prior, weight)
    pools, pooled = fit_pools(pools, delivered, prior, weight)
    promises = fit_promises(deliveries(observed), pools, pooled, weight)
    longest = int(observed["days"].max()) if len(observed) else 0
    pooled = without_empty_days(pooled, longest + _ROOM_DAYS)
    own, learned = fit_items(terms, pools, pooled, speaking, weight)

    pmf = without_empty_days(np.vstack([pooled, learned]), 1)
    day = np.arange(pmf.shape[1], dtype=np.float64)
    mean = pmf @ day
    frame = pd.concat([part for part in (pools, own) if len(part)])[[*FRAME]].reset_index(drop=True)
    frame["source"] = sources_with_left_out(frame, ignored)
    frame.insert(len(ITEM) + 2, "mean_days", mean)
    frame.insert(len(ITEM) + 3, "sd_days", np.sqrt(np.maximum(((day - mean[:, None]) ** 2 * pmf).sum(axis=1), 0.0)))
    index = lead_time_rows(terms, pools, own)
    received = delivered[~delivered["is_open"].to_numpy(dtype=bool)]
    quickest = received.groupby("supplier")["days"].quantile(QUICKEST_SHARE, interpolation="lower")
    return LeadTimes(frame, pmf, index, promises, quickest.rename("quickest_days").reset_index(), ignored)
