"""The contest's rules, and that no rule sees a week before it is over."""

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.vn2.contest import Game, play
from benchmarks.vn2.files import contest_itself, earlier_windows, read_record
from benchmarks.vn2.planner import open_company, order, plan_round
from benchmarks.vn2.rivals import organisers_rule, winners_rule

ITEMS = 12


def game(demand, stock=0.0, next_week=0.0, week_after=0.0, is_priced=True):
    weeks = np.atleast_2d(np.asarray(demand, dtype=float))
    return Game(
        first_week=0,
        demand=weeks,
        is_priced=np.broadcast_to(is_priced, weeks.shape),
        stock=np.full(len(weeks), stock),
        next_week=np.full(len(weeks), next_week),
        week_after=np.full(len(weeks), week_after),
    )


def nothing(round_number, stock, next_week, week_after):
    return np.zeros(len(stock))


def files(folder: Path, weeks: int, played: int = 0, seed: int = 3) -> Path:
    """Official files of a small contest; the flags reach eight weeks past the history, as the published ones do."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    starts = [str(day.date()) for day in pd.date_range("2021-04-12", periods=weeks + 8, freq="7D")]
    keys = pd.DataFrame({"Store": np.arange(ITEMS) % 3, "Product": 100 + np.arange(ITEMS) // 3})
    demand = rng.poisson(rng.gamma(2.0, 2.0, ITEMS)[:, None], (ITEMS, weeks + 8))
    wide = pd.concat([keys, pd.DataFrame(demand, columns=starts).astype(float)], axis=1)
    wide.iloc[:, : 2 + weeks].to_csv(folder / f"Week 0 - {starts[weeks - 1]} - Sales.csv", index=False)
    if played:
        name = f"Week {played} - {starts[weeks + played - 1]} - Sales.csv"
        wide.iloc[::-1, : 2 + weeks + played].to_csv(folder / name, index=False)
    flags = pd.concat([keys, pd.DataFrame(True, index=keys.index, columns=starts)], axis=1)
    flags.to_csv(folder / "Week 0 - In Stock.csv", index=False)
    groups = {"ProductGroup": 1, "Division": 1, "Department": 1, "DepartmentGroup": 1, "StoreFormat": 1, "Format": 1}
    keys.assign(**groups).to_csv(folder / "Week 0 - Master.csv", index=False)
    state = {"End Inventory": 3, "In Transit W+1": 4, "In Transit W+2": 5}
    keys.assign(**state).to_csv(folder / f"Week 0 - {starts[weeks - 1]} - Initial State.csv", index=False)
    return folder


def test_an_order_is_on_the_shelf_two_weeks_after_the_week_it_precedes():
    def first_round_only(round_number, stock, next_week, week_after):
        return np.full(len(stock), 7.0 if round_number == 1 else 0.0)

    cost = play(game([0, 0, 7, 0, 0, 0, 0, 0]), first_round_only)

    assert cost.tolist() == [[0.0] * 8]


def test_a_unit_short_costs_one_and_a_unit_left_a_fifth_each_week():
    cost = play(game([2, 0, 3, 0, 0, 0, 0, 0], stock=3), nothing)

    assert cost.round(9).tolist() == [[0.2, 0.2, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0]]


def test_goods_under_way_cost_nothing_until_they_arrive():
    cost = play(game([0] * 8, next_week=1, week_after=10), nothing)

    assert cost[0, :3].round(9).tolist() == [0.2, 2.2, 2.2]


def test_weeks_of_unknown_demand_are_not_priced():
    cost = play(game([5] * 8, is_priced=[True, False] * 4), nothing)

    assert cost.tolist() == [[5.0, 0.0] * 4]


def test_a_rule_is_told_the_stock_at_the_end_of_the_last_week_and_both_orders_under_way():
    seen = []

    def watching(round_number, stock, next_week, week_after):
        seen.append((round_number, stock[0], next_week[0], week_after[0]))
        return np.array([float(round_number)])

    play(game([1] * 8, stock=5, next_week=2, week_after=3), watching)

    assert seen[:3] == [(1, 5.0, 2.0, 3.0), (2, 6.0, 3.0, 1.0), (3, 8.0, 1.0, 2.0)]
    assert len(seen) == 6


def test_flags_past_the_history_are_cut_and_a_later_file_is_put_in_order(tmp_path):
    history = read_record(files(tmp_path / "history", 60))
    played = read_record(files(tmp_path / "played", 60, played=8))

    assert not history.has_weeks_played
    assert played.has_weeks_played
    assert len(history.contest.in_stock.columns) == len(played.contest.in_stock.columns) == 62
    pd.testing.assert_frame_equal(played.contest.sales.iloc[:, :62], history.contest.sales)
    assert contest_itself(played).demand.shape == (ITEMS, 8)
    assert contest_itself(played).next_week.tolist() == [4.0] * ITEMS


def test_earlier_windows_lie_inside_the_history(tmp_path):
    windows = earlier_windows(read_record(files(tmp_path, 60)), 3)

    assert [window.first_week for window in windows] == [46, 49, 52]


def test_the_organisers_rule_covers_four_weeks_of_a_steady_item(tmp_path):
    record = read_record(files(tmp_path, 60))
    steady = record.contest.sales.copy()
    steady.iloc[:, 2:] = 3.0
    record = type(record)(
        type(record.contest)(steady, record.contest.in_stock, record.contest.master, record.contest.state), 60
    )

    ordered = organisers_rule(record, 60)(1, np.full(ITEMS, 2.0), np.full(ITEMS, 3.0), np.full(ITEMS, 1.0))

    assert ordered.tolist() == [6.0] * ITEMS


@pytest.mark.parametrize("rule", ["organiser", pytest.param("ours", marks=pytest.mark.slow)])
def test_no_rule_sees_the_weeks_to_come(tmp_path, rule):
    record = read_record(files(tmp_path / "files", 60, played=8))
    first = record.history_weeks
    changed = record.contest.sales.copy()
    changed.iloc[:, 2 + first :] = 99.0
    other = type(record)(
        type(record.contest)(changed, record.contest.in_stock, record.contest.master, record.contest.state), 60
    )
    state = (np.full(ITEMS, 1.0), np.full(ITEMS, 2.0), np.full(ITEMS, 0.0))

    def ordered(known):
        if rule == "organiser":
            return organisers_rule(known, first)(1, *state)
        company = open_company(known, tmp_path / f"company-{known is record}")
        return order(company, plan_round(company, known.day_before(first)), *state)

    assert ordered(record).tolist() == ordered(other).tolist()
    assert record.day_before(first) == dt.date(2021, 4, 12) + dt.timedelta(days=7 * first - 1)


def test_the_winners_rule_fills_the_delivery_week_over_what_is_left():
    means = np.array([[4.0, 4.0, 9.0]])

    ordered = winners_rule(lambda _: means, 1.0)(1, np.array([2.0]), np.array([5.0]), np.array([0.0]))

    # 3 of week 1 are left, week 2 sells them and loses one; week 3 is filled to 9 + 0.967 x 3.
    assert ordered.tolist() == [12.0]
