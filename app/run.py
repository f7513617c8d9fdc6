"""`restock run`: the nightly flow with a person, or a scheduler, watching."""

import datetime as dt
from pathlib import Path
from typing import Any

from app.flow_run import flow_command
from app.terminal import echo
from reports.numbers import units

SHOWN_ORDERS = 5
SHOWN_CHANGES = 3


def run_nightly(
    settings_file: Path,
    *,
    as_of: dt.date | None = None,
    reread: bool = False,
    reports: bool = True,
    as_json: bool = False,
) -> None:
    """Run the flow, write the reports, print what to order.

    Parameters
    ----------
    settings_file: the company's restock.toml, or its folder.
    as_of: a past day to plan; the newest one when not given.
    reread: for a past day: read the sources again instead of what the run of that day stored.
    reports: write the reports after publishing.
    as_json: print the outcome for a program instead of the summary.

    Raises
    ------
    SettingsError, DataRefused, PublishError, RunLocked: see `flows.nightly.replenish`.
    """
    flow_command(
        settings_file,
        _flow,
        _print_summary,
        home="prefect",
        what="run",
        as_json=as_json,
        as_of=as_of.isoformat() if as_of else None,
        reread=reread,
        reports=reports,
    )


def _flow() -> Any:
    from flows.nightly import replenish

    return replenish


def _print_summary(settings_file: Path, outcome: dict[str, Any]) -> None:
    import pandas as pd

    from app.company import open_company, published_run
    from data_contracts.as_of import company_today
    from database.queries import recommendations
    from models.inventory.recommendations.reasons import stored_reasons
    from reports.numbers import about, counted
    from reports.reading import records
    from reports.worklist import CHANGE_ACTIONS, ORDER_ACTIONS, to_place_in_words, waiting, waiting_words

    settings, engine = open_company(settings_file)
    run = published_run(engine, dt.date.fromisoformat(outcome["as_of"]))
    base, today = settings.company.base_currency, company_today(settings)
    lines = recommendations(engine, run.run_id, order="money_at_stake")
    orders = lines[lines["action"].isin(ORDER_ACTIONS)]
    changes = lines[lines["action"].isin(CHANGE_ACTIONS)]
    label = f" ({', '.join(outcome['labels'])})" if outcome["labels"] else ""
    echo(
        f"\n{settings.company.name}: plan as of {run.as_of}{label} published as run {run.run_id}.\n"
        f"{counted(outcome['items'], 'item')} planned; {to_place_in_words(orders, base, today)}; "
        f"{counted(outcome['rejected_rows'], 'input row')} rejected, {counted(outcome['exceptions'], 'exception')}."
    )
    read = lines.assign(
        reasons=pd.Series([stored_reasons(each) for each in lines["reasons"]], lines.index, dtype=object)
    )
    more = waiting_words(waiting(read), base)
    if more:
        echo(f"{more}.")
    for note in outcome["notes"]:
        echo(f"Note: {note}.")
    if len(orders):
        echo("\nMost urgent:")
    for number, row in enumerate(records(orders.head(SHOWN_ORDERS)), start=1):
        echo(_order_line(number, row, base, today))
    if len(changes):
        saved = changes["money_at_stake"].sum()
        echo(f"\n{len(changes):,} open order lines worth changing, {about(saved, base)} in all; the best:")
    for row in records(changes.head(SHOWN_CHANGES)):
        why = stored_reasons(row["reasons"]).sentence
        echo(f"\n   {row['action'].capitalize()} {row['sku']} at {row['location']}: {why}")
    for file in outcome.get("reports", []):
        echo(f"  {file}")


def _order_line(number: int, row: dict[str, Any], base: str, today: dt.date) -> str:
    """One urgent order in two lines: what, from whom, until when; and why."""
    from models.inventory.recommendations.reasons import stored_reasons
    from reports.worklist import is_overdue

    source = row["supplier_name"] or row["supplier"] or row["from_location"] or "unknown"
    when = "should have been ordered on" if is_overdue(row["order_by"], today) else "order by"
    order_by = f", {when} {row['order_by']:%Y-%m-%d}" if row["order_by"] else ""
    return (
        f"\n{number}. {row['sku']} {row['name'] or ''} at {row['location']}: "
        f"{units(round(row['order_units']))} from {source}{order_by}; {row['money_at_stake'] or 0:,.0f} {base} at stake"
        f"\n   {stored_reasons(row['reasons']).sentence}"
    )
