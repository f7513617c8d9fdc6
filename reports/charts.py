"""Charts as inline SVG. Text stays text; every colour is a CSS variable, so light, dark and print all work."""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup, escape
from numpy.typing import NDArray

from reports.numbers import estimate

Array = NDArray[np.float64]
# Text is 11 pixels high; on a phone, where charts shrink to half, 18 of the chart's own.
_APART = 15.0  # least distance of two labels, pixels
_MONTH_BELOW = 22.0  # from the axis to the line of its months, clear of the zero beside it
_UNIT_LINE = 17.0  # where the unit stands: 18 pixels of letters have room above it
_LABEL_WIDTH = 170.0  # of "arrives 2026-12-10", pixels

# Drawn once on a page; charts refer to it by its id.
HATCH = Markup(
    '<svg width="0" height="0" class="defs" aria-hidden="true" focusable="false"><defs>'
    '<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="2" height="6" class="hatch"/></pattern></defs></svg>'
)


@dataclass(frozen=True)
class Box:
    """Where a chart's data lie: days on x, amounts from zero on y, in a box of `width` x `height` pixels."""

    width: float
    height: float
    first_day: float
    last_day: float
    top: float
    left: float = 46.0
    right: float = 52.0
    above: float = 34.0
    below: float = 28.0

    def x(self, day: float) -> float:
        """Pixels of a day number."""
        span = max(self.last_day - self.first_day, 1.0)
        return self.left + (day - self.first_day) / span * (self.width - self.left - self.right)

    def y(self, amount: float) -> float:
        """Pixels of an amount."""
        return self.height - self.below - amount / self.top * (self.height - self.above - self.below)


def nice_top(largest: float) -> tuple[float, float]:
    """An upper end of the axis at or above `largest`, and the step between its ticks.

    >>> nice_top(87.0), nice_top(0.0)
    ((100.0, 50.0), (1.0, 0.5))
    """
    if not math.isfinite(largest) or largest <= 0:
        return 1.0, 0.5
    magnitude = 10.0 ** math.floor(math.log10(largest))
    for factor, parts in [(1, 2), (1.5, 3), (2, 2), (3, 3), (4, 2), (5, 5), (6, 3), (8, 4), (10, 2)]:
        if largest <= factor * magnitude * (1 + 1e-9):
            return factor * magnitude, factor * magnitude / parts
    return 10 * magnitude, 5 * magnitude


def item_chart(
    *,
    identity: str,
    label: str,
    starts: Sequence[str],
    units: Sequence[float | None],
    out_of_stock_share: Sequence[float | None],
    as_of: dt.date,
    fan_starts: Sequence[dt.date],
    fan: Array,
    arrival: dt.date | None,
) -> Markup:
    """Weekly history and forecast of one item.

    Parameters
    ----------
    identity: unique on the page; letters, digits and hyphens.
    label: the item in words.
    starts, units, out_of_stock_share: history by week, oldest first; units None where unknown.
    fan_starts: first days of the forecast weeks.
    fan: (5, weeks) P5, P25, P50, P75, P95 of each week's demand, units.
    as_of: last day of the history.
    arrival: day on which the suggestion would arrive; None where nothing is suggested.
    """
    history = [dt.date.fromisoformat(start[:10]).toordinal() for start in starts]
    known = [value for value in units if value is not None]
    largest = max([*known, float(fan[4].max()) if fan.size else 0.0, 0.0])
    top, step = nice_top(largest)
    first = history[0] if history else as_of.toordinal()
    last = fan_starts[-1].toordinal() + 7 if fan_starts else as_of.toordinal() + 1
    box = Box(680.0, 212.0, first, last, top, left=56.0)
    parts = [_axes(box, step), _months(box, first, last)]
    for start, share in zip(history, out_of_stock_share, strict=False):
        if share:
            x, width = box.x(start), (box.x(start + 7) - box.x(start)) * min(share, 1.0)
            parts.append(_rect(x, box.y(top), width, box.y(0) - box.y(top), "out"))
    parts.append(_path(_line(box, [start + 3.5 for start in history], units), "line"))
    middle = [start.toordinal() + 3.5 for start in fan_starts]
    if fan.size:
        parts += [
            _path(_band(box, middle, fan[0], fan[4]), "band outer"),
            _path(_band(box, middle, fan[1], fan[3]), "band inner"),
            _path(_line(box, middle, fan[2].tolist()), "median"),
            _end_labels(box, middle[-1], [("P95", fan[4, -1]), ("P50", fan[2, -1]), ("P5", fan[0, -1])]),
        ]
    parts.append(_marker(box, as_of.toordinal() + 1, f"as of {as_of}", "end"))
    if arrival is not None and as_of < arrival and arrival.toordinal() <= last:
        fits = box.x(arrival.toordinal()) + _LABEL_WIDTH < box.width
        parts.append(_marker(box, arrival.toordinal(), f"arrives {arrival}", "start" if fits else "end", not fits))
    parts.append(_text(2, _UNIT_LINE, "units a week", "unit"))
    described = _item_words(units, out_of_stock_share, fan)
    return _svg(box, identity, f"Weekly demand of {label}", described, parts)


