"""What the screen lets pass is what Great Expectations would find nothing in."""

import numpy as np
import pandas as pd
import pytest

from data_contracts.contract import empty_frame
from data_contracts.declarations import SOURCE_FILE, SOURCE_LINE, UNREAD_ROW
from data_contracts.expectations import screening, validation
from data_contracts.expectations.row_checks import PART, ROW_CHECKS
from data_contracts.tables import CONTRACTS

ROWS = 60
DIRTY = {
    "number": [np.nan, 0.0, -3.0, 2.5, 7.0, 1e13, 4.0],
    "date": [pd.NaT, pd.Timestamp("1900-01-01"), pd.Timestamp("2026-02-03"), pd.Timestamp("2200-01-01")],
    "flag": [None, True, False],
}
TEXTS = [None, "A", "B", "EUR", "eur", "DE", "Germany", "retail", "5"]


def dirty_rows(contract, seed):
    """Rows of the contract's types filled at random with right and wrong values, some of them twice."""
    rng = np.random.default_rng(seed)
    columns = {UNREAD_ROW: pd.Series(rng.choice([None, "x;y"], ROWS, p=[0.9, 0.1])).astype("category")}
    for name, dtype in empty_frame(contract)[contract.names].dtypes.items():
        column = contract.column(name)
        pool = [*DIRTY.get(column.kind, [*TEXTS, *column.choices])]
        drawn = pd.Series([pool[i] for i in rng.integers(0, len(pool), ROWS)], dtype=object)
        columns[name] = drawn.astype(dtype)
    for column in contract.columns:
        if column.has_unread:
            columns[column.unread] = pd.Series(rng.choice([None, "12x"], ROWS, p=[0.9, 0.1])).astype("category")
    frame = pd.DataFrame(columns)
    frame[SOURCE_FILE] = pd.Categorical(rng.choice(["a.csv", "b.csv"], ROWS))
    frame[SOURCE_LINE] = np.arange(ROWS)
    frame[PART] = pd.Categorical(rng.choice(["2026-01", "2026-02"], ROWS))
    return pd.concat([frame, frame.iloc[:5]], ignore_index=True)


@pytest.mark.parametrize("table", ["sales", "products", "supply_terms", "purchase_orders", "planning_parameters"])
def test_great_expectations_finds_broken_rows_where_the_screen_suspects_them_and_nowhere_else(table):
    contract = CONTRACTS[table]
    frame = dirty_rows(contract, seed=7)

    whole = validation.validate_rules(frame, contract, contract.all_rules())
    screened = screening.broken_rows(frame, contract)

    broken = {rule: positions.tolist() for rule, positions in whole.failed.items() if len(positions)}
    assert len(broken) > len(contract.all_rules()) / 2
    assert {rule: positions.tolist() for rule, positions in screened.items()} == broken


def test_great_expectations_is_not_asked_about_rows_that_keep_every_rule(monkeypatch):
    contract = CONTRACTS["bundles"]
    frame = pd.DataFrame({"bundle_sku": ["SET"], "component_sku": ["CUP"], "units": [2.0]})
    frame = empty_frame(contract).reindex(range(1)).assign(**frame)
    for column in contract.columns:
        if column.has_unread:
            frame[column.unread] = None
    frame = frame.assign(**{SOURCE_FILE: "bundles.csv", SOURCE_LINE: 2, PART: ""})
    frame[UNREAD_ROW] = None
    asked = []
    monkeypatch.setattr(validation, "validate_rules", lambda *given: asked.append(given))

    assert screening.broken_rows(frame, contract) == {}
    assert asked == []


def test_a_check_that_cannot_be_evaluated_is_left_to_great_expectations(monkeypatch):
    monkeypatch.setitem(ROW_CHECKS, "differ", lambda rows: 1 / 0)

    assert screening.may_be_broken(pd.DataFrame({"a": ["A"], "b": ["B"]}), "differ", {})
