"""Bundles and what they are made of, so that a reader finds where a bundle's stock and demand went.

Revision: 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

from database.columns import PlainText

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('bundle_components',
    sa.Column('run_id', PlainText(), nullable=False, comment='The run that wrote the row'),
    sa.Column('sku', PlainText(), nullable=False, comment='The bundle'),
    sa.Column('component_sku', PlainText(), nullable=False, comment='What it is made of'),
    sa.Column('location', PlainText(), nullable=False, comment='Stocking location; * for a bundle that is sold, stocked and ordered nowhere'),
    sa.Column('units_in_bundle', sa.Double(), nullable=False, comment='Units of the component in one bundle'),
    sa.Column('sold_units', sa.Double(), nullable=False, comment='Sold in the bundle within the last 91 days'),
    sa.Column('stock_units', sa.Double(), nullable=False, comment='In made-up bundles in stock, less those promised and owed'),
    sa.Column('stock_counted', sa.Double(), nullable=False, comment='Of these, what counts as stock of the component'),
    sa.Column('order_units', sa.Double(), nullable=False, comment='In bundles on order'),
    sa.Column('order_counted', sa.Double(), nullable=False, comment='Of these, what counts as on order of the component'),
    sa.PrimaryKeyConstraint('run_id', 'sku', 'component_sku', 'location', name=op.f('pk_bundle_components')),
    comment='One row per bundle, component and location; amounts in units of it.'
    )
