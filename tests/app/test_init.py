"""`restock init`: from a folder of files to a restock.toml, and from there to a plan."""

import datetime as dt
import os
import pty
import re
import select
import shlex
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from app.init.initialise import notes_said_once, url_of
from data_contracts.acceptance.accepted import load_accepted
from data_contracts.acceptance.parts import PartStore
from data_contracts.tables import CONTRACTS
from intake.ingest import ingest_table
from onboarding.answers import Answers, ColumnSource, CompanyFact, EmptyRows
from onboarding.draft.draft_settings import draft_settings
from onboarding.draft.settings_file import settings_text
from onboarding.survey.sources import survey_folder
from settings import load_settings
from tests.onboarding.draft.folders import SALES, folder
from tests.running import ROOT, restock, restock_here

GUIDE = ROOT / "docs" / "guides" / "your-own-files.md"
SHARED = ROOT.parent / "shared" / "data"
SAMPLES = ROOT / "tests" / "intake" / "connectors" / "samples"
GIVEN = (
    "--currency", "EUR", "--country", "DE", "--location", "MAIN", "--as-of", "2026-06-30",
    "--supplier", "Leaf", "--lead-time-days", "14", "--unit-cost", "3",
)  # fmt: skip


@pytest.fixture
def shop(tmp_path):
    return folder(tmp_path / "shop", sales__csv=SALES, stock__csv="Item,Stock\nTEA-1,5\nTEA-2,4\n")


def test_what_only_people_can_tell_ends_with_the_flags_to_say_and_nothing_is_written(shop):
    code, out, err = restock_here("init", shop, "--yes")

    assert code == 2
    assert re.search(r"sales\.csv +sales +sure +currency", out)
    assert err.startswith("restock init needs 7 answers:")
    for flag in ("--currency", "--country", "--location", "--as-of", "--supplier", "--lead-time-days", "--unit-cost"):
        assert f"  {flag} " in err
    assert not (shop / "restock.toml").exists()


def test_columns_that_are_left_out_are_named_with_the_reason_where_it_is_known(shop):
    folder(shop, items__csv="Item,Product name,Weight,Shade\nTEA-1,Assam,280,dark\nTEA-2,Mint,130,light\n")

    _, out, _ = restock_here("init", shop, "--yes")

    assert "items.csv: columns not used: Weight (its heading names no unit), Shade" in out


def test_an_ambiguous_date_order_is_not_taken_with_yes(tmp_path):
    folder(tmp_path, sales__csv=SALES.replace("2026-06-29", "03/04/2026").replace("2026-06-30", "05/04/2026"))

    code, _, err = restock_here("init", tmp_path, "--yes", *GIVEN, "--on-hand", "0")

    assert code == 2
    assert "--date-order day-first|month-first" in err
    assert "is 03/04/2026 day first or month first" in err


def test_what_is_likely_needs_yes_where_nobody_can_be_asked(shop):
    (shop / "sales.csv").rename(shop / "x.csv")

    code, _, err = restock_here("init", shop, *GIVEN)

    assert code == 2
    assert "take what is likely with --yes" in err
    assert "x.csv: sales, by its columns" in err


def test_with_all_given_it_writes_checks_and_names_the_next_command(shop):
    code, out, err = restock_here("init", shop, "--yes", *GIVEN)

    assert code == 0, err
    assert "The data are good enough to plan 2 items as of 2026-06-30" in out
    assert "Sales as they are read" in out
    assert re.search(r"\ntotal +4 +0 +0 +27\.05 EUR\n", out), out
    assert out.rstrip().endswith(f"Next: restock run --settings {shop}/restock.toml")
    assert load_settings(shop).sources["sales"].decimal == ","


