"""The VN2 files become a weekly company by the contest's rules."""

from pathlib import Path

import pandas as pd
import pytest

from data_contracts.tables import CONTRACTS
from examples.vn2.prepare import company_tables, main, prepare, read_contest
from settings import load_settings

REAL = Path(__file__).parents[2].parent / "shared" / "data" / "vn2"
WEEKS = ["2024-03-25", "2024-04-01", "2024-04-08"]


def contest_files(folder: Path) -> Path:
    """Two items over three weeks; the flags file also has a week to come, as the published one has."""
    folder.mkdir(exist_ok=True)
    name = "Week 0 - 2024-04-08 - "
    (folder / f"{name}Sales.csv").write_text(f"Store,Product,{','.join(WEEKS)}\n0,126,2,0,1\n3,7,0,5,0\n")
    flags = f"Store,Product,{','.join(WEEKS)},2024-04-15\n0,126,True,False,True,False\n3,7,True,True,True,True\n"
    (folder / "Week 0 - In Stock.csv").write_text(flags)
    (folder / "Week 0 - Master.csv").write_text(
        "Store,Product,ProductGroup,Division,Department,DepartmentGroup,StoreFormat,Format\n"
        "0,126,301,30,3,1,1,1\n3,7,402,40,4,1,1,1\n"
    )
    state = (
        "Store,Product,Start Inventory,Sales,Missed Sales,End Inventory,In Transit W+1,In Transit W+2\n"
        "0,126,0,0,0,3,4,0\n3,7,0,0,0,0,0,6\n"
    )
    (folder / f"{name}Initial State.csv").write_text(state)
    return folder


def test_every_row_fits_its_contract(tmp_path: Path) -> None:
    tables = company_tables(read_contest(contest_files(tmp_path)))

    for table, frame in tables.items():
        contract = CONTRACTS[table]
        assert set(contract.required) <= set(frame.columns) <= set(contract.names)
        assert not frame.duplicated([name for name in contract.key if name in frame]).any()


def test_weeks_without_sales_are_told_by_the_flags(tmp_path: Path) -> None:
    tables = company_tables(read_contest(contest_files(tmp_path)))

    sales = tables["sales"].set_index(["sku", "location", "date"])["units"]
    flags = tables["stock_levels"].set_index(["sku", "location", "date"])["in_stock"]
    assert dict(sales) == {
        ("P126", "S000", "2024-03-25"): 2,
        ("P126", "S000", "2024-04-08"): 1,
        ("P007", "S003", "2024-04-01"): 5,
    }
    assert not flags["P126", "S000", "2024-04-01"]
    assert flags["P007", "S003", "2024-03-25"]


def test_flags_of_weeks_to_come_are_not_looked_at(tmp_path: Path) -> None:
    tables = company_tables(read_contest(contest_files(tmp_path)))

    assert tables["stock_levels"]["date"].max() == "2024-04-08"


def test_what_is_in_transit_arrives_as_the_rules_say(tmp_path: Path) -> None:
    """W+1 is on the shelf from the start of week 1 (Monday 15 April): it comes in on the evening before."""
    tables = company_tables(read_contest(contest_files(tmp_path)))

    orders = tables["purchase_orders"].set_index("order_number")
    assert list(orders.loc["W+1", ["sku", "ordered_units"]]) == ["P126", 4]
    assert str(orders.loc["W+1", "expected_on"]) == "2024-04-14"
    assert str(orders.loc["W+2", "expected_on"]) == "2024-04-21"
    assert str(orders.loc["W+2", "ordered_on"]) == "2024-04-07"
    assert set(tables["supply_terms"]["lead_time_days"]) == {14}
    assert set(tables["supply_terms"]["order_weekdays"]) == {"sun"}


def test_costs_are_one_for_a_unit_short_and_a_fifth_for_a_unit_and_week(tmp_path: Path) -> None:
    source = contest_files(tmp_path / "source")
    prepare(source, tmp_path / "company")

    settings = load_settings(tmp_path / "company")
    product = pd.read_csv(tmp_path / "company" / "products.csv").iloc[0]
    rates = settings.inventory
    yearly = rates.capital_rate_per_year + rates.storage_rate_per_year + rates.obsolescence_rate_per_year
    assert product["unit_price"] - product["unit_cost"] == 1.0
    assert product["unit_cost"] * yearly / 365 * 7 == pytest.approx(0.2, rel=1e-12)
    assert rates.decision_lag_days == 0
    assert (settings.company.period, settings.company.week_starts_on) == ("week", "monday")


def test_command_line_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert main([str(tmp_path), str(tmp_path / "company")]) == 3
    assert "Sales.csv" in capsys.readouterr().err


@pytest.mark.skipif(not REAL.exists(), reason="the contest's files are not here")
def test_real_files_give_the_known_company() -> None:
    """599 store-products, 157 weeks, as_of 14 April 2024: data/README.md of the shared folder."""
    contest = read_contest(REAL)
    tables = company_tables(contest)

    assert len(tables["inventory"]) == 599
    assert tables["stock_levels"]["date"].nunique() == 157
    assert str(contest.as_of) == "2024-04-14"
    assert tables["inventory"]["on_hand"].sum() == 2225
    assert tables["sales"]["units"].sum() == contest.sales[contest.weeks].to_numpy().sum()
