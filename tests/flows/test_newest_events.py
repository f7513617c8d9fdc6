"""The newest plan knows what happened after its stock was counted; a past one does not."""

import datetime as dt

import pytest

from app.check.examine import examine
from flows.inputs import DECIDED_ON, KNOWN_UNTIL, Reading
from settings import load_settings
from tests.faults.shop import AS_OF, INVENTORY, SKUS, Silent, csv, day, shop

ORDERS = "order_number,line_number,sku,location,supplier,ordered_on,ordered_units,expected_on,status"
LATER = [f"P1,1,TEA,BER,NORD,{day(-1)},50,{day(-8)},open", f"P2,1,TEA,BER,NORD,{day(0)},20,{day(-7)},open"]


def planned(root, as_of=None, today=3):
    """Inputs of a plan made some days after the last count."""
    text = (root / "restock.toml").read_text().replace(f"today = {AS_OF}", f"today = {day(-today)}")
    (root / "restock.toml").write_text(text)
    findings = examine(load_settings(root), as_of, Silent())
    assert findings.refusals == ()
    return findings.inputs


def with_orders(root, rows=LATER, **files):
    return shop(root, purchase_orders_csv=csv(ORDERS, rows), **files)


def test_an_order_placed_after_the_count_is_in_the_newest_plan(tmp_path):
    assert planned(with_orders(tmp_path)).tables["purchase_orders"]["order_number"].sort_values().tolist() == [
        "P1",
        "P2",
    ]


def test_an_order_dated_after_today_is_not(tmp_path):
    orders = planned(with_orders(tmp_path), today=0).tables["purchase_orders"]

    assert orders["order_number"].tolist() == ["P2"]


def test_a_past_plan_knows_nothing_later(tmp_path):
    older = [f"{day(5)},{sku},BER,30" for sku in SKUS]

    inputs = planned(with_orders(tmp_path, inventory=older), as_of=dt.date.fromisoformat(day(5)))

    assert inputs.tables["purchase_orders"].empty


@pytest.mark.parametrize("counted", [0, 2])
def test_a_weekly_company_that_counts_in_the_week_is_planned_on_that_count(tmp_path, counted):
    rows = [f"{day(-counted)},{sku},BER,30" for sku in SKUS]
    root = shop(tmp_path, inventory_csv=csv(INVENTORY, rows))
    (root / "restock.toml").write_text('[company]\nperiod = "week"\n' + (root / "restock.toml").read_text())

    inputs = planned(root)

    # 31 March is a Tuesday: the last complete week ended on the 29th.
    assert inputs.tables["inventory"]["on_hand"].tolist() == [30.0, 30.0, 30.0]
    assert inputs.decided_on == dt.date.fromisoformat(day(-2))  # made on the third day after the count
    said = inputs.results.loc[inputs.results["rule"] == "inventory.counted_later", "first_example"]
    assert "after the last complete week, which ended on 2026-03-29" in said.iloc[0]


def test_of_two_counts_of_an_item_the_newest_is_used(tmp_path):
    rows = [f"{day(2)},TEA,BER,10", f"{day(0)},TEA,BER,7", f"{day(2)},CUP,BER,5", f"{day(2)},POT,BER,5"]
    root = shop(tmp_path, inventory_csv=csv(INVENTORY, rows))
    (root / "restock.toml").write_text('[company]\nperiod = "week"\n' + (root / "restock.toml").read_text())

    stock = planned(root).tables["inventory"].set_index("sku")["on_hand"]

    assert stock.to_dict() == {"TEA": 7.0, "CUP": 5.0, "POT": 5.0}


def test_the_manifest_holds_how_far_the_plan_knew():
    reading = Reading({}, from_manifest=False, known_until=AS_OF)

    assert reading.manifest[KNOWN_UNTIL] == AS_OF.isoformat()
    assert Reading({}, from_manifest=False, decided_on=AS_OF).manifest[DECIDED_ON] == AS_OF.isoformat()
    assert reading.manifest_hash != Reading({}, from_manifest=False).manifest_hash
