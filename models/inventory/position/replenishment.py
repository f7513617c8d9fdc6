"""Terms, lead time and calendar of each item, in force on the day on which its order is placed.

That day depends on the terms: on their supplier and its ordering days. So the terms of the first possible day give a
day, and where other rows are in force on it, those are taken, until both agree.
"""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.arrays import Days, Flags
from models.inventory.calendar.replenishment_calendar import ReplenishmentCalendar, next_as_of, replenishment_calendar
from models.inventory.calendar.working_days import WorkingDays
from models.inventory.position.sourcing import ItemLead, SourcingInputs, current_terms, item_lead
from models.inventory.terms.columns import days, table
from models.inventory.terms.planning_parameters import item_parameters

_ROUNDS = 4
"""Terms whose ordering days contradict each other never agree: the last ones are taken."""


@dataclass(frozen=True)
class Replenishment:
    """How each item is replenished by an order of now.

    Attributes
    ----------
    terms, parameters: see `item_terms`, `item_parameters`; in force on `calendar.placed_on`.
    transferred: (items,) transferred this time although a supplier serves them.
    scoped: the items with their supplier.
    lead, calendar: see there.
    """

    terms: pd.DataFrame
    parameters: pd.DataFrame
    transferred: Flags
    scoped: pd.DataFrame
    lead: ItemLead
    calendar: ReplenishmentCalendar


def replenishment(
    given: SourcingInputs, clocks: tuple[WorkingDays, WorkingDays], *, as_of: dt.date, decided_on: dt.date
) -> Replenishment:
    """Terms, parameters, lead time and calendar of each item.

    Parameters
    ----------
    given: what decides from where each item comes.
    clocks: of suppliers and of locations.
    as_of, decided_on: see `inventory_state`.
    """
    items, tables, rules = given.items, given.tables, given.rules
    changes = _changes(table(tables, "supply_terms"))
    placed = np.full(len(items), np.datetime64(decided_on, "D") + np.timedelta64(rules.decision_lag_days, "D"))
    following = next_as_of(as_of, rules.period)
    while following <= decided_on:
        following = next_as_of(following, rules.period)
    for _ in range(_ROUNDS):
        on = placed
        terms, transferred = current_terms(given, on)
        scoped = items.assign(supplier=terms["supplier"].to_numpy(dtype=object))
        lead = item_lead(scoped, terms, given.lead_times)
        calendar = replenishment_calendar(
            scoped.assign(order_weekdays=terms["order_weekdays"], review_days=terms["review_days"]),
            as_of=as_of,
            decision_lag_days=rules.decision_lag_days,
            lead_time_pmf=lead.pmf,
            lead_time_mean_days=lead.mean_days,
            suppliers=clocks[0],
            locations=clocks[1],
            default_review_days=rules.review_days,
            next_as_of=following,
            decided_on=decided_on,
        )
        placed = np.where(np.isnat(calendar.placed_on), on, calendar.placed_on)
        if (np.searchsorted(changes, on, side="right") == np.searchsorted(changes, placed, side="right")).all():
            break
    parameters = item_parameters(scoped, table(tables, "planning_parameters"), placed_on=placed)
    return Replenishment(terms, parameters, transferred, scoped, lead, calendar)


def _changes(supply_terms: pd.DataFrame) -> Days:
    """Days on which other terms come into force, rising."""
    begins = np.unique(days(supply_terms, "valid_from"))
    return np.asarray(begins[~np.isnat(begins)])
