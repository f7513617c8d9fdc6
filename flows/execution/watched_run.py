"""A flow's work under Prefect's eyes, which goes on where Prefect's API goes away.

Prefect starts tasks, keeps their results, and shows what goes on. The first two need no API. So what is only shown is
never a reason to lose a run: calls that show something may fail, and a flow is what its own work came to, whatever
Prefect's engine could not report any more.
"""

import contextvars
import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from prefect import Flow, runtime
from prefect.context import FlowRunContext
from prefect.events.clients import NullEventsClient
from prefect.events.worker import EventsWorker
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED,
    PREFECT_LOGGING_TO_API_ENABLED,
    temporary_settings,
)

from flows.execution.leaving import leave_after, stop_in_time
from flows.execution.progress import LineProgress, log_line, report_progress_to
from settings import RestockError
from settings.secrets import safe_text

P = ParamSpec("P")
T = TypeVar("T")

LAST_WORDS_SECONDS = 120.0
"""Time for a deployment's process to tell Prefect how its work ended."""

_NOWHERE = "http://127.0.0.1:9/api"
"""An address that nobody is to ask: without one Prefect's client would start a server of its own."""


class Watch:
    """How a flow's own work ended, and whether Prefect could watch it.

    Attributes
    ----------
    begun: whether the work began.
    result: what it returned, if it did.
    error: what ended it otherwise.
    fault: why Prefect could not be told something; None while it could.
    """

    def __init__(self) -> None:
        self.begun = False
        self.result: Any = None
        self.error: BaseException | None = None
        self.fault: str | None = None

    def lose(self, fault: Exception | str) -> None:
        """Ask and tell Prefect nothing more; the events of tasks go nowhere."""
        if self.fault is None:
            self.fault = fault if isinstance(fault, str) else _words(fault)
            EventsWorker.set_client_override(NullEventsClient)


_watch: contextvars.ContextVar[Watch | None] = contextvars.ContextVar("watch", default=None)


def own_work(work: Callable[P, T]) -> Callable[P, T]:
    """Below `@flow`: note how the work of the flow ended, whatever becomes of Prefect meanwhile."""

    @functools.wraps(work)
    def noted(*args: P.args, **kwargs: P.kwargs) -> T:
        watch = _watch.get()
        if watch is None and runtime.deployment.id:
            return _deployed(noted, *args, **kwargs)
        watch = watch or Watch()
        token = _watch.set(watch)
        watch.begun = True
        try:
            with stop_in_time():
                watch.result = result = work(*args, **kwargs)
        except BaseException as error:
            watch.error = error
            raise
        finally:
            _watch.reset(token)
        return result

    return noted


def _deployed(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The work of a deployment's run, which nobody but a log watches: what it does, and what it came to."""
    name = runtime.flow_run.flow_name
    token = _watch.set(Watch())
    try:
        with report_progress_to(LineProgress()):
            result = work(*args, **kwargs)
    except RestockError as error:
        log_line(f"{name}: refused or failed: {error}; what was published stays")
        raise
    except Exception as error:
        log_line(safe_text(f"{name}: unexpected {type(error).__name__}: {error}; what was published stays"))
        raise
    finally:
        _watch.reset(token)
    log_line(f"{name}: done")
    leave_after(LAST_WORDS_SECONDS, 0)
    return result


def run_watched(flow: Flow[..., T], parameters: dict[str, Any], fault: str | None) -> tuple[T, str | None]:
    """Run a flow, and what its work came to.

    Parameters
    ----------
    flow: whose function is decorated with `own_work`.
    parameters: of the flow.
    fault: why Prefect's API is away; None where it answers.

    Returns
    -------
    What the flow's work returned, and why Prefect could not watch all of it; None where it could.

    Raises
    ------
    What the flow's work raised.
    """
    watch = Watch()
    if fault is not None:
        watch.lose(fault)
    token = _watch.set(watch)
    try:
        if fault is None:
            _under_prefect(flow, parameters, watch)
        if not watch.begun:
            _without_prefect(flow, parameters)
    finally:
        _watch.reset(token)
        EventsWorker.set_client_override(None)
    if watch.error is not None:
        raise watch.error
    result: T = watch.result
    return result, watch.fault


def show(call: Callable[..., T], *args: Any, **given: Any) -> T | None:
    """Show something in Prefect; None where that failed, and from then on."""
    watch = _watch.get()
    if FlowRunContext.get() is None or (watch is not None and watch.fault is not None):
        return None
    try:
        return call(*args, **given)
    except Exception as fault:  # noqa: BLE001 - whatever it is, it is no reason to lose a run
        if watch is not None:
            watch.lose(fault)
        return None


def _under_prefect(flow: Flow[..., Any], parameters: dict[str, Any], watch: Watch) -> None:
    try:
        flow(**parameters)
    except Exception as fault:
        if watch.begun and watch.error is fault:
            raise
        watch.lose(fault)


def _without_prefect(flow: Flow[..., Any], parameters: dict[str, Any]) -> None:
    """The flow's work alone; its tasks run and keep their results as ever."""
    away = {
        PREFECT_API_URL: _NOWHERE,
        PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED: False,
        PREFECT_LOGGING_TO_API_ENABLED: False,
    }
    with temporary_settings(away):
        flow.fn(**parameters)


def _words(fault: Exception) -> str:
    cause = safe_text(str(fault)).strip().splitlines()
    return f"Prefect's API went away ({type(fault).__name__}{f': {cause[0]}' if cause else ''})"
