"""A part is validated once; what was kept is used only where it is whole."""

import os
import re

import pandas as pd
import pytest

from data_contracts.acceptance.accepted import TableIntake, load_accepted
from data_contracts.contract import empty_frame
from data_contracts.expectations.screening import broken_rows
from data_contracts.tables import CONTRACTS
from intake import monthly_validation
from intake.data_docs import build_data_docs
from tests.data_contracts.company import ingest, sale, sales_csv, write

JANUARY, FEBRUARY = sale(date="2026-01-05"), sale(date="2026-02-05")


@pytest.fixture
def validated_rows(monkeypatch):
    """How many rows were validated, a number for each call."""
    calls = []
    monkeypatch.setattr(
        monthly_validation,
        "broken_rows",
        lambda frame, contract: calls.append(len(frame)) or broken_rows(frame, contract),
    )
    return calls


def test_an_unchanged_part_is_not_validated_again(tmp_path, validated_rows):
    write(tmp_path, "sales.csv", sales_csv(JANUARY, FEBRUARY))

    first, second = ingest(tmp_path), ingest(tmp_path)

    assert validated_rows == [2]
    assert first.parts["was_cached"].tolist() == [False, False]
    assert second.parts["was_cached"].tolist() == [True, True]
    pd.testing.assert_frame_equal(first.rule_results, second.rule_results)
    pd.testing.assert_frame_equal(load_accepted(first), load_accepted(second))


def test_only_the_changed_month_is_validated_and_replaces_the_old(tmp_path, validated_rows):
    write(tmp_path, "sales.csv", sales_csv(JANUARY, FEBRUARY))
    ingest(tmp_path)
    write(tmp_path, "sales.csv", sales_csv(JANUARY, FEBRUARY, sale(date="2026-02-06"), sale(date="2026-02-07")))

    restated = ingest(tmp_path)

    assert validated_rows == [2, 3]
    assert restated.parts["was_cached"].tolist() == [True, False]
    assert restated.parts["rows_accepted"].tolist() == [1, 3]


def test_rows_that_only_moved_within_their_file_keep_their_decision_and_get_their_new_lines(tmp_path, validated_rows):
    bad = sale(date="2026-02-06", units="x")
    write(tmp_path, "sales.csv", sales_csv(FEBRUARY, bad))
    ingest(tmp_path)
    write(tmp_path, "sales.csv", sales_csv(JANUARY, FEBRUARY, bad))

    from data_contracts.acceptance.accepted import load_rejected

    moved = ingest(tmp_path)

    assert validated_rows == [2, 1]
    assert load_accepted(moved)["source_line"].tolist() == [2, 3]
    assert load_rejected(moved)["message"].str.startswith("sales.csv line 4:").tolist() == [True]


def test_another_version_of_the_contract_validates_again(tmp_path, validated_rows, monkeypatch):
    from dataclasses import replace

    write(tmp_path, "sales.csv", sales_csv(JANUARY))
    ingest(tmp_path)
    monkeypatch.setitem(CONTRACTS, "sales", replace(CONTRACTS["sales"], rules=CONTRACTS["sales"].rules[:-1]))

    ingest(tmp_path)

    assert validated_rows == [1, 1]


@pytest.mark.parametrize("harm", ["accepted-*.parquet", "rejected-*.parquet", "verdict.json", "rows-*.json"])
@pytest.mark.parametrize("how", ["missing", "corrupt", "empty"])
def test_a_part_whose_files_are_missing_or_corrupt_is_done_again(tmp_path, harm, how):
    write(tmp_path, "sales.csv", sales_csv(JANUARY, sale(date="2026-01-06", units="x")))
    whole = ingest(tmp_path)
    (file,) = (tmp_path / "parts").glob(f"sales/2026-01/*/{harm}")
    if how == "missing":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:-9] + b"corrupted" if how == "corrupt" else b"")

    again = ingest(tmp_path)

    assert again.parts["was_cached"].tolist() == [harm != "verdict.json"]
    pd.testing.assert_frame_equal(load_accepted(again), load_accepted(whole))
    assert ingest(tmp_path).parts["was_cached"].tolist() == [True]
    assert file.stat().st_size > 0


def test_nothing_half_written_is_left_when_writing_fails(tmp_path, monkeypatch):
    write(tmp_path, "sales.csv", sales_csv(JANUARY))
    from pathlib import Path

    def refuse(_self, _target):
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", refuse)
        with pytest.raises(OSError, match="No space left"):
            ingest(tmp_path)

    assert [file for file in (tmp_path / "parts").rglob("*") if file.is_file()] == []
    assert ingest(tmp_path).parts["rows_accepted"].tolist() == [1]


def test_parts_do_not_depend_on_how_rows_are_spread_over_files(tmp_path):
    write(tmp_path, "one/sales.csv", sales_csv(JANUARY, FEBRUARY))
    write(tmp_path, "two/a.csv", sales_csv(JANUARY))
    write(tmp_path, "two/b.csv", sales_csv(FEBRUARY))

    one, two = ingest(tmp_path, path="one"), ingest(tmp_path, path="two")

    assert one.parts["content_hash"].tolist() == two.parts["content_hash"].tolist()


def test_rows_without_a_date_have_a_part_of_their_own(tmp_path):
    write(tmp_path, "sales.csv", sales_csv(JANUARY, sale(date="soon")))

    parts = ingest(tmp_path).parts

    assert parts["part"].tolist() == ["sales/2026-01", "sales/undated"]
    assert parts["rows_rejected"].tolist() == [0, 1]


def test_an_intake_survives_being_written_as_text(tmp_path):
    write(tmp_path, "sales.csv", sales_csv(JANUARY, sale(units="x")))
    intake = ingest(tmp_path)

    again = TableIntake.from_json(intake.to_json())

    pd.testing.assert_frame_equal(again.parts, intake.parts)
    pd.testing.assert_frame_equal(again.rule_results, intake.rule_results)


@pytest.mark.parametrize("table", CONTRACTS)
def test_a_table_with_a_header_alone_is_typed_and_empty(tmp_path, table):
    contract = CONTRACTS[table]
    write(tmp_path, "t.csv", ",".join(contract.names) + "\n")

    rows = load_accepted(ingest(tmp_path, table=table, path="t.csv"))

    pd.testing.assert_frame_equal(rows, empty_frame(contract))


@pytest.mark.parametrize("table", CONTRACTS)
def test_the_example_of_every_contract_is_accepted_with_its_types(tmp_path, table):
    contract = CONTRACTS[table]
    row = {column.name: f'"{column.example}"' for column in contract.columns if column.example}
    if table in ("promotions", "closures"):
        row.pop("category" if table == "promotions" else "location")
    write(tmp_path, "t.csv", f"{','.join(row)}\n{','.join(row.values())}\n")

    rows = load_accepted(ingest(tmp_path, table=table, path="t.csv"))

    assert len(rows) == 1
    assert rows.dtypes.to_dict() == empty_frame(contract).dtypes.to_dict()


def test_data_docs_tell_each_rule_and_show_values_as_text(tmp_path):
    write(tmp_path, "sales.csv", sales_csv(JANUARY, sale(units="<script>alert(1)</script>")))

    index = build_data_docs([ingest(tmp_path)], tmp_path / "docs")

    page = (tmp_path / "docs" / "sales.html").read_text("utf-8")
    assert 'href="sales.html"' in index.read_text("utf-8")
    assert "sales.units.number" in page
    assert "<script>alert(1)" not in page
    assert not re.search(r"""<(script|link|img)[^>]*=["']https?://""", page), "the page fetches from another host"
