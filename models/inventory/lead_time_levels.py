"""The levels between which lead times are shared: what is declared, the supplier's deliveries, the item's own."""

import datetime as dt

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.inventory.lead_time_survival import TAIL, Floats, learned_pmf, trimmed

ITEM = ["supplier", "sku", "location"]
ANY = "*"
DECLARED = ["declared_days", "declared_sd_days"]
FRAME = [*ITEM, *DECLARED, "receipts_used", "open_used", "source"]
LATEST_DAYS = 365
"""A promise is missed, or kept early, by no more days."""

_LONGEST_DECLARED_DAYS = 730.0
_UNDECLARED_DAYS = 14.0  # of a company without any terms
_POOL = ["supplier", *DECLARED]
_BLOCK = 2048


def current_terms(supply_terms: pd.DataFrame, as_of: dt.date, default_cv: float) -> pd.DataFrame:
    """The newest valid terms of each item and supplier: columns supplier, sku, location and what they declare."""
    valid = supply_terms["valid_from"].isna() | (supply_terms["valid_from"] <= pd.Timestamp(as_of))
    usable = supply_terms[valid & (supply_terms["lead_time_days"] >= 0) & supply_terms["supplier"].notna()]
    newest = usable.sort_values("valid_from", na_position="first", kind="stable").drop_duplicates(ITEM, keep="last")
    days = newest["lead_time_days"].astype(np.float64).clip(upper=_LONGEST_DECLARED_DAYS)
    sd = newest["lead_time_sd_days"].astype(np.float64)
    terms = newest[ITEM].assign(declared_days=days, declared_sd_days=sd.where(sd >= 0, default_cv * days))
    return terms.sort_values(ITEM, kind="stable").reset_index(drop=True)


