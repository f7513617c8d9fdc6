"""What `restock check` tells beside faults: identity that is likely missing, and stock that nobody recorded."""

import pandas as pd

from app.check.examine import Findings
from app.check.files import PROPOSALS_FOLDER
from app.terminal import say
from features.sales_gaps import RULE as SALES_RULE
from features.sales_gaps import units_missing
from features.stock_knowledge import RULE as STOCK_RULE
from flows.execution.run import run_folder
from flows.inputs import Reading, accepted_tables
from onboarding.identity_gaps import IdentityGap, advice, find_identity_gaps, write_identity_gaps
from settings import Settings

SHOWN = 5
SHOWN_GAPS = 3


def find_gaps(settings: Settings, findings: Findings) -> list[IdentityGap]:
    """Find what the tables of identity likely lack, and write it to the company's run folder.

    Codes that are missing are a reason why data are refused, so this is told of refused data too, as far as sales,
    products and inventory could be read.
    """
    if not {"sales", "products", "inventory"} <= set(findings.intakes):
        return []
    tables = accepted_tables(Reading(dict(findings.intakes), from_manifest=False), settings)
    gaps = find_identity_gaps(tables, settings)
    write_identity_gaps(gaps, run_folder(settings) / PROPOSALS_FOLDER)
    return gaps


HISTORIES = {"Sales history": SALES_RULE, "Stock history": STOCK_RULE}
"""Rules that tell what is not known of the past, below headings of their own."""


def unknown_past(results: pd.DataFrame, rule: str) -> list[str]:
    """What is not known of the past sales, or of the past stock of each location, and what that does, in sentences."""
    told = results.loc[results["rule"] == rule, "first_example"]
    return [str(sentence) for sentence in told if sentence]


def print_unknown_past(results: pd.DataFrame) -> None:
    """The sentences of `unknown_past` below their headings."""
    for heading, rule in HISTORIES.items():
        sentences = unknown_past(results, rule)
        if sentences:
            say(f"\n{heading}:")
        shown = SHOWN_GAPS if rule == SALES_RULE else len(sentences)
        for sentence in sentences[:shown]:
            say(f"  {sentence}")
        others = sentences[shown:]
        if others:
            missing, times = sum(map(units_missing, others)), "time" if len(others) == 1 else "times"
            say(f"  and {len(others):,} more such {times}, in which about {missing:,.0f} units are missing")


def print_identity_gaps(gaps: list[IdentityGap], settings: Settings) -> None:
    """The gaps that concern the most money, and where all of them are."""
    if not gaps:
        return
    lines = "line" if len(gaps) == 1 else "lines"
    say(f"\nLikely missing: {len(gaps):,} {lines} about what is the same product, by the money concerned:")
    for gap in gaps[:SHOWN]:
        say(f"  {gap.in_words(settings.company.base_currency)}")
    for sentence in advice(gaps):
        say(f"  {sentence}")
    say(f"  To look at and paste: {run_folder(settings) / PROPOSALS_FOLDER}")
