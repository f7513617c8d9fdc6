"""Which amount a column holds, and what a line's net revenue is. In the order of reading:

- `line_columns`: the number columns of sales lines, and what each may be taken for
- `line_formulas`: the formula of net revenue from one of them
- `line_arithmetic`: the readings that the arithmetic between columns allows
- `prices_and_costs`: amounts of a unit or a line, with or without tax, where arithmetic does not show it
- `order_amounts`: amounts of whole orders that stand on each line
- `line_revenue`: net revenue as arithmetic decides, else as people say
"""
