"""What is found in folders and databases."""

import gzip
import re
import sqlite3
from pathlib import Path

import pandas as pd
import pytest

from onboarding.survey.sources import survey_database, survey_folder
from settings import UsageError
from tests.onboarding.draft.folders import folder


def names(survey):
    return [delivered.name for delivered in survey.delivered]


def test_files_of_all_kinds_and_of_folders_below_are_looked_at(tmp_path):
    folder(tmp_path, a__csv="x,y\n1,2\n", **{"below--b__tsv": "x\ty\n1\t2\n"})
    (tmp_path / "c.csv.gz").write_bytes(gzip.compress(b"x;y\n1;2\n"))
    pd.DataFrame({"x": [1], "day": pd.to_datetime(["2026-01-01"])}).to_parquet(tmp_path / "d.parquet")

    survey = survey_folder(tmp_path)

    assert names(survey) == ["a.csv", "below/b.tsv", "c.csv.gz", "d.parquet"]
    assert [delivered.separator for delivered in survey.delivered] == [None, "\t", ";", None]
    assert survey.delivered[3].contents["day"].kind == "date"


def test_files_of_one_form_that_differ_by_their_numbers_are_one_table(tmp_path):
    folder(
        tmp_path, **{"sales-2026-01__csv": "x,y\n1,2\n", "sales-2026-02__csv": "x,y\n3,4\n", "stock__csv": "x,y\n5,6\n"}
    )

    survey = survey_folder(tmp_path)

    assert names(survey) == ["sales-*.csv", "stock.csv"]
    assert survey.delivered[0].rows["x"].tolist() == ["1", "3"]


def test_files_of_one_form_with_other_words_in_their_names_stay_apart(tmp_path):
    folder(tmp_path, **{"Phase 1 - Price__csv": "x,y\n1,2\n", "Phase 1 - Sales__csv": "x,y\n3,4\n"})

    assert names(survey_folder(tmp_path)) == ["Phase 1 - Price.csv", "Phase 1 - Sales.csv"]


def test_a_pattern_that_would_take_other_files_too_is_not_used(tmp_path):
    folder(tmp_path, **{"s-1__csv": "x,y\n1,2\n", "s-2__csv": "x,y\n3,4\n", "s-old__csv": "a,b\n3,4\n"})

    assert names(survey_folder(tmp_path)) == ["s-1.csv", "s-2.csv", "s-old.csv"]


def test_what_cannot_be_read_is_told_and_the_rest_is_read(tmp_path):
    folder(tmp_path, a__csv="x,y\n1,2\n", b__csv="", c__xlsx="no")
    (tmp_path / "d.csv.gz").write_bytes(gzip.compress(b"x,y\n1,2\n" * 1000)[:-20])

    survey = survey_folder(tmp_path)

    assert names(survey) == ["a.csv"]
    assert dict(survey.unread).keys() == {"b.csv", "c.xlsx", "d.csv.gz"}
    assert "not an .xlsx workbook" in dict(survey.unread)["c.xlsx"]


def test_windows_text_is_read_as_such(tmp_path):
    (tmp_path / "a.csv").write_bytes("Größe;y\n1;2\n".encode("cp1252"))

    delivered = survey_folder(tmp_path).delivered[0]

    assert delivered.encoding == "cp1252"
    assert delivered.columns == ("Größe", "y")


def test_our_own_files_are_not_taken_for_data(tmp_path):
    folder(tmp_path, a__csv="x,y\n1,2\n", **{".restock--parts__csv": "x\n1\n", "reports--r__csv": "x\n1\n"})
    folder(
        tmp_path, corrections__csv="x,y\n1,2\n", **{"corrections--sales__json": "[]", "corrections--old__csv": "x\n1\n"}
    )

    assert names(survey_folder(tmp_path)) == ["a.csv", "corrections.csv"]


def test_a_folder_without_data_is_wrong_use(tmp_path):
    with pytest.raises(UsageError, match="holds no CSV"):
        survey_folder(tmp_path)


def shop_database(file):
    with sqlite3.connect(file) as connection:
        connection.execute('CREATE TABLE "order lines" (day DATE, code TEXT, qty INTEGER)')
        connection.execute("INSERT INTO \"order lines\" VALUES ('2026-01-01', 'A', 3)")
        connection.execute("CREATE TABLE empty (day DATE)")
    connection.close()


def test_tables_of_a_database_are_looked_at_as_the_nightly_run_reads_them(tmp_path, monkeypatch):
    monkeypatch.setenv("SHOP", "sqlite:///shop.db")
    shop_database(tmp_path / "shop.db")

    survey = survey_database("env:SHOP", tmp_path)

    assert names(survey) == ["empty", "order lines"]
    lines = survey.delivered[1]
    assert lines.place == {"url": "env:SHOP", "table": "order lines"}
    assert [lines.contents[name].kind for name in ("day", "code", "qty")] == ["date", "text", "number"]


def test_a_folder_with_an_sqlite_file_says_how_it_is_looked_at(tmp_path):
    shop_database(tmp_path / "shop.data")
    command = re.escape(f"restock init {tmp_path / 'shop.data'} (in restock.toml: sqlite:///shop.data)")

    with pytest.raises(UsageError, match=f"but the SQLite database shop.data; say {command}"):
        survey_folder(tmp_path)
    (tmp_path / "sales.csv").write_text("day,sku\n2026-01-01,A\n", encoding="utf-8")
    ((name, why),) = survey_folder(tmp_path).unread

    assert name == "shop.data"
    assert re.search(command, why)


def test_a_database_is_only_read(tmp_path):
    shop_database(tmp_path / "shop.db")
    before = (tmp_path / "shop.db").read_bytes()
    (tmp_path / "shop.db").chmod(0o444)

    survey_database("sqlite:///shop.db", tmp_path)

    assert [file.name for file in tmp_path.iterdir()] == ["shop.db"]
    assert (tmp_path / "shop.db").read_bytes() == before


def test_a_database_that_is_not_there_is_wrong_use(tmp_path):
    with pytest.raises(UsageError, match=r"no database .*none\.db; deliver it or correct the URL"):
        survey_database("sqlite:///none.db", tmp_path)
    with pytest.raises(UsageError, match="SHOP_OF_NOBODY, which is not set"):
        survey_database("env:SHOP_OF_NOBODY", tmp_path)


def test_a_server_that_cannot_be_reached_is_told_without_the_password(monkeypatch):
    monkeypatch.setenv("SHOP", "postgresql://shop:secret@127.0.0.1:1/shop")

    with pytest.raises(UsageError, match=r"the server cannot be reached .* in the URL") as refused:
        survey_database("env:SHOP", Path())

    assert "secret" not in str(refused.value)


def test_a_password_is_not_written_down():
    with pytest.raises(UsageError, match="env:SHOP_DATABASE") as refused:
        survey_database("postgresql+psycopg://shop:secret@host/shop", Path())

    assert "secret" not in str(refused.value)
