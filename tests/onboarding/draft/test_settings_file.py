"""The restock.toml that is written: readable by the program, and honest about how sure it is."""

import re
import tomllib
from dataclasses import replace

from onboarding.draft.draft_settings import draft_settings
from onboarding.draft.settings_file import settings_text
from onboarding.survey.sources import Survey, survey_folder
from settings import load_settings
from tests.onboarding.draft.folders import SALES, TODAY, drafted, folder, given

EVERYTHING = {"as_of": "2026-06-30", "supplier": 'Leaf "and" Söhne', "lead_time_days": "14", "unit_cost": "3"}


def test_the_file_is_read_back_as_it_was_meant(tmp_path):
    folder(tmp_path, sales__csv=SALES, stock__csv="Item,Stock\nTEA-1,5\n")
    (tmp_path / "restock.toml").write_text(settings_text(drafted(tmp_path, given(**EVERYTHING)), "My shop"), "utf-8")

    settings = load_settings(tmp_path)

    assert settings.company.name == "My shop"
    assert settings.company.default_location == "MAIN"
    assert settings.sources["sales"].columns["sku"] == "Item"
    assert settings.sources["sales"].separator == ";"
    assert settings.sources["sales"].decimal == ","
    assert settings.sources["supply_terms"].constants["supplier"] == 'Leaf "and" Söhne'


def test_a_pattern_keeps_its_backslashes(tmp_path):
    header = ",".join(["Product", *(f"2026-0{month}-01" for month in range(1, 7))])
    folder(tmp_path, sales__csv=f"{header}\n7,1,2,3,4,5,6\n")

    text = settings_text(drafted(tmp_path, given(**EVERYTHING, unit_price="5")), "x")

    assert tomllib.loads(text)["sources"]["sales"]["unpivot"]["columns"] == r"re:\d{4}-\d{2}-\d{2}"


def test_every_guess_says_how_sure_it_is(tmp_path):
    folder(tmp_path, sales__csv=SALES, stock__csv="Item,Stock\nTEA-1,5\n")

    text = settings_text(drafted(tmp_path, given(**EVERYTHING)), "My shop")

    settings = [line for line in text.splitlines() if " = " in line and not line.startswith(("#", "path"))]
    assert settings
    assert [line for line in settings if not re.search(r"  # (sure|likely|given|assumed)", line)] == []


def test_what_is_needed_and_was_not_found_stands_there_as_a_comment(tmp_path):
    folder(tmp_path, po__csv="PO number,Item,Order date,Qty,Supplier\nP1,A-1,2026-06-01,48,Leaf\n", b__csv="to\nyou\n")

    text = settings_text(drafted(tmp_path, given()), "My shop")

    assert "# [sources.sales]   needed for a plan, and no file was found" in text
    assert "#   b.csv: its columns are those of no table" in text


def test_names_with_line_ends_cannot_break_out_of_a_comment(tmp_path):
    folder(tmp_path, sales__csv='Order date,Item,Qty,Revenue,"evil\n[company]"\n2026-06-30,A-1,1,7,x\n')

    text = settings_text(drafted(tmp_path, given()), "x")

    assert text.count("\n[company]\n") == 1
    assert tomllib.loads(text)


def test_where_other_tables_stand_in_a_database_a_missing_one_is_advised_there(tmp_path):
    folder(tmp_path, po__csv="PO number,Item,Order date,Qty,Supplier\nP1,A-1,2026-06-01,48,Leaf\n")
    survey = survey_folder(tmp_path)
    placed = replace(survey.delivered[0], place={"url": "env:SHOP", "table": "po"})

    text = settings_text(draft_settings(Survey((placed,), ()), given(), TODAY), "My shop")

    assert '# url = "env:SHOP"\n# table = "sales"' in text
