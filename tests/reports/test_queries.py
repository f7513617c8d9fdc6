"""How often the database is asked: as often for many items as for few."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from database.queries import quality_history
from reports import budget_report, order_workbook, planner_report, read_run
from tests.app.conftest import SETTINGS
from tests.reports.company import company
from tests.reports.factories import published
from tests.reports.replay import record_replay
from tests.running import restock_here

READING = 16
"""A run is read once for all its reports: its row, eleven tables, a count, and three tables of the newest replay."""
QUALITY_HISTORY = 3
SHOW = 11
STATUS = 8


class Asked:
    """Questions that any engine is asked while the block runs; not those for the schema."""

    def __enter__(self) -> list[str]:
        self.statements: list[str] = []
        event.listen(Engine, "before_cursor_execute", self._note)
        return self.statements

    def __exit__(self, *_: object) -> None:
        event.remove(Engine, "before_cursor_execute", self._note)

    def _note(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT") and "sqlite_master" not in statement:
            self.statements.append(statement)


@pytest.fixture(scope="module", params=[4, 120])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Engine, str, Path]:
    """A published run of few and of many items, with a replay, in a company's folder."""
    folder = tmp_path_factory.mktemp("asked")
    engine, run_id = published(folder, **company(request.param))
    record_replay(engine)
    (folder / "restock.toml").write_text(SETTINGS, "utf-8")
    return engine, run_id, folder


def test_a_run_is_read_once_for_all_its_reports(run: tuple[Engine, str, Path], tmp_path: Path) -> None:
    engine, run_id, _ = run

    with Asked() as reading:
        data = read_run(engine, run_id)
    with Asked() as writing:
        for write in (planner_report, order_workbook, budget_report):
            write(data, tmp_path)

    assert (len(reading), writing) == (READING, []), reading


def test_the_page_of_the_check_asks_for_the_quality_of_all_runs_at_once(run: tuple[Engine, str, Path]) -> None:
    with Asked() as statements:
        quality_history(run[0])

    assert len(statements) == QUALITY_HISTORY


@pytest.mark.parametrize(("command", "count"), [(("show", "SKU-00000"), SHOW), (("status",), STATUS)])
def test_a_command_asks_a_fixed_number_of_times(
    run: tuple[Engine, str, Path], command: tuple[str, ...], count: int
) -> None:
    with Asked() as statements:
        code, _, err = restock_here(*command, "--settings", run[2])

    assert code == 0, err
    assert len(statements) == count
