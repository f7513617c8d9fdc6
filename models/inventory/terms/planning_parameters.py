"""Planning parameters: what people set for a SKU, category, supplier, location or all, resolved to each item."""

import datetime as dt

import numpy as np
import pandas as pd

from features.arrays import Days, Texts
from models.inventory.terms.columns import days, texts

UNITS_OR_DAYS = (
    "minimum_stock_units",
    "maximum_stock_units",
    "minimum_stock_days",
    "maximum_stock_days",
    "minimum_order_units",
    "maximum_order_units",
    "minimum_order_days",
    "maximum_order_days",
    "safety_stock_units",
    "service_target",
    "underage_cost_per_unit",
    "holding_cost_per_unit_day",
)
"""Parameters that are numbers: units, days of cover, a fraction, and costs in base currency."""

PARAMETERS = (*UNITS_OR_DAYS, "do_not_order", "phase_out_on")
"""Names of all parameters."""

SCOPES = ("sku", "category", "supplier", "location", "all")
"""Scopes from the most to the least specific: the first that names a parameter for an item decides."""

_SAME = {
    "minimum_stock": "minimum_stock_units",
    "maximum_stock": "maximum_stock_units",
    "minimum_stock_days_of_cover": "minimum_stock_days",
    "maximum_stock_days_of_cover": "maximum_stock_days",
    "minimum_order": "minimum_order_units",
    "maximum_order": "maximum_order_units",
    "minimum_order_days_of_cover": "minimum_order_days",
    "maximum_order_days_of_cover": "maximum_order_days",
    "safety_stock": "safety_stock_units",
    "safety_stock_override": "safety_stock_units",
    "phase_out": "phase_out_on",
    "phase_out_date": "phase_out_on",
}
_TRUE = {"true", "yes", "1", "1.0", "y", "on"}


def item_parameters(
    items: pd.DataFrame, planning_parameters: pd.DataFrame, *, placed_on: dt.date | Days
) -> pd.DataFrame:
    """The parameters in force for each item on the day on which its order is placed, in the order of `items`.

    A row is in force from `valid_from` (missing: always) to `valid_to` (missing: for ever), both included. SKU goes
    before category, supplier, location and all; a row that names a location beside its SKU, category or supplier goes
    before one that does not; of two rows of one scope the later `valid_from` wins.

    Parameters
    ----------
    items: columns sku, location, category, supplier (each may be missing).
    planning_parameters: canonical frame; `scope` says the kind and `scope_value` its value, or the columns sku,
        category, supplier, location do.
    placed_on: day on which orders are placed, of all items or (items,).

    Returns
    -------
    DataFrame with a column for each of `PARAMETERS`: numbers NaN and `phase_out_on` NaT where not set, `do_not_order`
    False where not set.

    Raises
    ------
    ValueError: a parameter has an unknown name, or a value that cannot be read.

    Source: docs/method.md, Rounding and limits.
    """
    resolved = pd.DataFrame(index=range(len(items)))
    for name in UNITS_OR_DAYS:
        resolved[name] = np.nan
    resolved["do_not_order"] = False
    resolved["phase_out_on"] = np.full(len(items), np.datetime64("NaT", "ns"))
    rows = _by_scope(planning_parameters)
    if rows.empty:
        return resolved
    on = np.broadcast_to(np.asarray(placed_on, dtype="datetime64[D]"), len(items))
    starts, ends = days(rows, "valid_from"), days(rows, "valid_to")
    kinds = pd.DataFrame({kind: texts(items, kind) for kind in SCOPES[:-1]})
    # From the least to the most specific, so that the last one written stands.
    for place, row in enumerate(rows.itertuples(index=False)):
        matching = (np.isnat(starts[place]) | (starts[place] <= on)) & (np.isnat(ends[place]) | (ends[place] >= on))
        for kind in SCOPES[:-1]:
            wanted = getattr(row, kind)
            if wanted is not None:
                matching &= (kinds[kind] == wanted).to_numpy(dtype=bool)
        if matching.any():
            resolved.loc[matching, str(row.name)] = _value(str(row.name), row.value)
    return resolved


def _by_scope(parameters: pd.DataFrame) -> pd.DataFrame:
    """Rows with their scope in columns sku, category, supplier, location, least specific first, then the oldest."""
    if parameters.empty:
        return parameters
    rows = pd.DataFrame({kind: texts(parameters, kind) for kind in SCOPES[:-1]}, dtype=object)
    if "scope" in parameters.columns:
        kind = pd.Series(texts(parameters, "scope"), dtype=object).astype(str).str.strip().str.lower().to_numpy()
        value = texts(parameters, "scope_value")
        for name in SCOPES[:-1]:
            given = np.array([v is not None for v in value]) & (kind == name)
            rows.loc[given, name] = value[given]
    for name in SCOPES[:-1]:
        rows.loc[rows[name].isin(["", "*", "all"]), name] = None
    rows["name"] = _names(texts(parameters, "name"))
    rows["value"] = texts(parameters, "value")
    named = rows[list(SCOPES[:-1])].notna()
    first = np.where(named.any(axis=1), named.to_numpy().argmax(axis=1), len(SCOPES) - 1)
    rows["_rank"] = -(first * 2.0) + (named["location"].to_numpy() & (first < SCOPES.index("location")))
    for name in ("valid_from", "valid_to"):
        rows[name] = days(parameters, name).astype("datetime64[ns]")
    rows["_order"] = range(len(rows))
    rows = rows.sort_values(["_rank", "valid_from", "_order"], na_position="first", kind="stable")
    return rows.drop(columns=["_rank", "_order"]).reset_index(drop=True)


def _names(names: Texts) -> list[str]:
    found = []
    for name in names:
        plain = str(name).strip().lower().replace("-", "_").replace(" ", "_")
        canonical = _SAME.get(plain, plain)
        if canonical not in PARAMETERS:
            raise ValueError(f'planning_parameters: "{name}" is not a parameter; known are {", ".join(PARAMETERS)}')
        found.append(canonical)
    return found


def _value(name: str, value: object) -> bool | float | pd.Timestamp:
    text = str(value).strip()
    if name == "do_not_order":
        return text.lower() in _TRUE
    try:
        return pd.Timestamp(text) if name == "phase_out_on" else float(text)
    except ValueError:
        kind = "a date" if name == "phase_out_on" else "a number"
        raise ValueError(f'planning_parameters: {name} is "{text}", not {kind}; correct its value') from None