def month_chart(
    *,
    identity: str,
    label: str,
    unit: str,
    months: Sequence[dt.date],
    low: Sequence[float],
    middle: Sequence[float],
    high: Sequence[float],
    others: Sequence[tuple[str, str, Sequence[float | None]]],
) -> Markup:
    """P10 to P90 by month with the median, and lines such as last year's to compare.

    Parameters
    ----------
    identity: unique on the page; letters, digits and hyphens.
    label, unit: what is drawn, in words, and its unit.
    months: first days of the months.
    low, middle, high: P10, P50 and P90 by month.
    others: name, CSS class (last-year or plan) and value by month (None: not known).
    """
    values = [*high, *(value for _, _, line in others for value in line if value is not None)]
    lowest = min([*low, 0.0])
    top, step = nice_top(max([*values, 0.0, -lowest]))
    days = [month.toordinal() for month in months]
    box = Box(620.0, 252.0, days[0], days[-1], top, left=64.0, right=74.0)
    parts = [_axes(box, step), *(_month_tick(box, month) for month in months[::2])]
    parts += [
        _path(_band(box, days, np.maximum(low, 0.0), np.maximum(high, 0.0)), "band inner"),
        _path(_line(box, days, [max(value, 0.0) for value in middle]), "median"),
    ]
    parts += [_dot(box, day, max(value, 0.0)) for day, value in zip(days, middle, strict=True)]
    ends = [("P90", high[-1]), ("P50", middle[-1]), ("P10", low[-1])]
    for number, (name, kind, line) in enumerate(others):
        parts.append(_path(_line(box, days, line), kind))
        known = [(box.x(day), box.y(value)) for day, value in zip(days, line, strict=True) if value is not None]
        if known:
            x, y = known[(2 * number + 1) * len(known) // (2 * len(others))]
            parts.append(_text(x, y - 6, name, "label mid"))
    parts += [_end_labels(box, days[-1], ends), _text(2, _UNIT_LINE, unit, "unit")]
    words = (
        f"From {months[0]:%Y-%m} to {months[-1]:%Y-%m}. "
        f"P50 between {estimate(min(middle))} and {estimate(max(middle))}; "
        f"P10 at the lowest {estimate(min(low))}, P90 at the highest {estimate(max(high))} {unit}."
    )
    return _svg(box, identity, label, words, parts)


def share_chart(*, identity: str, table: str, days: Sequence[dt.date], shares: Sequence[float]) -> Markup:
    """Share of the rows of a table that were rejected, by run; the last one is labelled.

    Parameters
    ----------
    identity: unique on the page; letters, digits and hyphens.
    table: the source.
    days: of the runs, rising.
    shares: rejected of read, 0 to 1, one a day.
    """
    numbers = [day.toordinal() for day in days]
    percent = [100 * share for share in shares]
    top, step = nice_top(max([*percent, 0.1]))
    box = Box(320.0, 120.0, numbers[0], numbers[-1], top, left=42.0, right=66.0, above=14.0)
    x, y = box.x(numbers[-1]), box.y(percent[-1])
    parts = [
        _axes(box, step, " %"),
        _path(_line(box, numbers, percent), "median") if len(numbers) > 1 else "",
        *(_dot(box, day, value) for day, value in zip(numbers, percent, strict=True)),
        _text(x + 6, y + 4, f"{estimate(percent[-1])} %", "label"),
        _text(box.x(numbers[0]), box.height - 6, str(days[0]), "" if len(days) > 1 else "mid"),
        _text(x, box.height - 6, str(days[-1]), "end") if len(days) > 1 else "",
    ]
    runs = f"{len(days)} runs, {days[0]} to {days[-1]}"
    words = f"{runs}: at most {estimate(max(percent))} %, last {estimate(percent[-1])} %."
    return _svg(box, identity, f"Share of rejected rows of {table}", words, parts, "chart small")


def _item_words(units: Sequence[float | None], out_of_stock_share: Sequence[float | None], fan: Array) -> str:
    recent = [value for value in units[-13:] if value is not None]
    words = f"Last 13 weeks: {estimate(sum(recent))} units of demand. " if recent else "No sales are known. "
    empty = sum(1 for share in out_of_stock_share if share)
    if empty:
        words += f"Out of stock in {empty} of {len(units)} weeks (hatched). "
    if fan.size:
        words += f"Next week: median {estimate(fan[2, 0])}, P5 {estimate(fan[0, 0])}, P95 {estimate(fan[4, 0])} units."
    return words


def _svg(box: Box, identity: str, title: str, description: str, parts: Sequence[str], kind: str = "chart") -> Markup:
    body = "".join(parts)
    return Markup(  # noqa: S704 - the parts are numbers and escaped text
        f'<svg class="{kind}" viewBox="0 0 {box.width:.0f} {box.height:.0f}" width="{box.width:.0f}" '
        f'height="{box.height:.0f}" role="img" aria-labelledby="{identity}-t {identity}-d">'
        f'<title id="{identity}-t">{escape(title)}</title><desc id="{identity}-d">{escape(description)}</desc>'
        f"{body}</svg>"
    )


def _axes(box: Box, step: float, unit: str = "") -> str:
    lines = []
    for k in range(round(box.top / step) + 1):
        y = box.y(k * step)
        kind = "base" if k == 0 else "grid"
        lines.append(f'<path d="M{box.left:.0f} {y:.1f}H{box.width - box.right:.0f}" class="{kind}"/>')
        lines.append(_text(box.left - 5, y + 4, f"{_short(k * step)}{unit}", "end"))
    return "".join(lines)


def _short(amount: float) -> str:
    """An amount on an axis, in thousands or millions where it has as many."""
    for size, name in ((1e6, "M"), (1e3, "k")):
        if abs(amount) >= size:
            return f"{estimate(amount / size)} {name}"
    return estimate(amount)


def _months(box: Box, first: float, last: float) -> str:
    month = dt.date.fromordinal(int(first)).replace(day=1)
    ticks = []
    while month.toordinal() <= last:
        if month.month % 3 == 1 and month.toordinal() >= first:
            ticks.append(_month_tick(box, month))
        month = (month + dt.timedelta(days=32)).replace(day=1)
    return "".join(ticks)


def _month_tick(box: Box, month: dt.date) -> str:
    x, y = box.x(month.toordinal()), box.height - box.below
    return f'<path d="M{x:.1f} {y:.0f}v4" class="base"/>' + _text(x, y + _MONTH_BELOW, f"{month:%Y-%m}", "mid")


def _marker(box: Box, day: float, text: str, anchor: str, is_lower: bool = False) -> str:
    """A dashed line at a day; its label stands above the plot, or in it where another label is in the way."""
    x = box.x(day)
    shift = -4 if anchor == "end" else 4
    return f'<path d="M{x:.1f} {box.above - 6:.0f}V{box.y(0):.1f}" class="marker"/>' + _text(
        x + shift, box.above + (10 if is_lower else -8), text, anchor
    )


def _end_labels(box: Box, day: float, ends: Sequence[tuple[str, float]]) -> str:
    """Names beside the ends of the lines, moved apart so that none covers another."""
    placed = sorted(((box.y(max(value, 0.0)) + 4, name) for name, value in ends), key=lambda end: (end[0], end[1]))
    heights = [height for height, _ in placed]
    for k in range(1, len(heights)):
        heights[k] = max(heights[k], heights[k - 1] + _APART)
    overflow = max(heights[-1] - (box.height - box.below + 4), 0.0) if heights else 0.0
    for k in range(len(heights) - 1, -1, -1):
        heights[k] -= overflow
        if k and heights[k] - _APART >= heights[k - 1]:
            break
    return "".join(
        _text(box.x(day) + 6, height, name, "label") for height, (_, name) in zip(heights, placed, strict=True)
    )


def _band(box: Box, days: Sequence[float], low: Sequence[float] | Array, high: Sequence[float] | Array) -> str:
    upper = [f"{box.x(day):.1f} {box.y(float(value)):.1f}" for day, value in zip(days, high, strict=True)]
    lower = [f"{box.x(day):.1f} {box.y(float(value)):.1f}" for day, value in zip(days, low, strict=True)]
    return f"M{'L'.join(upper + lower[::-1])}Z"


def _line(box: Box, days: Sequence[float], values: Sequence[float | None]) -> str:
    pieces, pen = [], "M"
    for day, value in zip(days, values, strict=True):
        if value is None:
            pen = "M"
            continue
        pieces.append(f"{pen}{box.x(day):.1f} {box.y(value):.1f}")
        pen = "L"
    return "".join(pieces)


def _path(shape: str, kind: str) -> str:
    return f'<path d="{shape}" class="{kind}"/>' if shape else ""


def _dot(box: Box, day: float, value: float) -> str:
    return f'<circle cx="{box.x(day):.1f}" cy="{box.y(value):.1f}" r="2.5" class="dot"/>'


def _rect(x: float, y: float, width: float, height: float, kind: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" class="{kind}"/>'


def _text(x: float, y: float, text: str, kind: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}">{escape(text)}</text>'
