"""What Online Retail II does not tell: products' categories and costs, suppliers, terms, stock and orders.

Everything here is made up, from the order lines and a seed: the same lines and seed give the same tables.
"""

import re
import zlib
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from examples.online_retail.order_lines import is_non_product

LOCATION, CURRENCY = "WAREHOUSE", "GBP"
RECENT_DAYS = 56

# A product belongs to the first category with which a word of its description begins.
CATEGORIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Christmas", ("CHRISTMAS", "XMAS", "ADVENT", "SANTA", "REINDEER", "SNOWFLAKE", "BAUBLE")),
    ("Bags", ("BAG", "PURSE", "SHOPPER", "RUCKSACK", "BACKPACK")),
    ("Lighting and candles", ("LIGHT", "LAMP", "LANTERN", "CANDLE", "T-LIGHT", "CHANDELIER", "INCENSE")),
    ("Jewellery", ("NECKLACE", "BRACELET", "EARRING", "RING", "BROOCH", "HAIR", "BANGLE")),
    ("Kitchen and table", ("MUG", "CUP", "PLATE", "BOWL", "CAKE", "TEA", "COFFEE", "KITCHEN", "NAPKIN",
        "JAR", "BAKING", "LUNCH", "SPOON", "TRAY", "JUG", "EGG", "BOTTLE", "APRON")),
    ("Paper and wrap", ("CARD", "WRAP", "PAPER", "STICKER", "NOTEBOOK",
        "RIBBON", "TAG", "PEN", "PENCIL", "BOOK", "STATIONERY")),
    ("Children", ("CHILDREN", "CHILDS", "BABY", "TOY", "DOLL", "PUZZLE", "GAME", "PLAY", "SCHOOL")),
    ("Garden", ("GARDEN", "FLOWER", "PLANT", "BIRD", "PARASOL", "WATERING")),
    ("Textiles", ("CUSHION", "BLANKET", "TOWEL", "RUG", "CURTAIN", "QUILT", "DOORMAT", "DOOR MAT")),
    ("Decoration", ("HEART", "FRAME", "CLOCK", "HOOK", "SIGN", "MIRROR",
        "WREATH", "BUNTING", "ORNAMENT", "VASE", "DECORATION", "METAL", "WOOD")),
)  # fmt: skip
OTHER = "Other gifts"


@dataclass(frozen=True)
class MadeUpSupplier:
    """A supplier: declared lead time, mean and spread of how it is exceeded, ordering days."""

    supplier: str
    name: str
    country: str
    lead_time_days: int
    delay: float
    order_weekdays: str


SUPPLIERS: tuple[MadeUpSupplier, ...] = (
    MadeUpSupplier("GB01", "Lancashire Giftware", "GB", 7, 0.15, "mon,thu"),
    MadeUpSupplier("GB02", "Thames Stationers", "GB", 5, 0.10, "mon,wed,fri"),
    MadeUpSupplier("GB03", "Cornish Ceramics", "GB", 14, 0.25, "tue"),
    MadeUpSupplier("NL01", "Delft Deco", "NL", 12, 0.20, "wed"),
    MadeUpSupplier("IN01", "Moradabad Metal Crafts", "IN", 45, 0.25, "mon"),
    MadeUpSupplier("CN01", "Yiwu Small Goods", "CN", 42, 0.20, "mon"),
    MadeUpSupplier("CN02", "Ningbo Household", "CN", 50, 0.30, "thu"),
    MadeUpSupplier("PT01", "Porto Textiles", "PT", 18, 0.20, "fri"),
)


def product_frame(lines: pd.DataFrame) -> pd.DataFrame:
    """The `products` table: SKUs that were sold for money, with name, category, price and cost in GBP.

    Name: the description most often seen on priced lines; price: the median of what was asked; cost: 32 to 48 % of it,
    fixed by the code.
    """
    sold = lines[(lines["quantity"] > 0) & (lines["unit_price"] > 0) & ~is_non_product(lines["sku"])]
    described = sold.dropna(subset=["description"])
    counts = (
        described.assign(description=described["description"].str.strip())
        .groupby(["sku", "description"], as_index=False)
        .size()
    )
    counts = counts.sort_values(["sku", "size", "description"], ascending=[True, False, True]).drop_duplicates("sku")
    price = sold.groupby("sku")["unit_price"].median().round(2).clip(0.01)
    frame = price.rename("unit_price").reset_index()
    frame["name"] = frame["sku"].map(counts.set_index("sku")["description"]).fillna("Product " + frame["sku"])
    frame["category"] = [_category(name) for name in frame["name"]]
    share = 0.32 + 0.16 * _fraction(frame["sku"], "cost")
    frame["unit_cost"] = np.round(np.maximum(frame["unit_price"] * share, 0.001), 3)
    return frame.assign(currency=CURRENCY)[["sku", "name", "category", "unit_price", "unit_cost", "currency"]]


def _category(name: str) -> str:
    found = (category for category, keys in CATEGORIES if re.search(rf"\b(?:{'|'.join(keys)})", name.upper()))
    return next(found, OTHER)


def _fraction(codes: pd.Series, purpose: str) -> NDArray[np.float64]:
    """A number from 0 to 1 for each code, the same in every year and on every machine."""
    return np.array([zlib.crc32(f"{purpose}/{code}".encode()) / 2**32 for code in codes])


def daily_rate(lines: pd.DataFrame, products: pd.DataFrame, as_of: pd.Timestamp) -> NDArray[np.float64]:
    """Retail units sold a day over the last `RECENT_DAYS` days, by row of `products`; a line counts as at most 48."""
    recent = lines[
        (lines["invoice_date"] > as_of - pd.Timedelta(days=RECENT_DAYS - 1)) & (lines["order_type"] == "retail")
    ]
    units = recent.assign(units=recent["quantity"].clip(0, 48)).groupby("sku")["units"].sum()
    return products["sku"].map(units).fillna(0).to_numpy(float) / RECENT_DAYS


