"""Shopify's orders export: one row per line item, order fields perhaps on the order's first row only."""

import numpy as np
import pandas as pd

from intake.connectors.conversion import converted, exclude_rows, text_frame
from intake.connectors.fields import (
    Numbers,
    Texts,
    coalesce,
    date_texts,
    forward_filled,
    group_field,
    is_filled,
    numbers,
    numbers_or_zero,
    required_column,
    result_texts,
    text_column,
)
from intake.sources.raw import RawTable
from settings import TableSource

TITLE = "Shopify orders export"

SALES_CHANNEL = "shopify"
"""Channel of orders whose `Source` is empty."""

TIP = "a tip: Lineitem name is Tip and there is no SKU"
NO_ITEM = "no line item: neither name, SKU nor quantity, as on the rows of an order's further payments"

_CENT = 0.0101
_TAXES = 5
_EVEN = 3e-4


def sales(raw: RawTable, source: TableSource) -> RawTable:
    """Order lines with their share of the order's discount taken off, and of its tax where prices include tax."""
    frame = text_frame(raw)
    for column in _NEEDED:
        required_column(frame, raw, source, "", TITLE, (column,))
    required_column(frame, raw, source, "sales.currency", TITLE, ("Currency",))
    order = forward_filled(text_column(frame, "Name"))
    of_orders = pd.DataFrame({name: group_field(text_column(frame, name), order) for name in _ORDER_FIELDS})
    lines, left_out = exclude_rows(raw, frame, {TIP: _is_tip(frame), NO_ITEM: ~_names_an_item(frame)})
    order, head = order[lines.index], of_orders.loc[lines.index]
    units_text, price_text = text_column(lines, "Lineitem quantity"), text_column(lines, "Lineitem price")
    units, price = numbers(units_text, source), numbers(price_text, source)
    discount_text = text_column(lines, "Lineitem discount")
    own_discount = numbers_or_zero(discount_text, source)
    value = units * price - own_discount
    money = pd.DataFrame({name: numbers_or_zero(head[name], source) for name in _MONEY})
    money["Subtotal"] = money["Subtotal"].where(is_filled(head["Subtotal"]))
    revenue = _without_tax(lines, value - _share_of_discount(value, own_discount, order, money), order, money)
    operands = (price_text, discount_text, head["Discount Amount"], head["Taxes"])
    cancelled = is_filled(head["Cancelled at"])
    return converted(
        raw,
        pd.DataFrame(
            {
                "date": date_texts(head["Created at"]),
                "sku": text_column(lines, "Lineitem sku"),
                "location": head["Location"],
                "channel": head["Source"].where(is_filled(head["Source"]), SALES_CHANNEL),
                "market": coalesce(head["Shipping Country"], head["Billing Country"]),
                "units": units_text,
                "net_revenue": result_texts(revenue, source, *operands),
                "unit_price": result_texts((revenue / units).where(units > 0), source),
                "currency": head["Currency"],
                "order": order,
                "line": (order.groupby(order, sort=False).cumcount() + 1).astype(str),
                "status": pd.Series(np.where(cancelled, "cancelled", "completed"), index=lines.index, dtype=object),
            }
        ),
        left_out,
    )


_NEEDED = ("Name", "Created at", "Lineitem sku", "Lineitem quantity", "Lineitem price")
_MONEY = ("Subtotal", "Shipping", "Taxes", "Total", "Discount Amount")
_ORDER_FIELDS = (
    *_MONEY, "Created at", "Cancelled at", "Currency", "Location", "Source", "Shipping Country", "Billing Country",
)  # fmt: skip


def _is_tip(frame: pd.DataFrame) -> "pd.Series[bool]":
    name = text_column(frame, "Lineitem name").str.strip().str.casefold()
    return name.isin(["tip", "tips"]) & ~is_filled(text_column(frame, "Lineitem sku"))


def _names_an_item(frame: pd.DataFrame) -> "pd.Series[bool]":
    columns = ("Lineitem name", "Lineitem sku", "Lineitem quantity")
    return pd.concat([is_filled(text_column(frame, column)) for column in columns], axis=1).any(axis=1)


