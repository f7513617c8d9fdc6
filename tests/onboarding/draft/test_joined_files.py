"""Files that belong together by a key: order lines and orders, variants and products, counts and their places."""

import pytest

from data_contracts.acceptance.accepted import load_accepted
from data_contracts.acceptance.parts import PartStore
from data_contracts.tables import CONTRACTS
from intake.ingest import ingest_table
from onboarding.answers import FileTable
from onboarding.draft.settings_file import settings_text
from settings import load_settings
from tests.onboarding.draft.folders import drafted, folder, given, mapping, table

ORDERS = "order_id,order_date,store_id\n7,2026-06-29,1\n8,2026-06-30,1\n9,2026-06-30,1\n"
ITEMS = "order_id,item_id,product_id,quantity,list_price\n7,1,A-1,2,10.00\n7,2,A-2,1,5.00\n8,1,A-1,1,10.00\n"
PRODUCTS = "product_id,product_name,brand_id\nA-1,Trek,1\nA-2,Surly,2\n"
BRANDS = "brand_id,brand_name\n1,Electra\n2,Haro\n"


def joined(draft):
    """The joined files of a draft as `[sources.TABLE]` will hold them."""
    return draft.keys["joined"].value if "joined" in draft.keys else []


def accepted(company, settings_draft, name):
    """Accepted rows and the results of rules, read as the nightly run reads them."""
    (company / "restock.toml").write_text(settings_text(settings_draft, "shop"), encoding="utf-8")
    settings = load_settings(company)
    store = PartStore(company / ".restock" / "parts")
    intake = ingest_table(CONTRACTS[name], settings.sources[name], company, store, settings.data)
    results = dict(zip(intake.rule_results["rule"], intake.rule_results["first_example"], strict=True))
    return load_accepted(intake), results


def test_order_lines_take_the_day_from_their_orders(tmp_path):
    folder(tmp_path, orders__csv=ORDERS, order_items__csv=ITEMS, products__csv=PRODUCTS, brands__csv=BRANDS)

    settings_draft = drafted(tmp_path, given())
    sales, results = accepted(tmp_path, settings_draft, "sales")

    assert joined(table(settings_draft, "sales")) == [{"path": "orders.csv", "on": ["order_id"]}]
    assert sales[["sku", "units", "net_revenue"]].to_numpy().tolist() == [["A-1", 2, 20], ["A-2", 1, 5], ["A-1", 1, 10]]
    assert sales["date"].dt.strftime("%Y-%m-%d").tolist() == ["2026-06-29", "2026-06-29", "2026-06-30"]
    assert "1 of 3 rows belong to no row that they are joined to" in results["sales.joined.unused"]
    assert "order_id 9" in results["sales.joined.unused"]


def test_a_join_is_a_likely_question_that_states_what_is_lost_on_either_side(tmp_path):
    folder(tmp_path, orders__csv=ORDERS, order_items__csv=ITEMS + "99,1,A-1,4,10.00\n", products__csv=PRODUCTS)

    question = next(each for each in drafted(tmp_path, given()).likely if "joined by order_id" in each.prompt)

    assert "1 of 4 rows of order_items.csv have no row in orders.csv" in question.prompt
    assert "1 of 3 rows of orders.csv have none in order_items.csv" in question.prompt
    assert question.flag == '--table "orders.csv=none"'


def test_a_file_that_people_leave_out_is_not_joined(tmp_path):
    folder(tmp_path, orders__csv=ORDERS, order_items__csv=ITEMS, products__csv=PRODUCTS)

    settings_draft = drafted(tmp_path, given(table={"orders.csv": "none"}))

    assert "orders.csv" not in {entry["path"] for draft in settings_draft.tables for entry in joined(draft)}


def test_brands_are_joined_to_products_and_never_asked_about_as_sales(tmp_path):
    folder(tmp_path, products__csv=PRODUCTS, brands__csv=BRANDS)

    settings_draft = drafted(tmp_path, given())

    assert mapping(settings_draft, "products")["brand"] == "brand_name"
    assert not any("is it sales" in question.prompt for question in settings_draft.questions)


