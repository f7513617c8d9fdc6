import datetime as dt

import numpy as np
import pandas as pd
import pytest

from identity.exchange_rates import to_base
from settings import DataRefused


def rates(**by_date):
    rows = [
        {"date": pd.Timestamp(d.replace("_", "-")[1:]), "currency": "USD", "rate_to_base": r}
        for d, r in by_date.items()
    ]
    return pd.DataFrame(rows, columns=["date", "currency", "rate_to_base"])


def converted(amounts, currencies, dates, fx, gap=10):
    return to_base(pd.Series(amounts), pd.Series(currencies), dates, fx, "EUR", gap).tolist()


def test_the_last_rate_on_or_before_the_date_holds():
    fx = rates(d2026_03_01=0.90, d2026_03_05=0.80)
    dates = pd.Series(pd.to_datetime(["2026-03-01", "2026-03-04", "2026-03-05", "2026-03-09"]))

    assert converted([100.0] * 4, ["USD"] * 4, dates, fx) == pytest.approx([90, 90, 80, 80])


def test_base_currency_and_missing_currency_need_no_rate():
    assert converted([5.0, 7.0], ["EUR", None], dt.date(2026, 3, 1), rates()) == [5.0, 7.0]


def test_missing_amounts_need_no_rate():
    assert np.isnan(converted([np.nan], ["USD"], dt.date(2026, 3, 1), rates())[0])


def test_a_gap_is_bridged_up_to_the_days_allowed():
    fx = rates(d2026_03_01=0.90)

    assert converted([10.0], ["USD"], dt.date(2026, 3, 11), fx) == pytest.approx([9.0])
    with pytest.raises(DataRefused, match=r"USD from 2026-03-12 to 2026-03-12 \(1 rows\)"):
        converted([10.0], ["USD"], dt.date(2026, 3, 12), fx)


def test_a_rate_of_the_future_is_never_used():
    with pytest.raises(DataRefused, match="USD from 2026-02-28"):
        converted([10.0], ["USD"], dt.date(2026, 2, 28), rates(d2026_03_01=0.90))


def test_all_currencies_without_a_rate_are_named():
    with pytest.raises(DataRefused, match=r"GBP from .*; USD from"):
        converted([1.0, 1.0], ["USD", "GBP"], dt.date(2026, 3, 1), rates())
