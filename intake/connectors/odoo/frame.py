"""What Odoo's exports have in common: two shapes, headers by field or by label, codes of products, units of measure.

Headers are the fields' names (`order_id/date_order`) or, as people export lists, their English labels
(`Order Reference/Order Date`), which changed from version to version: every field is looked for under all its names.
"""

import numpy as np
import pandas as pd

from intake.connectors.conversion import text_frame
from intake.connectors.fields import Texts, coalesce, is_filled, numbers, numbers_or_zero, result_texts, text_column
from intake.sources.raw import RawTable
from settings import TableSource

SHAPES = (("order_line/", "order_id/"), ("Order Lines/", "Order Reference/"))
"""How lines are headed in an export of orders, and orders in an export of lines: by field, and by label."""

ORDER = ("order_id/name", "Order Reference/Order Reference", "order_id", "Order Reference")
LINE_ID = ("id", "External ID", ".id", "ID")
CODE = ("product_id/default_code", "Product/Internal Reference")
PRODUCT = ("product_id", "Product", "product_id/display_name", "Product/Display Name", "product_id/name")
UNIT = ("product_uom_id", "product_uom", "Unit of Measure", "Unit")
PRODUCT_UNIT = ("product_id/uom_id", "Product/Unit of Measure", "Product/Unit")
RATIOS = (
    ("product_uom/factor_inv", "Unit of Measure/Bigger Ratio"),
    ("product_uom_id/factor", "Unit of Measure/Absolute Quantity", "Unit/Absolute Quantity"),
)
PRODUCT_RATIOS = (
    ("product_id/uom_id/factor_inv", "Product/Unit of Measure/Bigger Ratio"),
    ("product_id/uom_id/factor", "Product/Unit of Measure/Absolute Quantity", "Product/Unit/Absolute Quantity"),
)
"""How many reference units one unit is: `factor_inv` until 18.0; `factor` from 18.1, where `product_uom_id` is new too.

Before 18.1 `factor` was the inverse; lines had `product_uom` then, so the two cannot be mistaken for each other.
"""

SERVICE = "a service or a down payment, which has no stock"
NO_PRODUCT = "a section or note: no product, no quantity, no amount"


def odoo_frame(raw: RawTable) -> pd.DataFrame:
    """The delivered rows as text, one a line, each with the fields of its order."""
    rows = text_frame(raw).replace(r"^'(?=[=+-])", "", regex=True)  # Odoo guards spreadsheets against formulas so
    for line, order in SHAPES:
        names = [str(name) for name in rows]
        if any(name.startswith(line) for name in names):
            names = [name.removeprefix(line) if name.startswith(line) else order + name for name in names]
            rows = rows.set_axis(names, axis="columns")
    return _with_order_fields(rows)


def _with_order_fields(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows that name no order belong to the one above, whose fields stand on its first row only."""
    begins = is_filled(text_column(rows, *ORDER)).to_numpy()
    if begins.all() or not begins.any():
        return rows
    first = np.maximum.accumulate(np.where(begins, np.arange(len(rows)), 0))
    of_order = [str(name) for name in rows if str(name).startswith(("order_id", "Order Reference"))]
    return rows.assign(**{name: rows[name].to_numpy()[first] for name in of_order})


def sku_of(rows: pd.DataFrame) -> Texts:
    """The product's internal reference, also where it stands only in its name, as in `[TEA-0412] Assam tea`."""
    return coalesce(text_column(rows, *CODE), code_in(text_column(rows, *PRODUCT)))


def code_in(names: Texts) -> Texts:
    """The code in brackets at the beginning of a display name; empty where there is none."""
    return names.str.extract(r"^\s*\[([^\]]+)\]", expand=False).fillna("").astype(object)


def is_no_line(rows: pd.DataFrame, amounts: tuple[Texts, ...], source: TableSource) -> "pd.Series[bool]":
    """Sections and notes, which Odoo keeps among the lines of an order."""
    empty = ~is_filled(text_column(rows, *CODE)) & ~is_filled(text_column(rows, *PRODUCT))
    for values in amounts:
        empty &= numbers_or_zero(values, source) == 0
    return empty


def is_service(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Lines of services and down payments, where the file says so."""
    kind = text_column(rows, "product_id/type", "product_type", "Product/Product Type", "Product Type").str.casefold()
    down_payment = text_column(rows, "is_downpayment", "Is a down payment").str.casefold()
    return (kind == "service") | down_payment.isin(("true", "1"))


def in_product_units(rows: pd.DataFrame, quantity: Texts, source: TableSource) -> Texts:
    """A quantity in the product's own unit; in another unit without ratio it stays as "2 Dozens", for the contract.

    Where the file does not name both units, the quantity is taken to be in the product's.
    """
    ratio, unknown = unit_ratio(rows, source, UNIT, PRODUCT_UNIT, RATIOS, PRODUCT_RATIOS)
    result = result_texts(numbers(quantity, source) * ratio, source, quantity)
    return result.mask(unknown & is_filled(quantity), quantity + " " + text_column(rows, *UNIT))


def unit_ratio(
    rows: pd.DataFrame,
    source: TableSource,
    unit: tuple[str, ...],
    product_unit: tuple[str, ...],
    ratios: tuple[tuple[str, ...], ...],
    product_ratios: tuple[tuple[str, ...], ...],
) -> tuple["pd.Series[float]", "pd.Series[bool]"]:
    """How many of the product's units one unit of the line is, and where that is needed and not said.

    Parameters
    ----------
    rows: delivered rows as text.
    source: how its numbers are written.
    unit, product_unit: names of the columns with the line's unit and with the product's.
    ratios, product_ratios: for each version of Odoo, names of the columns with the size of these units.

    Returns
    -------
    The ratio by row (1 where the units are the same, NaN where it is not known), and where it is needed and missing.
    """
    line, own = text_column(rows, *unit), text_column(rows, *product_unit)
    differs = is_filled(line) & is_filled(own) & (line != own)
    ratio = pd.Series(np.nan, index=rows.index)
    for of_line, of_product in zip(ratios, product_ratios, strict=True):
        found = numbers(text_column(rows, *of_line), source) / numbers(text_column(rows, *of_product), source)
        ratio = ratio.fillna(found.where(np.isfinite(found)))
    return ratio.where(differs, 1.0), differs & ratio.isna()


def warehouse_of(location: Texts) -> Texts:
    """The warehouse's short name, with which the names of its locations begin: `WH` of `WH/Stock/Shelf 1`."""
    return location.str.split("/").str[0].str.strip().astype(object)
