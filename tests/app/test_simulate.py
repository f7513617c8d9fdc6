"""`restock simulate`: what a terminal of 80 columns shows of a replay."""

import io

from rich.console import Console

from app.simulate import comparison
from flows.simulation.score import POLICIES

MEASURES = {
    "fill_rate": (0.956, 0.951, 0.962),
    "cycle_service": (0.9, 0.88, 0.92),
    "stockout_days": (1234.0, 1100.0, 1300.0),
    "stock_value": (98765.0, 97000.0, 99900.0),
    "turns": (6.5, 6.1, 6.9),
    "orders": (1500.0, 1400.0, 1600.0),
    "cost": (123456.0, 119000.0, 129000.0),
}


def test_four_policies_fit_into_80_columns_with_whole_figures():
    figures = {name: dict(zip(("value", "low", "high"), values, strict=True)) for name, values in MEASURES.items()}
    shown = io.StringIO()

    Console(file=shown, width=80).print(comparison(dict.fromkeys(POLICIES, figures)))

    lines = shown.getvalue().splitlines()
    assert max(len(line.rstrip()) for line in lines) <= 80
    assert "…" not in shown.getvalue()
    for figure in ("95.6%", "95.1-96.2%", "98,765", "97,000-99,900", "119,000-129,000", "6.1-6.9"):
        assert [line.count(figure) for line in lines if figure in line] == [4]
