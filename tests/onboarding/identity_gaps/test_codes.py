"""Two codes for one thing: written otherwise, or with the same barcode."""

import pandas as pd
import pytest

from onboarding.identity_gaps import advice
from onboarding.identity_gaps.same_barcodes import gtin
from onboarding.identity_gaps.spelling_variants import normalised_writing
from tests.onboarding.identity_gaps.shop import lines, product, proposed, sold, stocked

ASSAM = "Assam tea 250 g"
EAN = "4006381333931"


@pytest.mark.parametrize(
    ("other", "sku", "how"),
    [
        ("tea-0412", "TEA-0412", "letter case"),
        ("TEA 0412", "TEA-0412", "punctuation"),
        ("TEA0412", "TEA-0412", "punctuation"),
        ("00412", "412", "leading zeros"),
    ],
)
def test_a_code_written_otherwise_is_an_alias_of_the_one_with_more_revenue(other, sku, how):
    found = proposed([product(sku, ASSAM), product(other, ASSAM)], sold(sku, units=9), sold(other))

    assert lines(found) == [{"alias": other, "sku": sku}]
    assert how in found[0].evidence
    assert (found[0].units, found[0].money) == (52.0, 520.0)


@pytest.mark.parametrize(("first", "second"), [("10-1", "101"), ("A-10-1", "A-101"), ("TEA-1", "TEA-2"), ("X1", "X01")])
def test_codes_that_differ_by_more_than_their_writing_are_two(first, second):
    assert normalised_writing(first) != normalised_writing(second)
    assert proposed([product(first, ASSAM), product(second, ASSAM)], sold(first), sold(second)) == []


def test_names_that_differ_make_two_products():
    found = proposed([product("a1", "Kettle, steel"), product("A1", "Garden hose")], sold("a1"), sold("A1"))

    assert found == []


def test_prices_that_differ_make_two_products_unless_the_names_are_the_same():
    cheap, dear = sold("tea-1", price=1.0), sold("TEA-1", price=10.0)

    unlike = proposed([product("tea-1", "Assam tea"), product("TEA-1", "Assam tea tin")], cheap, dear)
    same = proposed([product("tea-1", ASSAM), product("TEA-1", ASSAM)], cheap, dear)

    assert unlike == []
    assert lines(same) == [{"alias": "tea-1", "sku": "TEA-1"}]


def test_both_must_sell():
    assert proposed([product("tea-1", ASSAM), product("TEA-1", ASSAM)], sold("TEA-1")) == []


def test_a_code_that_is_no_product_but_lies_in_stock_is_an_alias():
    found = proposed([product("TEA-1")], sold("TEA-1"), inventory=stocked(("tea-1", "BER")))

    assert lines(found) == [{"alias": "tea-1", "sku": "TEA-1"}]
    assert "is not in products" in found[0].evidence


def test_what_is_an_alias_already_is_not_proposed_again():
    aliases = pd.DataFrame({"alias": ["tea-1"], "sku": ["TEA-1"], "source": ["*"]})

    assert proposed([product("TEA-1", ASSAM)], sold("tea-1"), sold("TEA-1"), sku_aliases=aliases) == []


def test_what_the_settings_unite_is_not_proposed():
    found = proposed([product("TEA-1", ASSAM)], sold("tea-1"), sold("TEA-1"), data={"sku_case": "upper"})

    assert found == []


def test_codes_that_are_no_products_are_left_alone():
    assert proposed([product("post", "Postage")], sold("post"), sold("POST")) == []


def test_many_codes_that_differ_by_case_are_one_setting():
    codes = [f"tea-{number}x" for number in range(12)]
    products = [product(code, ASSAM + code) for code in codes] + [product(code.upper(), ASSAM + code) for code in codes]
    found = proposed(products, *(sold(code) for code in codes), *(sold(code.upper(), units=3) for code in codes))

    assert advice(found) == ['12 codes differ by letter case only; [data] sku_case = "upper" makes each pair one SKU']
    assert advice(found[:9]) == []


def test_two_products_with_the_same_barcode_are_one():
    found = proposed(
        [product("TEA-1", ASSAM, barcode=EAN), product("B07XJ8", "Assam tea, 250 g", barcode=f"0{EAN}")],
        sold("TEA-1", units=9),
        sold("B07XJ8"),
    )

    assert lines(found) == [{"alias": "B07XJ8", "sku": "TEA-1"}]
    assert EAN in found[0].evidence


@pytest.mark.parametrize("barcode", ["", "0000000000000", "4006381333932", "12345", "n/a"])
def test_a_barcode_that_cannot_be_one_says_nothing(barcode):
    assert gtin(barcode) is None
    assert (
        proposed([product("P", ASSAM, barcode=barcode), product("Q", ASSAM, barcode=barcode)], sold("P"), sold("Q"))
        == []
    )


def test_a_barcode_on_unlike_things_or_on_many_is_a_mistake_of_the_barcode():
    unlike = [product("P", "Kettle, steel", barcode=EAN), product("Q", "Garden hose", barcode=EAN)]
    many = [product(f"P{number}", f"Assam tea {number}", barcode=EAN) for number in range(5)]

    assert proposed(unlike, sold("P"), sold("Q")) == []
    assert proposed(many, *(sold(row["sku"]) for row in many)) == []


def test_a_pack_with_its_pieces_barcode_is_no_alias():
    rows = [product("P", ASSAM, barcode=EAN), product("Q", f"{ASSAM} 5-pack", barcode=EAN)]

    found = proposed(rows, sold("P"), sold("Q", price=45.0))

    assert [proposal.kind for proposal in found] == ["multipack"]
