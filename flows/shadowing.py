"""In the shadow of another process: what the plans of the last weeks suggested, beside what was really ordered."""

import datetime as dt

import pandas as pd
from sqlalchemy import Engine

from database.queries import shadow_suggestions
from flows.results import Inputs
from models.inventory.ordering.cut_over import compared_with_orders
from settings import Settings

COMPARED_DAYS = 28


def shadow_figures(engine: Engine, settings: Settings, inputs: Inputs, day: dt.date) -> pd.DataFrame:
    """The comparison as rows of `kpis`: name, value, unit, text; none where the plan is no shadow, or the first one."""
    columns = ["name", "value", "unit", "text"]
    since = day - dt.timedelta(days=COMPARED_DAYS)
    suggestions = shadow_suggestions(engine, since=since, before=day) if settings.cut_over.shadow else pd.DataFrame()
    if suggestions.empty:
        return pd.DataFrame(columns=columns)
    begun = suggestions["as_of"].min().date()
    found = compared_with_orders(suggestions, inputs.tables["purchase_orders"], since=begun, until=day)
    suggested, placed = found[found["suggested_units"] > 0], found[found["placed_units"] > 0]
    both, base = found[found["in_common"]], settings.company.base_currency
    only_here = found[~found["in_common"] & (found["suggested_units"] > 0)]
    worth = float(only_here["money_at_stake"].sum())
    difference = float(both["suggested_value_base"].sum() - both["placed_value_base"].sum())
    text = (
        f"Since {begun} the shadow plans suggested {len(suggested):,} lines of "
        f"{suggested['suggested_units'].sum():,.0f} units ({suggested['suggested_value_base'].sum():,.0f} {base}); "
        f"{len(placed):,} lines of {placed['placed_units'].sum():,.0f} units were ordered. In common are "
        f"{len(both):,}: there restock would have ordered for {abs(difference):,.0f} {base} "
        f"{'more' if difference > 0 else 'less'}. "
        f"Its {len(only_here):,} lines that nobody ordered were worth {worth:,.0f} {base} by the next review; "
        f"{len(placed) - len(both):,} lines were ordered that it would have left."
    )
    rows = [
        ("shadow_lines_suggested", float(len(suggested)), "lines", None),
        ("shadow_lines_placed", float(len(placed)), "lines", None),
        ("shadow_lines_in_common", float(len(both)), "lines", None),
        ("shadow_units_suggested", float(suggested["suggested_units"].sum()), "units", None),
        ("shadow_units_placed", float(placed["placed_units"].sum()), "units", None),
        ("shadow_value_difference", round(difference, 2), base, "of the lines in common"),
        ("shadow_not_ordered_at_stake", round(worth, 2), base, "of lines that nobody ordered"),
        ("shadow_comparison", None, None, text),
    ]
    return pd.DataFrame(rows, columns=columns)
