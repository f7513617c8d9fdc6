import datetime as dt
import threading
from decimal import Decimal

import pandas as pd
import pytest
from sqlalchemy import select

from database import queries
from database.decisions import DecisionConflict, decisions, open_planned_lines, record_decision
from database.planned_lines import MOVES, advance_line
from database.tables import PlannedOrderLine, PlannedOrderLineEvent
from settings import UsageError
from tests.database.factories import NOW, decide, decided_line, published, recommendations


def suggested(engine, **changes):
    values = {"action": "order", "order_units": 10.0, "supplier": "N", "unit_cost": 2.5, **changes}
    return published(engine, recommendations(1, **values))


def events(engine):
    with engine.connect() as connection:
        table = PlannedOrderLineEvent
        return connection.execute(
            select(table.from_state, table.to_state, table.units, table.who).order_by(table.event_id)
        ).all()


def test_an_approved_suggestion_becomes_a_planned_line_that_the_position_counts(engine):
    run_id = suggested(engine, expected_on=pd.Timestamp("2026-03-20"), placed_on=pd.Timestamp("2026-03-02"))

    decided = decide(engine, run_id)

    lines = open_planned_lines(engine)
    assert (decided.state, decided.units, decided.version, decided.repeated) == ("approved", 10.0, 1, False)
    assert lines[["line_id", "sku", "location", "supplier", "units", "state"]].to_numpy().tolist() == [
        [decided.line_id, "S000000", "L", "N", 10.0, "approved"]
    ]
    assert lines["due_on"].tolist() == [pd.Timestamp("2026-03-20")]


def test_the_suggestion_is_kept_with_the_decision(engine):
    decided_line(engine, units=11.0, reason="=promotion soon")

    row = decisions(engine, sku="S000000").iloc[0]

    assert (row["from_units"], row["to_units"], row["reason"]) == (10.0, 11.0, "=promotion soon")
    assert row["suggestion"]["unit_cost"] == "2.500000"
    assert row["decided_at"] == pd.Timestamp(NOW)


def test_the_cost_of_a_planned_line_is_exact(engine):
    decided_line(engine)

    with engine.connect() as connection:
        assert connection.execute(select(PlannedOrderLine.unit_cost)).scalar_one() == Decimal("2.5")


def test_a_double_click_is_one_decision(engine):
    run_id = suggested(engine)

    first, second = decide(engine, run_id), decide(engine, run_id)

    assert (second.decision_id, second.line_id, second.repeated) == (first.decision_id, first.line_id, True)
    assert len(decisions(engine)) == 1
    assert len(open_planned_lines(engine)) == 1


