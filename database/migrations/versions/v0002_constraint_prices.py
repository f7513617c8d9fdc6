"""What the limits that couple items cost.

Revision: 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

from database.columns import ExactDecimal, PlainText

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "constraint_prices",
        sa.Column("run_id", PlainText(), nullable=False, comment="The run that wrote the row"),
        sa.Column(
            "kind",
            PlainText(),
            nullable=False,
            comment="supplier_minimum, free_freight, container_volume, container_weight, open_to_buy or capacity",
        ),
        sa.Column(
            "scope",
            PlainText(),
            nullable=False,
            comment="Supplier, location or category that the limit is about; * for the company",
        ),
        sa.Column(
            "month", sa.Date(), nullable=False, comment="First day of the month of an order budget, else of the order"
        ),
        sa.Column("unit", PlainText(), nullable=False, comment="Unit of the limit: a currency, m3 or kg"),
        sa.Column("limit_value", sa.Double(), nullable=False, comment="The limit"),
        sa.Column("wanted", sa.Double(), nullable=False, comment="What the orders would use without the limit"),
        sa.Column("used", sa.Double(), nullable=False, comment="What the orders use"),
        sa.Column("is_binding", sa.Boolean(), nullable=False, comment="Whether the limit changes an order"),
        sa.Column(
            "looser_by", sa.Double(), nullable=True, comment="Step by which the limit was loosened, in its unit"
        ),
        sa.Column(
            "saving_if_looser",
            ExactDecimal(4),
            nullable=True,
            comment="Expected cost saved by that, base currency",
        ),
        sa.Column("tighter_by", sa.Double(), nullable=True, comment="Step by which it was tightened"),
        sa.Column(
            "cost_if_tighter", ExactDecimal(4), nullable=True, comment="Expected cost added by that, base currency"
        ),
        sa.Column("sentence", PlainText(), nullable=False, comment="The price in words"),
        sa.PrimaryKeyConstraint("run_id", "kind", "scope", "month", name=op.f("pk_constraint_prices")),
        comment="One row per limit that orders of several items share.",
    )
