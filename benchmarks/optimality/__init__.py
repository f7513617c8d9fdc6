"""Tonight's order against the exact optimum of problems whose demand process is known."""