def test_many_clicks_at_once_are_one_decision(engine):
    run_id = suggested(engine)
    done, faults = [], []

    def click():
        try:
            done.append(decide(engine, run_id))
        except Exception as fault:  # noqa: BLE001 - whatever it is, the test shows it
            faults.append(fault)

    clicks = [threading.Thread(target=click) for _ in range(6)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()

    assert faults == []
    assert len({each.decision_id for each in done}) == 1
    assert sum(not each.repeated for each in done) == 1


def test_two_planners_on_one_suggestion_make_one_line_and_the_second_is_told(engine):
    run_id = suggested(engine)
    decide(engine, run_id, who="ann", client_token="a")

    with pytest.raises(DecisionConflict, match="is now approved with 10 units"):
        decide(engine, run_id, who="ben", client_token="b", units=20.0)

    assert len(decisions(engine)) == 1
    assert open_planned_lines(engine)["units"].tolist() == [10.0]


def test_a_stale_page_is_told_and_a_fresh_one_changes_the_line(engine):
    run_id = suggested(engine)
    line = decide(engine, run_id)
    decide(engine, run_id, kind="change", client_token="t2", expected_version=1, units=20.0)

    with pytest.raises(DecisionConflict, match=r"now open with 20 units \(version 2\)"):
        decide(engine, run_id, client_token="t3", expected_version=1)
    decide(engine, run_id, client_token="t4", line_id=line.line_id, expected_version=2)

    assert events(engine) == [
        (None, "approved", 10.0, "ann"),
        ("approved", "open", 20.0, "ann"),
        ("open", "approved", 20.0, "ann"),
    ]


def test_an_open_line_carries_over_to_the_next_run_of_the_item(engine):
    first = suggested(engine)
    edited = decide(engine, first, kind="change", units=12.0)
    second = suggested(engine, order_units=11.0)

    approved = decide(engine, second, client_token="t2", expected_version=edited.version)

    assert (approved.line_id, approved.units, approved.state) == (edited.line_id, 12.0, "approved")


def test_a_rejected_suggestion_orders_nothing_and_can_be_taken_up_again(engine):
    run_id = suggested(engine)
    rejected = decide(engine, run_id, kind="reject", reason="too much", until=dt.date(2026, 4, 1))
    counted = len(open_planned_lines(engine))

    decide(engine, run_id, client_token="t2", line_id=rejected.line_id, expected_version=1)

    assert counted == 0
    assert open_planned_lines(engine)["units"].tolist() == [10.0]


def test_snoozes_and_comments_belong_to_the_item_alone(engine):
    for number, kind in enumerate(("snooze", "comment")):
        found = record_decision(
            engine,
            who="ann",
            kind=kind,
            sku="S",
            location="L",
            client_token=str(number),
            at=NOW,
            until=dt.date(2026, 4, 1),
        )
        assert found.line_id is None
    assert decisions(engine)["kind"].sort_values().tolist() == ["comment", "snooze"]


def test_a_line_without_a_suggestion_can_be_added(engine):
    added = record_decision(
        engine, who="ann", kind="add", sku="S", location="L", client_token="t", units=5.0, supplier="N", at=NOW
    )
    record_decision(
        engine, who="ann", kind="approve", sku="S", location="L", client_token="u", line_id=added.line_id, at=NOW
    )

    assert open_planned_lines(engine)["units"].tolist() == [5.0]


@pytest.mark.parametrize("state", ["received", "cancelled", "expired"])
def test_a_line_that_has_ended_stays_so(engine, state):
    line = decided_line(engine)
    if state == "received":
        advance_line(engine, line.line_id, "exported", at=NOW)
    advance_line(engine, line.line_id, state, at=NOW)

    assert open_planned_lines(engine).empty
    assert MOVES[state] == frozenset()
    with pytest.raises(DecisionConflict, match=f"is {state} and cannot become approved"):
        advance_line(engine, line.line_id, "approved")


def test_an_exported_line_cannot_be_edited_and_exporting_again_changes_nothing(engine):
    run_id = suggested(engine)
    line = decide(engine, run_id)
    first = advance_line(engine, line.line_id, "exported", at=NOW, export_number="E1")
    again = advance_line(engine, line.line_id, "exported", export_number="E2")

    with pytest.raises(DecisionConflict, match="is exported and cannot become open"):
        decide(engine, run_id, kind="change", client_token="t2", units=3.0, line_id=line.line_id)

    assert again == first
    assert open_planned_lines(engine)["export_number"].tolist() == ["E1"]


def test_lines_are_known_as_they_stood_at_an_instant(engine):
    line = decided_line(engine)
    later = NOW + dt.timedelta(days=1)
    advance_line(engine, line.line_id, "exported", at=later, export_number="E1")
    advance_line(engine, line.line_id, "received", at=later + dt.timedelta(days=9))

    assert open_planned_lines(engine, until=NOW - dt.timedelta(seconds=1)).empty
    assert open_planned_lines(engine, until=NOW)[["state", "export_number"]].to_numpy().tolist() == [["approved", None]]
    assert open_planned_lines(engine, until=later)[["state", "export_number"]].to_numpy().tolist() == [
        ["exported", "E1"]
    ]
    assert open_planned_lines(engine).empty


def test_a_rerun_changes_no_decision(engine):
    decided_line(engine)
    before = decisions(engine)

    published(engine)

    pd.testing.assert_frame_equal(decisions(engine), before)
    assert len(open_planned_lines(engine)) == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"units": 0.0}, "give a number above 0"),
        ({"units": float("nan")}, "give a number above 0"),
        ({"kind": "drop"}, "is not a kind of decision"),
        ({"client_token": " "}, "needs a client token"),
        ({"line_number": 2}, "suggests no line 2"),
        ({"sku": "' OR 1=1"}, "suggests no line 1 for ' OR 1=1"),
        ({"line_id": "x"}, "there is no planned line x"),
        ({"kind": "cancel"}, "there is no planned line of"),
    ],
)
def test_a_senseless_decision_is_refused_and_not_recorded(engine, changes, message):
    run_id = suggested(engine)

    with pytest.raises(UsageError, match=message):
        decide(engine, run_id, **changes)

    assert decisions(engine).empty


def test_an_instant_without_a_zone_is_refused(engine):
    run_id = suggested(engine)

    with pytest.raises(Exception, match="has no time zone"):
        decide(engine, run_id, at=dt.datetime(2026, 3, 2, 8))  # noqa: DTZ001 - that is what is refused


def test_an_item_shows_its_decisions_and_lines(engine):
    line = decided_line(engine)

    details = queries.item_details(engine, queries.current_run(engine).run_id, "S000000")

    assert details.planned_order_lines["line_id"].tolist() == [line.line_id]
    assert details.decisions["who"].tolist() == ["ann"]
