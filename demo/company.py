"""The demo company: made up, but traded day by day as a real one would, and written as ordinary input files."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from demo.assortment import build_assortment
from demo.buying import build_buying_rule, build_supply_calendar
from demo.demand import draw_levels, draw_wanted_lines, expected_demand
from demo.dirt import soil_orders, soil_receipts, soil_sales
from demo.files import monthly_csv_texts, write_csv, write_european_csv, write_monthly_parquet
from demo.items import build_items, supply_terms_frame
from demo.network import LOCATIONS, closures_frame, exchange_rates, fulfilment_frame, suppliers_frame
from demo.paperwork import inventory_frame, order_frames, stock_frame, transfers_frame
from demo.plans import budget_frames, channel_costs_frame, planning_parameters_frame, transfer_terms_frame
from demo.promotions import discounts, promotions_frame
from demo.sales import SALES_COLUMNS, sales_frame
from demo.settings_text import NOTE, settings_text
from demo.trading import trade

LAST_DAY = date(2026, 6, 28)
"""The day, a Sunday, at whose end planning starts."""

WARM_UP_DAYS = 210
_MONEY = ("unit_price", "unit_cost", "net_revenue", "minimum_order_value", "fixed_cost_per_order", "free_freight_from")


@dataclass(frozen=True)
class Company:
    """All input tables of the demo company, clean, with the columns of the contracts; sorted by their keys.

    `evening`: one row per item (sku, location) on the last evening: on_hand, position, and the reorder_point and
    order_up_to of the rule that the company has bought by, supplier (null: only moved there).
    """

    tables: dict[str, pd.DataFrame]
    evening: pd.DataFrame


def build_company(seed: int = 1, skus: int = 600, days: int = 730, last_day: date = LAST_DAY) -> Company:
    """Trade the demo company for `days` days up to `last_day`, after seven months that no file shows.

    1. assortment, items, promotions, closures, exchange rates
    2. what customers want, line by line
    3. trading: sales capped by stock, deliveries that come late, orders by an (s, S) rule
    4. the records of it, as tables

    Parameters
    ----------
    seed: the same gives the same company.
    skus: from 24 to about 1,000, sets included.
    days: length of the history, at least 120.
    last_day: the day at whose end planning starts; best a Sunday.

    Raises
    ------
    ValueError: too few SKUs or days.
    """
    if days < 120:
        raise ValueError(f"demo company: days is {days}; it needs at least 120")
    end = np.datetime64(last_day, "D")
    calendar = np.arange(end - (days + WARM_UP_DAYS) + 1, end + 1)
    first_day = calendar[WARM_UP_DAYS].astype(date)
    assortment = build_assortment(seed, skus, last_day)
    items = build_items(seed, assortment)
    promotions = promotions_frame(seed, assortment, first_day, last_day)
    closures = closures_frame(calendar[0].astype(date), last_day)
    rates = exchange_rates(seed, np.arange(calendar[WARM_UP_DAYS] - 10, end + 1))
    newest = {str(code): float(rate) for code, rate in rates.groupby("currency")["rate_to_base"].last().items()}

    discount = discounts(promotions, assortment, items, calendar)
    levels = draw_levels(seed, assortment, items, len(calendar))
    mean = expected_demand(assortment, items, calendar, last_day, discount, levels.growth, levels.logs(len(calendar)))
    wanted_lines = draw_wanted_lines(seed, assortment, items, mean, discount, calendar)
    rule, supply_calendar = (
        build_buying_rule(seed, assortment, items, calendar),
        build_supply_calendar(closures, calendar),
    )
    books = trade(seed, assortment, items, wanted_lines, rule, supply_calendar, calendar)

    sales = sales_frame(seed, assortment, items, wanted_lines, books, calendar, rates, WARM_UP_DAYS)
    orders, receipts = order_frames(seed, assortment, items, books, calendar, WARM_UP_DAYS)
    channel_costs = channel_costs_frame(last_day)
    budgets, open_to_buy = budget_frames(
        seed, sales, assortment.products, assortment.aliases, channel_costs, newest["GBP"], last_day
    )
    tables = {
        "sales": sales,
        "stock_levels": stock_frame(assortment, items, books, calendar, WARM_UP_DAYS),
        "products": assortment.products,
        "locations": LOCATIONS,
        "supply_terms": supply_terms_frame(seed, assortment, items, newest, last_day),
        "suppliers": suppliers_frame(),
        "transfer_terms": transfer_terms_frame(assortment, items),
        "purchase_orders": orders,
        "receipts": receipts,
        "transfers": transfers_frame(assortment, items, books, calendar, WARM_UP_DAYS),
        "inventory": inventory_frame(seed, assortment, items, books, calendar),
        "promotions": promotions,
        "closures": closures,
        "bundles": assortment.bundles,
        "sku_aliases": assortment.aliases,
        "fulfilment": fulfilment_frame(last_day),
        "planning_parameters": planning_parameters_frame(seed, assortment, last_day),
        "channel_costs": channel_costs,
        "fx_rates": rates,
        "budgets": budgets,
        "open_to_buy": open_to_buy,
    }
    buyers = np.array([*suppliers_frame()["supplier"], None], dtype=object)
    evening = pd.DataFrame(
        {
            "sku": assortment.products["sku"].to_numpy()[items.product],
            "location": LOCATIONS["location"].to_numpy()[items.place],
            "supplier": buyers[items.supplier],
            "on_hand": books.on_hand[:, -1],
            "position": books.position,
            "reorder_point": books.reorder_point,
            "order_up_to": books.order_up_to,
        }
    )
    return Company(tables, evening)


def write_company(folder: Path, seed: int = 1, skus: int = 600, days: int = 730, last_day: date = LAST_DAY) -> None:
    """Write the demo company's files and its `restock.toml` into `folder`, which is made if need be.

    The same arguments give the same bytes. Files of the same names are replaced; others are left alone.

    Parameters
    ----------
    folder: the company's folder.
    seed, skus, days, last_day: as of `build_company`.
    """
    tables = dict(build_company(seed, skus, days, last_day).tables)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sales").mkdir(exist_ok=True)
    months = monthly_csv_texts(tables.pop("sales"), "date", _MONEY)
    for name, text in soil_sales(seed, months, SALES_COLUMNS).items():
        (folder / "sales" / f"{name}.csv").write_text(text, encoding="utf-8", newline="\n")
    write_monthly_parquet(tables.pop("stock_levels"), "date", folder / "stock_levels")
    write_european_csv(tables.pop("supply_terms"), folder / "supply_terms.csv")
    tables["purchase_orders"] = soil_orders(seed, tables["purchase_orders"])
    tables["receipts"] = soil_receipts(tables["receipts"]).rename(
        columns={"received_on": "booked_on", "received_units": "quantity"}
    )
    for table, frame in tables.items():
        write_csv(frame, folder / f"{table}.csv", _MONEY)
    (folder / "restock.toml").write_text(settings_text(last_day), encoding="utf-8", newline="\n")
    (folder / "README.md").write_text(NOTE, encoding="utf-8", newline="\n")
