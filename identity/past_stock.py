"""The stock of days before the first count: worked out backwards from it, by what came in and went out since.

A company that counts its stock for the first time can still replay its past: the stock of an earlier day is that of the
count, plus what was sold in between, less what came in. Such stock is always labelled, never taken for a count.
"""

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data_contracts.acceptance.cross_table_rules import without_future_rows
from data_contracts.as_of import next_period_start
from identity.resolve import resolve_identity
from identity.stockouts import ITEM
from intake.point_in_time import PointInTime, as_known_on
from settings import Settings

_LINE = ["order_number", "line_number"]


@dataclass(frozen=True)
class PastStock:
    """What is needed to work out the stock of a day before the first count.

    Attributes
    ----------
    counts: inventory of all days under canonical identity: as_of, sku, location, on_hand.
    movements: date, sku, location, units: what came in (above zero) or went out (below) on a day.
    """

    counts: pd.DataFrame
    movements: pd.DataFrame

    def on(self, day: dt.date, counted: Collection[str]) -> pd.DataFrame:
        """Stock of a day at the locations whose stock of that day nobody counted.

        Parameters
        ----------
        day: before a count of these locations.
        counted: locations of which the stock of that day is known.

        Returns
        -------
        One row per item that was counted later: sku, location, on_hand (0 where more came in since than is there),
        counted_on (the day of the count); sorted by key.
        """
        moment = pd.Timestamp(day)
        counts = self.counts.dropna(subset=["on_hand"])
        later = counts.loc[(counts["as_of"] > moment) & ~counts["location"].isin(list(counted))]
        first = later.sort_values(["as_of", *ITEM], kind="stable").drop_duplicates(ITEM)
        moved = self.movements.loc[self.movements["date"] > moment].merge(first[[*ITEM, "as_of"]], on=ITEM)
        since = moved.loc[moved["date"] <= moved["as_of"]].groupby(ITEM)["units"].sum()
        units = since.reindex(pd.MultiIndex.from_frame(first[ITEM])).fillna(0.0).to_numpy()
        found = first[ITEM].assign(
            on_hand=np.maximum(first["on_hand"].to_numpy("float64") - units, 0.0), counted_on=first["as_of"]
        )
        return found.sort_values(ITEM, ignore_index=True)


def as_it_stood(
    tables: Mapping[str, pd.DataFrame],
    as_of: dt.date,
    settings: Settings,
    stock: Callable[[], PastStock] | None = None,
    *,
    known_until: dt.date | None = None,
) -> PointInTime:
    """Tables as they were known on a day, with the stock worked out where it was counted only later.

    Parameters
    ----------
    tables: accepted tables of all days, before identity is resolved.
    as_of: last day of a complete period.
    settings: of the company.
    stock: gives the counts and movements of these tables; worked out from them where not given.
    known_until: of the newest plan; see `as_known_on`.

    Returns
    -------
    As of `intake.point_in_time.as_known_on`, with a sentence about the stock that was worked out.
    """
    company = settings.company
    known = as_known_on(tables, as_of, company.period, company.week_starts_on, known_until=known_until)
    inventory = known.tables.get("inventory")
    if inventory is None:
        return known
    counted = set(inventory["location"])
    every = tables["inventory"]
    if not ((every["as_of"] > pd.Timestamp(as_of)) & ~every["location"].isin(counted)).any():
        return known
    found = (stock or (lambda: stock_of(tables, settings)))().on(as_of, counted)
    if found.empty:
        return known
    made = found.drop(columns="counted_on").assign(
        as_of=pd.Timestamp(as_of).as_unit("ns"), reserved=0.0, backordered=0.0
    )
    made = made.reindex(columns=inventory.columns).astype(inventory.dtypes.to_dict(), errors="ignore")
    joined = made if inventory.empty else pd.concat([inventory, made], ignore_index=True)
    places = ", ".join(sorted(set(found["location"])))
    days = f"{found['counted_on'].min():%Y-%m-%d}"
    sentence = f"inventory: worked out backwards from the count of {days}, what was sold and what came in, at {places}"
    return PointInTime({**known.tables, "inventory": joined}, (*known.reconstructed, sentence))


def stock_of(tables: Mapping[str, pd.DataFrame], settings: Settings) -> PastStock:
    """Counts and movements of accepted tables of all days; rows of days to come are wrong and left out."""
    newest: dt.date = pd.Timestamp(tables["inventory"]["as_of"].max()).date()
    past = without_future_rows(tables, newest, settings).tables
    return past_stock(resolve_identity(past, settings).tables, settings.company.period)


def past_stock(tables: Mapping[str, pd.DataFrame], period: str) -> PastStock:
    """Counts and movements of stock, from all that is known up to the newest day.

    Parameters
    ----------
    tables: under canonical identity, with inventory of all days and `demand_lines`; not cut to a past day. Used beside
        them: purchase_orders with receipts, transfers.
    period: the company's. What is sold in a week or month leaves at its end.
    """
    lines = tables["demand_lines"]
    sold = lines["units"] - lines["resellable_units"]
    ends = next_period_start(lines["date"].to_numpy(), period) - np.timedelta64(1, "D")
    parts = [_moved(ends, lines, "location", -sold)]
    receipts, orders = tables.get("receipts"), tables.get("purchase_orders")
    if receipts is not None and orders is not None and len(receipts):
        of_items = receipts.merge(orders[[*_LINE, *ITEM]].drop_duplicates(_LINE), on=_LINE)
        parts.append(_moved(of_items["received_on"], of_items, "location", of_items["received_units"]))
    transfers = tables.get("transfers")
    if transfers is not None and len(transfers):
        parts.append(_moved(transfers["shipped_on"], transfers, "from_location", -transfers["units"]))
        parts.append(_moved(transfers["received_on"], transfers, "to_location", transfers["units"]))
    movements = pd.concat(parts, ignore_index=True).dropna(subset=["date"])
    return PastStock(tables["inventory"][["as_of", *ITEM, "on_hand"]], movements)


def _moved(dates: object, rows: pd.DataFrame, place: str, units: "pd.Series[float]") -> pd.DataFrame:
    moved = {"date": pd.Series(np.asarray(dates), dtype="datetime64[ns]"), "sku": rows["sku"].to_numpy()}
    return pd.DataFrame({**moved, "location": rows[place].to_numpy(), "units": units.to_numpy("float64")})
