"""VN2, the inventory contest: 599 store-products, weekly."""
