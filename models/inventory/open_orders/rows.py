"""Proposals to change open orders as rows of recommendations, beside the row of their item, with a reason in words."""

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from models.demand.distribution.demand_distribution import DemandDistribution
from models.inventory.open_orders.actions import CANCEL, EXPEDITE, open_order_actions
from models.inventory.recommendations.plan import Plan
from models.inventory.recommendations.reasons import amount, day_text, units
from models.inventory.terms.columns import days, texts
from models.inventory.terms.currency import rounded_money

PHRASES = {
    "expedite": "would come too late",
    "postpone": "comes before it is needed",
    "cancel": "not needed",
}
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


def with_open_order_actions(rows: pd.DataFrame, plan: Plan, distribution: DemandDistribution) -> pd.DataFrame:
    """Recommendations with the proposals to change open orders, numbered from 2 on within each item.

    Parameters
    ----------
    rows: one row per item, in the order of the plan's items; see `recommendation_rows`.
    plan, distribution: see `open_order_actions`.

    Returns
    -------
    The same columns, sorted by sku, location and line_number. Item figures (stock, demand, levels) are repeated; value
    and cost are empty, so that totals of orders do not count what is ordered already.
    """
    found = open_order_actions(plan, distribution)
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
    worth = found["worth"].to_numpy(dtype=np.float64)
    ask_by = np.full(len(found), today + np.timedelta64(plan.rules.decision_lag_days, "D"))
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
        money_at_stake=[float(rounded_money(Decimal(repr(float(money))), plan.rules.base_currency)) for money in worth],
    )
    figures = [_figures(plan, change, record, row) for change, record, row in zip(
        found.to_dict("records"), line.to_dict("records"), changed.to_dict("records"), strict=True
    )]  # fmt: skip
    changed["reasons"] = pd.Series([{"sentence": _sentence(told), **_written(told)} for told in figures], dtype=object)
    joined = pd.concat([rows, changed.astype(rows.dtypes.to_dict())], ignore_index=True)
    return joined.sort_values(["sku", "location", "line_number"], kind="stable", ignore_index=True)


def _names(plan: Plan, suppliers: list[Any]) -> list[Any]:
    if plan.suppliers.empty or "name" not in plan.suppliers.columns:
        return suppliers
    named = plan.suppliers.drop_duplicates("supplier", keep="last").set_index("supplier")["name"].dropna().to_dict()
    return [named.get(supplier, supplier) for supplier in suppliers]


def _figures(plan: Plan, change: dict[Any, Any], line: dict[Any, Any], row: dict[Any, Any]) -> dict[str, Any]:
    """The quantities that led to a proposal."""
    item = int(change["item"])
    rules = plan.rules
    return {
        "phrase": PHRASES[str(change["action"])],
        "action": change["action"],
        "kind": line["kind"],
        "order_number": line["order_number"],
        "line_number": line["line_number"],
        "supplier": row["supplier_name"],
        "order_units": float(line["units"]),
        "promised_on": _day(line["expected_on"]),
        "current_expected_on": _day(row["current_expected_on"]),
        "proposed_on": _day(row["expected_on"]),
        "moved_days": int(change["days"]),
        "ask_by": _day(row["order_by"]),
        "units_saved": float(change["served"]),
        "holding_saved_base": float(change["holding"]),
        "write_off_saved_base": float(change["write_off"]),
        "left_over_units": float(change["left_over"]),
        "money_at_stake": float(row["money_at_stake"]),
        "base_currency": rules.base_currency,
        "threshold_base": rules.open_order_gain_minimum,
        "threshold_share": rules.open_order_gain_share,
        "unneeded_days": rules.cancel_if_unneeded_days,
        "on_hand": float(row["on_hand"]),
        "daily_demand": float(plan.state.daily_demand[item]),
        "first_gap": _day(row["first_gap_on"]),
        "underage_cost": float(plan.costs.underage[item]),
        "ends_on": _day(pd.Timestamp(plan.state.ends_on[item])),
        "as_of": plan.state.as_of,
    }


def _sentence(told: dict[str, Any]) -> str:
    """Why a line should move, as a planner would write it to the buyer."""
    as_of = told["as_of"]
    name = f" from {told['supplier']}" if told["supplier"] else ""
    what = "transfer" if told["kind"] == "transfer" else "order"
    current = day_text(told["current_expected_on"], as_of)
    promised = told["promised_on"]
    other = promised is not None and promised != told["current_expected_on"]
    promise = f" (promised for {day_text(promised, as_of)})" if other else ""
    start = f"{units(told['order_units'])} of {what} {told['order_number']}{name} are likely on {current}{promise}"
    money = _money(told["money_at_stake"], told["base_currency"])
    if told["action"] == EXPEDITE:
        gap = told["first_gap"]
        out = f", but we run out around {day_text(gap, as_of)}" if gap and gap < told["current_expected_on"] else ""
        sooner = f"{_span(-told['moved_days'])} earlier, on {day_text(told['proposed_on'], as_of)}"
        return f"{start}{out}; {sooner}, would save about {amount(told['units_saved'])} units of sales, worth {money}."
    if told["action"] == CANCEL:
        return f"{start}{_needless(told)}; cancelling saves {_saved(told)}{_risk(told)}{_net(told)}."
    return (
        f"{start}, before they are needed; {_span(told['moved_days'])} later, on "
        f"{day_text(told['proposed_on'], as_of)}, saves {_saved(told)}{_risk(told)}{_net(told)}."
    )


def _needless(told: dict[str, Any]) -> str:
    if told["ends_on"]:
        day = day_text(told["ends_on"], told["as_of"])
        ending = "has ended" if told["ends_on"] <= told["as_of"] else f"ends on {day}"
        return f", but it {ending} and about {amount(told['left_over_units'])} of them would be left over"
    return f", but what is there and comes anyway lasts for more than {told['unneeded_days']} days longer"


def _saved(told: dict[str, Any]) -> str:
    currency = told["base_currency"]
    holding = f"{_money(told['holding_saved_base'], currency)} of holding"
    if told["write_off_saved_base"] < 1:
        return holding
    lost = f"{_money(told['write_off_saved_base'], currency)} of write-off"
    return lost if told["holding_saved_base"] < 1 else f"{lost} and {holding}"


def _risk(told: dict[str, Any]) -> str:
    lost = -told["units_saved"]
    return f" and risks about {amount(lost)} units of sales" if lost >= 0.1 else ""


def _net(told: dict[str, Any]) -> str:
    """What is left of the saving, where it is not all."""
    saved = told["holding_saved_base"] + told["write_off_saved_base"]
    money = told["money_at_stake"]
    return f": {_money(money, told['base_currency'])} in all" if abs(saved - money) >= 0.02 * saved else ""


def _span(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"


def _money(value: float, currency: str) -> str:
    return f"{value:,.0f} {currency}"


def _day(value: Any) -> dt.date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()


def _written(told: dict[str, Any]) -> dict[str, Any]:
    """JSON-able: dates as ISO text, floats to nine digits."""
    return {name: _plain(value) for name, value in told.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return float(f"{value:.9g}") if isinstance(value, float) else value
