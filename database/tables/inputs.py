"""What was read, what was wrong with it, and which rows were set aside."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from database.columns import Instant, RowId
from database.tables.base import Base


class InputPart(Base):
    """Input parts that were ever ingested, by content."""

    __tablename__ = "input_parts"
    __table_args__ = ({"comment": "One row per part and content."},)

    table: Mapped[str] = mapped_column(primary_key=True, comment="Input table")
    month: Mapped[str] = mapped_column(
        primary_key=True, comment="Month of the rows as YYYY-MM, or * where rows have no date"
    )
    content_hash: Mapped[str] = mapped_column(primary_key=True, comment="Hash of the canonical rows")
    rows_read: Mapped[int] = mapped_column(comment="Rows in the source")
    rows_accepted: Mapped[int] = mapped_column(comment="Rows that passed validation")
    rows_rejected: Mapped[int] = mapped_column(comment="Rows that were quarantined")
    path: Mapped[str] = mapped_column(comment="Parquet file of the accepted rows, relative to the company's run folder")
    ingested_at: Mapped[Instant] = mapped_column(comment="When the part was first seen")


class DataQuality(Base):
    """One row per run, input part and rule: how many rows failed it."""

    __tablename__ = "data_quality"
    __table_args__ = (
        Index("ix_data_quality_run_id_table_rule", "run_id", "table", "rule"),
        {"comment": "One row per part and rule.", "info": {"run_rows": True}},
    )

    id: Mapped[RowId] = mapped_column(primary_key=True, comment="Number of the row")
    run_id: Mapped[str] = mapped_column(comment="The run that wrote the row")
    table: Mapped[str] = mapped_column(comment="Input table")
    part: Mapped[str] = mapped_column(comment="Month or * for rules across parts")
    rule: Mapped[str] = mapped_column(comment="Rule of the contract")
    outcome: Mapped[str] = mapped_column(comment="What the rule does: reject, warn or stop")
    rows_checked: Mapped[int] = mapped_column(comment="Rows that were checked")
    rows_failed: Mapped[int] = mapped_column(comment="Rows that failed")
    first_example: Mapped[str | None] = mapped_column(comment="The first failing row in words")


class RejectedRow(Base):
    """Rows in quarantine: where each stands, which rule it failed and with what."""

    __tablename__ = "rejected_rows"
    __table_args__ = (
        Index("ix_rejected_rows_run_id_table_source_line", "run_id", "table", "source", "line"),
        {"comment": "One row per rejected row and rule.", "info": {"run_rows": True}},
    )

    id: Mapped[RowId] = mapped_column(primary_key=True, comment="Number of the row")
    run_id: Mapped[str] = mapped_column(comment="The run that wrote the row")
    table: Mapped[str] = mapped_column(comment="Input table")
    source: Mapped[str] = mapped_column(comment="File or query")
    line: Mapped[int | None] = mapped_column(comment="Line of the file, counted from 1 with the header")
    rule: Mapped[str] = mapped_column(comment="Rule that it failed")
    column: Mapped[str | None] = mapped_column(comment="Column that failed")
    value: Mapped[str | None] = mapped_column(comment="Text that was found there")
    message: Mapped[str | None] = mapped_column(comment="What is wrong, in words")


class BundleComponent(Base):
    """What bundles hold, sell and are ordered of their components, which are planned in their place."""

    __tablename__ = "bundle_components"
    __table_args__ = (
        {"comment": "One row per bundle, component and location; amounts in units of it.", "info": {"run_rows": True}},
    )

    run_id: Mapped[str] = mapped_column(primary_key=True, comment="The run that wrote the row")
    sku: Mapped[str] = mapped_column(primary_key=True, comment="The bundle")
    component_sku: Mapped[str] = mapped_column(primary_key=True, comment="What it is made of")
    location: Mapped[str] = mapped_column(
        primary_key=True, comment="Stocking location; * for a bundle that is sold, stocked and ordered nowhere"
    )
    units_in_bundle: Mapped[float] = mapped_column(comment="Units of the component in one bundle")
    sold_units: Mapped[float] = mapped_column(comment="Sold in the bundle within the last 91 days")
    stock_units: Mapped[float] = mapped_column(comment="In made-up bundles in stock, less those promised and owed")
    stock_counted: Mapped[float] = mapped_column(comment="Of these, what counts as stock of the component")
    order_units: Mapped[float] = mapped_column(comment="In bundles on order")
    order_counted: Mapped[float] = mapped_column(comment="Of these, what counts as on order of the component")
