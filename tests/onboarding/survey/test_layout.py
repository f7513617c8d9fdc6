"""Titles, headers of several lines, totals and footers around a table."""

import pytest

from data_contracts.acceptance.accepted import load_rejected
from data_contracts.acceptance.parts import PartStore
from data_contracts.tables import CONTRACTS
from intake.ingest import ingest_table
from onboarding.survey.layout import find_header, find_separator
from onboarding.survey.sources import survey_folder
from settings import DataRefused, load_settings
from tests.data_contracts.company import accepted, ingest, sale, sales_csv, warnings_of, write
from tests.onboarding.draft.folders import folder
from tests.onboarding.draft.test_written_forms import sales_of

ROWS = "".join(f"{day:02d}.01.2026;A-{day};Screw {day};10;1.235,00;K{day}\n" for day in range(5, 25))
HEADER = "Date;SKU;Description;Qty;Revenue EUR;Customer\n"
TITLES = "Sales by item;;;;;\nPeriod: 01.01.2026 - 31.01.2026;;;;;\n;;;;;\n"


@pytest.mark.parametrize(
    ("before", "header", "after"),
    [
        (TITLES, HEADER, ";;Sum;200;24.700,00;\n"),
        (TITLES, HEADER, ";;Total;200;24.700,00;\nPrinted on 01.02.2026 by Miller;;;;;\n"),
        ("Sales by item\n\n", HEADER, "Printed on 01.02.2026 by Miller\n"),
        ("Sales by item\n\n", HEADER, "20 rows"),
        ("sep=;\n", HEADER, ""),
        ("", HEADER, "\n;;;;;\n\n"),
        ("\n\n", HEADER, ";;Grand total;200;24.700,00;\n"),
        ("Report;Sales\nFrom;01.01.2026;To;31.01.2026\n", HEADER, ";;Summe 20 Positionen;200;24.700,00;\n"),
        (TITLES, HEADER + ";;;Stk.;EUR;\n", ""),
        (TITLES, "Item;;;Sold;;\n" + HEADER, ""),
        ("", "Date;SKU;Description;Qty;Revenue;Customer\n;;;(pcs);(EUR);\n", ""),
    ],
)
def test_the_table_is_found_between_titles_and_footers(tmp_path, before, header, after):
    sales = sales_of(tmp_path, before + header + ROWS + after)

    assert (len(sales), sales["units"].sum(), sales["net_revenue"].sum()) == (20, 200, 24_700)
    assert sales["source_line"].iloc[0] == (before + header).count("\n") + 1


def test_the_line_of_the_header_is_written_and_rows_of_totals_are_counted(tmp_path):
    sales_of(tmp_path, TITLES + HEADER + ROWS + ";;Sum;200;24.700,00;\n")

    text = (tmp_path / "shop" / "restock.toml").read_text()
    assert "header_line = 4 " in text
    assert 'leave_out = { Description = ["Sum"] }' in text
    settings = load_settings(tmp_path / "shop")
    source, store = settings.sources["sales"], PartStore(tmp_path / "parts")
    intake = ingest_table(CONTRACTS["sales"], source, settings.root, store, settings.data)
    assert warnings_of(intake)["sales.leave_out.left_out"] == 1
    assert len(load_rejected(intake)) == 0


def test_a_plain_file_needs_no_setting(tmp_path):
    delivered = survey_folder(folder(tmp_path, sales__csv=HEADER + ROWS)).delivered[0]

    assert (delivered.layout.header_line, delivered.layout.footers, delivered.layout.leave_out) == ((), (), {})


def test_a_product_called_total_is_a_row(tmp_path):
    sales = sales_of(tmp_path, HEADER + ROWS + "25.01.2026;A-99;Total Quartz 5W30;10;1.235,00;\n")

    assert (len(sales), "A-99" in sales["sku"].tolist()) == (21, True)


def test_files_of_texts_alone_have_their_header_on_the_first_line():
    assert find_header([(1, ["sku", "name"]), (2, ["A", "Tea"]), (3, ["B", "Mint"])]) == ()


def test_two_lines_of_a_header_are_one_where_the_second_alone_says_too_little():
    records = [(3, ["Item", "Sold", ""]), (4, ["", "pcs", "EUR"]), (5, ["A", "3", "4.5"]), (6, ["B", "1", "2.5"])]

    assert find_header(records) == (3, 4)


def test_decimal_commas_do_not_hide_the_separator():
    assert find_separator("Title\nday;sku;price\n1;A;1,5\n2;B;2,5\n") == ";"
    assert find_separator("day,sku,name\n1,A,a;b;c\n2,B,d;e;f\n") == ","


def test_a_declared_header_line_is_obeyed_and_a_file_that_is_shorter_is_refused(tmp_path):
    write(tmp_path, "sales.csv", "Report\n\n" + sales_csv(sale()))

    assert accepted(tmp_path, header_line=3)["source_line"].tolist() == [4]
    with pytest.raises(DataRefused, match="header_line is 9, and the file has 4 lines"):
        ingest(tmp_path, header_line=9)


def test_a_header_that_is_repeated_between_rows_is_left_out_and_counted(tmp_path):
    text = sales_csv(sale(), sale(sku="B"))
    write(tmp_path, "sales.csv", text + text.splitlines()[0] + "\n" + sale(sku="C") + "\n")

    intake = ingest(tmp_path)

    assert warnings_of(intake) == {"sales.source.repeated_header": 1}
    assert accepted(tmp_path)["sku"].tolist() == ["A", "B", "C"]


def test_a_footer_that_is_not_declared_is_rejected_by_its_line(tmp_path):
    write(tmp_path, "sales.csv", sales_csv(*[sale(sku=f"A{n}") for n in range(30)]) + "30 rows\n")

    assert len(load_rejected(ingest(tmp_path))) == 1
    assert warnings_of(ingest(tmp_path, footers=[r"re:\d+ rows"])) == {"sales.source.footers": 1}
