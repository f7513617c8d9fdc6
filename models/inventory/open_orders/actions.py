"""Open orders that come too late, too early or for nothing: proposals to expedite, postpone or cancel them.

Every open line is compared with itself on another day (`line_worth`), or never (`line_cancelling`), given everything
else that is on its way and what is ordered tonight. A proposal is made where the expected cost falls by more than the
company's thresholds. Lines of an item are settled one after the other, so that no unit is counted on twice: first those
to be cancelled, from the last to come on; then those to be hurried, from the first; then those to be postponed.
"""

import numpy as np
import pandas as pd

from models.demand.distribution.demand_distribution import DemandDistribution
from models.inventory.open_orders.cancelling import cancelling
from models.inventory.open_orders.changeable_lines import Lines, changeable_lines, rounds_of_items
from models.inventory.open_orders.moves import moves
from models.inventory.recommendations.plan import Plan

EXPEDITE, POSTPONE, CANCEL = "expedite", "postpone", "cancel"
CHANGES = (EXPEDITE, POSTPONE, CANCEL)
COLUMNS = ["line", "item", "action", "days", "worth", "units", "served", "holding", "write_off", "left_over"]


def open_order_actions(plan: Plan, distribution: DemandDistribution) -> pd.DataFrame:
    """The proposals of a bucket.

    Parameters
    ----------
    plan: the decided bucket.
    distribution: the demand that was decided on.

    Returns
    -------
    DataFrame, one row per line to change, sorted by line: line (row of `state.supply.lines`), item, action, days
    (moved by, negative for earlier; 0 for a cancellation), worth (base currency, > 0), units, served (expected units
    that are sold more, negative for less), holding, write_off (saved, base currency), left_over (units of a cancelled
    line that would not be sold).

    Source: docs/method.md, Open orders.
    """
    lines = changeable_lines(plan)
    if not (lines.can_hurry | lines.can_wait).any():
        return pd.DataFrame(columns=COLUMNS)
    cancelled = _cancelled(plan, distribution, lines)
    gone = np.zeros(len(lines.item), dtype=bool)
    gone[cancelled["line"].to_numpy(dtype=np.int64)] = True
    parts = [part for part in (cancelled, moves(plan, distribution, lines, gone)) if len(part)]
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    return pd.concat(parts, ignore_index=True).sort_values("line", kind="stable", ignore_index=True)[COLUMNS]


def _cancelled(plan: Plan, distribution: DemandDistribution, lines: Lines) -> pd.DataFrame:
    """Lines that are not needed within the horizon, or that an item's end makes worthless, from the last to come on."""
    items = len(plan.state)
    supply = np.maximum(np.nan_to_num(plan.state.stock.available), 0.0)
    supply += np.bincount(lines.item, weights=lines.units, minlength=items)[:items]
    waiting = np.flatnonzero(lines.can_wait)
    found = []
    for rows in rounds_of_items(waiting[np.argsort(-lines.arrives[waiting], kind="stable")], lines.item):
        item, units = lines.item[rows], lines.units[rows]
        result = cancelling(plan, distribution, item, units, lines.arrives[rows], supply[item] - units)
        good = result.is_unneeded & (result.worth >= lines.least[rows])
        supply[item] -= np.where(good, units, 0.0)
        frame = pd.DataFrame(
            {
                "line": rows,
                "item": item,
                "action": CANCEL,
                "days": 0,
                "worth": result.worth,
                "units": units,
                "served": -result.lost,
                "holding": result.holding,
                "write_off": result.write_off,
                "left_over": result.left_over,
            }
        )
        found.append(frame[good])
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=COLUMNS)
