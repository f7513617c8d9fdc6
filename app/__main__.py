"""`python -m app`: the same as the `restock` command."""

from app.cli import main

main()
