"""The nightly run's forecasts without its flow: the same functions on the same settings, one call after the other."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from data_contracts.acceptance.accepted import load_accepted
from data_contracts.contract import empty_frame
from data_contracts.tables import CONTRACTS
from features.calendar import refit_date
from features.history import DemandHistory
from features.items import planned_items
from features.segments import item_summary, segment
from flows.deciding import fine_grid_days
from flows.fitting import history_of
from flows.inputs import ingest_one
from models.demand import (
    Prediction,
    backtest,
    fit_global_model,
    level_rows,
    origin_dates,
    pool_calibration,
    pool_effects,
    predict,
    summarise,
)
from models.inventory.lead_times.fit import LeadTimes, fit_lead_times
from settings import Settings, load_settings


@dataclass(frozen=True)
class CompanyForecast:
    """What a night knows before it looks at the stock: history, forecasts, lead times and classes of all items."""

    history: DemandHistory
    prediction: Prediction
    lead_times: LeadTimes
    segments: pd.DataFrame


def accepted_tables(settings_file: Path) -> dict[str, pd.DataFrame]:
    """Every table of a company's sources, read and validated as the nightly run does; empty where it has none."""
    settings = load_settings(settings_file)
    tables = {table: empty_frame(contract) for table, contract in CONTRACTS.items()}
    return tables | {table: load_accepted(ingest_one(settings, table)) for table in settings.sources}


def forecast_company(tables: Mapping[str, pd.DataFrame], settings: Settings, as_of: dt.date) -> CompanyForecast:
    """Fit on what was known at the end of `as_of`, and forecast.

    Parameters
    ----------
    tables: of `resolve_identity`.
    settings: of the company.
    as_of: last known day.
    """
    items = planned_items(tables, as_of=as_of, planned_if_sold_within_days=settings.data.planned_if_sold_within_days)
    history = history_of(dict(tables), items, as_of, settings)
    refit = refit_date(as_of, settings.company.period, settings.company.week_starts_on)
    effects = pool_effects([summarise(history, refit)])
    summary = item_summary(history, tables["demand_lines"], refit)
    segments = segment(summary)
    days = origin_dates(history, refit, settings.forecast.backtest_origins)
    effects_at = {day: pool_effects([summarise(history, day)]) for day in days}
    bound = settings.forecast.global_model_rows
    rows = [level_rows(history, refit, effects_at[min(days)], items=len(history.items), bound=bound)]
    tested = backtest(
        history,
        effects,
        refit,
        segments,
        origins=settings.forecast.backtest_origins,
        origin_effects=effects_at,
        global_models={day: fit_global_model(rows, day) for day in days},
    )
    lead_times = fit_lead_times(
        tables["receipts"],
        tables["purchase_orders"],
        tables["supply_terms"],
        tables["suppliers"],
        tables["closures"],
        as_of=as_of,
        min_receipts_to_trust=settings.inventory.min_receipts_to_trust,
        overdue_days_counted=settings.inventory.overdue_days_counted,
        weekends_are_closed=settings.inventory.weekends_are_closed,
        holidays_are_closed=settings.inventory.holidays_are_closed,
    )
    prediction = predict(
        history,
        effects,
        pool_calibration([tested]),
        as_of,
        fine_grid_days=fine_grid_days(lead_times, settings),
        global_model=fit_global_model(rows, refit),
    )
    return CompanyForecast(history, prediction, lead_times, segments)
