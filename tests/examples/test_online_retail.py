"""A year of Online Retail II becomes a company whose order lines are those of the source."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data_contracts.parsing import is_non_product as set_aside_by_settings
from data_contracts.tables import CONTRACTS
from examples.online_retail.made_up import product_frame, supply_terms_frame
from examples.online_retail.order_lines import COLUMNS, NOT_PRODUCTS, is_non_product, read_order_lines
from examples.online_retail.prepare import main, prepare
from settings import load_settings

REAL = Path(__file__).parents[2].parent / "shared" / "data" / "online_retail" / "year_2009_2010.parquet"


def lines(*rows: tuple[str, str, int, float]) -> pd.DataFrame:
    """Order lines from (invoice, code, quantity, price); two days apart, of one customer in the United Kingdom."""
    frame = pd.DataFrame(rows, columns=["invoice", "stock_code", "quantity", "unit_price"])
    frame["description"] = "RED HEART MUG"
    frame["invoice_date"] = pd.Timestamp("2011-03-01 09:30") + pd.to_timedelta(np.arange(len(frame)) * 2, "D")
    frame["customer_id"] = pd.array([13085] * len(frame), dtype="Int64")
    frame["country"] = "United Kingdom"
    return frame[list(COLUMNS)]


def test_revenue_is_quantity_times_price_in_pennies() -> None:
    read = read_order_lines(lines(("1", "85048", 12, 6.955), ("C2", "85048", -2, 6.95)))

    assert list(read.lines["net_revenue"]) == [83.46, -13.90]


def test_lines_of_found_stock_are_set_aside_and_gifts_to_customers_are_not() -> None:
    source = lines(("1", "85048", 5, 0.0), ("2", "85048", 3, 0.0), ("3", "85048", -4, 0.0))
    source.loc[0, "customer_id"] = pd.NA

    read = read_order_lines(source)

    assert list(read.found_stock["invoice"]) == ["1"]
    assert list(read.lines["invoice"]) == ["2", "3"]


def test_a_gross_of_what_is_usually_bought_singly_is_wholesale_and_so_is_its_return() -> None:
    usual = [(str(k), "A", 2, 1.0) for k in range(5)]

    read = read_order_lines(lines(*usual, ("8", "A", 144, 1.0), ("9", "A", 143, 1.0), ("C9", "A", -144, 1.0)))

    assert list(read.lines["order_type"]) == ["retail"] * 5 + ["wholesale", "retail", "wholesale"]


def test_a_gross_of_what_is_always_bought_by_the_gross_is_retail() -> None:
    read = read_order_lines(lines(("1", "A", 144, 1.0), ("2", "A", 144, 1.0)))

    assert set(read.lines["order_type"]) == {"retail"}


@pytest.mark.parametrize(
    "code", ["POST", "D", "M", "C2", "BANK CHARGES", "AMAZONFEE", "ADJUST2", "GIFT_0001_20", "TEST001", "CRUK"]
)
def test_codes_of_bookkeeping_are_no_products(code: str) -> None:
    assert is_non_product(pd.Series([code])).all()
    assert set_aside_by_settings(pd.Series([code.lower()]), NOT_PRODUCTS).all()


@pytest.mark.parametrize("code", ["85048", "79323P", "DCGS0003", "SP1002", "90214A"])
def test_codes_of_goods_are_products(code: str) -> None:
    assert not is_non_product(pd.Series([code])).any()
    assert not set_aside_by_settings(pd.Series([code]), NOT_PRODUCTS).any()


def test_a_product_bears_the_name_and_price_most_often_seen() -> None:
    source = lines(("1", "85048a", 1, 2.0), ("2", "85048A", 1, 4.0), ("3", "85048A ", 1, 3.0), ("4", "X1", 1, 0.0))
    source.loc[1, "description"] = "lost"

    products = product_frame(read_order_lines(source).lines)

    assert list(products["sku"]) == ["85048A"]
    assert products.loc[0, ["name", "unit_price", "category"]].tolist() == ["RED HEART MUG", 3.0, "Kitchen and table"]
    assert 0.31 <= products.loc[0, "unit_cost"] / 3.0 <= 0.49


def test_the_pack_is_what_customers_mostly_take_and_the_minimum_is_whole_packs() -> None:
    source = lines(*[(str(k), "85048", units, 2.0) for k, units in enumerate([1, 12, 12, 12, 6])])
    read = read_order_lines(source).lines
    products = product_frame(read)

    terms = supply_terms_frame(read, products, np.array([3.0])).iloc[0]

    assert (terms["order_multiple"], terms["minimum_order_quantity"]) == (12, 48)


def test_company_is_written_to_fit_the_contracts_and_the_same_each_time(tmp_path: Path) -> None:
    rows = [(str(k), f"8504{k % 9}", 1 + k % 7, 2.5) for k in range(120)]
    source = tmp_path / "year.parquet"
    lines(*rows).to_parquet(source)

    prepare(source, tmp_path / "one")
    prepare(source, tmp_path / "two")

    settings = load_settings(tmp_path / "one")
    assert settings.sources["sales"].cancelled_order_prefix == "C"
    assert settings.sources["sales"].not_products == list(NOT_PRODUCTS)
    for table, where in settings.sources.items():
        if table == "sales":
            continue
        frame = pd.read_csv(tmp_path / "one" / str(where.path))
        contract = CONTRACTS[table]
        assert set(contract.required) <= set(frame.columns) <= set(contract.names)
        assert not frame.duplicated([name for name in contract.key if name in frame]).any()
        assert (tmp_path / "one" / str(where.path)).read_bytes() == (tmp_path / "two" / str(where.path)).read_bytes()


def test_command_line_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pd.DataFrame({"invoice": ["1"]}).to_parquet(tmp_path / "year.parquet")

    assert main([]) == 2
    assert main([str(tmp_path / "year.parquet"), str(tmp_path / "company")]) == 3
    assert "stock_code" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.skipif(not REAL.exists(), reason="the data set is not here")
def test_the_real_year_keeps_its_lines() -> None:
    """525,461 order lines of 40 countries: data/README.md of the shared folder."""
    source = pd.read_parquet(REAL)
    read = read_order_lines(source)
    products = product_frame(read.lines)

    assert len(read.lines) + len(read.found_stock) == len(source) == 525_461
    assert len(read.found_stock) < 0.005 * len(source)
    assert read.lines["market"].nunique() >= 36
    assert read.lines["market"].isna().mean() < 0.001
    assert 4_000 < len(products) < 4_300
