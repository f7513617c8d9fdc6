"""The Prefect server of a run: started quietly, ended with the run, and never left behind for ever."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flows.execution.prefect_server import end_abandoned_server, one_at_a_time, prefect_api, set_environment
from settings import RestockError, RunLocked


def test_an_outside_server_that_does_not_answer_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")

    expected = r"no Prefect server answers at PREFECT_API_URL=http://127\.0\.0\.1:9/api"
    with pytest.raises(RestockError, match=expected), prefect_api(tmp_path):
        pass


def test_telemetry_is_off_and_the_home_is_the_company_s_own(tmp_path, monkeypatch):
    monkeypatch.delenv("DO_NOT_TRACK", raising=False)
    monkeypatch.setenv("PREFECT_HOME", "elsewhere")

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
        [sys.executable, "-c", "import time; time.sleep(30)", "prefect.server.api.server", "--port", "4200"],
        start_new_session=True,
    )
    record = tmp_path / "restock-server.json"
    record.write_text(json.dumps({"pid": left.pid, "port": 4200}))
    while b"4200" not in Path(f"/proc/{left.pid}/cmdline").read_bytes():
        time.sleep(0.01)  # the kernel shows the command a moment after the process began

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
