"""Units and revenue of each month as the settings read them, to be compared with what people know."""

import pandas as pd

from app.terminal import echo
from data_contracts.acceptance.accepted import load_accepted
from data_contracts.parsing import is_non_product
from flows.inputs import ingest_one
from identity.returns import separate_returns
from settings import Settings

SHOWN_MONTHS = 24


def monthly_sales(settings: Settings) -> pd.DataFrame:
    """What the sales' accepted rows sum to, month by month.

    Returns
    -------
    One row per month and currency, ascending; units_sold, units_returned, units_cancelled, and net_revenue less what
    was paid back, in the currency of the rows.

    Raises
    ------
    DataRefused: the sales cannot be read.
    """
    source = settings.sources["sales"]
    rows = load_accepted(ingest_one(settings, "sales"))
    rows = rows[~is_non_product(rows["sku"], source.not_products)].reset_index(drop=True)
    lines = separate_returns(rows, cancelled_order_prefix=source.cancelled_order_prefix).lines
    months = lines.assign(month=lines["date"].dt.strftime("%Y-%m")).groupby(["month", "currency"], observed=True)
    return months.agg(
        units_sold=("units", "sum"),
        units_returned=("returned_units", "sum"),
        units_cancelled=("cancelled_units", "sum"),
        net_revenue=("net_revenue", "sum"),
    ).reset_index()


def print_monthly_sales(settings: Settings) -> None:
    """Print the newest months, and what all of them sum to."""
    months = monthly_sales(settings)
    if months.empty:
        return
    echo("\nSales as they are read; compare them with what you know:")
    echo(f"{'month':<10} {'units sold':>14} {'returned':>12} {'cancelled':>12} {'net revenue':>18}")
    shown = months.tail(SHOWN_MONTHS)
    if len(shown) < len(months):
        echo(f"{len(months) - len(shown)} months before these are in the total only")
    totals = months.groupby("currency", observed=True, as_index=False).sum(numeric_only=True).assign(month="total")
    for row in pd.concat([shown, totals]).to_dict("records"):
        counted = f"{row['units_sold']:>14,.0f} {row['units_returned']:>12,.0f} {row['units_cancelled']:>12,.0f}"
        echo(f"{row['month']:<10} {counted} {row['net_revenue']:>14,.2f} {row['currency']}")
