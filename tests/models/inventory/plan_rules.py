"""What holds for every line of a plan, whatever the company: the faults of a plan in words."""

import dataclasses
import re

import pandas as pd

from models.inventory.recommendations.reasons import OpenOrderReasons, Reasons, stored_reasons
from models.inventory.recommendations.sentences import MOST_WORDS, amount, money, units
from models.inventory.terms.order_limits import CLOSURE, GAIN_BELOW_MINIMUM, NONE, PACK, SIZES_ALONE, SOURCE_STOCK

ORDERS = ("order", "transfer")
_DATE = re.compile(r"\b\d{1,2} [A-Z][a-z]{2}( \d{4})?\b|since [A-Z][a-z]+( \d{4})?")
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
_LEEWAY_WORDS = 6


def faults(recommendations: pd.DataFrame, exceptions: pd.DataFrame) -> list[str]:
    """Every rule that a line breaks, with the line."""
    found: list[str] = []
    for row in recommendations.to_dict("records"):
        reasons = stored_reasons(row["reasons"])
        told = [
            *_of_sentence(reasons),
            *(_of_order(row, reasons) if isinstance(reasons, Reasons) else _of_change(reasons)),
        ]
        found += [f"{row['sku']} at {row['location']}, line {row['line_number']}: {fault}" for fault in told]
    ordered = recommendations[recommendations["action"].isin(ORDERS)]
    keys = set(zip(ordered["sku"], ordered["location"], strict=True))
    too_much = exceptions[exceptions["kind"] == "overstock"]
    both = [key for key in zip(too_much["sku"], too_much["location"], strict=True) if key in keys]
    return found + [f"{sku} at {place}: ordered, and too much of it" for sku, place in both]


def _of_sentence(reasons: Reasons | OpenOrderReasons) -> list[str]:
    text = reasons.sentence
    found = [f"{text!r} says {figure}, which is no figure of the line" for figure in _unknown_figures(reasons)]
    named = text.replace(reasons.supplier, "supplier") if reasons.supplier else text  # "Nord Co." ends no sentence
    parts = [part for part in re.split(r"\.(?:\s|$)", named) if part]
    if len(parts) > 2:
        found.append(f"{text!r} is {len(parts)} sentences")
    note = getattr(reasons, "limit_note", None) or ""
    longest = max(len(re.findall(r"\w\S*", part.replace(note, ""))) for part in parts)
    if longest > MOST_WORDS + _LEEWAY_WORDS:
        found.append(f"{text!r} has a sentence of {longest} words")
    return found


def _unknown_figures(reasons: Reasons | OpenOrderReasons) -> list[str]:
    figures = {each.name: getattr(reasons, each.name) for each in dataclasses.fields(reasons)}
    text = reasons.sentence
    for name in ("limit_note", "supplier", "from_location", "order_number"):
        if figures.get(name):
            note = str(figures[name])
            text = text.replace(note, "").replace(note[:1].upper() + note[1:], "")
    text = _DATE.sub("", text).replace("P90", "")
    values = [float(v) for v in figures.values() if isinstance(v, int | float) and not isinstance(v, bool)]
    if isinstance(reasons, Reasons):
        values += _derived(reasons)
    known = {words for value in values for words in _as_written(value)}
    return [figure for figure in _NUMBER.findall(text) if figure.rstrip(",") not in known]


def _derived(reasons: Reasons) -> list[float]:
    """Figures that follow from one or two stored ones: per week and month, packs, the way to the level, a share.

    A pace below a tenth a month is told as less than that.
    """
    daily, high = reasons.daily_demand, reasons.daily_demand_p90 or 0.0
    level = (reasons.order_up_to_level or 0.0) - (reasons.inventory_position or 0.0)
    share = reasons.fed_daily_demand / daily * 100 if daily > 0 else 0.0
    monthly = 0.1 if 0 < daily * 30 < 0.1 else daily * 30
    return [daily * 7, monthly, high * 7, reasons.order_units / reasons.pack_units, level, share]


