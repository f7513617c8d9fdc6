"""Small factories: files of a company, and the intake of one of its tables."""

import gzip
from pathlib import Path

import pandas as pd

from data_contracts.acceptance.accepted import TableIntake, load_accepted, load_rejected
from data_contracts.acceptance.parts import PartStore
from data_contracts.tables import CONTRACTS
from intake.ingest import ingest_table
from settings import TableSource
from settings.schema import DataSettings

SALES_HEADER = "date,sku,location,channel,units,net_revenue,currency"


def write(root: Path, name: str, text: str | bytes) -> Path:
    """A file below `root`; gzipped where its name says so and text is given."""
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    content = text.encode() if isinstance(text, str) else text
    file.write_bytes(gzip.compress(content, mtime=0) if name.endswith(".gz") and isinstance(text, str) else content)
    return file


def sale(date="2026-03-02", sku="A", location="BER", channel="web", units="1", net_revenue="10", currency="EUR"):
    """One line of a sales file."""
    return ",".join((date, sku, location, channel, units, net_revenue, currency))


def sales_csv(*rows: str, header: str = SALES_HEADER) -> str:
    """A sales file."""
    return "\n".join((header, *rows)) + "\n"


def ingest(
    root: Path, table: str = "sales", path: str = "sales.csv", max_rejected_share: float = 1.0, **source
) -> TableIntake:
    """Intake of one table; nothing stops for too many rejected rows unless asked."""
    data = DataSettings(max_rejected_share=max_rejected_share)
    read_from = TableSource(**({} if "url" in source else {"path": path}), **source)
    return ingest_table(
        CONTRACTS[table], read_from, root, PartStore(root / "parts"), data, ingested_at="2026-04-01T00:00:00Z"
    )


def accepted(root: Path, **how) -> pd.DataFrame:
    """Accepted rows of one table."""
    return load_accepted(ingest(root, **how))


def rejected(root: Path, **how) -> pd.DataFrame:
    """Rejected rows of one table."""
    return load_rejected(ingest(root, **how))


def warnings_of(intake: TableIntake) -> dict[str, int]:
    """Rules that warned, and how many rows."""
    found = intake.rule_results
    found = found[(found["outcome"] == "warn") & (found["rows_failed"] > 0)]
    return found.groupby("rule")["rows_failed"].sum().to_dict()
