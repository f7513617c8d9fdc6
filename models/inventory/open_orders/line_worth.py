"""What it is worth to move the arrival of an open order line, on scenario paths.

Let short_t be the units of demand that find no stock until the end of day t when the line does not come at all. A line
of u units that can be sold from day p on changes nothing before p, and after it serves

    served_t = min(u, short_t - short_p)

of them, the rest of the line lies in stock: more stock at a point of time lowers the regulator of a process that is
kept at or above zero by as much as there is of it. So one walk without the line prices every day on which it could
come. Two days are compared until the later one: from then on both have the same units under way or sold, and orders
placed later make up for what was sold.

Source: docs/method.md, Open orders; reflection at zero, e.g. Asmussen (2003), Applied Probability and Queues, III.7.
"""

import numpy as np

from features.arrays import Floats, Ints


def short_by_day(available: Floats, inflow: Floats, demand: Floats) -> Floats:
    """Units of demand that find no stock, added up over the days.

    Parameters
    ----------
    available: (n,) units that can be sold now.
    inflow: (n, scenarios, days) units that become sellable at each day's start.
    demand: (n, scenarios, days).

    Returns
    -------
    (n, scenarios, days + 1): before the first day (0), and at the end of each day.

    >>> short_by_day(np.array([3.0]), np.array([[[0.0, 0.0, 4.0]]]), np.array([[[2.0, 2.0, 5.0]]])).tolist()
    [[[0.0, 0.0, 1.0, 2.0]]]
    """
    short = np.zeros((*demand.shape[:2], demand.shape[2] + 1))
    net = np.cumsum(inflow - demand, axis=2)
    net += np.maximum(available, 0.0)[:, None, None]
    np.negative(net, out=net)
    np.maximum(net, 0.0, out=net)
    np.maximum.accumulate(net, axis=2, out=short[:, :, 1:])
    return short


def at(values: Floats, day: Ints) -> Floats:
    """(n, scenarios) values of (n, scenarios, days) on each path's own day."""
    inside = np.clip(day, 0, values.shape[2] - 1)
    return np.asarray(np.take_along_axis(values, inside[:, :, None], axis=2)[:, :, 0])


def moved(short: Floats, units: Floats, first: Ints, second: Ints) -> tuple[Floats, Floats]:
    """What a line sells and how long it lies between two possible days of arrival.

    Parameters
    ----------
    short: see `short_by_day`, without the line; (n, scenarios, days + 1).
    units: (n,) of the line.
    first, second: (n, scenarios) index of the first day on which the line can be sold; first <= second.

    Returns
    -------
    sold (n,): expected units that the line serves before `second` when it comes on `first`.
    unit_days (n,): expected days that its units lie in stock meanwhile, added up over the units.
    """
    size = units[:, None]
    begin = at(short, first)
    sold = np.minimum(size, at(short, second) - begin)
    start, end = int(first.min(initial=0)), int(second.max(initial=0))
    since = np.maximum(short[:, :, start + 1 : end + 1] - begin[:, :, None], 0.0)
    day = np.arange(start, start + since.shape[2])
    between = (day >= first[:, :, None]) & (day < second[:, :, None])
    lying = np.where(between, np.maximum(size[:, :, None] - since, 0.0), 0.0)
    return sold.mean(axis=1), lying.sum(axis=2).mean(axis=1)
