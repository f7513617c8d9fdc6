"""Purchase or transfer: for items that a supplier serves and another location could, what costs less now.

The need is what the demand until a purchase's successor could arrive exceeds all that is there and on its way. Bought,
it costs the supplier's landed price and the sales lost until it arrives; transferred, the sender's landed cost, the
transfer and the fewer sales lost until then, as far as the sender can spare it, and the rest is bought.

Source: transfer when its cost is below the expected saving; docs/method.md, Several locations.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.arrays import Days, Flags, Floats, Ints, Texts
from models.demand.distribution.demand_distribution import DemandDistribution
from models.inventory.lead_times.estimator import shifted
from models.inventory.lead_times.fit import LeadTimes
from models.inventory.position.network import senders
from models.inventory.terms.columns import KEY, numbers, table, texts
from models.inventory.terms.decision_rules import DecisionRules
from models.inventory.terms.supply_terms import SUPPLIER, TRANSFER, item_terms


@dataclass(frozen=True)
class ItemLead:
    """Lead time of each item on the supplier's clock: pmf (items, days), mean_days, sd_days (items,), source."""

    pmf: Floats
    mean_days: Floats
    sd_days: Floats
    source: Texts


def item_lead(scoped: pd.DataFrame, terms: pd.DataFrame, lead_times: LeadTimes) -> ItemLead:
    """Learned lead times where a supplier serves the item; the declared days of a transfer as they are.

    Where the terms of the day of the order declare another lead time than those that the learned one was fitted with,
    it moves by the difference.
    """
    bought = (terms["source"] == SUPPLIER).to_numpy(dtype=bool)
    declared = np.rint(np.nan_to_num(terms["lead_time_days"].to_numpy(dtype=np.float64))).astype(np.int64)
    count = len(scoped)
    learned = lead_times.for_items(scoped.loc[bought, ["supplier", *KEY]]) if bought.any() else None
    width = max(learned.pmf.shape[1] if learned else 1, int(declared[~bought].max(initial=0)) + 1)
    pmf = np.zeros((count, width))
    pmf[np.flatnonzero(~bought), declared[~bought]] = 1.0
    mean, sd = declared.astype(np.float64), np.zeros(count)
    source = np.full(count, "declared", dtype=object)
    if learned:
        now = terms["lead_time_days"].to_numpy(dtype=np.float64)[bought]
        by = np.rint(np.nan_to_num(now - learned.declared_days)).astype(np.int64)
        moved = shifted(learned.pmf, by)
        pmf = np.pad(pmf, ((0, 0), (0, max(moved.shape[1] - width, 0))))
        pmf[bought, : moved.shape[1]] = moved
        mean[bought] = np.where(by != 0, moved @ np.arange(moved.shape[1], dtype=np.float64), learned.mean_days)
        sd[bought], source[bought] = learned.sd_days, learned.source
    return ItemLead(pmf, mean, sd, source)


@dataclass(frozen=True)
class SourcingInputs:
    """What decides from where each item comes.

    Attributes
    ----------
    items, distribution, lead_times, tables, rules, rates: see `inventory_state`.
    coming, available: see `transfer_instead`.
    """

    items: pd.DataFrame
    distribution: DemandDistribution
    lead_times: LeadTimes
    tables: Mapping[str, pd.DataFrame]
    coming: Floats
    available: Floats
    rules: DecisionRules
    rates: Mapping[str, float]


def current_terms(given: SourcingInputs, placed_on: Days) -> tuple[pd.DataFrame, Flags]:
    """The terms in force on the day of each order, and which items are transferred although a supplier serves them.

    Parameters
    ----------
    given: what decides it.
    placed_on: (items,) day on which each item's order is placed.

    Returns
    -------
    The frame of `item_terms`, and (items,) bool.
    """
    items, tables, rules = given.items, given.tables, given.rules

    def of(transferred: Flags | None) -> pd.DataFrame:
        return item_terms(
            items,
            table(tables, "supply_terms"),
            table(tables, "transfer_terms"),
            table(tables, "products"),
            placed_on=placed_on,
            rates=given.rates,
            fixed_cost_per_line=rules.fixed_cost_per_line,
            transferred=transferred,
        )

    terms = of(None)
    nothing = np.zeros(len(items), dtype=bool)
    served = (terms["source"] == SUPPLIER).to_numpy(dtype=bool)
    routed = items["location"].isin(set(texts(table(tables, "transfer_terms"), "to_location"))).to_numpy(dtype=bool)
    if not (served & routed).any():
        return terms, nothing
    other = of(served & routed)
    lead = item_lead(items.assign(supplier=terms["supplier"].to_numpy(dtype=object)), terms, given.lead_times)
    transferred = transfer_instead(
        items,
        terms,
        other,
        np.where(served, lead.mean_days, np.nan),
        given.available,
        given.coming,
        given.distribution,
        rules,
    )
    return (of(transferred), transferred) if transferred.any() else (terms, nothing)


