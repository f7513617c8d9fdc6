"""Stock history from the first day: every run's inventory is kept, and the runs after know it."""

import datetime as dt
import json

import pandas as pd
import pytest

from flows.inputs import Reading, accepted_tables, ingest_one, past_reading, save_stock_snapshots, with_snapshots
from identity.stock_snapshots import Snapshot, SnapshotStore, add_stock_history
from intake.point_in_time import as_known_on
from settings import DataRefused, Settings, load_settings
from tests.data_contracts.company import sale, sales_csv, write
from tests.identity.demand_factories import inventory, products

EVER = dt.date(2020, 1, 1)
DAY_2, DAY_3 = dt.date(2026, 3, 2), dt.date(2026, 3, 3)


def on(day, *skus, on_hand=5.0, reserved=0.0):
    return inventory(*skus, as_of=str(day)).assign(on_hand=on_hand, reserved=reserved)


def with_history(inventory_rows, snapshots, stock_levels=None, settings=None, **tables):
    given = {"inventory": inventory_rows, "products": products("A", "B")} | tables
    if stock_levels is not None:
        given["stock_levels"] = pd.DataFrame(stock_levels, columns=["date", "sku", "location", "on_hand"]).assign(
            date=lambda frame: pd.to_datetime(frame["date"]), in_stock=pd.NA, in_stock_share=float("nan")
        )
    return add_stock_history(given, snapshots, settings or Settings())


def levels(tables):
    frame = tables["stock_levels"]
    rows = zip(frame["date"].dt.date.astype(str), frame["sku"], frame["on_hand"], strict=True)
    return sorted(rows)


def test_what_is_kept_comes_back_day_by_day(tmp_path):
    store = SnapshotStore(tmp_path)

    store.keep(pd.concat([on(DAY_2, "A", on_hand=0.0), on(DAY_3, "A", "B", reserved=2.0)]), DAY_3)
    back = store.load(store.kept(EVER, DAY_3))

    assert back["as_of"].dt.date.tolist() == [DAY_2, DAY_3, DAY_3]
    assert back["on_hand"].tolist() == [0.0, 5.0, 5.0]
    assert back["reserved"].tolist() == [0.0, 2.0, 2.0]
    assert back["source_file"].iloc[0].startswith("stock/2026-03-02/")


def test_a_day_kept_again_is_replaced_and_runs_that_used_the_first_still_find_it(tmp_path):
    store = SnapshotStore(tmp_path)
    store.keep(on(DAY_2, "A", on_hand=7.0), DAY_2)
    used = store.kept(EVER, DAY_2)

    store.keep(on(DAY_2, "A", on_hand=9.0), DAY_2)

    assert store.load(store.kept(EVER, DAY_2))["on_hand"].tolist() == [9.0]
    assert store.load(used)["on_hand"].tolist() == [7.0]


def test_the_order_of_delivery_changes_no_hash(tmp_path):
    store = SnapshotStore(tmp_path)

    first = store.keep(on(DAY_2, "A", "B"), DAY_2)
    again = store.keep(on(DAY_2, "B", "A"), DAY_2)

    assert first == again


def test_only_snapshots_up_to_the_day_are_seen(tmp_path):
    store = SnapshotStore(tmp_path)

    store.keep(pd.concat([on(DAY_2, "A"), on(DAY_3, "A")]), DAY_3)

    assert [snapshot.as_of for snapshot in store.kept(EVER, DAY_2)] == ["2026-03-02"]
    assert [snapshot.as_of for snapshot in store.kept(DAY_3, DAY_3)] == ["2026-03-03"]
    assert [snapshot.as_of for snapshot in store.kept(EVER, DAY_3, without={"2026-03-03"})] == ["2026-03-02"]


def test_days_in_the_future_are_not_kept(tmp_path):
    store = SnapshotStore(tmp_path)

    store.keep(pd.concat([on(DAY_2, "A"), on(dt.date(2206, 3, 3), "A")]), DAY_3)

    assert [snapshot.as_of for snapshot in store.kept(EVER, dt.date(2300, 1, 1))] == ["2026-03-02"]


@pytest.mark.parametrize("damage", [lambda file: file.unlink(), lambda file: file.write_bytes(b"half")])
def test_a_snapshot_that_is_gone_or_damaged_is_refused_by_name(tmp_path, damage):
    store = SnapshotStore(tmp_path)
    (kept,) = store.keep(on(DAY_2, "A"), DAY_2)
    damage(tmp_path / kept.path)

    with pytest.raises(DataRefused, match=r"stock kept of 2026-03-02 is gone or damaged; restore"):
        store.load([kept])


def test_a_damaged_file_is_written_again_when_the_day_is_delivered_again(tmp_path):
    store = SnapshotStore(tmp_path)
    (kept,) = store.keep(on(DAY_2, "A"), DAY_2)
    (tmp_path / kept.path).write_bytes(b"half")

    store.keep(on(DAY_2, "A"), DAY_2)

    assert len(store.load([kept])) == 1


def test_every_day_of_which_the_stock_is_known_is_a_stock_level():
    tables = with_history(on(DAY_3, "A"), on(DAY_2, "A", on_hand=0.0))

    assert levels(tables) == [("2026-03-02", "A", 0.0), ("2026-03-03", "A", 5.0)]
    assert tables["stock_levels"]["in_stock"].isna().all()


