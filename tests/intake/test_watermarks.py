"""A table that is read by watermark is, each run, what a full reading would give."""

import datetime as dt
import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pytest
import sqlalchemy as sa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data_contracts.acceptance.accepted import load_accepted
from data_contracts.tables import CONTRACTS
from intake.mapping.coercion import coerce
from intake.sources.databases import query as sql_query
from intake.sources.databases import query_result as sql_result
from intake.sources.databases import source as sql_source
from settings import DataRefused, SettingsError, TableSource
from tests.data_contracts.company import ingest
from tests.shops import FIXED, Shop, answer, raw

QUERY = "SELECT n, day, sku, units FROM sold WHERE day >= :since"
BY_DAY = {"query": QUERY, "watermark": "day", "reread_days": 10, "columns": {"date": "day"}}
TODAY = dt.date(2026, 7, 1)


def sold(shop: Shop, *rows: tuple[int, str, str, int], day_type: str = "DATE") -> Shop:
    """A table of sales in the shop."""
    shop.run(f"CREATE TABLE sold (n INTEGER, day {day_type}, sku VARCHAR(20), units INTEGER)")
    insert(shop, *rows)
    return shop


def insert(shop: Shop, *rows: tuple[int, str, str, int]) -> None:
    if rows:
        shop.run(
            "INSERT INTO sold VALUES " + ",".join(f"({n}, '{day}', '{sku}', {units})" for n, day, sku, units in rows)
        )


@pytest.fixture
def asked(monkeypatch):
    """Values of `:since`, in the order in which they were asked."""
    asked = []
    stream_query = sql_query.stream_query

    def noted(database, source, since):
        asked.append(since)
        return stream_query(database, source, since)

    monkeypatch.setattr(sql_result, "stream_query", noted)
    return asked


def numbers(shop: Shop, root: Path, kept: Path | None, today: dt.date = TODAY, **source) -> list[int]:
    """Numbers of the rows that a run sees, sorted."""
    return sorted(answer(shop, root, kept, today=today, **source).column("n").to_pylist())


def text(day: object) -> str:
    return str(day)[:10]


def test_only_the_window_is_read_again_and_replaces_what_was_kept_of_it(shop, tmp_path, asked):
    sold(
        shop, (1, "2026-01-05", "A", 1), (2, "2026-06-20", "A", 1), (3, "2026-06-21", "B", 1), (4, "2026-06-30", "C", 1)
    )
    numbers(shop, tmp_path, tmp_path / "kept", **BY_DAY)
    asked.clear()
    shop.run("DELETE FROM sold WHERE n = 3", "UPDATE sold SET units = 9 WHERE n = 4", "DELETE FROM sold WHERE n = 1")
    insert(shop, (5, "2026-07-01", "D", 1))

    rows = answer(shop, tmp_path, tmp_path / "kept", today=TODAY, **BY_DAY).to_pylist()

    assert [text(since) for since in asked] == ["2026-06-20"]
    assert {row["n"]: row["units"] for row in rows} == {1: 1, 2: 1, 4: 9, 5: 1}


@pytest.mark.parametrize(
    ("shop", "day_type"),
    [
        ("sqlite", "TEXT"),
        pytest.param("postgresql", "TIMESTAMP", marks=pytest.mark.postgres),
        pytest.param("postgresql", "TIMESTAMP WITH TIME ZONE", marks=pytest.mark.postgres),
        pytest.param("postgresql", "VARCHAR(30)", marks=pytest.mark.postgres),
        ("mariadb", "DATETIME"),
        ("mariadb", "TIMESTAMP"),
        ("mariadb", "VARCHAR(30)"),
    ],
    indirect=["shop"],
)
def test_a_watermark_may_be_an_instant_or_a_day_as_text(shop, tmp_path, asked, day_type):
    sold(
        shop,
        (1, "2026-01-05 12:00:00", "A", 1),
        (2, "2026-06-20 23:59:59", "A", 1),
        (3, "2026-06-30 08:00:00", "A", 1),
        day_type=day_type,
    )
    first = numbers(shop, tmp_path, tmp_path / "kept", **BY_DAY)
    asked.clear()
    shop.run("DELETE FROM sold WHERE n = 2")
    insert(shop, (4, "2026-06-20 00:00:00", "A", 1))

    second = numbers(shop, tmp_path, tmp_path / "kept", **BY_DAY)

    assert first == [1, 2, 3]
    assert second == [1, 3, 4]
    assert [text(since) for since in asked] == ["2026-06-20"]


