"""Keys that two tables share: where hardly a row is found, it is said, and the column that fits is taken."""

from onboarding.answers import ColumnSource
from tests.onboarding.draft.folders import drafted, folder, given, mapping, table

ORDERS = "PO number,Item,Order date,Qty,Vendor code,{}ETA\nP1,A-1,2026-06-01,48,70001,{}2026-07-01\nP2,A-2,2026-06-02,9,70002,{}2026-07-02\n"
TERMS = "Item,Vendor,{}Lead time days,Unit cost\nA-1,Leaf Ltd,{}14,4.00\nA-2,Pot & Son,{}14,4.00\n"


def orders(*names):
    return ORDERS.format(
        "Vendor name," if names else "", *(f"{name}," for name in names or ()), *([""] * (0 if names else 2))
    )


def terms(*numbers):
    return TERMS.format(
        "Account," if numbers else "", *(f"{each}," for each in numbers or ()), *([""] * (0 if numbers else 2))
    )


def test_the_listing_table_takes_the_column_that_knows_the_keys(tmp_path):
    folder(tmp_path, po__csv=orders(), supply_terms__csv=terms(70001, 70002))

    settings_draft = drafted(tmp_path, given())

    taken = table(settings_draft, "supply_terms").columns["supplier"]
    question = next(each for each in settings_draft.likely if each.key == ColumnSource("supply_terms", "supplier"))
    assert (taken.value, taken.certainty) == ("Account", "likely")
    assert (
        "supplier of purchase_orders (Vendor code, such as 70001) is found in supply_terms (Vendor, such as leaf ltd) in 0 of 2 rows"
        in question.prompt
    )
    assert question.flag == '--map "supply_terms.supplier=Vendor"'
    assert "Vendor" in table(settings_draft, "supply_terms").unused


def test_the_table_itself_takes_its_column_that_is_known(tmp_path):
    folder(tmp_path, po__csv=orders("Leaf Ltd", "Pot & Son"), supply_terms__csv=terms())

    assert mapping(drafted(tmp_path, given()), "purchase_orders")["supplier"] == "Vendor name"


def test_keys_that_no_column_knows_are_said(tmp_path):
    folder(tmp_path, po__csv=orders(), supply_terms__csv=terms())

    settings_draft = drafted(tmp_path, given())

    (note,) = [each for each in table(settings_draft, "purchase_orders").notes if "is found in" in each]
    assert "in 0 of 2 rows; give both the same codes, or join a file that has both" in note


def test_the_join_that_gives_the_keys_is_named_where_the_listing_file_has_both(tmp_path):
    suppliers = "Supplier code,Name,Country\n70001,Leaf Ltd,DE\n70002,Pot & Son,DE\n"
    folder(tmp_path, po__csv=orders(), supply_terms__csv=terms(), suppliers__csv=suppliers)

    settings_draft = drafted(tmp_path, given())

    (note,) = [each for each in table(settings_draft, "supply_terms").notes if "is found in" in each]
    join = 'joined = [{ path = "suppliers.csv", on = ["Vendor"], matches = ["Name"] }]'
    assert note.endswith(f'say in [sources.supply_terms]: {join}, and map the key to "Supplier code"')
    assert mapping(settings_draft, "purchase_orders")["supplier"] == "Vendor code"


def test_what_people_said_stays_and_is_noted(tmp_path):
    folder(tmp_path, po__csv=orders(), supply_terms__csv=terms(70001, 70002))

    settings_draft = drafted(tmp_path, given(source={"supply_terms.supplier": "Vendor"}))

    assert mapping(settings_draft, "supply_terms")["supplier"] == "Vendor"
    assert any("is found in" in each for each in table(settings_draft, "purchase_orders").notes)


def test_skus_and_locations_are_compared_too(tmp_path):
    sales = (
        "Date,SKU,Article,Qty,Revenue\n2026-06-29,4006381333931,TEA-1,2,13.90\n2026-06-30,4006381333948,TEA-2,1,6.20\n"
    )
    folder(
        tmp_path,
        sales__csv=sales,
        products__csv="SKU,Name,Category\nTEA-1,Assam,Tea\nTEA-2,Mint,Tea\n",
        locations__csv="Location,Name,Country\nBER,Berlin,DE\nHAM,Hamburg,DE\n",
        inventory__csv="SKU,As of,Warehouse,On hand\nTEA-1,2026-06-30,Berlin,4\nTEA-2,2026-06-30,Hamburg,5\n",
    )

    settings_draft = drafted(tmp_path, given())

    assert mapping(settings_draft, "sales")["sku"] == "Article"
    assert mapping(settings_draft, "locations")["location"] == "Name"


def test_keys_that_are_known_raise_no_word(tmp_path):
    folder(
        tmp_path, po__csv=orders("Leaf Ltd", "Pot & Son").replace("Vendor code", "Account"), supply_terms__csv=terms()
    )

    settings_draft = drafted(tmp_path, given())

    assert not any("is found in" in note for draft in settings_draft.tables for note in draft.notes)
    assert not any("is found in" in question.prompt for question in settings_draft.questions)
