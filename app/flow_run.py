"""How a command runs a flow: Prefect's API beside it, progress for whoever watches, and a note where it is away."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.terminal import echo_json, err, progress_reporter
from flows.execution.prefect_server import prefect_api
from flows.execution.progress import report_progress_to
from flows.execution.run import run_folder
from settings import load_settings, settings_file_in


def flow_command(
    settings_file: Path,
    load_flow: Callable[[], Any],
    print_outcome: Callable[[Path, dict[str, Any]], None],
    *,
    home: str,
    what: str,
    as_json: bool,
    **parameters: Any,
) -> None:
    """Run a flow of a company to its end and print its outcome, for people or for a program.

    Parameters
    ----------
    settings_file: the company's restock.toml, or its folder.
    print_outcome: prints what the flow returns, for people; gets the settings file too.
    as_json: print it as JSON instead, and no progress bar.
    load_flow, home, what, parameters: see `run_flow`.
    """
    settings_file = settings_file_in(settings_file)
    outcome = run_flow(settings_file, load_flow, home=home, what=what, quiet=as_json, **parameters)
    if as_json:
        echo_json(outcome)
    else:
        print_outcome(settings_file, outcome)


def run_flow(
    settings_file: Path, load_flow: Callable[[], Any], *, home: str, what: str, quiet: bool, **parameters: Any
) -> dict[str, Any]:
    """Run a flow of a company to its end; returns what it returns.

    Parameters
    ----------
    settings_file: the company's restock.toml.
    load_flow: imports the flow; called while Prefect's server starts, since both take seconds.
    home: name of Prefect's folder within the company's run folder; flows that may run at once have different ones.
    what: what goes on, in the words of a refusal: a run, a replay.
    quiet: whether a terminal gets plain lines too, because a program reads the output.
    parameters: of the flow, beside the settings file.

    Raises
    ------
    RunLocked: another one is going on.
    RestockError: what the flow raises, or that Prefect does not answer where it has to.
    """
    settings = load_settings(settings_file)
    folder = run_folder(settings) / home
    with prefect_api(
        folder,
        what=what,
        where_away=settings.run.where_prefect_is_away,
        records_megabytes=settings.retention.prefect_records_megabytes,
    ) as api:
        from app.company import open_company

        open_company(settings_file, create=True)
        flow = load_flow()
        from prefect.context import refresh_global_settings_context

        from flows.execution.watched_run import run_watched

        refresh_global_settings_context()  # they were read at the import, for the server of a flow before this one

        fault = api.wait_until_ready()
        if fault is not None:
            err.print(f"Note: {fault}; the {what} goes on without Prefect.", markup=False)
        with progress_reporter(quiet=quiet) as reporter, report_progress_to(reporter):
            outcome, later = run_watched(flow, {"settings_file": str(settings_file), **parameters}, fault)
    if fault is None and later is not None:
        err.print(f"Note: {later}; the {what} went on without it, and its result is complete.", markup=False)
    result: dict[str, Any] = outcome
    return result
