"""What people of the demo company decided: parameters, costs of channels, transfer terms, budgets, open-to-buy."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from demo.assortment import Assortment
from demo.items import Items
from demo.seeding import generator_for


def transfer_terms_frame(assortment: Assortment, items: Items) -> pd.DataFrame:
    """The `transfer_terms` table: from the own warehouse to the marketplace, SKU by SKU, and to the store."""
    moved = items.moved_from >= 0
    codes = assortment.products["sku"].to_numpy(dtype=object)[items.product[moved]]
    to_marketplace = pd.DataFrame({"sku": codes, "order_multiple": items.pack[moved]})
    to_marketplace = to_marketplace.assign(
        to_location="MARKETPLACE",
        lead_time_days=4,
        cost_per_unit=0.35,
        fixed_cost=18.0,
        order_weekdays="tuesday,friday",
    )
    to_store = pd.DataFrame(
        {
            "sku": ["*"],
            "order_multiple": [1],
            "to_location": ["HAMBURG"],
            "lead_time_days": [2],
            "cost_per_unit": [0.4],
            "fixed_cost": [25.0],
            "order_weekdays": ["wednesday"],
        }
    )
    frame = pd.concat([to_store, to_marketplace], ignore_index=True).assign(from_location="LEIPZIG")
    return frame[
        [
            "from_location",
            "to_location",
            "sku",
            "lead_time_days",
            "cost_per_unit",
            "fixed_cost",
            "order_multiple",
            "order_weekdays",
        ]
    ]


def planning_parameters_frame(seed: int, assortment: Assortment, last_day: date) -> pd.DataFrame:
    """The `planning_parameters` table: what planners set by hand, with who and why."""
    rng = generator_for(seed, "planning parameters")
    steady = np.flatnonzero((assortment.launch_day < -400) & (assortment.end_day > 100_000 - 1))
    picks = assortment.products["sku"].to_numpy(dtype=object)[rng.choice(steady, 6, replace=False)]
    ending = assortment.products[assortment.products["discontinued_on"] > pd.Timestamp(last_day)]
    since, until = last_day - timedelta(days=60), last_day + timedelta(days=45)
    rows: list[tuple[object, ...]] = [
        ("sku", picks[0], "do_not_order", since, "true", until, "Mara", "Quality problem, supplier is reworking"),
        ("sku", picks[1], "minimum_stock_units", since, "12", None, "Jonas", "Shop window in Hamburg"),
        ("sku", picks[2], "maximum_stock_days", since, "60", None, "Mara", "Bulky, no room"),
        ("sku", picks[3], "service_target", since, "0.99", None, "Priya", "Needed for the bestselling set"),
        ("sku", picks[4], "safety_stock_units", since, "20", until, "Jonas", "Fair in August"),
        ("sku", picks[5], "minimum_order_days", since, "21", None, "Priya", "Fewer deliveries"),
        ("category", "Candles", "service_target", since, "0.97", None, "Priya", "Regular customers come for them"),
        ("supplier", "S12", "maximum_order_days", since, "120", None, "Mara", "Supplier under review"),
        ("location", "HAMBURG", "maximum_stock_days", since, "90", None, "Jonas", "Small stock room"),
    ]
    rows += [
        ("sku", sku, "phase_out_on", since, str(ends_on), None, "Mara", "Line ends")
        for sku, ends_on in zip(ending["sku"].head(4), ending["discontinued_on"].dt.date.head(4), strict=True)
    ]
    frame = pd.DataFrame(rows, columns=["scope", "of", "name", "valid_from", "value", "valid_to", "who", "why"])
    scopes = ["sku", "category", "supplier", "location"]
    for scope in scopes:
        frame[scope] = np.where(frame["scope"] == scope, frame["of"], "*")
    return frame[[*scopes, "name", "value", "valid_from", "valid_to", "who", "why"]]


def channel_costs_frame(last_day: date) -> pd.DataFrame:
    """The `channel_costs` table; the marketplace raised its commission half a year ago."""
    raised = last_day - timedelta(days=178)
    rows = [
        ("webshop", None, 0.0, 0.018, 0.9, 1.8),
        ("marketplace", None, 0.13, 0.0, 1.1, 1.6),
        ("marketplace", raised, 0.15, 0.0, 1.1, 1.6),
        ("store", None, 0.0, 0.009, 0.3, 0.8),
    ]
    columns = ["channel", "valid_from", "commission_fraction", "payment_fee_fraction",
               "fulfilment_cost_per_unit", "return_cost_per_unit"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def budget_frames(
    seed: int,
    sales: pd.DataFrame,
    products: pd.DataFrame,
    aliases: pd.DataFrame,
    channel_costs: pd.DataFrame,
    gbp_rate: float,
    last_day: date,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The `budgets` and `open_to_buy` tables, in EUR, from this January to the June after next.

    A budget is the same month's retail sales of the last twelve months, promotions included, with an ambition of 0 to
    6 % on top (another 2 % for next year), rounded to 100 EUR. Units are gross; revenue is net of returns and
    cancellations; margin is what is left of it after the cost of goods and the channel costs. Open-to-buy is given for
    this month and the six that follow, in all and for two categories.

    Parameters
    ----------
    seed: of the company.
    sales: the `sales` table.
    products: the `products` table.
    aliases: the `sku_aliases` table.
    channel_costs: the `channel_costs` table.
    gbp_rate: EUR for one pound.
    last_day: the last day of sales.
    """
    rng = generator_for(seed, "budgets")
    by_sku = products.set_index("sku")
    own = sales["sku"].map(aliases.set_index("alias")["sku"]).fillna(sales["sku"])
    is_return = sales["units"] < 0  # the marketplace's returns are lines of their own
    back = sales["returned_units"].fillna(0).where(~is_return, -sales["units"])
    resold = sales["resellable_units"].fillna(0)
    refund = (sales["unit_price"] * back).where(~is_return, 0.0)
    sold = pd.DataFrame({
        "month": sales["date"].dt.month, "age": (pd.Timestamp(last_day) - sales["date"]).dt.days,
        "category": own.map(by_sku["category"]), "channel": sales["channel"], "market": sales["market"],
        "units": sales["units"].clip(lower=0),
        "revenue": (sales["net_revenue"] - refund) * np.where(sales["currency"] == "GBP", gbp_rate, 1.0),
    })  # fmt: skip
    cost = own.map(by_sku["unit_cost"].astype(float)) * (sold["units"] - resold)
    sold["margin"] = sold["revenue"] - cost - _channel_costs(sales["date"], sold, back, channel_costs)
    counted = sales["status"].eq("completed") & sales["order_type"].eq("retail")
    year = sold[(sold["age"] < 365) & counted.to_numpy()]
    base = year.groupby(["category", "channel", "market", "month"], as_index=False)[
        ["units", "revenue", "margin"]
    ].sum()
    months = pd.period_range(f"{last_day.year}-01", f"{last_day.year + 1}-06", freq="M")
    frames = []
    for month in months:
        part = base[base["month"] == month.month].copy()
        ambition = rng.uniform(1.0, 1.06, len(part)) * (1.02 if month.year > last_day.year else 1.0)
        for name, step in (("units", 10), ("revenue", 100), ("margin", 100)):
            part[name] = np.maximum(np.round(part[name] * ambition / step) * step, step).astype(int)
        frames.append(part.assign(month=month.to_timestamp(), currency="EUR"))
    budgets = pd.concat(frames).sort_values(["month", "category", "channel", "market"], ignore_index=True)
    budgets = budgets[["month", "category", "channel", "market", "revenue", "currency", "units", "margin"]]
    return budgets, _open_to_buy(budgets, last_day)


