"""Partial pooling of lead times: the item's own, its supplier's, those of all suppliers, and what is declared.

Each level is shrunk towards the next: few deliveries of an item are read in the light of its supplier's, a new
supplier in the light of how far the others' deliveries bore their declarations out.
"""

import datetime as dt

import numpy as np
import pandas as pd

from features.arrays import Floats
from models.inventory.lead_times.estimator import fit_groups, learned_pmf
from models.inventory.terms.supply_terms import valid_terms

ITEM = ["supplier", "sku", "location"]
ANY = "*"
DECLARED = ["declared_days", "declared_sd_days"]
POOL = ["supplier", *DECLARED]
FRAME = [*ITEM, *DECLARED, "receipts_used", "open_used", "source"]
_LONGEST_DECLARED_DAYS = 730.0
UNDECLARED_DAYS = 14.0  # of a company without any terms
_RATIO_STEP = 0.02  # of the logarithm of (1 + days) over (1 + declared days)
_MOST_STEPS = 310  # steps: five hundred times as long
_BLOCK = 1024


def declared_terms(supply_terms: pd.DataFrame, as_of: dt.date, default_cv: float) -> pd.DataFrame:
    """The newest valid terms of each item and supplier: columns supplier, sku, location and what they declare."""
    usable = supply_terms[(supply_terms["lead_time_days"] >= 0) & supply_terms["supplier"].notna()]
    newest = valid_terms(usable, as_of)
    days = newest["lead_time_days"].astype(np.float64).clip(upper=_LONGEST_DECLARED_DAYS)
    sd = newest["lead_time_sd_days"].astype(np.float64)
    terms = newest[ITEM].assign(
        location=newest["location"].fillna(ANY),
        declared_days=days,
        declared_sd_days=sd.where(sd >= 0, default_cv * days),
    )
    return terms.sort_values(ITEM, kind="stable").reset_index(drop=True)


