"""What people decide: recorded once each, with the suggestion that is answered, and applied to planned lines."""

import datetime as dt
import math
import uuid
import zlib
from dataclasses import dataclass
from typing import Any, Literal, get_args

import pandas as pd
from sqlalchemy import Connection, Engine, Row, insert, select, text
from sqlalchemy.exc import IntegrityError

from database.columns import canonical_json
from database.engine import writing
from database.faults import retrying, tried_again
from database.frames import read_frame
from database.planned_lines import (
    DecisionConflict,
    PlannedLine,
    add_line,
    change_line,
    find_line,
    find_lines,
    open_planned_lines,
)
from database.tables import TABLES, DecisionRow, PlannedOrderLine, Recommendation, Run
from settings import UsageError

__all__ = ["Decision", "DecisionConflict", "decisions", "open_planned_lines", "record_decision"]

Kind = Literal["approve", "change", "reject", "cancel", "reopen", "add", "snooze", "comment"]
LEADS_TO = {
    "approve": "approved",
    "change": "open",
    "reject": "rejected",
    "cancel": "cancelled",
    "reopen": "open",
    "add": "open",
}
ITEM_LOCK = 0x7265  # first half of the advisory lock's key; the second is the item's


@dataclass(frozen=True)
class Decision:
    """A decision that is recorded, and the planned line that it made or changed, if any.

    `repeated` says that the same client token had been recorded before and nothing was done again.
    """

    decision_id: str
    kind: str
    sku: str
    location: str
    line_id: str | None
    state: str | None
    version: int | None
    units: float | None
    repeated: bool


@dataclass(frozen=True)
class _Request:
    who: str
    kind: Kind
    sku: str
    location: str
    client_token: str
    at: dt.datetime
    run_id: str | None
    line_number: int | None
    line_id: str | None
    expected_version: int | None
    units: float | None
    supplier: str | None
    due_on: dt.date | None
    reason: str | None
    until: dt.date | None


def record_decision(
    engine: Engine,
    *,
    who: str,
    kind: Kind,
    sku: str,
    location: str,
    client_token: str,
    at: dt.datetime | None = None,
    run_id: str | None = None,
    line_number: int | None = None,
    line_id: str | None = None,
    expected_version: int | None = None,
    units: float | None = None,
    supplier: str | None = None,
    due_on: dt.date | None = None,
    reason: str | None = None,
    until: dt.date | None = None,
) -> Decision:
    """Record a person's decision and apply it, in one transaction.

    Parameters
    ----------
    engine: the company's database.
    who: the person.
    kind: approve, change (units, supplier or date, without approval), reject, cancel, reopen or add (without a
        suggestion) concern a planned line; snooze and comment concern the item alone.
    sku, location: the item.
    client_token: made by the page for this click; the same token is the same decision, however often it is sent.
    at: when; now where not given.
    run_id, line_number: the suggestion that was answered.
    line_id: the planned line that was seen. Without it, the line that answers the suggestion, or else an open
        line of the item and supplier, is meant.
    expected_version: version of the line that was seen; None says that no line was seen.
    units, supplier, due_on: as decided; the line's or the suggestion's where not given.
    reason: why, in the person's words.
    until: day until which the decision holds, for snooze and reject.

    Raises
    ------
    DecisionConflict: the line was changed since it was seen, or the step cannot follow its state.
    UsageError: no such suggestion or line, or units that are no positive number.
    """
    request = _Request(
        who,
        kind,
        sku,
        location,
        client_token,
        at or dt.datetime.now(dt.UTC),
        run_id,
        line_number,
        line_id,
        expected_version,
        units,
        supplier,
        due_on,
        reason,
        until,
    )
    _refuse_senseless(request)

    def work() -> Decision:
        try:
            return _record(engine, request)
        except IntegrityError:  # the same token, sent twice at once for different items
            return _record(engine, request)

    return retrying(work, f"recording the decision on {sku} at {location}")


