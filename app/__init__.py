"""How people reach restock: the command line."""
