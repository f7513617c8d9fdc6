"""Where each item stands: stock, what is on its way and when, and demand until it arrives."""
