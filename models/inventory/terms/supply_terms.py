"""Where each item is bought, or transferred from, and on what terms: the valid, preferred row of each item."""

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd

from features.arrays import Days, Flags, Floats, Ints
from models.inventory.terms.columns import KEY, days, flags, item_rows, numbers, texts

SUPPLIER = "supplier"
TRANSFER = "transfer"
ANYWHERE = "*"
_MILLI = 1000


def pack_units(
    purchase_unit: Floats,
    order_multiple: Floats,
    pack_size: Floats,
    unit_step: Floats,
) -> Floats:
    """Sales units of one pack: the least common multiple of purchase unit, order multiple and the item's step.

    The product's pack size counts only where the terms name neither. Units are exact to a thousandth. Shapes (items,).

    >>> one = np.array([1.0])
    >>> pack_units(np.array([6.0]), np.array([4.0]), np.array([10.0]), one).tolist()
    [12.0]
    >>> pack_units(np.array([np.nan]), np.array([np.nan]), np.array([10.0]), one).tolist()
    [10.0]

    Source: docs/method.md, Money.
    """
    unnamed = ~(purchase_unit > 0) & ~(order_multiple > 0)
    parts = [np.where(unnamed, pack_size, purchase_unit), order_multiple, unit_step]
    whole = [np.where(part > 0, np.rint(np.nan_to_num(part) * _MILLI), 1).astype(np.int64) for part in parts]
    step = np.where(unit_step > 0, whole[2], _MILLI)
    first, second = (np.where(part > 0, value, step) for part, value in zip(parts[:2], whole[:2], strict=True))
    return np.asarray(np.lcm(np.lcm(np.maximum(first, 1), np.maximum(second, 1)), step) / _MILLI)


def valid_terms(supply_terms: pd.DataFrame, on: dt.date | np.datetime64) -> pd.DataFrame:
    """The newest row of each item and supplier whose `valid_from` (missing: always) is not after the day `on`."""
    if supply_terms.empty:
        return supply_terms
    valid_from = days(supply_terms, "valid_from")
    valid = supply_terms[np.isnat(valid_from) | (valid_from <= np.asarray(on, dtype="datetime64[D]"))].copy()
    valid["valid_from"] = days(valid, "valid_from").astype("datetime64[ns]")
    valid = valid.sort_values([*KEY, "supplier", "valid_from"], na_position="first", kind="stable")
    return valid.drop_duplicates([*KEY, "supplier"], keep="last").reset_index(drop=True)


def groups_in_force(rows: pd.DataFrame, on: Days) -> list[Ints]:
    """Positions of `on` by what is in force: days between which no row's `valid_from` lies are one group.

    Parameters
    ----------
    rows: with valid_from. on: (n,) days.
    """
    changes = np.unique(days(rows, "valid_from"))
    stage = np.searchsorted(changes[~np.isnat(changes)], on, side="right")
    return [np.flatnonzero(stage == number) for number in np.unique(stage)]


def term_on(lines: pd.DataFrame, supply_terms: pd.DataFrame, column: str, on: Days) -> Floats:
    """(lines,) as `term_of`, of the terms in force on each line's day `on`."""
    found = np.full(len(lines), np.nan)
    for rows in groups_in_force(supply_terms, on):
        found[rows] = term_of(lines.iloc[rows], valid_terms(supply_terms, on[rows[0]]), column)
    return found


def term_of(lines: pd.DataFrame, valid: pd.DataFrame, column: str) -> Floats:
    """(lines,) a column of the terms of each line's SKU, location and supplier, else of those that hold anywhere; NaN.

    Parameters
    ----------
    lines: columns sku, location, supplier. valid: see `valid_terms`.
    """
    found = np.full(len(lines), np.nan)
    if column not in valid.columns:
        return found
    keys = [*KEY, "supplier"]
    for asked in (lines[keys], lines[keys].assign(location=ANYWHERE)):
        named = numbers(asked.merge(valid[[*keys, column]], on=keys, how="left"), column)
        found = np.where(np.isfinite(found), found, named)
    return found


def preferred_terms(valid: pd.DataFrame) -> pd.DataFrame:
    """One row per item: the preferred supplier, else the cheapest landed unit, else the first by name."""
    if valid.empty:
        return valid
    ranked = valid.assign(
        _preferred=~flags(valid, "is_preferred"), _landed=np.nan_to_num(_landed_base(valid, {}), nan=np.inf)
    )
    ranked = ranked.sort_values([*KEY, "_preferred", "_landed", "supplier"], kind="stable")
    return ranked.drop_duplicates(KEY, keep="first").drop(columns=["_preferred", "_landed"]).reset_index(drop=True)


