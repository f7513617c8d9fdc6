"""Gaps in the history of sales and of stock, as `restock check` says them."""

import pandas as pd

from app.terminal import echo
from features.sales_gaps import RULE as SALES_RULE
from features.sales_gaps import units_missing
from features.stock_recording import RULE as STOCK_RULE
from features.stock_rows import COUNTED_LATER_RULE, NO_ROW_RULE

SHOWN_GAPS = 3

HISTORIES = {
    "Sales history": SALES_RULE,
    "Stock history": STOCK_RULE,
    "Periods without a row of stock": NO_ROW_RULE,
    "Date of the stock": COUNTED_LATER_RULE,
}
"""Rules that say what is not known of the past, by the heading under which they are printed."""


def history_gaps(results: pd.DataFrame, rule: str) -> list[str]:
    """What is not known of the past sales, or of the past stock of each location, and what that does, in sentences."""
    sentences = results.loc[results["rule"] == rule, "first_example"]
    return [str(sentence) for sentence in sentences if sentence]


def print_history_gaps(results: pd.DataFrame) -> None:
    """The sentences of `history_gaps` below their headings."""
    for heading, rule in HISTORIES.items():
        sentences = history_gaps(results, rule)
        if sentences:
            echo(f"\n{heading}:")
        shown = SHOWN_GAPS if rule == SALES_RULE else len(sentences)
        for sentence in sentences[:shown]:
            echo(f"  {sentence}")
        others = sentences[shown:]
        if others:
            missing, times = sum(map(units_missing, others)), "time" if len(others) == 1 else "times"
            echo(f"  and {len(others):,} more such {times}, in which about {missing:,.0f} units are missing")
