"""Decisions rewritten to the quantities that the limits leave: rows, reasons, policies and exceptions."""

import dataclasses
import datetime as dt
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from models.inventory.decide import Decisions
from models.inventory.ordering.alternatives import WEEK_DAYS, cost_of_waiting
from models.inventory.recommendations.reasons import Reasons
from models.inventory.recommendations.sentences import amount, sentence, units
from models.inventory.terms.money_rounding import rounded_money
from models.inventory.terms.rounding import round_up

_ORDER, _NOTHING = "order", "none"
_TURNED_AWAY = ("postpone", "cancel")
LOST_ENOUGH = 0.5
"""A line that a limit holds back is an exception when it loses so many units more, or leaves out what was demanded."""
_KEY = ["sku", "location"]


def with_orders(decisions: Decisions, choices: pd.DataFrame, base_currency: str) -> Decisions:
    """The decisions with the quantities of `choices` in place of each item's own best.

    Parameters
    ----------
    decisions: of some items.
    choices: see `changed_choices`; rows of other items are passed over.

    Returns
    -------
    Decisions whose recommendations, reasons with their sentence, policies (binding_constraint) and exceptions agree.
    """
    rows = decisions.recommendations
    key = pd.MultiIndex.from_frame(rows[_KEY])
    mine = choices[pd.MultiIndex.from_frame(choices[_KEY]).isin(key)].reset_index(drop=True)
    if mine.empty:
        return decisions
    new = {(row["sku"], row["location"]): row for row in mine.to_dict("records")}
    offered = decisions.options[pd.MultiIndex.from_frame(decisions.options[_KEY]).isin(list(new))]
    options = dict(iter(offered.groupby(_KEY, sort=False)))
    changed = [
        _rewritten(row, new[row["sku"], row["location"]], options[row["sku"], row["location"]], base_currency)
        if row["line_number"] == 1 and (row["sku"], row["location"]) in new
        else row
        for row in rows.to_dict("records")
    ]
    # An item that is ordered after all keeps no proposal to turn its open orders away.
    ordered = {key for key, row in new.items() if float(row["order_units"]) > 0}
    kept = [row for row in changed if row["action"] not in _TURNED_AWAY or (row["sku"], row["location"]) not in ordered]
    recommendations = pd.DataFrame(kept, columns=rows.columns).astype(rows.dtypes.to_dict())
    return dataclasses.replace(
        decisions,
        recommendations=recommendations,
        policies=_with_bindings(decisions.policies, new),
        exceptions=_with_exceptions(decisions.exceptions, new),
    )


def _rewritten(row: Mapping[Any, Any], new: Mapping[Any, Any], options: pd.DataFrame, base: str) -> dict[str, Any]:
    ordered = float(new["order_units"])
    value = rounded_money(new["order_value"], row["currency"]) if ordered else Decimal(0)
    in_base = rounded_money(new["order_value_base"], base) if ordered else Decimal(0)
    result = {str(name): cell for name, cell in row.items()} | {
        "action": _ORDER if ordered > 0 else _NOTHING,
        "order_units": ordered,
        "unit_cost": float(new["order_value"]) / ordered if ordered else row["unit_cost"],
        "order_value": float(value),
        "order_value_base": float(in_base),
        "order_by": row["placed_on"] if ordered else new["next_placed_on"],
        "days_of_supply_after": new["days_of_supply_after"],
        "lasts_until": new["lasts_until"],
        "money_at_stake": float(rounded_money(new["money_at_stake"], base)),
        "binding_constraint": new["binding_constraint"],
    }
    return result | {"reasons": _reasons(Reasons.from_json(row["reasons"]), result, new, options).to_json()}


def _reasons(old: Reasons, row: Mapping[str, Any], new: Mapping[Any, Any], options: pd.DataFrame) -> Reasons:
    """The reasons with the figures that changed, and the sentence written anew."""
    lost_more = float(new["lost_more_units"])
    figures = dataclasses.replace(
        old,
        order_units=row["order_units"],
        order_value=row["order_value"],
        order_value_base=row["order_value_base"],
        money_at_stake=row["money_at_stake"],
        binding_constraint=row["binding_constraint"],
        lasts_until=_day(row["lasts_until"]),
        order_by=_day(row["order_by"]),
        units_saved=float(new["units_saved"]),
        leftover_units=float(new["leftover_units"]),
        wanted_units=float(new["wanted_units"]),
        limit_cost=float(new["limit_cost"]),
        lost_more_units=lost_more if math.isfinite(lost_more) else 0.0,
        limit_note=new["limit_note"],
        cost_if_nothing=row["money_at_stake"] if row["order_units"] else None,
        is_last_order=old.is_last_order and row["order_units"] > 0,
        waiting_units=None,
        waiting_gain_base=None,
        gain_minimum_base=None,
    )
    figures = _with_alternatives(figures, options, new)
    return dataclasses.replace(figures, sentence=sentence(figures))


