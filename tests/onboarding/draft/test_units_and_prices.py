"""Which amount a column holds: its unit, its tax, of one unit or of a line."""

import pytest

from onboarding.answers import ColumnSource, CompanyFact
from tests.onboarding.draft.folders import SALES, asked, drafted, folder, given, mapping, table


def test_units_of_a_heading_become_the_contracts(tmp_path):
    terms = "Item,Supplier,Unit cost,Lead time (weeks)\nA-1,Leaf,5.10,3\n"
    folder(tmp_path, terms__csv=terms, products__csv="Item,Name,Category,Weight (g)\nA-1,Tea,Tea,280\n")

    settings_draft = drafted(tmp_path, given())

    assert mapping(settings_draft, "supply_terms")["lead_time_days"] == "= {Lead time (weeks)} * 7"
    assert mapping(settings_draft, "products")["weight_kg"] == "= {Weight (g)} * 0.001"


def test_a_unit_that_no_heading_tells_is_asked_where_it_is_needed_and_else_not_used(tmp_path):
    terms = "Item,Supplier,Unit cost,Lead time\nA-1,Leaf,5.10,3\n"
    folder(tmp_path, terms__csv=terms, products__csv="Item,Name,Category,Weight\nA-1,Tea,Tea,280\n")

    before, after = drafted(tmp_path, given()), drafted(tmp_path, given(lead_time_unit="weeks"))

    assert "--lead-time-unit" in asked(before)
    assert "Weight" in table(before, "products").unused
    assert mapping(after, "supply_terms")["lead_time_days"] == "= {Lead time} * 7"


def test_revenue_is_units_times_unit_price_where_no_column_holds_it(tmp_path):
    folder(tmp_path, sales__csv="Date,Item,Qty,Unit price\n2026-06-30,A-1,2,7.00\n")

    assert mapping(drafted(tmp_path, given()), "sales")["net_revenue"] == "= {Qty} * {Unit price}"


def priced(growing):
    prices = [7.0 * (qty if growing else 1) for qty in range(1, 41)]
    rows = (f"2026-06-{1 + qty % 28:02},A-1,{qty},{price}\n" for qty, price in enumerate(prices, 1))
    return "Date,Item,Qty,Price\n" + "".join(rows)


def test_a_price_is_of_the_line_where_it_grows_with_units_and_of_the_unit_where_it_does_not(tmp_path):
    folder(tmp_path / "line", sales__csv=priced(growing=True))
    folder(tmp_path / "unit", sales__csv=priced(growing=False))

    line, unit = drafted(tmp_path / "line", given()), drafted(tmp_path / "unit", given())

    assert mapping(line, "sales")["net_revenue"] == "Price"
    assert mapping(unit, "sales")["net_revenue"] == "= {Qty} * {Price}"
    assert table(line, "sales").columns["net_revenue"].certainty == "likely"


def test_a_price_of_which_lines_tell_nothing_is_asked_about(tmp_path):
    folder(tmp_path, sales__csv="Date,Item,Qty,Price\n2026-06-30,A-1,2,7.00\n")

    before, after = drafted(tmp_path, given()), drafted(tmp_path, given(price_is="line"))

    assert "--price-is" in asked(before)
    assert mapping(after, "sales")["net_revenue"] == "Price"


def test_tax_that_a_heading_names_is_taken_out_at_a_rate_that_people_tell(tmp_path):
    folder(tmp_path, sales__csv="Date,Item,Qty,Revenue incl. VAT\n2026-06-30,A-1,1,11.90\n")

    before, after = drafted(tmp_path, given()), drafted(tmp_path, given(tax_rate="0.19"))

    assert "--tax-rate" in asked(before)
    assert "net_revenue" not in mapping(before, "sales")
    assert mapping(after, "sales")["net_revenue"] == "= {Revenue incl. VAT} * 0.8403361345"


def test_terms_are_made_from_the_file_with_costs_and_from_what_people_tell(tmp_path):
    folder(tmp_path, sales__csv=SALES, products__csv="Item,Name,Category,Cost\nTEA-1,Assam,Tea,3.10\n")

    terms = table(drafted(tmp_path, given(supplier="Leaf", lead_time_days="14")), "supply_terms")

    assert terms.derived
    assert terms.delivered.name == "products.csv"
    assert {name: guess.value for name, guess in terms.constants.items()} == {
        "location": "MAIN", "supplier": "Leaf", "currency": "EUR", "lead_time_days": 14.0,
    }  # fmt: skip
    assert terms.columns["unit_cost"].value == "Cost"


def test_a_bare_quantity_is_stock_only_as_a_likely_guess(tmp_path):
    folder(tmp_path, stock__csv="Item,Qty\nA-1,5\n")

    settings_draft = drafted(tmp_path, given(as_of="2026-06-30"))

    assert mapping(settings_draft, "inventory")["on_hand"] == "Qty"
    assert [question.key for question in settings_draft.likely] == [ColumnSource("inventory", "on_hand")]


@pytest.mark.parametrize(
    "heading",
    ["Min. stock", "Discount", "Shipping", "VAT", "Mindestbestand", "Lagerwert", "Stock minimum", "Frais de port", "Coste de env\u00edo", "Commissione", "Verzendkosten", "Koszt dostawy", "Frete", "Fraktkostnad", "\u9001\u6599", "\u5b89\u5168\u5728\u5eab"],
)  # fmt: skip
def test_columns_of_other_numbers_are_no_units_stock_or_revenue(tmp_path, heading):
    folder(tmp_path, x__csv=f"Date,SKU,{heading}\n2026-06-29,A-1,4\n2026-06-30,A-1,5\n")

    settings_draft = drafted(tmp_path, given(table={"x.csv": "sales"}))

    taken = mapping(settings_draft, "sales")
    assert heading not in {taken.get(name) for name in ("units", "net_revenue", "unit_price", "sku", "order")}


def test_the_question_for_a_price_lists_the_columns_of_numbers_and_why_each_is_none(tmp_path):
    folder(tmp_path, sales__csv="Date,SKU,Qty,Points\n2026-06-30,A-1,2,9\n")

    question = next(each for each in drafted(tmp_path, given()).ambiguous if each.key == CompanyFact.UNIT_PRICE)

    assert "Qty is the units" in question.prompt
    assert "Points has a heading of no known net revenue" in question.prompt
