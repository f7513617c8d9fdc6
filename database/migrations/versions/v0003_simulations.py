"""Replays of the past, what was tuned on them, and runs in the shadow of another process.

Revision: 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

from database.columns import CanonicalJson, PlainText, UtcInstant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "runs",
        sa.Column(
            "is_shadow",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
            comment="Whether the plan runs in the shadow of another process: nothing of it is ordered",
        ),
    )
    op.create_table(
        "simulations",
        sa.Column("simulation_id", PlainText(), nullable=False, comment="Identifier of the replay"),
        sa.Column("made_at", UtcInstant(), nullable=False, comment="When it was recorded"),
        sa.Column("key", PlainText(), nullable=False, comment="Hash of all that its results depend on"),
        sa.Column("as_of", sa.Date(), nullable=False, comment="Last day replayed"),
        sa.Column("first_day", sa.Date(), nullable=False, comment="First day scored; the warm-up is before it"),
        sa.Column("weeks", sa.BigInteger(), nullable=False, comment="Weeks scored"),
        sa.Column("items", sa.BigInteger(), nullable=False, comment="Items replayed"),
        sa.Column("items_left_out", sa.BigInteger(), nullable=False, comment="Items that could not be replayed"),
        sa.Column("currency", PlainText(), nullable=False, comment="Currency of its amounts"),
        sa.Column("sentence", PlainText(), nullable=False, comment="The outcome in words"),
        sa.Column("notes", CanonicalJson(), nullable=False, comment="What to know before believing the figures"),
        sa.Column("code_version", PlainText(), nullable=False, comment="Version of the program"),
        sa.Column("settings_hash", PlainText(), nullable=False, comment="Hash of the settings that change results"),
        sa.PrimaryKeyConstraint("simulation_id", name=op.f("pk_simulations")),
        comment="One row per replay.",
    )
    op.create_index("ix_simulations_as_of_made_at", "simulations", ["as_of", "made_at"], unique=False)
    op.create_table(
        "simulation_results",
        sa.Column("simulation_id", PlainText(), nullable=False, comment="The replay"),
        sa.Column("days", PlainText(), nullable=False, comment="all days, or days of known demand"),
        sa.Column("scope", PlainText(), nullable=False, comment="ABC class, or all"),
        sa.Column("policy", PlainText(), nullable=False, comment="restock, your orders, or a naive rule"),
        sa.Column("measure", PlainText(), nullable=False, comment="Name of the figure, such as fill_rate"),
        sa.Column("items", sa.BigInteger(), nullable=False, comment="Items of the scope"),
        sa.Column("value", sa.Double(), nullable=True, comment="The figure"),
        sa.Column("low", sa.Double(), nullable=True, comment="Lower end of its 95 % interval, by resampling items"),
        sa.Column("high", sa.Double(), nullable=True, comment="Upper end of it"),
        sa.Column("difference", sa.Double(), nullable=True, comment="The figure less that of restock"),
        sa.Column("difference_low", sa.Double(), nullable=True, comment="Lower end of the interval of the difference"),
        sa.Column("difference_high", sa.Double(), nullable=True, comment="Upper end of it"),
        sa.Column("ratio", sa.Double(), nullable=True, comment="The figure over that of restock"),
        sa.Column("ratio_low", sa.Double(), nullable=True, comment="Lower end of the interval of the ratio"),
        sa.Column("ratio_high", sa.Double(), nullable=True, comment="Upper end of it"),
        sa.ForeignKeyConstraint(
            ["simulation_id"], ["simulations.simulation_id"], name=op.f("fk_simulation_results_simulation_id")
        ),
        sa.PrimaryKeyConstraint(
            "simulation_id", "days", "scope", "policy", "measure", name=op.f("pk_simulation_results")
        ),
        comment="One row per replay, days, scope, policy and measure.",
    )
    op.create_table(
        "tunings",
        sa.Column("simulation_id", PlainText(), nullable=False, comment="The replay"),
        sa.Column("abc", PlainText(), nullable=False, comment="Class by revenue"),
        sa.Column(
            "parameter", PlainText(), nullable=False, comment="quantile_shift: added to the ratio's normal score"
        ),
        sa.Column("theory", sa.Double(), nullable=False, comment="Its value by theory"),
        sa.Column("best", sa.Double(), nullable=False, comment="The value that would have cost least"),
        sa.Column("tuned", sa.Double(), nullable=False, comment="The same shrunk to theory"),
        sa.Column(
            "gain_share",
            sa.Double(),
            nullable=False,
            comment="Share of the cost that it would have saved, on other weeks",
        ),
        sa.Column(
            "low",
            sa.Double(),
            nullable=False,
            comment="Lower end of the 95 % interval of the share, by resampling items",
        ),
        sa.Column("high", sa.Double(), nullable=False, comment="Upper end of it"),
        sa.Column("items", sa.BigInteger(), nullable=False, comment="Items that it was learned from"),
        sa.Column("windows", sa.BigInteger(), nullable=False, comment="Protection intervals that it was learned from"),
        sa.Column(
            "accepted",
            sa.Boolean(),
            nullable=False,
            comment="Whether the gain is beyond chance, so that nightly runs use it",
        ),
        sa.Column("text", PlainText(), nullable=False, comment="The finding in words"),
        sa.ForeignKeyConstraint(
            ["simulation_id"], ["simulations.simulation_id"], name=op.f("fk_tunings_simulation_id")
        ),
        sa.PrimaryKeyConstraint("simulation_id", "abc", "parameter", name=op.f("pk_tunings")),
        comment="One row per replay, class and parameter.",
    )