def _as_written(value: float) -> set[str]:
    whole = {units(round(value)), units(value), amount(value), money(value, None), f"{value:.0%}".rstrip("%")}
    return whole | {text.lstrip("-") for text in whole}


def _of_order(row: dict[str, object], reasons: Reasons) -> list[str]:
    found = []
    for name in ("order_units", "inventory_position", "reorder_point", "order_up_to_level", "money_at_stake"):
        mine, stored = row[name], getattr(reasons, name)
        if not (pd.isna(mine) and stored is None) and abs(float(mine) - float(stored)) > 1e-6 * max(
            abs(float(mine)), 1
        ):
            found.append(f"{name} is {mine} in the line and {stored} in its reasons")
    position, order = reasons.inventory_position, reasons.order_units
    if reasons.waiting_units:
        if order or reasons.binding_constraint != GAIN_BELOW_MINIMUM:
            found.append("waits, and is ordered or says another constraint")
        if (reasons.waiting_gain_base or 0.0) >= (reasons.gain_minimum_base or 0.0):
            found.append("waits although it gains enough")
    unexplained = reasons.binding_constraint in {NONE, PACK} and not reasons.required_units
    if order > 0 and position is not None and reasons.order_up_to_level is not None and unexplained:
        beyond = position + order - reasons.order_up_to_level
        if not -1e-6 <= beyond < max(reasons.pack_units, reasons.minimum_order_units) + 1e-6:
            found.append(f"position {position} and order {order} lead not to the level {reasons.order_up_to_level}")
    needed = position is not None and reasons.reorder_point is not None and position <= reasons.reorder_point
    if order <= 0 and needed and reasons.binding_constraint in SIZES_ALONE:
        found.append(f"position {position} is not above {reasons.reorder_point}, and nothing holds an order back")
    if order > 0 and unexplained and reasons.money_at_stake < -0.005:
        found.append(f"costs {-reasons.money_at_stake} more than ordering nothing, without a reason")
    return found + _of_scarce_transfer(reasons) + _of_way_to_level(reasons)


def _of_way_to_level(reasons: Reasons) -> list[str]:
    """What is called needed fills the position up to the level; an order that a limit cut says what holds it below."""
    position, level = reasons.inventory_position, reasons.order_up_to_level
    if position is None or level is None or position >= level:
        return []
    needed = [float(figure.replace(",", "")) for figure in re.findall(r"([\d,.]+) needed", reasons.sentence)]
    found = [
        f"{figure} needed, {level - position} to the level"
        for figure in needed
        if abs(figure - level + position) > 0.01
    ]
    cut = 0 < reasons.order_units < level - position - 0.01 and reasons.binding_constraint not in {NONE, PACK, CLOSURE}
    words = ("it ends", "later orders", "can spare", "limited by")
    if cut and not reasons.limit_note and not any(word in reasons.sentence for word in words):
        found.append(f"stays below the level {level} by {reasons.binding_constraint}, which {reasons.sentence!r} hides")
    return found


def _of_scarce_transfer(reasons: Reasons) -> list[str]:
    if reasons.order_units <= 0 or reasons.binding_constraint != SOURCE_STOCK:
        return []
    demanded = reasons.required_units > 0 and reasons.required_by != "service target"
    loses = reasons.money_at_stake < -0.005
    return [f"takes scarce stock and loses {-reasons.money_at_stake}"] if loses and not demanded else []


def _of_change(reasons: OpenOrderReasons) -> list[str]:
    found = []
    if reasons.action in {"cancel", "postpone"} and reasons.position_after < (reasons.reorder_point or -1.0):
        found.append(f"{reasons.action} leaves {reasons.position_after}, below the point {reasons.reorder_point}")
    if reasons.action == "expedite" and reasons.proposed_on is not None and reasons.proposed_on < reasons.earliest_on:
        found.append(f"expedited to {reasons.proposed_on}, quicker than {reasons.earliest_on}")
    return found
