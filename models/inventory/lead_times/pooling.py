"""The levels between which lead times are shared: all suppliers, the supplier's deliveries, the item's own."""

import numpy as np
import pandas as pd

from features.arrays import Floats
from models.inventory.lead_times.declared import DECLARED, ITEM, POOL
from models.inventory.lead_times.weighting import fit_groups

FRAME = [*ITEM, *DECLARED, "receipts_used", "open_used", "source"]


def deliveries(observed: pd.DataFrame) -> pd.DataFrame:
    """Observations with lines of an order that arrive together counted once; their mean weight and recency."""
    key = ["supplier", "order_number", "declared_days", "promised_days", "is_open", "days"]
    return observed.groupby(key, sort=True, dropna=False)[["weight", "recency"]].mean().reset_index()


def fit_pools(
    pools: pd.DataFrame, delivered: pd.DataFrame, prior: Floats, prior_weight: float
) -> tuple[pd.DataFrame, Floats]:
    """Lead times of the suppliers, for each that they declare: days seen scale with the declared ones."""
    pairs = pools[POOL].reset_index(names="group").merge(delivered, on="supplier", suffixes=("", "_seen"))
    known = (pairs["declared_days"] > 0) & (pairs["declared_days_seen"] > 0)
    scale = np.where(known, pairs["declared_days"] / pairs["declared_days_seen"].where(known, 1.0), 1.0)
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
    """Lead times of the items that have observations of their own, drawn towards their supplier's."""
    own = terms.merge(observed[ITEM].drop_duplicates(), on=ITEM).sort_values(ITEM, kind="stable").reset_index(drop=True)
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


def narrowed(pmf: Floats, days: int) -> Floats:
    """The first columns: all that are used, and at least `days` of them where there are."""
    used = int(np.flatnonzero(pmf.max(axis=0))[-1]) + 1
    return pmf[:, : max(used, days)]


def item_rows(terms: pd.DataFrame, pools: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """Row of the lead time of each item with terms, in pools followed by own; "*" rows are the usual ones."""
    pool = pools.reset_index(names="row")
    usual = pool.loc[pool["is_usual"], [*ITEM, "row"]]
    of_pool = terms.merge(pool[[*POOL, "row"]], on=POOL)[[*ITEM, "row"]]
    of_own = own[ITEM].assign(row=np.arange(len(own)) + len(pools))
    index = pd.concat([usual, of_pool, of_own]).drop_duplicates(ITEM, keep="last")
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
