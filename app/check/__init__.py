"""`restock check` and `restock correct`: what is wrong with the data, and corrected rows taken back."""
