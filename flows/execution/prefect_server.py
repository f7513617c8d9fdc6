"""The Prefect API that a run talks to: the company's own server, or one that is already there.

Nothing heavy is imported here: the server starts as a process of its own while the libraries of the run load.
"""

import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from settings.errors import RestockError, RunLocked

WhereAway = Literal["continue", "refuse"]
"""What a run does where Prefect's API does not answer."""

_START_LIMIT_SECONDS = 120.0
_GIVEN_TRIES = 3
_GIVEN_PAUSE_SECONDS = 2.0
_END_LIMIT_SECONDS = 10.0
_PROGRAM = Path(__file__).with_name("server_process.py")
_SERVER_ENVIRONMENT = {
    "PREFECT_UI_ENABLED": "0",
    "PREFECT__SERVER_EPHEMERAL": "1",
    "PREFECT__SERVER_FINAL": "1",
}
_CLIENT_ENVIRONMENT = {
    "PREFECT_INTERNAL_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    # A server that hangs holds a run up for half a minute, not for six.
    "PREFECT_API_REQUEST_TIMEOUT": "10",
    "PREFECT_CLIENT_MAX_RETRIES": "2",
}


def switch_off_telemetry() -> None:
    """Let no library send anything, nor say that it might; call it before any of them is imported."""
    # Prefect takes any word but a few for a no.
    os.environ |= {"DO_NOT_TRACK": "1", "GX_ANALYTICS_ENABLED": "false"}


def set_environment(home: Path) -> None:
    """Switch off telemetry and logs, and give Prefect the company's own home; call it before `import prefect`."""
    switch_off_telemetry()
    for name, value in _CLIENT_ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    os.environ["PREFECT_HOME"] = str(home)


@dataclass(frozen=True)
class PrefectAPI:
    """The API of a run, which may be away.

    Attributes
    ----------
    where_away: whether a run goes on without it, or is refused.
    server: the company's own server; None where one is given by PREFECT_API_URL, or none could be started.
    fault: why there is none to wait for; None where there is one.
    log: what the company's own server complained of.
    """

    where_away: WhereAway
    server: subprocess.Popen[bytes] | None
    fault: str | None
    log: Path

    def wait_until_ready(self) -> str | None:
        """Return when the API answers, or why it does not; call it after the heavy imports.

        Raises
        ------
        RestockError: it does not, and the run is refused then.
        """
        fault = self.fault or self._fault_of_server()
        if fault is not None and self.where_away == "refuse":
            raise RestockError(
                f'{fault}; mend it and run again, or set run.where_prefect_is_away = "continue" to run without it'
            )
        return fault

    def _fault_of_server(self) -> str | None:
        if self.server is None:
            return None
        url = _health(os.environ["PREFECT_API_URL"])
        deadline = time.monotonic() + _START_LIMIT_SECONDS
        while time.monotonic() < deadline:
            if _answers(url):
                return None
            if self.server.poll() is not None:
                return f"the Prefect server of this run ended at its start{self._complaint()}"
            time.sleep(0.1)
        return f"the Prefect server of this run did not answer within {_START_LIMIT_SECONDS:.0f} seconds"

    def _complaint(self) -> str:
        with contextlib.suppress(OSError):
            lines = self.log.read_text("utf-8", errors="replace").strip().splitlines()
            if lines:
                return f" ({lines[-1][:200]}; details: {self.log})"
        return ""


@contextlib.contextmanager
def prefect_api(
    home: Path, *, what: str = "run", where_away: WhereAway = "continue", records_megabytes: int = 200
) -> Iterator[PrefectAPI]:
    """Hold a Prefect API while a run goes on.

    With PREFECT_API_URL set, that server is used. Otherwise a server process is started for this run and
    ended with it; one that a killed run left behind is ended first, by its recorded id. The home is held before
    anything in it is touched, so that a second run never ends the server of the first.

    Parameters
    ----------
    home: the company's own PREFECT_HOME; created when missing.
    what: what goes on, in the words of the refusal: a run, a replay, a schedule.
    where_away: whether a run goes on without an API that does not answer, or is refused.
    records_megabytes: size at which the own server's records of past runs are begun anew.

    Raises
    ------
    RunLocked: another process holds the home.
    RestockError: the server at PREFECT_API_URL does not answer, and the run is refused then.
    """
    with one_at_a_time(home, what):
        set_environment(home)
        with _server(home, where_away, records_megabytes) as api:
            yield api


