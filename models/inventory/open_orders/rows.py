"""Open orders that come too late, too early or for nothing: proposals to expedite, postpone or cancel them.

Every open line is compared with itself on another day (`moves`), or never (`cancelling`), given everything else that is
on its way and what is ordered now. A proposal is made where the expected cost falls by more than the company's
thresholds. Lines of an item are decided one after the other, so that no unit is counted on twice: first those to be
cancelled, from the last to come on; then those to be expedited, from the first; then those to be postponed.
"""

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from models.demand.distribution.demand_distribution import DemandDistribution
from models.inventory.open_orders.cancelling import propose_cancellations
from models.inventory.open_orders.lines import CANCEL, COLUMNS, changeable_lines
from models.inventory.open_orders.moves import propose_moves
from models.inventory.open_orders.sentences import PHRASES, open_order_sentence
from models.inventory.recommendations.plan import Plan
from models.inventory.recommendations.reasons import OpenOrderReasons
from models.inventory.terms.columns import days, texts
from models.inventory.terms.money_rounding import rounded_money

_OF_ORDER = {
    "from_location": None,
    "placed_on": pd.NaT,
    "unit_cost": np.nan,
    "order_value": np.nan,
    "order_value_base": np.nan,
    "binding_constraint": "none",
    "days_of_supply_after": np.nan,
    "lasts_until": pd.NaT,
}
"""What a changed line does not say: nothing new is bought."""


def open_order_proposals(plan: Plan, distribution: DemandDistribution) -> pd.DataFrame:
    """The proposals of a bucket: a frame of `lines.COLUMNS`, sorted by line.

    Parameters
    ----------
    plan: the decided bucket.
    distribution: the demand that was decided on.

    Source: docs/method.md, Open orders.
    """
    lines = changeable_lines(plan)
    if not (lines.can_expedite | lines.can_postpone).any():
        return pd.DataFrame(columns=COLUMNS)
    cancelled = propose_cancellations(plan, distribution, lines)
    gone = np.zeros(len(lines.item), dtype=bool)
    gone[cancelled["line"].to_numpy(dtype=np.int64)] = True
    parts = [part for part in (cancelled, propose_moves(plan, distribution, lines, gone)) if len(part)]
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    return pd.concat(parts, ignore_index=True).sort_values("line", kind="stable", ignore_index=True)


def with_open_order_proposals(rows: pd.DataFrame, plan: Plan, distribution: DemandDistribution) -> pd.DataFrame:
    """Recommendations with the proposals to change open orders, numbered from 2 on within each item.

    Parameters
    ----------
    rows: one row per item, in the order of the plan's items; see `recommendation_rows`.
    plan, distribution: see `open_order_proposals`.

    Returns
    -------
    The same columns, sorted by sku, location and line_number. Item figures (stock, demand, levels) are repeated; value
    and cost are empty, so that totals of orders do not count what is ordered already.
    """
    found = open_order_proposals(plan, distribution)
    if found.empty:
        return rows
    state = plan.state
    today = np.datetime64(state.as_of, "D")
    line = state.supply.lines.iloc[found["line"].to_numpy(dtype=np.int64)].reset_index(drop=True)
    item = found["item"].to_numpy(dtype=np.int64)
    current = days(line, "median_on")
    shift = found["days"].to_numpy(dtype=np.int64).astype("timedelta64[D]")
    cancels = (found["action"] == CANCEL).to_numpy(dtype=bool)
    proposed = np.where(cancels, np.datetime64("NaT", "D"), current + shift)
    saving = found["saving"].to_numpy(dtype=np.float64)
    ask_in = state.days_until_decided + plan.rules.decision_lag_days
    ask_by = np.full(len(found), today + np.timedelta64(ask_in, "D"))
    supplier = texts(line, "supplier")
    changed = rows.iloc[item].reset_index(drop=True)
    changed = changed.assign(
        **{name: pd.Series([value] * len(found), dtype=rows[name].dtype) for name, value in _OF_ORDER.items()},
        line_number=found.groupby("item").cumcount().to_numpy(dtype=np.int64) + 2,
        action=found["action"].to_numpy(dtype=object),
        supplier=supplier,
        supplier_name=_names(plan, supplier.tolist()),
        order_units=line["units"].to_numpy(dtype=np.float64),
        purchase_order_number=line["order_number"].to_numpy(dtype=object),
        purchase_order_line=line["line_number"].to_numpy(dtype=object),
        order_by=ask_by.astype("datetime64[ns]"),
        current_expected_on=current.astype("datetime64[ns]"),
        expected_on=proposed.astype("datetime64[ns]"),
        money_at_stake=[float(rounded_money(money, plan.rules.base_currency)) for money in saving],
    )
    reasons = [
        _reasons(plan, proposal, record, row).to_json()
        for proposal, record, row in zip(
            found.to_dict("records"), line.to_dict("records"), changed.to_dict("records"), strict=True
        )
    ]
    changed["reasons"] = pd.Series(reasons, dtype=object)
    joined = pd.concat([rows, changed.astype(rows.dtypes.to_dict())], ignore_index=True)
    return joined.sort_values(["sku", "location", "line_number"], kind="stable", ignore_index=True)


