"""Wide files: a column for each date."""

from tests.onboarding.draft.folders import asked, drafted, folder, given, mapping, table

WEEKS = ["2026-05-04", "2026-05-11", "2026-05-18", "2026-05-25", "2026-06-01", "2026-06-08", "2026-06-15", "2026-06-22"]


def wide(keys, rows, weeks=WEEKS):
    return "\n".join([",".join([*keys, *weeks]), *(",".join(map(str, row)) for row in rows)]) + "\n"


def test_a_wide_file_of_numbers_is_unpivoted_sales_by_week(tmp_path):
    folder(tmp_path, sales__csv=wide(["Store", "Product"], [[1, 7, *range(8)], [2, 7, *range(8)]]))

    settings_draft = drafted(tmp_path, given(unit_price="11"))

    assert table(settings_draft, "sales").keys["unpivot"].value == {
        "columns": r"re:\d{4}-\d{2}-\d{2}", "into": "date", "values": "units", "drop_zeros": True,
    }  # fmt: skip
    assert mapping(settings_draft, "sales") == {"location": "Store", "sku": "Product", "net_revenue": "= {units} * 11"}
    assert (settings_draft.company["period"].value, settings_draft.company["week_starts_on"].value) == (
        "week",
        "monday",
    )


def test_yes_and_no_by_week_is_history_of_stock_and_keeps_zeros(tmp_path):
    flags = [1, 7, *["True", "False"] * 4]
    folder(tmp_path, flags__csv=wide(["Store", "Product"], [flags]))

    levels = table(drafted(tmp_path, given()), "stock_levels")

    assert levels.keys["unpivot"].value == {"columns": r"re:\d{4}-\d{2}-\d{2}", "into": "date", "values": "in_stock"}
    assert levels.constants["on_hand"].certainty == "assumed"


def test_prices_with_the_same_keys_and_dates_are_joined_to_sales(tmp_path):
    folder(
        tmp_path,
        sales__csv=wide(["Store", "Product"], [[1, 7, *range(8)]]),
        price__csv=wide(["Store", "Product"], [[1, 7, *[5.5] * 8]]),
    )

    settings_draft = drafted(tmp_path, given())

    joined = table(settings_draft, "sales").keys["joined"].value
    assert [(each["path"], each["on"]) for each in joined] == [("price.csv", ["Store", "Product", "date"])]
    assert mapping(settings_draft, "sales")["net_revenue"] == "= {units} * {price}"


def test_prices_of_other_dates_are_not_joined(tmp_path):
    folder(
        tmp_path,
        sales__csv=wide(["Store", "Product"], [[1, 7, *range(8)]]),
        price__csv=wide(["Store", "Product"], [[1, 7, *[5.5] * 7]], WEEKS[:-1]),
    )

    settings_draft = drafted(tmp_path, given())

    assert "joined" not in table(settings_draft, "sales").keys
    assert "--unit-price" in asked(settings_draft)


def test_a_key_that_tells_rows_apart_may_be_part_of_the_sku_so_it_is_asked(tmp_path):
    rows = [[1, "N", 7, *range(8)], [2, "N", 7, *range(8)]]
    folder(tmp_path, sales__csv=wide(["Client", "Warehouse", "Product"], rows))

    before = drafted(tmp_path, given(unit_price="11"))
    after = drafted(tmp_path, given(unit_price="11", source={"sales.sku": "{Client}-{Product}"}))

    assert "--map" in asked(before)
    assert mapping(after, "sales")["sku"] == "{Client}-{Product}"
    assert mapping(after, "inventory")["sku"] == "{Client}-{Product}"


def test_a_wide_file_of_which_nothing_tells_what_it_counts_is_asked_about(tmp_path):
    folder(tmp_path, data__csv=wide(["Store", "Product"], [[1, 7, *range(8)]]))

    before, after = drafted(tmp_path, given()), drafted(tmp_path, given(table={"data.csv": "stock_levels"}))

    assert "--table" in asked(before)
    assert table(after, "stock_levels").keys["unpivot"].value["values"] == "on_hand"