def test_a_growing_number_reads_the_months_again_that_the_window_touches(shop, tmp_path, asked):
    by_number = BY_DAY | {"query": QUERY.replace("day >=", "n >="), "watermark": "n"}
    sold(
        shop,
        (7, "2026-01-05", "A", 1),
        (8, "2026-05-20", "A", 1),
        (9, "2026-06-21", "B", 1),
        (10, "2026-06-30", "C", 1),
    )
    first = numbers(shop, tmp_path, tmp_path / "kept", **by_number)
    asked.clear()
    shop.run("DELETE FROM sold WHERE n = 9")
    insert(shop, (11, "2026-07-01", "D", 1))

    second = numbers(shop, tmp_path, tmp_path / "kept", **by_number)

    assert (first, second) == ([7, 8, 9, 10], [7, 8, 10, 11])
    assert asked == [8]


def test_numbers_below_any_date_are_not_taken_for_one(shop, tmp_path):
    by_number = BY_DAY | {"query": QUERY.replace("day >=", "n >="), "watermark": "n"}
    sold(shop, (-5, "2026-01-05", "A", 1), (1, "2026-06-20", "A", 1))

    assert numbers(shop, tmp_path, tmp_path / "kept", **by_number) == [-5, 1]


def test_a_table_is_read_by_watermark_without_a_query(shop, tmp_path, asked):
    source = {"source_table": "sold", "watermark": "day", "reread_days": 10}
    sold(shop, (1, "2026-01-05", "A", 1), (2, "2026-06-30", "A", 1))
    numbers(shop, tmp_path, tmp_path / "kept", **source)
    asked.clear()
    insert(shop, (3, "2026-07-01", "A", 1))

    assert numbers(shop, tmp_path, tmp_path / "kept", **source) == [1, 2, 3]
    assert [text(since) for since in asked] == ["2026-06-20"]


def test_an_empty_table_is_read_until_it_has_rows(shop, tmp_path):
    sold(shop)

    runs = [numbers(shop, tmp_path, tmp_path / "kept", **BY_DAY)]
    insert(shop, (1, "2026-06-30", "A", 1))
    runs.append(numbers(shop, tmp_path, tmp_path / "kept", **BY_DAY))
    shop.run("DELETE FROM sold")
    runs += [numbers(shop, tmp_path, tmp_path / "kept", **BY_DAY) for _ in range(2)]

    assert runs == [[], [1], [], []]


@pytest.fixture
def sqlite(tmp_path: Path) -> Shop:
    """An SQLite database of a shop."""
    return Shop("sqlite", f"sqlite:///{tmp_path / 'shop.db'}")


def test_a_row_dated_in_the_future_does_not_stop_the_reading(sqlite, tmp_path):
    sold(sqlite, (1, "2062-01-05", "A", 1), (2, "2026-06-30", "A", 1))
    numbers(sqlite, tmp_path, tmp_path / "kept", **BY_DAY)
    insert(sqlite, (3, "2026-07-01", "A", 1))
    numbers(sqlite, tmp_path, tmp_path / "kept", today=TODAY + dt.timedelta(days=1), **BY_DAY)
    insert(sqlite, (4, "2026-07-02", "A", 1))

    after_missed_runs = numbers(sqlite, tmp_path, tmp_path / "kept", today=TODAY + dt.timedelta(days=90), **BY_DAY)

    assert after_missed_runs == [1, 2, 3, 4]


def test_a_row_without_watermark_is_replaced_each_run_where_the_query_returns_it(sqlite, tmp_path):
    source = BY_DAY | {"query": QUERY + " OR day IS NULL"}
    sold(sqlite, (1, "2026-01-05", "A", 1), (2, "2026-06-30", "A", 1))
    sqlite.run("INSERT INTO sold VALUES (3, NULL, 'A', 1), (4, NULL, 'A', 1)")
    first = numbers(sqlite, tmp_path, tmp_path / "kept", **source)
    sqlite.run("DELETE FROM sold WHERE n = 4")

    second = numbers(sqlite, tmp_path, tmp_path / "kept", **source)

    assert (first, second) == ([1, 2, 3, 4], [1, 2, 3])


