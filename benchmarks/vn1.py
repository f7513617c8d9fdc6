"""VN1: forecasts of a short history by the contest's official score, through the public code of the nightly run.

    python -m benchmarks.vn1 --data DIR --json FILE

DIR holds the 13 weeks of the contest's Phase 1 (the 170 weeks before are not public). After 9, 10 and 11 weeks the
rest is forecast and scored: (sum |f - y| + |sum (f - y)|) / sum y over all items and weeks. The contest's published
scores (winner 46.37 %, last week's sales 50.70 %, mean of twelve weeks 80.46 %) are of its own 13 weeks to come, with
four years of history before them: they say what such demand allows, not what these windows do.

No default of the program was chosen on this set; models are compared and calibrated inside the weeks known.
"""

import argparse
import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
from lightgbm import LGBMRegressor
from mlforecast import MLForecast
from mlforecast.lag_transforms import RollingMean
from mlforecast.target_transforms import LocalStandardScaler

from benchmarks.common import Outcome, Shown, folder, run
from features.arrays import Floats
from features.history import DemandHistory, build_history
from features.items import planned_items
from features.segments import item_summary, segment
from models.demand import (
    backtest,
    fit_global_model,
    level_rows,
    origin_dates,
    pool_calibration,
    pool_effects,
    predict,
    summarise,
)
from settings import Settings

KEY = ["Client", "Warehouse", "Product"]
KNOWN_WEEKS = (9, 10, 11)
ANCHORS = {"winner": 0.4637, "last week": 0.5070, "mean of twelve weeks": 0.8046}
OURS, PEER = "restock", "mlforecast + LightGBM"


def official_score(forecast: Floats, actual: Floats) -> float:
    """(sum |f - y| + |sum (f - y)|) / sum y."""
    error = forecast - actual
    return float((np.abs(error).sum() + abs(error.sum())) / actual.sum())


def measure(arguments: argparse.Namespace) -> Outcome:
    """Scores of all methods after each number of known weeks, and over all of them."""
    sales, price = read(folder(arguments.data, "vn1"))
    units = sales.drop(columns=KEY).fillna(0.0)
    forecasts: dict[str, list[Floats]] = {}
    actual: list[Floats] = []
    for known in KNOWN_WEEKS:
        ahead = units.shape[1] - known
        actual.append(units.iloc[:, known:].to_numpy(np.float64))
        by_method = {
            OURS: ours(sales, price, known),
            PEER: peer(units, known),
            "last week": np.repeat(units.iloc[:, [known - 1]].to_numpy(np.float64), ahead, axis=1),
            f"mean of {KNOWN_WEEKS[0]} weeks": repeated_mean(units, known, KNOWN_WEEKS[0], ahead),
            "mean of 4 weeks": repeated_mean(units, known, 4, ahead),
        }
        for name, values in by_method.items():
            forecasts.setdefault(name, []).append(values)
    by_window = {
        name: [official_score(f, y) for f, y in zip(parts, actual, strict=True)] for name, parts in forecasts.items()
    }
    score = {name: float(np.mean(found)) for name, found in by_window.items()}
    figures = {name: {"score": score[name], "by_known_weeks": found} for name, found in by_window.items()}
    rows = [
        [name, *(f"{100 * value:.1f} %" for value in (score[name], *by_window[name]))]
        for name in sorted(score, key=score.__getitem__)
    ]
    rows += [[f"(contest: {name}, other weeks)", f"{100 * value:.1f} %", "", "", ""] for name, value in ANCHORS.items()]
    title = f"VN1, official score, {len(units):,} items; the weeks after 9, 10 and 11 known ones"
    table = Shown(title, ["forecast", "mean", *(f"{known} known" for known in KNOWN_WEEKS)], rows)
    return Outcome({"methods": figures, "score": score[OURS], "anchors": ANCHORS}, [table])


