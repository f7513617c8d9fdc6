"""A file of past stockouts: days on which nothing could be bought."""

import datetime as dt

import pandas as pd

from data_contracts.contract import empty_frame
from data_contracts.tables import CONTRACTS
from features.history import DemandHistory
from identity.resolve import resolve_identity
from identity.stockouts import add_stockouts
from intake.point_in_time import as_known_on
from tests.data_contracts.company import accepted, rejected, write
from tests.features.factories import demand_lines, history
from tests.identity.demand_factories import inventory, products, sales, settings

ITEMS = pd.DataFrame({"sku": ["A", "A", "B"], "location": ["BER", "HAM", "BER"]})


def stockout(starts_on, ends_on=None, sku="A", location="BER"):
    return {"sku": sku, "location": location, "starts_on": pd.Timestamp(starts_on), "ends_on": pd.Timestamp(ends_on)}


def added(*stockouts, own=(), period="day", first="2026-01-01", as_of="2026-03-31"):
    levels = empty_frame(CONTRACTS["stock_levels"])
    if own:
        levels = pd.DataFrame([{"sku": "A", "location": "BER", "on_hand": 5.0} | row for row in own]).reindex(
            columns=levels.columns
        )
        levels = levels.assign(date=pd.to_datetime(levels["date"]), in_stock=levels["in_stock"].astype("boolean"))
    frame = pd.DataFrame(list(stockouts))
    days = [dt.date.fromisoformat(day) for day in (first, as_of)]
    return add_stockouts(levels, frame, ITEMS, *days, period, "monday")


def stock_in(levels):
    return [
        (str(row.date.date()), row.location, None if pd.isna(row.in_stock) else bool(row.in_stock))
        for row in levels.sort_values(["date", "location"]).itertuples()
    ]


def test_first_and_last_day_are_out_of_stock():
    levels, _ = added(stockout("2026-03-03", "2026-03-05"))

    assert stock_in(levels) == [(f"2026-03-0{day}", "BER", False) for day in (3, 4, 5)]
    assert levels["on_hand"].tolist() == [0.0, 0.0, 0.0]


def test_an_open_end_lasts_until_the_plan_s_day():
    levels, _ = added(stockout("2026-03-29"))

    assert stock_in(levels) == [(f"2026-03-{day}", "BER", False) for day in (29, 30, 31)]


def test_days_before_the_first_sale_are_left_out():
    levels, _ = added(stockout("2019-01-01", "2026-01-02"))

    assert stock_in(levels) == [("2026-01-01", "BER", False), ("2026-01-02", "BER", False)]


def test_overlapping_stockouts_count_a_day_once():
    levels, _ = added(stockout("2026-03-03", "2026-03-04"), stockout("2026-03-04", "2026-03-05"))

    assert len(levels) == 3


def test_a_stockout_of_every_sku_holds_at_every_item_of_its_location():
    here, _ = added(stockout("2026-03-03", "2026-03-03", sku="*"), stockout("2026-03-05", "2026-03-05", sku="B"))
    everywhere, _ = added(stockout("2026-03-03", "2026-03-03", sku="*", location="*"))

    assert sorted(zip(here["sku"], here["location"], here["date"].dt.day, strict=True)) == [
        ("A", "BER", 3), ("B", "BER", 3), ("B", "BER", 5),
    ]  # fmt: skip
    assert sorted(zip(everywhere["sku"], everywhere["location"], strict=True)) == [
        ("A", "BER"), ("A", "HAM"), ("B", "BER"),
    ]  # fmt: skip


def test_a_stockout_of_all_locations_holds_at_every_item_of_the_sku():
    levels, _ = added(stockout("2026-03-03", "2026-03-03", location="*"))

    assert stock_in(levels) == [("2026-03-03", "BER", False), ("2026-03-03", "HAM", False)]


def test_an_own_row_that_says_neither_is_completed_and_keeps_its_units():
    levels, contradicted = added(stockout("2026-03-03", "2026-03-03"), own=[{"date": "2026-03-03"}])

    assert stock_in(levels) == [("2026-03-03", "BER", False)]
    assert levels["on_hand"].tolist() == [5.0]
    assert contradicted == 0


def test_an_own_row_that_says_in_stock_is_believed_and_counted():
    levels, contradicted = added(stockout("2026-03-03", "2026-03-04"), own=[{"date": "2026-03-03", "in_stock": True}])

    assert stock_in(levels) == [("2026-03-03", "BER", True), ("2026-03-04", "BER", False)]
    assert contradicted == 1


def test_a_week_partly_out_of_stock_gets_its_share_and_a_whole_one_is_out():
    levels, _ = added(stockout("2026-03-06", "2026-03-15"), period="week")

    assert levels["date"].dt.date.astype(str).tolist() == ["2026-03-02", "2026-03-09"]
    assert levels["in_stock_share"].round(4).tolist()[0] == round(4 / 7, 4)
    assert [None if pd.isna(flag) else bool(flag) for flag in levels["in_stock"]] == [None, False]


def test_what_was_not_known_at_a_past_day_is_cut():
    tables = {"stockouts": pd.DataFrame([stockout("2026-03-03", "2026-03-20"), stockout("2026-03-12", "2026-03-20")])}

    known = as_known_on(tables, dt.date(2026, 3, 10)).tables["stockouts"]

    assert known["starts_on"].dt.date.astype(str).tolist() == ["2026-03-03"]
    assert known["ends_on"].isna().all()


def resolved(stockouts, **tables):
    given = {
        "sales": sales({"date": "2026-03-01"}, {"date": "2026-03-20"}),
        "products": products("A"),
        "inventory": inventory("A"),
        "stockouts": pd.DataFrame(stockouts),
    }
    return resolve_identity(given | tables, settings(), dt.date(2026, 3, 31))


def test_stockouts_under_an_alias_are_those_of_the_sku():
    aliases = pd.DataFrame({"alias": ["OLD-A"], "sku": ["A"], "source": ["*"]})

    found = resolved([stockout("2026-03-03", "2026-03-04", sku="OLD-A")], sku_aliases=aliases)

    assert found.tables["stock_levels"]["sku"].tolist() == ["A", "A"]


def test_stockouts_of_unknown_codes_are_rejected():
    found = resolved([stockout("2026-03-03", sku="NOBODY")])

    assert found.rejected["rule"].tolist() == ["stockouts.sku.resolved"]


def test_demand_of_a_stockout_s_days_is_unknown():
    levels, _ = added(stockout("2026-03-25", "2026-03-27"))

    found: DemandHistory = history(demand_lines({"date": "2026-03-22"}, {"date": "2026-03-31"}), stock_levels=levels)

    assert pd.isna(found.units[0]).nonzero()[0].tolist() == [3, 4, 5]


def test_a_file_of_stockouts_is_read_with_an_empty_end_and_an_empty_location(tmp_path):
    write(tmp_path, "out.csv", "sku,location,starts_on,ends_on\nA,BER,2026-03-03,2026-03-09\nB,,2026-03-05,\n")

    rows = accepted(tmp_path, table="stockouts", path="out.csv")

    assert rows["location"].tolist() == ["BER", "*"]
    assert rows["ends_on"].isna().tolist() == [False, True]


def test_a_stockout_that_ends_before_it_starts_is_rejected(tmp_path):
    write(tmp_path, "out.csv", "sku,starts_on,ends_on\nA,2026-03-09,2026-03-03\n")

    rows = rejected(tmp_path, table="stockouts", path="out.csv")

    assert "before starts_on" in rows["message"].iloc[0]
    assert "out.csv line 2" in rows["message"].iloc[0]