CHANGES = {
    "query": {"query": QUERY + " AND units < 1000"},
    "days": {"reread_days": 11},
    "columns": {"columns": {"date": "day", "sku": "sku"}},
    "settings": {"constants": {"currency": "EUR"}},
}


@pytest.mark.parametrize("change", CHANGES)
def test_another_query_or_other_settings_read_everything_anew(sqlite, tmp_path, change):
    sold(sqlite, (1, "2026-01-05", "A", 1), (2, "2026-06-30", "A", 1))
    numbers(sqlite, tmp_path, tmp_path / "kept", **BY_DAY)
    sqlite.run("DELETE FROM sold WHERE n = 1")
    unchanged = numbers(sqlite, tmp_path, tmp_path / "kept", **BY_DAY)

    anew = numbers(sqlite, tmp_path, tmp_path / "kept", **BY_DAY | CHANGES[change])

    assert (unchanged, anew) == ([1, 2], [2])


@pytest.mark.parametrize("shop", ["mariadb"], indirect=True)
def test_another_database_is_read_anew_and_another_password_is_not(shop, tmp_path):
    sold(shop, (1, "2026-01-05", "A", 1), (2, "2026-06-30", "A", 1))
    numbers(shop, tmp_path, tmp_path / "kept", **BY_DAY)
    shop.run(
        "DELETE FROM sold WHERE n = 1",
        "CREATE OR REPLACE USER seller2@'127.0.0.1' IDENTIFIED BY 'x'",
        "GRANT ALL ON *.* TO seller2@'127.0.0.1'",
    )
    url = sa.make_url(shop.url)
    same, other = (
        Shop(shop.kind, url.set(username="seller2", password=word).render_as_string(hide_password=False))
        for word in ("x", "y")
    )
    assert numbers(same, tmp_path, tmp_path / "kept", **BY_DAY) == [2]
    insert(shop, (3, "2026-01-06", "A", 1))
    shop.run("ALTER USER seller2@'127.0.0.1' IDENTIFIED BY 'y'")

    with_new_password = numbers(other, tmp_path, tmp_path / "kept", **BY_DAY)

    assert with_new_password == [2]
    assert not any("s3cret" in file.read_text("utf-8", "replace") for file in (tmp_path / "kept").rglob("*.json"))


def test_a_column_more_at_the_source_reads_everything_anew(sqlite, tmp_path):
    source = BY_DAY | {"query": "SELECT * FROM sold WHERE day >= :since"}
    sold(sqlite, (1, "2026-01-05", "A", 1), (2, "2026-06-30", "A", 1))
    numbers(sqlite, tmp_path, tmp_path / "kept", **source)
    sqlite.run("ALTER TABLE sold ADD COLUMN price REAL", "UPDATE sold SET price = 5")

    rows = answer(sqlite, tmp_path, tmp_path / "kept", today=TODAY, **source)

    assert rows.column("price").to_pylist() == [5.0, 5.0]


def test_deleting_what_is_kept_reads_everything_anew(sqlite, tmp_path):
    sold(sqlite, (1, "2026-01-05", "A", 1), (2, "2026-06-30", "A", 1))
    numbers(sqlite, tmp_path, tmp_path / "kept", **BY_DAY)
    sqlite.run("DELETE FROM sold WHERE n = 1")

    shutil.rmtree(tmp_path / "kept" / "sales")

    assert numbers(sqlite, tmp_path, tmp_path / "kept", **BY_DAY) == [2]


@pytest.mark.parametrize("harm", ["missing", "corrupt", "note"])
def test_kept_rows_that_are_damaged_are_read_anew(sqlite, tmp_path, harm):
    sold(sqlite, (1, "2026-01-05", "A", 1), (2, "2026-06-30", "A", 1))
    numbers(sqlite, tmp_path, tmp_path / "kept", **BY_DAY)
    sqlite.run("DELETE FROM sold WHERE n = 1")
    january = next((tmp_path / "kept" / "sales").glob("2026-01-*.parquet"))
    note = tmp_path / "kept" / "sales" / "kept.json"

    if harm == "missing":
        january.unlink()
    elif harm == "corrupt":
        january.write_bytes(january.read_bytes()[:-20] + b"x" * 20)
    else:
        note.write_text(note.read_text().replace('"n"', '"m"'))

    assert numbers(sqlite, tmp_path, tmp_path / "kept", **BY_DAY) == [2]


