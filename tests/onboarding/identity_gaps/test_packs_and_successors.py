"""Packs of a product, products that take over, and units that are counted otherwise."""

import pandas as pd
import pytest

from onboarding.identity_gaps.product_names import is_same_product, parse_pack
from tests.onboarding.identity_gaps.shop import DAYS, lines, product, proposed, sold

ASSAM = "Assam tea 250 g"


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("Assam tea 250 g 5-pack", 5),
        ("Assam tea 250 g, 5 pack", 5),
        ("Assam tea 250 g (pack of 5)", 5),
        ("Assam tea 250 g 2er Set", 2),
        ("Assam tea 250 g x3", 3),
        ("3 x Assam tea 250 g", 3),
        ("SET OF 6 ASSAM TEA 250 g", 6),
        ("Assam tea 250 g twin pack", 2),
    ],
)
def test_a_pack_is_a_bundle_of_the_product_in_its_name(name, count):
    rows = [product("TEA", ASSAM), product("PACK", name), product("OTHER", "Ceylon tea 250 g")]

    found = proposed(rows, sold("TEA"), sold("PACK", price=9.0 * count), sold("OTHER"))

    assert lines(found) == [{"bundle_sku": "PACK", "component_sku": "TEA", "units": str(count)}]


@pytest.mark.parametrize(
    "name", ["Darjeeling tea 250 g 5-pack", "Assam tea 500 g 5-pack", "Assam tea 250 g red 5-pack", "5-pack"]
)
def test_a_pack_of_something_else_is_none(name):
    assert proposed([product("TEA", ASSAM), product("PACK", name)], sold("TEA"), sold("PACK", price=45.0)) == []


@pytest.mark.parametrize("price", [10.0, 20.0, 80.0])
def test_a_price_that_does_not_fit_the_pack_speaks_against_it(price):
    found = proposed(
        [product("TEA", ASSAM), product("PACK", f"{ASSAM} 5-pack")], sold("TEA"), sold("PACK", price=price)
    )

    assert found == []


def test_where_the_name_does_not_tell_how_many_the_prices_do():
    rows = [product("TEA", ASSAM), product("PACK", f"{ASSAM} bundle")]

    three = proposed(rows, sold("TEA"), sold("PACK", price=30.0))
    between = proposed(rows, sold("TEA"), sold("PACK", price=25.0))

    assert lines(three) == [{"bundle_sku": "PACK", "component_sku": "TEA", "units": "3"}]
    assert between == []


def test_two_products_of_the_same_name_leave_open_which_is_in_the_pack():
    rows = [product("TEA", ASSAM), product("TEA-B", ASSAM), product("PACK", f"{ASSAM} 5-pack")]

    assert proposed(rows, sold("TEA"), sold("TEA-B"), sold("PACK", price=45.0)) == []


def test_a_bundle_that_is_known_is_not_proposed():
    bundles = pd.DataFrame({"bundle_sku": ["PACK"], "component_sku": ["TEA"], "units": [5.0]})

    found = proposed(
        [product("TEA", ASSAM), product("PACK", f"{ASSAM} 5-pack")],
        sold("TEA"),
        sold("PACK", price=45.0),
        bundles=bundles,
    )

    assert found == []


@pytest.mark.parametrize("name", ["Puzzle 500 pieces", "Backpack 20 l", "Set square", "iPhone X2000", "Tea 2 x"])
def test_names_that_speak_of_no_pack(name):
    pack = parse_pack(name)

    assert pack is None


def test_colours_and_sizes_make_other_things():
    assert not is_same_product("T-shirt red L", "T-shirt red S")
    assert not is_same_product("Mug black", "Mug block")
    assert not is_same_product("Assam tea", "Assam tea 250 g")
    assert is_same_product("Tea cups red", "Tea cup, red")


OLD, NEW = DAYS[:90], DAYS[92:]


def test_a_product_that_begins_when_another_ends_is_its_successor():
    found = proposed(
        [product("K1", "Kettle Pro steel 1.7 l"), product("K2", "Kettle Pro steel 1.7 l new")],
        sold("K1", days=OLD),
        sold("K2", days=NEW),
    )

    assert lines(found) == [{"sku": "K1", "successor_sku": "K2"}]
    assert "2025-12-29" in found[0].evidence
    assert "change in products of K1: successor_sku = K2" in found[0].in_words("EUR")


@pytest.mark.parametrize(
    "change",
    [
        {"category": "Garden"},
        {"name": "Garden hose 20 m"},
        {"days": DAYS[120:]},
        {"days": DAYS[60:]},
        {"price": 45.0},
        {"days": DAYS[92:120]},
    ],
    ids=["other category", "other name", "a month later", "a month before", "other price", "ended too"],
)
def test_other_products_are_no_successors(change):
    columns = {name: change[name] for name in ("category",) if name in change}
    second = product("K2", change.get("name", "Kettle Pro steel 1.7 l new"), **columns)

    found = proposed(
        [product("K1", "Kettle Pro steel 1.7 l"), second],
        sold("K1", days=OLD),
        sold("K2", days=change.get("days", NEW), price=change.get("price", 10.0)),
        sold("Z", days=DAYS),
    )

    assert [proposal for proposal in found if proposal.kind == "successor"] == []


def test_a_product_that_sells_now_and_then_has_not_ended():
    found = proposed(
        [product("K1", "Kettle Pro steel 1.7 l"), product("K2", "Kettle Pro steel 1.7 l new")],
        sold("K1", days=DAYS[:90:30]),
        sold("K2", days=NEW),
    )

    assert found == []


def test_two_candidates_leave_it_open():
    found = proposed(
        [product("K1", "Kettle Pro steel"), product("K2", "Kettle Pro steel a"), product("K3", "Kettle Pro steel b")],
        sold("K1", days=OLD),
        sold("K2", days=NEW),
        sold("K3", days=NEW),
    )

    assert found == []


def test_a_successor_that_is_known_is_not_proposed():
    found = proposed(
        [product("K1", "Kettle Pro steel", successor_sku="K2"), product("K2", "Kettle Pro steel new")],
        sold("K1", days=OLD),
        sold("K2", days=NEW),
    )

    assert found == []


def test_sales_in_sixes_at_a_sixth_of_the_price_are_counted_in_pieces():
    found = proposed(
        [product("EGG", "Egg cup", unit_price=12.0)], sold("EGG", units=12, price=2.0), sold("EGG", units=6, price=2.0)
    )

    assert lines(found) == [{"sku": "EGG", "unit_step": "6"}]
    assert "multiples of 6" in found[0].evidence


@pytest.mark.parametrize(
    "sales",
    [
        (sold("EGG", units=6, price=12.0),),
        (sold("EGG", units=6, price=2.0), sold("EGG", units=1, price=2.0)),
        (sold("EGG", units=6, price=2.0, days=DAYS[:5]),),
        (sold("EGG", units=1.5, price=2.0),),
    ],
    ids=["full price", "singles too", "few lines", "fractions"],
)
def test_sales_that_may_well_be_in_the_unit_are_left_alone(sales):
    assert proposed([product("EGG", "Egg cup", unit_price=12.0)], *sales) == []