def test_the_company_s_own_stock_levels_win():
    tables = with_history(on(DAY_3, "A", "B"), on(DAY_2, "A", "B"), [("2026-03-02", "A", "BER", 1.0)])

    assert levels(tables) == [
        ("2026-03-02", "A", 1.0),
        ("2026-03-02", "B", 5.0),
        ("2026-03-03", "A", 5.0),
        ("2026-03-03", "B", 5.0),
    ]


def test_the_same_sku_under_another_code_is_not_counted_twice():
    aliases = pd.DataFrame({"alias": ["OLD-A"], "sku": ["A"], "source": ["*"]})
    own = [("2026-03-02", "A", "BER", 1.0), ("2026-03-02", "B", "BER", 2.0)]
    upper = Settings(data={"sku_case": "upper"})

    tables = with_history(on(DAY_3, "A"), on(DAY_2, "OLD-A", "b"), own, upper, sku_aliases=aliases)

    assert levels(tables) == [("2026-03-02", "A", 1.0), ("2026-03-02", "B", 2.0), ("2026-03-03", "A", 5.0)]


def test_in_a_weekly_company_an_own_row_tells_the_whole_week():
    weekly = Settings(company={"period": "week"})

    tables = with_history(on("2026-03-15", "A"), on("2026-03-08", "A", "B"), [("2026-03-02", "A", "BER", 1.0)], weekly)

    assert levels(tables) == [("2026-03-02", "A", 1.0), ("2026-03-08", "B", 5.0), ("2026-03-15", "A", 5.0)]


def test_a_past_day_finds_its_inventory_with_what_was_reserved():
    tables = with_history(on(DAY_3, "A"), on(DAY_2, "A", reserved=3.0))

    known = as_known_on(tables, DAY_2)

    assert known.tables["inventory"]["reserved"].tolist() == [3.0]
    assert len(known.tables["stock_levels"]) == 1
    assert known.reconstructed == ()


def test_a_day_that_is_delivered_again_is_not_taken_from_what_was_kept():
    tables = with_history(on(DAY_2, "A", on_hand=1.0), on(DAY_2, "A", on_hand=9.0))

    assert tables["inventory"]["on_hand"].tolist() == [1.0]
    assert levels(tables) == [("2026-03-02", "A", 1.0)]


def company(root, day, on_hand=5):
    write(root, "sales.csv", sales_csv(sale()))
    write(root, "products.csv", "sku,name,category\nA,Tea,Tea\n")
    write(root, "inventory.csv", f"as_of,sku,location,on_hand\n{day},A,BER,{on_hand}\n")
    tables = "".join(f'[sources.{table}]\npath = "{table}.csv"\n' for table in ("sales", "products", "inventory"))
    write(root, "restock.toml", f"[data]\ntoday = {day}\n{tables}")
    return load_settings(root / "restock.toml")


def run(root, day, on_hand=5):
    """What a run reads, with what it keeps."""
    settings = company(root, day, on_hand)
    read = Reading({table: ingest_one(settings, table) for table in settings.sources}, from_manifest=False)
    reading = with_snapshots(read, settings, day)
    save_stock_snapshots(reading, settings, day)
    return reading, settings


def test_the_second_run_knows_the_stock_of_the_first(tmp_path):
    run(tmp_path, DAY_2, on_hand=0)

    reading, settings = run(tmp_path, DAY_3)

    assert levels(accepted_tables(reading, settings)) == [("2026-03-02", "A", 0.0), ("2026-03-03", "A", 5.0)]


def test_a_run_that_is_run_again_has_read_the_same(tmp_path):
    run(tmp_path, DAY_2)
    first, _ = run(tmp_path, DAY_3)

    again, _ = run(tmp_path, DAY_3)

    assert again.manifest_hash == first.manifest_hash


def test_other_stock_on_a_past_day_is_another_input(tmp_path):
    run(tmp_path / "one", DAY_2, on_hand=0)
    run(tmp_path / "two", DAY_2, on_hand=1)

    one, _ = run(tmp_path / "one", DAY_3)
    two, _ = run(tmp_path / "two", DAY_3)

    assert one.manifest_hash != two.manifest_hash


def test_a_past_run_uses_the_snapshots_of_its_manifest_whatever_was_kept_since(tmp_path):
    run(tmp_path, DAY_2, on_hand=0)
    reading, _ = run(tmp_path, DAY_3)
    manifest = json.loads(json.dumps(reading.manifest))
    run(tmp_path, DAY_2, on_hand=8)
    _, settings = run(tmp_path, dt.date(2026, 3, 4))

    past = with_snapshots(past_reading(manifest, settings), settings, DAY_3)

    assert levels(accepted_tables(past, settings)) == [("2026-03-02", "A", 0.0), ("2026-03-03", "A", 5.0)]
    assert past.manifest_hash == reading.manifest_hash


def test_a_manifest_from_before_snapshots_were_kept_uses_none(tmp_path):
    reading, settings = run(tmp_path, DAY_2)
    manifest = {table: intake for table, intake in reading.manifest.items() if table != "stock_snapshots"}

    assert past_reading(manifest, settings).snapshots == ()


def test_a_past_run_keeps_nothing(tmp_path):
    reading, settings = run(tmp_path, DAY_2, on_hand=1)
    run(tmp_path, DAY_2, on_hand=2)

    save_stock_snapshots(past_reading(reading.manifest, settings), settings, DAY_2)

    store = SnapshotStore(tmp_path / ".restock" / "stock")
    assert store.load(store.kept(EVER, DAY_2))["on_hand"].tolist() == [2.0]


def test_a_snapshot_s_file_is_named_by_its_rows():
    assert Snapshot("2026-03-02", "abc").path.as_posix() == "2026-03-02/abc.parquet"
