"""Made-up bundles, in stock and on order, as units of the components that are planned.

A bundle has no demand of its own beside that of its components, so neither has its stock. Made-up bundles serve the
bundle's demand first: they count as units of their components as far as the bundle sells them within the component's
lead time, at its pace of the last `PACE_DAYS` days; of a component that is sold in bundles only, all of them count.
What is beyond that serves nobody who buys the component alone, and is left out.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data_contracts.declarations import EVERYTHING
from identity.bundles import flatten_bundles
from identity.sku_codes import merge_rows

PACE_DAYS = 91
LEAD_TIME_DAYS = 14.0
"""Where the component's terms name no lead time."""

SAME_COUNT_DAYS = 7

_ONLY = 0.999
"""Share of its units in bundles from which a component counts as sold in bundles only."""

COMPONENT_COLUMNS = (
    "sku",
    "component_sku",
    "location",
    "units_in_bundle",
    "sold_units",
    "stock_units",
    "stock_counted",
    "order_units",
    "order_counted",
)
"""Of a bundle (`sku`) and component: units sold in it within `PACE_DAYS`, in stock, on order; which of them count."""

Room = dict[tuple[str, str, str], float]
"""Units that still count, by component, location and bundle."""

_ITEM = ["sku", "location"]
_USE = ["sku", "component_sku", "location"]
_LINE = ["order_number", "line_number"]
_FINISHED = ("cancelled", "closed", "received")


@dataclass(frozen=True)
class MadeUp:
    """Tables without bundles in stock and orders.

    Attributes
    ----------
    tables: those with rows of bundles, in components: inventory, purchase_orders, receipts, transfers, stock_levels,
        stockouts, supply_terms, transfer_terms.
    components: one row per bundle, component and location where the bundle is sold, stocked or ordered, and one at
        `EVERYTHING` for a bundle that is nowhere; columns `COMPONENT_COLUMNS`, all but units_in_bundle in units of the
        component.
    rows: of bundles, by table.
    """

    tables: dict[str, pd.DataFrame]
    components: pd.DataFrame
    rows: dict[str, int]

    @property
    def counted(self) -> float:
        """Units of components that made-up bundles in stock or on order count as."""
        return float(self.components[["stock_counted", "order_counted"]].to_numpy("float64").sum())

    @property
    def left_out(self) -> float:
        """Units of components in made-up bundles that serve nobody."""
        there = self.components[["stock_units", "order_units"]].to_numpy("float64").sum()
        return float(there) - self.counted


