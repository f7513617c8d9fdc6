"""Replays in the database: written whole and once, read back, and what of their tuning is used."""

import datetime as dt

import pandas as pd
import pytest
from sqlalchemy import func, select

from database.planned_lines import advance_line
from database.queries import current_run, shadow_suggestions
from database.simulations import accepted_tuning, newest_simulation, record_simulation
from database.tables import Simulation, SimulationResult
from settings import PublishError, UsageError
from tests.database.factories import decide, published, recommendations

AT = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)


def header(key="k1", as_of=dt.date(2026, 6, 28)):
    return {
        "key": key, "as_of": as_of, "first_day": dt.date(2026, 1, 1), "weeks": 26, "items": 2, "items_left_out": 0,
        "currency": "EUR", "sentence": "Better.", "notes": ["one"], "code_version": "c", "settings_hash": "s",
    }  # fmt: skip


def results(**changes):
    row = {
        "days": "all days", "scope": "all", "policy": "restock", "measure": "fill_rate", "items": 2, "value": 0.98,
        "low": 0.97, "high": 0.99, "difference": 0.0, "difference_low": 0.0, "difference_high": 0.0, "ratio": 1.0,
        "ratio_low": 1.0, "ratio_high": 1.0,
    }  # fmt: skip
    return pd.DataFrame([row | changes])


def tuning(abc="A", tuned=0.2, accepted=True):
    row = {
        "abc": abc, "parameter": "quantile_shift", "theory": 0.0, "best": 0.3, "tuned": tuned, "gain_share": 0.04,
        "low": 0.01, "high": 0.07, "items": 50, "windows": 400, "accepted": accepted, "text": "A: more",
    }  # fmt: skip
    return pd.DataFrame([row])


def test_a_replay_is_read_back_as_it_was_written(engine):
    written = record_simulation(engine, header(), results(value=float("nan")), tuning(), at=AT)

    found = newest_simulation(engine)

    assert (found.simulation_id, found.made_at, found.notes) == (written, AT, ["one"])
    assert found.results["value"].isna().all()
    assert found.tuning["tuned"].tolist() == [0.2]


def test_the_same_replay_is_recorded_once(engine):
    first = record_simulation(engine, header(), results(), tuning())
    again = record_simulation(engine, header(), results(), tuning())

    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(Simulation)).scalar_one() == 1
    assert again == first


def test_a_value_that_does_not_fit_leaves_nothing_behind(engine):
    with pytest.raises(PublishError, match="value"):
        record_simulation(engine, header(), results(value=float("inf")), tuning())

    assert newest_simulation(engine) is None
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(SimulationResult)).scalar_one() == 0


def test_only_what_the_newest_replay_accepted_is_used(engine):
    record_simulation(engine, header("k1"), results(), tuning("A"), at=AT)
    record_simulation(engine, header("k2"), results(), tuning("B"), at=AT + dt.timedelta(days=1))

    assert accepted_tuning(engine).to_dict("records") == [{"abc": "B", "quantile_shift": 0.2}]
    assert accepted_tuning(engine, until=AT)["abc"].tolist() == ["A"]


def test_what_was_refused_is_not_used(engine):
    record_simulation(engine, header(), results(), tuning(accepted=False))

    assert accepted_tuning(engine).empty


def test_without_a_replay_nothing_is_tuned(engine):
    assert accepted_tuning(engine).empty
    assert newest_simulation(engine) is None


def test_a_plan_of_a_past_day_shows_no_later_replay(engine):
    record_simulation(engine, header(), results(), tuning())

    assert newest_simulation(engine, as_of=dt.date(2026, 6, 1)) is None


def order(**changes):
    return recommendations(1, **{"action": "order", "order_units": 10.0, "supplier": "N", "unit_cost": 2.5} | changes)


def test_nothing_of_a_shadow_plan_is_exported(engine):
    decided = decide(engine, published(engine, order(), is_shadow=True))

    with pytest.raises(UsageError, match="shadow"):
        advance_line(engine, decided.line_id, "exported")

    assert current_run(engine).is_shadow


def test_a_line_of_a_usual_plan_is_exported(engine):
    decided = decide(engine, published(engine, order()))

    assert advance_line(engine, decided.line_id, "exported").state == "exported"


def test_only_shadow_plans_before_the_day_tell_what_they_suggested(engine):
    first, second = dt.date(2026, 3, 1), dt.date(2026, 3, 2)
    published(engine, order(as_of=first), first, is_shadow=True)
    published(engine, order(as_of=second), second)

    found = shadow_suggestions(engine, since=first, before=dt.date(2026, 3, 9))

    assert found[["as_of", "order_units"]].to_numpy().tolist() == [[pd.Timestamp(first), 10.0]]
    assert shadow_suggestions(engine, since=first, before=first).empty
