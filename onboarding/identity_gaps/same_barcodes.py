"""Products that bear the same barcode: one thing under two codes."""

import pandas as pd

from onboarding.identity_gaps.identity_gap import IdentityGap
from onboarding.identity_gaps.product_names import name_similarity, parse_pack
from onboarding.identity_gaps.sales_by_code import SalesByCode
from onboarding.identity_gaps.spelling_variants import normalised_writing

MIN_NAME_SIMILARITY = 60.0
MOST_CODES = 4
"""A barcode that more products share is a placeholder."""

_LENGTHS = (8, 12, 13, 14)


def gtin(barcode: str | None) -> str | None:
    """A barcode as 14 digits; None where its length or its check digit is wrong, or all its digits are zero.

    >>> gtin("4006381333931"), gtin("4006381333932")
    ('04006381333931', None)
    """
    digits = (barcode or "").strip().replace(" ", "").replace("-", "")
    if not (digits.isascii() and digits.isdigit()) or len(digits) not in _LENGTHS or not int(digits):
        return None
    padded = digits.zfill(14)
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(padded[:13]))
    return padded if (10 - total % 10) % 10 == int(padded[13]) else None


def find_same_barcodes(by_code: SalesByCode) -> list[IdentityGap]:
    """Aliases for products with the barcode of another: names must be alike, and say the same of a pack.

    The code that stays is the one with most revenue. Codes that differ by their writing only are left to
    `find_spelling_variants`.
    """
    codes = by_code.codes.loc[by_code.codes["is_product"] & ~by_code.codes.index.isin(by_code.taken)]
    barcodes = codes["barcode"].map(gtin).dropna()
    found = []
    for barcode, group in barcodes.groupby(barcodes, sort=True):
        if not 2 <= len(group) <= MOST_CODES:
            continue
        rows = codes.loc[group.index].sort_values(["money", "units"], ascending=False, kind="stable")
        sku = str(rows.index[0])
        found += [_alias(str(code), sku, rows, str(barcode)) for code in rows.index[1:] if _fits(str(code), sku, rows)]
    return found


def _fits(code: str, sku: str, rows: pd.DataFrame) -> bool:
    first, second = rows.loc[code, "name"], rows.loc[sku, "name"]
    if not (isinstance(first, str) and isinstance(second, str)) or normalised_writing(code) == normalised_writing(sku):
        return False
    packs = [parse_pack(name) for name in (first, second)]
    counts = {pack.count if pack else 1 for pack in packs}
    return len(counts) == 1 and name_similarity(first, second) >= MIN_NAME_SIMILARITY


def _alias(code: str, sku: str, rows: pd.DataFrame, barcode: str) -> IdentityGap:
    first, second = str(rows.loc[code, "name"]), str(rows.loc[sku, "name"])
    evidence = f"{code!r} ({first}) and {sku!r} ({second}) have the same barcode {barcode.lstrip('0')}"
    units, money = rows.loc[code, "units"], rows.loc[code, "money"]
    confidence = 0.95 if name_similarity(first, second) >= 90 else 0.8
    line = {"alias": code, "sku": sku}
    return IdentityGap("same barcode", "sku_aliases", line, evidence, float(units), float(money), confidence)  # type: ignore[arg-type]