def rate_to_base(frame: pd.DataFrame, rates: Mapping[str, float]) -> Floats:
    """Base units for one unit of each row's currency: from `rates`, else as `unit_cost_base` was converted, else 1."""
    named = pd.Series(texts(frame, "currency"), dtype=object).map(dict(rates)).to_numpy(dtype=np.float64)
    cost, base = numbers(frame, "unit_cost"), numbers(frame, "unit_cost_base")
    implied = np.divide(base, cost, out=np.full(len(frame), np.nan), where=cost > 0)
    return np.where(np.isfinite(named), named, np.where(np.isfinite(implied), implied, 1.0))


def _landed_base(frame: pd.DataFrame, rates: Mapping[str, float]) -> Floats:
    """Unit cost with duty and freight, base currency."""
    own = numbers(frame, "unit_cost") * (1 + numbers(frame, "duty_rate", 0.0)) + numbers(frame, "freight_per_unit", 0.0)
    return np.asarray(own * rate_to_base(frame, rates))


def item_terms(
    items: pd.DataFrame,
    supply_terms: pd.DataFrame,
    transfer_terms: pd.DataFrame,
    products: pd.DataFrame,
    *,
    placed_on: dt.date | Days,
    rates: Mapping[str, float],
    fixed_cost_per_line: float = 0.0,
    transferred: Flags | None = None,
) -> pd.DataFrame:
    """The terms on which each item is replenished, one row per item in the order of `items`.

    A supplier's terms win over a transfer from another location, but for `transferred` items; among transfers the one
    named for the SKU, then the shortest. A transferred unit is worth what the item costs at the location it comes from.

    Parameters
    ----------
    items: columns sku, location, optional unit_step.
    supply_terms, transfer_terms, products: canonical frames of the same SKUs.
    placed_on: day on which orders are placed, of all items or (items,): the terms in force then count.
    rates: base units for one unit of each currency, at the last known date.
    fixed_cost_per_line: base currency, where the terms name none.
    transferred: (items,) items whose suppliers are left aside; see `transfer_instead`. None for none.

    Returns
    -------
    DataFrame: source ("supplier", "transfer" or None), supplier, from_location, supplier_sku, currency, rate_to_base,
    unit_cost (own currency, per sales unit), extra_cost_base (duty and freight, per sales unit), duty_rate,
    landed_cost_base, lead_time_days, lead_time_sd_days, pack_units, minimum_order_units, fixed_cost_base, review_days,
    order_weekdays, price_breaks (text or list as in the terms), price_break_kind.

    Source: docs/method.md, Money.
    """
    chosen = _in_force(supply_terms, items, np.broadcast_to(np.asarray(placed_on, dtype="datetime64[D]"), len(items)))
    if transferred is not None:
        chosen = chosen.loc[~transferred].reindex(range(len(items)))
    has_supplier = chosen["sku"].notna().to_numpy(dtype=bool) if len(supply_terms) else np.zeros(len(items), dtype=bool)
    product = _product_columns(items, products)

    frame = pd.DataFrame(index=range(len(items)))
    frame["source"] = np.where(has_supplier, np.array(SUPPLIER, dtype=object), np.array(None, dtype=object))
    for name in ("supplier", "supplier_sku", "currency", "order_weekdays", "price_breaks", "price_break_kind"):
        frame[name] = texts(chosen, name)
    rate = rate_to_base(chosen, rates)
    duty = numbers(chosen, "duty_rate", 0.0)
    frame["rate_to_base"] = np.where(has_supplier, rate, np.nan)
    frame["unit_cost"] = numbers(chosen, "unit_cost")
    frame["duty_rate"] = duty
    frame["landed_cost_base"] = _landed_base(chosen, rates)
    frame["extra_cost_base"] = frame["landed_cost_base"] - frame["unit_cost"] * rate
    for name in ("lead_time_days", "lead_time_sd_days", "review_days"):
        frame[name] = numbers(chosen, name)
    fixed = numbers(chosen, "fixed_cost_per_line")
    frame["fixed_cost_base"] = np.where(np.isfinite(fixed), fixed * rate, fixed_cost_per_line)
    frame["minimum_order_units"] = numbers(chosen, "minimum_order_quantity", 0.0)
    frame["pack_units"] = pack_units(
        numbers(chosen, "purchase_unit"), numbers(chosen, "order_multiple"), product["pack_size"], product["unit_step"]
    )
    frame["from_location"] = np.full(len(items), None, dtype=object)
    return _with_transfers(frame, items, transfer_terms, product)


