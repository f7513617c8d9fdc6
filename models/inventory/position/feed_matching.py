"""Which approved and exported lines the feed of orders shows already: each unit counts once."""

import numpy as np
import pandas as pd

from models.inventory.terms.columns import KEY, days, numbers, texts

ON_ITS_WAY = frozenset({"approved", "exported", "confirmed"})
"""States of a planned line that count as on order until the feed shows it."""

MATCH_DAYS_BEFORE = 3
MATCH_DAYS_AFTER = 10
"""A feed order without our reference is one of our lines only when placed from so many days before to so many after."""

MATCH_UNITS_SHARE = 0.5
"""... and when its units differ by at most this share of the line's, or by one step."""

_FAR = 10**6


def unseen_lines(planned: pd.DataFrame, purchase_orders: pd.DataFrame, transfers: pd.DataFrame) -> pd.DataFrame:
    """The approved, exported and confirmed lines that the feed does not show: those that still count by themselves.

    A line is seen when a feed order carries its id as `external_reference`; else when a feed order of the same supplier
    and item, placed within some days of the line and for about as many units, belongs to no other line: the nearest in
    units, then in days. Finished feed orders count as seen. Lines without a supplier are sought among the transfers.

    Parameters
    ----------
    planned: columns line_id, sku, location, supplier, units, due_on, state, exported_at, placed_on.
    purchase_orders, transfers: canonical frames, finished orders included.

    Returns
    -------
    The rows of `planned` to be counted.

    Source: docs/method.md, Planned lines.
    """
    lines = planned[pd.Series(texts(planned, "state"), index=planned.index, dtype=object).isin(ON_ITS_WAY)]
    if lines.empty:
        return lines.reset_index(drop=True)
    lines = (
        lines.assign(line_id=lines["line_id"].astype(str)).sort_values("line_id", kind="stable").reset_index(drop=True)
    )
    feed = _feed(purchase_orders, transfers)
    if feed.empty:
        return lines
    reference = feed["external_reference"]
    seen = set(lines["line_id"]) & set(reference.dropna())
    free = feed[~reference.isin(set(planned["line_id"].astype(str)))]
    waiting = lines[~lines["line_id"].isin(seen)]
    if len(free) and len(waiting):
        seen |= _paired(waiting, free)
    return lines[~lines["line_id"].isin(seen)].reset_index(drop=True)


def _feed(purchase_orders: pd.DataFrame, transfers: pd.DataFrame) -> pd.DataFrame:
    """Orders and transfers as one: supplier ("" for transfers), sku, location, placed, units, external_reference."""
    parts = []
    if len(purchase_orders):
        parts.append(
            pd.DataFrame(
                {
                    "supplier": purchase_orders["supplier"].astype(object).to_numpy(),
                    "sku": purchase_orders["sku"].to_numpy(dtype=object),
                    "location": purchase_orders["location"].to_numpy(dtype=object),
                    "placed": days(purchase_orders, "ordered_on").astype("datetime64[ns]"),
                    "units": numbers(purchase_orders, "ordered_units", 0.0),
                    "external_reference": texts(purchase_orders, "external_reference"),
                }
            )
        )
    if len(transfers):
        parts.append(
            pd.DataFrame(
                {
                    "supplier": "",
                    "sku": transfers["sku"].to_numpy(dtype=object),
                    "location": transfers["to_location"].to_numpy(dtype=object),
                    "placed": days(transfers, "shipped_on").astype("datetime64[ns]"),
                    "units": numbers(transfers, "units", 0.0),
                    "external_reference": texts(transfers, "external_reference"),
                }
            )
        )
    if not parts:
        return pd.DataFrame()
    feed = pd.concat(parts, ignore_index=True).reset_index(names="feed_row")
    feed["external_reference"] = [None if value is None else str(value).strip() for value in feed["external_reference"]]
    return feed


def _paired(lines: pd.DataFrame, feed: pd.DataFrame) -> set[str]:
    """Ids of the lines that pair with a feed order by supplier, item, date and units; each order pairs once."""
    placed = days(lines, "placed_on")
    exported = days(lines, "exported_at")
    left = lines.assign(
        supplier=pd.Series(texts(lines, "supplier"), index=lines.index, dtype=object).fillna(""),
        line_placed=np.where(np.isnat(placed), exported, placed).astype("datetime64[ns]"),
        line_exported=exported.astype("datetime64[ns]"),
    )[["line_id", "supplier", *KEY, "units", "line_placed", "line_exported"]]
    pairs = left.merge(feed, on=["supplier", *KEY], suffixes=("", "_feed"))
    after = (pairs["placed"] - pairs["line_placed"]).dt.days.to_numpy(dtype=np.float64)
    since_export = (pairs["placed"] - pairs["line_exported"]).dt.days.to_numpy(dtype=np.float64)
    near = (after >= -MATCH_DAYS_BEFORE) & (after <= MATCH_DAYS_AFTER)
    near |= (since_export >= -MATCH_DAYS_BEFORE) & (since_export <= MATCH_DAYS_AFTER)
    apart = (pairs["units_feed"] - pairs["units"]).abs()
    near &= (apart <= np.maximum(MATCH_UNITS_SHARE * pairs["units"], 1.0)).to_numpy()
    pairs = pairs.assign(apart=apart, away=np.abs(np.nan_to_num(after, nan=_FAR)))[near]
    found: set[str] = set()
    used: set[int] = set()
    best = pairs.sort_values(["apart", "away", "line_id", "feed_row"], kind="stable")
    for line_id, feed_row in zip(best["line_id"].tolist(), best["feed_row"].tolist(), strict=True):
        if line_id not in found and feed_row not in used:
            found.add(line_id)
            used.add(feed_row)
    return found