@tried_again("reading decisions")
def decisions(
    engine: Engine, *, sku: str | None = None, location: str | None = None, limit: int | None = None
) -> pd.DataFrame:
    """Decisions, the newest first; all columns of the table."""
    table = TABLES["decisions"]
    statement = select(table).order_by(table.c.decided_at.desc(), table.c.decision_id).limit(limit)
    for column, wanted in ((table.c.sku, sku), (table.c.location, location)):
        if wanted is not None:
            statement = statement.where(column == wanted)
    with engine.connect() as connection:
        return read_frame(connection, statement)


def _refuse_senseless(request: _Request) -> None:
    if request.kind not in get_args(Kind):
        raise UsageError(f"{request.kind!r} is not a kind of decision; use one of {', '.join(get_args(Kind))}")
    if not request.client_token.strip():
        raise UsageError("a decision needs a client token that is not empty; send a new UUID with each click")
    if request.units is not None and not (math.isfinite(request.units) and request.units > 0):
        raise UsageError(f"units are {request.units:g}; give a number above 0, or reject the suggestion")


def _record(engine: Engine, request: _Request) -> Decision:
    with writing(engine) as connection:
        _lock_item(connection, request)
        before = connection.execute(
            select(TABLES["decisions"]).where(DecisionRow.client_token == request.client_token)
        ).one_or_none()
        if before is not None:
            return _repeated(connection, before, request)
        suggestion = _suggestion(connection, request)
        seen = _line_meant(connection, request, suggestion)
        decision_id = uuid.uuid4().hex
        done = _carry_out(connection, request, suggestion, seen, decision_id)
        from_units = seen.units if seen is not None else (suggestion or {}).get("order_units")
        connection.execute(
            insert(DecisionRow).values(
                decision_id=decision_id,
                client_token=request.client_token,
                decided_at=request.at,
                who=request.who,
                kind=request.kind,
                sku=request.sku,
                location=request.location,
                run_id=request.run_id,
                line_number=request.line_number,
                line_id=done.line_id if done else None,
                from_units=from_units,
                to_units=done.units if done else request.units,
                reason=request.reason,
                until=request.until,
                suggestion=suggestion,
            )
        )
        return _outcome(decision_id, request, done, repeated=False)


def _lock_item(connection: Connection, request: _Request) -> None:
    """One decision on an item at a time; SQLite's write lock does that already."""
    if connection.dialect.name == "postgresql":
        item = zlib.crc32(canonical_json([request.sku, request.location]).encode()) - 2**31
        connection.execute(text("SELECT pg_advisory_xact_lock(:room, :item)"), {"room": ITEM_LOCK, "item": item})


def _repeated(connection: Connection, before: Row[Any], request: _Request) -> Decision:
    if (before.kind, before.sku, before.location) != (request.kind, request.sku, request.location):
        raise DecisionConflict(
            f"the client token was used before, for {before.kind} on {before.sku} at {before.location}; "
            "reload the page and decide again"
        )
    line = find_line(connection, before.line_id) if before.line_id else None
    return _outcome(before.decision_id, request, line, repeated=True)


def _suggestion(connection: Connection, request: _Request) -> dict[str, Any] | None:
    if request.run_id is None or request.line_number is None:
        return None
    row = connection.execute(
        select(TABLES["recommendations"])
        .join(Run, Run.run_id == Recommendation.run_id)
        .where(
            Run.status == "published",
            Recommendation.run_id == request.run_id,
            Recommendation.sku == request.sku,
            Recommendation.location == request.location,
            Recommendation.line_number == request.line_number,
        )
    ).one_or_none()
    if row is None:
        raise UsageError(
            f"run {request.run_id} suggests no line {request.line_number} for {request.sku} at {request.location}; "
            "reload the page and decide again"
        )
    return dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it


