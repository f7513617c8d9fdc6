"""Amazon's all-orders report: one row a line of an order, tab separated, without line ids."""

import pandas as pd

from intake.connectors.conversion import converted, exclude_rows, text_frame
from intake.connectors.fields import Texts, coalesce, is_filled, numbers_or_zero, result_texts, text_column
from intake.sources.raw import RawTable
from settings import TableSource

TAX_ON_TOP = ("amazon.com", "amazon.ca")
"""Marketplaces whose prices are without tax; everywhere else prices include it."""

CURRENCIES = {
    "amazon.com": "USD", "amazon.ca": "CAD", "amazon.com.mx": "MXN", "amazon.com.br": "BRL", "amazon.co.uk": "GBP",
    "amazon.de": "EUR", "amazon.fr": "EUR", "amazon.it": "EUR", "amazon.es": "EUR", "amazon.nl": "EUR",
    "amazon.com.be": "EUR", "amazon.ie": "EUR", "amazon.se": "SEK", "amazon.pl": "PLN", "amazon.com.tr": "TRY",
    "amazon.ae": "AED", "amazon.sa": "SAR", "amazon.eg": "EGP", "amazon.in": "INR", "amazon.co.jp": "JPY",
    "amazon.sg": "SGD", "amazon.com.au": "AUD", "amazon.co.za": "ZAR",
}  # fmt: skip
"""Currency of a marketplace, for lines that name none because they have no price yet."""

NON_AMAZON = (
    "sales-channel is Non-Amazon, an order of another shop that Amazon only ships, so it would count twice; "
    'connector = "amazon_orders_with_non_amazon" keeps them'
)
CANCELLED = "cancelled with quantity 0: the report no longer says how many units there were"


def sales(raw: RawTable, source: TableSource) -> RawTable:
    """Order lines, without those of other shops."""
    return _sales(raw, source, keep_non_amazon=False)


def sales_with_non_amazon(raw: RawTable, source: TableSource) -> RawTable:
    """All order lines, for companies whose other shops are not delivered."""
    return _sales(raw, source, keep_non_amazon=True)


def _sales(raw: RawTable, source: TableSource, *, keep_non_amazon: bool) -> RawTable:
    delivered = text_frame(raw)
    is_cancelled = _is_cancelled(delivered)
    rules = {CANCELLED: is_cancelled & (numbers_or_zero(text_column(delivered, "quantity"), source) == 0)}
    if not keep_non_amazon:
        rules = {NON_AMAZON: _words(delivered, "sales-channel").str.startswith("non-amazon"), **rules}
    kept, left_out = exclude_rows(raw, delivered, rules)
    rows = pd.DataFrame(
        {
            "date": text_column(kept, "purchase-date"),
            "sku": text_column(kept, "sku"),
            "channel": _channel(kept),
            "units": text_column(kept, "quantity"),
            "net_revenue": _net_revenue(kept, source),
            "currency": _currency(kept),
            "market": text_column(kept, "ship-country"),
            "order": text_column(kept, "amazon-order-id"),
            "status": is_cancelled[kept.index].map({True: "cancelled", False: "completed"}),
        }
    )
    return converted(raw, rows, left_out)


def _words(rows: pd.DataFrame, name: str) -> Texts:
    return text_column(rows, name).str.strip().str.casefold()


def _is_cancelled(rows: pd.DataFrame) -> "pd.Series[bool]":
    words = ("cancelled", "canceled")
    return _words(rows, "order-status").isin(words) | _words(rows, "item-status").isin(words)


def _channel(rows: pd.DataFrame) -> Texts:
    """The marketplace; what the merchant ships is a channel of its own, for it has other stock and other costs."""
    marketplace = text_column(rows, "sales-channel")
    by_merchant = _words(rows, "fulfillment-channel").isin(("merchant", "mfn"))
    return marketplace.where(~(by_merchant & is_filled(marketplace)), marketplace + " (merchant)")


def _net_revenue(rows: pd.DataFrame, source: TableSource) -> Texts:
    """Price of the line less its discount, without tax as far as the report states it; 0 for lines without a price."""
    without_tax = text_column(rows, "vat-exclusive-item-price")
    price, discount = (
        coalesce(without_tax, text_column(rows, "item-price")),
        text_column(rows, "item-promotion-discount"),
    )
    tax_is_inside = ~_words(rows, "sales-channel").isin(TAX_ON_TOP) & ~is_filled(without_tax)
    tax = text_column(rows, "item-tax").where(tax_is_inside, "")
    net = numbers_or_zero(price, source) - numbers_or_zero(discount, source).abs() - numbers_or_zero(tax, source)
    return result_texts(net.where(is_filled(price), 0.0), source, price, discount, tax)


def _currency(rows: pd.DataFrame) -> Texts:
    """As delivered; for lines without a price, that of the marketplace."""
    of_marketplace = _words(rows, "sales-channel").map(CURRENCIES).fillna("")
    return coalesce(
        text_column(rows, "currency"), of_marketplace.where(~is_filled(text_column(rows, "item-price")), "")
    )
