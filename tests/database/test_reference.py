"""Every table and column says what it holds."""

import pytest

from database.tables import TABLES


@pytest.mark.parametrize("table", TABLES.values(), ids=str)
def test_every_table_and_column_says_what_it_holds(table):
    assert table.comment
    assert [column.name for column in table.c if not column.comment] == []