def _line_meant(connection: Connection, request: _Request, suggestion: dict[str, Any] | None) -> PlannedLine | None:
    if request.kind in {"snooze", "comment"} or (request.kind == "add" and request.line_id is None):
        return None
    line = _named_line(connection, request) if request.line_id else _answering_line(connection, request, suggestion)
    if line is None:
        if request.expected_version is not None:
            raise DecisionConflict("the planned line that was shown is gone; reload the page and decide again")
        return None
    stale = request.expected_version is not None and request.expected_version != line.version
    if stale or (request.expected_version is None and request.line_id is None):
        raise DecisionConflict(
            f"{request.sku} at {request.location} was changed since the page was shown: it is now {line.state} with "
            f"{line.units:g} units (version {line.version}); reload the page and decide again"
        )
    return line


def _named_line(connection: Connection, request: _Request) -> PlannedLine:
    line = find_line(connection, str(request.line_id))
    if (line.sku, line.location) != (request.sku, request.location):
        raise UsageError(
            f"planned line {line.line_id} is of {line.sku} at {line.location}, not of {request.sku} at "
            f"{request.location}; reload the page and decide again"
        )
    return line


def _answering_line(connection: Connection, request: _Request, suggestion: dict[str, Any] | None) -> PlannedLine | None:
    if suggestion is None:
        return None
    line = PlannedOrderLine
    item = (line.sku == request.sku, line.location == request.location)
    same = find_lines(connection, *item, line.run_id == request.run_id, line.line_number == request.line_number)
    if same:
        return same[0]
    supplier = request.supplier or suggestion["supplier"]
    carried = find_lines(
        connection,
        *item,
        line.state == "open",
        line.run_id.is_not(None),
        line.supplier == supplier if supplier is not None else line.supplier.is_(None),
    )
    return carried[0] if carried else None


def _carry_out(
    connection: Connection,
    request: _Request,
    suggestion: dict[str, Any] | None,
    line: PlannedLine | None,
    decision_id: str,
) -> PlannedLine | None:
    state = LEADS_TO.get(request.kind)
    if state is None:
        return None
    who = {"who": request.who, "at": request.at, "decision_id": decision_id, "note": request.reason}
    if line is not None:
        given = {"units": request.units, "supplier": request.supplier, "due_on": request.due_on}
        changes = {name: value for name, value in given.items() if value is not None}
        return change_line(connection, line, state, **who, **changes)  # type: ignore[arg-type]
    if request.kind in {"cancel", "reopen"}:
        raise UsageError(f"there is no planned line of {request.sku} at {request.location} to {request.kind}")
    if suggestion is None and request.kind != "add":
        raise UsageError(f"name the suggestion (run and line number) or the planned line to {request.kind}")
    suggested = suggestion or {}
    if suggested.get("action") in {"expedite", "postpone", "cancel"}:
        return None  # it changes an order that exists; there is nothing to add to what is on order
    units = request.units if request.units is not None else suggested.get("order_units")
    if not units and request.kind != "reject":
        raise UsageError(f"nothing was suggested for {request.sku} at {request.location}; say how many units")
    values = {
        "line_id": uuid.uuid4().hex,
        "sku": request.sku,
        "location": request.location,
        "supplier": request.supplier or suggested.get("supplier"),
        "from_location": suggested.get("from_location"),
        "units": units or 0.0,
        "placed_on": suggested.get("placed_on"),
        "due_on": request.due_on or suggested.get("expected_on"),
        "unit_cost": suggested.get("unit_cost"),
        "currency": suggested.get("currency"),
        "state": state,
        "run_id": request.run_id if suggestion else None,
        "line_number": request.line_number if suggestion else None,
    }
    return add_line(connection, values, **who)  # type: ignore[arg-type]


def _outcome(decision_id: str, request: _Request, line: PlannedLine | None, *, repeated: bool) -> Decision:
    return Decision(
        decision_id,
        request.kind,
        request.sku,
        request.location,
        line.line_id if line else None,
        line.state if line else None,
        line.version if line else None,
        line.units if line else request.units,
        repeated,
    )
