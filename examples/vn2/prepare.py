"""Turn the official `Week 0` files of the VN2 contest into a weekly company.

    python -m examples.vn2.prepare SOURCE FOLDER

SOURCE is the folder with the wide files (`... Sales.csv`, `... In Stock.csv`, `... Master.csv`,
`... Initial State.csv`); FOLDER receives the company: long CSV files and a `restock.toml`.
`docs/guides/vn2.md` says how each rule of the contest is expressed.
"""

import datetime as dt
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

LEAD_TIME_DAYS = 14
SHORTAGE_COST = 1.0
HOLDING_COST_PER_WEEK = 0.2
UNIT_COST = 10.0
CAPITAL_RATE = 1.0
STORAGE_RATE = HOLDING_COST_PER_WEEK / 7 * 365 / UNIT_COST - CAPITAL_RATE
SUPPLIER, CHANNEL, CURRENCY, COUNTRY = "CENTRAL", "store", "EUR", "FR"
_KEY = ["Store", "Product"]
_USAGE = """\
usage: python -m examples.vn2.prepare SOURCE FOLDER
example: python -m examples.vn2.prepare ../shared/data/vn2 vn2-company"""


@dataclass(frozen=True)
class Contest:
    """The contest's files: `sales` and `in_stock` wide (store, product, one column a week), `master`, `state`.

    `in_stock` has the weeks of `sales` and no later ones: the published file also holds flags of the weeks to come.
    """

    sales: pd.DataFrame
    in_stock: pd.DataFrame
    master: pd.DataFrame
    state: pd.DataFrame

    @property
    def weeks(self) -> list[str]:
        """First days of the weeks, ISO text, oldest first."""
        return [name for name in self.sales.columns if name not in _KEY]

    @property
    def as_of(self) -> dt.date:
        """Last day of the last week of the history."""
        return dt.date.fromisoformat(self.weeks[-1]) + dt.timedelta(days=6)


def read_contest(source: Path) -> Contest:
    """The four files of a folder, found by the ends of their names.

    Raises
    ------
    FileNotFoundError: there is no file, or more than one, with one of the four endings.
    """
    sales = _read(source, "Sales.csv")
    in_stock = _read(source, "In Stock.csv")[list(sales.columns)]
    return Contest(sales, in_stock, _read(source, "Master.csv"), _read(source, "Initial State.csv"))


def _read(source: Path, ending: str) -> pd.DataFrame:
    found = sorted(source.glob(f"*{ending}"))
    if len(found) != 1:
        raise FileNotFoundError(
            f"{source}: {len(found)} files end with {ending!r}, one is needed; name the folder of the Week 0 files"
        )
    return pd.read_csv(found[0])


def company_tables(contest: Contest) -> dict[str, pd.DataFrame]:
    """The contest as the tables of a company: SKU = product, location = store.

    Returns
    -------
    sales (weeks with sales), stock_levels (in_stock of each week), products, locations, suppliers, supply_terms,
    inventory, purchase_orders (what is in transit).
    """
    as_of = pd.Timestamp(contest.as_of)
    sold, flags = _long(contest.sales, "units"), _long(contest.in_stock, "in_stock")
    sales = sold[sold["units"] != 0].assign(
        channel=CHANNEL, net_revenue=lambda f: f["units"] * (UNIT_COST + SHORTAGE_COST), currency=CURRENCY
    )
    flags["in_stock"] = flags["in_stock"].astype(bool)
    flags.insert(3, "on_hand", flags["in_stock"].astype(int))
    products = contest.master.drop_duplicates("Product").sort_values("Product", ignore_index=True)
    keys = contest.state[_KEY].sort_values(_KEY, ignore_index=True)
    items = pd.DataFrame({"sku": _sku(keys["Product"]), "location": _store(keys["Store"])})
    stores = pd.DataFrame({"location": sorted(set(items["location"]))})
    return {
        "sales": sales.reset_index(drop=True),
        "stock_levels": flags,
        "products": pd.DataFrame(
            {
                "sku": _sku(products["Product"]),
                "name": "Product " + products["Product"].astype(str),
                "category": "Department " + products["Department"].astype(str),
                "unit_price": UNIT_COST + SHORTAGE_COST,
                "unit_cost": UNIT_COST,
                "currency": CURRENCY,
            }
        ),
        "locations": stores.assign(
            name="Store " + stores["location"].str[1:], kind="store", country=COUNTRY, currency=CURRENCY
        ),
        "suppliers": pd.DataFrame(
            {"supplier": [SUPPLIER], "name": ["Central supply"], "country": [COUNTRY], "currency": [CURRENCY]}
        ),
        "supply_terms": items.assign(
            supplier=SUPPLIER,
            unit_cost=UNIT_COST,
            currency=CURRENCY,
            lead_time_days=LEAD_TIME_DAYS,
            lead_time_sd_days=0,
            order_multiple=1,
            order_weekdays=["mon", "tue", "wed", "thu", "fri", "sat", "sun"][as_of.weekday()],
            fixed_cost_per_line=0,
        ),
        "inventory": inventory_rows(contest.state, as_of),
        "purchase_orders": open_order_rows(contest.state, as_of),
    }


