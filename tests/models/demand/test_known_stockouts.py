"""A stockout that is known lowers no forecast: items whose truth is known, with and without one."""

import numpy as np
import pandas as pd
import pytest

from models.demand import predict
from tests.features.factories import AS_OF, demand_lines, history, items
from tests.models.demand.factories import fitted

ITEMS, DAYS, RATE = 20, 240, 5.0


def forecasts(first, last, rows_on):
    """Forecasts a day of twenty items, and of the same twenty out of stock from day `first` to `last`, stock counted.

    `rows_on`: weekdays (0 = Monday) on which stock is counted.
    """
    rng = np.random.default_rng(4)
    dates = pd.date_range(end=pd.Timestamp(AS_OF), periods=DAYS)
    sold = rng.poisson(RATE, (ITEMS, DAYS)).astype(float)
    out = (np.arange(DAYS) >= first) & (np.arange(DAYS) <= last)
    cells = [
        (f"{kind}{i:02}", date, 0.0 if hides and kind == "out" else units, hides and kind == "out")
        for kind in ("all", "out")
        for i in range(ITEMS)
        for date, units, hides in zip(dates, sold[i], out, strict=True)
    ]
    sales = [{"sku": sku, "date": date, "units": units} for sku, date, units, _ in cells if units]
    counted = pd.DataFrame([(date, sku, 0.0 if hides else 90.0) for sku, date, _, hides in cells if
                            date.weekday() in rows_on], columns=["date", "sku", "on_hand"])  # fmt: skip
    levels = counted.assign(location="BER", in_stock=pd.array([None] * len(counted), dtype="boolean"))
    skus = sorted({sku for sku, *_ in cells})
    missing = dict.fromkeys(("similar_sku", "predecessor_sku", "successor_sku"))
    demand = history(
        demand_lines(*sales), items(*skus, **missing), stock_levels=levels, history_days=DAYS, horizon_days=120
    )
    effects, _, calibration = fitted(demand, origins=2)
    means = predict(demand, effects, calibration, AS_OF).distribution.expected(1, 28) / 28
    return means[:ITEMS], means[ITEMS:]


@pytest.mark.parametrize(("first", "last"), [(DAYS - 61, DAYS - 1), (DAYS - 93, DAYS - 34)])
@pytest.mark.parametrize("rows_on", [range(7), range(5)], ids=["counted daily", "counted on weekdays"])
def test_sixty_days_out_of_stock_do_not_lower_the_forecast(first, last, rows_on):
    without, with_stockout = forecasts(first, last, rows_on)

    assert with_stockout.sum() == pytest.approx(without.sum(), rel=0.04)
    assert with_stockout.mean() == pytest.approx(RATE, rel=0.04)
    # Items differ by chance alone: the error of a forecast is that of the items that were never out of stock.
    errors = [np.sqrt(np.mean((means / RATE - 1) ** 2)) for means in (without, with_stockout)]
    assert errors[1] < max(1.5 * errors[0], 0.06)
