"""What is declared of lead times: the terms in force, and the lead times that each supplier declares."""

import datetime as dt

import numpy as np
import pandas as pd

ITEM = ["supplier", "sku", "location"]
ANY = "*"
DECLARED = ["declared_days", "declared_sd_days"]
POOL = ["supplier", *DECLARED]

_LONGEST_DECLARED_DAYS = 730.0
_UNDECLARED_DAYS = 14.0  # of a company without any terms


def declared_terms(supply_terms: pd.DataFrame, as_of: dt.date, default_cv: float) -> pd.DataFrame:
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
    ordered = terms.sort_values(POOL, kind="stable").reset_index(drop=True)
    place = ordered.groupby("supplier").cumcount()
    middle = ordered[place == (ordered.groupby("supplier")["sku"].transform("size") - 1) // 2]
    company = ordered.sort_values(DECLARED, kind="stable").iloc[(len(ordered) - 1) // 2 :][:1]
    if company.empty:
        company = pd.DataFrame(
            {"declared_days": [_UNDECLARED_DAYS], "declared_sd_days": [default_cv * _UNDECLARED_DAYS]}
        )
    company = company.assign(supplier=ANY)
    pools = pd.concat([company[POOL], ordered[POOL].drop_duplicates()]).reset_index(drop=True)
    usual = pd.concat([company[POOL], middle[POOL]]).assign(is_usual=True)
    pools = pools.merge(usual, on=POOL, how="left").assign(sku=ANY, location=ANY)
    return pools.assign(is_usual=pools["is_usual"].notna()).sort_values(POOL, kind="stable").reset_index(drop=True)


def with_declared(purchase_orders: pd.DataFrame, terms: pd.DataFrame, default_cv: float) -> pd.DataFrame:
    """Purchase orders with `declared_days`: of the item's terms, else usual for the supplier, else for the company."""
    pools = supplier_pools(terms, default_cv)
    usual = pools[pools["is_usual"]].set_index("supplier")["declared_days"]
    own = purchase_orders[ITEM].merge(terms, on=ITEM, how="left")["declared_days"]
    own = own.fillna(purchase_orders["supplier"].reset_index(drop=True).map(usual)).fillna(usual[ANY])
    return purchase_orders.assign(declared_days=own.to_numpy(dtype=np.float64))
