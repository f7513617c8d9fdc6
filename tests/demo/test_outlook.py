"""What the generator knows of demand to come agrees with what it draws."""

import numpy as np
import pytest

from demo.assortment import build_assortment
from demo.company import LAST_DAY
from demo.demand import DemandLevels, draw_levels, draw_wanted_lines, expected_demand
from demo.items import build_items
from demo.outlook import expected_outlook
from demo.promotions import discounts, promotions_frame

SMALL = {"seed": 2, "skus": 40}


def test_levels_ahead_are_the_mean_of_what_may_follow():
    rng = np.random.default_rng(0)
    worlds, known, ahead = 40_000, 15, 30
    item, company = np.full(worlds, 0.5), np.full(worlds, -0.1)
    found = np.zeros(ahead)
    for week in range(6):
        days = [day for day in range(ahead) if (known + day) // 7 - (known - 1) // 7 == week]
        found[days] = np.exp(item + company).mean()
        item = 0.93 * item + rng.normal(0, 0.085, worlds)
        company = 0.95 * company + rng.normal(0, 0.02, worlds)
    levels = DemandLevels(np.zeros(1), np.full((1, 9), 0.5), np.full(9, -0.1))

    assert np.exp(levels.logs_ahead(known, ahead))[0] == pytest.approx(found, rel=0.005)


def test_retail_lines_are_drawn_about_the_expected_units():
    assortment = build_assortment(SMALL["seed"], SMALL["skus"], LAST_DAY)
    items = build_items(SMALL["seed"], assortment)
    days = np.datetime64(LAST_DAY) + np.arange(-399, 1)
    promotions = promotions_frame(SMALL["seed"], assortment, days[0].astype(object), LAST_DAY)
    discount = discounts(promotions, assortment, items, days)
    levels = draw_levels(SMALL["seed"], assortment, items, len(days))
    mean = expected_demand(assortment, items, days, LAST_DAY, discount, levels.growth, levels.logs(len(days)))

    lines = draw_wanted_lines(SMALL["seed"], assortment, items, mean, discount, days)

    own = (lines.order_type == 0) & (lines.bundle < 0)
    assert lines.units[own].sum() == pytest.approx(mean.sum(), rel=0.03)


def test_the_outlook_ends_with_its_items_and_begins_with_them():
    outlook = expected_outlook(**SMALL, days=400, ahead_days=365)
    products = build_assortment(SMALL["seed"], SMALL["skus"], LAST_DAY).products.set_index("sku")
    ended = products["discontinued_on"].reindex(outlook["sku"]).to_numpy("datetime64[D]")
    launched = products["launched_on"].reindex(outlook["sku"]).to_numpy("datetime64[D]")
    day = outlook["date"].to_numpy("datetime64[D]")

    assert (outlook["units"] >= 0).all()
    assert outlook.loc[(day > ended) | (day < launched), "units"].sum() == 0