@contextlib.contextmanager
def one_at_a_time(folder: Path, what: str) -> Iterator[None]:
    """Hold a folder, created when missing; a process that dies lets go of it.

    Raises
    ------
    RunLocked: another process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunLocked(f"another {what} of this company is going on; wait until it ends") from None
        yield


@contextlib.contextmanager
def _server(home: Path, where_away: WhereAway, records_megabytes: int) -> Iterator[PrefectAPI]:
    log = home / "server.log"
    given = os.environ.get("PREFECT_API_URL")
    if given:
        api = PrefectAPI(where_away, None, _fault_of_given(given), log)
        if api.fault is not None:
            api.wait_until_ready()  # refused at once, where it is
        yield api
        return
    record = home / "restock-server.json"
    end_abandoned_server(record)
    _bound_records(home, records_megabytes)
    port = _free_port()
    with log.open("wb") as complaints:
        server = subprocess.Popen(  # noqa: S603 - our own interpreter and constant arguments
            [sys.executable, "-P", str(_PROGRAM), str(port)],
            env={**os.environ, **_SERVER_ENVIRONMENT},
            stdin=subprocess.PIPE,  # held, never written: the server ends when its other end closes
            stdout=subprocess.DEVNULL,
            stderr=complaints,
            start_new_session=True,
        )
    record.write_text(json.dumps({"pid": server.pid, "port": port}), "utf-8")
    os.environ["PREFECT_API_URL"] = f"http://127.0.0.1:{port}/api"
    try:
        yield PrefectAPI(where_away, server, None, log)
    finally:
        os.environ.pop("PREFECT_API_URL", None)
        _end(server)
        record.unlink(missing_ok=True)


def _bound_records(home: Path, megabytes: int) -> None:
    """Remove the server's database where it has grown: it only shows past runs, and results are kept beside it."""
    files = [file for file in home.glob("prefect.db*") if file.is_file()]
    if sum(file.stat().st_size for file in files) > megabytes * 1_000_000:
        for file in files:
            file.unlink()


def _end(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(timeout=_END_LIMIT_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    if server.stdin is not None:
        server.stdin.close()


def end_abandoned_server(record: Path) -> None:
    """End the server process that a killed run left behind, if its recorded id still is one of ours.

    To be called with the home held: then the process that started it is dead. Such a server ends by itself, unless it
    hangs; so it is killed.
    """
    try:
        left = json.loads(record.read_text("utf-8"))
        command = Path(f"/proc/{left['pid']}/cmdline").read_text("utf-8")
    except (OSError, ValueError):
        record.unlink(missing_ok=True)
        return
    # The id may belong to a stranger by now: only a process that still serves our recorded port is ended.
    if _PROGRAM.name in command and f"\0{left['port']}\0" in command:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(left["pid"], signal.SIGKILL)
    record.unlink(missing_ok=True)


def _fault_of_given(url: str) -> str | None:
    for more in reversed(range(_GIVEN_TRIES)):
        if _answers(_health(url)):
            return None
        if more:
            time.sleep(_GIVEN_PAUSE_SECONDS)
    return f"no Prefect server answers at PREFECT_API_URL={url}"


def _health(url: str) -> str:
    return f"{url.rstrip('/')}/health"


def _answers(url: str) -> bool:
    if not url.startswith(("http://", "https://")):
        return False
    try:
        with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - the scheme is checked above
            return True
    except urllib.error.HTTPError as answer:
        return answer.code < 500  # somebody answers, and wants to know who asks
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
