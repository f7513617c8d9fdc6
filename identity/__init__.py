"""Whose demand it is: one code for one SKU, bundles taken apart, sales placed at the location that serves them."""
