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
_ANSWER_SECONDS = 5.0
_GIVEN_TRIES = 3
_GIVEN_PAUSE_SECONDS = 2.0
_END_LIMIT_SECONDS = 10.0
_PROGRAM = Path(__file__).with_name("server_process.py")
_SILENT_LOOKS = 4
_SERVER_ENVIRONMENT = {"PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_FINAL": "1"}
_WITHOUT_SCHEDULER = {"PREFECT__SERVER_EPHEMERAL": "1"}
_CLIENT_ENVIRONMENT = {
    "PREFECT_INTERNAL_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_ROOT_LEVEL": "CRITICAL",
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


class OwnServer:
    """A Prefect server of the company's own: a process of ours on a port of this machine.

    Parameters
    ----------
    home: PREFECT_HOME, where its database and its complaints are kept.
    schedules: whether it starts flows when they are due; a run needs no such server.
    records_megabytes: size at which its records of past runs are begun anew.
    """

    def __init__(self, home: Path, *, schedules: bool, records_megabytes: int) -> None:
        self.log = home / "server.log"
        self._record = home / "restock-server.json"
        self._schedules = schedules
        self._port = _free_port()
        self._silent_looks = 0
        end_abandoned_server(self._record)
        _bound_records(home, records_megabytes)
        self._process = self._started()

    @property
    def url(self) -> str:
        """Of its API."""
        return f"http://127.0.0.1:{self._port}/api"

    def fault(self) -> str | None:
        """Wait until it answers; why it does not."""
        deadline = time.monotonic() + _START_LIMIT_SECONDS
        while time.monotonic() < deadline:
            if _answers(_health(self.url)):
                return None
            if self._process.poll() is not None:
                return f"the company's Prefect server ended at its start{self._complaint()}"
            time.sleep(0.1)
        return f"the company's Prefect server did not answer within {_START_LIMIT_SECONDS:.0f} seconds"

    def start_again_where_gone(self) -> bool:
        """Start it again on its port, if it is dead or has been silent for some looks; whether that was so."""
        if self._process.poll() is None:
            self._silent_looks = 0 if _answers(_health(self.url)) else self._silent_looks + 1
            if self._silent_looks < _SILENT_LOOKS:
                return False
            self._process.kill()
        self.end()
        self._silent_looks = 0
        self._process = self._started()
        self.fault()
        return True

    def end(self) -> None:
        """End the process, by force where it hangs."""
        self._process.terminate()
        try:
            self._process.wait(timeout=_END_LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._record.unlink(missing_ok=True)

    def _started(self) -> subprocess.Popen[bytes]:
        kind = {} if self._schedules else _WITHOUT_SCHEDULER
        with self.log.open("wb") as complaints:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and constant arguments
                [sys.executable, "-P", str(_PROGRAM), str(self._port)],
                env={**os.environ, **_SERVER_ENVIRONMENT, **kind},
                stdin=subprocess.PIPE,  # held, never written: the server ends when its other end closes
                stdout=subprocess.DEVNULL,
                stderr=complaints,
                start_new_session=True,
            )
        self._record.write_text(json.dumps({"pid": process.pid, "port": self._port}), "utf-8")
        return process

    def _complaint(self) -> str:
        with contextlib.suppress(OSError):
            lines = self.log.read_text("utf-8", errors="replace").strip().splitlines()
            if lines:
                return f" ({lines[-1][:200]}; details: {self.log})"
        return ""


@dataclass(frozen=True)
class PrefectAPI:
    """The API of a run, which may be away.

    Attributes
    ----------
    where_away: whether a run goes on without it, or is refused.
    server: the company's own server; None where one is given by PREFECT_API_URL.
    schedules: whether flows are to be started when they are due, which nothing but Prefect does.
    """

    where_away: WhereAway
    server: OwnServer | None
    schedules: bool = False

    def wait_until_ready(self) -> str | None:
        """Return when the API answers, or why it does not; call it after the heavy imports.

        Raises
        ------
        RestockError: it does not, and the run is refused then.
        """
        fault = self.server.fault() if self.server is not None else _fault_of_given(os.environ["PREFECT_API_URL"])
        if fault is not None and self.schedules:
            raise RestockError(f"{fault}; a schedule needs it: mend it and start again")
        if fault is not None and self.where_away == "refuse":
            raise RestockError(
                f'{fault}; mend it and run again, or set run.where_prefect_is_away = "continue" to run without it'
            )
        return fault


@contextlib.contextmanager
def prefect_api(
    home: Path,
    *,
    what: str = "run",
    where_away: WhereAway = "continue",
    schedules: bool = False,
    records_megabytes: int = 200,
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
    schedules: whether flows are to be started when they are due; then nothing goes on without an API.
    records_megabytes: size at which the own server's records of past runs are begun anew.

    Raises
    ------
    RunLocked: another process holds the home.
    RestockError: the server at PREFECT_API_URL does not answer, and the run is refused then.
    """
    with one_at_a_time(home, what):
        set_environment(home)
        if os.environ.get("PREFECT_API_URL"):
            api = PrefectAPI(where_away, None, schedules)
            if schedules or where_away == "refuse":
                api.wait_until_ready()  # at once, before anything heavy is imported
            yield api
            return
        server = OwnServer(home, schedules=schedules, records_megabytes=records_megabytes)
        os.environ["PREFECT_API_URL"] = server.url
        try:
            yield PrefectAPI(where_away, server, schedules)
        finally:
            os.environ.pop("PREFECT_API_URL", None)
            server.end()


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


def _bound_records(home: Path, megabytes: int) -> None:
    """Remove the server's database where it has grown: it only shows past runs, and results are kept beside it."""
    files = [file for file in home.glob("prefect.db*") if file.is_file()]
    if sum(file.stat().st_size for file in files) > megabytes * 1_000_000:
        for file in files:
            file.unlink()


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
        with urllib.request.urlopen(url, timeout=_ANSWER_SECONDS):  # noqa: S310 - the scheme is checked above
            return True
    except urllib.error.HTTPError as answer:
        return answer.code < 500  # somebody answers, and wants to know who asks
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
