"""Which SKU is stocked where, and on which terms it is bought or moved there."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from demo.assortment import FOR_EVER, Assortment
from demo.network import LOCATION_COVER, LOCATION_SCALE, LOCATIONS, SUPPLIERS
from demo.seeding import generator_for


@dataclass(frozen=True)
class Items:
    """The demo's items, in the order of the assortment and of LOCATIONS, as arrays (items,).

    `product` index of the SKU, `place` of the location in LOCATIONS, `rate` true mean units a day when nothing
    special happens, `supplier` index into SUPPLIERS or -1 where the item is only moved there, `moved_from` item index
    of the source of transfers or -1, `pack`, `minimum` order quantity, `unit_cost` landed, in EUR.
    """

    product: NDArray[np.int64]
    place: NDArray[np.int64]
    rate: NDArray[np.float64]
    supplier: NDArray[np.int64]
    moved_from: NDArray[np.int64]
    pack: NDArray[np.int64]
    minimum: NDArray[np.int64]
    unit_cost: NDArray[np.float64]
    lead_time: NDArray[np.int64]


# Indices into SUPPLIERS: who raised prices half a year ago, and the quick second source and its stand-in.
_RAISED_PRICES = (3, 6, 11)
_QUICK, _OTHER_QUICK = 6, 8
TRANSFER_WEEKDAYS = (1, 4)
TRANSFER_LEAD_TIME = 4
_UNITS_A_SKU_DAY = 1.3


def build_items(seed: int, assortment: Assortment) -> Items:
    """Items of the assortment: every stocked SKU at the own warehouse, about a third to a half elsewhere."""
    rng = generator_for(seed, "items")
    count = assortment.stocked
    stocked = np.zeros((count, len(LOCATIONS)), dtype=bool)
    popularity = np.argsort(np.argsort(assortment.rate)) / count
    for column, location in enumerate(LOCATIONS["location"]):
        cover = LOCATION_COVER[location]
        stocked[:, column] = (cover == 1.0) | (rng.random(count) < cover * (0.1 + 1.8 * popularity))
    stocked[assortment.end_day < -300, 1:] = False
    product, place = np.nonzero(stocked)
    scale = np.array([LOCATION_SCALE[name] for name in LOCATIONS["location"]])
    rate = assortment.rate[product] * scale[place] * np.exp(rng.normal(0, 0.4, len(product)))
    rate *= _UNITS_A_SKU_DAY * count / rate.sum()
    market = list(LOCATIONS["location"]).index("MARKETPLACE")
    at_source = np.full(count, -1)
    at_source[product[place == 0]] = np.flatnonzero(place == 0)
    moved = (place == market) & (rng.random(len(product)) < 0.3)
    supplier = np.where(moved, -1, assortment.supplier[product])
    pack = assortment.products["pack_size"].to_numpy()[: assortment.stocked].astype(np.int64)[product]
    days_minimum = rng.choice([0, 0, 5, 10, 15], len(product))
    minimum = np.where(moved, pack, np.maximum(pack, np.ceil(rate * days_minimum / pack).astype(np.int64) * pack))
    declared = np.array([s.lead_time_days for s in SUPPLIERS])
    abroad = np.where((place == 1) & (supplier >= 0), 2, 0)
    return Items(
        product=product,
        place=place,
        rate=rate,
        supplier=supplier,
        moved_from=np.where(moved, at_source[product], -1),
        pack=pack,
        minimum=minimum,
        unit_cost=assortment.products["unit_cost"].to_numpy()[: assortment.stocked].astype(float)[product],
        lead_time=np.where(supplier >= 0, declared[supplier] + abroad, TRANSFER_LEAD_TIME),
    )


def supply_terms_frame(
    seed: int, assortment: Assortment, items: Items, rates: dict[str, float], last_day: date
) -> pd.DataFrame:
    """The `supply_terms` table, in each supplier's currency.

    One row per item and supplier; items of three suppliers have a second row since a price rise (`valid_from`), and
    about 7 % of the items at the own warehouse a dearer, quicker second supplier (`is_preferred` false).

    Parameters
    ----------
    seed: of the company.
    assortment: what is sold.
    items: what is stocked where.
    rates: EUR for one unit of each currency.
    last_day: the day from which the price rise is counted.
    """
    rng = generator_for(seed, "supply terms")
    bought = np.flatnonzero(items.supplier >= 0)
    rising = bought[np.isin(items.supplier[bought], _RAISED_PRICES)]
    own = bought[(items.place[bought] == 0) & (rng.random(len(bought)) < 0.07)]
    chosen = np.concatenate([bought, rising, own])
    is_first, is_old = np.arange(len(chosen)) < len(bought), np.zeros(len(chosen), dtype=bool)
    is_old[len(bought) : len(bought) + len(rising)] = True
    second = ~is_first & ~is_old
    supplier = np.where(
        second, np.where(items.supplier[chosen] == _QUICK, _OTHER_QUICK, _QUICK), items.supplier[chosen]
    )
    landed = items.unit_cost[chosen] * np.select([second, is_old], [1.14, 1 / 1.05], 1.0)
    frame = _terms_of(assortment, items, chosen, supplier, landed, rates)
    breaks = is_first & (rng.random(len(chosen)) < 0.12)
    typical_order = np.maximum(
        items.minimum[chosen], np.ceil(items.rate[chosen] * 40 / items.pack[chosen]) * items.pack[chosen]
    )
    frame["price_breaks"] = [
        f"all_units: {int(2 * lot)}={cost * 0.96:.2f}; {int(5 * lot)}={cost * 0.92:.2f}" if on else None
        for on, lot, cost in zip(breaks, typical_order, frame["unit_cost"], strict=True)
    ]
    risen_on = np.datetime64(last_day - timedelta(days=175), "s")
    risen = is_first & np.isin(supplier, _RAISED_PRICES)
    frame["valid_from"] = np.where(risen, risen_on, np.datetime64("NaT", "s"))
    frame["is_preferred"] = ~second
    return frame.sort_values(["sku", "location", "supplier", "valid_from"], na_position="first", ignore_index=True)


def _terms_of(
    assortment: Assortment,
    items: Items,
    chosen: NDArray[np.int64],
    supplier: NDArray[np.int64],
    landed: NDArray[np.float64],
    rates: dict[str, float],
) -> pd.DataFrame:
    kinds = [SUPPLIERS[k] for k in supplier]
    currency = np.array([kind.currency for kind in kinds], dtype=object)
    to_base = np.array([rates.get(code, 1.0) for code in currency])
    freight_share = np.array([kind.freight_share for kind in kinds])
    duty = np.array([kind.duty_rate for kind in kinds])
    bare = np.maximum(np.round(landed / (1 + freight_share + duty) / to_base, 2), 0.05)
    declared = np.array([kind.lead_time_days for kind in kinds]) + np.where(items.place[chosen] == 1, 2, 0)
    spread = np.where(supplier % 4 == 0, np.round(declared * 0.2, 1), np.nan)
    return pd.DataFrame(
        {
            "sku": assortment.products["sku"].to_numpy(dtype=object)[items.product[chosen]],
            "location": LOCATIONS["location"].to_numpy(dtype=object)[items.place[chosen]],
            "supplier": [kind.supplier for kind in kinds],
            "valid_from": np.datetime64("NaT", "s"),
            "unit_cost": bare,
            "currency": currency,
            "lead_time_days": declared,
            "lead_time_sd_days": spread,
            "purchase_unit": items.pack[chosen],
            "order_multiple": items.pack[chosen],
            "minimum_order_quantity": items.minimum[chosen],
            "price_breaks": None,
            "review_days": pd.array([kind.review_days for kind in kinds], dtype="Int64"),
            "order_weekdays": [kind.order_weekdays for kind in kinds],
            "fixed_cost_per_line": [kind.fixed_cost_per_line for kind in kinds],
            "freight_per_unit": np.round(bare * freight_share, 3),
            "duty_rate": duty,
            "supplier_sku": [
                f"{kind.supplier}/{7000 + p}" for kind, p in zip(kinds, items.product[chosen], strict=True)
            ],
            "is_preferred": True,
        }
    )


def is_alive(assortment: Assortment, items: Items, offsets: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Array (items, days): the item's SKU is launched and not ended on the day `offsets` days from the last day."""
    launch, end = assortment.launch_day[items.product], assortment.end_day[items.product]
    return (offsets >= launch[:, None]) & ((offsets <= end[:, None]) | (end[:, None] >= FOR_EVER))
