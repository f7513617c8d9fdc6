"""How good the data of past runs were, by source."""

import pandas as pd
from sqlalchemy import Engine, func, select

from database.frames import read_frame
from database.tables import RUN_TABLES, CurrentRun

RUNS = 60


def quality_history(engine: Engine, *, runs: int = RUNS) -> pd.DataFrame:
    """Rows read and rejected by table, of the plan of each date.

    Parameters
    ----------
    runs: newest dates that are told.

    Returns
    -------
    One row per date and table, dates rising: as_of, table, rows_checked, rows_rejected.
    """
    quality, rejected = RUN_TABLES["data_quality"].c, RUN_TABLES["rejected_rows"].c
    chosen = select(CurrentRun.run_id, CurrentRun.as_of).order_by(CurrentRun.as_of.desc()).limit(runs)
    by_part = (
        select(quality.run_id, quality.table, quality.part, func.max(quality.rows_checked).label("rows_checked"))
        .where(quality.part != "*")
        .group_by(quality.run_id, quality.table, quality.part)
    )
    by_table = select(rejected.run_id, rejected.table, func.count().label("rows_rejected"))
    with engine.connect() as connection:
        nights = read_frame(connection, chosen)
        ids = nights["run_id"].tolist()
        parts = read_frame(connection, by_part.where(quality.run_id.in_(ids)))
        refused = read_frame(
            connection, by_table.where(rejected.run_id.in_(ids)).group_by(rejected.run_id, rejected.table)
        )
    tables = parts.groupby(["run_id", "table"], as_index=False)["rows_checked"].sum()
    rows = tables.merge(refused, how="left", on=["run_id", "table"]).merge(nights, on="run_id")
    rows["rows_rejected"] = rows["rows_rejected"].fillna(0).astype("int64")
    names = ["as_of", "table", "rows_checked", "rows_rejected"]
    found: pd.DataFrame = rows[names]
    return found.sort_values(["as_of", "table"], ignore_index=True)