def test_a_restock_toml_is_written_over_only_by_force(shop):
    (shop / "restock.toml").write_text("mine")

    refused, _, err = restock_here("init", shop, "--yes", *GIVEN)
    kept = (shop / "restock.toml").read_text()
    forced, _, _ = restock_here("init", shop, "--yes", *GIVEN, "--force")

    assert (refused, kept, forced) == (2, "mine", 0)
    assert "--force" in err


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--currency", "..."], "put your own value there"),
        (["--currency", "euro"], "not a code of 3 letters"),
        (["--location", "..."], "put your own value there"),
        (["--date-order", "dmy"], "one of day-first, month-first"),
        (["--timezone", "Berlin"], "Europe/Berlin"),
        (["--as-of", "30.06.2026"], "2026-03-31"),
        (["--map", "sales.sku"], "NAME=VALUE"),
        (["--map", "sales.skuu=Item"], "did you mean 'sku'"),
        (["--map", "sales.sku=Itm"], "has no column 'Itm'"),
        (["--table", "sale.csv=sales"], "did you mean 'sales.csv'"),
        (["--table", "sales.csv=sale"], "did you mean 'sales'"),
    ],
)  # fmt: skip
def test_a_flag_that_makes_no_sense_is_wrong_use(shop, flags, says):
    code, _, err = restock_here("init", shop, "--yes", *flags)

    assert code == 2
    assert says in " ".join(err.split())


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--on-hand", "7"], "--on-hand 7.0 changes nothing"),
        (["--encoding", "cp1250"], "sales.csv is read as utf-8"),
        (["--encoding", "cp12500"], "it is one of utf-8, utf-16"),
    ],
)
def test_a_flag_that_nothing_takes_is_wrong_use_and_nothing_is_written(shop, flags, says):
    code, _, err = restock_here("init", shop, "--yes", *GIVEN, *flags)

    assert code == 2
    assert says in " ".join(err.split())
    assert not (shop / "restock.toml").exists()


def test_without_sales_nothing_is_written(tmp_path):
    folder(tmp_path, po__csv="PO number,Item,Order date,Qty,Supplier\nP1,A-1,2026-06-01,48,Leaf\n")

    code, _, err = restock_here("init", tmp_path, "--yes", *GIVEN)

    assert code == 2
    assert "nothing in it holds sales" in " ".join(err.split())
    assert not (tmp_path / "restock.toml").exists()


def test_on_a_terminal_it_asks_one_question_after_the_other(shop):
    master, slave = pty.openpty()
    env = {**os.environ, "COLUMNS": "200", "TERM": "dumb"}
    asked = subprocess.Popen(
        [sys.executable, "-m", "app", "init", str(shop)], cwd=ROOT, env=env, stdin=slave, stdout=slave, stderr=slave
    )
    os.close(slave)
    answers = {
        "currency": "EUR", "public holidays": "DE", "name of the location": "MAIN", "which day": "30.6.", "is not a date": "2026-06-30",
        "who supplies": "Leaf", "calendar days": "soon", "not a number": "14", "unit cost you": "3",
    }  # fmt: skip
    shown = since = ""
    while select.select([master], [], [], 120)[0]:
        try:
            piece = os.read(master, 4096).decode()
        except OSError:  # the other side has ended
            break
        shown, since = shown + piece, since + piece
        question = next((each for each in answers if each in " ".join(since.split())), None)
        if question and "Your answer" in since and since.rstrip().endswith(":"):
            os.write(master, f"{answers.pop(question)}\n".encode())
            since = ""

    assert asked.wait(timeout=120) == 0, shown
    assert answers == {}
    settings = load_settings(shop)
    assert settings.sources["inventory"].constants["as_of"] == "2026-06-30"
    assert settings.sources["supply_terms"].constants["lead_time_days"] == "14"


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["nowhere"], "nowhere: there is no such folder; give the folder that your files are in"),
        (["empty"], "empty: holds no CSV, TSV, Parquet, JSON or Excel file; put your exports there"),
        (["shop", "--to", "elsewhere"], "--to is for databases"),
        (["postgresql://me:secret@host/shop"], "the URL holds a password"),
        (["env:NOT_SET"], "NOT_SET"),
    ],
)
def test_a_place_without_files_is_wrong_use(shop, monkeypatch, flags, says):
    (shop.parent / "empty").mkdir()
    monkeypatch.chdir(shop.parent)

    code, _, err = restock_here("init", *flags, "--yes", *GIVEN)

    assert code == 2
    assert says in " ".join(err.split())
    assert "secret" not in err


def test_what_people_gave_stands_before_what_the_files_say(shop):
    code, _, err = restock_here(
        "init",
        shop,
        "--yes",
        *GIVEN,
        "--map",
        "sales.customer=none",
        "--constant",
        "sales.channel=till",
        "--period",
        "day",
    )

    sources = load_settings(shop).sources
    assert code == 0, err
    assert sources["sales"].constants["channel"] == "till"
    assert sources["inventory"].constants == {"as_of": "2026-06-30", "location": "MAIN"}
    assert sources["supply_terms"].constants["lead_time_days"] == "14"
    assert re.search(r'^channel = "till" +# given$', (shop / "restock.toml").read_text(), re.MULTILINE)


def test_what_was_assumed_is_listed_with_its_reason(shop):
    code, out, err = restock_here("init", shop, "--yes", *GIVEN)

    assert code == 0, err
    assert "Assumed, so change what is wrong:\n" in out
    assert "  sales.channel = shop: no column of channels: all one, called shop\n" in out
    assert "  products.category = All products: no column of categories: all are one\n" in out


