"""Tables and queries of real databases are read, never written, and their values arrive as what they are."""

import pandas as pd
import pyarrow as pa
import pytest
import sqlalchemy as sa
from pydantic import ValidationError

from data_contracts.tables import CONTRACTS
from intake.mapping.coercion import coerce
from intake.sources.databases import cached_months as sql_kept
from intake.sources.databases import months as sql_months
from intake.sources.databases import query as sql_query
from intake.sources.databases import query_result as sql_result
from intake.sources.databases.engines import find_database
from intake.sources.databases.faults import refusal
from settings import DataRefused, SettingsError, TableSource
from tests.shops import FIXED, Shop, answer, batches, raw

POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.postgres)
on_postgresql = pytest.mark.parametrize("shop", [POSTGRESQL], indirect=True)
on_mariadb = pytest.mark.parametrize("shop", ["mariadb"], indirect=True)
on_servers = pytest.mark.parametrize("shop", [POSTGRESQL, "mariadb"], indirect=True)

ORDERS = "CREATE TABLE orders (day DATE, sku VARCHAR(20), units INTEGER)"


@pytest.fixture
def orders(shop: Shop) -> Shop:
    """A shop with a table of two rows."""
    shop.run(ORDERS, "INSERT INTO orders VALUES ('2026-03-02', 'B', 1), ('2026-02-01', 'A', 2)")
    return shop


@pytest.mark.parametrize("how", [{"query": "SELECT * FROM orders"}, {"source_table": "orders"}])
def test_a_query_and_a_table_give_the_same_rows(orders, tmp_path, how):
    rows = answer(orders, tmp_path, **how)

    assert rows.column_names == ["day", "sku", "units"]
    assert rows.column("sku").to_pylist() == ["A", "B"]
    assert [str(day) for day in rows.column("day").to_pylist()] == ["2026-02-01", "2026-03-02"]


def test_a_view_is_read_as_a_table(orders, tmp_path):
    orders.run("CREATE VIEW sold AS SELECT sku, units FROM orders WHERE units > 1")

    assert answer(orders, tmp_path, source_table="sold").to_pylist() == [{"sku": "A", "units": 2}]


def test_names_that_need_quotes_are_quoted(shop, tmp_path):
    quote = "`" if shop.kind == "mariadb" else '"'
    name = "order; DROP TABLE x --"
    shop.run(f"CREATE TABLE {quote}{name}{quote} ({quote}select{quote} INTEGER, {quote}Day of sale{quote} DATE)")
    shop.run(f"INSERT INTO {quote}{name}{quote} VALUES (1, '2026-03-02')")

    rows = answer(shop, tmp_path, source_table=name, watermark="Day of sale", columns={"date": "Day of sale"})

    assert rows.column_names == ["select", "Day of sale"]
    assert rows.num_rows == 1


@on_servers
def test_a_table_of_another_schema_is_named_with_it(shop, tmp_path):
    shop.run(
        "CREATE SCHEMA IF NOT EXISTS erp",
        "DROP TABLE IF EXISTS erp.lines_sold",
        "CREATE TABLE erp.lines_sold (sku VARCHAR(9))",
    )
    shop.run("INSERT INTO erp.lines_sold VALUES ('A')")

    assert answer(shop, tmp_path, source_table="erp.lines_sold").to_pylist() == [{"sku": "A"}]


WRITES = {
    "delete": "DELETE FROM orders",
    "returning": "DELETE FROM orders RETURNING sku",
    "insert": "INSERT INTO orders VALUES ('2026-03-03', 'C', 3)",
    "drop": "DROP TABLE orders",
    "make": "CREATE TABLE copy_of_orders AS SELECT * FROM orders",
    "two": "SELECT sku FROM orders; DELETE FROM orders",
    "commits": "SELECT sku FROM orders; COMMIT; DELETE FROM orders",
}


@pytest.mark.parametrize("write", WRITES)
def test_a_query_that_writes_is_refused_and_nothing_is_written(orders, tmp_path, write):
    with pytest.raises(DataRefused, match="sales query on"):
        answer(orders, tmp_path, query=WRITES[write])

    assert orders.ask("SELECT count(*) FROM orders") == 2
    assert "copy_of_orders" not in sa.inspect(orders.engine()).get_table_names()


