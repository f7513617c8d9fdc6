"""Turn a year of Online Retail II into a company.

    python -m examples.online_retail.prepare SOURCE FOLDER

SOURCE is a Parquet or CSV file of order lines with the columns invoice, stock_code, description,
quantity, invoice_date, unit_price, customer_id, country; FOLDER receives the company: the order lines
as they are, by month, the tables that the data set lacks, and a `restock.toml`.
`docs/guides/online-retail.md` says what is made up and what each line counts as.
"""

import datetime as dt
import sys
from pathlib import Path

import pandas as pd

from examples.online_retail.made_up import (
    CURRENCY,
    LOCATION,
    daily_rate,
    other_frames,
    product_frame,
    stock_and_orders,
    supply_terms_frame,
)
from examples.online_retail.order_lines import CANCELLED_PREFIX, NOT_PRODUCTS, read_order_lines

SEED = 1
_USAGE = """\
usage: python -m examples.online_retail.prepare SOURCE FOLDER
example: python -m examples.online_retail.prepare ../shared/data/online_retail/year_2009_2010.parquet my-shop"""
_SALES_COLUMNS = [
    "invoice",
    "stock_code",
    "quantity",
    "invoice_date",
    "unit_price",
    "customer_id",
    "market",
    "net_revenue",
    "order_type",
]


def read_source(source: Path) -> pd.DataFrame:
    """The order lines of a Parquet or CSV file; `invoice_date` as time stamps."""
    if source.suffix == ".parquet":
        return pd.read_parquet(source)
    lines = pd.read_csv(source, dtype={"invoice": str, "stock_code": str}, parse_dates=["invoice_date"])
    return lines.astype({"customer_id": "Int64"})


def settings_text(as_of: dt.date, tables: list[str]) -> str:
    """The text of `restock.toml`: the source's column names mapped, codes that are no products named."""
    no_products = ",\n".join(f"  '{code}'" for code in NOT_PRODUCTS)
    head = f"""\
# A year of Online Retail II. See docs/guides/online-retail.md.

[company]
name = "Online Retail II"
base_currency = "{CURRENCY}"
country = "GB"
timezone = "Europe/London"
default_location = "{LOCATION}"

[data]
# The data end on {as_of}. This stands for the clock, so that they are never too old.
today = {as_of + dt.timedelta(days=1)}
# Some codes differ only by case, such as 85123a and 85123A: one product.
sku_case = "upper"

[sources.sales]
path = "sales"
cancelled_order_prefix = "{CANCELLED_PREFIX}"
not_products = [
{no_products},
]

[sources.sales.columns]
order = "invoice"
sku = "stock_code"
units = "quantity"
date = "invoice_date"
customer = "customer_id"

[sources.sales.constants]
channel = "webshop"
currency = "{CURRENCY}"
"""
    return head + "".join(f'\n[sources.{table}]\npath = "{table}.csv"\n' for table in tables)


def prepare(source: Path, folder: Path, seed: int = SEED) -> None:
    """Write the company of the order lines in `source` to `folder`; the same lines and seed give the same bytes.

    Raises
    ------
    FileNotFoundError: there is no such file.
    KeyError: a column is missing.
    """
    read = read_order_lines(read_source(source))
    lines = read.lines
    as_of = lines["invoice_date"].max().normalize()
    products = product_frame(lines)
    rate = daily_rate(lines, products, as_of)
    terms = supply_terms_frame(lines, products, rate)
    inventory, orders, receipts = stock_and_orders(seed, terms, rate, as_of)
    tables = {
        "products": products,
        **other_frames(),
        "supply_terms": terms,
        "inventory": inventory,
        "purchase_orders": orders,
        "receipts": receipts,
    }
    (folder / "sales").mkdir(parents=True, exist_ok=True)
    for month, part in lines.groupby(lines["invoice_date"].dt.strftime("%Y-%m"), sort=True):
        part[_SALES_COLUMNS].to_parquet(folder / "sales" / f"{month}.parquet", index=False)
    for table, frame in tables.items():
        frame.to_csv(folder / f"{table}.csv", index=False, lineterminator="\n")
    read.found_stock.to_csv(folder / "set-aside-found-stock.csv", index=False, lineterminator="\n")
    (folder / "restock.toml").write_text(settings_text(as_of.date(), list(tables)), encoding="utf-8", newline="\n")
    print(f"{folder}: {len(lines):,} order lines up to {as_of:%Y-%m-%d}, {len(products):,} products")
    print(f"  {len(read.found_stock):,} lines of found stock are set aside (set-aside-found-stock.csv)")
    print(f"  {lines['market'].isna().sum():,} lines are of a country without a code")


def main(arguments: list[str]) -> int:
    """Command line: SOURCE FOLDER."""
    if len(arguments) != 2:
        print(_USAGE, file=sys.stderr)
        return 2
    try:
        prepare(Path(arguments[0]), Path(arguments[1]))
    except (FileNotFoundError, KeyError) as fault:
        print(fault.args[-1] if isinstance(fault, KeyError) else fault, file=sys.stderr)
        return 3
    print(f"plan it with: restock run --settings {arguments[1]}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
