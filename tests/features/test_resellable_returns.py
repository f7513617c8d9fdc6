"""What comes back fit to sell: rates shrunk to the category, delays found from the weeks of sale and return."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from features.resellable_returns import COMPANY, DEFAULT_DELAY_DAYS, expected_returns, return_profile

AS_OF = dt.date(2026, 3, 31)


def items(*skus, category="Bath"):
    return pd.DataFrame({"sku": list(skus), "location": "BER", "category": category})


def sales(sku, units, back, days=364):
    """The same sales and returns on each of the last days; `back` a number, or one a day."""
    dates = pd.Timestamp(AS_OF) - pd.to_timedelta(np.arange(days)[::-1], unit="D")
    return pd.DataFrame(
        {
            "date": dates,
            "sku": sku,
            "location": "BER",
            "order_type": "retail",
            "units": units,
            "resellable_units": back,
        }
    )


def bursts(delay_days, share=0.5, seed=1):
    """Sales on random days, of which a share is back after some days, as a line of its own."""
    rng = np.random.default_rng(seed)
    parts = []
    for number in range(40):
        sold = np.where(rng.random(364) < 0.05, rng.integers(2, 20, 364), 0).astype(float)
        back = np.zeros(364)
        back[delay_days:] = share * sold[:-delay_days]
        parts.append(sales(f"S{number}", sold, back))
    return pd.concat(parts, ignore_index=True), items(*[f"S{number}" for number in range(40)])


def test_an_items_rate_is_shrunk_to_its_category():
    lines = pd.concat([sales("MANY", 10.0, 2.0), sales("FEW", 1.0, 0.0, days=10)], ignore_index=True)
    profile = return_profile(lines, items("MANY", "FEW"), AS_OF)

    found = expected_returns(lines, items("FEW", "MANY", "NONE"), profile, AS_OF)

    few, many, none = found.rate
    assert many == pytest.approx(0.2, abs=0.005)
    assert 0.18 < few < none < 0.2
    assert profile.rates.set_index("category").loc[COMPANY, "resellable_rate"] == pytest.approx(0.2, abs=0.001)


def test_the_delay_is_found_from_sales_and_returns():
    lines, known = bursts(delay_days=17)

    profile = return_profile(lines, known, AS_OF)

    assert profile.delay.sum() == pytest.approx(1.0)
    assert float(np.arange(len(profile.delay)) @ profile.delay) == pytest.approx(17, abs=2)


def test_returns_dated_by_their_sale_get_the_default_delay():
    profile = return_profile(sales("A", 4.0, 1.0).assign(units=np.tile([8.0, 0.0], 182)), items("A"), AS_OF)
    noted = sales("A", np.tile([8.0] + [0.0] * 27, 13), np.tile([2.0] + [0.0] * 27, 13))

    on_sale = return_profile(noted, items("A"), AS_OF)

    assert len(on_sale.delay) == DEFAULT_DELAY_DAYS + 1
    assert profile.delay.sum() == pytest.approx(1.0)


def test_what_was_sold_yesterday_is_still_to_come_back():
    lines, known = bursts(delay_days=10)
    profile = return_profile(lines, known, AS_OF)
    last = sales("S0", 100.0, 0.0, days=1)

    before = expected_returns(lines, known, profile, AS_OF).of_past_sales[0].sum()
    after = expected_returns(pd.concat([lines, last]), known, profile, AS_OF)

    assert after.of_past_sales[0].sum() - before == pytest.approx(100 * after.rate[0], rel=0.1)


def test_without_resellable_returns_nothing_comes_back():
    lines = sales("A", 3.0, 0.0)

    found = expected_returns(lines, items("A"), return_profile(lines, items("A"), AS_OF), AS_OF)

    assert found.rate.tolist() == [0.0]
    assert found.of_past_sales.sum() == 0


def test_an_empty_company_has_no_returns():
    nothing = sales("A", 1.0, 0.0).iloc[:0]

    found = expected_returns(nothing, items("A"), return_profile(nothing, items("A"), AS_OF), AS_OF)

    assert found.rate.tolist() == [0.0]