@on_postgresql
def test_a_function_that_writes_is_refused(orders, tmp_path):
    orders.run(
        "CREATE FUNCTION sell() RETURNS integer LANGUAGE sql AS "
        "$$ INSERT INTO orders VALUES ('2026-03-03', 'C', 3) RETURNING units $$"
    )

    with pytest.raises(DataRefused, match=r"it would write .*read-only transaction.* correct sources\.sales\.query"):
        answer(orders, tmp_path, query="SELECT sell() AS units")

    assert orders.ask("SELECT count(*) FROM orders") == 2


def test_an_sqlite_file_is_opened_for_reading_only(tmp_path):
    shop = Shop("sqlite", f"sqlite:///{tmp_path / 'shop with 100%.db'}")
    shop.run(ORDERS)
    before = {file.name for file in tmp_path.iterdir()}

    rows = answer(Shop("sqlite", "sqlite:///shop with 100%.db"), tmp_path, query="SELECT * FROM orders")

    assert rows.num_rows == 0
    assert rows.column_names == ["day", "sku", "units"]
    assert {file.name for file in tmp_path.iterdir()} == before


TYPES = {
    "sqlite": (
        "CREATE TABLE t (day TEXT, moment TEXT, at TEXT, units NUMERIC, price REAL, promo BOOLEAN, code BLOB, big INTEGER)",
        "INSERT INTO t VALUES ('2026-03-02', '2026-03-02 23:30:00', '2026-03-02T23:30:00Z', 2.5, 9.95, 1, x'412D31', 9007199254740995)",
    ),
    "postgresql": (
        "CREATE TABLE t (day date, moment timestamp, at timestamptz, units numeric(12,3), price double precision, promo boolean, code bytea, big bigint)",
        "INSERT INTO t VALUES ('2026-03-02', '2026-03-02 23:30:00', '2026-03-03 08:30:00+09', 2.5, 9.95, true, 'A-1', 9007199254740995)",
    ),
    "mariadb": (
        "CREATE TABLE t (day DATE, moment DATETIME, at TIMESTAMP NULL, units DECIMAL(12,3), price DOUBLE, promo TINYINT(1), code VARBINARY(9), big BIGINT UNSIGNED)",
        "SET time_zone = '+09:00'",
        "INSERT INTO t VALUES ('2026-03-02', '2026-03-02 23:30:00', '2026-03-03 08:30:00', 2.5, 9.95, 1, 'A-1', 9007199254740995)",
    ),
}


def typed(rows: pa.Table, columns: dict[str, str], table: str = "sales") -> pd.DataFrame:
    """Rows after coercion, in a company in Berlin."""
    constants = {name: value for name, value in FIXED.items() if name not in columns}
    source = TableSource(path="x", columns=columns, constants=constants)
    return coerce(CONTRACTS[table], raw(rows), source, "Europe/Berlin").rows.to_pandas()


@pytest.mark.parametrize(
    ("column", "is_read_as", "value"),
    [
        ("day", "date", pd.Timestamp("2026-03-02")),
        ("moment", "date", pd.Timestamp("2026-03-02")),
        ("at", "date", pd.Timestamp("2026-03-03")),  # half past midnight in Berlin
        ("units", "units", 2.5),
        ("price", "net_revenue", 9.95),
        ("promo", "on_promotion", True),
        ("code", "sku", "A-1"),
        ("big", "sku", "9007199254740995"),
    ],
)
def test_values_arrive_as_what_they_are(shop, tmp_path, column, is_read_as, value):
    shop.run(*TYPES[shop.kind])

    row = typed(answer(shop, tmp_path, query=f"SELECT {column} FROM t"), {is_read_as: column}).iloc[0]

    assert row[is_read_as] == value


@pytest.mark.parametrize("column", ["day", "moment", "at", "units", "price", "promo", "code", "big"])
def test_an_empty_value_is_empty_in_every_type(shop, tmp_path, column):
    shop.run(*TYPES[shop.kind], "DELETE FROM t")
    shop.run(f"INSERT INTO t ({column}) VALUES (NULL)")

    assert answer(shop, tmp_path, source_table="t").to_pylist() == [
        dict.fromkeys(["day", "moment", "at", "units", "price", "promo", "code", "big"])
    ]


