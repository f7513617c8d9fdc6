"""How long orders take to arrive, as distributions learned from receipts and open orders."""