def test_tables_of_a_database_become_sources(tmp_path, monkeypatch):
    monkeypatch.setenv("SHOP", "sqlite:///shop.db")
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.execute("CREATE TABLE sales (day DATE, item TEXT, qty INTEGER, revenue REAL)")
        database.execute("INSERT INTO sales VALUES ('2026-06-29', 'TEA-1', 2, 13.9), ('2026-06-30', 'TEA-1', 1, 6.95)")
        database.execute("CREATE TABLE stock (item TEXT, stock INTEGER)")
        database.execute("INSERT INTO stock VALUES ('TEA-1', 5)")
    database.close()

    code, _, err = restock_here("init", "env:SHOP", "--to", tmp_path, "--yes", *GIVEN)

    assert code == 0, err
    sources = load_settings(tmp_path).sources
    assert (sources["sales"].url, sources["sales"].columns["units"]) == ("env:SHOP", "qty")


def test_an_sqlite_file_is_a_database_relative_to_the_settings():
    assert url_of("my-shop/data/shop.db", Path("my-shop")) == "sqlite:///data/shop.db"
    assert url_of("sqlite:///shop.db", Path("my-shop")) == "sqlite:///shop.db"


def test_what_holds_of_a_file_is_said_once_however_many_tables_are_made_of_it(tmp_path):
    rows = "".join(f"2026-01-{1 + n:02},S{n},A-{n % 3},3,$10.00,$30.00\n" for n in range(20))
    (tmp_path / "sales.csv").write_text("Date,Order No,SKU,Units Sold,Price per Unit,Total Sales\n" + rows)

    answers = Answers().with_answer(CompanyFact.CURRENCY, "EUR")
    notes = notes_said_once(draft_settings(survey_folder(tmp_path), answers, dt.date(2026, 2, 1)))

    assert [note.partition(" has")[0] for of_table in notes.values() for note in of_table] == [
        "Price per Unit",
        "Total Sales",
    ]


def blocks(text):
    """Indented blocks of a page, each with the paragraph before it."""
    for found in re.finditer(r"((?:^(?! {4}).+\n)+)\n((?:^ {4}.*\n|^\n(?= {4}))+)", text, re.MULTILINE):
        yield found[1], re.sub("^ {4}", "", found[2], flags=re.MULTILINE)


