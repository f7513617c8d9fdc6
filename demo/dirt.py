"""The demo's dirty rows: what goes wrong in real exports, in known numbers, for the data checks to find."""

import csv
import io
from dataclasses import dataclass

import numpy as np
import pandas as pd

from demo.seeding import generator_for


@dataclass(frozen=True)
class Dirt:
    """One kind of fault in the sales files: `count` copies of good lines with `column` changed to `value`.

    `outcome` is what the data checks do with such a line; a fault without a column repeats the line as it is.
    """

    fault: str
    count: int
    column: str | None
    value: str | None
    outcome: str


SALES_DIRT: tuple[Dirt, ...] = (
    Dirt("units are no number", 8, "units", "1,5x", "rejected"),
    Dirt("units are empty", 3, "units", "", "rejected"),
    Dirt("units are a fraction", 3, "units", "0.5", "rejected"),
    Dirt("the date does not exist", 4, "date", "2026-02-31", "rejected"),
    Dirt("the date lies in the future", 5, "date", "2031-01-15", "rejected"),
    Dirt("the SKU is empty", 3, "sku", "", "rejected"),
    Dirt("nobody knows the SKU", 5, "sku", "KIT-999", "rejected"),
    Dirt("the currency is missing", 5, "currency", "", "rejected"),
    Dirt("the currency is no code", 3, "currency", "EURO", "rejected"),
    Dirt("the price is negative", 5, "unit_price", "-9.90", "warned of, price left out"),
    Dirt("the same line twice", 10, None, None, "warned of, counted once"),
)


def soil_sales(seed: int, months: dict[str, str], columns: tuple[str, ...]) -> dict[str, str]:
    """The texts of the monthly sales files with the lines of `SALES_DIRT` inserted after the lines they resemble.

    Parameters
    ----------
    months: name of the month to the file's text, a header line first.
    columns: columns of the files.

    Returns
    -------
    The same months; only the lines named are added.
    """
    rng = generator_for(seed, "dirt")
    names = sorted(months)[-18:]
    lines = {name: months[name].splitlines() for name in names}
    number = 0
    for dirt in SALES_DIRT:
        for _ in range(dirt.count):
            number += 1
            name = names[int(rng.integers(len(names)))]
            place = _clean_line(rng, lines[name], columns)
            fields = next(csv.reader([lines[name][place]]))
            if dirt.column is not None:
                fields[columns.index("order")] = f"X{900_000 + number}"
                fields[columns.index(dirt.column)] = dirt.value or ""
            text = io.StringIO()
            csv.writer(text, lineterminator="").writerow(fields)
            lines[name].insert(place + 1, text.getvalue())
    return months | {name: "\n".join(rows) + "\n" for name, rows in lines.items()}


def _clean_line(rng: np.random.Generator, lines: list[str], columns: tuple[str, ...]) -> int:
    """Place of an ordinary retail line that was sold, not returned, and is not itself dirt or doubled."""
    order, units, kind, status = (columns.index(name) for name in ("order", "units", "order_type", "status"))
    while True:
        place = int(rng.integers(1, len(lines)))
        fields = next(csv.reader([lines[place]]))
        ordinary = fields[kind] == "retail" and fields[status] == "completed" and fields[units].isdigit()
        if ordinary and not fields[order].startswith("X") and lines.count(lines[place]) == 1:
            return place


def soil_orders(seed: int, orders: pd.DataFrame) -> pd.DataFrame:
    """Purchase orders as text with two unreadable quantities and one arrival promised before the order."""
    rng = generator_for(seed, "dirt of orders")
    done = np.flatnonzero(orders["status"].to_numpy() == "received")
    first, second, third = rng.choice(done, 3, replace=False)
    copies = orders.iloc[[first, second, third]].astype({"ordered_units": str}).reset_index(drop=True)
    copies["order_number"] = ["PO-X1", "PO-X2", "PO-X3"]
    copies.loc[[0, 1], "ordered_units"] = ["12 pcs", "n/a"]
    copies["expected_on"] = copies["expected_on"].where(copies.index < 2, copies["ordered_on"] - pd.Timedelta(days=20))
    copies.loc[2, "status"] = "cancelled"
    return pd.concat([orders.astype({"ordered_units": str}), copies], ignore_index=True)


def soil_receipts(receipts: pd.DataFrame) -> pd.DataFrame:
    """Receipts with two more of orders that do not exist."""
    stray = receipts.iloc[[len(receipts) // 3, len(receipts) // 2]].assign(order_number=["PO-77777", "PO-88888"])
    return pd.concat([receipts, stray], ignore_index=True)


DIRTY_ROWS = sum(dirt.count for dirt in SALES_DIRT) + 3 + 2
