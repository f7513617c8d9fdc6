"""`restock init`: a company's own files looked at, understood as far as they can be, and written down as settings."""
