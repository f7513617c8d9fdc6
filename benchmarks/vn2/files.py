"""The contest's official files: the history of `Week 0`, and where it is there, a later file with the weeks played."""

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.vn2.contest import WEEKS, Game
from examples.vn2.prepare import Contest

KEY = ["Store", "Product"]
WARM_UP_WEEKS = 10
COVER_WEEKS = 4
_NAMED = re.compile(r"Week (\d+) - .*Sales\.csv$")


@dataclass(frozen=True)
class Record:
    """All that the files hold, items sorted by product and store as a company's are.

    Attributes
    ----------
    contest: the tables of `Week 0`, with the weeks of a later file appended to the sales where there is one.
    history_weeks: weeks of the `Week 0` sales.
    """

    contest: Contest
    history_weeks: int

    @property
    def has_weeks_played(self) -> bool:
        """Whether a later file tells the eight weeks."""
        return len(self.contest.weeks) >= self.history_weeks + WEEKS

    def day_before(self, week: int) -> dt.date:
        """Last day before the week of this column."""
        first = dt.date.fromisoformat(self.contest.weeks[0])
        return first + dt.timedelta(days=7 * week - 1)


def read_record(source: Path) -> Record:
    """The contest's files of a folder.

    Raises
    ------
    FileNotFoundError: a file of `Week 0` is missing.
    """
    sales_files = {int(found[1]): file for file in source.glob("Week *Sales.csv") if (found := _NAMED.match(file.name))}
    if 0 not in sales_files:
        raise FileNotFoundError(f"{source}: no file 'Week 0 - ... - Sales.csv'; name the folder of the official files")
    sales = _sorted(pd.read_csv(sales_files[0]))
    history_weeks = sales.shape[1] - len(KEY)
    newest = max(sales_files)
    if newest > 0:
        sales = _sorted(pd.read_csv(sales_files[newest]))
    in_stock = _sorted(pd.read_csv(source / "Week 0 - In Stock.csv"))
    # The published flags reach into the weeks to come; what is known is what the history's sales know.
    in_stock = in_stock[list(sales.columns[: len(KEY) + history_weeks])]
    master = pd.read_csv(source / "Week 0 - Master.csv")
    state = _sorted(pd.read_csv(next(iter(source.glob("Week 0 *Initial State.csv")))))
    return Record(Contest(sales, in_stock, master, state), history_weeks)


def contest_itself(record: Record) -> Game:
    """The official game, from the official initial state."""
    start = record.history_weeks
    demand = record.contest.sales.iloc[:, len(KEY) + start : len(KEY) + start + WEEKS].to_numpy(np.float64)
    state = record.contest.state
    return Game(
        first_week=start,
        demand=demand,
        is_priced=np.ones(demand.shape, dtype=bool),
        stock=state["End Inventory"].to_numpy(np.float64),
        next_week=state["In Transit W+1"].to_numpy(np.float64),
        week_after=state["In Transit W+2"].to_numpy(np.float64),
    )


def earlier_windows(record: Record, count: int) -> list[Game]:
    """The last `count` windows of eight weeks inside the history, three weeks apart, oldest first.

    Stock and orders under way come from ten weeks of a plain four-week cover. Weeks out of stock are not priced.
    """
    last = record.history_weeks - WEEKS
    return [_window(record, last - 3 * back) for back in range(count - 1, -1, -1)]


def _window(record: Record, start: int) -> Game:
    sales = record.contest.sales.iloc[:, len(KEY) :].to_numpy(np.float64)
    in_stock = record.contest.in_stock.iloc[:, len(KEY) :].to_numpy(bool)
    begin = start - WARM_UP_WEEKS
    target = COVER_WEEKS * _recent_mean(sales, in_stock, begin)
    stock, next_week, week_after = np.rint(target / 2), np.rint(target / 4), np.rint(target / 4)
    for week in range(begin, start):
        target = COVER_WEEKS * _recent_mean(sales, in_stock, week)
        ordered = np.maximum(np.rint(target - stock - next_week - week_after), 0.0)
        stock = np.maximum(stock + next_week - sales[:, week], 0.0)
        next_week, week_after = week_after, ordered
    span = slice(start, start + WEEKS)
    return Game(start, sales[:, span], in_stock[:, span], stock, next_week, week_after)


def _recent_mean(sales: np.ndarray, in_stock: np.ndarray, week: int, weeks: int = 13) -> np.ndarray:
    recent = slice(week - weeks, week)
    count = in_stock[:, recent].sum(axis=1)
    return np.asarray((sales[:, recent] * in_stock[:, recent]).sum(axis=1) / np.maximum(count, 1))


def _sorted(wide: pd.DataFrame) -> pd.DataFrame:
    return wide.sort_values(["Product", "Store"], kind="stable", ignore_index=True)
