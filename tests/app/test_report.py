"""`restock report` and `restock db upgrade`: where the files go, and what a schema says of itself."""

from database import connect
from database.auditing import audit_run
from database.publishing import begin_run, make_current, write_rows
from tests.reports.factories import AS_OF, kpis, recommendation
from tests.running import restock_here

FILES = ["budget.html", f"orders-{AS_OF}.xlsx", "planner.html"]


def report(folder, *options):
    code, out, err = restock_here("report", "--settings", folder, *options)
    assert code == 0, err
    return sorted(out.split())


def test_the_reports_stand_beside_the_settings(shop_of):
    folder = shop_of(recommendations=[recommendation()], kpis=kpis())

    assert report(folder) == [str(folder / "reports" / name) for name in FILES]


def test_the_reports_of_an_older_plan_have_a_folder_of_their_own(shop_of):
    import datetime as dt

    import pandas as pd

    folder = shop_of(recommendations=[recommendation()], kpis=kpis())
    engine = connect("sqlite:///restock.db", folder)
    newer = AS_OF + dt.timedelta(days=1)
    run_id = begin_run(
        engine, as_of=newer, code_version="0", settings_hash="s", manifest_hash="m", manifest={}, reconstructed=False,
    )  # fmt: skip
    row = recommendation(as_of=pd.Timestamp(newer))
    write_rows(engine, "recommendations", pd.DataFrame([row]), run_id)
    write_rows(engine, "kpis", kpis(), run_id)
    audit_run(engine, run_id, {"recommendations": 1, "kpis": len(kpis())})
    make_current(engine, run_id)
    engine.dispose()

    assert report(folder, "--as-of", AS_OF)[0] == str(folder / "reports" / f"as-of-{AS_OF}" / "budget.html")
    assert report(folder)[1] == str(folder / "reports" / f"orders-{newer}.xlsx")


def test_a_folder_may_be_named(nordlicht, tmp_path):
    assert report(nordlicht, "--to", tmp_path / "out") == [str(tmp_path / "out" / name) for name in FILES]


def test_a_schema_is_made_once(tmp_path):
    (tmp_path / "restock.toml").write_text("")

    first, second = (restock_here("db", "upgrade", "--settings", tmp_path)[1] for _ in range(2))

    assert first.startswith("Applied: ")
    assert second == "The schema is up to date.\n"
