"""What the demo company's customers will want after its last day: known here, since the company is made up."""

from datetime import date

import numpy as np
import pandas as pd

from demo.assortment import build_assortment
from demo.catalogue import CATEGORIES
from demo.company import LAST_DAY, WARM_UP_DAYS
from demo.demand import draw_levels, expected_demand
from demo.items import build_items
from demo.network import LOCATIONS
from demo.promotions import discounts, flows, promotions_frame


def expected_outlook(
    seed: int = 1, skus: int = 600, days: int = 730, last_day: date = LAST_DAY, ahead_days: int = 365
) -> pd.DataFrame:
    """Expected retail units of each item on each day after the last, given all that has happened until then.

    Promotions are in it as far as the company announces them, 90 days ahead. Left out are bulk orders, and what sets
    add to the demand of their parts: below one part in a hundred of all units.

    Parameters
    ----------
    seed, skus, days, last_day: as of `build_company`.
    ahead_days: days after the last.

    Returns
    -------
    One row per item and day: sku, location, category, date, units.
    """
    end = np.datetime64(last_day, "D")
    known = days + WARM_UP_DAYS
    assortment = build_assortment(seed, skus, last_day)
    items = build_items(seed, assortment)
    promotions = promotions_frame(seed, assortment, (end - (days - 1)).astype(date), last_day)
    levels = draw_levels(seed, assortment, items, known)
    ahead = end + 1 + np.arange(ahead_days)
    by_flow = expected_demand(
        assortment,
        items,
        ahead,
        last_day,
        discounts(promotions, assortment, items, ahead),
        levels.growth,
        levels.logs_ahead(known, ahead_days),
    )
    item, _ = flows(items)
    units = np.zeros((len(items.product), ahead_days))
    np.add.at(units, item, by_flow)
    codes = assortment.products["sku"].to_numpy(dtype=object)[items.product]
    names = np.array([kind.name for kind in CATEGORIES], dtype=object)[assortment.category[items.product]]
    return pd.DataFrame(
        {
            "sku": np.repeat(codes, ahead_days),
            "location": np.repeat(LOCATIONS["location"].to_numpy(dtype=object)[items.place], ahead_days),
            "category": np.repeat(names, ahead_days),
            "date": np.tile(ahead, len(units)),
            "units": units.ravel(),
        }
    )
