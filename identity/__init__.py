"""Whose demand it is: one code for one SKU, bundles taken apart, sales placed at the location that serves them.

To be read in this order: `sku_codes`, `fulfilment`, `returns` (units sold, cancelled and returned), `exchange_rates`,
`bundles`, `demand_lines`, `stockouts`, then `resolve` (all of these in the order that the design fixes); before it
`stock_snapshots` (the stock history that runs keep).
"""
