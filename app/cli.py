"""`restock`: the command line. Each command is a few lines over the flows, the database and the reports.

Heavy libraries are imported inside the commands, so that `--help` answers at once.
"""

import datetime as dt
import io
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from app.init.command import init
from app.stopping import leave_in_time, stop_on_signals
from app.terminal import echo, errors_as_messages
from flows.execution.prefect_server import switch_off_telemetry
from settings import SETTINGS_NAME, UsageError


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"restock {version('restock')}")
        raise typer.Exit


app = typer.Typer(
    name="restock",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Nightly demand forecasting and inventory planning for e-commerce companies.\n\n"
    "Start with: restock demo\n\nExit codes: 0 done, 1 failed, 2 wrong use, 3 refused because of the data.",
)
database = typer.Typer(no_args_is_help=True, help="The database's schema.\n\nExample: restock db upgrade")
app.add_typer(database, name="db")


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Options of the program itself."""


SettingsOption = Annotated[
    Path,
    typer.Option("--settings", "-s", envvar="RESTOCK_SETTINGS", help="restock.toml of the company, or its folder."),
]
AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="A past date, such as 2026-03-31, with what was known then."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
HERE = Path(SETTINGS_NAME)

app.command(epilog="Example: restock init my-shop --yes --currency EUR --country DE --lead-time-days 14")(init)


@app.command(epilog="Example: restock demo my-demo --seed 7")
def demo(
    folder: Annotated[Path, typer.Argument(help="Where the company's files are written.")] = Path("demo-company"),
    seed: Annotated[int, typer.Option(help="Another seed makes another company.")] = 1,
    skus: Annotated[int, typer.Option(help="SKUs of the company, from 24 to about 1,000.")] = 600,
    fresh: Annotated[bool, typer.Option("--fresh", help="Write the files again, over edited ones.")] = False,
    proof: Annotated[
        bool, typer.Option("--proof/--no-proof", help="Replay the last four weeks after planning: a few minutes more.")
    ] = True,
) -> None:
    """Write a made-up but realistic company to a folder, plan it with the nightly flow, and replay its last weeks."""
    from app.demo import run_demo

    with errors_as_messages(folder):
        run_demo(folder, seed=seed, skus=skus, fresh=fresh, proof=proof)


@app.command(epilog="Example: restock run --settings demo-company/restock.toml --as-of 2026-03-31")
def run(
    settings: SettingsOption = HERE,
    as_of: AsOfOption = None,
    reread: Annotated[
        bool,
        typer.Option(
            "--reread", help="For a past date: read the sources again instead of what the run of that date stored."
        ),
    ] = False,
    reports: Annotated[bool, typer.Option("--reports/--no-reports", help="Write the reports after publishing.")] = True,
    json: JsonOption = False,
) -> None:
    """Plan now: read, validate, forecast, decide, publish."""
    from app.run import run_nightly

    with errors_as_messages(settings, publishes=True):
        run_nightly(settings, as_of=_date(as_of), reread=reread, reports=reports, as_json=json)


@app.command(epilog="Example: restock check --settings demo-company/restock.toml --data-docs")
def check(
    settings: SettingsOption = HERE,
    as_of: AsOfOption = None,
    data_docs: Annotated[
        bool, typer.Option("--data-docs", help="Build Great Expectations' Data Docs as well.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Read and validate the sources without planning; write what is wrong as a page and a workbook to correct."""
    from app.check.command import run_check

    with errors_as_messages(settings):
        run_check(settings, as_of=_date(as_of), data_docs=data_docs, as_json=json)


@app.command(epilog="Example: restock correct .restock/check/rejected.xlsx")
def correct(
    workbook: Annotated[Path, typer.Argument(help="Workbook of rejected rows that `restock check` wrote, corrected.")],
    settings: SettingsOption = HERE,
    json: JsonOption = False,
) -> None:
    """Use the rows that were corrected in the workbook of `restock check` from now on."""
    from app.check.correct import correct_rows

    with errors_as_messages(settings):
        correct_rows(settings, workbook, as_json=json)


@app.command(epilog="Example: restock simulate --weeks 26 --settings demo-company/restock.toml")
def simulate(
    settings: SettingsOption = HERE,
    weeks: Annotated[
        int | None, typer.Option(min=4, max=104, help="Weeks that are scored; simulation.weeks when not given.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DATE", help="Last day replayed; the newest when not given.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Replay the company's past: what restock would have ordered, served and cost, beside its own orders."""
    from app.simulate import run_simulation

    with errors_as_messages(settings):
        run_simulation(settings, weeks=weeks, until=_date(until, "--until"), as_json=json)


@app.command(epilog="Example: restock schedule --settings demo-company/restock.toml --next")
def schedule(
    settings: SettingsOption = HERE,
    only_next: Annotated[bool, typer.Option("--next", help="Only tell when the next runs are.")] = False,
    json: JsonOption = False,
) -> None:
    """Serve the nightly run and the weekly simulation at their times, until it is stopped."""
    from app.schedule import run_schedule

    with errors_as_messages(settings):
        run_schedule(settings, only_next=only_next, as_json=json)


@app.command(epilog="Example: restock status --json")
def status(settings: SettingsOption = HERE, json: JsonOption = False) -> None:
    """The published plan, and how the last runs ended."""
    from app.status import show_status

    with errors_as_messages(settings):
        show_status(settings, as_json=json)


@app.command(epilog="Example: restock show BTH-101 --location LEIPZIG")
def show(
    sku: Annotated[str, typer.Argument(help="SKU as in the products file.")],
    settings: SettingsOption = HERE,
    location: Annotated[str | None, typer.Option(help="Only this stocking location.")] = None,
    as_of: AsOfOption = None,
    json: JsonOption = False,
) -> None:
    """Everything about one item: history, forecast, stock, decision, and why."""
    from app.show import show_item

    with errors_as_messages(settings):
        show_item(settings, sku=sku, location=location, as_of=_date(as_of), as_json=json)


@app.command(epilog="Example: restock report --to reports/")
def report(
    settings: SettingsOption = HERE,
    to: Annotated[
        Path | None, typer.Option(help="Folder of the reports; reports/ beside restock.toml when not given.")
    ] = None,
    as_of: AsOfOption = None,
) -> None:
    """Write the planner's report, the order workbook and the director's budget page of a published plan."""
    from app.report import write_reports

    with errors_as_messages(settings):
        for file in write_reports(settings, to=to, as_of=_date(as_of)):
            echo(str(file))


@database.command("upgrade", epilog="Example: restock db upgrade --settings demo-company/restock.toml")
def upgrade_schema(settings: SettingsOption = HERE) -> None:
    """Bring the database's schema to this version of the program."""
    from app.db import upgrade_database

    with errors_as_messages(settings):
        upgrade_database(settings)


def _date(text: str | None, option: str = "--as-of") -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} is {text!r}, not a date; write it as 2026-03-31") from None


def main() -> None:
    """Entry point of the `restock` command."""
    os.environ.setdefault("PYTHONHASHSEED", "0")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that is not UTF-8 shows `?`, and nothing fails
    switch_off_telemetry()
    stop_on_signals()
    try:
        app()
    except SystemExit as end:
        leave_in_time(end.code if isinstance(end.code, int) else 0 if end.code is None else 1)
        raise
