"""All finders over a company's tables."""

from collections.abc import Mapping

import pandas as pd

from onboarding.identity_gaps.identity_gap import IdentityGap, by_money
from onboarding.identity_gaps.missing_fulfilment import find_missing_fulfilment
from onboarding.identity_gaps.multipacks import find_multipacks
from onboarding.identity_gaps.sales_by_code import sales_by_code
from onboarding.identity_gaps.same_barcodes import find_same_barcodes
from onboarding.identity_gaps.spelling_variants import find_spelling_variants
from onboarding.identity_gaps.successors import find_successors
from onboarding.identity_gaps.units_of_measure import find_units_of_measure
from settings import Settings


def find_identity_gaps(tables: Mapping[str, pd.DataFrame], settings: Settings) -> list[IdentityGap]:
    """Lines that the tables of identity likely lack, sorted by the money concerned.

    Parameters
    ----------
    tables: accepted tables before identity is resolved; `sales` and `products` must be there.
    settings: base currency, default location, how codes are compared, codes that are no products.
    """
    by_code = sales_by_code(tables, settings)
    if by_code is None:
        return []
    aliases = [*find_spelling_variants(by_code), *find_same_barcodes(by_code)]
    others = [*find_multipacks(by_code), *find_successors(by_code), *find_units_of_measure(by_code)]
    renamed = {found.line["alias"] for found in aliases}
    kept = [found for found in others if not renamed & {found.line.get("bundle_sku"), found.line.get("sku")}]
    surest = {found.line["alias"]: found for found in sorted(aliases, key=lambda found: found.confidence)}
    return by_money([*surest.values(), *kept, *find_missing_fulfilment(by_code, settings.company.default_location)])