@pytest.mark.parametrize("where", ["merge_months", "save_cached_rows", "fetch_result", "load_cached_rows"])
def test_a_reading_that_is_killed_leaves_the_kept_rows_as_they_were(sqlite, tmp_path, monkeypatch, where):
    sold(sqlite, (1, "2026-01-05", "A", 1), (2, "2026-06-30", "A", 1))
    numbers(sqlite, tmp_path, tmp_path / "kept", **BY_DAY)
    folder = tmp_path / "kept" / "sales"
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    insert(sqlite, (3, "2026-07-01", "A", 1))
    step = getattr(sql_source, where)

    def killed(*given, **named):
        if where != "save_cached_rows":
            step(*given, **named)
        raise KeyboardInterrupt

    monkeypatch.setattr(sql_source, where, killed)
    with pytest.raises(KeyboardInterrupt):
        numbers(sqlite, tmp_path, tmp_path / "kept", **BY_DAY)
    monkeypatch.undo()

    assert before.items() <= {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}.items()
    assert numbers(sqlite, tmp_path, tmp_path / "kept", **BY_DAY) == [1, 2, 3]


def test_what_nobody_reads_any_more_is_taken_away_after_a_day(sqlite, tmp_path):
    folder = tmp_path / "kept" / "sales"
    sold(sqlite, (1, "2026-01-05", "A", 1), (2, "2026-06-30", "A", 1))
    for n in range(3, 6):
        numbers(sqlite, tmp_path, tmp_path / "kept", **BY_DAY)
        insert(sqlite, (n, "2026-06-30", "A", n))
    (folder / ".reading-killed").mkdir()
    for file in folder.iterdir():
        os.utime(file, (time.time() - 2 * 86_400,) * 2)

    numbers(sqlite, tmp_path, tmp_path / "kept", **BY_DAY)

    named = {month["file"] for month in json.loads((folder / "kept.json").read_text())["months"].values()}
    left = {file.name for file in folder.iterdir()}
    assert named <= left
    assert not any(name.startswith(".") for name in left)
    assert len(left) == 4  # the note, January, and June of this run and of the one before


def test_rows_before_since_are_refused(sqlite, tmp_path):
    source = BY_DAY | {"query": "SELECT n, day, sku, units FROM sold WHERE day >= :since OR units > 5"}
    sold(sqlite, (1, "2026-01-05", "A", 9), (2, "2026-06-30", "A", 1))
    numbers(sqlite, tmp_path, tmp_path / "kept", **source)

    with pytest.raises(
        DataRefused,
        match=r"a row whose day is 2026-01-05 although :since was 2026-06-20; its WHERE must say that day >= :since",
    ):
        numbers(sqlite, tmp_path, tmp_path / "kept", **source)


@pytest.mark.parametrize(
    ("source", "error", "message"),
    [
        ({"watermark": "dya"}, DataRefused, "no column 'dya', which is to be its watermark; the closest is 'day'"),
        (
            {"watermark": "sku", "query": QUERY.replace("day >=", "sku >=")},
            DataRefused,
            "watermark 'sku' is 'A', neither a day",
        ),
        (
            {"watermark": "n", "query": "SELECT n, sku, units FROM sold WHERE n >= :since"},
            SettingsError,
            "watermark is a number, and the table has no date",
        ),
        (
            {
                "watermark": "mixed",
                "query": "SELECT n, CASE n WHEN 1 THEN '2026-01-01' ELSE 5 END AS mixed FROM sold WHERE 1 OR :since",
            },
            DataRefused,
            "is of two kinds",
        ),
    ],
)
def test_a_watermark_that_cannot_be_used_is_refused(sqlite, tmp_path, monkeypatch, source, error, message):
    monkeypatch.setattr(sql_query, "BATCH_ROWS", 1)
    sold(sqlite, (1, "2026-01-05", "A", 9), (2, "2026-06-30", "A", 1))

    with pytest.raises(error, match=message):
        numbers(sqlite, tmp_path, tmp_path / "kept", **BY_DAY | source)


