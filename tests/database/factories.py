"""Small factories: a run, and frames that name only the columns that matter."""

import datetime as dt

import pandas as pd

from database.auditing import audit_run
from database.decisions import record_decision
from database.publishing import begin_run, make_current, write_rows

AS_OF = dt.date(2026, 3, 1)
NOW = dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.UTC)


def run(engine, as_of=AS_OF, **changes):
    values = {"code_version": "1", "settings_hash": "s", "manifest_hash": "m", "manifest": [], **changes}
    return begin_run(engine, as_of=as_of, **values)


def recommendation(sku="A", location="L", line_number=1, as_of=AS_OF, **changes):
    return {
        "sku": sku,
        "location": location,
        "line_number": line_number,
        "as_of": pd.Timestamp(as_of),
        "action": "none",
        "status": "suggested",
        **changes,
    }


def recommendations(count=3, **changes):
    return pd.DataFrame([recommendation(sku=f"S{number:06d}", **changes) for number in range(count)])


def published(engine, frame=None, as_of=AS_OF, **changes):
    frame = recommendations(as_of=as_of) if frame is None else frame
    run_id = run(engine, as_of, **changes)
    write_rows(engine, "recommendations", frame, run_id)
    audit_run(engine, run_id, {"recommendations": len(frame)})
    make_current(engine, run_id)
    return run_id


def decided_line(engine, **changes):
    """A planned line of 10 units of S000000, approved from a suggestion of that many."""
    run_id = published(engine, recommendations(1, action="order", order_units=10.0, supplier="N", unit_cost=2.5))
    return decide(engine, run_id, **changes)


def decide(engine, run_id, **changes):
    asked = {"kind": "approve", "sku": "S000000", "location": "L", "who": "ann", "client_token": "t1", "at": NOW}
    return record_decision(engine, run_id=run_id, **{"line_number": 1, **asked, **changes})
