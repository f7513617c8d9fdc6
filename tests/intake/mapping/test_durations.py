"""Lead times in words, as people write them in nine languages, and as the nightly run reads them."""

import math

import pytest

from data_contracts.acceptance.accepted import load_accepted
from data_contracts.acceptance.parts import PartStore
from data_contracts.tables import CONTRACTS
from intake.ingest import ingest_table
from intake.mapping.durations import read_duration
from settings import DataRefused, TableSource
from settings.schema import DataSettings

HEADER = "sku,location,supplier,unit_cost,currency,Lead time\n"


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("8-10 weeks", (56, 70)),
        ("10 days", (10, 10)),
        ("1 week", (7, 7)),
        ("2 Wochen", (14, 14)),
        ("10-15 jours", (10, 15)),
        ("1 month", (30, 30)),
        ("6 to 8 weeks", (42, 56)),
        ("ca. 4 Wochen", (28, 28)),
        ("3\u20134 tygodnie", (21, 28)),
        ("10 a 15 días", (10, 15)),
        ("2-3 settimane", (14, 21)),
        ("3 à 4 semaines", (21, 28)),
        ("2 semanas", (14, 14)),
        ("3 veckor", (21, 21)),
        ("2 weken", (14, 14)),
        ("2\uff5e3週間", (14, 21)),
        ("10日", (10, 10)),
        ("10 working days", (14, 14)),
        ("5 Werktage", (7, 7)),
        ("15 jours ouvrés", (21, 21)),
        ("2 weeks - 1 month", (14, 30)),
        ("4wks", (28, 28)),
        ("21", (21, 21)),
    ],
)
def test_a_lead_time_in_words_is_calendar_days(text, days):
    assert read_duration(text) == pytest.approx(days)


@pytest.mark.parametrize("text", ["soon", "in stock", "2026-05-01", "12/2025", "8 weeks late", "", "5 metres"])
def test_what_is_no_duration_is_not_read(text):
    assert read_duration(text) is None


def test_a_number_without_a_unit_has_the_unit_that_is_said():
    assert read_duration("3", "weeks") == (21, 21)
    assert read_duration("3 days", "weeks") == (3, 3)


def terms(tmp_path, cells, unit="days", **source):
    """Accepted supply terms with these lead times."""
    rows = "".join(f"A-{number},MAIN,Leaf,2,EUR,{cell}\n" for number, cell in enumerate(cells))
    (tmp_path / "terms.csv").write_text(HEADER + rows, encoding="utf-8")
    columns = {
        "lead_time_days": f"= {{Lead time:{unit}}}",
        "lead_time_sd_days": f"= {{Lead time:{unit} spread}}",
    }
    settings = DataSettings(max_rejected_share=source.pop("max_rejected_share", 0.05))
    read = TableSource(path="terms.csv", columns=columns, **source)
    return load_accepted(ingest_table(CONTRACTS["supply_terms"], read, tmp_path, PartStore(tmp_path / "p"), settings))


def test_the_mapping_reads_the_middle_of_a_range_and_its_spread(tmp_path):
    read = terms(tmp_path, ["8-10 weeks", "10 days", "1 week"])

    assert read["lead_time_days"].tolist() == [63, 10, 7]
    assert read["lead_time_sd_days"].iloc[0] == pytest.approx(14 / math.sqrt(12))
    assert read["lead_time_sd_days"].iloc[1:].isna().all()


def test_numbers_among_the_words_count_in_the_unit_of_the_mapping(tmp_path):
    assert terms(tmp_path, ["2", "10 days"], unit="weeks")["lead_time_days"].tolist() == [14, 10]


def test_a_cell_that_is_no_lead_time_is_rejected_with_its_text(tmp_path):
    with pytest.raises(DataRefused, match=r"lead_time_days is \"\{Lead time:days\}|lead_time_days is .*on request"):
        terms(tmp_path, ["8-10 weeks", "on request"])
