"""The share of rejected rows of one source over time, as a small chart."""

import datetime as dt
from collections.abc import Sequence

from markupsafe import Markup, escape

from reports.charts import Box, nice_top
from reports.numbers import estimate


def share_chart(*, identity: str, table: str, days: Sequence[dt.date], shares: Sequence[float]) -> Markup:
    """Share of the rows of a table that were rejected, by night; the last one is labelled.

    Parameters
    ----------
    identity: unique on the page; letters, digits and hyphens.
    table: the source.
    days: of the nights, rising.
    shares: rejected of read, 0 to 1, one a day.
    """
    numbers = [day.toordinal() for day in days]
    percent = [100 * share for share in shares]
    top, step = nice_top(max([*percent, 0.1]))
    box = Box(320.0, 120.0, numbers[0], numbers[-1], top, left=42.0, right=66.0, above=14.0)
    parts = []
    for k in range(round(top / step) + 1):
        y, kind = box.y(k * step), "base" if k == 0 else "grid"
        parts.append(f'<path d="M{box.left:.0f} {y:.1f}H{box.width - box.right:.0f}" class="{kind}"/>')
        parts.append(_text(box.left - 5, y + 4, f"{estimate(k * step)} %", "end"))
    points = [(box.x(day), box.y(value)) for day, value in zip(numbers, percent, strict=True)]
    if len(points) > 1:
        parts.append(f'<path d="M{"L".join(f"{x:.1f} {y:.1f}" for x, y in points)}" class="median"/>')
    parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" class="dot"/>' for x, y in points]
    x, y = points[-1]
    parts.append(_text(x + 6, y + 4, f"{estimate(percent[-1])} %", "label"))
    parts.append(_text(points[0][0], box.height - 6, str(days[0]), "" if len(days) > 1 else "mid"))
    if len(days) > 1:
        parts.append(_text(x, box.height - 6, str(days[-1]), "end"))
    nights = f"{len(days)} nights, {days[0]} to {days[-1]}"
    words = f"{nights}: at most {estimate(max(percent))} %, last {estimate(percent[-1])} %."
    return Markup(  # noqa: S704 - numbers and escaped text
        f'<svg class="chart small" viewBox="0 0 {box.width:.0f} {box.height:.0f}" width="{box.width:.0f}" '
        f'height="{box.height:.0f}" role="img" aria-labelledby="{identity}-t {identity}-d">'
        f'<title id="{identity}-t">{escape(f"Share of rejected rows of {table}")}</title>'
        f'<desc id="{identity}-d">{escape(words)}</desc>{"".join(parts)}</svg>'
    )


def _text(x: float, y: float, text: str, kind: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}">{escape(text)}</text>'
