"""Packs of a product that is sold by the piece too: their sales are demand for the pieces."""

import math
from collections.abc import Hashable

import pandas as pd
from rapidfuzz import fuzz, process

from onboarding.identity_gaps.identity_gap import IdentityGap
from onboarding.identity_gaps.product_names import LARGEST_PACK, PackName, is_same_product, parse_pack
from onboarding.identity_gaps.sales_by_code import SalesByCode

SHORTLIST = 8
MIN_NAME_SIMILARITY = 80.0
LEAST_PRICE_SHARE = 0.5
"""A pack costs at least this share of its pieces' price, and at most a tenth more than all of it."""

MOST_PRICE_SHARE = 1.1
ROUND_COUNT = 0.12
"""How far the ratio of the prices may be from a whole number where the name names none."""


def find_multipacks(by_code: SalesByCode) -> list[IdentityGap]:
    """Bundles for products whose name speaks of a pack, and whose other words are exactly one other product's name.

    The price of the pack must fit that of its pieces, where both are known; where the name does not say how many, the
    prices do.
    """
    named = by_code.codes.loc[by_code.codes["name"].notna() & ~by_code.codes.index.isin(by_code.taken)]
    packs = {code: parse_pack(str(name)) for code, name in named["name"].items()}
    singles = {code: str(name).casefold() for code, name in named["name"].items() if packs[code] is None}
    found = []
    for code, pack in packs.items():
        if pack is None or len(pack.rest) < 4:
            continue
        near = process.extract(
            pack.rest, singles, scorer=fuzz.token_sort_ratio, score_cutoff=MIN_NAME_SIMILARITY, limit=SHORTLIST
        )
        same = [str(single) for _, _, single in near if is_same_product(pack.rest, singles[single])]
        if len(same) == 1:
            found += _bundle(str(code), pack, same[0], named)
    return found


def _bundle(code: str, pack: PackName, single: str, named: pd.DataFrame) -> list[IdentityGap]:
    ratio = _price(named, code) / _price(named, single)
    count = pack.count
    if count is None:
        count = _counted(ratio)
        if count is None:
            return []
    elif not math.isnan(ratio) and not LEAST_PRICE_SHARE <= ratio / count <= MOST_PRICE_SHARE:
        return []
    row = named.loc[code]
    of_one = f"{single!r} ({named.loc[single, 'name']})"
    named_so = f"the name of {code!r} ({row['name']}) says {pack.said!r}, and the rest is {of_one}"
    priced = "" if math.isnan(ratio) else f"; its price is {ratio:.3g} times that of one"
    line = {"bundle_sku": code, "component_sku": single, "units": str(count)}
    confidence = 0.6 if math.isnan(ratio) or pack.count is None else 0.9
    return [
        IdentityGap(
            "multipack", "bundles", line, named_so + priced, float(row["units"]), float(row["money"]), confidence
        )
    ]


def _price(named: pd.DataFrame, code: Hashable) -> float:
    row = named.loc[code]  # type: ignore[call-overload]
    asked, listed = float(row["price"]), float(row["list_price"])
    return listed if math.isnan(asked) else asked


def _counted(ratio: float) -> int | None:
    """The whole number that a ratio of prices is near to; None where it is near to none above one."""
    if math.isnan(ratio) or not 1.5 < ratio <= LARGEST_PACK:
        return None
    count = round(ratio)
    return count if abs(ratio - count) <= ROUND_COUNT else None
