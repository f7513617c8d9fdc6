"""What each connector makes of a file, as folders: `cases/CONNECTOR/RULE/` holds what is given and what is expected.

`given.csv` (or `given.json`) is the delivered file; `source.toml`, where there is one, holds further keys of its
`[sources.TABLE]`, and `judged` names a table whose rows the contract judges too. `expected/TABLE.csv` holds the rows
that the connector makes, each with the line of the file that it comes from, `expected/TABLE.rejected.csv` those that the
contract rejects, and `expected/messages.txt` what is reported: rows left out, rules that warn, why a file is refused.

`python -m tests.intake.connectors.test_cases CONNECTOR/RULE ...` writes what a new case gives now; read it before it
is kept.
"""

import sys
import tempfile
import tomllib
from pathlib import Path

import pytest

from data_contracts.acceptance.accepted import load_rejected
from data_contracts.tables import CONTRACTS
from intake.connectors import EXPORTS
from intake.delivery import read_source
from settings import DataRefused, TableSource
from tests.data_contracts.company import ingest, warnings_of

CASES = Path(__file__).parent / "cases"
FOLDERS = sorted(folder.parent for folder in CASES.glob("*/*/given.*"))


def outcome(case: Path) -> dict[str, str]:
    """What the connector makes of a case's file now, as the texts of the files in `expected/`."""
    given = next(case.glob("given.*")).name
    how = tomllib.loads((case / "source.toml").read_text("utf-8")) if (case / "source.toml").exists() else {}
    judged = how.pop("judged", None)
    files, messages = {}, []
    for table in EXPORTS[case.parent.name].tables:
        source = TableSource(path=given, connector=case.parent.name, **how)
        try:
            raw = next(read_source(CONTRACTS[table], source, case)).whole()
        except DataRefused as refused:
            messages.append(f"{table}: {refused}")
            continue
        messages += [f"{table}: {note.message}" for note in raw.notes]
        rows = raw.rows.to_pandas().fillna("")
        rows.insert(0, "file_line", raw.lines)
        files[f"{table}.csv"] = rows.to_csv(index=False, lineterminator="\n")
        if judged == table:
            with tempfile.TemporaryDirectory() as folder:
                (Path(folder) / given).write_bytes((case / given).read_bytes())
                intake = ingest(Path(folder), table=table, path=given, connector=case.parent.name, **how)
                rejected = load_rejected(intake)[["line", "rule", "value"]]
            files[f"{table}.rejected.csv"] = rejected.to_csv(index=False, lineterminator="\n")
            messages += [
                f"{table}: {rows} by {rule}" for rule, rows in warnings_of(intake).items() if ".connector." not in rule
            ]
    return files | ({"messages.txt": "\n".join(messages) + "\n"} if messages else {})


@pytest.mark.parametrize("case", FOLDERS, ids=lambda case: f"{case.parent.name}: {case.name}")
def test_the_connector_makes_of_the_given_file_what_is_expected(case):
    expected = {file.name: file.read_text("utf-8") for file in (case / "expected").iterdir()}

    assert outcome(case) == expected


if __name__ == "__main__":
    for name in sys.argv[1:]:
        (CASES / name / "expected").mkdir(exist_ok=True)
        for file, text in outcome(CASES / name).items():
            (CASES / name / "expected" / file).write_text(text, "utf-8")
