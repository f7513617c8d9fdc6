"""Wide files: a column for each date becomes a row for each filled cell."""

import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from settings import SettingsError
from tests.data_contracts.company import accepted, ingest, rejected, warnings_of, write

DATES = {"columns": r"re:\d{4}-\d{2}-\d{2}", "into": "date", "values": "units"}
CONSTANTS = {"channel": "web", "net_revenue": "1", "currency": "EUR", "location": "BER"}


def wide(*rows: str) -> str:
    return "\n".join(("sku,2026-03-02,2026-03-03", *rows)) + "\n"


def test_each_filled_cell_is_a_row_with_the_date_of_its_header_and_the_line_of_the_file(tmp_path):
    write(tmp_path, "sales.csv", wide("A,5,6", "B,,7"))

    rows = accepted(tmp_path, unpivot=DATES, constants=CONSTANTS)

    reported = list(zip(rows["sku"], rows["date"].dt.day, rows["units"], rows["source_line"], strict=True))
    assert reported == [("A", 2, 5.0, 2), ("A", 3, 6.0, 2), ("B", 3, 7.0, 3)]


@pytest.mark.parametrize("zero", ["0", "0.0", "-0", "0,00"])
def test_zeros_are_left_out_where_asked(tmp_path, zero):
    write(tmp_path, "sales.csv", wide(f'A,5,"{zero}"'))

    kept = accepted(tmp_path, unpivot=DATES | {"drop_zeros": True}, constants=CONSTANTS)

    assert kept["units"].tolist() == [5.0]
    assert len(accepted(tmp_path, unpivot=DATES, constants=CONSTANTS)) == 2


def test_a_cell_that_is_no_number_is_rejected_with_its_text_and_line(tmp_path):
    write(tmp_path, "sales.csv", wide("A,5,6", "B,1x,7"))

    rows = rejected(tmp_path, unpivot=DATES, constants=CONSTANTS)

    assert rows[["line", "column", "value"]].to_numpy().tolist() == [[3, "units", "1x"]]


def test_cells_of_parquet_keep_their_numbers(tmp_path):
    table = pa.table({"sku": ["A", "B"], "2026-03-02": [1, 0], "2026-03-03": [2.5, None]})
    parquet.write_table(table, tmp_path / "sales.parquet")

    rows = accepted(tmp_path, path="sales.parquet", unpivot=DATES | {"drop_zeros": True}, constants=CONSTANTS)

    assert rows["units"].tolist() == [1.0, 2.5]


def test_headers_are_dates_in_the_declared_format(tmp_path):
    write(tmp_path, "sales.csv", "sku;02.03.26;03.03.26\nA;1,5;2\n")

    rows = accepted(
        tmp_path,
        unpivot={"columns": r"re:[\d.]+", "into": "date", "values": "units"},
        constants=CONSTANTS,
        date_format="%d.%m.%y",
        decimal=",",
    )

    assert rows["date"].tolist() == [pd.Timestamp("2026-03-02"), pd.Timestamp("2026-03-03")]
    assert rows["units"].tolist() == [1.5, 2.0]


def test_headers_may_be_named_one_by_one(tmp_path):
    write(tmp_path, "sales.csv", wide("A,5,6"))

    intake = ingest(tmp_path, unpivot=DATES | {"columns": ["2026-03-03"]}, constants=CONSTANTS)

    assert intake.parts["rows_accepted"].tolist() == [1]
    assert warnings_of(intake) == {"sales.columns.new": 1}


def test_rows_with_too_few_fields_are_rejected_as_elsewhere(tmp_path):
    write(tmp_path, "sales.csv", wide("A,5,6", "B,7"))

    rows = rejected(tmp_path, unpivot=DATES, constants=CONSTANTS)

    assert rows[["line", "value"]].to_numpy().tolist() == [[3, "B,7"]]


def test_headers_that_are_not_there_are_wrong_use_and_the_file_s_are_named(tmp_path):
    write(tmp_path, "sales.csv", "sku,March,April\nA,1,2\n")

    with pytest.raises(
        SettingsError, match=r"sources.sales.unpivot.columns is .* of sales.csv; it has sku, March, April"
    ):
        ingest(tmp_path, unpivot=DATES, constants=CONSTANTS)


def test_a_name_that_is_taken_is_wrong_use(tmp_path):
    write(tmp_path, "sales.csv", wide("A,5,6"))

    with pytest.raises(SettingsError, match=r"unpivot.into is 'sku', a name that is taken in sales.csv"):
        ingest(tmp_path, unpivot=DATES | {"into": "sku"}, constants=CONSTANTS)