def supplier_pools(terms: pd.DataFrame, default_cv: float) -> pd.DataFrame:
    """One row per supplier and lead time that it declares, one for the company; `is_typical` marks the middle ones."""
    ordered = terms.sort_values(POOL, kind="stable").reset_index(drop=True)
    place = ordered.groupby("supplier").cumcount()
    middle = ordered[place == (ordered.groupby("supplier")["sku"].transform("size") - 1) // 2]
    company = ordered.sort_values(DECLARED, kind="stable").iloc[(len(ordered) - 1) // 2 :][:1]
    if company.empty:
        company = pd.DataFrame({"declared_days": [UNDECLARED_DAYS], "declared_sd_days": [default_cv * UNDECLARED_DAYS]})
    company = company.assign(supplier=ANY)
    pools = pd.concat([company[POOL], ordered[POOL].drop_duplicates()]).reset_index(drop=True)
    typical = pd.concat([company[POOL], middle[POOL]]).assign(is_typical=True)
    pools = pools.merge(typical, on=POOL, how="left").assign(sku=ANY, location=ANY)
    return pools.assign(is_typical=pools["is_typical"].notna()).sort_values(POOL, kind="stable").reset_index(drop=True)


def with_declared(purchase_orders: pd.DataFrame, terms: pd.DataFrame, default_cv: float) -> pd.DataFrame:
    """Purchase orders with `declared_days`.

    Those of the item's terms there, else anywhere, else typical of the supplier, else of the company.
    """
    pools = supplier_pools(terms, default_cv)
    typical = pools[pools["is_typical"]].set_index("supplier")["declared_days"]
    own = purchase_orders[ITEM].merge(terms, on=ITEM, how="left")["declared_days"]
    own = own.fillna(purchase_orders[ITEM].assign(location=ANY).merge(terms, on=ITEM, how="left")["declared_days"])
    own = own.fillna(purchase_orders["supplier"].reset_index(drop=True).map(typical)).fillna(typical[ANY])
    return purchase_orders.assign(declared_days=own.to_numpy(dtype=np.float64))


def deliveries(observed: pd.DataFrame) -> pd.DataFrame:
    """Observations with lines of an order that arrive together counted once; their mean weight and recency."""
    key = ["supplier", "order_number", "declared_days", "promised_days", "is_open", "days"]
    return observed.groupby(key, sort=True, dropna=False)[["weight", "recency"]].mean().reset_index()


def capped_weights(delivered: pd.DataFrame, most: float) -> Floats:
    """Weights with which a supplier's deliveries count for others: in sum at most `most`, however many they are.

    A supplier's deliveries resemble each other: a thousand of them tell of one supplier, not of a thousand.

    Parameters
    ----------
    delivered: one row per delivery; columns supplier, weight, recency.
    most: observations that a supplier counts as at most.

    Returns
    -------
    (deliveries,) weights.
    """
    weight = (delivered["weight"] * delivered["recency"]).to_numpy(dtype=np.float64)
    total = pd.Series(weight).groupby(delivered["supplier"].to_numpy(dtype=object)).transform("sum").to_numpy()
    return np.asarray(weight * most / (most + total))


def shrunk_to_other_suppliers(
    pools: pd.DataFrame, delivered: pd.DataFrame, prior: Floats, prior_weight: float
) -> Floats:
    """Declared lead times, shrunk towards how long the *other* suppliers took in relation to what they declared.

    Parameters
    ----------
    pools: one row per lead time to be fitted; columns supplier ("*": no delivery is its own), declared_days.
    delivered: columns supplier, declared_days, days, weight, recency, is_open.
    prior: (pools, days), distributions as declared.
    prior_weight: observations that they count as; another supplier counts as at most half as many.

    Returns
    -------
    (pools, days), rows sum to 1.
    """
    if delivered.empty:
        return prior
    names = pd.Index(delivered["supplier"].unique())
    ratio = np.log1p(delivered["days"].to_numpy(dtype=np.float64)) - np.log1p(delivered["declared_days"].to_numpy())
    step = np.clip(np.rint(ratio / _RATIO_STEP).astype(np.int64), -_MOST_STEPS, _MOST_STEPS) + _MOST_STEPS
    seen = np.zeros((2, len(names) + 1, 2 * _MOST_STEPS + 1))  # the last supplier is nobody
    place = (delivered["is_open"].to_numpy(dtype=np.int64), names.get_indexer(pd.Index(delivered["supplier"])), step)
    np.add.at(seen, place, capped_weights(delivered, prior_weight / 2))
    everybody = seen.sum(axis=1)
    relative = np.exp((np.arange(2 * _MOST_STEPS + 1) - _MOST_STEPS) * _RATIO_STEP)
    own = names.get_indexer(pd.Index(pools["supplier"]))
    declared = pools["declared_days"].to_numpy(dtype=np.float64)
    result = np.empty_like(prior)
    width = prior.shape[1]
    for first in range(0, len(pools), _BLOCK):
        rows = slice(first, first + _BLOCK)
        days = np.rint((1.0 + declared[rows, None]) * relative - 1.0).astype(np.int64)
        flat = (np.arange(len(days))[:, None] * width + np.clip(days, 0, width - 1)).ravel()
        arrived, waiting = (
            np.bincount(flat, weights=(total - of[own[rows]]).ravel(), minlength=len(days) * width).reshape(-1, width)
            for total, of in zip(everybody, seen, strict=True)
        )
        result[rows] = learned_pmf(np.maximum(arrived, 0.0), np.maximum(waiting, 0.0), prior[rows], prior_weight)
    return result


def fit_pools(
    pools: pd.DataFrame, delivered: pd.DataFrame, prior: Floats, prior_weight: float
) -> tuple[pd.DataFrame, Floats]:
    """Lead times of the suppliers, one for each that they declare: days seen scale with the declared ones.

    Parameters
    ----------
    pools: see `supplier_pools`.
    delivered: see `deliveries`.
    prior: (pools, days), rows sum to 1; see `shrunk_to_other_suppliers`.
    prior_weight: observations that the prior counts as.

    Returns
    -------
    `pools` with receipts_used, open_used and source (in words), and shape (pools, days), rows sum to 1.
    """
    pairs = pools[POOL].reset_index(names="group").merge(delivered, on="supplier", suffixes=("", "_seen"))
    comparable = (pairs["declared_days"] > 0) & (pairs["declared_days_seen"] > 0)
    scale = np.where(comparable, pairs["declared_days"] / pairs["declared_days_seen"].where(comparable, 1.0), 1.0)
    pairs["days"] = np.rint(pairs["days"] * scale).astype(np.int64)
    counted, pmf = fit_groups(pools, pairs, prior, np.arange(len(pools)), prior_weight, smoothed=True)
    of_all = int((~delivered["is_open"].to_numpy(dtype=bool)).sum())
    counted["source"] = [
        f"learned from {_receipts(n)} of the supplier{_open(waiting)}" if n else _declared(days, of_all, waiting)
        for n, waiting, days in zip(
            counted["receipts_used"], counted["open_used"], counted["declared_days"], strict=True
        )
    ]
    return counted, pmf


def fit_items(
    terms: pd.DataFrame, pools: pd.DataFrame, pooled: Floats, observed: pd.DataFrame, prior_weight: float
) -> tuple[pd.DataFrame, Floats]:
    """Lead times of the items that have observations of their own, shrunk towards their supplier's.

    Parameters
    ----------
    terms: see `declared_terms`.
    pools: see `fit_pools`.
    pooled: (pools, days), distributions of the pools.
    observed: see `observations`.
    prior_weight: observations that the supplier's lead time counts as.

    Returns
    -------
    One row per such item: supplier, sku, location, declared_days, declared_sd_days, receipts_used, open_used, source;
    and shape (items, days), rows sum to 1.
    """
    seen_of = observed[ITEM].drop_duplicates()
    there = pd.concat([terms, _anywhere_at(seen_of, terms)])
    own = there.merge(seen_of, on=ITEM).sort_values(ITEM, kind="stable").reset_index(drop=True)
    pool = pools.reset_index(names="pool").rename(columns={"receipts_used": "of_supplier"})
    own = own.merge(pool[[*POOL, "pool", "of_supplier"]], on=POOL, how="left")
    seen = own[ITEM].reset_index(names="group").merge(observed, on=ITEM)
    own, pmf = fit_groups(own, seen, pooled, own["pool"].to_numpy(dtype=np.int64), prior_weight, smoothed=True)
    sources = own[["pool"]].merge(pools["source"].rename("of_pool"), left_on="pool", right_index=True, how="left")
    own["source"] = [
        _item_source(n, waiting, of_supplier, of_pool, few=n < prior_weight)
        for n, waiting, of_supplier, of_pool in zip(
            own["receipts_used"], own["open_used"], own["of_supplier"], sources["of_pool"], strict=True
        )
    ]
    return own, pmf


def _anywhere_at(places: pd.DataFrame, terms: pd.DataFrame) -> pd.DataFrame:
    """Terms that hold anywhere as those of each of `places` (columns `ITEM`) without terms of its own."""
    anywhere = terms[terms["location"] == ANY].drop(columns="location")
    unnamed = ~pd.MultiIndex.from_frame(places).isin(pd.MultiIndex.from_frame(terms[ITEM]))
    return places[unnamed].merge(anywhere, on=["supplier", "sku"])[list(terms.columns)]


def sources_with_left_out(frame: pd.DataFrame, ignored: pd.DataFrame) -> list[str]:
    """Where each lead time comes from, and what of the item, or of its supplier, was left out of it and why.

    Parameters
    ----------
    frame: columns supplier, sku ("*": all of the supplier's), location, source.
    ignored: see `observations`.
    """
    by_item = {key: _left_out(rows) for key, rows in ignored.groupby(ITEM)["reason"]}
    by_supplier = {(name, ANY, ANY): _left_out(rows) for name, rows in ignored.groupby("supplier")["reason"]}
    left_out = by_item | by_supplier
    keys = frame[ITEM].itertuples(index=False, name=None)
    return [f"{source}{left_out.get(key, '')}" for key, source in zip(keys, frame["source"], strict=True)]


def _left_out(reasons: "pd.Series[str]") -> str:
    counted = reasons.value_counts().sort_index()
    return "; left out: " + ", ".join(f"{number} ({reason})" for reason, number in counted.items())


def without_empty_days(pmf: Floats, days: int) -> Floats:
    """The first columns: all that are used, and at least `days` of them where there are."""
    used = int(np.flatnonzero(pmf.max(axis=0))[-1]) + 1
    return pmf[:, : max(used, days)]


def lead_time_rows(terms: pd.DataFrame, pools: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """Row of the lead time of each item with terms, in pools followed by own; "*" rows are the typical ones."""
    pool = pools.reset_index(names="row")
    typical = pool.loc[pool["is_typical"], [*ITEM, "row"]]
    of_pool = terms.merge(pool[[*POOL, "row"]], on=POOL)[[*ITEM, "row"]]
    of_own = own[ITEM].assign(row=np.arange(len(own)) + len(pools))
    index = pd.concat([typical, of_pool, of_own]).drop_duplicates(ITEM, keep="last")
    return index.sort_values(ITEM, kind="stable").reset_index(drop=True)


def _receipts(number: int) -> str:
    return f"{number} receipt" if number == 1 else f"{number} receipts"


def _open(number: int) -> str:
    return f", {number} open" if number else ""


def _declared(days: float, of_others: int, waiting: int) -> str:
    borne_out = f", as borne out by {_receipts(of_others)} of other suppliers" if of_others else ""
    return f"declared, {days:g} days{borne_out}{_open(waiting)}"


def _item_source(receipts: int, waiting: int, of_supplier: int, of_pool: str, *, few: bool) -> str:
    if not of_supplier:
        return of_pool
    if not receipts:
        return f"learned from {_receipts(of_supplier)} of the supplier{_open(waiting)}"
    others = f" and {of_supplier} of the supplier" if few and of_supplier > receipts else ""
    return f"learned from {_receipts(receipts)}{others}{_open(waiting)}"
