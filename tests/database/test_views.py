"""What people read with SQL: money as decimal numbers, of the plans that readers see."""

import datetime as dt

import pytest
from sqlalchemy import inspect, text

from database import check_schema, upgrade
from database.views import drop_views, readable_columns, readable_tables
from settings import MigrationError
from tests.database.factories import AS_OF, decided_line, published, recommendations, run


def _rows(engine, statement):
    with engine.connect() as connection:
        return connection.execute(text(statement)).all()


def test_money_is_a_decimal_number_on_both_databases(engine):
    published(engine, recommendations(1, unit_cost=1.2345, currency="EUR", order_value=12.5, order_value_base=10.0))

    [row] = _rows(
        engine, "SELECT unit_cost, order_value, order_value_base, money_at_stake FROM readable_recommendations"
    )

    assert [None if amount is None else float(amount) for amount in row] == [1.2345, 12.5, 10.0, None]


def test_a_view_shows_the_plan_that_readers_see_of_each_day(engine):
    replaced = published(engine)
    shown = published(engine)
    failed = run(engine)
    day_before = published(engine, as_of=AS_OF - dt.timedelta(days=1))

    found = {row.run_id for row in _rows(engine, "SELECT run_id FROM readable_recommendations")}

    assert found == {shown, day_before}
    assert not {replaced, failed} & found


def test_rows_that_do_not_name_their_day_get_it_from_the_plan(engine):
    published(engine)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO budget_forecast (run_id, month, category, channel, market, currency) "
                "SELECT run_id, '2026-04-01', '*', '*', '*', 'EUR' FROM current_runs"
            )
        )

    [row] = _rows(engine, "SELECT as_of FROM readable_budget_forecast")

    assert str(row.as_of) == "2026-03-01"


def test_planned_lines_are_all_there(engine):
    decided_line(engine)

    [row] = _rows(engine, "SELECT units, unit_cost FROM readable_planned_order_lines")

    assert [float(value) for value in row] == [10.0, 2.5]


@pytest.mark.parametrize("view", readable_tables())
def test_a_view_has_every_column_of_its_table(engine, view):
    columns = [column["name"] for column in inspect(engine).get_columns(view)]

    assert columns == readable_columns(readable_tables()[view])


def test_a_database_made_before_there_were_views_is_upgraded_and_gets_them(engine):
    with engine.begin() as connection:
        drop_views(connection)
        connection.execute(text("DROP TABLE bundle_components"))  # a later version makes it
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))

    with pytest.raises(MigrationError, match="0001, older than this program's"):
        check_schema(engine)
    upgrade(engine)

    assert sorted(inspect(engine).get_view_names()) == list(readable_tables())
