"""Identity that is likely missing: each finder proposes lines to add to a table, with the evidence in words.

A person decides. What is proposed is never applied: precision matters more than finding everything.
"""

from onboarding.identity_gaps.finding import find_identity_gaps
from onboarding.identity_gaps.gap import IdentityGap, advice
from onboarding.identity_gaps.writing import ALL_FILE, write_identity_gaps

__all__ = ["ALL_FILE", "IdentityGap", "advice", "find_identity_gaps", "write_identity_gaps"]