@pytest.mark.slow
def test_the_guide_walks_through_word_by_word_in_an_empty_folder(tmp_path, prefect_server):
    said = ""
    for before, block in blocks(GUIDE.read_text("utf-8").split("## When something")[0]):
        file = re.search(r"`my-shop/(\w+\.csv)`", before)
        if file:
            folder(tmp_path, **{f"my-shop--{file[1].replace('.', '__')}": block})
        elif block.startswith("restock "):
            ended = subprocess.run(
                [sys.executable, "-m", "app", *shlex.split(block)[1:]],
                cwd=tmp_path, env={**os.environ, "COLUMNS": "200", "PYTHONPATH": str(ROOT), "PREFECT_API_URL": prefect_server}, capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert ended.returncode == (0 if "--yes" in block or block.startswith("restock run") else 2), ended.stderr
            said = ended.stdout + ended.stderr
        else:
            for line in block.splitlines():
                assert line.strip() in said

    assert (tmp_path / "my-shop" / "reports" / "planner.html").exists()


CONNECTOR_FLAGS = {
    "amazon": ["--timezone", "Europe/Berlin"],
    "odoo": [],
    "shopify": ["--timezone", "America/New_York", "--location", "Warehouse", "--lead-time-days", "21"],
    "stocky": ["--timezone", "America/New_York", "--location", "Warehouse", "--lead-time-days", "21"],
    "woocommerce": [],
    "woocommerce_rest": [],
}


PLANNED_SAMPLES = {"odoo", "shopify"}
"""One with an ERP's stock and orders, one with a shop's sales alone; the others are taken in and checked."""


@pytest.mark.slow
@pytest.mark.parametrize("sample", sorted(path.name for path in SAMPLES.iterdir() if path.is_dir()))
def test_a_connectors_sample_files_are_taken_in_and_planned(tmp_path, prefect_server, sample):
    shutil.copytree(SAMPLES / sample, tmp_path / sample)
    flags = ["--yes", "--as-of", "2026-06-30", "--country", "DE", *CONNECTOR_FLAGS[sample]]

    init, out, err = restock_here("init", tmp_path / sample, *flags)

    assert init == 0, err
    assert re.search(r"good enough to plan \d+ items? as of 2026-06-30", out)
    assert load_settings(tmp_path / sample).sources["sales"].connector is not None
    if sample in PLANNED_SAMPLES:
        settings = tmp_path / sample / "restock.toml"
        run, out, err = restock("run", "--settings", settings, "--no-reports", PREFECT_API_URL=prefect_server)
        assert run == 0, err
        assert re.search(r"plan as of 2026-06-30 .*published", out)


def shared(tmp_path, name):
    """A copy of real data; the test is skipped where there is none."""
    if not (SHARED / name).is_dir():
        pytest.skip(f"needs {SHARED / name}")
    shutil.copytree(SHARED / name, tmp_path / name, copy_function=shutil.copyfile)
    return tmp_path / name


def accepted(company, table):
    """Accepted rows of a table, read as the nightly run reads them."""
    settings = load_settings(company)
    store = PartStore(company / ".restock" / "parts")
    return load_accepted(ingest_table(CONTRACTS[table], settings.sources[table], company, store, settings.data))


@pytest.mark.slow
def test_online_retail_is_taken_in_by_flags_alone(tmp_path):
    company = shared(tmp_path, "online_retail")
    file = company / "year_2009_2010.parquet"
    lines = pd.read_parquet(file)
    # The last quarter has all that is peculiar about it; tests/intake/mapping/test_real_files.py reads the whole year.
    lines[lines["invoice_date"] >= "2010-10-01"].to_parquet(file, index=False)

    code, out, err = restock_here(
        "init", company, "--yes", "--currency", "GBP", "--country", "GB", "--location", "MAIN", "--as-of", "2010-12-09",
        "--on-hand", "0", "--supplier", "ALL", "--cost-share", "0.4", "--lead-time-days", "14", "--sku-case", "upper",
    )  # fmt: skip

    assert code == 0, err
    assert re.search(r"good enough to plan 3,\d{3} items as of 2010-12-09", out)
    sales = load_settings(company).sources["sales"]
    assert (sales.cancelled_order_prefix, "POST" in sales.not_products) == ("C", True)


@pytest.mark.slow
def test_vn2_is_taken_in_by_flags_alone(tmp_path):
    company = shared(tmp_path, "vn2")

    code, out, err = restock_here(
        "init", company, "--yes", "--currency", "EUR", "--country", "FR", "--as-of", "2024-04-14", "--supplier", "CENTRAL",
        "--unit-cost", "10", "--unit-price", "11", "--lead-time-days", "14",
    )  # fmt: skip

    assert code == 0, err
    assert "good enough to plan 599 items as of 2024-04-14" in out
    settings = load_settings(company)
    assert (settings.company.period, settings.company.week_starts_on) == ("week", "monday")
    levels = accepted(company, "stock_levels")
    assert len(levels) == 599 * 165
    assert set(levels["in_stock"]) == {True, False}


@pytest.mark.slow
def test_the_vn1_pair_of_wide_tables_is_taken_in_by_flags_alone(tmp_path):
    company = shared(tmp_path, "vn1")

    code, out, err = restock_here(
        "init", company, "--yes", "--currency", "EUR", "--country", "FR", "--as-of", "2024-01-07", "--supplier", "ALL",
        "--on-hand", "0", "--unit-cost", "10", "--lead-time-days", "14", "--map", "sales.sku={Client}-{Product}",
    )  # fmt: skip

    assert code == 0, err
    assert "good enough to plan 15,053 items as of 2024-01-07" in out
    sales = accepted(company, "sales")
    first = sales[(sales["sku"] == "0-367") & (sales["date"] == "2023-10-09")].iloc[0]
    assert (first["units"], first["net_revenue"]) == (1.0, 51.86)


@pytest.mark.slow
def test_the_lead_time_file_with_mixed_dates_is_taken_in_by_answers_alone(tmp_path):
    company = shared(tmp_path, "supplier_lead_times")

    said = (
        Answers()
        .with_answer(CompanyFact.COUNTRY, "US")
        .with_answer(ColumnSource("purchase_orders", "location"), "Country")
    )
    said = said.with_answer(EmptyRows("purchase_orders", "ordered_on"), "yes")

    settings_draft = draft_settings(survey_folder(company), said, dt.date(2026, 7, 1))  # the command wants sales too
    (company / "restock.toml").write_text(settings_text(settings_draft, "vendor"), encoding="utf-8")

    both = accepted(company, "purchase_orders").merge(accepted(company, "receipts"), on=["order_number", "line_number"])
    days = (both["received_on"] - both["ordered_on"]).dt.days
    assert len(both) == 4592
    assert days.mean() == pytest.approx(105.6, abs=0.05)
    assert [days.quantile(share) for share in (0.25, 0.5, 0.75)] == [50, 92, 143]
