"""The order lines of Online Retail II: what is added to them, and what is set aside."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

COLUMNS = ("invoice", "stock_code", "description", "quantity", "invoice_date", "unit_price", "customer_id", "country")
CANCELLED_PREFIX = "C"
WHOLESALE_UNITS = 144
WHOLESALE_TIMES_USUAL = 12.0

# Codes that are no products. A letter with or without a digit is an account of the shop's bookkeeping: postage and
# carriage (C2, C3), discount (D), manual entry (M), samples (S), bad debt (B).
NOT_PRODUCTS = (
    "POST", "DOT", "BANK CHARGES", "AMAZONFEE", "CRUK", "PADS",
    r"re:[A-Z]\d?", r"re:ADJUST\d*", r"re:GIFT.*", r"re:TEST\d*",
)  # fmt: skip

COUNTRY_CODES = {
    "Australia": "AU", "Austria": "AT", "Bahrain": "BH", "Belgium": "BE", "Bermuda": "BM", "Brazil": "BR",
    "Canada": "CA", "Channel Islands": "JE",
    "Cyprus": "CY", "Czech Republic": "CZ", "Denmark": "DK", "EIRE": "IE", "Finland": "FI",
    "France": "FR", "Germany": "DE", "Greece": "GR", "Hong Kong": "HK", "Hungary": "HU", "Iceland": "IS", "India": "IN",
    "Ireland": "IE", "Israel": "IL", "Italy": "IT", "Japan": "JP", "Korea": "KR", "Lebanon": "LB", "Lithuania": "LT",
    "Luxembourg": "LU", "Malaysia": "MY", "Malta": "MT", "Netherlands": "NL", "New Zealand": "NZ", "Nigeria": "NG",
    "Norway": "NO", "Poland": "PL", "Portugal": "PT", "RSA": "ZA", "Romania": "RO", "Saudi Arabia": "SA",
    "Singapore": "SG", "South Africa": "ZA", "Spain": "ES", "Sweden": "SE", "Switzerland": "CH", "Thailand": "TH",
    "Turkey": "TR", "USA": "US", "United Arab Emirates": "AE", "United Kingdom": "GB",
}  # fmt: skip


@dataclass(frozen=True)
class OrderLines:
    """The source's lines in its own column names, with four columns added, and those that are kept out.

    `lines`: the columns of `COLUMNS`; sku (the code as planned: upper case, no blanks around), market (ISO 3166 or
    null), net_revenue (GBP, quantity x unit_price, rounded to pennies), order_type (retail or wholesale).
    `found_stock`: lines with units but neither price nor customer: corrections of the count, not sales.
    """

    lines: pd.DataFrame
    found_stock: pd.DataFrame


def read_order_lines(source: pd.DataFrame) -> OrderLines:
    """Order lines of a year, ready to be written.

    Parameters
    ----------
    source: one row per order line with `COLUMNS`; other columns are left out.

    Raises
    ------
    KeyError: a column is missing.
    """
    missing = [name for name in COLUMNS if name not in source.columns]
    if missing:
        raise KeyError(f"the order lines have no column {', '.join(missing)}; needed are {', '.join(COLUMNS)}")
    lines = source[list(COLUMNS)].reset_index(drop=True)
    lines = lines.assign(invoice=lines["invoice"].astype(str), stock_code=lines["stock_code"].astype(str))
    lines["sku"] = lines["stock_code"].str.strip().str.upper()
    lines["market"] = lines["country"].map(COUNTRY_CODES).astype(object)
    revenue = lines["quantity"].astype(float) * lines["unit_price"].astype(float)
    lines["net_revenue"] = np.round(revenue, 2) + 0.0  # no minus zero
    lines["order_type"] = np.where(_is_wholesale(lines), "wholesale", "retail")
    found = (lines["quantity"] > 0) & (lines["unit_price"] == 0) & lines["customer_id"].isna()
    return OrderLines(lines[~found].reset_index(drop=True), lines[found].reset_index(drop=True))


def is_non_product(sku: pd.Series) -> pd.Series:
    """True for codes of `NOT_PRODUCTS`, read as the settings read them."""
    plain = [code for code in NOT_PRODUCTS if not code.startswith("re:")]
    patterns = "|".join(f"(?:{code.removeprefix('re:')})" for code in NOT_PRODUCTS if code.startswith("re:"))
    return sku.isin(plain) | sku.str.fullmatch(patterns)


def _is_wholesale(lines: pd.DataFrame) -> pd.Series:
    """At least a gross, and at least twelve times the SKU's median line: what no household buys, or brings back."""
    sold = (lines["quantity"] > 0) & (lines["unit_price"] > 0)
    usual = lines["sku"].map(lines[sold].groupby("sku")["quantity"].median())
    units = lines["quantity"].abs()
    return (lines["unit_price"] > 0) & (units >= WHOLESALE_UNITS) & (units >= WHOLESALE_TIMES_USUAL * usual)