def take_made_up_apart(tables: Mapping[str, pd.DataFrame], as_of: dt.date) -> MadeUp:
    """Stock, orders, transfers and terms of bundles turned into those of their components, or left out.

    Terms of bundles are left out: components are ordered. The stock history of a bundle is that of a component that is
    sold in bundles only, and of no other.

    Parameters
    ----------
    tables: with canonical SKUs: bundles, sales, demand_lines (of components); others where they are.
    as_of: day of the decision.
    """
    bundles = tables.get("bundles")
    if bundles is None or bundles.empty:
        return MadeUp({}, pd.DataFrame(columns=list(COMPONENT_COLUMNS)), {})
    flat = flatten_bundles(bundles).rename(columns={"bundle_sku": "sku", "units": "units_in_bundle"})
    names = [name for name in _TABLES if name in tables]
    of_bundle = {name: tables[name]["sku"].isin(flat["sku"]).to_numpy("bool") for name in names}
    rows = {name: int(of.sum()) for name, of in of_bundle.items() if of.any()}
    use = _use(tables, flat, as_of)
    if not rows:
        return MadeUp({}, _components(use, {}), {})
    result = {name: tables[name].loc[~of_bundle[name]].reset_index(drop=True) for name in rows}
    opened = {name: tables[name].loc[of_bundle[name]].merge(flat, on="sku") for name in rows if name not in _TERMS}
    held: dict[str, pd.DataFrame] = {}
    room: Room = dict(
        zip(zip(use["component_sku"], use["location"], use["sku"], strict=True), use["most"], strict=True)
    )
    if "inventory" in opened:
        stock = _newest(opened["inventory"], tables["inventory"], as_of)
        units = _free_units(stock)
        taken = _within(stock.assign(units=units), room)
        held["stock"] = stock[_USE].assign(units=units, counted=taken)
        result["inventory"] = _with_stock(result["inventory"], stock.assign(units=taken), use, as_of)
    if "purchase_orders" in opened:
        receipts = tables.get("receipts", pd.DataFrame(columns=[*_LINE, "received_on", "received_units"]))
        orders, came, held["order"] = _orders(opened["purchase_orders"], receipts, room)
        kept = ~pd.MultiIndex.from_frame(receipts[_LINE]).isin(
            pd.MultiIndex.from_frame(opened["purchase_orders"][_LINE])
        )
        result["purchase_orders"] = _joined(result["purchase_orders"], orders)
        result["receipts"] = _joined(receipts.loc[kept], came)
    if "transfers" in opened:
        moved = opened["transfers"]
        moved = _as_components(moved.assign(units=moved["units"] * moved["units_in_bundle"]))
        result["transfers"] = _joined(result["transfers"], moved)
    only = pd.MultiIndex.from_frame(use.loc[use["only"], ["component_sku", "location"]])
    if "stock_levels" in opened:
        history = opened["stock_levels"]
        history = history.loc[pd.MultiIndex.from_frame(history[["component_sku", "location"]]).isin(only)]
        history = _as_components(history.assign(on_hand=history["on_hand"] * history["units_in_bundle"]))
        result["stock_levels"] = merge_rows("stock_levels", _joined(result["stock_levels"], history))
    if "stockouts" in opened:
        gone = opened["stockouts"]
        everywhere = (gone["location"].isna() | (gone["location"] == EVERYTHING)).to_numpy("bool")
        sold_so = gone["component_sku"].isin(use.loc[use["only"], "component_sku"]).to_numpy("bool")
        here = pd.MultiIndex.from_frame(gone[["component_sku", "location"]]).isin(only)
        result["stockouts"] = _joined(
            result["stockouts"], _as_components(gone.loc[np.where(everywhere, sold_so, here)])
        )
    return MadeUp(result, _components(use, held), rows)


_TERMS = ("supply_terms", "transfer_terms")
_TABLES = ("inventory", "purchase_orders", "transfers", "stock_levels", "stockouts", *_TERMS)