def test_each_order_of_one_line_makes_the_file_with_the_units_the_sales(tmp_path):
    one_each = "".join(ITEMS.splitlines(keepends=True)[:2]) + "8,1,A-1,1,10.00\n9,1,A-2,1,5.00\n"
    folder(tmp_path, orders__csv=ORDERS, order_items__csv=one_each, products__csv=PRODUCTS)

    settings_draft = drafted(tmp_path, given())

    assert table(settings_draft, "sales").delivered.name == "order_items.csv"
    assert not any("Which file holds sales" in question.prompt for question in settings_draft.questions)


def test_variants_take_name_and_category_from_products_whose_key_is_called_id(tmp_path):
    folder(
        tmp_path,
        sales__csv="Date,SKU,Qty,Revenue\n2026-06-30,TEE-S,1,7.00\n2026-06-30,TEE-M,1,7.00\n",
        variants__csv="id,product_id,sku,price\n1,5,TEE-S,9.00\n2,5,TEE-M,9.00\n",
        products__csv="id,title,product_type\n5,Tee,Shirts\n6,Cap,Caps\n",
    )

    settings_draft = drafted(tmp_path, given())
    products, _ = accepted(tmp_path, settings_draft, "products")

    assert joined(table(settings_draft, "products")) == [
        {"path": "products.csv", "on": ["product_id"], "matches": ["id"]}
    ]
    assert products[["sku", "name", "category"]].to_numpy().tolist() == [
        ["TEE-S", "Tee", "Shirts"],
        ["TEE-M", "Tee", "Shirts"],
    ]


def test_counted_lines_take_day_and_warehouse_from_their_count(tmp_path):
    folder(
        tmp_path,
        stock_count_lines__csv="count_id,sku,qty_on_hand\n1,A-1,5\n1,A-2,0\n2,A-1,3\n",
        stock_counts__csv="count_id,count_date,warehouse\n1,2026-06-30,NORTH\n2,2026-06-30,SOUTH\n",
    )

    settings_draft = drafted(tmp_path, given())
    stock, _ = accepted(tmp_path, settings_draft, "inventory")

    assert stock[["sku", "location", "on_hand"]].to_numpy().tolist() == [
        ["A-1", "NORTH", 5],
        ["A-2", "NORTH", 0],
        ["A-1", "SOUTH", 3],
    ]


@pytest.mark.parametrize(
    "second",
    [
        "name,order_id\nx,1\ny,2\n",  # other orders
        "order_id,order_date\n7,2026-06-29\n7,2026-06-30\n8,2026-06-30\n",  # the key repeats
        "customer,order_date\n7,2026-06-29\n8,2026-06-30\n",  # numbers agree, names do not
    ],
)
def test_files_that_do_not_belong_together_are_not_joined(tmp_path, second):
    folder(tmp_path, order_items__csv=ITEMS, orders__csv=second)

    assert all(not joined(draft) for draft in drafted(tmp_path, given()).tables)


def test_a_file_that_gives_nothing_but_the_state_of_orders_is_joined(tmp_path):
    states = ["Shipped", "Cancelled", "Delivered"]
    folder(
        tmp_path,
        orders__csv="order_id,status\n" + "".join(f"{order},{states[order % 3]}\n" for order in range(12)),
        order_items__csv="order_id,order_date,sku,qty,revenue\n"
        + "".join(f"{order},2026-05-{order + 1:02},A-{order % 4},1,{order + 5}\n" for order in range(12)),
    )

    sales = table(drafted(tmp_path, given()), "sales")

    assert [each["path"] for each in sales.keys["joined"].value] == ["orders.csv"]
    assert sales.columns["status"].value == "status"
    assert sales.keys["meanings"].value == {
        "status": {"Shipped": "completed", "Delivered": "completed", "Cancelled": "cancelled"}
    }