def supplier_pools(terms: pd.DataFrame, default_cv: float) -> pd.DataFrame:
    """One row per supplier and lead time that it declares, one for the company; `is_usual` marks the middle ones."""
    ordered = terms.sort_values(_POOL, kind="stable").reset_index(drop=True)
    place = ordered.groupby("supplier").cumcount()
    middle = ordered[place == (ordered.groupby("supplier")["sku"].transform("size") - 1) // 2]
    company = ordered.sort_values(DECLARED, kind="stable").iloc[(len(ordered) - 1) // 2 :][:1]
    if company.empty:
        company = pd.DataFrame(
            {"declared_days": [_UNDECLARED_DAYS], "declared_sd_days": [default_cv * _UNDECLARED_DAYS]}
        )
    company = company.assign(supplier=ANY)
    pools = pd.concat([company[_POOL], ordered[_POOL].drop_duplicates()]).reset_index(drop=True)
    usual = pd.concat([company[_POOL], middle[_POOL]]).assign(is_usual=True)
    pools = pools.merge(usual, on=_POOL, how="left").assign(sku=ANY, location=ANY)
    return pools.assign(is_usual=pools["is_usual"].notna()).sort_values(_POOL, kind="stable").reset_index(drop=True)


def with_declared(purchase_orders: pd.DataFrame, terms: pd.DataFrame, default_cv: float) -> pd.DataFrame:
    """Purchase orders with `declared_days`: of the item's terms, else usual for the supplier, else for the company."""
    pools = supplier_pools(terms, default_cv)
    usual = pools[pools["is_usual"]].set_index("supplier")["declared_days"]
    own = purchase_orders[ITEM].merge(terms, on=ITEM, how="left")["declared_days"]
    own = own.fillna(purchase_orders["supplier"].reset_index(drop=True).map(usual)).fillna(usual[ANY])
    return purchase_orders.assign(declared_days=own.to_numpy(dtype=np.float64))


def deliveries(observed: pd.DataFrame) -> pd.DataFrame:
    """Observations with lines of an order that arrive together counted once; their mean weight."""
    key = ["supplier", "order_number", "declared_days", "promised_days", "is_open", "days"]
    return observed.groupby(key, sort=True, dropna=False)["weight"].mean().reset_index()


def learn_pools(
    pools: pd.DataFrame, delivered: pd.DataFrame, prior: Floats, prior_weight: float
) -> tuple[pd.DataFrame, Floats]:
    """Lead times of the suppliers, for each that they declare: days seen scale with the declared ones."""
    pairs = pools[_POOL].reset_index(names="group").merge(delivered, on="supplier", suffixes=("", "_seen"))
    known = (pairs["declared_days"] > 0) & (pairs["declared_days_seen"] > 0)
    scale = np.where(known, pairs["declared_days"] / pairs["declared_days_seen"].where(known, 1.0), 1.0)
    pairs["days"] = np.rint(pairs["days"] * scale).astype(np.int64)
    counted, pmf = _learned(pools, pairs, prior, np.arange(len(pools)), prior_weight)
    counted["source"] = [
        f"learned from {_receipts(n)} of the supplier{_open(waiting)}"
        if n
        else f"declared, {days:g} days{_open(waiting)}"
        for n, waiting, days in zip(
            counted["receipts_used"], counted["open_used"], counted["declared_days"], strict=True
        )
    ]
    return counted, pmf


def learn_items(
    terms: pd.DataFrame, pools: pd.DataFrame, pooled: Floats, observed: pd.DataFrame, prior_weight: float
) -> tuple[pd.DataFrame, Floats]:
    """Lead times of the items that have observations of their own, drawn towards their supplier's."""
    own = terms.merge(observed[ITEM].drop_duplicates(), on=ITEM).sort_values(ITEM, kind="stable").reset_index(drop=True)
    pool = pools.reset_index(names="pool").rename(columns={"receipts_used": "of_supplier"})
    own = own.merge(pool[[*_POOL, "pool", "of_supplier"]], on=_POOL, how="left")
    seen = own[ITEM].reset_index(names="group").merge(observed, on=ITEM)
    own, pmf = _learned(own, seen, pooled, own["pool"].to_numpy(dtype=np.int64), prior_weight)
    own["source"] = [
        _item_source(n, waiting, of_supplier, days, few=n < prior_weight)
        for n, waiting, of_supplier, days in zip(
            own["receipts_used"], own["open_used"], own["of_supplier"], own["declared_days"], strict=True
        )
    ]
    return own, pmf


def learn_lateness(delivered: pd.DataFrame, pools: pd.DataFrame, pooled: Floats) -> tuple[pd.DataFrame, Floats, int]:
    """Open days from promise to receipt, per supplier, and how many days after the promise its first column is."""
    promised = delivered[delivered["promised_days"].notna()]
    tested = promised.loc[~promised["is_open"]].groupby("supplier").size()
    lateness = pd.DataFrame(
        {"supplier": tested.index.to_numpy(dtype=object), "observed": tested.to_numpy(dtype=np.float64)}
    )
    late = promised.merge(lateness[["supplier"]].reset_index(names="group"), on="supplier")
    days = late["days"] - late["promised_days"] + LATEST_DAYS
    late = late.assign(days=days.clip(0, 2 * LATEST_DAYS).astype(np.int64))
    usual = pools.reset_index(names="pool").loc[pools["is_usual"]].set_index("supplier")["pool"]
    prior = np.zeros((len(lateness), 2 * LATEST_DAYS + 1))
    width = min(pooled.shape[1], prior.shape[1])
    rows = lateness["supplier"].map(usual).fillna(usual[ANY]).to_numpy(dtype=np.int64)
    prior[:, :width] = pooled[rows, :width]
    _, pmf = _learned(lateness, late, prior, np.arange(len(lateness)), 0.0)
    used = np.flatnonzero(pmf.max(axis=0, initial=0.0) > TAIL)
    if not len(used):
        return lateness, pmf[:, :1], 0
    pmf = pmf[:, used[0] : used[-1] + 1]
    return lateness, pmf / pmf.sum(axis=1, keepdims=True), int(used[0]) - LATEST_DAYS


def narrowed(pmf: Floats, days: int) -> Floats:
    """The first columns: all that are used, and at least `days` of them where there are."""
    used = int(np.flatnonzero(pmf.max(axis=0))[-1]) + 1
    return pmf[:, : max(used, days)]


def item_rows(terms: pd.DataFrame, pools: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """Row of the lead time of each item with terms, in pools followed by own; "*" rows are the usual ones."""
    pool = pools.reset_index(names="row")
    usual = pool.loc[pool["is_usual"], [*ITEM, "row"]]
    of_pool = terms.merge(pool[[*_POOL, "row"]], on=_POOL)[[*ITEM, "row"]]
    of_own = own[ITEM].assign(row=np.arange(len(own)) + len(pools))
    index = pd.concat([usual, of_pool, of_own]).drop_duplicates(ITEM, keep="last")
    return index.sort_values(ITEM, kind="stable").reset_index(drop=True)


def _learned(
    groups: pd.DataFrame, seen: pd.DataFrame, prior: Floats, prior_row: NDArray[np.int64], prior_weight: float
) -> tuple[pd.DataFrame, Floats]:
    """Groups with their numbers of observations, and their distributions, in blocks.

    `seen.group` is the row of `groups`, `prior_row` the row of `prior` of each group.
    """
    seen = seen.sort_values("group", kind="stable")
    is_open = seen["is_open"].to_numpy(dtype=bool)
    group = seen["group"].to_numpy(dtype=np.int64)
    days = np.minimum(seen["days"].to_numpy(dtype=np.int64), prior.shape[1] - 1)
    weight = seen["weight"].to_numpy(dtype=np.float64)
    pmf = np.zeros((len(groups), prior.shape[1]))
    for first in range(0, len(groups), _BLOCK):
        rows = slice(first, min(first + _BLOCK, len(groups)))
        cells = slice(*np.searchsorted(group, [rows.start, rows.stop]))
        counts = np.zeros((2, rows.stop - first, prior.shape[1]))
        np.add.at(counts, (is_open[cells].astype(np.int64), group[cells] - first, days[cells]), weight[cells])
        pmf[rows] = trimmed(learned_pmf(counts[0], counts[1], prior[prior_row[rows]], prior_weight))
    counted = groups.assign(
        receipts_used=np.bincount(group[~is_open], minlength=len(groups)),
        open_used=np.bincount(group[is_open], minlength=len(groups)),
    )
    return counted, pmf


def _receipts(number: int) -> str:
    return f"{number} receipt" if number == 1 else f"{number} receipts"


def _open(number: int) -> str:
    return f", {number} open" if number else ""


def _item_source(receipts: int, waiting: int, of_supplier: int, declared_days: float, *, few: bool) -> str:
    if not of_supplier:
        return f"declared, {declared_days:g} days{_open(waiting)}"
    if not receipts:
        return f"learned from {_receipts(of_supplier)} of the supplier{_open(waiting)}"
    others = f" and {of_supplier} of the supplier" if few and of_supplier > receipts else ""
    return f"learned from {_receipts(receipts)}{others}{_open(waiting)}"