def transfer_instead(
    items: pd.DataFrame,
    bought: pd.DataFrame,
    transferred: pd.DataFrame,
    supplier_days: Floats,
    available: Floats,
    coming: Floats,
    distribution: DemandDistribution,
    rules: DecisionRules,
) -> Flags:
    """Which items are transferred from another location this time, although a supplier serves them.

    Parameters
    ----------
    items: columns sku, location, and as far as known unit_price_base.
    bought, transferred: terms of each item, see `item_terms`, with suppliers first and with other locations first.
    supplier_days: (items,) mean lead time of a purchase; NaN without one.
    available, coming: (items,) units that can be sold now (NaN: unknown), and all that is on its way.
    distribution: of the same items.
    rules: the company's.

    Returns
    -------
    (items,) bool; nothing is transferred where nothing is needed now, or where the sender cannot spare a pack.
    """
    both = np.flatnonzero((bought["source"] == SUPPLIER) & (transferred["source"] == TRANSFER) & np.isfinite(available))
    chosen = np.zeros(len(items), dtype=bool)
    if not len(both):
        return chosen
    horizon = int(distribution.lengths_days.sum())
    part, held = distribution.take(both), np.maximum(available[both], 0.0) + coming[both]

    def cost(terms: pd.DataFrame, name: str) -> Floats:
        return np.asarray(np.nan_to_num(terms[name].to_numpy(dtype=np.float64)[both]))

    def days(lead: Floats) -> Ints:
        waits = np.ceil(np.nan_to_num(lead)) + rules.decision_lag_days
        return np.asarray(np.clip(waits, 1, horizon), dtype=np.int64)

    review = numbers(bought, "review_days", float(rules.review_days))[both]
    soon, late = days(transferred["lead_time_days"].to_numpy(dtype=np.float64)[both]), days(supplier_days[both])
    need = np.maximum(part.expected(1, np.minimum(late + review.astype(np.int64), horizon)) - held, 0.0)
    lost_soon, lost_late = (part.interval(1, until).expected_shortage(held) for until in (soon, late))
    landed = cost(bought, "landed_cost_base")
    price = numbers(items, "unit_price_base")[both]
    by_default = landed / max(1 - rules.gross_margin_default, 0.01)
    margin = np.maximum(np.where(np.isfinite(price), price, by_default) - landed, 0.0)
    underage = margin * rules.share_of_demand_lost + rules.goodwill_cost_per_unit

    moved = np.minimum(need, _spare(items, transferred, bought, supplier_days, available, distribution, rules)[both])
    share = np.divide(moved, need, out=np.zeros(len(both)), where=need > 0)
    buying = landed * need + cost(bought, "fixed_cost_base") + underage * lost_late
    transferring = (
        cost(transferred, "landed_cost_base") * moved
        + landed * (need - moved)
        + cost(transferred, "fixed_cost_base")
        + np.where(moved < need, cost(bought, "fixed_cost_base"), 0.0)
        + underage * (lost_soon * share + lost_late * (1 - share))
    )
    pack = np.nan_to_num(transferred["pack_units"].to_numpy(dtype=np.float64)[both], nan=1.0)
    chosen[both] = (need > 0) & (moved >= pack) & (transferring < buying - 1e-9)
    return chosen


def _spare(
    items: pd.DataFrame,
    transferred: pd.DataFrame,
    bought: pd.DataFrame,
    supplier_days: Floats,
    available: Floats,
    distribution: DemandDistribution,
    rules: DecisionRules,
) -> Floats:
    """(items,) what each item's sending location does not sell until its own next purchase comes."""
    horizon = int(distribution.lengths_days.sum())
    sender = senders(items, transferred)
    review = numbers(bought, "review_days", float(rules.review_days))
    reach = np.ceil(np.nan_to_num(supplier_days)) + review + rules.decision_lag_days
    own = distribution.expected(1, np.clip(reach, 1, horizon))
    spare = np.maximum(np.nan_to_num(available) - own, 0.0)
    return np.where(sender >= 0, spare[np.maximum(sender, 0)], 0.0)
