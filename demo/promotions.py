"""What the demo company promotes: sales weeks known in advance, offers for single SKUs, and what they do to demand."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from demo.assortment import Assortment
from demo.catalogue import CATEGORIES
from demo.items import Items
from demo.network import LOCATIONS, OUTLETS
from demo.seeding import generator_for

# (name, first month-day, last month-day, category or None, channel or None, discount), in every year
_CAMPAIGNS: tuple[tuple[str, str, str, str | None, str | None, float], ...] = (
    ("Winter sale", "01-08", "01-21", "Textiles", None, 0.20),
    ("Winter sale", "01-08", "01-21", "Bath", None, 0.20),
    ("Tidy up", "02-05", "02-14", "Storage", "webshop", 0.15),
    ("Spring in the garden", "04-04", "04-13", "Garden", None, 0.15),
    ("Pedal weeks", "05-09", "05-18", "Cycling", "webshop", 0.15),
    ("Holiday packing", "06-05", "06-14", "Camping", None, 0.15),
    ("Summer sale", "07-13", "07-26", "Garden", None, 0.25),
    ("Summer sale", "07-13", "07-26", "Camping", "webshop", 0.20),
    ("Market days", "07-08", "07-10", "Kitchen", "marketplace", 0.20),
    ("Market days", "07-08", "07-10", "Pets", "marketplace", 0.20),
    ("Candle evenings", "10-17", "10-26", "Candles", None, 0.15),
    ("Black week", "11-21", "11-30", "Lighting", None, 0.25),
    ("Black week", "11-21", "11-30", "Kitchen", None, 0.25),
    ("Black week", "11-21", "11-30", "Textiles", None, 0.20),
    ("Last lights", "12-27", "12-31", "Christmas", None, 0.40),
)
_UPLIFT = 4.2


def promotions_frame(seed: int, assortment: Assortment, first_day: date, last_day: date) -> pd.DataFrame:
    """The `promotions` table from a year before the first day to 90 days after the last, sorted by start."""
    rng = generator_for(seed, "promotions")
    earliest, latest = first_day - timedelta(days=365), last_day + timedelta(days=90)
    rows: list[tuple[object, ...]] = []
    for year in range(earliest.year, latest.year + 1):
        for name, start, end, category, channel, discount in _CAMPAIGNS:
            rows.append(
                (
                    None,
                    category,
                    None,
                    channel,
                    date.fromisoformat(f"{year}-{start}"),
                    date.fromisoformat(f"{year}-{end}"),
                    discount,
                    f"{name} {year}",
                )
            )
    codes = assortment.products["sku"].to_numpy()[: assortment.stocked]
    best = np.argsort(-assortment.rate, kind="stable")[: max(8, assortment.stocked // 6)]
    for number in range(max(6, assortment.stocked // 12)):
        starts_on = first_day + timedelta(days=int(rng.integers((latest - first_day).days - 10)))
        ends_on = starts_on + timedelta(days=int(rng.integers(4, 11)))
        channel = str(rng.choice(["webshop", "marketplace"]))
        discount = float(rng.choice([0.1, 0.15, 0.2, 0.3]))
        rows.append(
            (codes[int(rng.choice(best))], None, None, channel, starts_on, ends_on, discount, f"Offer {number + 1}")
        )
    rows.append(
        (
            None,
            "Storage",
            "HAMBURG",
            None,
            last_day - timedelta(days=40),
            last_day - timedelta(days=31),
            0.2,
            "Store anniversary",
        )
    )
    frame = pd.DataFrame(
        rows, columns=["sku", "category", "location", "channel", "starts_on", "ends_on", "discount_fraction", "name"]
    )
    near = (frame["ends_on"] >= earliest) & (frame["starts_on"] <= latest)
    return frame[near].sort_values(
        ["starts_on", "name", "sku", "category", "channel"], na_position="last", ignore_index=True
    )


def discounts(
    promotions: pd.DataFrame, assortment: Assortment, items: Items, days: NDArray[np.datetime64]
) -> NDArray[np.float32]:
    """Discount fraction of each flow on each day: array (flows, days), see `flows`. The largest discount wins."""
    item, outlet = flows(items)
    result = np.zeros((len(item), len(days)), dtype=np.float32)
    codes = assortment.products["sku"].to_numpy()[: assortment.stocked][items.product[item]]
    names = np.array([category.name for category in CATEGORIES])[assortment.category[items.product[item]]]
    places = LOCATIONS["location"].to_numpy()[items.place[item]]
    channels = np.array([kind.channel for kind in OUTLETS])[outlet]
    for row in promotions.to_dict("records"):
        concerned = np.ones(len(item), dtype=bool)
        for value, of_flow in (
            (row["sku"], codes),
            (row["category"], names),
            (row["location"], places),
            (row["channel"], channels),
        ):
            if isinstance(value, str):
                concerned &= of_flow == value
        first, last = np.searchsorted(days, [np.datetime64(row["starts_on"]), np.datetime64(row["ends_on"]) + 1])
        if last > first and concerned.any():
            rows = np.flatnonzero(concerned)
            result[rows, first:last] = np.maximum(result[rows, first:last], row["discount_fraction"])
    return result


def flows(items: Items) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs (item, outlet) of every way in which an item is sold, sorted by item and outlet; arrays (flows,)."""
    place_of = {name: place for place, name in enumerate(LOCATIONS["location"])}
    outlet_place = np.array([place_of[kind.location] for kind in OUTLETS])
    item, outlet = np.nonzero(items.place[:, None] == outlet_place[None, :])
    return item, outlet


def uplift(discount: NDArray[np.float32]) -> NDArray[np.float32]:
    """How many times the baseline demand a discount brings."""
    lifted: NDArray[np.float32] = np.exp(_UPLIFT * discount).astype(np.float32)
    return lifted
