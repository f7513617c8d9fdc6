"""Play VN2: the contest itself where DIR holds the weeks played, else earlier windows of its history.

    python -m benchmarks.vn2 --data DIR --json FILE

Every default of the planner was chosen on windows of the history before the contest; nothing was chosen on its weeks.
"""

import argparse
import datetime as dt
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import Outcome, Shown, bootstrap_interval, folder, run
from benchmarks.vn2.contest import DECIDABLE, ROUNDS, WEEKS, Decide, Game, play
from benchmarks.vn2.files import contest_itself, earlier_windows, read_record
from benchmarks.vn2.planner import Company, Round, next_weeks, open_company, our_rule, plan_round
from benchmarks.vn2.rivals import PHIS, organisers_rule, winners_rule
from features.arrays import Floats, Ints

OURS, ORGANISER, WINNER = "restock", "organiser's rule", "winner's rule on our means"
PUBLISHED = {"winner": 3763.0, "fifth": 3824.0, "twentieth": 4238.0, "organiser": 4334.0, "first prototype": 3540.0}


def measure(arguments: argparse.Namespace) -> Outcome:
    """The contest, or its rehearsals."""
    record = read_record(folder(arguments.data, "vn2"))
    with tempfile.TemporaryDirectory() as place:
        company = open_company(record, Path(place))
        games = [contest_itself(record)] if record.has_weeks_played else earlier_windows(record, arguments.windows)
        rounds = _rounds(company, games, arguments.workers)
        costs = _costs(company, rounds, games)
    return _contest(costs) if record.has_weeks_played else _windows(costs, games, company)


def _rounds(company: Company, games: Sequence[Game], workers: int) -> dict[dt.date, Round]:
    days = sorted({company.record.day_before(game.first_week + r) for game in games for r in range(ROUNDS)})
    if workers == 1:
        return {day: plan_round(company, day) for day in days}
    with ProcessPoolExecutor(workers) as pool:
        return dict(zip(days, pool.map(partial(plan_round, company), days), strict=True))


def _costs(company: Company, rounds: Mapping[dt.date, Round], games: Sequence[Game]) -> dict[str, Floats]:
    """(games, I, 8) by rule."""
    costs: dict[str, list[Floats]] = {}
    for game in games:
        for name, rule in _rules(company, rounds, game).items():
            costs.setdefault(name, []).append(play(game, rule))
    return {name: np.stack(parts) for name, parts in costs.items()}


def _rules(company: Company, rounds: Mapping[dt.date, Round], game: Game) -> dict[str, Decide]:
    def means(round_number: int) -> Floats:
        return next_weeks(rounds[company.record.day_before(game.first_week + round_number - 1)])

    rules = {OURS: our_rule(company, rounds, game), ORGANISER: organisers_rule(company.record, game.first_week)}
    return rules | {f"{WINNER}, phi {phi}": winners_rule(means, phi) for phi in PHIS}


def _best_winner(costs: Mapping[str, Floats]) -> str:
    """The winner's rule at the phi that, seen afterwards, was its best."""
    return min((name for name in costs if name.startswith(WINNER)), key=lambda name: costs[name][:, :, DECIDABLE].sum())


def _windows(costs: Mapping[str, Floats], games: Sequence[Game], company: Company) -> Outcome:
    winner = _best_winner(costs)
    by_item = {name: costs[name][:, :, DECIDABLE].sum(axis=2) for name in (OURS, ORGANISER, winner)}
    figures: dict[str, Any] = {"windows": len(games), "winner_rule": winner}
    for key, rival in (("ratio_to_organiser", ORGANISER), ("ratio_to_winner_rule", winner)):
        figures[key], interval = _ratio(by_item[OURS], by_item[rival])
        figures[f"{key}_interval"] = interval
    figures["difference_to_organiser_per_window"] = _difference(by_item[OURS], by_item[ORGANISER])
    figures["difference_to_winner_rule_per_window"] = _difference(by_item[OURS], by_item[winner])
    rows = []
    for place, game in enumerate(games):
        total = {name: float(values[place].sum()) for name, values in by_item.items()}
        first = company.record.day_before(game.first_week) + dt.timedelta(days=1)
        row = [total[OURS], total[ORGANISER], total[winner]]
        rows.append(
            [f"{first}", *(f"{value:,.0f}" for value in row), f"{row[0] / row[1]:.3f}", f"{row[0] / row[2]:.3f}"]
        )
    whole = [float(by_item[name].sum()) for name in (OURS, ORGANISER, winner)]
    rows.append(
        [
            "all",
            *(f"{value:,.0f}" for value in whole),
            *(f"{figures[key]:.3f}" for key in ("ratio_to_organiser", "ratio_to_winner_rule")),
        ]
    )
    columns = ["first week", OURS, ORGANISER, winner, "restock / organiser", "restock / winner's"]
    notes = [
        [key.replace("_", " "), *(f"{value:.3f}" if abs(value) < 10 else f"{value:,.0f}" for value in figures[key])]
        for key in figures
        if isinstance(figures[key], list)
    ]
    return Outcome(
        figures,
        [
            Shown(f"Cost of weeks 3 to 8 in {len(games)} earlier windows, weeks in stock", columns, rows),
            Shown("95 % intervals, items resampled", ["figure", "low", "high"], notes),
        ],
    )


def _contest(costs: Mapping[str, Floats]) -> Outcome:
    winner = _best_winner(costs)
    shown = {name: costs[name][0].sum(axis=0) for name in (OURS, ORGANISER, winner)}
    figures = {
        "weeks": shown[OURS],
        "cost_weeks_3_to_8": shown[OURS][DECIDABLE].sum(),
        "cost_weeks_1_to_8": shown[OURS].sum(),
        "organiser_weeks_3_to_8": shown[ORGANISER][DECIDABLE].sum(),
        "winner_rule_weeks_3_to_8": shown[winner][DECIDABLE].sum(),
    }
    rows = [
        [name, *(f"{value:,.1f}" for value in weeks), f"{weeks[DECIDABLE].sum():,.1f}", f"{weeks.sum():,.1f}"]
        for name, weeks in shown.items()
    ]
    columns = ["rule", *(f"week {week + 1}" for week in range(WEEKS)), "weeks 3 to 8", "all"]
    anchors = [[name, f"{value:,.0f}"] for name, value in PUBLISHED.items()]
    return Outcome(
        figures,
        [
            Shown("The contest, cost by week", columns, rows),
            Shown("Published, weeks 3 to 8", ["place", "cost"], anchors),
        ],
    )


def _ratio(ours: Floats, theirs: Floats) -> tuple[float, list[float]]:
    """Total over total, and its interval by resampling items (windows, I)."""
    mine, other = ours.sum(axis=0), theirs.sum(axis=0)

    def ratio(rows: Ints) -> float:
        return float(mine[rows].sum() / other[rows].sum())

    return ratio(np.arange(len(mine))), list(bootstrap_interval(ratio, len(mine)))


def _difference(ours: Floats, theirs: Floats) -> list[float]:
    change = (ours - theirs).mean(axis=0)
    return list(bootstrap_interval(lambda rows: float(change[rows].sum()), len(change)))


if __name__ == "__main__":
    run(
        "vn2",
        __doc__,
        measure,
        windows=(12, "earlier windows to play where the weeks of the contest are not there"),
        workers=(2, "rounds planned at once"),
    )