@on_mariadb
def test_mysql_bits_are_numbers_and_zero_dates_are_shown_to_the_rules(shop, tmp_path):
    shop.run(
        "SET sql_mode = ''",
        "CREATE TABLE b (day DATE, promo BIT(1))",
        "INSERT INTO b VALUES ('0000-00-00', b'1'), ('2026-03-02', b'0')",
    )

    rows = typed(answer(shop, tmp_path, query="SELECT * FROM b"), {"date": "day", "on_promotion": "promo"})

    assert rows["on_promotion"].tolist() == [True, False]
    assert rows["date__unread"].dropna().tolist() == ["0000-00-00"]


@on_postgresql
def test_values_of_postgresql_that_no_column_has_a_type_for_are_text(shop, tmp_path):
    (row,) = answer(
        shop,
        tmp_path,
        query="""SELECT '{"b": [1, 2.5]}'::jsonb AS j, ARRAY['x','y'] AS a, '7b0d7d5c-0c86-4a8b-8c3a-000000000001'::uuid AS u,
        'NaN'::numeric AS n, '\\x00ff'::bytea AS raw, interval '1 day' AS i, time '10\\:30' AS t""",
    ).to_pylist()

    assert row == {
        "j": '{"b": [1, 2.5]}',
        "a": '["x", "y"]',
        "u": "7b0d7d5c-0c86-4a8b-8c3a-000000000001",
        "n": "NaN",
        "raw": "0x00ff",
        "i": "1 day, 0:00:00",
        "t": "10:30:00",
    }


def test_rows_that_sqlite_types_differently_are_one_text_column(tmp_path, monkeypatch):
    monkeypatch.setattr(sql_query, "BATCH_ROWS", 2)
    shop = Shop("sqlite", f"sqlite:///{tmp_path / 'shop.db'}")
    shop.run(
        "CREATE TABLE t (n INTEGER, sku)",
        "INSERT INTO t VALUES (1, 5), (2, 5.5), (3, 7.0), (4, 'A'), (5, NULL), (6, x'42')",
    )

    rows = answer(shop, tmp_path, query="SELECT n, sku FROM t")

    assert rows.column("sku").to_pylist() == ["5", "5.5", "7", "A", None, "B"]


def test_the_order_of_the_database_and_of_its_batches_does_not_matter(shop, tmp_path, monkeypatch):
    monkeypatch.setattr(sql_query, "BATCH_ROWS", 7)
    monkeypatch.setattr(sql_months, "ROWS_HELD", 20)
    shop.run("CREATE TABLE t (day DATE, sku INTEGER)")
    shop.run("INSERT INTO t VALUES " + ",".join(f"('2026-{1 + sku % 5:02d}-15', {sku})" for sku in range(100)))
    source = {"columns": {"date": "day"}}

    up = answer(shop, tmp_path, query="SELECT * FROM t ORDER BY sku", **source)
    monkeypatch.setattr(sql_query, "BATCH_ROWS", 1000)
    down = answer(shop, tmp_path, query="SELECT * FROM t ORDER BY sku DESC", **source)

    assert up.equals(down)
    assert [row["sku"] for row in up.to_pylist()] == sorted(range(100), key=lambda sku: (sku % 5, sku))


def test_large_answers_are_handed_on_in_batches_with_the_numbers_of_their_rows(tmp_path, monkeypatch):
    monkeypatch.setattr(sql_kept, "ROWS_HANDED_ON", 3)
    shop = Shop("sqlite", f"sqlite:///{tmp_path / 'shop.db'}")
    shop.run(ORDERS, "INSERT INTO orders SELECT '2026-03-02', 'A', 1 FROM (VALUES (1),(2),(3),(4),(5),(6),(7)) AS v")

    read = batches(shop, tmp_path, query="SELECT * FROM orders", columns={"date": "day"})

    assert [batch.lines.tolist() for batch in read] == [[1, 2, 3], [4, 5, 6], [7]]
    assert len({batch.content_hash for batch in read}) == 3


