"""Identity that is likely missing: each finder names lines to add to a table, with the evidence in words.

A person decides. Nothing is applied by itself: precision matters more than finding everything. In the order of reading:

- `identity_gap`: a line that a table likely lacks, and why
- `sales_by_code`: what each code sold, and when: what all finders look at
- `product_names`: how many a pack holds, and whether two names mean one thing
- the finders: `spelling_variants`, `same_barcodes`, `multipacks`, `successors`, `units_of_measure`,
  `missing_fulfilment`
- `find_gaps`: all of them over a company's tables
- `gap_files`: the CSV files that people paste from
"""

from onboarding.identity_gaps.find_gaps import find_identity_gaps
from onboarding.identity_gaps.gap_files import ALL_FILE, write_identity_gaps
from onboarding.identity_gaps.identity_gap import IdentityGap, advice

__all__ = ["ALL_FILE", "IdentityGap", "advice", "find_identity_gaps", "write_identity_gaps"]
