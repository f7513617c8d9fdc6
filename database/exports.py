"""The recommendations of a run as bytes that are equal for equal plans, whichever database holds them."""

import csv
import io
import math

import pandas as pd
from sqlalchemy import Engine

from database.columns import canonical_json
from database.queries import recommendations
from database.tables import TABLES

EXACT_INTEGERS = 2**53
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def export_recommendations(engine: Engine, run_id: str) -> bytes:
    r"""Recommendations as CSV: UTF-8, lines ended by \n, sorted by sku, location, line_number.

    There are no run ids and no instants in it. Money has all its places, other numbers their shortest exact text,
    dates are ISO 8601, reasons canonical JSON, missing values empty. Text that a spreadsheet would take for a
    formula is preceded by an apostrophe.

    Source: OWASP, CSV Injection (https://owasp.org/www-community/attacks/CSV_Injection).
    """
    names = [column.name for column in TABLES["recommendations"].c if column.name != "run_id"]
    frame = recommendations(engine, run_id, exact=True)[names]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_text(value) for value in row] for row in frame.itertuples(index=False, name=None))
    return out.getvalue().encode("utf-8")


def _text(value: object) -> str:
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, (dict, list)):
        return canonical_json(value)
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA_STARTS) else value
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < EXACT_INTEGERS else repr(float(value))
    return str(value)
