"""Rolling-origin backtests of the candidates, and the noise of items' periods."""
