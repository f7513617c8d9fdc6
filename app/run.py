"""`restock run` and `restock demo`: the nightly flow with a person, or a scheduler, watching."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

from app.terminal import out, progress_watcher, say
from flows.execution.prefect_server import prefect_api, wait_until_ready
from flows.execution.run import run_folder
from reports.numbers import units
from settings import UsageError, load_settings

SHOWN_ORDERS = 5
SHOWN_CHANGES = 3
DEMO_SETTINGS = "restock.toml"


def run_demo(folder: Path, *, seed: int, skus: int, fresh: bool) -> None:
    """Write the demo company, unless edited files are there already, and plan it.

    Raises
    ------
    UsageError: the folder holds something that is no company.
    """
    settings_file = folder / DEMO_SETTINGS
    if settings_file.exists() and not fresh:
        say(f"Planning the company that is in {folder}/ already; --fresh writes it anew.")
    else:
        if folder.exists() and any(folder.iterdir()) and not settings_file.exists():
            raise UsageError(f"{folder} is not empty and holds no {DEMO_SETTINGS}; name another folder")
        from demo import write_company

        say(f"Writing a company of {skus} SKUs to {folder}/ ...")
        write_company(folder, seed=seed, skus=skus)
    run_nightly(settings_file)
    say(
        f"\nNext: open {folder}/reports/planner.html, or\n"
        f"  restock show SKU --settings {settings_file}\n"
        f"  edit the files in {folder}/ and run: restock run --settings {settings_file}"
    )


def run_nightly(
    settings_file: Path,
    *,
    as_of: dt.date | None = None,
    reread: bool = False,
    reports: bool = True,
    as_json: bool = False,
) -> None:
    """Run the flow, write the reports, print what to order."""
    settings = load_settings(settings_file)
    if settings_file.is_dir():
        settings_file = settings_file / DEMO_SETTINGS
    with prefect_api(run_folder(settings) / "prefect"):
        from app.company import open_company

        open_company(settings_file, create=True)
        from flows.nightly import nightly_replenishment

        wait_until_ready()
        with progress_watcher(quiet=as_json) as watcher:
            from flows.execution.progress import stage, watched_by

            with watched_by(watcher):
                outcome: dict[str, Any] = nightly_replenishment(
                    settings_file=str(settings_file), as_of=as_of.isoformat() if as_of else None, reread=reread
                )
                if reports:
                    from app.showing import write_reports

                    stage("Write the reports", 1)
                    written = write_reports(settings_file, to=None, as_of=dt.date.fromisoformat(outcome["as_of"]))
                    outcome["reports"] = [str(file) for file in written]
    if as_json:
        out.print_json(json.dumps(outcome, default=str))
    else:
        _print_summary(settings_file, outcome)


def _print_summary(settings_file: Path, outcome: dict[str, Any]) -> None:
    from app.company import open_company, published_run
    from database.queries import recommendations
    from reports.reading import records
    from reports.worklist import CHANGES, REPLENISHES

    settings, engine = open_company(settings_file)
    run = published_run(engine, dt.date.fromisoformat(outcome["as_of"]))
    base = settings.company.base_currency
    lines = recommendations(engine, run.run_id, order="money_at_stake")
    orders = lines[lines["action"].isin(REPLENISHES)]
    changes = lines[lines["action"].isin(CHANGES)]
    label = f" ({', '.join(outcome['labels'])})" if outcome["labels"] else ""
    say(
        f"\n{settings.company.name}: plan as of {run.as_of}{label} published as run {run.run_id}.\n"
        f"{outcome['items']:,} items planned; {len(orders):,} lines to order tonight for "
        f"{orders['order_value_base'].sum():,.0f} {base}; {outcome['rejected_rows']:,} input rows rejected, "
        f"{outcome['exceptions']:,} exceptions."
    )
    if len(orders):
        say("\nMost urgent:")
    for number, row in enumerate(records(orders.head(SHOWN_ORDERS)), start=1):
        say(_order_line(number, row, base))
    if len(changes):
        saved = changes["money_at_stake"].sum()
        say(f"\n{len(changes):,} open order lines worth changing, {saved:,.0f} {base} in all; the best:")
    for row in records(changes.head(SHOWN_CHANGES)):
        say(f"\n   {row['action'].capitalize()} {row['sku']} at {row['location']}: {row['reasons']['sentence']}")
    for file in outcome.get("reports", []):
        say(f"  {file}")


def _order_line(number: int, row: dict[str, Any], base: str) -> str:
    """One urgent order in two lines: what, from whom, until when; and why."""
    source = row["supplier_name"] or row["supplier"] or row["from_location"] or "unknown"
    order_by = f", order by {row['order_by']:%Y-%m-%d}" if row["order_by"] else ""
    reasons = row["reasons"] if isinstance(row["reasons"], dict) else {}
    return (
        f"\n{number}. {row['sku']} {row['name'] or ''} at {row['location']}: "
        f"{units(round(row['order_units']))} from {source}{order_by}; {row['money_at_stake'] or 0:,.0f} {base} at stake"
        f"\n   {reasons.get('sentence', '')}"
    )
