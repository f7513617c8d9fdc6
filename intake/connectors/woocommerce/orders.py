"""WooCommerce's orders, as Advanced Order Export writes them and as the REST interface answers."""

import json
from typing import Any

import numpy as np
import pandas as pd

from intake.connectors.conversion import converted, exclude_rows, text_frame
from intake.connectors.fields import (
    Texts,
    coalesce,
    date_texts,
    forward_filled,
    group_field,
    has_column,
    is_filled,
    numbers,
    required_column,
    result_texts,
    text_column,
)
from intake.sources.raw import RawTable
from settings import DataRefused, TableSource

CHANNEL = "woocommerce"
NO_ITEM = "no line item: neither SKU, name nor quantity, as on the rows of an order's further coupons"

_ORDERS = "WooCommerce Advanced Order Export"
_LINE_TOTAL = ("Order Line Total", "Order Line (w/o tax)")
_NEVER_CARRIED_OUT = (
    "cancelled",
    "canceled",
    "failed",
    "trash",
    "pending",
    "pending payment",
    "draft",
    "checkout draft",
)


def sales(raw: RawTable, source: TableSource) -> RawTable:
    """Order lines of Advanced Order Export; its `Item Cost` is the price of one unit, discounts and tax taken off."""
    frame = text_frame(raw)
    order = forward_filled(required_column(frame, raw, source, "", _ORDERS, ("Order Number", "Order ID")))
    fields = {
        "date": required_column(frame, raw, source, "", _ORDERS, ("Order Date",)),
        "status": text_column(frame, "Order Status"),
        "currency": text_column(frame, "Currency", "Order Currency"),
        "shipped_to": text_column(frame, "Country Code (Shipping)"),
        "billed_to": text_column(frame, "Country Code (Billing)"),
    }
    head = pd.DataFrame({name: group_field(values, order) for name, values in fields.items()})
    sku = required_column(frame, raw, source, "", _ORDERS, ("SKU",))
    units_text = required_column(frame, raw, source, "", _ORDERS, ("Quantity", "Quantity (- Refund)"))
    units, price = numbers(units_text, source), text_column(frame, "Item Cost")
    line_total = text_column(frame, *_LINE_TOTAL)
    by_price = ~is_filled(line_total)
    revenue = numbers(line_total, source).where(~by_price, numbers(price, source) * units)
    counted = (order.groupby(order, sort=False).cumcount() + 1).astype(str)
    rows = pd.DataFrame(
        {
            "date": date_texts(head["date"]),
            "sku": sku,
            "channel": CHANNEL,
            "market": coalesce(head["shipped_to"], head["billed_to"]),
            "units": units_text,
            "net_revenue": result_texts(revenue, source, line_total, price),
            "unit_price": result_texts((revenue / units).where(units > 0), source),
            "order": order,
            "line": coalesce(text_column(frame, "Item ID"), text_column(frame, "Item #"), counted),
            "status": _carried_out(head["status"]),
        }
    )
    if has_column(frame, "Currency", "Order Currency"):
        rows["currency"] = head["currency"]
    is_line = (
        is_filled(sku) | is_filled(units_text) | is_filled(text_column(frame, "Item Name", "Name", "Product Name"))
    )
    kept, left_out = exclude_rows(raw, rows, {NO_ITEM: ~is_line})
    return converted(raw, kept, left_out)


def sales_of_json(raw: RawTable, source: TableSource) -> RawTable:
    """Order lines of the REST interface's orders; `total` of a line is after discounts and without tax."""
    frame = text_frame(raw)
    rows: list[dict[str, Any]] = []
    for position, items in enumerate(text_column(frame, "line_items")):
        rows += [{**item, "position": position} for item in _objects(raw, position, items)]
    lines = pd.DataFrame(rows, columns=["position", "id", "sku", "quantity", "total"], dtype=object)
    lines = lines.set_index(lines.pop("position").astype(np.int64)).map(_as_text)
    instant = text_column(frame, "date_created_gmt")
    date = coalesce(instant.where(~is_filled(instant), instant + "+00:00"), text_column(frame, "date_created"))
    head = pd.DataFrame(
        {
            "date": date,
            "market": coalesce(
                _country(raw, text_column(frame, "shipping")), _country(raw, text_column(frame, "billing"))
            ),
            "currency": text_column(frame, "currency"),
            "order": coalesce(text_column(frame, "number"), text_column(frame, "id")),
            "status": _carried_out(text_column(frame, "status")),
        }
    ).loc[lines.index]
    units, total = pd.to_numeric(lines["quantity"], "coerce"), pd.to_numeric(lines["total"], "coerce")
    return converted(
        raw,
        head.assign(
            sku=lines["sku"],
            channel=CHANNEL,
            units=lines["quantity"],
            net_revenue=lines["total"],
            unit_price=result_texts((total / units).where(units > 0), source),
            line=lines["id"],
        ),
    )


def _carried_out(status: Texts) -> Texts:
    """Whether an order was or is carried out; statuses that a shop added itself count as carried out."""
    plain = status.str.strip().str.casefold().str.removeprefix("wc-").str.replace("-", " ")
    never = plain.isin(_NEVER_CARRIED_OUT)
    return pd.Series(np.where(never, "cancelled", "completed"), index=status.index, dtype=object)


def _objects(raw: RawTable, position: int, text: str) -> list[dict[str, Any]]:
    items = _parsed(raw, position, "line_items", text) if text else []
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise DataRefused(
            f"{raw.source} element {raw.lines[position]}: line_items is not a list of order lines; "
            "deliver the orders as WooCommerce's REST interface answers them"
        )
    return items


def _country(raw: RawTable, addresses: Texts) -> Texts:
    countries = []
    for position, text in enumerate(addresses):
        address = _parsed(raw, position, addresses.name, text) if text else {}
        countries.append(_as_text(address.get("country")) if isinstance(address, dict) else "")
    return pd.Series(countries, index=addresses.index, dtype=object)


def _parsed(raw: RawTable, position: int, column: Any, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as fault:
        raise DataRefused(
            f"{raw.source} element {raw.lines[position]}: {column} is not JSON ({fault}); deliver it again"
        ) from fault


def _as_text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)