def _channel_costs(
    dates: "pd.Series[pd.Timestamp]", sold: pd.DataFrame, back: "pd.Series[float]", channel_costs: pd.DataFrame
) -> "pd.Series[float]":
    """Commission, payment fee, fulfilment and handling of returns of each line, EUR, at the rates of its day."""
    since = pd.to_datetime(channel_costs["valid_from"]).fillna(pd.Timestamp("1900-01-01")).astype("datetime64[ns]")
    lines = pd.DataFrame({"date": dates.astype("datetime64[ns]"), "channel": sold["channel"]})
    found = pd.merge_asof(
        lines.reset_index().sort_values("date", kind="stable"),
        channel_costs.assign(valid_from=since).sort_values("valid_from", kind="stable"),
        left_on="date",
        right_on="valid_from",
        by="channel",
    ).set_index("index")
    share = found["commission_fraction"] + found["payment_fee_fraction"]
    costs: pd.Series[float] = (
        sold["revenue"] * share
        + sold["units"] * found["fulfilment_cost_per_unit"]
        + back * found["return_cost_per_unit"]
    )
    return costs


def _open_to_buy(budgets: pd.DataFrame, last_day: date) -> pd.DataFrame:
    coming = budgets[
        (budgets["month"] >= pd.Timestamp(last_day.replace(day=1)))
        & (budgets["month"] <= pd.Timestamp(last_day) + pd.Timedelta(days=190))
    ]
    everything = coming.groupby("month", as_index=False)["revenue"].sum().assign(category="*")
    some = (
        coming[coming["category"].isin(["Camping", "Christmas"])]
        .groupby(["month", "category"], as_index=False)["revenue"]
        .sum()
    )
    frame = pd.concat([everything, some], ignore_index=True)
    frame["amount"] = (frame["revenue"] * 0.5 / 500).round().astype(int) * 500
    frame["currency"] = "EUR"
    ordered: pd.DataFrame = frame.sort_values(["month", "category"], ignore_index=True)
    return ordered[["month", "category", "amount", "currency"]]
