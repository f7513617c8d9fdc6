import datetime as dt

import pandas as pd
from sqlalchemy import select

from database.publishing import record_parts
from database.tables import InputPart
from tests.database.factories import NOW


def parts(*hashes):
    counts = {"rows_read": 3, "rows_accepted": 2, "rows_rejected": 1}
    return pd.DataFrame(
        [{"table": "sales", "month": "2026-03", "content_hash": h, "path": f"{h}.parquet", **counts} for h in hashes]
    )


def test_a_part_keeps_the_instant_at_which_it_was_first_known(engine):
    first = record_parts(engine, parts("a", "a"), NOW)
    again = record_parts(engine, parts("a", "b"), NOW + dt.timedelta(days=1))

    with engine.connect() as connection:
        rows = connection.execute(
            select(InputPart.content_hash, InputPart.ingested_at).order_by(InputPart.content_hash)
        )
        assert list(rows) == [("a", NOW), ("b", NOW + dt.timedelta(days=1))]
    assert (first, again) == (1, 1)