def _in_force(supply_terms: pd.DataFrame, items: pd.DataFrame, on: Days) -> pd.DataFrame:
    """The terms of each item on its day `on`; missing values where there are none."""
    parts = []
    for rows in groups_in_force(supply_terms, on):
        part = _of_items(
            preferred_terms(valid_terms(supply_terms, on[rows[0]])), items.iloc[rows].reset_index(drop=True)
        )
        parts.append(part.set_index(rows))
    if not parts:
        return supply_terms.iloc[:0].reindex(range(len(items)))
    return pd.concat(parts).sort_index() if len(parts) > 1 else parts[0]


def _of_items(terms: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """The terms of each item, else those of its SKU at any location ("*"); missing values where there are none."""
    if terms.empty:
        return terms.reindex(range(len(items)))
    place = item_rows(terms, items)
    anywhere = terms[terms["location"] == ANYWHERE].drop_duplicates("sku").set_index("sku", drop=False)
    chosen = anywhere.reindex(items["sku"]).reset_index(drop=True)
    if (place >= 0).any():
        own = terms[place >= 0].set_index(place[place >= 0]).reindex(range(len(items)))
        named = own["sku"].notna().to_numpy(dtype=bool)
        chosen = pd.concat([own[named], chosen[~named]]).sort_index() if not named.all() else own
    return chosen


def _product_columns(items: pd.DataFrame, products: pd.DataFrame) -> dict[str, Floats]:
    by_sku = products.drop_duplicates("sku", keep="last").set_index("sku") if len(products) else products
    rows = by_sku.reindex(items["sku"]) if len(products) else pd.DataFrame(index=items.index)
    step = numbers(items, "unit_step")
    cost = numbers(rows, "unit_cost_base")
    return {
        "pack_size": numbers(rows, "pack_size"),
        "unit_step": np.where(step > 0, step, numbers(rows, "unit_step", 1.0)),
        "unit_cost_base": np.where(np.isfinite(cost), cost, numbers(items, "unit_cost_base")),
    }


def _with_transfers(
    frame: pd.DataFrame, items: pd.DataFrame, transfer_terms: pd.DataFrame, product: dict[str, Floats]
) -> pd.DataFrame:
    """Fill the items that no supplier serves from the location that does."""
    wanting = np.flatnonzero(frame["source"].isna().to_numpy())
    if transfer_terms.empty or not len(wanting):
        return frame
    terms = transfer_terms.assign(_sku=texts(transfer_terms, "sku"))
    terms.loc[terms["_sku"].isin(["all", "*", ""]), "_sku"] = None
    need = items.loc[wanting, KEY].assign(_row=wanting)
    named = need.merge(terms, left_on=KEY, right_on=["_sku", "to_location"], suffixes=("", "_term"))
    general = need.merge(
        terms[terms["_sku"].isna()], left_on="location", right_on="to_location", suffixes=("", "_term")
    )
    routes = pd.concat(
        [part for part in (named.assign(_general=0), general.assign(_general=1)) if len(part)] or [named]
    )
    # A location that does not keep the SKU cannot send it.
    senders = routes.rename(columns={"location": "_to", "from_location": "location"})
    sender = item_rows(senders[KEY], items)
    routes = routes.assign(_sender=sender)[(sender >= 0) & (sender != routes["_row"].to_numpy())]
    if routes.empty:
        return frame
    routes = routes.sort_values(["_row", "_general", "lead_time_days", "from_location"], kind="stable")
    routes = routes.drop_duplicates("_row", keep="first")
    row, sender = routes["_row"].to_numpy(), routes["_sender"].to_numpy()

    filled = frame.copy()
    worth = filled["landed_cost_base"].to_numpy(dtype=np.float64)
    cost = numbers(routes, "cost_per_unit", 0.0)
    value = np.where(np.isfinite(worth[sender]), worth[sender], product["unit_cost_base"][row])
    filled.loc[row, "source"] = TRANSFER
    filled.loc[row, "from_location"] = routes["from_location"].to_numpy(dtype=object)
    filled.loc[row, "order_weekdays"] = texts(routes, "order_weekdays")
    filled.loc[row, "unit_cost"] = cost
    filled.loc[row, "rate_to_base"] = 1.0
    filled.loc[row, "extra_cost_base"] = 0.0
    filled.loc[row, "landed_cost_base"] = value + cost
    filled.loc[row, "lead_time_days"] = numbers(routes, "lead_time_days")
    filled.loc[row, "fixed_cost_base"] = numbers(routes, "fixed_cost", 0.0)
    nothing = np.full(len(row), np.nan)
    filled.loc[row, "pack_units"] = pack_units(
        nothing, numbers(routes, "order_multiple", 1.0), nothing, product["unit_step"][row]
    )
    return filled