@on_servers
@pytest.mark.parametrize("attempts_lost", [1, 2, 3])
def test_a_connection_lost_in_the_middle_is_made_anew_a_few_times(shop, tmp_path, monkeypatch, attempts_lost):
    shop.run("CREATE TABLE t (n INTEGER)", "INSERT INTO t VALUES " + ",".join(f"({n})" for n in range(20_000)))
    monkeypatch.setattr(sql_result, "PAUSES", (0.0, 0.0))
    monkeypatch.setattr(sql_query, "BATCH_ROWS", 1000)
    cuts = []
    batch = sql_query._batch

    def cut_off(names, records, conversions):
        if records[0][0] == 1000 and len(cuts) < attempts_lost:
            cuts.append(True)
            cut_others_off(shop)
        return batch(names, records, conversions)

    monkeypatch.setattr(sql_query, "_batch", cut_off)

    if attempts_lost < 3:
        assert answer(shop, tmp_path, query="SELECT n FROM t").column("n").to_pylist() == list(range(20_000))
    else:
        with pytest.raises(DataRefused, match=r"sales query on .*the connection was lost"):
            answer(shop, tmp_path, query="SELECT n FROM t")
    assert len(cuts) == attempts_lost


def cut_others_off(shop: Shop) -> None:
    """End every other connection to the database, as a server that stops would."""
    if shop.kind == "postgresql":
        shop.ask(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return
    with shop.engine().connect() as connection:
        ids = connection.execute(
            sa.text("SELECT id FROM information_schema.processlist WHERE db = database() AND id <> connection_id()")
        )
        for number in ids.scalars().all():
            connection.exec_driver_sql(f"KILL {number}")


FAULTS = {
    "wrong password": r"does not let this user in .*; check user and password in sources\.sales\.url",
    "no server": r"cannot be reached .*; check that it runs, and its host and port in sources\.sales\.url",
    "no database": r"no such database .*; check its name in sources\.sales\.url",
}


def broken(shop: Shop, fault: str) -> Shop:
    url = sa.make_url(shop.url)
    if fault == "wrong password":
        url = url.set(password="wr0ng", username="nobody")
    if fault == "no server":
        url = url.set(host="127.0.0.1", port=1, query={}, password="wr0ng")
    if fault == "no database":
        url = url.set(database="nowhere")
    return Shop(shop.kind, url.render_as_string(hide_password=False))


@on_servers
@pytest.mark.parametrize("fault", FAULTS)
def test_a_server_that_cannot_be_used_is_reported_in_plain_words_without_the_password(shop, tmp_path, fault):
    with pytest.raises(DataRefused, match=FAULTS[fault]) as refused:
        answer(broken(shop, fault), tmp_path, query="SELECT 1 AS n")

    assert "wr0ng" not in str(refused.value)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"query": "SELECT * FROM order_s"}, r"the closest is 'orders'; correct sources\.sales\.query"),
        (
            {"source_table": "order_s"},
            r"has no table 'order_s'; the closest is 'orders'; correct sources\.sales\.table",
        ),
        ({"query": "SELECT nothing FROM orders"}, r"nothing.*sources\.sales\.query, which must be one SELECT"),
        ({"query": "SELEC 1"}, r"SELEC.*sources\.sales\.query, which must be one SELECT"),
        ({"query": "SELECT sku, units AS sku FROM orders"}, r"column 'sku' twice; rename one of them with AS"),
    ],
)
def test_a_broken_query_and_an_unknown_table_are_reported(orders, tmp_path, how, message):
    with pytest.raises(DataRefused, match=message):
        answer(orders, tmp_path, **how)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mysql+mysqlconnector://h/d", "the driver mysql is not installed; install the package mysql-connector-python"),
        ("postgresql+psycopg2://h/d", "the driver psycopg2 is not installed; install the package psycopg2-binary"),
        ("mssql+pyodbc://u:s3cret@h/d?driver=x", "the driver pyodbc is not installed; install the package pyodbc"),
        ("snowflake://u:s3cret@h/d", "knows no kind of database 'snowflake'; install the package of its dialect"),
    ],
)
def test_a_missing_driver_is_named_with_its_package(tmp_path, url, message):
    with pytest.raises(DataRefused, match=message) as refused:
        answer(Shop("", url), tmp_path, query="SELECT 1 AS n")

    assert "s3cret" not in str(refused.value)


