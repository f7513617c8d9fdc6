"""The limits of orders: containers, order budgets and room, as rows of the program."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.arrays import Floats, Ints
from models.inventory.constraints.open_to_buy import ALL
from models.inventory.terms.columns import days, texts

MINIMUM, FREIGHT = "supplier_minimum", "free_freight"
VOLUME, WEIGHT = "container_volume", "container_weight"
BUDGET, CAPACITY = "open_to_buy", "capacity"

Groups = tuple[Ints, pd.DataFrame]
"""(items,) group that an item's goods travel in, -1 for none; and one row per group."""


@dataclass(frozen=True)
class Limit:
    """A row of the program as people know it.

    Attributes
    ----------
    kind, scope, month, unit: as in the table `constraint_prices`.
    supplier: name of the supplier that it is about, else "".
    amount: the limit. taken: what is used of it before this run.
    step: what a little more or less of it is.
    """

    kind: str
    scope: str
    month: dt.date
    unit: str
    supplier: str
    amount: float
    taken: float
    step: float


def container_limits(
    volume: Floats, weight: Floats, groups: Groups, chosen: Ints, item: Ints
) -> list[tuple[Limit, Floats]]:
    """Room of the containers whose cost is not known: as many as the wanted goods fill, the last at least by half.

    Parameters
    ----------
    volume, weight: (N,) m3 and kg of each option.
    groups: in which group of containers each item travels, and what one container holds.
    chosen: (items,) option that each item takes by itself.
    item: (N,) item of each option.

    Returns
    -------
    Limits, each with what every option takes of it, (N,).
    """
    of, table = groups
    found = []
    for group in np.unique(of[of >= 0]):
        row = table.iloc[int(group)]
        inside = of[item] == group
        sizes = {VOLUME: (volume, row["container_m3"], "m3"), WEIGHT: (weight, row["container_kg"], "kg")}
        known = {kind: size for kind, size in sizes.items() if size[1] > 0}
        wanted = max(float(size[chosen][of == group].sum()) / room for size, room, _ in known.values())
        count = max(np.floor(wanted + 0.5), 1.0)
        month = pd.Timestamp(row["placed_on"]).date().replace(day=1)
        for kind, (size, room, unit) in known.items():
            limit = Limit(kind, str(row["scope"]), month, unit, str(row["name"]), count * room, 0.0, float(room))
            found.append((limit, np.where(inside, size, 0.0)))
    return found


def budget_limits(options: pd.DataFrame, budgets: pd.DataFrame, base: str) -> list[tuple[Limit, Floats]]:
    """What is left of each month's order budget, in all and by category; a month without one has none."""
    month = days(options, "placed_on").astype("datetime64[M]")
    category, value = texts(options, "category"), options["order_value_base"].to_numpy(dtype=np.float64)
    found = []
    columns = [budgets[name].tolist() for name in ("month", "category", "amount_base", "committed_base")]
    for first, group, amount, committed in zip(*columns, strict=True):
        of = pd.Timestamp(first).date()
        inside = month == np.datetime64(of, "M")
        if group != ALL:
            inside &= category == group
        if inside.any() and np.isfinite(amount):
            limit = Limit(BUDGET, group, of, base, "", amount, committed, round_step(amount))
            found.append((limit, np.where(inside, np.nan_to_num(value), 0.0)))
    return found


def storage_limits(options: pd.DataFrame, volume: Floats, storage_capacity: pd.DataFrame) -> list[tuple[Limit, Floats]]:
    """Room at each location beside its stock and what is on its way there."""
    location = options["location"].to_numpy(dtype=object)
    found = []
    columns = [storage_capacity[name].tolist() for name in ("location", "capacity_m3", "taken_m3")]
    for place, capacity, taken in zip(*columns, strict=True):
        inside = location == place
        if inside.any():
            month = pd.Timestamp(options["placed_on"].to_numpy()[inside].min()).date().replace(day=1)
            limit = Limit(CAPACITY, place, month, "m3", "", capacity, taken, round_step(capacity))
            found.append((limit, np.where(inside, volume, 0.0)))
    return found


def round_step(amount: float) -> float:
    """About a tenth of an amount as a round number: 1, 2 or 5 times a power of ten.

    >>> [round_step(amount) for amount in (500.0, 20_000.0, 0.0)]
    [50.0, 2000.0, 1.0]
    """
    if amount <= 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(amount / 10))
    return float(max(step for step in (1, 2, 5) if step * power <= amount / 10 * (1 + 1e-9)) * power)
