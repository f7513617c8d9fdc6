from pathlib import Path

import pytest

from database.reference import PAGE, render
from database.tables import TABLES


def test_the_reference_page_is_up_to_date():
    written = (Path(__file__).parents[2] / PAGE).read_text("utf-8")

    assert written == render(), "run `python -m database.reference`"


@pytest.mark.parametrize("table", TABLES.values(), ids=str)
def test_every_table_and_column_says_what_it_holds(table):
    assert table.comment
    assert [column.name for column in table.c if not column.comment] == []
