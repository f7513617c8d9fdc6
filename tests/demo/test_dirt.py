"""The dirty rows of the demo are those that the docs list, and good lines stay as they are."""

import csv
from pathlib import Path

import pytest

from data_contracts.acceptance.accepted import load_accepted
from data_contracts.acceptance.cross_table_rules import validate_across_tables
from data_contracts.acceptance.parts import PartStore
from data_contracts.as_of import determine_as_of
from data_contracts.tables import CONTRACTS
from demo import write_company
from demo.dirt import DIRTY_ROWS, SALES_DIRT, Dirt, soil_sales
from demo.sales import SALES_COLUMNS
from identity.resolve import resolve_identity
from intake.ingest import ingest_table
from settings import load_settings


def month(*lines: str) -> str:
    return ",".join(SALES_COLUMNS) + "\n" + "".join(f"{line}\n" for line in lines)


def line(order: str, units: int = 2) -> str:
    return f"2026-06-03,{order},1,KIT-101,webshop,DE,,{units},9.90,19.80,EUR,0,0,false,retail,completed,"


def test_good_lines_stay_in_their_order() -> None:
    clean = {"2026-06": month(*[line(f"W{k}") for k in range(30)])}

    soiled = soil_sales(1, clean, SALES_COLUMNS)["2026-06"].splitlines()

    added = sum(dirt.count for dirt in SALES_DIRT)
    assert len(soiled) == len(clean["2026-06"].splitlines()) + added
    kept = list(dict.fromkeys(row for row in soiled if ",X9" not in row))
    assert kept == clean["2026-06"].splitlines()


@pytest.mark.parametrize("dirt", [d for d in SALES_DIRT if d.column], ids=lambda dirt: dirt.fault)
def test_each_fault_stands_in_its_column_as_often_as_it_says(dirt: Dirt) -> None:
    clean = {"2026-06": month(*[line(f"W{k}") for k in range(30)])}

    soiled = list(csv.reader(soil_sales(1, clean, SALES_COLUMNS)["2026-06"].splitlines()[1:]))

    place = SALES_COLUMNS.index(dirt.column)
    assert sum(row[1].startswith("X9") and row[place] == dirt.value for row in soiled) == dirt.count


def test_dirt_is_far_below_what_stops_a_run(tmp_path: Path) -> None:
    write_company(tmp_path, skus=40, days=400)
    sales = sum(len(file.read_text(encoding="utf-8").splitlines()) - 1 for file in (tmp_path / "sales").iterdir())

    assert 50 <= DIRTY_ROWS <= 70
    assert sales > 100 * DIRTY_ROWS


@pytest.mark.slow
def test_the_data_checks_reject_the_dirt_and_nothing_else(tmp_path: Path) -> None:
    write_company(tmp_path, skus=40, days=400)
    settings = load_settings(tmp_path)
    store = PartStore(tmp_path / "parts")

    intakes = [ingest_table(CONTRACTS[t], s, settings.root, store, settings.data) for t, s in settings.sources.items()]
    tables = {intake.table: load_accepted(intake) for intake in intakes}
    as_of = determine_as_of(tables, settings)
    checked = validate_across_tables(tables, as_of, settings)
    resolved = resolve_identity(checked.tables, settings, as_of)

    in_parts = sum(int(intake.parts["rows_rejected"].sum()) for intake in intakes)
    expected = sum(dirt.count for dirt in SALES_DIRT if dirt.outcome == "rejected") + 2
    assert in_parts + len(checked.rejected) + len(resolved.rejected) == expected
