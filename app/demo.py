"""`restock demo`: a made-up company written to a folder and planned."""

from pathlib import Path

from app.run import run_nightly
from app.simulate import run_simulation
from app.terminal import echo
from settings import SETTINGS_NAME, UsageError

PROOF_WEEKS = 4
"""Weeks replayed for the demo: enough to fill the report's section, in a few minutes."""


def run_demo(folder: Path, *, seed: int, skus: int, fresh: bool, proof: bool) -> None:
    """Write the demo company, unless edited files are there already, plan it, and replay its last weeks.

    Parameters
    ----------
    folder: where the company's files are, or are written.
    seed: another makes another company.
    skus: how many the company has.
    fresh: write the files again, over edited ones.
    proof: replay the last weeks after planning.

    Raises
    ------
    UsageError: the folder holds something that is no company.
    """
    settings_file = folder / SETTINGS_NAME
    if settings_file.exists() and not fresh:
        echo(f"Planning the company already in {folder}/; --fresh writes a new one.")
    else:
        if folder.exists() and any(folder.iterdir()) and not settings_file.exists():
            raise UsageError(f"{folder} is not empty and holds no {SETTINGS_NAME}; name another folder")
        from demo import write_company

        echo(f"Writing a company of {skus} SKUs to {folder}/ ...")
        try:
            write_company(folder, seed=seed, skus=skus)
        except ValueError as fault:
            raise UsageError(f"{fault}; give another --skus") from fault
    run_nightly(settings_file)
    if proof:
        echo(f"\nReplaying its last {PROOF_WEEKS} weeks, for the report's section on the past (a few minutes) ...")
        run_simulation(settings_file, weeks=PROOF_WEEKS, until=None, as_json=False)
        from app.report import write_reports

        write_reports(settings_file, to=None, as_of=None)
    echo(
        f"\nNext: open {folder}/reports/planner.html, or\n"
        f"  restock show SKU --settings {settings_file}\n"
        f"  edit the files in {folder}/ and run: restock run --settings {settings_file}"
    )