def _with_alternatives(reasons: Reasons, options: pd.DataFrame, new: Mapping[Any, Any]) -> Reasons:
    """The reasons with what the alternatives to a line cost that a limit has moved; None where not known.

    The curve itself is not at hand: it stands on demand paths that are drawn bucket by bucket and never stored, while
    limits are decided for all buckets at once and nothing is decided twice. Its values at the options are: of a pack
    more and less where that is an option, and of the same order at the next review, which the options' lost and
    leftover units tell. Under reviews of less than a week, a week later ends in another window: not known.

    Parameters
    ----------
    reasons: of the moved line.
    options: of the item, one row at least, sorted by order_units; see `order_options`.
    new: its row of `changed_choices`.

    Source: docs/method.md, Limits across items; `alternatives` for what each of them is.
    """
    units, cost, lost, left = (
        options[name].to_numpy(dtype=np.float64)
        for name in ("order_units", "expected_cost_base", "lost_units", "leftover_units")
    )
    order, pack = float(new["order_units"]), reasons.pack_units
    least = float(round_up(np.array([max(reasons.minimum_order_units, pack)]), np.array([pack]))[0])
    chosen = cost[0] - float(new["money_at_stake"])

    def beyond(wanted: float) -> float | None:
        found = np.flatnonzero(np.abs(units - wanted) < 1e-6 * pack)
        return float(cost[found[0]] - chosen) if len(found) else None

    result = dataclasses.replace(
        reasons,
        cost_if_pack_more=beyond(order + pack if order > 0 else least),
        cost_if_pack_less=beyond(order - pack) if order > 0 and order - pack >= least - 1e-9 else None,
        cost_if_later=None,
        later_days=None,
        later_lost_units=None,
    )
    days = float((pd.Timestamp(new["next_placed_on"]) - pd.Timestamp(options["placed_on"].iloc[0])).days)
    if order <= 0 or days < WEEK_DAYS:
        return result
    missed = max(float(lost[0] - new["lost_units"]), 0.0)
    spared = max(float(new["leftover_units"] - left[0]), 0.0)
    holding = float(options["holding_per_unit_day"].iloc[0])
    waited = float(cost_of_waiting(reasons.underage_cost, holding, days, missed, spared))
    return dataclasses.replace(result, cost_if_later=waited, later_days=days, later_lost_units=missed)


def _day(day: Any) -> dt.date | None:
    return None if pd.isna(day) else pd.Timestamp(day).date()


def _short(value: float) -> float | None:
    return float(f"{value:.9g}") if math.isfinite(value) else None


def _with_bindings(policies: pd.DataFrame, new: Mapping[tuple[str, str], Mapping[Any, Any]]) -> pd.DataFrame:
    bound = [
        new[key]["binding_constraint"] if key in new else old
        for key, old in zip(
            zip(policies["sku"], policies["location"], strict=True), policies["binding_constraint"], strict=True
        )
    ]
    return policies.assign(binding_constraint=pd.Series(bound, index=policies.index, dtype=object))


def _with_exceptions(exceptions: pd.DataFrame, new: Mapping[tuple[str, str], Mapping[Any, Any]]) -> pd.DataFrame:
    found = []
    for (sku, location), row in new.items():
        lost, short = float(row["lost_more_units"]), float(row["short_of_required"])
        if short <= 0 and lost < LOST_ENOUGH:
            continue
        demanded = f"; {units(short)} short of what is set as required" if short > 0 else ""
        text = f"{row['limit_note']}{demanded}; about {amount(max(lost, 0.0))} units more are expected to be lost"
        figures = {
            "wanted_units": float(row["wanted_units"]), "order_units": float(row["order_units"]),
            "binding_constraint": row["binding_constraint"], "lost_more_units": _short(lost),
            "limit_cost": _short(float(row["limit_cost"])), "short_of_required": short,
        }  # fmt: skip
        severity = "warning" if short > 0 else "info"
        found.append((sku, location, "held_back", severity, f"{sku} at {location}: {text}", figures))
    if not found:
        return exceptions
    # What is held back for its own sake is explained by the limit that holds it back now.
    again = pd.MultiIndex.from_frame(exceptions[_KEY]).isin([(row[0], row[1]) for row in found])
    kept = exceptions[~(again & (exceptions["kind"] == "held_back").to_numpy())]
    joined = pd.concat([kept, pd.DataFrame(found, columns=exceptions.columns)], ignore_index=True)
    return joined.sort_values(_KEY, kind="stable", ignore_index=True)
