"""Known effects of companies whose truth is known."""

import numpy as np
import pandas as pd
import pytest

from models.demand import pool_effects, summarise
from models.demand.effects.known_effects import multipliers
from tests.models.demand.factories import (
    AS_OF,
    WEEKDAYS,
    company,
    history,
)


def test_weekdays_season_and_promotions_are_recovered():
    demand, _ = company(60)

    effects = pool_effects([summarise(demand, AS_OF)])

    week = effects.weekday[effects.weekday["category"] == "*"]["multiplier"].to_numpy()
    np.testing.assert_allclose(week, WEEKDAYS / WEEKDAYS.mean(), rtol=0.03)
    uplift = effects.promotion.set_index("category").loc["*"]
    assert np.exp(uplift["at_any"] + 0.25 * uplift["per_discount"]) == pytest.approx(2.5, rel=0.05)
    season = effects.season[effects.season["category"] == "C1"]["multiplier"].to_numpy()
    truth = 1 + 0.4 * np.cos(2 * np.pi * (np.arange(52) * 7 + 3 - 350) / 365.25)
    assert np.abs(season - truth).mean() < 0.06


def test_effects_do_not_depend_on_how_items_are_bucketed():
    demand, _ = company(30)
    halves = [
        history(
            demand.units[rows],
            items={"sku": demand.items["sku"].to_numpy()[rows], "category": demand.items["category"].to_numpy()[rows]},
            discount=demand.discount[rows],
        )
        for rows in (slice(0, 13), slice(13, 30))
    ]

    whole = pool_effects([summarise(demand, AS_OF)])
    split = pool_effects([summarise(half, AS_OF) for half in halves])

    for name in ("weekday", "season", "promotion", "holiday", "launch", "levels"):
        pd.testing.assert_frame_equal(getattr(whole, name), getattr(split, name), rtol=1e-9)


def test_a_company_without_seasons_gets_none():
    demand, _ = company(40, season=0.0, uplift=1.0)

    effects = pool_effects([summarise(demand, AS_OF)])

    assert effects.season["multiplier"].std() < 0.04
    assert np.abs(multipliers(demand, effects)[demand.discount > 0].mean() - 1) < 0.12


def test_holidays_are_learned_by_market():
    rng = np.random.default_rng(3)
    items, periods = 40, 730
    holiday = np.zeros((items, periods + 540))
    holiday[:20, ::37] = 1.0
    mean = 5.0 * np.where(holiday[:, :periods] > 0, 0.4, 1.0)
    demand = history(rng.poisson(mean).astype(float), holiday=holiday, items={"market": ["DE"] * 20 + ["FR"] * 20})

    effects = pool_effects([summarise(demand, AS_OF)]).holiday.set_index("market")["multiplier"]

    assert effects["DE"] == pytest.approx(0.4, abs=0.05)
    assert "FR" not in effects.index


def test_price_changes_are_learned_apart_from_promotions():
    rng = np.random.default_rng(4)
    price = np.zeros((40, 730 + 540))
    price[:, 200:230] = price[:, 500:530] = 0.2
    demand = history(rng.poisson(6 * np.exp(-2 * price[:, :730])).astype(float), log_relative_price=price)

    effects = pool_effects([summarise(demand, AS_OF)])

    assert effects.price["elasticity"].iloc[0] == pytest.approx(-2, abs=0.4)
