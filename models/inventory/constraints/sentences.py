"""Limits across items in words."""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from models.inventory.recommendations.sentences import amount, day_text, money, units


def _price(row: dict[str, Any], more: str, less: str, base: str) -> str:
    """What a step of the limit is worth: "; 1,000 EUR more saves 240 EUR, 1,000 EUR less costs 310 EUR"."""
    if row["saving_if_looser"] is None:
        return ""
    text = f"; {more} saves {_worth(row['saving_if_looser'], base)}"
    if row["cost_if_tighter"] is not None:
        text += f", {less} costs {_worth(row['cost_if_tighter'], base)}"
    return text


def _worth(value: float, base: str) -> str:
    return money(value, base) if value >= 0.01 else "nothing"


def budget_sentence(category: str, month: dt.date, row: dict[str, Any], taken: float, base: str) -> str:
    """The price of an order budget.

    Parameters
    ----------
    category: "*" for all. month: first day of the budget's month.
    row: of the table `constraint_prices` but its sentence.
    taken: committed before this run, in `base`. base: currency.
    """
    of = f"{month:%B %Y}" + ("" if category == "*" else f" for {category}")
    left = max(row["limit_value"] - taken, 0.0)
    text = f"Order budget of {of}: {money(row['wanted'] - taken, base)} wanted now, {money(left, base)} left"
    text += f" of {money(row['limit_value'], base)}"
    if not row["is_binding"]:
        return f"{text}, which is enough."
    more, less = money(row["looser_by"], base), money(row["tighter_by"] or 0.0, base)
    return f"{text}, {money(row['used'] - taken, base)} used{_price(row, f'{more} more budget', f'{less} less', base)}."


def storage_sentence(
    scope: str, supplier: str, row: dict[str, Any], what: str, containers: int | None, base: str
) -> str:
    """The price of a location's room, or of the containers of an order.

    Parameters
    ----------
    scope: location. supplier: name, of containers. row: of the table `constraint_prices` but its sentence.
    what: "volume" or "weight". containers: how many; None for a location's room. base: currency.
    """
    unit = row["unit"]
    wanted, used, limit = (f"{amount(row[name])} {unit}" for name in ("wanted", "used", "limit_value"))
    if containers is None:
        text = f"Storage at {scope}: {wanted} needed for stock, open orders and this plan, {limit} available"
        more, less = f"{amount(row['looser_by'] or 0.0)} {unit} more", f"{amount(row['tighter_by'] or 0.0)} {unit} less"
    else:
        count = f"{containers} {'container' if containers == 1 else 'containers'}"
        text = f"{supplier}: {wanted} wanted, {count} of {limit} by {what}, filled to {used}"
        more, less = "one more container", "one fewer"
    return f"{text}{_price(row, more, less, base)}." if row["is_binding"] else f"{text}."


def minimum_sentence(terms: "pd.Series[Any]", row: dict[str, Any], *, waiting: float, raising: float, base: str) -> str:
    """The price of a supplier's minimum order, and why it is reached or waited for.

    Parameters
    ----------
    terms: row of `CouplingProblem.orders`. row: of the table `constraint_prices` but its sentence.
    waiting, raising: what either costs, `base`; raising is infinite where nothing reaches the minimum. base: currency.
    """
    name, unit = terms["name"], row["unit"]
    wanted, goal, used = (money(row[name_], unit) for name_ in ("wanted", "limit_value", "used"))
    if not row["is_binding"]:
        state = f"{used} ordered, above the minimum of {goal}" if row["used"] else f"nothing ordered, minimum {goal}"
        return f"{name}: {state}."
    less, more = money(row["looser_by"], unit), money(row["tighter_by"], unit)
    price = _price(row, f"a minimum {less} lower", f"one {more} higher", base)
    if row["used"]:
        raised = f"costs {money(raising, base)}" if raising >= 0 else f"saves {money(-raising, base)} in all"
        return (
            f"{name}: {wanted} wanted, raised to {used} for the minimum of {goal}: that {raised}, "
            f"waiting would cost {money(waiting, base)}{price}."
        )
    other = f"raising it would cost {money(raising, base)}" if np.isfinite(raising) else "nothing due soon reaches it"
    # What a person, a target or a policy demands may cost more than ordering nothing.
    waited = f"costs {money(waiting, base)}" if waiting >= 0 else f"saves {money(-waiting, base)}"
    return (
        f"{name}: {wanted} wanted, below the minimum of {goal}: waiting until {review_day_text(terms)} {waited}, "
        f"{other}{price}."
    )


def freight_sentence(terms: "pd.Series[Any]", row: dict[str, Any], base: str) -> str:
    """The price of free freight."""
    wanted, goal, used = (money(row[name], row["unit"]) for name in ("wanted", "limit_value", "used"))
    if not row["is_binding"]:
        state = "reached" if row["used"] >= row["limit_value"] else "not worth reaching" if row["used"] else "no order"
        return f"{terms['name']}: freight is free from {goal}; {state} with {used}."
    less, more = money(row["looser_by"], row["unit"]), money(row["tighter_by"], row["unit"])
    return (
        f"{terms['name']}: {wanted} wanted, raised to {used} for free freight from {goal}"
        f"{_price(row, f'a threshold {less} lower', f'one {more} higher', base)}."
    )


def review_day_text(terms: "pd.Series[Any]") -> str:
    """The day of the next review of an order."""
    placed, following = pd.Timestamp(terms["placed_on"]).date(), pd.Timestamp(terms["next_placed_on"]).date()
    return day_text(following, placed)


def note(kind: str, wanted: float, name: str, goal: str, when: str) -> str:
    """Why an item's quantity is not its own best, as part of the sentence of its reasons.

    Parameters
    ----------
    kind: raised, filled, below, fixed, cut or none. wanted: units that would be best by themselves.
    name: of the supplier. goal: the limit, in words. when: next review, in words.
    """
    would = units(wanted)
    own = f"{would} would do" if wanted > 0 else "none is needed yet"
    return {
        "raised": f"raised to reach {name}'s {goal}; {own}",
        "filled": f"raised to fill {name}'s container; {own}",
        "below": f"{would} wanted, but the order is below {name}'s {goal}: waiting until {when} costs less",
        "fixed": f"{would} wanted, but what is due from {name} does not yet pay for an order: next review on {when}",
        "cut": f"{would} wanted, cut by the {goal}",
        "none": f"{would} wanted, but the {goal} leaves nothing for it now: next review on {when}",
    }[kind]


def paid_container_sentence(name: str, row: dict[str, Any], containers: int) -> str:
    """How full the containers are that an order pays for."""
    count = f"{containers} {'container' if containers == 1 else 'containers'}"
    share = row["used"] / row["limit_value"] if row["limit_value"] else 0.0
    return f"{name}: {count} paid, {share:.0%} of {amount(row['limit_value'])} {row['unit']} filled."
