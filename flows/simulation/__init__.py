"""`restock simulate`: the company's own past replayed, review by review, with what was known then."""
