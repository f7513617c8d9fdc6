"""What rules across tables, across months or relative to the date look at.

A rule across tables cannot be asked of one frame, so its evidence is joined to the rows first: the matching
SKU, the order's date, the unit step. Great Expectations then decides on the columns of the evidence.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from data_contracts.declarations import EVERYTHING, Rule
from data_contracts.parsing import is_non_product, normalise_sku
from settings import Settings

Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class RunContext:
    """What the rules are relative to: all accepted tables, the plan's day, the company's date, the settings.

    snapshots: inventory of all days that are known, where `tables` hold that of the plan's day alone.
    """

    tables: Tables
    as_of: dt.date
    today: dt.date
    settings: Settings
    snapshots: pd.DataFrame | None = None


@dataclass(frozen=True)
class Evidence:
    """What one rule looks at.

    Attributes
    ----------
    columns: one row per row of the table (or per figure, for rules that stop), at least two columns.
    check: name of the check in `expectations.row_checks`.
    arguments: of the check.
    figures: for rules about the whole table: what is wrong, in words, for each row of `columns`.
    """

    columns: pd.DataFrame
    check: str
    arguments: dict[str, Any] = field(default_factory=dict)
    figures: tuple[str, ...] = ()


def collect_evidence(rule: Rule, frame: pd.DataFrame, context: RunContext) -> Evidence | None:
    """The evidence of a rule; None where there is nothing to compare with, such as an absent table."""
    return _COLLECTORS[rule.check](rule, frame, context)


def _same_code(skus: pd.Series, context: RunContext) -> pd.Series:
    """SKU codes as the settings say that they are compared."""
    data = context.settings.data
    texts = skus.astype("category")
    names = [normalise_sku(str(code), data.sku_case, data.sku_strip) for code in texts.cat.categories]
    return pd.Series(np.array([*names, None], dtype=object)[texts.cat.codes], index=skus.index, dtype="object")


def _not_after_today(rule: Rule, frame: pd.DataFrame, context: RunContext) -> Evidence:
    dates = frame[rule.columns[0]]
    return Evidence(_columns(dates, dates), "not_after", {"day": context.today.isoformat()})


def _refers_to(rule: Rule, frame: pd.DataFrame, context: RunContext) -> Evidence | None:
    column, home = rule.columns[0], rule.arguments["tables"]
    main = next(iter(home))
    if len(context.tables[main]) == 0 or column not in frame:
        return None
    is_sku = bool(rule.arguments.get("normalise_sku"))

    def code(values: pd.Series) -> pd.Series:
        return _same_code(values, context) if is_sku else values.astype(object)

    known = {EVERYTHING}
    for table, name in home.items():
        known.update(code(context.tables[table][name]).dropna())
    values = code(frame[column])
    match = values.where(values.isin(known))
    if is_sku and rule.name.startswith("sales."):
        source = context.settings.sources.get("sales")
        match = match.mask(is_non_product(frame[column].fillna(""), source.not_products if source else []), values)
    return Evidence(_columns(values, match), "refers")


def _whole_steps(rule: Rule, frame: pd.DataFrame, context: RunContext) -> Evidence:
    products, aliases = context.tables["products"], context.tables["sku_aliases"]
    step = pd.Series(products["unit_step"].to_numpy(), index=_same_code(products["sku"], context))
    step = step[~step.index.duplicated()]
    target = pd.Series(_same_code(aliases["sku"], context).to_numpy(), index=_same_code(aliases["alias"], context))
    target = target[~target.index.duplicated()]
    skus = _same_code(frame["sku"], context)
    steps = skus.map(step).fillna(skus.map(target).map(step)).astype("float64").fillna(1.0)
    return Evidence(_columns(frame[rule.columns[0]], steps), "multiple_of")


def _no_conflict_across_parts(rule: Rule, frame: pd.DataFrame, _: RunContext) -> Evidence | None:
    columns = frame[list(rule.columns)].astype(object)
    if "units" in frame and "status" in frame:
        carried_out = (frame["units"] >= 0) & (frame["status"] != "cancelled")
        columns.loc[~carried_out, rule.columns[0]] = None
    return Evidence(columns, "unique_where_filled")


def _order_lines(context: RunContext) -> pd.DataFrame:
    orders = context.tables["purchase_orders"][["order_number", "line_number", "ordered_on", "ordered_units"]]
    return orders.drop_duplicates(["order_number", "line_number"])


def _joined_orders(frame: pd.DataFrame, context: RunContext) -> pd.DataFrame:
    joined = frame[["order_number", "line_number"]].merge(
        _order_lines(context), on=["order_number", "line_number"], how="left"
    )
    return joined.set_index(frame.index)


def _order_is_known(_: Rule, frame: pd.DataFrame, context: RunContext) -> Evidence | None:
    if len(context.tables["purchase_orders"]) == 0:
        return None
    return Evidence(_columns(frame["order_number"], _joined_orders(frame, context)["ordered_units"]), "refers")


def _received_after_ordered(_: Rule, frame: pd.DataFrame, context: RunContext) -> Evidence:
    return Evidence(_columns(frame["received_on"], _joined_orders(frame, context)["ordered_on"]), "dates_in_order")


def _received_at_most_ordered(_: Rule, frame: pd.DataFrame, context: RunContext) -> Evidence:
    total = frame.groupby(["order_number", "line_number"])["received_units"].transform("sum")
    return Evidence(_columns(total, _joined_orders(frame, context)["ordered_units"]), "at_most_total")


def _partly_received_has_receipts(_: Rule, frame: pd.DataFrame, context: RunContext) -> Evidence:
    key = ["order_number", "line_number"]
    came = context.tables["receipts"].groupby(key, observed=True)["received_units"].sum()
    came = came[came > 0]
    has_come = pd.Series(pd.MultiIndex.from_frame(frame[key]).isin(came.index), index=frame.index)
    status = frame["status"].astype(object)
    claims = status.where(status == "partly_received")
    return Evidence(_columns(claims, claims.where(has_come)), "refers")


def _no_jump(rule: Rule, frame: pd.DataFrame, _: RunContext) -> Evidence:
    ordered = frame.sort_values(["currency", "date"], kind="stable")
    before = ordered.groupby("currency")["rate_to_base"].shift().reindex(frame.index)
    before = before.fillna(frame["rate_to_base"])
    return Evidence(
        _columns(frame["rate_to_base"], before), "within_factor", {"factor": rule.arguments["factor"], "least": 0.0}
    )


def _recent(rule: Rule, frame: pd.DataFrame, context: RunContext) -> Evidence | None:
    newest = frame[rule.columns[0]].max()
    if pd.isna(newest):
        return None
    oldest = context.as_of - dt.timedelta(days=context.settings.data.max_data_age_days)
    message = (
        f"newest {rule.columns[0]} is {newest:%Y-%m-%d}, more than data.max_data_age_days before {context.as_of}; "
        "deliver newer rows"
    )
    dates = pd.Series([newest])
    return Evidence(_columns(dates, dates), "not_before", {"day": oldest.isoformat()}, (message,))


def _windows(dates: pd.Series, context: RunContext) -> tuple[pd.Series, pd.Series] | None:
    """Rows of the newest 28 days (or complete month) and of those before; None where history is shorter."""
    day = pd.Timestamp(context.as_of)
    if context.settings.company.period == "month":
        start = day.to_period("M").start_time
        before = start - pd.DateOffset(months=1)
    else:
        start = day - pd.Timedelta(days=27)
        before = start - pd.Timedelta(days=28)
    if not (dates.min() <= before):
        return None
    return (dates >= start) & (dates <= day), (dates >= before) & (dates < start)


FEW_ROWS = 30.0


def _volume(_: Rule, frame: pd.DataFrame, context: RunContext) -> Evidence | None:
    windows = _windows(frame["date"], context)
    if windows is None or context.settings.data.accept_volume_on == context.as_of:
        return None
    newest, before = (int(window.sum()) for window in windows)
    factor = context.settings.data.max_volume_factor
    message = (
        f"{newest} rows in the newest 28 days and {before} in the 28 days before, which differ by more than "
        f"data.max_volume_factor = {factor:g}; deliver the missing rows, or accept them with "
        f"data.accept_volume_on = {context.as_of}"
    )
    columns = pd.DataFrame({"newest": [float(newest)], "before": [float(before)]})
    return Evidence(columns, "within_factor", {"factor": factor, "least": FEW_ROWS}, (message,))


def _no_location_vanished(_: Rule, frame: pd.DataFrame, context: RunContext) -> Evidence | None:
    """Locations of the plan's stock, else of the newest snapshot, against those of the snapshot before."""
    known = frame if context.snapshots is None else context.snapshots
    newest = frame["as_of"].max()
    # Within a period that is not complete, locations may be counted on different days.
    begins = newest if context.snapshots is None else frame["as_of"].min()
    dates = [known.loc[known["as_of"] < begins, "as_of"].max(), newest]
    if pd.isna(dates[0]) or context.settings.data.accept_volume_on == context.as_of:
        return None
    now, before = frame.loc[frame["as_of"] >= begins, "location"], known.loc[known["as_of"] == dates[0], "location"]
    there = before.drop_duplicates().sort_values(ignore_index=True)
    counts = before.value_counts()
    message = tuple(
        f"location {name!r} has {counts[name]} rows on {dates[0]:%Y-%m-%d} and none on {dates[1]:%Y-%m-%d}; "
        f"deliver them, or accept it with data.accept_volume_on = {context.as_of}"
        for name in there
    )
    return Evidence(_columns(there, there.where(there.isin(set(now)))), "refers", {}, message)


def _columns(first: pd.Series, second: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({"value": first.to_numpy(), "against": second.to_numpy()})


_COLLECTORS: dict[str, Callable[[Rule, pd.DataFrame, RunContext], Evidence | None]] = {
    "not_after_today": _not_after_today,
    "refers_to": _refers_to,
    "whole_steps": _whole_steps,
    "no_conflict_across_parts": _no_conflict_across_parts,
    "order_is_known": _order_is_known,
    "received_after_ordered": _received_after_ordered,
    "received_at_most_ordered": _received_at_most_ordered,
    "partly_received_has_receipts": _partly_received_has_receipts,
    "no_jump": _no_jump,
    "recent": _recent,
    "volume": _volume,
    "no_location_vanished": _no_location_vanished,
}
