"""The demo company is the same for the same seed, fits the contracts, and looks like a healthy company."""

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data_contracts.tables import CONTRACTS
from demo import Company, build_company, write_company
from settings import load_settings

SMALL = {"skus": 40, "days": 400}
NOT_DELIVERED = {"stockouts"}  # stock_levels tells every day


@pytest.fixture(scope="module")
def small() -> Company:
    return build_company(**SMALL)


@pytest.fixture(scope="module")
def whole() -> Company:
    return build_company()


def fingerprint(folder: Path) -> dict[str, str]:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    write_company(tmp_path / "first", seed=5, **SMALL)
    write_company(tmp_path / "again", seed=5, **SMALL)
    write_company(tmp_path / "other", seed=6, **SMALL)

    first, again, other = (fingerprint(tmp_path / name) for name in ("first", "again", "other"))

    assert first == again
    assert first["sales/2026-06.csv"] != other["sales/2026-06.csv"]
    assert first["inventory.csv"] != other["inventory.csv"]


def test_writing_again_replaces_files_that_people_edited(tmp_path: Path) -> None:
    write_company(tmp_path, **SMALL)
    before = fingerprint(tmp_path)
    (tmp_path / "inventory.csv").write_text("edited")

    write_company(tmp_path, **SMALL)

    assert fingerprint(tmp_path) == before


def test_settings_can_be_read_and_every_source_is_there(tmp_path: Path) -> None:
    write_company(tmp_path, **SMALL)

    settings = load_settings(tmp_path)

    assert set(settings.sources) == set(CONTRACTS) - NOT_DELIVERED
    assert all((tmp_path / str(source.path)).exists() for source in settings.sources.values())
    assert str(settings.data.today) == "2026-06-29"


@pytest.mark.parametrize("table", sorted(set(CONTRACTS) - NOT_DELIVERED))
def test_tables_have_the_contracts_columns_and_keys(small: Company, table: str) -> None:
    contract, frame = CONTRACTS[table], small.tables[table]
    key = ["order", "line"] if table == "sales" else list(contract.key)

    assert set(frame.columns) <= set(contract.names)
    assert set(contract.required) <= set(frame.columns)
    assert frame[contract.required].notna().all().all()
    assert not frame.duplicated(key).any()
    for column in contract.columns:
        if column.choices and column.name in frame:
            assert set(frame[column.name].dropna()) <= set(column.choices)


def test_references_between_tables_lead_somewhere(small: Company) -> None:
    tables = small.tables
    products, locations = set(tables["products"]["sku"]), set(tables["locations"]["location"])
    suppliers = set(tables["suppliers"]["supplier"])
    known = products | set(tables["sku_aliases"]["alias"])

    assert set(tables["sales"]["sku"]) <= known
    for table in ("stock_levels", "supply_terms", "purchase_orders", "inventory"):
        assert set(tables[table]["sku"]) <= products
        assert set(tables[table]["location"]) <= locations
    assert set(tables["purchase_orders"]["supplier"]) <= suppliers
    assert set(tables["bundles"]["component_sku"]) <= products
    assert set(tables["products"]["similar_sku"].dropna()) <= products


def test_nothing_is_sold_that_was_not_in_stock(small: Company) -> None:
    """Stock at the end of a day is stock before, plus what came, minus what went: so it is never below zero."""
    stock = small.tables["stock_levels"]
    empty = stock[stock["on_hand"] == 0]

    assert (stock["on_hand"] >= 0).all()
    assert len(empty) > 0


