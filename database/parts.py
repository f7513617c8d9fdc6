"""Input parts that were ever ingested: what was known, and since when."""

import datetime as dt

import pandas as pd
from sqlalchemy import Engine, insert, select

from database.engine import writing
from database.faults import retrying
from database.tables import InputPart

KEY = ("table", "month", "content_hash")


def record_parts(engine: Engine, parts: pd.DataFrame, ingested_at: dt.datetime) -> int:
    """Note the parts that were not known before; returns how many those are.

    Parameters
    ----------
    parts: one row per part; columns table, month, content_hash, rows_read, rows_accepted, rows_rejected, path.
    ingested_at: when they were read; a part that is known keeps its first instant.
    """
    key = [getattr(InputPart, name) for name in KEY]
    columns = [*KEY, "rows_read", "rows_accepted", "rows_rejected", "path"]
    rows = {(row["table"], row["month"], row["content_hash"]): row for row in parts[columns].to_dict("records")}

    def work() -> int:
        with writing(engine) as connection:
            tables = sorted({table for table, _, _ in rows})
            known = {tuple(row) for row in connection.execute(select(*key).where(InputPart.table.in_(tables)))}
            new = [{**rows[part], "ingested_at": ingested_at} for part in sorted(rows) if part not in known]
            if new:
                connection.execute(insert(InputPart).values(new))
            return len(new)

    return retrying(work, "noting the input parts")
