"""What the alternatives to a moved line cost, as far as the item's curve was evaluated for its options."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from models.inventory.ordering.alternatives import WEEK_DAYS, cost_of_waiting
from models.inventory.terms.rounding import round_up

_NAMES = ("cost_if_pack_more", "cost_if_pack_less", "cost_if_later", "later_days", "later_lost_units")


def instead(options: pd.DataFrame, reasons: Mapping[str, Any], new: Mapping[Any, Any]) -> dict[str, float | None]:
    """The alternatives of a line that a limit has moved, named as in the figures of a reason; None where not known.

    The curve itself is not at hand: it stands on demand paths that are drawn bucket by bucket and never stored, while
    limits are weighed for all buckets at once and nothing is decided twice. Its values at the options are: of a pack
    more and less where that is an option, and of the same order at the next review, which the options' lost and
    leftover units tell. Under reviews of less than a week, a week later ends in another window: not known.

    Parameters
    ----------
    options: of the item, one row at least, sorted by order_units; see `order_options`.
    reasons: the figures of its line. new: its row of `changed_choices`.

    Source: docs/method.md, Limits across items; `alternatives` for what each of them is.
    """
    units, cost, lost, left = (
        options[name].to_numpy(dtype=np.float64)
        for name in ("order_units", "expected_cost_base", "lost_units", "leftover_units")
    )
    order, pack = float(new["order_units"]), float(reasons["pack_units"])
    least = float(round_up(np.array([max(reasons["minimum_order_units"] or 0.0, pack)]), np.array([pack]))[0])
    chosen = cost[0] - float(new["money_at_stake"])

    def beyond(wanted: float) -> float | None:
        found = np.flatnonzero(np.abs(units - wanted) < 1e-6 * pack)
        return float(cost[found[0]] - chosen) if len(found) else None

    result: dict[str, float | None] = dict.fromkeys(_NAMES)
    result["cost_if_pack_more"] = beyond(order + pack if order > 0 else least)
    if order <= 0:
        return result
    if order - pack >= least - 1e-9:
        result["cost_if_pack_less"] = beyond(order - pack)
    days = float((pd.Timestamp(new["next_placed_on"]) - pd.Timestamp(options["placed_on"].iloc[0])).days)
    if days >= WEEK_DAYS:
        missed = max(float(lost[0] - new["lost_units"]), 0.0)
        spared = max(float(new["leftover_units"] - left[0]), 0.0)
        holding = float(options["holding_per_unit_day"].iloc[0])
        waited = float(cost_of_waiting(float(reasons["underage_cost"]), holding, days, missed, spared))
        result |= {"cost_if_later": waited, "later_days": days, "later_lost_units": missed}
    return result
