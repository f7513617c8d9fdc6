"""Nothing that a user sees changes: keys and figures of the plans of three companies are those of the committed files.

`expected/COMPANY/TABLE.csv` holds them to be read, and `expected/hashes.json` to be compared. Where a change of figures
is meant, `python -m tests.golden` (or with names: `python -m tests.golden weekly`) writes them anew, and the diff of
the CSV files belongs into the review. Where only a name changed, no file is written anew: `canonical.py` has one line
for it.
"""

import pytest

from database import connect
from database.queries import current_run, recommendations, run_rows
from tests.golden.canonical import TABLES, Layout, canonical_tables, canonical_text
from tests.golden.companies import DATABASE, WRITERS, plan
from tests.golden.expected import changed_tables, describe, expected_hashes, expected_text, hash_of
from tests.models.inventory.plan_rules import faults

LAYOUT = Layout(table="t", key=("sku", "location"), figures=("units", "reasons"))


@pytest.fixture(
    scope="module",
    params=["demo", pytest.param("weekly", marks=pytest.mark.slow), pytest.param("monthly", marks=pytest.mark.slow)],
)
def company_name(request):
    """A company with a golden plan."""
    return request.param


@pytest.fixture(scope="module")
def database(company_name, request, tmp_path_factory):
    """Database of a company with its plan. The demo company is planned already, the others are planned here."""
    if company_name == "demo":
        return request.getfixturevalue("undisturbed").folder / DATABASE
    folder = tmp_path_factory.mktemp(company_name) / "company"
    plan(company_name, folder, PREFECT_API_URL=request.getfixturevalue("prefect_server"))
    return folder / DATABASE


def test_keys_and_figures_of_a_plan_stay_as_they_are_and_its_lines_agree_with_themselves(company_name, database):
    engine = connect(f"sqlite:///{database}")
    run = current_run(engine)
    lines, told = recommendations(engine, run.run_id), run_rows(engine, "exceptions", run.run_id)
    engine.dispose()

    changed = changed_tables(company_name, canonical_tables(database))

    if changed:
        pytest.fail("\n".join(changed), pytrace=False)
    assert len(lines)
    assert faults(lines, told) == []


def test_hashes_are_those_of_the_committed_tables():
    committed = {name: {table: hash_of(expected_text(name, table)) for table in TABLES} for name in WRITERS}

    assert committed == expected_hashes()


@pytest.mark.parametrize("name", WRITERS)
def test_what_is_expected_holds_orders_exceptions_and_budgets(name):
    recommendations, budget = (
        expected_text(name, "recommendations"),
        expected_text(name, "budget_forecast"),
    )

    assert recommendations.count(",order,") > 1
    assert expected_text(name, "exceptions").count("\n") > 20
    assert budget.count("\n") > 1000
    assert budget.count(",EUR,0,0,0,0,") < budget.count("\n") / 2


def test_last_bits_of_a_number_and_names_within_reasons_change_no_text():
    before = canonical_text(LAYOUT, [("A", "L", 0.3, '{"wanted":2.5,"on_hand":1,"late":true}')])
    after = canonical_text(LAYOUT, [("A", "L", 0.1 + 0.2, '{"stock":{"on_hand":1.0000000001,"wanted":2.5}}')])

    assert before == after == "sku,location,units,reasons\nA,L,0.3,1 2.5\n"


def test_missing_rows_extra_rows_and_changed_cells_are_named():
    before = canonical_text(LAYOUT, [("A", "L", 1, '{"a":1,"b":2}'), ("B", None, 1, None), ("C", "L", 4, None)])
    after = canonical_text(LAYOUT, [("A", "L", 1, '{"a":1,"b":3}'), ("C", "L", 5, None), ("C", "M", 1, None)])

    assert describe("shop/t", LAYOUT, before, after).splitlines() == [
        "shop/t: 1 rows missing, 1 extra, 2 cells differ",
        "  missing row B/-",
        "  extra row C/M",
        "  A/L reasons: expected 2, is 3",
        "  C/L units: expected 4, is 5",
    ]


def test_a_renamed_column_keeps_its_heading():
    renamed = Layout(table="t", key=("sku",), figures=("units",), renamed={"quantity": "units"})

    assert renamed.columns == ("sku", "quantity")
    assert renamed.headings == ("sku", "units")