def test_a_text_that_is_no_url_is_not_shown(tmp_path):
    with pytest.raises(SettingsError, match=r"sources\.sales\.url is no SQLAlchemy URL") as refused:
        answer(Shop("", "my s3cret"), tmp_path, query="SELECT 1 AS n")

    assert "s3cret" not in str(refused.value)


def test_an_sqlite_file_that_is_missing_or_no_database_is_named(tmp_path):
    (tmp_path / "text.db").write_text("not a database, only a text that is long enough to be looked at" * 20)

    with pytest.raises(DataRefused, match=r"there is no database .*none\.db"):
        answer(Shop("", "sqlite:///none.db"), tmp_path, query="SELECT 1 AS n")
    with pytest.raises(DataRefused, match=r"not a complete SQLite database .*deliver it again"):
        answer(Shop("", "sqlite:///text.db"), tmp_path, query="SELECT * FROM x")
    assert not (tmp_path / "none.db").exists()


def test_a_parameter_that_is_not_since_is_refused(orders, tmp_path):
    with pytest.raises(SettingsError, match=r"parameter :name, and only :since is known"):
        answer(orders, tmp_path, query="SELECT * FROM orders WHERE sku = :name")


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({"url": "u"}, "url needs a query or a table"),
        ({"path": "x", "table": "t"}, "these need a url"),
        ({"url": "u", "query": "q", "table": "t"}, "either query or table"),
        ({"url": "u", "query": "SELECT 1", "watermark": "day"}, "watermark needs :since in the query"),
        ({"url": "u", "query": "SELECT 1 WHERE d >= :since"}, ":since in the query needs watermark"),
        ({"path": "x", "watermark": "day"}, "watermark needs"),
    ],
)
def test_settings_that_do_not_go_together_are_refused(written, message):
    with pytest.raises(ValidationError, match=message):
        TableSource(**written)


def test_signs_that_mean_something_elsewhere_are_plain_text_in_a_query(orders, tmp_path):
    rows = answer(orders, tmp_path, query="SELECT sku, '10:30 %s {x} ?' AS odd FROM orders WHERE sku LIKE 'A%'")

    assert rows.to_pylist() == [{"sku": "A", "odd": "10:30 %s {x} ?"}]


@on_postgresql
def test_what_a_driver_cannot_hold_is_refused_with_its_reason(shop, tmp_path):
    with pytest.raises(DataRefused, match=r"sales query on postgresql.*date too large"):
        answer(shop, tmp_path, query="SELECT date 'infinity' AS day")


@on_postgresql
def test_the_session_knows_no_zone_but_utc_and_since_can_be_cast(shop, tmp_path):
    shop.run("CREATE TABLE t (at timestamptz)", "INSERT INTO t VALUES ('2026-03-02 23:30:00+00')")
    shop.run("ALTER ROLE postgres SET timezone = 'Asia/Tokyo'")

    rows = answer(
        shop,
        tmp_path,
        query="SELECT at, CAST(at AS date) AS day FROM t WHERE at >= CAST(:since AS date)",
        watermark="at",
    )
    with pytest.raises(SettingsError, match=r"write CAST\(:since AS date\)"):
        answer(shop, tmp_path, query="SELECT at FROM t WHERE at >= :since::date", watermark="at")
    shop.run("ALTER ROLE postgres RESET timezone")

    assert str(rows.column("day")[0]) == "2026-03-02"


def test_a_password_that_a_driver_repeats_is_taken_out(tmp_path):
    database = find_database("sales", "mysql://reader:s3cret%2Fpass@h/d", tmp_path)
    fault = sa.exc.OperationalError("", None, Exception("no login by s3cret/pass, given as s3cret%2Fpass"))

    reported = str(refusal(fault, database, "sales query"))

    assert "no login by ***, given as ***" in reported
    assert "s3cret" not in reported
