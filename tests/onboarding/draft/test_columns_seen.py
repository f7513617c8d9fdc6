"""Rows without a SKU, and why no column was taken for what is needed."""

import pytest

from tests.onboarding.draft.folders import asked, drafted, folder, given, mapping, table


def prompt_of(settings_draft, flag):
    """The question that this flag answers."""
    return next(question.prompt for question in settings_draft.questions if question.flag.startswith(flag))


def test_without_revenue_and_prices_each_column_of_numbers_is_named_with_its_reason(tmp_path):
    folder(
        tmp_path,
        sales__csv="Order,Date,SKU,Qty,Shipping tax,Weight\n1,2026-06-01,A-1,2,1.5,300\n2,2026-06-02,A-2,1,2.5,400\n",
    )

    prompt = prompt_of(drafted(tmp_path, given()), "--unit-price")

    assert "Qty is the units" in prompt
    assert "Shipping tax says 'shipping', which is no net revenue" in prompt
    assert "Weight has a heading of no known net revenue, such as 300" in prompt


@pytest.mark.parametrize(
    ("text", "table_name", "column", "says"),
    [
        ("Date,SKU,Minimum qty,Revenue\n2026-06-01,A-1,2,9\n2026-06-02,A-2,1,8\n", "sales", "units",
         "Minimum qty says 'minimum', which is no units"),
        ("Date,SKU,Qty,Revenue\nsoon,A-1,2,9\nlater,A-2,1,8\n", "sales", "date", "Date holds no date, such as 'soon'"),
        ("Due date,Payment date,SKU,Qty,Revenue\n2026-06-01,2026-06-03,A-1,2,9\n2026-06-02,2026-06-05,A-2,1,8\n", "sales", "date",
         "Due date says 'due', which is no date, Payment date says 'payment', which is no date"),
    ],
)  # fmt: skip
def test_of_a_needed_column_those_that_could_be_it_are_named_with_their_reason(
    tmp_path, text, table_name, column, says
):
    folder(tmp_path, sales__csv=text)

    settings_draft = drafted(tmp_path, given(table={"sales.csv": table_name}))

    assert says in prompt_of(settings_draft, f'--map "{table_name}.{column}=')


def test_of_a_stock_file_without_stock_its_numbers_are_named(tmp_path):
    folder(
        tmp_path,
        sales__csv="Date,SKU,Qty,Revenue\n2026-06-01,A-1,2,9\n2026-06-02,A-2,1,8\n",
        stock__csv="SKU,Minimum stock,Incoming\nA-1,5,2\nA-2,6,1\n",
    )

    prompt = prompt_of(drafted(tmp_path, given(table={"stock.csv": "inventory"})), "--on-hand")

    assert "Minimum stock says 'minimum', which is no on hand" in prompt
    assert "Incoming says 'incoming', which is no on hand" in prompt


def with_empty_skus(every, rows=40):
    lines = [
        f"{row},2026-05-{row % 28 + 1:02},{'' if row % every == 0 else f'A-{row % 5}'},{'Gift wrap' if row % every == 0 else 'Tea'},1,{row + 3}"
        for row in range(1, rows + 1)
    ]
    return "\n".join(["Order,Date,SKU,Name,Qty,Revenue", *lines]) + "\n"


def test_where_many_rows_have_no_sku_their_name_is_offered_as_key(tmp_path):
    folder(tmp_path, sales__csv=with_empty_skus(8))

    before = drafted(tmp_path, given())
    by_name = drafted(tmp_path, given(source={"sales.sku": "{SKU|Name}"}))
    left_out = drafted(tmp_path, given(leave_out=["sales.sku"]))

    prompt = prompt_of(before, '--map "sales.sku={SKU|Name}"')
    assert "--map" in asked(before)
    assert "SKU is empty in 5 of 40 rows, the first with Order 8, Date 2026-05-09, Name Gift wrap" in prompt
    assert mapping(by_name, "sales")["sku"] == mapping(by_name, "products")["sku"] == "{SKU|Name}"
    assert table(left_out, "sales").keys["only"].value == {"SKU": "re:.+"}
    assert "--map" not in asked(left_out)


def test_where_few_rows_have_no_sku_it_is_said_which_and_what_to_say(tmp_path):
    folder(tmp_path, sales__csv=with_empty_skus(39))

    settings_draft = drafted(tmp_path, given())

    assert "--map" not in asked(settings_draft)
    (note,) = table(settings_draft, "sales").notes
    assert "SKU is empty in 1 of 40 rows, the first with Order 39, Date 2026-05-12, Name Gift wrap" in note
    assert '--map "sales.sku={SKU|Name}" takes their name as key, and --leave-out sales.sku leaves them out' in note
