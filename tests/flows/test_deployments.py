"""When scheduled flows are due, which missed ones are caught up, and that prefect.yaml says the same."""

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from flows.deployments import (
    ScheduledFlow,
    catch_up_parameters,
    deployment_name,
    missed,
    prefect_yaml,
    scheduled_flows,
)
from settings import Settings, SettingsError
from settings.schema import CompanySettings, ScheduleSettings
from tests.project import ROOT

BERLIN = ZoneInfo("Europe/Berlin")


def nightly(cron="15 3 * * *", timezone="Europe/Berlin"):
    """A flow that is due at these times."""
    return ScheduledFlow("nightly", "flows/nightly.py:replenish", cron, timezone, {}, "")


def berlin(text):
    """An instant of the clock in Berlin."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def settings_with(company=None, **schedule):
    """Settings with a schedule, in Berlin's time."""
    return Settings(
        company=CompanySettings(timezone="Europe/Berlin", **company or {}), schedule=ScheduleSettings(**schedule)
    )


@pytest.mark.parametrize("cron", ["15 3 * * *", "30 2 * * *", "0 0 * * *", "59 23 * * *"])
@pytest.mark.parametrize("change_of_clocks", ["2026-03-29", "2026-10-25"])
def test_a_nightly_run_is_due_once_on_days_on_which_the_clocks_change(cron, change_of_clocks):
    before = berlin(change_of_clocks) - dt.timedelta(days=2)

    due = nightly(cron).due(before, until=before + dt.timedelta(days=5))

    days = [instant.astimezone(BERLIN).date() for instant in due]
    assert len(days) == len(set(days)) == 5


def test_the_clock_of_the_company_s_zone_decides_in_winter_and_in_summer():
    summer, winter = (
        nightly().due(berlin("2026-10-24T12:00"), count=2),
        nightly().due(berlin("2026-10-23T12:00"), count=1),
    )

    assert [instant.astimezone(dt.UTC).hour for instant in winter] == [1]  # the 24th, in summer time
    assert [instant.astimezone(dt.UTC).hour for instant in summer] == [2, 2]


def test_a_run_that_was_due_since_the_last_one_was_missed_and_one_that_ran_was_not():
    now = berlin("2026-06-10T08:00")

    assert missed(nightly(), berlin("2026-06-09T03:15"), now, within_days=3) == [berlin("2026-06-10T03:15")]
    assert missed(nightly(), berlin("2026-06-10T03:15"), now, within_days=3) == []
    assert missed(nightly(), berlin("2026-06-10T04:00"), now, within_days=3) == []


def test_runs_that_were_missed_too_long_ago_are_not_caught_up():
    now = berlin("2026-06-10T08:00")

    assert len(missed(nightly(), berlin("2026-05-01T03:15"), now, within_days=3)) == 3
    assert missed(nightly("0 5 * * 1"), berlin("2026-05-01T03:15"), now, within_days=1) == []  # due on Monday the 8th


def test_three_missed_nights_are_caught_up_by_one_run_unless_each_is_wanted():
    due = [berlin(f"2026-06-{day:02}T03:15") for day in (8, 9, 10)]

    assert catch_up_parameters(due, "newest", "Europe/Berlin") == [{}]
    assert catch_up_parameters(due, "each", "Europe/Berlin") == [{"as_of": "2026-06-07"}, {"as_of": "2026-06-08"}, {}]
    assert catch_up_parameters(due, "never", "Europe/Berlin") == []
    assert catch_up_parameters([], "newest", "Europe/Berlin") == []


def test_a_run_of_the_evening_is_planned_as_of_its_own_day():
    due = [berlin(f"2026-06-{day:02}T22:00") for day in (8, 9)]

    assert catch_up_parameters(due, "each", "Europe/Berlin") == [{"as_of": "2026-06-08"}, {}]


def test_what_is_never_due_is_not_scheduled():
    assert [each.name for each in scheduled_flows(settings_with())] == ["nightly", "simulation"]
    assert [each.name for each in scheduled_flows(settings_with(simulation="never"))] == ["nightly"]


@pytest.mark.parametrize(
    ("schedule", "message"),
    [
        ({"nightly": "99 3 * * *"}, r"schedule\.nightly is '99 3 \* \* \*', which is no cron text"),
        ({"simulation": "sundays"}, r"schedule\.simulation is 'sundays', which is no cron text"),
        ({"timezone": "Europe/Berlln"}, r"schedule\.timezone .* is 'Europe/Berlln', which is no time zone"),
    ],
)
def test_times_that_cannot_be_read_are_refused_by_their_setting(schedule, message):
    with pytest.raises(SettingsError, match=message):
        scheduled_flows(settings_with(**schedule))


def test_companies_on_one_prefect_server_do_not_take_each_other_s_deployments(tmp_path):
    names = {
        deployment_name(
            nightly(), settings_with({"name": "Lindtal & Trail"}).model_copy(update={"root": tmp_path / folder})
        )
        for folder in ("one", "two")
    }

    assert len(names) == 2
    assert all(name.startswith("nightly-lindtal-trail-") for name in names)


def test_the_parameters_are_those_of_the_flow_that_the_entrypoint_names():
    for each in scheduled_flows(settings_with()):
        module, _, function = each.module_path.rpartition(".")
        flow = getattr(__import__(module, fromlist=[function]), function)
        assert set(each.parameters) < set(flow.parameters.properties)
        assert (ROOT / each.entrypoint.partition(":")[0]).is_file()


def test_prefect_yaml_says_what_is_served():
    written = yaml.safe_load((ROOT / "prefect.yaml").read_text("utf-8"))
    place = {"folder": "/srv/restock", "settings_file": "/srv/restock/company/restock.toml", "work_pool": "restock"}

    assert written == prefect_yaml(Settings(root=Path("/srv/restock/company")), **place)