def read(source: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Sales and prices, wide: client, warehouse, product, one column a week."""
    sales = pd.read_csv(source / "Phase 1 - Sales.csv.gz")
    price = pd.read_csv(source / "Phase 1 - Price.csv.gz")
    return sales, sales[KEY].merge(price, on=KEY, how="left")


def repeated_mean(units: pd.DataFrame, known: int, weeks: int, ahead: int) -> Floats:
    """(I, ahead) mean of the last weeks known, repeated."""
    mean = units.iloc[:, known - weeks : known].to_numpy(np.float64).mean(axis=1, keepdims=True)
    return np.asarray(np.repeat(mean, ahead, axis=1))


def ours(sales: pd.DataFrame, price: pd.DataFrame, known: int) -> Floats:
    """(I, weeks left) expected units by the program's defaults; 0 for items that have not sold yet."""
    settings = Settings()
    weeks = [dt.date.fromisoformat(name) for name in sales.columns if name not in KEY]
    as_of = weeks[known - 1] + dt.timedelta(days=6)
    lines, keys = demand_lines(sales, price, known)
    history = history_of(lines, keys, as_of, settings)
    summary = item_summary(history, lines, as_of)
    origins = settings.forecast.backtest_origins
    days = origin_dates(history, as_of, origins)
    effects_at = {day: pool_effects([summarise(history, day)]) for day in days}
    bound = settings.forecast.global_model_rows
    rows = [level_rows(history, as_of, effects_at[min(days)], items=len(history.items), bound=bound)]
    effects = pool_effects([summarise(history, as_of)])
    tested = backtest(
        history,
        effects,
        as_of,
        segment(summary),
        origins=origins,
        origin_effects=effects_at,
        global_models={day: fit_global_model(rows, day) for day in days},
    )
    prediction = predict(
        history, effects, pool_calibration([tested]), as_of, global_model=fit_global_model(rows, as_of)
    )
    result = np.zeros((len(sales), len(weeks) - known))
    place = pd.MultiIndex.from_frame(keys).get_indexer(pd.MultiIndex.from_frame(history.items[["sku", "location"]]))
    result[place] = prediction.distribution.mean[:, : result.shape[1]]
    return result


def demand_lines(sales: pd.DataFrame, price: pd.DataFrame, known: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lines of the known weeks with sales, and the item (sku, location) of each row of the file."""
    keys = pd.DataFrame(
        {
            "sku": sales["Client"].astype(str) + "-" + sales["Product"].astype(str),
            "location": "W" + sales["Warehouse"].astype(str),
        }
    )
    parts = []
    for name in [name for name in sales.columns if name not in KEY][:known]:
        sold = sales[name].to_numpy(np.float64) > 0
        units = sales[name].to_numpy(np.float64)[sold]
        revenue = units * price[name].fillna(0.0).to_numpy(np.float64)[sold]
        parts.append(
            keys[sold].assign(
                date=pd.Timestamp(name),
                units=units,
                largest_line_units=units,
                net_revenue_base=revenue,
                gross_revenue_base=revenue,
            )
        )
    lines = pd.concat(parts, ignore_index=True)
    return lines.assign(channel="all", market=None, order_type="retail", lines=1.0, on_promotion=False), keys


def history_of(lines: pd.DataFrame, keys: pd.DataFrame, as_of: dt.date, settings: Settings) -> DemandHistory:
    """Demand of the items that have sold; a product's category is its client."""
    products = keys[["sku"]].drop_duplicates().assign(category=lambda f: f["sku"].str.split("-").str[0])
    tables = {"demand_lines": lines, "products": products}
    days = settings.data.planned_if_sold_within_days
    return build_history(
        tables,
        planned_items(tables, as_of=as_of, planned_if_sold_within_days=days),
        as_of=as_of,
        period="week",
        week_starts_on="monday",
        history_days=settings.forecast.history_days,
        horizon_days=26 * 7,
        one_off_units_factor=settings.data.one_off_units_factor,
        bulk_dampening=settings.forecast.bulk_dampening,
        default_country=settings.company.country,
    )


def peer(units: pd.DataFrame, known: int) -> Floats:
    """(I, weeks left) by mlforecast with LightGBM on lags, a rolling mean and the item's scale, recursively."""
    weeks = pd.to_datetime(units.columns[:known])
    long = pd.DataFrame(
        {
            "unique_id": np.repeat(np.arange(len(units)), known),
            "ds": np.tile(weeks.to_numpy(), len(units)),
            "y": units.iloc[:, :known].to_numpy(np.float64).ravel(),
        }
    )
    model = MLForecast(
        models=[LGBMRegressor(n_estimators=100, num_leaves=15, verbosity=-1, n_jobs=1, random_state=0)],
        freq="7D",
        lags=[1, 2, 3, 4],
        lag_transforms={1: [RollingMean(4)]},
        target_transforms=[LocalStandardScaler()],
    )
    ahead = units.shape[1] - known
    predicted = model.fit(long, static_features=[]).predict(ahead)["LGBMRegressor"].to_numpy(np.float64)
    return np.asarray(np.maximum(predicted.reshape(len(units), ahead), 0.0))


if __name__ == "__main__":
    run("vn1", "Forecasts of a short history by VN1's official score", measure)
