"""What a run knows of demand at any date of a data set: the same public functions, on the same defaults.

Fitted state (effects, models, calibration, global models) is refitted every few weeks on what lies before; the levels
are brought up to each date, as in operation.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.calibration.sets import CompanyData
from features.arrays import Ints
from features.history import DemandHistory
from features.segments import item_summary, segment
from models.demand import (
    Calibration,
    DemandDistribution,
    Effects,
    GlobalModel,
    backtest,
    fit_global_model,
    level_rows,
    origin_dates,
    pool_calibration,
    pool_effects,
    predict,
    summarise,
)

ORIGINS = 4
"""Rolling origins of a backtest, the setting's default."""

ROWS_BOUND = 240_000
"""Training rows of the global model, the setting's default."""


@dataclass(frozen=True)
class Fitted:
    """What rows up to a refit date decide."""

    effects: Effects
    calibration: Calibration
    global_model: GlobalModel | None


@dataclass(frozen=True)
class OriginForecast:
    """What is known at the end of a date.

    Attributes
    ----------
    as_of: the date.
    rows: (N,) places of the items sold by then among the company's items (sorted by sku and location).
    history: their demand. distribution: their demand ahead.
    """

    as_of: dt.date
    rows: Ints
    history: DemandHistory
    distribution: DemandDistribution


@dataclass
class Trained:
    """Effects and global models by day, each from the rows up to it: an origin of one refit was a day of another."""

    with_global: bool
    effects: dict[dt.date, Effects] = field(default_factory=dict)
    models: dict[dt.date, GlobalModel] = field(default_factory=dict)

    def learn(self, history: DemandHistory, days: Sequence[dt.date]) -> None:
        """Train for the days that are not known yet."""
        for day in days:
            if day not in self.effects:
                self.effects[day] = pool_effects([summarise(history, day)])
                if self.with_global:
                    rows = level_rows(history, day, self.effects[day], items=len(history.items), bound=ROWS_BOUND)
                    self.models[day] = fit_global_model([rows], day)


def fit(company: CompanyData, history: DemandHistory, refit_on: dt.date, trained: Trained) -> Fitted:
    """Effects, choices and calibration from the rows up to `refit_on`, each origin on the rows before it."""
    origins = origin_dates(history, refit_on, ORIGINS)
    trained.learn(history, [refit_on, *origins])
    effects = trained.effects[refit_on]
    lines = company.lines[company.lines["date"] <= np.datetime64(refit_on)]
    segments = segment(item_summary(history, lines, refit_on))
    tested = backtest(
        history,
        effects,
        refit_on,
        segments,
        origins=ORIGINS,
        origin_effects={day: trained.effects[day] for day in origins},
        global_models={day: trained.models[day] for day in origins} if trained.with_global else None,
    )
    return Fitted(effects, pool_calibration([tested]), trained.models.get(refit_on))


def forecasts_at(
    company: CompanyData, dates: list[dt.date], *, refit_every: int, fine_grid_days: int, with_global: bool
) -> Iterator[OriginForecast]:
    """What is known at each date, oldest first.

    Parameters
    ----------
    dates: ends of periods. refit_every: dates from one refit to the next.
    fine_grid_days: days ahead kept in the company's period.
    """
    place = {key: row for row, key in enumerate(item_keys(company))}
    trained, fitted = Trained(with_global), None
    for number, as_of in enumerate(dates):
        history = company.history(as_of)
        if fitted is None or number % refit_every == 0:
            fitted = fit(company, history, as_of, trained)
        found = predict(
            history,
            fitted.effects,
            fitted.calibration,
            as_of,
            fine_grid_days=fine_grid_days,
            global_model=fitted.global_model,
        )
        keys = zip(history.items["sku"], history.items["location"], strict=True)
        yield OriginForecast(as_of, np.array([place[key] for key in keys], dtype=np.int64), history, found.distribution)


def item_keys(company: CompanyData) -> list[tuple[str, str]]:
    """SKU and location of the company's items, sorted."""
    return sorted(zip(company.items["sku"], company.items["location"], strict=True))