def _names(plan: Plan, suppliers: list[Any]) -> list[Any]:
    if plan.suppliers.empty or "name" not in plan.suppliers.columns:
        return suppliers
    named = plan.suppliers.drop_duplicates("supplier", keep="last").set_index("supplier")["name"].dropna().to_dict()
    return [named.get(supplier, supplier) for supplier in suppliers]


def _reasons(plan: Plan, proposal: dict[Any, Any], line: dict[Any, Any], row: dict[Any, Any]) -> OpenOrderReasons:
    """The quantities that led to a proposal, and the sentence written from them."""
    item, rules = int(proposal["item"]), plan.rules
    reasons = OpenOrderReasons(
        sentence="",
        phrase=PHRASES[str(proposal["action"])],
        action=str(proposal["action"]),
        kind=line["kind"],
        order_number=line["order_number"],
        line_number=line["line_number"],
        supplier=row["supplier_name"],
        order_units=float(line["units"]),
        promised_on=_day(line["expected_on"]),
        current_expected_on=pd.Timestamp(row["current_expected_on"]).date(),
        proposed_on=_day(row["expected_on"]),
        moved_days=int(proposal["days"]),
        ask_by=pd.Timestamp(row["order_by"]).date(),
        units_saved=float(proposal["served"]),
        holding_saved_base=float(proposal["holding"]),
        write_off_saved_base=float(proposal["write_off"]),
        left_over_units=float(proposal["left_over"]),
        money_at_stake=float(row["money_at_stake"]),
        base_currency=rules.base_currency,
        threshold_base=rules.open_order_gain_minimum,
        threshold_share=rules.open_order_gain_share,
        unneeded_days=_looked_at_days(plan, pd.Timestamp(row["current_expected_on"]).date()),
        on_hand=float(row["on_hand"]),
        daily_demand=float(plan.state.daily_demand[item]),
        first_gap=_day(row["first_gap_on"]),
        inventory_position=float(row["inventory_position"]),
        reorder_point=None if pd.isna(row["reorder_point"]) else float(row["reorder_point"]),
        position_after=_position_after(plan, proposal, line, row),
        earliest_on=pd.Timestamp(line["earliest_on"]).date(),
        underage_cost=float(plan.costs.underage[item]),
        ends_on=_day(pd.Timestamp(plan.state.ends_on[item])),
        as_of=plan.state.as_of,
    )
    return replace(reasons, sentence=open_order_sentence(reasons))


def _looked_at_days(plan: Plan, arrives: dt.date) -> int:
    """Days after a line's arrival for which its need is looked at: no further than the forecast reaches."""
    left = int(plan.means.cumulative.shape[1]) - (arrives - plan.state.as_of).days
    return min(plan.rules.cancel_if_unneeded_days, max(left, 0))


def _position_after(plan: Plan, proposal: dict[Any, Any], line: dict[Any, Any], row: dict[Any, Any]) -> float:
    """The inventory position with the line moved or gone: what the position counts is as of the protection interval."""
    position, units = float(row["inventory_position"]), float(line["units"])
    end = plan.state.calendar.next_expected_on[int(proposal["item"])]
    inside = not pd.isna(row["expected_on"]) and pd.Timestamp(row["expected_on"]).to_datetime64() <= end
    return position - units * bool(line["is_counted"]) + units * inside


def _day(value: Any) -> dt.date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()