def _sku(product: pd.Series) -> pd.Series:
    return "P" + product.astype(int).astype(str).str.zfill(3)


def _store(store: pd.Series) -> pd.Series:
    return "S" + store.astype(int).astype(str).str.zfill(3)


def _long(wide: pd.DataFrame, value: str) -> pd.DataFrame:
    long = wide.melt(_KEY, var_name="date", value_name=value)
    frame = pd.DataFrame(
        {"date": long["date"], "sku": _sku(long["Product"]), "location": _store(long["Store"]), value: long[value]}
    )
    return frame.sort_values(["date", "sku", "location"], ignore_index=True)


def inventory_rows(state: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """The table `inventory` of a state of the contest."""
    frame = pd.DataFrame(
        {
            "as_of": as_of.date(),
            "sku": _sku(state["Product"]),
            "location": _store(state["Store"]),
            "on_hand": state["End Inventory"],
        }
    )
    return frame.sort_values(["sku", "location"], ignore_index=True)


def open_order_rows(state: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Open orders: `W+1` arrives on the evening of `as_of` and is sold from the next day on, `W+2` a week later."""
    parts = []
    for weeks, column in enumerate(("In Transit W+1", "In Transit W+2")):
        expected_on = as_of + pd.Timedelta(weeks=weeks)
        rows = state[state[column] > 0].sort_values(["Product", "Store"])
        parts.append(
            pd.DataFrame(
                {
                    "order_number": f"W+{weeks + 1}",
                    "line_number": np.arange(1, len(rows) + 1),
                    "sku": _sku(rows["Product"]).to_numpy(),
                    "location": _store(rows["Store"]).to_numpy(),
                    "supplier": SUPPLIER,
                    "ordered_on": (expected_on - pd.Timedelta(days=LEAD_TIME_DAYS)).date(),
                    "ordered_units": rows[column].to_numpy(),
                    "expected_on": expected_on.date(),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def settings_text(as_of: dt.date, tables: list[str]) -> str:
    """The text of `restock.toml`: weekly, orders decided and placed on the last evening, the contest's two costs."""
    week_starts_on = (as_of + dt.timedelta(days=1)).strftime("%A").lower()
    head = f"""\
# VN2: weekly, lost sales, 1.0 for a unit short, 0.2 for a unit and week in stock. See docs/guides/vn2.md.

[company]
name = "VN2"
base_currency = "{CURRENCY}"
country = "{COUNTRY}"
period = "week"
week_starts_on = "{week_starts_on}"

[data]
today = {as_of + dt.timedelta(days=1)}

[forecast]
history_days = 1100

[inventory]
service_by = "cost"
unmet_demand = "lost"
decision_lag_days = 0
review_days = 7
fixed_cost_per_line = 0.0
# Lines cost nothing to handle in the contest: none waits.
order_line_gain_minimum = 0.0
# Unit cost {UNIT_COST:g} and price {UNIT_COST + SHORTAGE_COST:g}: a lost sale costs {SHORTAGE_COST:g}.
# {UNIT_COST:g} x (capital + storage) / 365 x 7 days = {HOLDING_COST_PER_WEEK:g} a unit and week.
capital_rate_per_year = {CAPITAL_RATE}
storage_rate_per_year = {STORAGE_RATE:.16f}
obsolescence_rate_per_year = 0.0
"""
    return head + "".join(f'\n[sources.{table}]\npath = "{table}.csv"\n' for table in tables)


def prepare(source: Path, folder: Path) -> None:
    """Write the company of the contest's files in `source` to `folder`; the same files give the same bytes.

    Raises
    ------
    FileNotFoundError: a file of the contest is missing.
    """
    contest = read_contest(source)
    tables = company_tables(contest)
    folder.mkdir(parents=True, exist_ok=True)
    for table, frame in tables.items():
        frame.to_csv(folder / f"{table}.csv", index=False, lineterminator="\n")
    (folder / "restock.toml").write_text(settings_text(contest.as_of, list(tables)), encoding="utf-8", newline="\n")


def main(arguments: list[str]) -> int:
    """Command line: SOURCE FOLDER."""
    if len(arguments) != 2:
        print(_USAGE, file=sys.stderr)
        return 2
    try:
        prepare(Path(arguments[0]), Path(arguments[1]))
    except FileNotFoundError as fault:
        print(fault, file=sys.stderr)
        return 3
    print(f"{arguments[1]}: written; plan it with: restock run --settings {arguments[1]}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