def _use(tables: Mapping[str, pd.DataFrame], flat: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """Of each component at each location and bundle: `most` units of it that count, and whether it is sold so `only`.

    Returns
    -------
    One row per component, bundle and location where either is sold, stocked or ordered.
    """
    since, until = pd.Timestamp(as_of) - pd.Timedelta(days=PACE_DAYS), pd.Timestamp(as_of)
    sales, lines = tables["sales"], tables["demand_lines"]
    recent = sales.loc[(sales["date"] > since) & (sales["date"] <= until) & (sales["units"] > 0)]
    if "status" in recent:
        recent = recent.loc[(recent["status"].astype(object) != "cancelled").to_numpy("bool")]
    in_bundles = recent.groupby(_ITEM, observed=True)["units"].sum()
    recent_lines = lines.loc[(lines["date"] > since) & (lines["date"] <= until)]
    whole = recent_lines.groupby(_ITEM, observed=True)["units"].sum()
    places = [tables[name]["location"] for name in ("inventory", "purchase_orders", "stock_levels") if name in tables]
    places += [lines["location"], *([tables["transfers"]["to_location"]] if "transfers" in tables else [])]
    locations = pd.Series(sorted({str(place) for each in places for place in each.dropna().unique()}), name="location")
    use = flat.merge(locations, how="cross")
    sold = (
        in_bundles.reindex(pd.MultiIndex.from_frame(use[_ITEM])).fillna(0.0).to_numpy("float64")
        * use["units_in_bundle"]
    )
    component = pd.MultiIndex.from_frame(use[["component_sku", "location"]])
    total = whole.reindex(component).fillna(0.0).to_numpy("float64")
    by_bundles = sold.groupby([use["component_sku"], use["location"]]).transform("sum").to_numpy("float64")
    only = by_bundles >= _ONLY * total
    pace = sold.to_numpy("float64") / PACE_DAYS
    most = np.where(only, np.inf, pace * _lead_time_days(tables, use))
    return use.assign(only=only, most=most, sold_units=sold)


def _components(use: pd.DataFrame, held: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """See `MadeUp.components`.

    Parameters
    ----------
    use: see `_use`.
    held: under "stock" and "order": made-up bundles by `_USE` with their units in components, and those that count.
    """
    found = use.assign(**dict.fromkeys(COMPONENT_COLUMNS[5:], 0.0))
    keys = pd.MultiIndex.from_frame(found[_USE])
    for what, frame in held.items():
        sums = frame.groupby(_USE, observed=True)[["units", "counted"]].sum().reindex(keys).fillna(0.0)
        for name in ("units", "counted"):
            found[f"{what}_{name}"] = sums[name].to_numpy("float64")
    there = (found[list(COMPONENT_COLUMNS[4:])] != 0).any(axis=1)
    nowhere = found.loc[~found["sku"].isin(found.loc[there, "sku"])].drop_duplicates(_USE[:2])
    joined = pd.concat([found.loc[there], nowhere.assign(location=EVERYTHING)])
    return joined[list(COMPONENT_COLUMNS)].sort_values(_USE, ignore_index=True)


def _lead_time_days(tables: Mapping[str, pd.DataFrame], use: pd.DataFrame) -> "np.typing.NDArray[np.float64]":
    """The shortest lead time that the component's terms name, at its location or everywhere."""
    terms = tables.get("supply_terms")
    if terms is None or "lead_time_days" not in terms:
        return np.full(len(use), LEAD_TIME_DAYS)
    place = terms["location"].astype(object).where(terms["location"].notna(), EVERYTHING)
    named = terms.assign(location=place).dropna(subset=["lead_time_days"])
    shortest = named.groupby(_ITEM, observed=True)["lead_time_days"].min()
    here = shortest.reindex(pd.MultiIndex.from_frame(use[["component_sku", "location"]])).to_numpy("float64")
    everywhere = pd.MultiIndex.from_arrays([use["component_sku"], np.full(len(use), EVERYTHING, dtype=object)])
    anywhere = shortest.reindex(everywhere).to_numpy("float64")
    return np.where(np.isnan(here), np.where(np.isnan(anywhere), LEAD_TIME_DAYS, anywhere), here)


def _newest(stock: pd.DataFrame, inventory: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """The newest row of each bundle, component and location up to `as_of`; none where the location was counted since.

    A count that is `SAME_COUNT_DAYS` older than the location's newest is of bundles that are gone.
    """
    newest = inventory.loc[inventory["as_of"] <= pd.Timestamp(as_of)].groupby("location", observed=True)["as_of"].max()
    past = stock.loc[stock["as_of"] <= pd.Timestamp(as_of)].sort_values("as_of", kind="stable")
    age = pd.to_datetime(past["location"].astype(object).map(newest)) - past["as_of"]
    past = past.loc[age < pd.Timedelta(days=SAME_COUNT_DAYS)]
    return past.drop_duplicates(["sku", "component_sku", "location"], keep="last").reset_index(drop=True)


def _free_units(stock: pd.DataFrame) -> "pd.Series[float]":
    """Units of the component in bundles that nobody was promised; below zero where bundles are owed."""
    owed = stock["reserved"].fillna(0.0) + stock["backordered"].fillna(0.0)
    return (stock["on_hand"].astype("float64") - owed) * stock["units_in_bundle"]


def _within(rows: pd.DataFrame, room: Room) -> "pd.Series[float]":
    """Units of each row that its bundle's demand uses, in order; what they take is taken from `room`."""
    taken = []
    for component, location, bundle, units in zip(
        rows["component_sku"], rows["location"], rows["sku"], rows["units"], strict=True
    ):
        key = (component, location, bundle)
        use = min(float(units), max(room.get(key, 0.0), 0.0))
        room[key] = room.get(key, 0.0) - use
        taken.append(use)
    return pd.Series(taken, index=rows.index, dtype="float64")


def _with_stock(inventory: pd.DataFrame, made_up: pd.DataFrame, use: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """The newest row of each component with what made-up bundles hold of it; a row where it is sold in bundles only."""
    sums = made_up.groupby(["component_sku", "location"], observed=True).agg(
        units=("units", "sum"), on=("as_of", "max")
    )
    result = inventory.sort_values("as_of", kind="stable").reset_index(drop=True)
    result = result.astype({"on_hand": "float64", "backordered": "float64"})
    past = result.loc[result["as_of"] <= pd.Timestamp(as_of)].drop_duplicates(_ITEM, keep="last")
    newest = pd.Series(past.index, index=pd.MultiIndex.from_frame(past[_ITEM]))
    only = set(pd.MultiIndex.from_frame(use.loc[use["only"], ["component_sku", "location"]]))
    added = []
    for item, units, on in zip(sums.index, sums["units"].to_numpy("float64"), sums["on"], strict=True):
        there, owed = max(float(units), 0.0), max(-float(units), 0.0)
        if item in newest.index:
            result.loc[newest[item], "on_hand"] += there
            result.loc[newest[item], "backordered"] = np.nan_to_num(result.loc[newest[item], "backordered"]) + owed
        elif item in only:
            added.append({"as_of": on, "sku": item[0], "location": item[1], "on_hand": there, "backordered": owed})
    return _joined(result, pd.DataFrame(added).reindex(columns=result.columns)) if added else result


def _orders(
    opened: pd.DataFrame, receipts: pd.DataFrame, room: Room
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Order lines of bundles and their receipts in components; each line's open units, and those that count."""
    opened = opened.sort_values(["expected_on", "ordered_on", *_LINE], kind="stable").reset_index(drop=True)
    received = receipts.groupby(_LINE, observed=True)["received_units"].sum().astype("float64")
    came = received.reindex(pd.MultiIndex.from_frame(opened[_LINE])).fillna(0.0).to_numpy("float64")
    ended = opened["status"].isin(_FINISHED).to_numpy("bool")
    still = (
        np.where(ended, 0.0, np.maximum(opened["ordered_units"].to_numpy("float64") - came, 0.0))
        * opened["units_in_bundle"]
    )
    taken = _within(opened.assign(units=still), room)
    ordered = opened["ordered_units"].to_numpy("float64") * opened["units_in_bundle"] - (still - taken)
    lines = _as_components(opened.assign(ordered_units=ordered))
    keys = opened[[*_LINE, "units_in_bundle"]].assign(to_line=lines["line_number"].to_numpy())
    arrived = receipts.merge(keys, on=_LINE)
    arrived = arrived.assign(
        received_units=arrived["received_units"] * arrived["units_in_bundle"], line_number=arrived["to_line"]
    )
    return lines, arrived[receipts.columns], opened[_USE].assign(units=still, counted=taken)


def _as_components(opened: pd.DataFrame) -> pd.DataFrame:
    """Rows of bundles under their components; lines of bundles of several components get the component's name."""
    result = opened
    if "line_number" in opened:
        several = opened.groupby("sku", observed=True)["component_sku"].transform("nunique") > 1
        named = opened["line_number"].astype(str) + "/" + opened["component_sku"].astype(str)
        result = opened.assign(line_number=opened["line_number"].astype(object).where(~several, named))
    return result.assign(sku=result["component_sku"]).drop(columns="component_sku")


def _joined(own: pd.DataFrame, more: pd.DataFrame) -> pd.DataFrame:
    more = more.reindex(columns=own.columns)
    if more.empty:
        return own.reset_index(drop=True)
    return more.reset_index(drop=True) if own.empty else pd.concat([own, more], ignore_index=True)
