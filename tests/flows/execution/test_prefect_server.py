"""The Prefect server of a run: started quietly, ended with the run, and never left behind for ever."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flows.execution import prefect_server
from flows.execution.prefect_server import end_abandoned_server, one_at_a_time, prefect_api, set_environment
from settings import RestockError, RunLocked

NOBODY = "http://127.0.0.1:9/api"


@pytest.fixture
def environment(monkeypatch):
    """An environment without Prefect's variables, which is as it was afterwards."""
    for name in [name for name in os.environ if name.startswith(("PREFECT", "DO_NOT_TRACK"))]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(os, "environ", os.environ.copy())
    monkeypatch.setattr(prefect_server, "_GIVEN_PAUSE_SECONDS", 0.0)
    return os.environ


def gone(pid):
    """Whether a process ends within some seconds."""
    for _ in range(300):
        status = Path(f"/proc/{pid}/stat")
        if not status.exists() or status.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.1)
    return False


def test_an_outside_server_that_does_not_answer_is_named_where_runs_are_refused_then(tmp_path, environment):
    environment["PREFECT_API_URL"] = NOBODY

    expected = r"no Prefect server answers at PREFECT_API_URL=http://127\.0\.0\.1:9/api; .* run.where_prefect_is_away"
    with pytest.raises(RestockError, match=expected), prefect_api(tmp_path, where_away="refuse"):
        pass


def test_a_run_may_go_on_without_an_outside_server_that_does_not_answer(tmp_path, environment):
    environment["PREFECT_API_URL"] = NOBODY

    with prefect_api(tmp_path) as api:
        assert api.wait_until_ready() == f"no Prefect server answers at PREFECT_API_URL={NOBODY}"


def test_a_schedule_needs_prefect_whatever_runs_do_without_it(tmp_path, environment):
    environment["PREFECT_API_URL"] = NOBODY

    with pytest.raises(RestockError, match="a schedule needs it"), prefect_api(tmp_path, schedules=True):
        pass


def test_an_outside_server_that_misses_one_answer_is_asked_again(tmp_path, environment, monkeypatch):
    environment["PREFECT_API_URL"] = NOBODY
    answers = iter([False, True])
    monkeypatch.setattr(prefect_server, "_answers", lambda url: next(answers))

    with prefect_api(tmp_path) as api:
        assert api.wait_until_ready() is None


@pytest.mark.parametrize(
    ("program", "fault"),
    [
        ("raise SystemExit('no room on the disk')", "ended at its start (no room on the disk; details: "),
        ("import time; time.sleep(30)", "did not answer within 1 seconds"),
    ],
)
def test_a_server_of_our_own_that_does_not_start_says_why(tmp_path, environment, monkeypatch, program, fault):
    file = tmp_path / "server_process.py"
    file.write_text(program)
    monkeypatch.setattr(prefect_server, "_PROGRAM", file)
    monkeypatch.setattr(prefect_server, "_START_LIMIT_SECONDS", 1.0 if "sleep" in program else 30.0)

    with prefect_api(tmp_path / "home") as api:
        assert fault in api.wait_until_ready()
    with (
        prefect_api(tmp_path / "home", where_away="refuse") as api,
        pytest.raises(RestockError, match=r"set run\.where_prefect_is_away"),
    ):
        api.wait_until_ready()


def test_a_server_ends_with_the_process_that_started_it_however_that_ended(tmp_path, environment):
    code = (
        "import sys, time; from pathlib import Path; from flows.execution.prefect_server import prefect_api\n"
        "with prefect_api(Path(sys.argv[1])): time.sleep(60)"
    )
    owner = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)])
    record = tmp_path / "restock-server.json"
    while not record.exists() or not record.read_text():
        time.sleep(0.02)
    server = json.loads(record.read_text())["pid"]
    while b"server_process.py" not in Path(f"/proc/{server}/cmdline").read_bytes():
        time.sleep(0.02)

    owner.kill()
    owner.wait()

    assert gone(server)


ANSWERING = """
import http.server, sys
class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Health).serve_forever()
"""


@pytest.mark.parametrize("fault", [signal.SIGKILL, signal.SIGSTOP])
def test_a_server_that_dies_or_hangs_is_started_again_at_its_address(tmp_path, environment, monkeypatch, fault):
    file = tmp_path / "server_process.py"
    file.write_text(ANSWERING)
    monkeypatch.setattr(prefect_server, "_PROGRAM", file)
    monkeypatch.setattr(prefect_server, "_ANSWER_SECONDS", 0.5)

    with prefect_api(tmp_path / "home") as api:
        url = environment["PREFECT_API_URL"]
        assert api.wait_until_ready() is None
        assert not api.server.start_again_where_gone()
        record = tmp_path / "home" / "restock-server.json"
        first = json.loads(record.read_text())
        os.kill(first["pid"], fault)
        looks = [api.server.start_again_where_gone() for _ in range(4)] if fault == signal.SIGSTOP else []
        started = any(looks) or (gone(first["pid"]) and api.server.start_again_where_gone())
        second = json.loads(record.read_text())

        assert started
        assert environment["PREFECT_API_URL"] == url
        assert second["port"] == first["port"]
        assert second["pid"] != first["pid"]
        assert api.wait_until_ready() is None
    assert gone(second["pid"])


def test_telemetry_is_off_and_the_home_is_the_company_s_own(tmp_path, environment):
    environment |= {"DO_NOT_TRACK": "0", "PREFECT_HOME": "elsewhere"}

    set_environment(tmp_path)

    assert os.environ["DO_NOT_TRACK"] == "1"
    assert os.environ["PREFECT_HOME"] == str(tmp_path)


def test_a_stranger_with_the_recorded_id_is_not_ended(tmp_path):
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"], start_new_session=True)
    record = tmp_path / "restock-server.json"
    record.write_text(json.dumps({"pid": stranger.pid, "port": 4200}))

    end_abandoned_server(record)

    assert stranger.poll() is None
    assert not record.exists()
    stranger.kill()
    stranger.wait()


def test_a_server_left_behind_is_ended(tmp_path):
    left = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(30)", "server_process.py", "4200"],
        start_new_session=True,
    )
    record = tmp_path / "restock-server.json"
    record.write_text(json.dumps({"pid": left.pid, "port": 4200}))
    while b"4200" not in Path(f"/proc/{left.pid}/cmdline").read_bytes():
        time.sleep(0.01)  # the kernel shows the command a moment after the process began
    left.send_signal(signal.SIGSTOP)  # it hangs: otherwise it would have ended by itself

    end_abandoned_server(record)

    assert left.wait(timeout=10) != 0
    assert not record.exists()


def test_a_second_run_is_refused_before_it_touches_the_first_one_s_server(tmp_path):
    record = tmp_path / "restock-server.json"
    with one_at_a_time(tmp_path, "run"):
        record.write_text("the first one's")
        with pytest.raises(RunLocked, match="another run of this company is going on"), prefect_api(tmp_path):
            pass
        assert record.read_text() == "the first one's"

    with one_at_a_time(tmp_path, "replay"):
        pass