def test_stock_of_an_item_without_transfers_or_returns_is_conserved(small: Company) -> None:
    """Stock over the last 100 days changes by receipts, sales and resellable returns alone, at the store."""
    tables = small.tables
    last = tables["sales"]["date"].max()
    since = last - pd.Timedelta(days=100)
    sold = tables["sales"].query("channel == 'store' and date > @since").groupby("sku")["units"].sum()
    came = tables["receipts"].merge(tables["purchase_orders"], on=["order_number", "line_number"])
    came = came.query("location == 'HAMBURG' and received_on > @since").groupby("sku")["received_units"].sum()
    stock = tables["stock_levels"].query("location == 'HAMBURG'").set_index(["date", "sku"])["on_hand"]
    change = stock.loc[last] - stock.loc[since]

    unexplained = change.sub(came, fill_value=0).add(sold, fill_value=0)

    assert (unexplained >= 0).all()  # only returns, which no table dates, add to it
    assert unexplained.sum() <= 0.05 * sold.sum() + 2


def test_inventory_is_the_stock_of_the_last_evening(small: Company) -> None:
    inventory, stock = small.tables["inventory"], small.tables["stock_levels"]
    last = stock[stock["date"] == stock["date"].max()].astype({"sku": str, "location": str})
    both = inventory.merge(last, on=["sku", "location"], suffixes=("", "_level"))

    assert len(both) == len(inventory)
    assert (both["on_hand"] == both["on_hand_level"]).all()
    assert (inventory["reserved"] <= inventory["on_hand"]).all()


def test_orders_that_came_in_full_are_received_and_the_rest_open(small: Company) -> None:
    orders, receipts = small.tables["purchase_orders"], small.tables["receipts"]
    came = receipts.groupby(["order_number", "line_number"])["received_units"].sum()
    units = orders.set_index(["order_number", "line_number"]).join(came).fillna({"received_units": 0})

    received, is_open = units[units["status"] == "received"], units[units["status"] == "open"]
    assert (received["received_units"] == received["ordered_units"]).all()
    assert (is_open["received_units"] == 0).all()
    assert len(is_open) > 0


def test_too_small_a_company_is_refused_with_the_bounds() -> None:
    with pytest.raises(ValueError, match="from 24 to"):
        build_company(skus=5)
    with pytest.raises(ValueError, match="at least 120"):
        build_company(skus=40, days=10)


@pytest.mark.slow
def test_whole_company_has_the_shares_that_the_docs_state(whole: Company) -> None:
    tables, evening = whole.tables, whole.evening
    sales = tables["sales"]
    items = len(evening)
    stock = tables["stock_levels"]["on_hand"]
    last_year = sales[sales["date"] > sales["date"].max() - pd.Timedelta(days=365)]
    costs = tables["products"].set_index("sku")["unit_cost"]
    own = last_year["sku"].map(tables["sku_aliases"].set_index("alias")["sku"]).fillna(last_year["sku"])
    euros = last_year["net_revenue"] * np.where(last_year["currency"] == "GBP", 1.17, 1.0)
    margin = 1 - (last_year["units"] * own.map(costs)).sum() / euros.sum()
    tonight = (evening["position"] <= evening["reorder_point"]) & evening["supplier"].notna()

    assert 1_100 <= items <= 1_300
    assert 250_000 <= len(sales) <= 450_000
    assert len(tables["suppliers"]) == 12
    assert set(sales["channel"]) == {"webshop", "marketplace", "store"}
    assert set(tables["supply_terms"]["currency"]) == {"EUR", "GBP", "USD"}
    assert 0.04 <= tonight.mean() <= 0.14
    assert 0.02 <= (stock == 0).mean() <= 0.09
    assert 0.30 <= margin <= 0.60
    assert (
        0.03
        <= (sales["returned_units"].fillna(0).sum() - sales["units"].clip(upper=0).sum()) / sales["units"].sum()
        <= 0.08
    )


@pytest.mark.slow
def test_deliveries_of_the_whole_company_are_late_and_skewed(whole: Company) -> None:
    orders, receipts = whole.tables["purchase_orders"], whole.tables["receipts"]
    came = receipts.merge(orders, on=["order_number", "line_number"])
    late = (came["received_on"] - came["expected_on"]).dt.days.groupby(came["supplier"])

    assert (late.mean() > 0).all()
    assert (late.skew() > 0).mean() > 0.8
