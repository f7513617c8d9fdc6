"""Planned order lines: what people decided to order, from the first entry to the goods' arrival.

    open ─ approved ─ exported ─ confirmed ─ received
      │       │          └──────────┴── cancelled
      └───────┴── rejected, cancelled, expired           rejected ─ open, approved

Every change of a line adds an event with the line's new version; events are never changed.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Engine, func, insert, select, update

from database.engine import writing
from database.faults import retrying, tried_again
from database.frames import read_frame
from database.tables import PlannedOrderLine, PlannedOrderLineEvent, Run
from settings import RestockError, UsageError

MOVES: dict[str, frozenset[str]] = {
    "open": frozenset({"open", "approved", "rejected", "cancelled", "expired"}),
    "approved": frozenset({"open", "approved", "exported", "rejected", "cancelled", "expired"}),
    "exported": frozenset({"confirmed", "received", "cancelled"}),
    "confirmed": frozenset({"received", "cancelled"}),
    "rejected": frozenset({"open", "approved"}),
    "received": frozenset(),
    "cancelled": frozenset(),
    "expired": frozenset(),
}
"""State to the states that may follow it."""

COUNTED = ("approved", "exported", "confirmed")
"""States in which the goods are on their way, as far as the company is concerned."""


class DecisionConflict(RestockError):  # noqa: N818 - as the rest of the family
    """Somebody or something changed the line since it was shown; nothing was recorded."""


@dataclass(frozen=True)
class PlannedLine:
    """A planned order line in its present state."""

    line_id: str
    sku: str
    location: str
    supplier: str | None
    from_location: str | None
    units: float
    placed_on: dt.date | None
    due_on: dt.date | None
    state: str
    version: int
    run_id: str | None
    line_number: int | None
    exported_at: dt.datetime | None
    export_number: str | None
    external_reference: str | None


@tried_again("reading planned order lines")
def open_planned_lines(engine: Engine, *, until: dt.datetime | None = None) -> pd.DataFrame:
    """Lines that the inventory position counts unless the feed shows them: approved, exported or confirmed.

    Parameters
    ----------
    until: as they stood at that instant, from their events; now when not given.

    Returns
    -------
    One row per line, sorted by sku, location, line_id; columns line_id, sku, location, supplier, from_location,
    units (float), placed_on, due_on (dates), state, exported_at (UTC instant), export_number, external_reference.
    """
    line, event = PlannedOrderLine.__table__.c, PlannedOrderLineEvent.__table__.c
    shown = [line[name] for name in _SHOWN]
    if until is not None:
        last = (
            select(event.line_id, func.max(event.version).label("version"))
            .where(event.happened_at <= until)
            .group_by(event.line_id)
            .subquery()
        )
        then = {name: event[name] for name in ("supplier", "units", "due_on")} | {"state": event.to_state}
        shown = [then[column.name].label(column.name) if column.name in then else column for column in shown]
        statement = (
            select(*shown)
            .join_from(
                last, PlannedOrderLineEvent, (event.line_id == last.c.line_id) & (event.version == last.c.version)
            )
            .join(PlannedOrderLine, line.line_id == last.c.line_id)
            .where(event.to_state.in_(COUNTED))
        )
    else:
        statement = select(*shown).where(line.state.in_(COUNTED))
    with engine.connect() as connection:
        frame = read_frame(connection, statement.order_by(line.sku, line.location, line.line_id))
    if until is not None:  # what happened to the line afterwards was not known then
        frame["exported_at"] = frame["exported_at"].where(frame["exported_at"] <= pd.Timestamp(until))
        unknown = frame["exported_at"].isna()
        frame.loc[unknown, ["export_number", "external_reference"]] = None
    return frame


def advance_line(
    engine: Engine,
    line_id: str,
    state: str,
    *,
    who: str = "restock",
    at: dt.datetime | None = None,
    note: str | None = None,
    export_number: str | None = None,
    external_reference: str | None = None,
) -> PlannedLine:
    """Move a line on, as exports, the feed and time do; a line that is in that state already stays as it is.

    Parameters
    ----------
    engine: the company's database.
    line_id: the line.
    state: its next state, see `MOVES`.
    who: who does it; the program itself where not given.
    at: when; now where not given.
    note: why, in words.
    export_number: number of the export that the line is in.
    external_reference: order number under which the feed brought it back.

    Raises
    ------
    UsageError: there is no such line.
    DecisionConflict: the state cannot follow the line's present one.
    """
    changes = {"export_number": export_number, "external_reference": external_reference}

    def work() -> PlannedLine:
        with writing(engine) as connection:
            line = find_line(connection, line_id)
            if line.state == state:
                return line
            given = {name: value for name, value in changes.items() if value is not None}
            return change_line(connection, line, state, who=who, at=at or _now(), note=note, **given)

    return retrying(work, f"moving planned line {line_id} to {state}")


def find_line(connection: Connection, line_id: str) -> PlannedLine:
    """The line, kept from others' changes until the transaction ends.

    Raises
    ------
    UsageError: there is no such line.
    """
    row = connection.execute(
        select(*_fields()).where(PlannedOrderLine.line_id == line_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise UsageError(f"there is no planned line {line_id}; reload the list and choose one of its lines")
    return PlannedLine(*row)


def add_line(
    connection: Connection, values: dict[str, Any], *, who: str, at: dt.datetime, decision_id: str, note: str | None
) -> PlannedLine:
    """A new line with its first event.

    Parameters
    ----------
    connection: an open transaction.
    values: columns of the line but version and instants.
    who, at: who made it, and when.
    decision_id: the decision that made it.
    note: why, in words.
    """
    connection.execute(insert(PlannedOrderLine).values(version=1, created_at=at, updated_at=at, **values))
    line = find_line(connection, values["line_id"])
    _add_event(connection, line, None, who=who, at=at, decision_id=decision_id, note=note)
    return line


def change_line(
    connection: Connection,
    line: PlannedLine,
    state: str,
    *,
    who: str,
    at: dt.datetime,
    decision_id: str | None = None,
    note: str | None = None,
    **changes: object,
) -> PlannedLine:
    """The line in its next state, with its event.

    Parameters
    ----------
    connection: an open transaction.
    line: the line, kept from others' changes.
    state: its next state, see `MOVES`.
    who, at: who changes it, and when.
    decision_id: the decision that changes it, if one does.
    note: why, in words.
    changes: further columns with their new values.

    Raises
    ------
    DecisionConflict: the state cannot follow the line's present one.
    UsageError: the line answers a shadow plan, and nothing of that is exported.
    """
    if state == "exported":
        _refuse_shadow(connection, line)
    if state not in MOVES[line.state]:
        raise DecisionConflict(
            f"planned line {line.line_id} ({line.sku} at {line.location}, {line.units:g} units) is {line.state} and "
            f"cannot become {state}; reload the page to see what happened to it"
        )
    if state == "exported":
        changes["exported_at"] = at
    connection.execute(
        update(PlannedOrderLine)
        .where(PlannedOrderLine.line_id == line.line_id)
        .values(state=state, version=line.version + 1, updated_at=at, **changes)
    )
    changed = find_line(connection, line.line_id)
    _add_event(connection, changed, line.state, who=who, at=at, decision_id=decision_id, note=note)
    return changed


def _refuse_shadow(connection: Connection, line: PlannedLine) -> None:
    shadow = select(Run.is_shadow).where(Run.run_id == line.run_id)
    if line.run_id is not None and connection.execute(shadow).scalar_one_or_none():
        raise UsageError(
            f"planned line {line.line_id} ({line.sku} at {line.location}) answers run {line.run_id}, a shadow plan; "
            "nothing of it is exported: set cut_over.shadow to false and approve a line of a plan made since"
        )


def find_lines(connection: Connection, *conditions: ColumnElement[bool]) -> list[PlannedLine]:
    """Lines under the conditions, the oldest first, kept from others' changes until the transaction ends."""
    rows = connection.execute(
        select(*_fields())
        .where(*conditions)
        .order_by(PlannedOrderLine.created_at, PlannedOrderLine.line_id)
        .with_for_update()
    ).all()
    return [PlannedLine(*row) for row in rows]


def _add_event(
    connection: Connection,
    line: PlannedLine,
    before: str | None,
    *,
    who: str,
    at: dt.datetime,
    decision_id: str | None,
    note: str | None,
) -> None:
    connection.execute(
        insert(PlannedOrderLineEvent).values(
            line_id=line.line_id,
            version=line.version,
            happened_at=at,
            who=who,
            from_state=before,
            to_state=line.state,
            units=line.units,
            due_on=line.due_on,
            supplier=line.supplier,
            decision_id=decision_id,
            note=note,
        )
    )


def _fields() -> list[Any]:
    return [getattr(PlannedOrderLine, name) for name in PlannedLine.__dataclass_fields__]


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


_SHOWN = (
    "line_id",
    "sku",
    "location",
    "supplier",
    "from_location",
    "units",
    "placed_on",
    "due_on",
    "state",
    "exported_at",
    "export_number",
    "external_reference",
)
