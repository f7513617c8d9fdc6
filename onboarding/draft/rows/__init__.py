"""Which rows of a file count, and as what.

- `row_meanings`: which rows are returns, cancelled or totals, by what their texts and dates mean
- `units_to_come`: what of open orders is still to come
- `row_selection`: rows without a needed value, cancellations and codes of no product, order numbers
"""
