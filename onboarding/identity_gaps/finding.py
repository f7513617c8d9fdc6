"""All finders over a company's tables."""

from collections.abc import Mapping

import pandas as pd

from onboarding.identity_gaps.barcodes import find_same_barcodes
from onboarding.identity_gaps.fulfilment_lines import find_fulfilment
from onboarding.identity_gaps.gap import IdentityGap, by_money
from onboarding.identity_gaps.multipacks import find_multipacks
from onboarding.identity_gaps.selling import selling_of
from onboarding.identity_gaps.successors import find_successors
from onboarding.identity_gaps.units_of_measure import find_units_of_measure
from onboarding.identity_gaps.written_alike import find_written_alike
from settings import Settings


def find_identity_gaps(tables: Mapping[str, pd.DataFrame], settings: Settings) -> list[IdentityGap]:
    """Lines that the tables of identity likely lack, sorted by the money concerned.

    Parameters
    ----------
    tables: accepted tables before identity is resolved; `sales` and `products` must be there.
    settings: base currency, default location, how codes are compared, codes that are no products.
    """
    selling = selling_of(tables, settings)
    if selling is None:
        return []
    aliases = [*find_written_alike(selling), *find_same_barcodes(selling)]
    others = [*find_multipacks(selling), *find_successors(selling), *find_units_of_measure(selling)]
    renamed = {found.line["alias"] for found in aliases}
    kept = [found for found in others if not renamed & {found.line.get("bundle_sku"), found.line.get("sku")}]
    surest = {found.line["alias"]: found for found in sorted(aliases, key=lambda found: found.confidence)}
    return by_money([*surest.values(), *kept, *find_fulfilment(selling, settings.company.default_location)])