def test_a_run_validates_only_the_months_that_changed(sqlite, tmp_path):
    sold(sqlite, (1, "2026-01-05", "A", 1), (2, "2026-05-30", "A", 1), (3, "2026-06-30", "A", 1))
    columns = {"date": "day", "order": "n"}
    source = BY_DAY | {
        "columns": columns,
        "constants": {name: FIXED[name] for name in FIXED if name not in ("date", "sku", "units")},
    }
    ingest(tmp_path, url=sqlite.url, **source)
    insert(sqlite, (4, "2026-07-01", "B", 2))
    sqlite.run("DELETE FROM sold WHERE n = 1")

    second = ingest(tmp_path, url=sqlite.url, **source)

    assert second.parts[["month", "was_cached"]].to_numpy().tolist() == [
        ["2026-01", True],
        ["2026-05", True],
        ["2026-06", True],
        ["2026-07", False],
    ]
    assert load_accepted(second)["sku"].tolist() == ["A", "A", "A", "B"]
    assert (tmp_path / "parts" / "databases" / "sales" / "kept.json").is_file()


DAYS = [dt.date(2026, 1, 1) + dt.timedelta(days=n) for n in range(0, 120, 3)]
OF_ONE_TYPE, OF_SEVERAL = ["1", "2", "7", "NULL"], ["1", "2.5", "'x'", "7.0"]
RUNS = st.lists(
    st.tuples(
        st.integers(0, 14),
        st.lists(st.tuples(st.integers(0, len(DAYS) - 1), st.sampled_from("ABC"), st.integers(0, 3)), max_size=6),
        st.integers(0, 3),
    ),
    min_size=2,
    max_size=5,
)


def runs_of_a_shop(root: Path, runs, days: int, units: list[str]) -> Iterator[tuple[Shop, dt.date]]:
    """The shop after each run's changes, which lie in the window: rows come, change and go; and the day it is."""
    shop = sold(Shop("sqlite", f"sqlite:///{root / 'shop.db'}"))
    newest, number = 10, 0
    for moved, rows, deleted in runs:
        oldest_open = DAYS[newest] - dt.timedelta(days=days)
        newest = min(newest + moved, len(DAYS) - 1)
        statements = [f"DELETE FROM sold WHERE day >= '{oldest_open}' AND n % 4 = {deleted}"]
        for position, sku, chosen in rows:
            day = max(DAYS[min(position, newest)], oldest_open)
            number += 1
            statements.append(f"INSERT INTO sold VALUES ({number}, '{day}', '{sku}', {units[chosen]})")
        shop.run(*statements)
        yield shop, DAYS[newest] + dt.timedelta(days=1)


ONLY_VALUE_DELETED = [(0, [(0, "A", 3), (0, "A", 0)], 0), (0, [], 2)]


@settings(max_examples=25, deadline=None)
@example(runs=ONLY_VALUE_DELETED, days=0, by="day")
@given(runs=RUNS, days=st.sampled_from([0, 7, 20]), by=st.sampled_from(["day", "n"]))
def test_each_run_is_what_a_full_reading_gives(runs, days, by):
    source = {
        "query": QUERY.replace("day >=", f"{by} >="),
        "watermark": by,
        "reread_days": days,
        "columns": {"date": "day"},
    }
    with TemporaryDirectory() as folder:
        root = Path(folder)
        for shop, today in runs_of_a_shop(root, runs, days, OF_ONE_TYPE):
            run = answer(shop, root, root / "kept", today=today, **source)
            full = answer(shop, root, None, today=today, **source)
            plain = answer(shop, root, query="SELECT n, day, sku, units FROM sold", columns={"date": "day"})

            assert run.equals(full)
            assert full.equals(plain)


@settings(max_examples=15, deadline=None)
@given(runs=RUNS, days=st.sampled_from([0, 20]))
def test_a_column_of_several_types_is_understood_as_in_a_full_reading(runs, days):
    """SQLite types each row. A column may be kept as text after its last text has gone; it is read as the same."""
    source = {"query": QUERY, "watermark": "day", "reread_days": days, "columns": {"date": "day", "market": "n"}}

    def understood(rows: pa.Table) -> list[dict[str, object]]:
        coerced = coerce(
            CONTRACTS["sales"], raw(rows), TableSource(path="x", columns=source["columns"], constants=FIXED)
        )
        return sorted(coerced.rows.drop_columns(["source_line"]).to_pylist(), key=lambda row: str(row["market"]))

    with TemporaryDirectory() as folder:
        root = Path(folder)
        for shop, today in runs_of_a_shop(root, runs, days, OF_SEVERAL):
            run = answer(shop, root, root / "kept", today=today, **source)
            full = answer(shop, root, None, today=today, **source)

            assert understood(run) == understood(full)
