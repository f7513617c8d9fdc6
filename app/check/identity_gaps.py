"""What the tables of identity likely lack, found by `restock check`: for people to look at and paste."""

from app.check.examine import Findings
from app.check.files import PROPOSALS_FOLDER
from app.terminal import echo
from flows.execution.run import run_folder
from flows.inputs import Reading, accepted_tables
from onboarding.identity_gaps import IdentityGap, advice, find_identity_gaps, write_identity_gaps
from settings import Settings

SHOWN = 5


def find_gaps(settings: Settings, findings: Findings) -> list[IdentityGap]:
    """Find what the tables of identity likely lack, and write it to the company's run folder.

    Codes that are missing are a reason why data are refused, so gaps are looked for in refused data too, as far as
    sales, products and inventory could be read.
    """
    if not {"sales", "products", "inventory"} <= set(findings.intakes):
        return []
    tables = accepted_tables(Reading(dict(findings.intakes), from_manifest=False), settings)
    gaps = find_identity_gaps(tables, settings)
    write_identity_gaps(gaps, run_folder(settings) / PROPOSALS_FOLDER)
    return gaps


def print_identity_gaps(gaps: list[IdentityGap], settings: Settings) -> None:
    """The gaps that concern the most money, and where all of them are."""
    if not gaps:
        return
    lines = "line" if len(gaps) == 1 else "lines"
    echo(f"\nLikely missing: {len(gaps):,} {lines} about what is the same product, largest amounts first:")
    for gap in gaps[:SHOWN]:
        echo(f"  {gap.in_words(settings.company.base_currency)}")
    for sentence in advice(gaps):
        echo(f"  {sentence}")
    echo(f"  To review and paste: {run_folder(settings) / PROPOSALS_FOLDER}")