def _share_of_discount(value: Numbers, own_discount: Numbers, order: Texts, money: pd.DataFrame) -> Numbers:
    """Each line's part of `Discount Amount`, in proportion to the line's value.

    The amount may be beyond the lines' own discounts, include them, or be of shipping alone; the order's `Subtotal`
    shows which. Where no reading fits it, the amount is shared in full.
    """
    goods = value.groupby(order, sort=False).transform("sum")
    own = own_discount.groupby(order, sort=False).transform("sum")
    amount = money["Discount Amount"]
    readings = [amount, amount - own, amount * 0.0]
    fits = [(goods - reading - money["Subtotal"]).abs() < _CENT for reading in readings]
    chosen = pd.Series(np.select(fits, readings, default=amount), index=value.index)
    shared = chosen.clip(lower=0.0, upper=goods.clip(lower=0.0))
    return (shared * value / goods.where(goods > 0)).where(goods > 0, 0.0)


def _without_tax(lines: pd.DataFrame, value: Numbers, order: Texts, money: pd.DataFrame) -> Numbers:
    """Line values without the tax in them.

    Prices include tax where the order's total is its subtotal and shipping although it bears tax. Orders whose sums fit
    neither form (they bear tips or duties) are read as most of the file's orders are. Lines that are not taxable keep
    their value.
    """
    before_tax = money["Subtotal"] + money["Shipping"]
    bears_tax = money["Taxes"] > 0
    within = bears_tax & ((before_tax - money["Total"]).abs() < _CENT)
    on_top = bears_tax & ((before_tax + money["Taxes"] - money["Total"]).abs() < _CENT)
    if within.sum() > on_top.sum():
        within = bears_tax & ~on_top
    taxable = text_column(lines, "Lineitem taxable").str.strip().str.casefold() != "false"
    untaxed = value.where(~taxable, 0.0).groupby(order, sort=False).transform("sum")
    goods = money["Subtotal"].fillna(money["Total"] - money["Shipping"]) - untaxed
    rate = _rate_within(lines, goods, money)
    return value.where(~(within & taxable), value / (1.0 + rate)).where(money["Taxes"].notna())


def _rate_within(lines: pd.DataFrame, goods: Numbers, money: pd.DataFrame) -> Numbers:
    """Tax rate of each line's order, where prices include tax: of the goods, and of shipping where that bears tax too.

    The names of the taxes state the rate (`DE MwSt 19%`): shipping is taxed where the amount of tax fits that better.
    Without names it is taxed, unless only without it the rates of the file's orders are halves of a per cent.

    Parameters
    ----------
    goods: value of the order's taxable goods, with tax.
    money: amounts of the order.
    """

    def rate_of(total: Numbers) -> Numbers:
        share = (money["Taxes"] / total.where(total > 0)).clip(upper=0.9).fillna(0.0)
        return share / (1.0 - share)

    stated = pd.Series(0.0, index=lines.index)
    for number in range(1, _TAXES + 1):
        percent = text_column(lines, f"Tax {number} Name").str.extract(r"(\d+(?:[.,]\d+)?)\s*%", expand=False)
        stated = stated + pd.to_numeric(percent.str.replace(",", "."), errors="coerce").fillna(0.0) / 100.0
    with_shipping, goods_only = rate_of(goods + money["Shipping"]), rate_of(goods)
    shipped = (money["Shipping"] > 0) & (money["Taxes"] > 0) & (stated == 0)
    without_names = _uneven(goods_only[shipped]) < _EVEN < _uneven(with_shipping[shipped])
    fits = (stated > 0) & ((goods_only - stated).abs() < (with_shipping - stated).abs())
    fits |= shipped & without_names
    return with_shipping.where(~fits, goods_only)


def _uneven(rates: Numbers) -> float:
    """How far the rates are from halves of a per cent, in the median; NaN where there are none."""
    return float((rates - (rates * 200.0).round() / 200.0).abs().median())
