"""Rolling-origin backtests of the candidates, and what their errors say."""
