"""Identity that is likely missing: each finder proposes lines to add to a table, with the evidence in words.

A person decides. What is proposed is never applied: precision matters more than finding everything.
"""

from onboarding.identity_gaps.finding import find_proposals
from onboarding.identity_gaps.gap import Proposal, advice
from onboarding.identity_gaps.writing import ALL_FILE, write_proposals

__all__ = ["ALL_FILE", "Proposal", "advice", "find_proposals", "write_proposals"]
