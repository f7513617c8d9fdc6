"""A choice that obeys every limit without a search: for programs that HiGHS gives no answer to.

Source: Kellerer, Pferschy & Pisinger (2004), Knapsack Problems, section 11.4 (greedy on the multipliers of a
relaxation).
"""

import numpy as np

from features.arrays import Floats, Ints
from models.inventory.constraints.program import TOLERANCE, Program


def ordering_nothing(program: Program) -> Ints:
    """(I,) the option of each item that orders nothing."""
    return np.flatnonzero(program.is_nothing)


def listed(program: Program, wanted: Ints, prices: Floats) -> Ints:
    """(I,) option of each item: the orders that save most first, in each of them the items that save most.

    An item takes the option wanted where that fits into what is left of the limits, else what costs least of those that
    fit. An order that stays below its minimum or costs more than ordering nothing is left out whole.

    Parameters
    ----------
    wanted: (I,) option of each item, such as the relaxation's.
    prices: (L,) of the limits, at which saving and cost are compared: what an option's use of them costs others.

    Returns
    -------
    A choice that obeys all limits wherever ordering nothing does, and costs no more than that.
    """
    priced = program.cost + program.uses.T @ prices
    choice = ordering_nothing(program)
    saving = priced[choice] - priced[wanted]
    uses, ends = program.uses.tocsc(), np.append(program.starts[1:], len(program.cost))
    slack = TOLERANCE * np.maximum(np.abs(program.amounts), 1.0)
    left = program.amounts - program.uses[:, choice].sum(axis=1)
    of_order = np.bincount(program.order, saving, len(program.orders.minimum))
    for order in np.argsort(-of_order, kind="stable"):
        tried, room = choice.copy(), left.copy()
        inside = np.flatnonzero(program.order == order)
        for item in inside[np.argsort(-saving[inside], kind="stable")]:
            options = np.arange(program.starts[item], ends[item])
            more = uses[:, options].toarray() - uses[:, [tried[item]]].toarray()
            fits = (more <= (room + slack)[:, None]).all(axis=0) | (options == tried[item])
            ranked = np.lexsort((priced[options], options != wanted[item], ~fits))
            tried[item] = options[ranked[0]]
            room -= more[:, ranked[0]]
        cheaper = program.costs_of(tried)[order] < program.costs_of(choice)[order]
        if cheaper and not program.short(tried)[order] and not program.over(tried).any():
            choice, left = tried, room
    return choice
