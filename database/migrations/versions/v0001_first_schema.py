"""The first schema.

The tables that may only be added to refuse changes by themselves, whoever connects.

Revision: 0001, after none.
"""

import sqlalchemy as sa
from alembic import op

from database.columns import CanonicalJson, ExactDecimal, PlainText, UtcInstant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = ("decisions", "planned_order_line_events")


def upgrade() -> None:
    op.create_table('budget_forecast',
    sa.Column('run_id', PlainText(), nullable=False, comment='The run that wrote the row'),
    sa.Column('month', sa.Date(), nullable=False, comment='First day of the month'),
    sa.Column('category', PlainText(), nullable=False, comment='Category, or * for all'),
    sa.Column('channel', PlainText(), nullable=False, comment='Channel, or * for all'),
    sa.Column('market', PlainText(), nullable=False, comment='Market, or * for all'),
    sa.Column('currency', PlainText(), nullable=False, comment='Currency of the amounts'),
    sa.Column('units_p10', sa.Double(), nullable=True, comment='P10 of units'),
    sa.Column('units_p50', sa.Double(), nullable=True, comment='Median of units'),
    sa.Column('units_p90', sa.Double(), nullable=True, comment='P90 of units'),
    sa.Column('units_mean', sa.Double(), nullable=True, comment='Mean of units'),
    sa.Column('net_revenue_p10', ExactDecimal(4), nullable=True, comment='P10 of net revenue'),
    sa.Column('net_revenue_p50', ExactDecimal(4), nullable=True, comment='Median of net revenue'),
    sa.Column('net_revenue_p90', ExactDecimal(4), nullable=True, comment='P90 of net revenue'),
    sa.Column('net_revenue_mean', ExactDecimal(4), nullable=True, comment='Mean of net revenue'),
    sa.Column('cost_p10', ExactDecimal(4), nullable=True, comment='P10 of cost of goods'),
    sa.Column('cost_p50', ExactDecimal(4), nullable=True, comment='Median of cost of goods'),
    sa.Column('cost_p90', ExactDecimal(4), nullable=True, comment='P90 of cost of goods'),
    sa.Column('cost_mean', ExactDecimal(4), nullable=True, comment='Mean of cost of goods'),
    sa.Column('margin_p10', ExactDecimal(4), nullable=True, comment='P10 of margin'),
    sa.Column('margin_p50', ExactDecimal(4), nullable=True, comment='Median of margin'),
    sa.Column('margin_p90', ExactDecimal(4), nullable=True, comment='P90 of margin'),
    sa.Column('margin_mean', ExactDecimal(4), nullable=True, comment='Mean of margin'),
    sa.PrimaryKeyConstraint('run_id', 'month', 'category', 'channel', 'market', name=op.f('pk_budget_forecast')),
    comment='One row per month and group; * marks a total.'
    )
    op.create_table('constraint_prices',
    sa.Column('run_id', PlainText(), nullable=False, comment='The run that wrote the row'),
    sa.Column('kind', PlainText(), nullable=False, comment='supplier_minimum, free_freight, container_volume, container_weight, open_to_buy or capacity'),
    sa.Column('scope', PlainText(), nullable=False, comment='Supplier, location or category that the limit is about; * for the company'),
    sa.Column('month', sa.Date(), nullable=False, comment='First day of the month of an order budget, else of the order'),
    sa.Column('unit', PlainText(), nullable=False, comment='Unit of the limit: a currency, m3 or kg'),
    sa.Column('limit_value', sa.Double(), nullable=False, comment='The limit'),
    sa.Column('wanted', sa.Double(), nullable=False, comment='What the orders would use without the limit'),
    sa.Column('used', sa.Double(), nullable=False, comment='What the orders use'),
    sa.Column('is_binding', sa.Boolean(), nullable=False, comment='Whether the limit changes an order'),
    sa.Column('looser_by', sa.Double(), nullable=True, comment='Step by which the limit was loosened, in its unit'),
    sa.Column('saving_if_looser', ExactDecimal(4), nullable=True, comment='Expected cost saved by that, base currency'),
    sa.Column('tighter_by', sa.Double(), nullable=True, comment='Step by which it was tightened'),
    sa.Column('cost_if_tighter', ExactDecimal(4), nullable=True, comment='Expected cost added by that, base currency'),
    sa.Column('sentence', PlainText(), nullable=False, comment='The price in words'),
    sa.PrimaryKeyConstraint('run_id', 'kind', 'scope', 'month', name=op.f('pk_constraint_prices')),
    comment='One row per limit that orders of several items share.'
    )
    op.create_table('data_quality',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='Number of the row'),
    sa.Column('run_id', PlainText(), nullable=False, comment='The run that wrote the row'),
    sa.Column('table', PlainText(), nullable=False, comment='Input table'),
    sa.Column('part', PlainText(), nullable=False, comment='Month or * for rules across parts'),
    sa.Column('rule', PlainText(), nullable=False, comment='Rule of the contract'),
    sa.Column('outcome', PlainText(), nullable=False, comment='What the rule does: reject, warn or stop'),
    sa.Column('rows_checked', sa.BigInteger(), nullable=False, comment='Rows that were checked'),
    sa.Column('rows_failed', sa.BigInteger(), nullable=False, comment='Rows that failed'),
    sa.Column('first_example', PlainText(), nullable=True, comment='The first failing row in words'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_data_quality')),
    comment='One row per part and rule.'
    )
    op.create_index('ix_data_quality_run_id_table_rule', 'data_quality', ['run_id', 'table', 'rule'], unique=False)
    op.create_table('decisions',
    sa.Column('decision_id', PlainText(), nullable=False, comment='Identifier of the decision'),
    sa.Column('client_token', PlainText(), nullable=False, comment='Given by the page, so that a double click is one decision'),
    sa.Column('decided_at', UtcInstant(), nullable=False, comment='When'),
    sa.Column('who', PlainText(), nullable=False, comment='Who'),
    sa.Column('kind', PlainText(), nullable=False, comment='approve, change, reject, cancel, reopen, add, snooze or comment'),
    sa.Column('sku', PlainText(), nullable=False, comment='Stock-keeping unit'),
    sa.Column('location', PlainText(), nullable=False, comment='Stocking location'),
    sa.Column('run_id', PlainText(), nullable=True, comment='Run whose suggestion was answered'),
    sa.Column('line_number', sa.BigInteger(), nullable=True, comment='Suggestion of that run'),
    sa.Column('line_id', PlainText(), nullable=True, comment='Planned line that it made or changed'),
    sa.Column('from_units', sa.Double(), nullable=True, comment='Units before: of the line, or else of the suggestion'),
    sa.Column('to_units', sa.Double(), nullable=True, comment='Units after'),
    sa.Column('reason', PlainText(), nullable=True, comment="Why, in the person's words"),
    sa.Column('until', sa.Date(), nullable=True, comment='Day until which it holds, where it does not hold for good'),
    sa.Column('suggestion', CanonicalJson(), nullable=True, comment='The suggestion as it was'),
    sa.PrimaryKeyConstraint('decision_id', name=op.f('pk_decisions')),
    sa.UniqueConstraint('client_token', name=op.f('uq_decisions_client_token')),
    comment='One row per decision; append-only.'
    )
    op.create_index('ix_decisions_item', 'decisions', ['sku', 'location', 'decided_at'], unique=False)
    op.create_table('demand_history',
    sa.Column('run_id', PlainText(), nullable=False, comment='The run that wrote the row'),
    sa.Column('sku', PlainText(), nullable=False, comment='Stock-keeping unit'),
    sa.Column('location', PlainText(), nullable=False, comment='Stocking location'),
    sa.Column('week_starts', CanonicalJson(), nullable=False, comment='First days of the weeks'),
    sa.Column('units', CanonicalJson(), nullable=False, comment='Units demanded in each week; null where unknown'),
    sa.Column('out_of_stock_share', CanonicalJson(), nullable=True, comment="Share of each week's days without stock"),
    sa.PrimaryKeyConstraint('run_id', 'sku', 'location', name=op.f('pk_demand_history')),
    comment='One row per planned item.'
    )
    op.create_table('exceptions',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='Number of the row'),
    sa.Column('run_id', PlainText(), nullable=False, comment='The run that wrote the row'),
    sa.Column('sku', PlainText(), nullable=True, comment='Stock-keeping unit; null for what concerns no item'),
    sa.Column('location', PlainText(), nullable=True, comment='Stocking location'),
    sa.Column('kind', PlainText(), nullable=False, comment='What it is, such as no_terms, at_risk or overdue_order'),
    sa.Column('severity', PlainText(), nullable=False, comment='info, warning or critical'),
    sa.Column('message', PlainText(), nullable=False, comment='What, where, why and what to do'),
    sa.Column('figures', CanonicalJson(), nullable=True, comment='The figures of the message'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exceptions')),
    comment='One row per exception.'
    )
    op.create_index('ix_exceptions_run_id_kind_severity', 'exceptions', ['run_id', 'kind', 'severity'], unique=False)
    op.create_index('ix_exceptions_run_id_sku_location', 'exceptions', ['run_id', 'sku', 'location'], unique=False)
    op.create_table('forecast_scores',
    sa.Column('run_id', PlainText(), nullable=False, comment='The run that wrote the row'),
    sa.Column('sku', PlainText(), nullable=False, comment='Stock-keeping unit'),
    sa.Column('location', PlainText(), nullable=False, comment='Stocking location'),
    sa.Column('model', PlainText(), nullable=False, comment='Candidate'),
    sa.Column('chosen', sa.Boolean(), nullable=False, comment='Whether the item is forecast by it'),
    sa.Column('origin_count', sa.BigInteger(), nullable=True, comment='Origins that it was compared at'),
    sa.Column('wape', sa.Double(), nullable=True, comment='Sum of absolute errors over sum of demand'),
    sa.Column('bias', sa.Double(), nullable=True, comment='Sum of errors over sum of demand; above 0 is too much'),
    sa.Column('mase', sa.Double(), nullable=True, comment='Mean absolute error over that of the seasonal naive in the fit'),
    sa.Column('scaled_pinball', sa.Double(), nullable=True, comment="Mean pinball loss over the item's scale"),
    sa.Column('coverage_90', sa.Double(), nullable=True, comment='Share of outcomes at or below P90'),
    sa.Column('value_added', sa.Double(), nullable=True, comment='1 less loss over the loss of the seasonal naive'),
    sa.Column('loss', sa.Double(), nullable=True, comment='Cost-relevant loss by which the model was chosen'),
    sa.Column('fallback_reason', PlainText(), nullable=True, comment='Why the model was replaced, where it was'),
    sa.PrimaryKeyConstraint('run_id', 'sku', 'location', 'model', name=op.f('pk_forecast_scores')),
    comment='One row per item and candidate.'
    )
    op.create_table('forecasts',
    sa.Column('run_id', PlainText(), nullable=False, comment='The run that wrote the row'),
    sa.Column('sku', PlainText(), nullable=False, comment='Stock-keeping unit'),
    sa.Column('location', PlainText(), nullable=False, comment='Stocking location'),
    sa.Column('distribution', CanonicalJson(), nullable=False, comment='Columns of the stored demand distribution, by name'),
    sa.PrimaryKeyConstraint('run_id', 'sku', 'location', name=op.f('pk_forecasts')),
    comment='One row per planned item.'
    )
    op.create_table('input_parts',
    sa.Column('table', PlainText(), nullable=False, comment='Input table'),
    sa.Column('month', PlainText(), nullable=False, comment='Month of the rows as YYYY-MM, or * where rows have no date'),
    sa.Column('content_hash', PlainText(), nullable=False, comment='Hash of the canonical rows'),
    sa.Column('rows_read', sa.BigInteger(), nullable=False, comment='Rows in the source'),
    sa.Column('rows_accepted', sa.BigInteger(), nullable=False, comment='Rows that passed validation'),
    sa.Column('rows_rejected', sa.BigInteger(), nullable=False, comment='Rows that were quarantined'),
    sa.Column('path', PlainText(), nullable=False, comment="Parquet file of the accepted rows, relative to the company's run folder"),
    sa.Column('ingested_at', UtcInstant(), nullable=False, comment='When the part was first seen'),
    sa.PrimaryKeyConstraint('table', 'month', 'content_hash', name=op.f('pk_input_parts')),
    comment='One row per part and content.'
    )
    op.create_table('kpis',
    sa.Column('run_id', PlainText(), nullable=False, comment='The run that wrote the row'),
    sa.Column('name', PlainText(), nullable=False, comment='Name of the figure'),
    sa.Column('value', sa.Double(), nullable=True, comment='Its value'),
    sa.Column('unit', PlainText(), nullable=True, comment='Its unit'),
    sa.Column('text', PlainText(), nullable=True, comment='The figure in words'),
    sa.PrimaryKeyConstraint('run_id', 'name', name=op.f('pk_kpis')),
    comment='One row per figure.'
    )
    op.create_table('planned_order_lines',
    sa.Column('line_id', PlainText(), nullable=False, comment='Identifier of the line; exports carry it'),
    sa.Column('sku', PlainText(), nullable=False, comment='Stock-keeping unit'),
    sa.Column('location', PlainText(), nullable=False, comment='Stocking location'),
    sa.Column('supplier', PlainText(), nullable=True, comment='Supplier'),
    sa.Column('from_location', PlainText(), nullable=True, comment='Location that a transfer takes from'),
    sa.Column('units', sa.Double(), nullable=False, comment='Units'),
    sa.Column('placed_on', sa.Date(), nullable=True, comment='Day on which it is placed'),
    sa.Column('due_on', sa.Date(), nullable=True, comment='Day on which it is expected'),
    sa.Column('unit_cost', ExactDecimal(6), nullable=True, comment='Cost of a unit in currency'),
    sa.Column('currency', PlainText(), nullable=True, comment='Currency of unit_cost'),
    sa.Column('state', PlainText(), nullable=False, comment='open, approved, exported, confirmed, received, rejected, cancelled or expired'),
    sa.Column('version', sa.BigInteger(), nullable=False, comment='Counts the changes, so that a stale page is noticed'),
    sa.Column('run_id', PlainText(), nullable=True, comment='Run whose suggestion it answers; null when a person added it'),
    sa.Column('line_number', sa.BigInteger(), nullable=True, comment='Suggestion of that run'),
    sa.Column('created_at', UtcInstant(), nullable=False, comment='When it was made'),
    sa.Column('updated_at', UtcInstant(), nullable=False, comment='When it last changed'),
    sa.Column('exported_at', UtcInstant(), nullable=True, comment='When it was exported'),
    sa.Column('export_number', PlainText(), nullable=True, comment='Number of that export'),
    sa.Column('external_reference', PlainText(), nullable=True, comment='Order number under which the feed brought it back'),
    sa.CheckConstraint('units >= 0', name=op.f('ck_planned_order_lines_units_not_negative')),
    sa.PrimaryKeyConstraint('line_id', name=op.f('pk_planned_order_lines')),
    sa.UniqueConstraint('run_id', 'sku', 'location', 'line_number', name=op.f('uq_planned_order_lines_run_id_sku_location_line_number')),
    comment='One row per planned line.'
    )
    op.create_index('ix_planned_order_lines_item', 'planned_order_lines', ['sku', 'location', 'state'], unique=False)
    op.create_index('ix_planned_order_lines_state', 'planned_order_lines', ['state', 'sku', 'location'], unique=False)
    op.create_table('policies',
    sa.Column('run_id', PlainText(), nullable=False, comment='The run that wrote the row'),
    sa.Column('sku', PlainText(), nullable=False, comment='Stock-keeping unit'),
    sa.Column('location', PlainText(), nullable=False, comment='Stocking location'),
    sa.Column('supplier', PlainText(), nullable=True, comment='Supplier or location that replenishes it'),
    sa.Column('policy', PlainText(), nullable=True, comment='Textbook form, such as (R,S) or (R,s,S)'),
    sa.Column('service_by', PlainText(), nullable=True, comment='What sets the level: cost, cycle_service or fill_rate'),
    sa.Column('target', sa.Double(), nullable=True, comment='Service target, as a fraction'),
    sa.Column('reorder_point', sa.Double(), nullable=True, comment='Largest position at which the unconstrained rule orders, units'),
    sa.Column('order_up_to_level', sa.Double(), nullable=True, comment='Position ordered up to, units'),
    sa.Column('safety_stock', sa.Double(), nullable=True, comment='Level that the position is compared with, less mean demand of the protection interval, units'),
    sa.Column('cycle_service', sa.Double(), nullable=True, comment='Probability of no stockout in a cycle'),
    sa.Column('fill_rate', sa.Double(), nullable=True, comment='Share of demand served from stock'),
    sa.Column('critical_ratio', sa.Double(), nullable=True, comment='Underage over underage plus overage'),
    sa.Column('underage_cost', ExactDecimal(6), nullable=True, comment='Cost of a unit short, base currency'),
    sa.Column('overage_cost', ExactDecimal(6), nullable=True, comment='Cost of a unit left over, base currency'),
    sa.Column('holding_cost_per_unit_day', sa.Double(), nullable=True, comment='Rate of holding a unit for a day, base currency'),
    sa.Column('eoq', sa.Double(), nullable=True, comment='Economic order quantity, units'),
    sa.Column('lead_time_mean_days', sa.Double(), nullable=True, comment='Mean lead time, calendar days'),
    sa.Column('lead_time_sd_days', sa.Double(), nullable=True, comment='Standard deviation of the lead time, days'),
    sa.Column('lead_time_source', PlainText(), nullable=True, comment='Which receipts the lead time was estimated from, or that it is declared'),
    sa.Column('protection_days', sa.Double(), nullable=True, comment='Length of the protection interval at the mean lead time, days'),
    sa.Column('abc', PlainText(), nullable=True, comment='Class by revenue'),
    sa.Column('xyz', PlainText(), nullable=True, comment='Class by steadiness of demand'),
    sa.Column('demand_class', PlainText(), nullable=True, comment='smooth, intermittent, erratic or lumpy'),
    sa.Column('binding_constraint', PlainText(), nullable=True, comment='Constraint that moved the order most'),
    sa.PrimaryKeyConstraint('run_id', 'sku', 'location', name=op.f('pk_policies')),
    comment='One row per item with terms.'
    )
    op.create_table('purchase_order_exports',
    sa.Column('export_number', PlainText(), nullable=False, comment='Number of the export'),
    sa.Column('supplier', PlainText(), nullable=True, comment='Supplier that it goes to'),
    sa.Column('location', PlainText(), nullable=True, comment='Location that it is delivered to'),
    sa.Column('created_at', UtcInstant(), nullable=False, comment='When it was made'),
    sa.Column('who', PlainText(), nullable=False, comment='Who exported'),
    sa.Column('state', PlainText(), nullable=False, comment='written, or repeated when it was fetched again'),
    sa.Column('file_name', PlainText(), nullable=False, comment='Name of the file'),
    sa.Column('content_hash', PlainText(), nullable=False, comment='SHA-256 of the content'),
    sa.Column('content', sa.LargeBinary(), nullable=False, comment='The file'),
    sa.Column('line_ids', CanonicalJson(), nullable=False, comment='Planned lines in it, in order'),
    sa.Column('times_fetched', sa.BigInteger(), nullable=False, comment='How often it was fetched'),
    sa.PrimaryKeyConstraint('export_number', name=op.f('pk_purchase_order_exports')),
    comment='One row per export.'
    )
    op.create_table('recommendations',
    sa.Column('run_id', PlainText(), nullable=False, comment='The run that wrote the row'),
    sa.Column('sku', PlainText(), nullable=False, comment='Stock-keeping unit'),
    sa.Column('location', PlainText(), nullable=False, comment='Stocking location'),
    sa.Column('line_number', sa.BigInteger(), nullable=False, comment='Number of the suggestion within the item, from 1'),
    sa.Column('as_of', sa.Date(), nullable=False, comment='Last day whose data the run uses'),
    sa.Column('supplier', PlainText(), nullable=True, comment='Supplier'),
    sa.Column('action', PlainText(), nullable=False, comment='order, expedite, postpone, cancel, transfer or none'),
    sa.Column('order_units', sa.Double(), nullable=True, comment='Units to order'),
    sa.Column('purchase_order_number', PlainText(), nullable=True, comment='Open order that the action changes'),
    sa.Column('purchase_order_line', PlainText(), nullable=True, comment='Line of that order'),
    sa.Column('from_location', PlainText(), nullable=True, comment='Location that a transfer takes from'),
    sa.Column('order_by', sa.Date(), nullable=True, comment='Latest ordering day after which waiting costs more'),
    sa.Column('placed_on', sa.Date(), nullable=True, comment='Day on which the order would be placed'),
    sa.Column('expected_on', sa.Date(), nullable=True, comment='Day on which it would arrive'),
    sa.Column('current_expected_on', sa.Date(), nullable=True, comment='Day on which the changed order arrives now'),
    sa.Column('unit_cost', ExactDecimal(6), nullable=True, comment='Cost of a unit in currency'),
    sa.Column('currency', PlainText(), nullable=True, comment='Currency of unit_cost and order_value'),
    sa.Column('order_value', ExactDecimal(4), nullable=True, comment='Value of the line in currency'),
    sa.Column('order_value_base', ExactDecimal(4), nullable=True, comment='Value of the line in base currency'),
    sa.Column('reorder_point', sa.Double(), nullable=True, comment='Largest position at which the unconstrained rule orders, units'),
    sa.Column('order_up_to_level', sa.Double(), nullable=True, comment='Position ordered up to, units'),
    sa.Column('safety_stock', sa.Double(), nullable=True, comment='Level that the position is compared with, less mean demand of the protection interval, units'),
    sa.Column('on_hand', sa.Double(), nullable=True, comment='Sellable units at the location'),
    sa.Column('on_order', sa.Double(), nullable=True, comment='Units on order that the position counts'),
    sa.Column('reserved', sa.Double(), nullable=True, comment='Units of on_hand promised to customers'),
    sa.Column('backordered', sa.Double(), nullable=True, comment='Units sold that on_hand does not cover'),
    sa.Column('inventory_position', sa.Double(), nullable=True, comment='on_hand less reserved and backordered plus on_order, units'),
    sa.Column('protection_days', sa.Double(), nullable=True, comment='Length of the protection interval at the mean lead time, days'),
    sa.Column('demand_mean', sa.Double(), nullable=True, comment='Mean demand of the protection interval, units'),
    sa.Column('demand_p50', sa.Double(), nullable=True, comment='Median of it'),
    sa.Column('demand_p90', sa.Double(), nullable=True, comment='90 % quantile of it'),
    sa.Column('demand_p95', sa.Double(), nullable=True, comment='95 % quantile of it'),
    sa.Column('days_of_supply', sa.Double(), nullable=True, comment='Days that the stock lasts at mean demand'),
    sa.Column('days_of_supply_after', sa.Double(), nullable=True, comment='The same with the suggestion'),
    sa.Column('stockout_probability', sa.Double(), nullable=True, comment='Probability of a stockout in the protection interval if nothing is ordered now'),
    sa.Column('expected_lost_units', sa.Double(), nullable=True, comment='Units of demand not served in the protection interval if nothing is ordered now'),
    sa.Column('money_at_stake', ExactDecimal(4), nullable=True, comment='Expected cost of waiting until the next review less that of the suggestion, base currency'),
    sa.Column('binding_constraint', PlainText(), nullable=True, comment='Constraint that moved the order most'),
    sa.Column('reasons', CanonicalJson(), nullable=True, comment='Why, as a sentence and as figures'),
    sa.Column('status', PlainText(), nullable=False, comment='State of the suggestion when the run made it'),
    sa.Column('name', PlainText(), nullable=True, comment='Name of the product'),
    sa.Column('category', PlainText(), nullable=True, comment='Category of the product'),
    sa.Column('supplier_name', PlainText(), nullable=True, comment='Name of the supplier'),
    sa.Column('supplier_sku', PlainText(), nullable=True, comment="The supplier's code of the product"),
    sa.Column('abc', PlainText(), nullable=True, comment='Class by revenue'),
    sa.Column('xyz', PlainText(), nullable=True, comment='Class by steadiness of demand'),
    sa.Column('lasts_until', sa.Date(), nullable=True, comment='Day until which stock lasts with the suggestion'),
    sa.Column('first_gap_on', sa.Date(), nullable=True, comment='First day likely without stock before the next delivery'),
    sa.Column('confidence', PlainText(), nullable=True, comment='How far to trust it: high, medium or low'),
    sa.PrimaryKeyConstraint('run_id', 'sku', 'location', 'line_number', name=op.f('pk_recommendations')),
    comment='One row per item and suggestion.'
    )
    op.create_table('rejected_rows',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='Number of the row'),
    sa.Column('run_id', PlainText(), nullable=False, comment='The run that wrote the row'),
    sa.Column('table', PlainText(), nullable=False, comment='Input table'),
    sa.Column('source', PlainText(), nullable=False, comment='File or query'),
    sa.Column('line', sa.BigInteger(), nullable=True, comment='Line of the file, counted from 1 with the header'),
    sa.Column('rule', PlainText(), nullable=False, comment='Rule that it failed'),
    sa.Column('column', PlainText(), nullable=True, comment='Column that failed'),
    sa.Column('value', PlainText(), nullable=True, comment='Text that was found there'),
    sa.Column('message', PlainText(), nullable=True, comment='What is wrong, in words'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rejected_rows')),
    comment='One row per rejected row and rule.'
    )
    op.create_index('ix_rejected_rows_run_id_table_source_line', 'rejected_rows', ['run_id', 'table', 'source', 'line'], unique=False)
    op.create_table('run_batches',
    sa.Column('run_id', PlainText(), nullable=False, comment='The run that wrote the batch'),
    sa.Column('table', PlainText(), nullable=False, comment='Table written to'),
    sa.Column('part', PlainText(), nullable=False, comment='Frame that the batch is a piece of'),
    sa.Column('batch', sa.BigInteger(), nullable=False, comment='Number of the batch within the part'),
    sa.Column('rows', sa.BigInteger(), nullable=False, comment='Rows in the batch'),
    sa.PrimaryKeyConstraint('run_id', 'table', 'part', 'batch', name=op.f('pk_run_batches')),
    comment='One row per batch written.'
    )
    op.create_table('run_locks',
    sa.Column('name', PlainText(), nullable=False, comment='What is locked'),
    sa.Column('token', PlainText(), nullable=False, comment='Identifies this hold of the lock; a run whose token is gone may not publish'),
    sa.Column('run_id', PlainText(), nullable=True, comment='Run that is being written under the lock'),
    sa.Column('host', PlainText(), nullable=False, comment='Machine of the holder'),
    sa.Column('pid', sa.BigInteger(), nullable=False, comment='Process of the holder'),
    sa.Column('process_started', PlainText(), nullable=False, comment='Start of that process, so that a reused number is not mistaken for it'),
    sa.Column('acquired_at', UtcInstant(), nullable=False, comment='When it was taken'),
    sa.Column('heartbeat_at', UtcInstant(), nullable=False, comment='Last sign of life'),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_run_locks')),
    comment='At most one row per lock.'
    )
    op.create_table('runs',
    sa.Column('run_id', PlainText(), nullable=False, comment='Identifier of the run'),
    sa.Column('as_of', sa.Date(), nullable=False, comment='Last day whose data the run uses'),
    sa.Column('status', PlainText(), nullable=False, comment='running, audited, published, failed, or expired (its rows are removed)'),
    sa.Column('started_at', UtcInstant(), nullable=False, comment='When the run began to publish'),
    sa.Column('finished_at', UtcInstant(), nullable=True, comment='When it was published or failed'),
    sa.Column('code_version', PlainText(), nullable=False, comment='Version of the program'),
    sa.Column('settings_hash', PlainText(), nullable=False, comment='Hash of the settings that change results'),
    sa.Column('manifest_hash', PlainText(), nullable=False, comment='Hash of the manifest'),
    sa.Column('manifest', CanonicalJson(), nullable=False, comment='Input parts that the run read: table, month and content hash of each'),
    sa.Column('reconstructed', sa.Boolean(), nullable=False, comment="Whether what was known then was reconstructed from today's data"),
    sa.Column('reproducible', sa.Boolean(), nullable=False, comment='Whether a rerun gives the same bytes; false when a time limit forced a fallback'),
    sa.Column('is_shadow', sa.Boolean(), nullable=False, comment='Whether the plan runs in the shadow of another process: nothing of it is ordered'),
    sa.Column('items', sa.BigInteger(), nullable=True, comment='Planned items'),
    sa.Column('figures', CanonicalJson(), nullable=True, comment="Rows written to each table, and the key of the run's folder"),
    sa.Column('swept_at', UtcInstant(), nullable=True, comment='When its rows were removed, after it failed or expired'),
    sa.Column('message', PlainText(), nullable=True, comment='Why it failed, in words'),
    sa.PrimaryKeyConstraint('run_id', name=op.f('pk_runs')),
    comment='One row per run.'
    )
    op.create_index('ix_runs_as_of_status', 'runs', ['as_of', 'status'], unique=False)
    op.create_table('simulations',
    sa.Column('simulation_id', PlainText(), nullable=False, comment='Identifier of the replay'),
    sa.Column('made_at', UtcInstant(), nullable=False, comment='When it was recorded'),
    sa.Column('key', PlainText(), nullable=False, comment='Hash of all that its results depend on'),
    sa.Column('as_of', sa.Date(), nullable=False, comment='Last day replayed'),
    sa.Column('first_day', sa.Date(), nullable=False, comment='First day scored; the warm-up is before it'),
    sa.Column('weeks', sa.BigInteger(), nullable=False, comment='Weeks scored'),
    sa.Column('items', sa.BigInteger(), nullable=False, comment='Items replayed'),
    sa.Column('items_left_out', sa.BigInteger(), nullable=False, comment='Items that could not be replayed'),
    sa.Column('currency', PlainText(), nullable=False, comment='Currency of its amounts'),
    sa.Column('sentence', PlainText(), nullable=False, comment='The outcome in words'),
    sa.Column('notes', CanonicalJson(), nullable=False, comment='What the replay leaves out or estimates'),
    sa.Column('code_version', PlainText(), nullable=False, comment='Version of the program'),
    sa.Column('settings_hash', PlainText(), nullable=False, comment='Hash of the settings that change results'),
    sa.PrimaryKeyConstraint('simulation_id', name=op.f('pk_simulations')),
    comment='One row per replay.'
    )
    op.create_index('ix_simulations_as_of_made_at', 'simulations', ['as_of', 'made_at'], unique=False)
    op.create_table('users',
    sa.Column('user_id', PlainText(), nullable=False, comment='Identifier of the person'),
    sa.Column('login', PlainText(), nullable=False, comment='Name to sign in with'),
    sa.Column('name', PlainText(), nullable=False, comment='Name to show'),
    sa.Column('password_hash', PlainText(), nullable=True, comment='Salted hash; null when the person signs in elsewhere'),
    sa.Column('role', PlainText(), nullable=False, comment='viewer, planner, director or admin'),
    sa.Column('preferences', CanonicalJson(), nullable=True, comment='Saved views and settings of the person'),
    sa.Column('created_at', UtcInstant(), nullable=False, comment='When it was added'),
    sa.Column('disabled_at', UtcInstant(), nullable=True, comment='When access ended'),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_users')),
    sa.UniqueConstraint('login', name=op.f('uq_users_login')),
    comment='One row per person.'
    )
    op.create_table('current_runs',
    sa.Column('as_of', sa.Date(), nullable=False, comment='Date of the plan'),
    sa.Column('run_id', PlainText(), nullable=False, comment='Run that readers see for that date'),
    sa.Column('switched_at', UtcInstant(), nullable=False, comment='When it became visible'),
    sa.ForeignKeyConstraint(['run_id'], ['runs.run_id'], name=op.f('fk_current_runs_run_id')),
    sa.PrimaryKeyConstraint('as_of', name=op.f('pk_current_runs')),
    comment='One row per date that has a plan.'
    )
    op.create_table('planned_order_line_events',
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='Number of the event'),
    sa.Column('line_id', PlainText(), nullable=False, comment='Line that changed'),
    sa.Column('version', sa.BigInteger(), nullable=False, comment='Version of the line that the event made'),
    sa.Column('happened_at', UtcInstant(), nullable=False, comment='When'),
    sa.Column('who', PlainText(), nullable=False, comment='Who did it; restock for what the program does'),
    sa.Column('from_state', PlainText(), nullable=True, comment='State before; null for the first event'),
    sa.Column('to_state', PlainText(), nullable=False, comment='State after'),
    sa.Column('units', sa.Double(), nullable=False, comment='Units after'),
    sa.Column('due_on', sa.Date(), nullable=True, comment='Due date after'),
    sa.Column('supplier', PlainText(), nullable=True, comment='Supplier after'),
    sa.Column('decision_id', PlainText(), nullable=True, comment='Decision that caused it'),
    sa.Column('note', PlainText(), nullable=True, comment='Why, in words'),
    sa.ForeignKeyConstraint(['line_id'], ['planned_order_lines.line_id'], name=op.f('fk_planned_order_line_events_line_id')),
    sa.PrimaryKeyConstraint('event_id', name=op.f('pk_planned_order_line_events')),
    sa.UniqueConstraint('line_id', 'version', name=op.f('uq_planned_order_line_events_line_id_version')),
    comment='One row per change of a line; append-only.'
    )
    op.create_table('sessions',
    sa.Column('token_hash', PlainText(), nullable=False, comment='SHA-256 of the cookie; the cookie itself is not kept'),
    sa.Column('user_id', PlainText(), nullable=False, comment='Person signed in'),
    sa.Column('csrf_hash', PlainText(), nullable=False, comment='SHA-256 of the form token'),
    sa.Column('created_at', UtcInstant(), nullable=False, comment='When the person signed in'),
    sa.Column('last_seen_at', UtcInstant(), nullable=False, comment='Last request'),
    sa.Column('expires_at', UtcInstant(), nullable=False, comment='When it ends'),
    sa.Column('revoked_at', UtcInstant(), nullable=True, comment='When the person signed out'),
    sa.ForeignKeyConstraint(['user_id'], ['users.user_id'], name=op.f('fk_sessions_user_id')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_sessions')),
    comment='One row per session.'
    )
    op.create_index(op.f('ix_sessions_user_id'), 'sessions', ['user_id'], unique=False)
    op.create_table('simulation_results',
    sa.Column('simulation_id', PlainText(), nullable=False, comment='The replay'),
    sa.Column('days', PlainText(), nullable=False, comment='all days, or days of known demand'),
    sa.Column('scope', PlainText(), nullable=False, comment='ABC class, or all'),
    sa.Column('policy', PlainText(), nullable=False, comment='restock, your orders, or a naive rule'),
    sa.Column('measure', PlainText(), nullable=False, comment='Name of the figure, such as fill_rate'),
    sa.Column('items', sa.BigInteger(), nullable=False, comment='Items of the scope'),
    sa.Column('value', sa.Double(), nullable=True, comment='The figure'),
    sa.Column('low', sa.Double(), nullable=True, comment='Lower end of its 95 % interval, by resampling items'),
    sa.Column('high', sa.Double(), nullable=True, comment='Upper end of it'),
    sa.Column('difference', sa.Double(), nullable=True, comment='The figure less that of restock'),
    sa.Column('difference_low', sa.Double(), nullable=True, comment='Lower end of the interval of the difference'),
    sa.Column('difference_high', sa.Double(), nullable=True, comment='Upper end of it'),
    sa.Column('ratio', sa.Double(), nullable=True, comment='The figure over that of restock'),
    sa.Column('ratio_low', sa.Double(), nullable=True, comment='Lower end of the interval of the ratio'),
    sa.Column('ratio_high', sa.Double(), nullable=True, comment='Upper end of it'),
    sa.ForeignKeyConstraint(['simulation_id'], ['simulations.simulation_id'], name=op.f('fk_simulation_results_simulation_id')),
    sa.PrimaryKeyConstraint('simulation_id', 'days', 'scope', 'policy', 'measure', name=op.f('pk_simulation_results')),
    comment='One row per replay, days, scope, policy and measure.'
    )
    op.create_table('tunings',
    sa.Column('simulation_id', PlainText(), nullable=False, comment='The replay'),
    sa.Column('abc', PlainText(), nullable=False, comment='Class by revenue'),
    sa.Column('parameter', PlainText(), nullable=False, comment="quantile_shift: added to the ratio's normal score"),
    sa.Column('theory', sa.Double(), nullable=False, comment='Its value by theory'),
    sa.Column('best', sa.Double(), nullable=False, comment='The value that would have cost least'),
    sa.Column('tuned', sa.Double(), nullable=False, comment='The best value shrunk towards theory'),
    sa.Column('gain_share', sa.Double(), nullable=False, comment='Share of the cost that it would have saved, on other weeks'),
    sa.Column('low', sa.Double(), nullable=False, comment='Lower end of the 95 % interval of the share, by resampling items'),
    sa.Column('high', sa.Double(), nullable=False, comment='Upper end of it'),
    sa.Column('items', sa.BigInteger(), nullable=False, comment='Items that it was estimated on'),
    sa.Column('windows', sa.BigInteger(), nullable=False, comment='Protection intervals that it was estimated on'),
    sa.Column('accepted', sa.Boolean(), nullable=False, comment='Whether the gain is statistically significant, so that runs use it'),
    sa.Column('text', PlainText(), nullable=False, comment='The finding in words'),
    sa.ForeignKeyConstraint(['simulation_id'], ['simulations.simulation_id'], name=op.f('fk_tunings_simulation_id')),
    sa.PrimaryKeyConstraint('simulation_id', 'abc', 'parameter', name=op.f('pk_tunings')),
    comment='One row per replay, class and parameter.'
    )

    worst_first = "money_at_stake DESC" + (" NULLS LAST" if op.get_bind().dialect.name == "postgresql" else "")
    for name, first in (("worklist", []), ("action", ["action"]), ("supplier", ["supplier"])):
        op.create_index(
            f"ix_recommendations_{name}",
            "recommendations",
            ["run_id", *first, sa.text(worst_first), "sku", "location", "line_number"],
        )
    for table in APPEND_ONLY:
        _refuse_changes(table)


def _refuse_changes(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()"
    )
