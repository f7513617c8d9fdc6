"""Rule results added up: a row counts once however often rules are asked of it, and a failed rule shows an example."""

import pandas as pd

from data_contracts.acceptance.outcomes import RESULT_COLUMNS, failed_rules, rows_checked


def _results(*rows):
    return pd.DataFrame(rows, columns=list(RESULT_COLUMNS))


ASKED = _results(
    ("sales", "2026-01", "sales.units.number", "reject", 100, 0, ""),
    ("sales", "2026-02", "sales.units.number", "reject", 50, 2, "line 7"),
    ("sales", "2026-02", "sales.date.date", "reject", 50, 0, ""),
    ("sales", "*", "sales.date.not_in_future", "reject", 148, 1, "line 9"),
    ("sales", "*", "sales.date.not_in_future", "reject", 147, 0, ""),
    ("stockouts", "*", "stockouts.sku.resolved", "reject", 0, 0, ""),
)


def test_rows_of_the_parts_are_checked_once_whatever_was_asked_of_them():
    assert rows_checked(ASKED).to_dict() == {"sales": 150, "stockouts": 0}


def test_a_rule_that_is_asked_again_counts_its_rows_once():
    found = failed_rules(ASKED).set_index("rule")

    assert found.loc["sales.date.not_in_future", ["rows_checked", "rows_failed"]].tolist() == [148, 1]
    assert found.loc["sales.units.number", ["rows_checked", "rows_failed"]].tolist() == [150, 2]


def test_a_failed_rule_shows_the_first_example_of_the_parts_that_have_one():
    assert failed_rules(ASKED)["first_example"].tolist() == ["line 9", "line 7"]


def test_without_an_example_there_is_none():
    found = failed_rules(_results(("sales", "*", "sales.volume", "warn", 1, 1, "")))

    assert found["first_example"].isna().tolist() == [True]
