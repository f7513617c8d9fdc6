"""The reference page of the inputs is the contracts' own."""

from pathlib import Path

import pytest

from data_contracts.reference import render
from data_contracts.tables import CONTRACTS

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "inputs.md"


def test_the_committed_page_equals_the_contracts():
    assert PAGE.read_text("utf-8") == render(), f"run: python -m data_contracts.reference {PAGE}"


@pytest.mark.parametrize("table", CONTRACTS)
def test_every_column_says_what_it_means_and_numbers_have_units(table):
    for column in CONTRACTS[table].columns:
        assert column.meaning.endswith("."), column.name
        assert column.example or column.kind == "country", column.name
        assert column.unit or column.kind != "number", column.name


def test_keys_are_columns():
    for contract in CONTRACTS.values():
        assert set(contract.key) <= set(contract.names)
        assert contract.month_column is None or contract.column(contract.month_column).required
