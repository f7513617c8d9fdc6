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
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from settings.errors import RestockError, RunLocked

_START_LIMIT_SECONDS = 120.0
_SERVER_ENVIRONMENT = {
    "PREFECT_UI_ENABLED": "0",
    "PREFECT__SERVER_EPHEMERAL": "1",
    "PREFECT__SERVER_FINAL": "1",
}
_QUIET_ENVIRONMENT = {
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
}


def set_environment(home: Path) -> None:
    """Switch off telemetry and logs, and give Prefect the company's own home; call it before `import prefect`."""
    for name, value in _QUIET_ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    os.environ["PREFECT_HOME"] = str(home)


@contextlib.contextmanager
def prefect_api(home: Path, *, what: str = "run") -> Iterator[None]:
    """Hold a Prefect API while a run goes on.

    With PREFECT_API_URL set, that server is used. Otherwise a server process is started for this run and
    ended with it; one that a killed run left behind is ended first, by its recorded id. The home is held before
    anything in it is touched, so that a second run never ends the server of the first.

    Parameters
    ----------
    home: the company's own PREFECT_HOME; created when missing.
    what: what goes on, in the words of the refusal: a run, a replay.

    Raises
    ------
    RunLocked: another process holds the home.
    RestockError: the server at PREFECT_API_URL does not answer.
    """
    with one_at_a_time(home, what):
        set_environment(home)
        with _server(home):
            yield


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
def _server(home: Path) -> Iterator[None]:
    given = os.environ.get("PREFECT_API_URL")
    if given:
        _check_given(given)
        yield
        return
    record = home / "restock-server.json"
    end_abandoned_server(record)
    port = _free_port()
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and constant arguments
        [
            *(sys.executable, "-m", "uvicorn", "--factory", "prefect.server.api.server:create_app"),
            *("--host", "127.0.0.1", "--port", str(port), "--log-level", "critical", "--lifespan", "on"),
        ],
        env={**os.environ, **_SERVER_ENVIRONMENT},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    record.write_text(json.dumps({"pid": process.pid, "port": port}), "utf-8")
    os.environ["PREFECT_API_URL"] = f"http://127.0.0.1:{port}/api"
    try:
        yield
    finally:
        os.environ.pop("PREFECT_API_URL", None)
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
        record.unlink(missing_ok=True)


def wait_until_ready() -> None:
    """Return when the Prefect API answers; call it after the heavy imports.

    Raises
    ------
    RestockError: it does not answer within two minutes.
    """
    url = f"{os.environ['PREFECT_API_URL'].rstrip('/')}/health"
    deadline = time.monotonic() + _START_LIMIT_SECONDS
    while time.monotonic() < deadline:
        if _answers(url):
            return
        time.sleep(0.1)
    raise RestockError(f"Prefect at {url} did not answer within {_START_LIMIT_SECONDS:.0f} seconds; run again")


def end_abandoned_server(record: Path) -> None:
    """End the server process that a killed run left behind, if its recorded id still is one of ours."""
    try:
        left = json.loads(record.read_text("utf-8"))
        command = Path(f"/proc/{left['pid']}/cmdline").read_text("utf-8")
    except (OSError, ValueError):
        record.unlink(missing_ok=True)
        return
    # The id may belong to a stranger by now: only a process that still serves our recorded port is ended.
    if "prefect.server.api.server" in command and f"\0{left['port']}\0" in command:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(left["pid"], signal.SIGTERM)
    record.unlink(missing_ok=True)


def _check_given(url: str) -> None:
    if not _answers(f"{url.rstrip('/')}/health"):
        raise RestockError(
            f"no Prefect server answers at PREFECT_API_URL={url}; start it, or unset the variable to run with the "
            "embedded one"
        )


def _answers(url: str) -> bool:
    if not url.startswith(("http://", "https://")):
        return False
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - the scheme is checked above
            return bool(answer.status == 200)
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
