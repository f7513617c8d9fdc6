"""Codes that differ from another by their writing only: letter case, blanks, punctuation, leading zeros."""

import re
from collections import defaultdict

import pandas as pd

from onboarding.identity_gaps.identity_gap import IdentityGap
from onboarding.identity_gaps.product_names import name_similarity
from onboarding.identity_gaps.sales_by_code import SalesByCode

MIN_NAME_SIMILARITY = 60.0
LARGEST_PRICE_FACTOR = 3.0


def normalised_writing(code: str) -> str:
    """What is left of a code without its writing; punctuation between two digits still parts them.

    >>> [normalised_writing(code) for code in ("tea-0412 ", "TEA0412", "00123")]
    ['tea0412', 'tea0412', '123']
    >>> normalised_writing("10-1") == normalised_writing("101")
    False
    """
    parted = re.sub(r"(?<=\d)[\W_]+(?=\d)", "|", code.strip().casefold())
    plain = re.sub(r"[^\w|]|_", "", parted)
    return (plain.lstrip("0") or "0") if plain.isdigit() else plain


def find_spelling_variants(by_code: SalesByCode) -> list[IdentityGap]:
    """Aliases for codes that are another code, written in another way.

    Both must sell; or the code is no product, and sells or lies in stock. Names, where both are known, must be alike,
    and where they are not the same, prices too. The code that stays is a product's, of several the one with most
    revenue.
    """
    codes = by_code.codes.loc[~by_code.codes.index.isin(by_code.taken)]
    groups: dict[str, list[str]] = defaultdict(list)
    for code in sorted({*codes.index, *_stocked(by_code)} - by_code.taken):
        if normalised_writing(code):
            groups[normalised_writing(code)].append(code)
    found = []
    for group in groups.values():
        if len(group) < 2:
            continue
        rows = codes.reindex(group)
        known = rows.loc[rows["is_product"].eq(other=True)]
        if known.empty:
            continue
        sku = str(known.sort_values(["money", "units"], ascending=False, kind="stable").index[0])
        found += [_alias(code, sku, rows) for code in group if code != sku and _fits(code, sku, rows, by_code)]
    return found


def _stocked(by_code: SalesByCode) -> set[str]:
    inventory = by_code.tables.get("inventory")
    return set() if inventory is None else set(inventory["sku"].dropna())


def _fits(code: str, sku: str, rows: pd.DataFrame, by_code: SalesByCode) -> bool:
    other, own = rows.loc[code], rows.loc[sku]
    is_product = other["is_product"] is True or other["is_product"] == 1
    if is_product and not (other["units"] > 0 and own["units"] > 0):
        return False
    if not is_product and not (other["units"] > 0 or code in _stocked(by_code)):
        return False
    names = [row["name"] for row in (other, own) if isinstance(row["name"], str)]
    if len(names) == 2 and names[0].casefold() == names[1].casefold():
        return True
    if (len(names) == 2 and name_similarity(*names) < MIN_NAME_SIMILARITY) or (is_product and len(names) < 2):
        return False
    factor = float(other["price"]) / float(own["price"])
    return not (factor > LARGEST_PRICE_FACTOR or factor < 1 / LARGEST_PRICE_FACTOR)


def _alias(code: str, sku: str, rows: pd.DataFrame) -> IdentityGap:
    other = rows.loc[code]
    how = difference(code, sku)
    same_name = isinstance(other["name"], str) and other["name"] == rows.loc[sku, "name"]
    evidence = f"{code!r} differs from {sku!r} by {how} only" + (", and has the same name" if same_name else "")
    if other["is_product"] is not True and other["is_product"] != 1:
        evidence += ", and is not in products"
    confidence = 0.95 if how in {"letter case", "blanks"} else 0.85
    units, money = (float(value) if value > 0 else 0.0 for value in (other["units"], other["money"]))
    return IdentityGap("written alike", "sku_aliases", {"alias": code, "sku": sku}, evidence, units, money, confidence)


def difference(first: str, second: str) -> str:
    """In what two codes differ that are the same once their writing is normalised."""
    if first.casefold() == second.casefold():
        return "letter case"
    if re.sub(r"\s", "", first) == re.sub(r"\s", "", second):
        return "blanks"
    if first.isdigit() and second.isdigit():
        return "leading zeros"
    if re.sub(r"[\W_]", "", first) == re.sub(r"[\W_]", "", second):
        return "punctuation"
    return "letter case, blanks, punctuation or leading zeros"