def supply_terms_frame(lines: pd.DataFrame, products: pd.DataFrame, rate: NDArray[np.float64]) -> pd.DataFrame:
    """The `supply_terms` table: one supplier for each SKU, codes that begin alike from the same one.

    The pack is the commonest quantity of lines of more than one unit (up to 48), as customers mostly buy whole packs;
    the minimum is two weeks' sales in whole packs.
    """
    several = lines[lines["quantity"].between(2, 48)].groupby(["sku", "quantity"], as_index=False).size()
    several = several.sort_values(["sku", "size", "quantity"], ascending=[True, False, True]).drop_duplicates("sku")
    pack = products["sku"].map(several.set_index("sku")["quantity"]).fillna(1).astype(int)
    minimum = np.maximum(np.ceil(14 * rate / pack), 1).astype(int) * pack
    place = np.array([zlib.crc32(code[:3].encode()) % len(SUPPLIERS) for code in products["sku"]])
    chosen = [SUPPLIERS[k] for k in place]
    return pd.DataFrame(
        {
            "sku": products["sku"],
            "location": LOCATION,
            "supplier": [kind.supplier for kind in chosen],
            "unit_cost": products["unit_cost"],
            "currency": CURRENCY,
            "lead_time_days": [kind.lead_time_days for kind in chosen],
            "order_multiple": pack,
            "minimum_order_quantity": minimum,
            "order_weekdays": [kind.order_weekdays for kind in chosen],
            "fixed_cost_per_line": 2.0,
        }
    )


def stock_and_orders(
    seed: int, terms: pd.DataFrame, rate: NDArray[np.float64], as_of: pd.Timestamp
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The `inventory`, `purchase_orders` and `receipts` tables.

    Every SKU was ordered three times in the last ten months; what an order of the last weeks has not brought by
    `as_of` is open. Stock covers the lead time and some more; one SKU in twenty has none, another far too much.
    """
    rng = np.random.default_rng([seed, zlib.crc32(b"stock")])
    count = len(terms)
    kinds = {kind.supplier: kind for kind in SUPPLIERS}
    lead = terms["lead_time_days"].to_numpy(float)
    delay = np.array([kinds[name].delay for name in terms["supplier"]])
    pack = terms["order_multiple"].to_numpy(int)
    cover = (0.9 + rng.gamma(2.0, 0.5, count)) * (lead + 14)
    cover = np.select([rng.random(count) < 0.05, rng.random(count) < 0.05], [0.0, cover * 5], cover)
    on_hand = np.round(rate * cover + (rng.random(count) < 0.8) * rng.integers(1, 5, count) * (cover > 0)).astype(int)
    inventory = pd.DataFrame(
        {
            "as_of": as_of.date(),
            "sku": terms["sku"],
            "location": LOCATION,
            "on_hand": on_hand,
            "reserved": 0,
            "backordered": 0,
        }
    )
    orders = []
    for number, (oldest, newest) in enumerate(((300, 201), (200, 101), (100, 1))):
        wanted = np.flatnonzero((rng.random(count) < (0.5 if number == 2 else 0.9)) & (rate > 0))
        ordered_on = as_of - pd.to_timedelta(rng.integers(newest, oldest + 1, len(wanted)), "D")
        real = np.maximum(np.round(lead[wanted] * (0.92 + rng.gamma(1.2, delay[wanted] / 1.2))), 1)
        units = np.maximum(np.ceil(rate[wanted] * 30 / pack[wanted]), 1).astype(int) * pack[wanted]
        units = np.maximum(units, terms["minimum_order_quantity"].to_numpy()[wanted])
        rows = terms.iloc[wanted]
        week = ordered_on.to_period("W").start_time.strftime("%y%m%d")
        received_on = ordered_on + pd.to_timedelta(real, "D")
        frame = pd.DataFrame(
            {
                "order_number": [f"{s}-{w}" for s, w in zip(rows["supplier"], week, strict=True)],
                "sku": rows["sku"].to_numpy(),
                "location": LOCATION,
                "supplier": rows["supplier"].to_numpy(),
                "ordered_on": ordered_on.date,
                "ordered_units": units,
                "expected_on": (ordered_on + pd.to_timedelta(lead[wanted], "D")).date,
                "status": np.where(received_on <= as_of, "received", "open"),
                "received_on": received_on.date,
            }
        )
        orders.append(frame)
    purchase_orders = pd.concat(orders).sort_values(["order_number", "sku", "ordered_on"], ignore_index=True)
    purchase_orders.insert(1, "line_number", purchase_orders.groupby("order_number").cumcount() + 1)
    came = purchase_orders[purchase_orders["status"] == "received"]
    receipts_frame = came[["order_number", "line_number", "received_on"]].assign(received_units=came["ordered_units"])
    return inventory, purchase_orders.drop(columns="received_on"), receipts_frame.reset_index(drop=True)


def other_frames() -> dict[str, pd.DataFrame]:
    """The `locations` and `suppliers` tables."""
    rows = [(kind.supplier, kind.name, kind.country, CURRENCY) for kind in SUPPLIERS]
    return {
        "locations": pd.DataFrame(
            {
                "location": [LOCATION],
                "name": ["Warehouse"],
                "kind": ["warehouse"],
                "country": ["GB"],
                "currency": [CURRENCY],
            }
        ),
        "suppliers": pd.DataFrame(rows, columns=["supplier", "name", "country", "currency"]),
    }