def test_the_state_of_customers_is_no_state_of_orders(tmp_path):
    folder(
        tmp_path,
        customers__csv="customer_id,status\n"
        + "".join(f"{number},{'gold' if number else 'inactive'}\n" for number in range(4)),
        sales__csv="order,customer_id,order_date,sku,qty,revenue\n"
        + "".join(f"{order},{order % 4},2026-05-{order + 1:02},A-1,1,{order + 5}\n" for order in range(12)),
    )

    assert "joined" not in table(drafted(tmp_path, given()), "sales").keys


CODED = "id,sku,name,category,cost\n11,TEA-1,Assam,Tea,4\n12,TEA-2,Mint,Tea,4\n13,TEA-3,Lapsang,Tea,4\n"


def test_skus_come_by_the_key_of_the_products_for_every_table_that_names_them_by_it(tmp_path):
    items = "".join(f"{n},{1 + n % 20},{11 + n % 3},{1 + n % 2},9.90\n" for n in range(1, 61))
    orders = "".join(f"{n},2026-06-{n:02}\n" for n in range(1, 21))
    folder(
        tmp_path,
        order_items__csv=f"id,order_id,product_id,quantity,unit_price\n{items}",
        orders__csv=f"id,order_date\n{orders}",
        shop_products__csv=CODED,
        inventory__csv="product_id,warehouse,on_hand,as_of\n11,MAIN,5,2026-06-30\n12,MAIN,5,2026-06-30\n",
    )

    settings_draft = drafted(tmp_path, given())
    alone = drafted(tmp_path, given(table={"shop_products.csv": "products"}))

    products = {"path": "shop_products.csv", "on": ["product_id"], "matches": ["id"]}
    sales, stock = table(settings_draft, "sales"), table(settings_draft, "inventory")
    assert [each["path"] for each in sales.keys["joined"].value] == ["orders.csv", "shop_products.csv"]
    assert stock.keys["joined"].value == [products]
    assert (sales.columns["sku"].value, stock.columns["sku"].value) == ("sku", "sku")
    assert mapping(settings_draft, "products")["sku"] == "sku"
    question = next(each for each in settings_draft.likely if each.key == FileTable("shop_products.csv"))
    assert question.flag == '--table "shop_products.csv=products"'
    assert "order_items.csv: sales, with shop_products.csv joined by product_id = id; 0 of 60" in question.prompt
    assert "inventory.csv: inventory, with shop_products.csv joined by product_id = id" in question.prompt
    assert mapping(alone, "inventory")["sku"] == "product_id"
    said = drafted(tmp_path, given(table={"shop_products.csv": "joined", "orders.csv": "joined"}))
    assert mapping(said, "sales")["sku"] == "sku"
    assert table(said, "products").delivered.name == "shop_products.csv"


def test_codes_that_the_products_list_are_joined_to_nothing(tmp_path):
    folder(
        tmp_path,
        products__csv=CODED,
        inventory__csv="product_id,warehouse,on_hand,as_of\nTEA-1,MAIN,5,2026-06-30\nTEA-2,MAIN,5,2026-06-30\n",
    )

    assert "joined" not in table(drafted(tmp_path, given()), "inventory").keys


def test_the_key_of_a_join_is_used_and_a_row_s_own_id_means_nothing_else(tmp_path):
    folder(
        tmp_path,
        order_items__csv="id,order_id,sku,quantity,price\n1,1,A-1,2,5.00\n2,2,A-2,1,6.00\n3,2,A-1,1,5.00\n",
        orders__csv="id,created_at\n1,2026-06-29\n2,2026-06-30\n",
    )

    settings_draft = drafted(tmp_path, given(price_is="unit"))

    sales = table(settings_draft, "sales")
    assert sales.keys["joined"].value[0]["on"] == ["order_id"]
    assert "order_id" not in sales.unused
    assert "id" not in sales.why_unused
    (question,) = [each for each in settings_draft.likely if "joined by" in each.prompt]
    assert question.prompt.endswith("Otherwise orders.csv is not used")
