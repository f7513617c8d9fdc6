"""Odoo's products, and the vendors' price lists."""

import pandas as pd

from intake.connectors.conversion import converted, exclude_rows
from intake.connectors.fields import (
    Numbers,
    Texts,
    coalesce,
    has_column,
    is_filled,
    number_texts,
    numbers,
    numbers_or_zero,
    required_column,
    result_texts,
    text_column,
)
from intake.connectors.odoo.frame import SERVICE, code_in, is_service, odoo_frame, unit_ratio
from intake.sources.raw import RawTable
from settings import TableSource

TERMS = "Odoo export of vendor price lists"
VENDOR = ("partner_id", "Vendor", "name")
DELAY = ("delay", "Lead Time", "Delivery Lead Time")
VARIANT = ("product_id/default_code", "Product Variant/Internal Reference", "Product/Internal Reference")
TEMPLATE = ("product_tmpl_id/default_code", "Product Template/Internal Reference")
NAMES = ("product_id", "Product Variant", "product_tmpl_id", "Product Template")
UNIT = ("product_uom_id", "product_uom", "uom_id", "Unit of Measure", "Unit")
PRODUCT_UNIT = ("product_tmpl_id/uom_id", "Product Template/Unit of Measure", "Product Template/Unit")
RATIOS = (
    ("product_uom/factor_inv", "Unit of Measure/Bigger Ratio"),
    ("product_uom_id/factor", "uom_id/factor", "Unit of Measure/Absolute Quantity", "Unit/Absolute Quantity"),
)
PRODUCT_RATIOS = (
    ("product_tmpl_id/uom_id/factor_inv", "Product Template/Unit of Measure/Bigger Ratio"),
    (
        "product_tmpl_id/uom_id/factor",
        "Product Template/Unit of Measure/Absolute Quantity",
        "Product Template/Unit/Absolute Quantity",
    ),
)


def products(raw: RawTable, source: TableSource) -> RawTable:
    """Products or variants; a cost, weight or volume of 0 is one that nobody entered.

    Raises
    ------
    DataRefused: the internal reference is not among the columns.
    """
    delivered = odoo_frame(raw)
    code = ("default_code", "Internal Reference")
    required_column(delivered, raw, source, "products.sku", "Odoo export of products", code)
    kept, left_out = exclude_rows(raw, delivered, {SERVICE: is_service(delivered) | _is_service(delivered)})
    rows = pd.DataFrame(
        {
            "sku": text_column(kept, *code),
            "name": text_column(kept, "name", "Name", "Product", "display_name", "Display Name"),
            "category": text_column(kept, "categ_id", "Product Category", "Category"),
            "barcode": text_column(kept, "barcode", "Barcode"),
            "unit_price": text_column(kept, "lst_price", "list_price", "Sales Price", "Public Price"),
            "unit_cost": _entered(text_column(kept, "standard_price", "Cost"), source),
            "currency": text_column(kept, "currency_id", "Currency"),
            "weight_kg": _entered(text_column(kept, "weight", "Weight"), source),
            "volume_m3": _entered(text_column(kept, "volume", "Volume"), source),
        }
    )
    return converted(raw, rows, left_out)


def _is_service(rows: pd.DataFrame) -> "pd.Series[bool]":
    return text_column(rows, "type", "detailed_type", "Product Type").str.casefold() == "service"


def _entered(values: Texts, source: TableSource) -> Texts:
    return values.mask(numbers(values, source) == 0, "")


def supply_terms(raw: RawTable, source: TableSource) -> RawTable:
    """One row a product, vendor and first day; further quantities of a price list are price breaks.

    Prices and quantities of a vendor's unit are converted to the product's, and the unit is the purchase unit.

    Raises
    ------
    DataRefused: the vendor, the price or the lead time is not among the columns.
    """
    delivered = odoo_frame(raw)
    price = required_column(delivered, raw, source, "supply_terms.unit_cost", TERMS, ("price", "Price", "Unit Price"))
    ratio, unknown = unit_ratio(delivered, source, UNIT, PRODUCT_UNIT, RATIOS, PRODUCT_RATIOS)
    discount, least = text_column(delivered, "discount", "Discount (%)"), text_column(delivered, "min_qty", "Quantity")
    unit_cost = numbers(price, source) * (1 - numbers_or_zero(discount, source) / 100) / ratio.where(~unknown)
    vendor = required_column(delivered, raw, source, "supply_terms.supplier", TERMS, VENDOR)
    rows = pd.DataFrame(
        {
            "sku": coalesce(
                text_column(delivered, *VARIANT), text_column(delivered, *TEMPLATE), _code_in_names(delivered)
            ),
            "supplier": vendor,
            "unit_cost": result_texts(unit_cost, source, price, discount).mask(
                unknown, price + " per " + text_column(delivered, *UNIT)
            ),
            "currency": text_column(delivered, "currency_id", "Currency"),
            "lead_time_days": required_column(delivered, raw, source, "supply_terms.lead_time_days", TERMS, DELAY),
            "valid_from": text_column(delivered, "date_start", "Start Date"),
            "purchase_unit": number_texts(ratio.where(ratio != 1.0), source),
            "minimum_order_quantity": number_texts(_minimum(least, ratio, source), source),
            "supplier_sku": text_column(delivered, "product_code", "Vendor Product Code"),
        }
    )
    if has_column(delivered, "sequence", "Sequence"):
        rows["is_preferred"] = _preferred(rows, numbers(text_column(delivered, "sequence", "Sequence"), source))
    return converted(raw, _with_price_breaks(rows, unit_cost, numbers_or_zero(least, source) * ratio))


def _code_in_names(rows: pd.DataFrame) -> Texts:
    return coalesce(*(code_in(text_column(rows, name)) for name in NAMES))


def _minimum(least: Texts, ratio: Numbers, source: TableSource) -> Numbers:
    minimum = numbers_or_zero(least, source) * ratio
    return minimum.where(minimum > 1)


def _preferred(rows: pd.DataFrame, sequence: Numbers) -> Texts:
    """Whether the vendor is the product's first, as Odoo sorts them."""
    first = rows.assign(sequence=sequence).sort_values("sequence", kind="stable").drop_duplicates("sku")
    of_sku = rows["sku"].map(first.set_index("sku")["supplier"])
    return (rows["supplier"] == of_sku).map({True: "true", False: "false"})


def _with_price_breaks(rows: pd.DataFrame, unit_cost: Numbers, quantity: Numbers) -> pd.DataFrame:
    """Rows of one product, vendor and first day joined to that of the smallest quantity."""
    rows = rows.assign(price_breaks="")
    key = ["sku", "supplier", "valid_from", "lead_time_days"]
    can = is_filled(rows["sku"]) & unit_cost.notna() & quantity.notna()
    joined = []
    for _, group in rows[can].groupby(key, sort=False):
        steps = quantity[group.index].sort_values(kind="stable")
        if len(steps) > 1 and steps.is_unique:
            breaks = "; ".join(f"{_plain(steps[row])}={_plain(unit_cost[row])}" for row in steps.index[1:])
            rows.loc[steps.index[0], "price_breaks"] = f"all_units: {breaks}"
            joined += list(steps.index[1:])
    return rows.drop(index=joined)


def _plain(number: float) -> str:
    """A number as price breaks write it, whatever the file's decimal sign."""
    return f"{number:.4f}".rstrip("0").rstrip(".")
