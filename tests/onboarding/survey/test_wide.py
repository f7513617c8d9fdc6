"""Wide files: a column for each date."""

import pytest

from data_contracts.acceptance.accepted import load_accepted
from flows.inputs import ingest_one
from onboarding.draft.settings_file import settings_text
from settings import UsageError, load_settings
from tests.onboarding.draft.folders import asked, drafted, folder, given, mapping, table
from tests.running import ROOT

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


MONTHS = {
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "de": "Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "fr": "janv. févr. mars avril mai juin juil. août sept. oct. nov. déc.",
    "it": "gen feb mar apr mag giu lug ago set ott nov dic",
    "ja": "1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "pl": "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień",
    "pt": "jan fev mar abr mai jun jul ago set out nov dez",
    "sv": "jan feb mars apr maj juni juli aug sept okt nov dec",
}
PRODUCTS = "SKU,Name\nTEA-1,Assam\nTEA-2,Mint\nMUG-1,Mug\n"


@pytest.mark.parametrize("months", MONTHS.values(), ids=MONTHS)
def test_months_without_a_year_are_asked_for_it_and_never_guessed(tmp_path, months):
    headings = months.split()
    folder(tmp_path, sales_2026__csv=wide(["SKU"], [["A-1", *range(12)]], headings))
    assert vocabulary_languages() == set(MONTHS)

    before, after = drafted(tmp_path, given(unit_price="2")), drafted(tmp_path, given(unit_price="2", year="2025"))

    assert "--year" in asked(before)
    assert "names" not in table(before, "sales").keys["unpivot"].value
    named = table(after, "sales").keys["unpivot"].value["names"]
    assert named == {name: f"2025-{month:02}" for month, name in enumerate(headings, start=1)}
    assert after.company["period"].value == "month"


def vocabulary_languages():
    return {file.stem for file in (ROOT / "onboarding" / "survey" / "vocabulary").glob("*.toml")}


@pytest.mark.parametrize(
    ("headings", "first", "last"),
    [
        (["01.2026", "02.2026", "03.2026", "04.2026"], "2026-01-01", "2026-04-01"),
        (["2026-01", "2026-02", "2026-03", "2026-04"], "2026-01-01", "2026-04-01"),
        (["202511", "202512", "202601", "202602"], "2025-11-01", "2026-02-01"),
        (["Jan 26", "Feb 26", "Mar 26", "Apr 26"], "2026-01-01", "2026-04-01"),
        (["Okt-25", "Nov-25", "Dez-25", "Jän-26"], "2025-10-01", "2026-01-01"),
        (["2026-Jan", "2026-Feb", "2026-Mar", "2026-Apr"], "2026-01-01", "2026-04-01"),
        (["KW 01/2026", "KW 02/2026", "KW 03/2026", "KW 04/2026"], "2025-12-29", "2026-01-19"),
        (["26/01/05", "26/01/12", "26/01/19", "26/01/26"], "2026-01-05", "2026-01-26"),
        (["19.01.26", "26.01.26", "02.02.26", "09.02.26"], "2026-01-19", "2026-02-09"),
        (["1/19/2026", "1/26/2026", "2/2/2026", "2/9/2026"], "2026-01-19", "2026-02-09"),
    ],
)
def test_headings_of_every_form_are_read_by_init_and_by_the_run_alike(tmp_path, headings, first, last):
    folder(tmp_path, sales__csv=wide(["SKU"], [["A-1", 1, 2, 3, 4]], headings))

    settings_draft = drafted(tmp_path, given(unit_price="2"))

    assert asked(settings_draft).isdisjoint({"--date-order", "--year", "--table"})
    rows = read_as_drafted(tmp_path, settings_draft)
    assert (str(rows["date"].min().date()), str(rows["date"].max().date())) == (first, last)
    assert rows.sort_values("date")["units"].tolist() == [1, 2, 3, 4]


def read_as_drafted(path, settings_draft):
    """The sales' rows as the nightly run reads them with the settings that are drafted."""
    (path / "restock.toml").write_text(settings_text(settings_draft, "shop"), encoding="utf-8")
    settings = load_settings(path)
    return load_accepted(ingest_one(settings, "sales"))


def test_headings_whose_order_stays_open_are_asked_about(tmp_path):
    folder(tmp_path, sales__csv=wide(["SKU"], [["A-1", 1, 2, 3, 4]], ["01/02/26", "02/03/26", "03/04/26", "04/05/26"]))

    before = drafted(tmp_path, given(unit_price="2"))
    after = drafted(tmp_path, given(unit_price="2", date_order="month-first"))

    assert "--date-order" in asked(before)
    assert table(after, "sales").keys["date_format"].value == "%m/%d/%y"


def test_a_column_of_years_beside_months_says_which_they_are_of(tmp_path):
    folder(tmp_path, sales__csv="SKU,Jahr,Jan,Feb,Mrz,Apr\nA-1,2025,1,2,3,4\nA-1,2026,5,6,7,8\n")

    settings_draft = drafted(tmp_path, given(unit_price="2"))

    assert "--year" not in asked(settings_draft)
    rows = read_as_drafted(tmp_path, settings_draft).sort_values("date")
    assert rows["date"].dt.strftime("%y-%m").tolist() == [
        f"{year}-{month:02}" for year in (25, 26) for month in range(1, 5)
    ]
    assert rows["units"].tolist() == list(range(1, 9))


def test_several_files_of_months_without_a_year_are_refused(tmp_path):
    months = wide(["SKU"], [["A-1", 1, 2, 3, 4]], ["Jan", "Feb", "Mar", "Apr"])
    folder(tmp_path, sales_2025__csv=months, sales_2026__csv=months)

    with pytest.raises(UsageError, match="several files have months without a year"):
        drafted(tmp_path, given(unit_price="2", year="2025"))


@pytest.mark.parametrize("name", ["sales", "data"])
def test_products_across_with_dates_down_are_a_row_for_each_product_and_date(tmp_path, name):
    text = 'Date,Store,TEA-1,TEA-2,MUG-1,Total\n2026-01-05,BER,1,"1,5",0,3\n2026-01-06,MUC,2,,4,6\n'
    folder(tmp_path, **{f"{name}__csv": text})

    settings_draft = drafted(tmp_path, given(unit_price="2", table={"data.csv": "sales"} if name == "data" else {}))

    rows = read_as_drafted(tmp_path, settings_draft).sort_values(["date", "sku"])
    assert rows[["sku", "units"]].to_numpy().tolist() == [["TEA-1", 1], ["TEA-2", 1.5], ["MUG-1", 4], ["TEA-1", 2]]
    assert rows["location"].tolist() == ["BER", "BER", "MUC", "MUC"]
    assert {"products", "inventory", "supply_terms"} <= {draft.table for draft in settings_draft.tables}


def test_products_across_are_sure_by_their_skus_and_else_asked(tmp_path):
    text = "Day;TEA-1;TEA-2;MUG-1\n05.01.2026;1;2;0\n26.01.2026;2;1;4\n"
    unknown = drafted(folder(tmp_path / "one", numbers__csv=text), given(unit_price="2"))
    by_name = drafted(folder(tmp_path / "two", sales__csv=text), given(unit_price="2"))
    by_skus = drafted(folder(tmp_path / "three", sales__csv=text, products__csv=PRODUCTS), given(unit_price="2"))

    assert "--table" in asked(unknown)
    assert [table(each, "sales").kind.certainty for each in (by_name, by_skus)] == ["likely", "sure"]
    assert [any("products" in question.prompt for question in each.likely) for each in (by_name, by_skus)] == [
        True,
        False,
    ]
