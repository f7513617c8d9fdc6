"""The lead time of each item on its supplier's clock: learned where it is bought, declared where it is fetched."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.arrays import Floats, Texts
from models.inventory.lead_times.fit import LeadTimes
from models.inventory.terms.columns import KEY
from models.inventory.terms.supply_terms import SUPPLIER


@dataclass(frozen=True)
class ItemLead:
    """Lead time of each item on the supplier's clock: pmf (items, days), mean_days, sd_days (items,), source."""

    pmf: Floats
    mean_days: Floats
    sd_days: Floats
    source: Texts


def item_lead(scoped: pd.DataFrame, terms: pd.DataFrame, lead_times: LeadTimes) -> ItemLead:
    """Learned lead times where a supplier serves the item, the declared days of a transfer as they are."""
    bought = (terms["source"] == SUPPLIER).to_numpy(dtype=bool)
    declared = np.rint(np.nan_to_num(terms["lead_time_days"].to_numpy(dtype=np.float64))).astype(np.int64)
    count = len(scoped)
    learned = lead_times.for_items(scoped.loc[bought, ["supplier", *KEY]]) if bought.any() else None
    width = max(learned.pmf.shape[1] if learned else 1, int(declared[~bought].max(initial=0)) + 1)
    pmf = np.zeros((count, width))
    pmf[np.flatnonzero(~bought), declared[~bought]] = 1.0
    mean, sd = declared.astype(np.float64), np.zeros(count)
    source = np.full(count, "declared", dtype=object)
    if learned:
        pmf[bought, : learned.pmf.shape[1]] = learned.pmf
        mean[bought], sd[bought], source[bought] = learned.mean_days, learned.sd_days, learned.source
    return ItemLead(pmf, mean, sd, source)
