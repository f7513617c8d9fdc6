"""Rejected rows found again in what was delivered: as their file writes them, with the amounts that they hold."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data_contracts import parsing
from data_contracts.contract import Contract
from data_contracts.declarations import SOURCE_FILE, SOURCE_LINE
from data_contracts.quarantine.worth import AMOUNTS, amount_column
from intake.corrections import Correction, read_corrections
from intake.delivery import read_delivered
from intake.mapping.delivered_texts import malformed_texts, numbers_at, row_mark, texts_at
from intake.mapping.whole_file_formats import with_whole_file_formats
from intake.sources.raw import RawTable
from settings import TableSource

MARK = "mark"
AT_MOST = 100_000
"""Rejected rows of a table that are looked up; what lies beyond is counted, not shown."""


def delivered_rows(
    contract: Contract, source: TableSource, root: Path, rejected: pd.DataFrame, kept: Path | None = None
) -> pd.DataFrame:
    """Rejected rows of a table as they were delivered, or corrected since.

    Parameters
    ----------
    contract, source: of the table.
    root: folder of `restock.toml`.
    rejected: rejected rows of the table; columns source, line, rule, column, value, message.
    kept: folder for rows of databases, as for `read_source`.

    Returns
    -------
    One row per rejected row that is found again, at most `AT_MOST`: source_file, source_line, mark, rule, message,
    the columns of the contract as text (empty where nothing is there), and for the columns of `AMOUNTS` a number.
    """
    known = rejected.dropna(subset=["source", "line"]).head(AT_MOST)
    by_place: dict[str, dict[int, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for row in known[["source", "line", "rule", "column", "value", "message"]].to_dict("records"):
        by_place[row["source"]][int(row["line"])].append({str(name): value for name, value in row.items()})
    corrections = read_corrections(contract.table, root)
    found: list[dict[str, Any]] = []
    for delivery in read_delivered(contract, source, root, kept):
        if delivery.source in by_place:
            of_file = [each for each in corrections if each.file == delivery.source]
            for raw in with_whole_file_formats(delivery).batches():
                found += _of_batch(contract, source, raw, by_place[delivery.source], of_file)
    amounts = [amount_column(name) for name in AMOUNTS.get(contract.table, ())]
    names = [SOURCE_FILE, SOURCE_LINE, MARK, "rule", "message", *contract.names, *amounts]
    frame = pd.DataFrame(found, columns=names)
    texts = frame[contract.names].fillna("")
    return frame.assign(**{name: texts[name] for name in contract.names})


def _of_batch(
    contract: Contract,
    source: TableSource,
    raw: RawTable,
    rejected: dict[int, list[dict[str, Any]]],
    corrections: Sequence[Correction],
) -> list[dict[str, Any]]:
    places = np.flatnonzero(np.isin(raw.lines, list(rejected)))
    as_corrected = {(each.line, each.mark): each.cells for each in corrections}
    amounts = {name: numbers_at(contract, raw, source, name, places) for name in AMOUNTS.get(contract.table, ())}
    by_line: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for number, texts in enumerate(texts_at(contract, raw, source, places)):
        line, mark = int(raw.lines[places[number]]), row_mark(texts)
        row: dict[str, Any] = {SOURCE_FILE: raw.source, SOURCE_LINE: line, MARK: mark, **source.constants, **texts}
        row |= {amount_column(name): float(values[number]) for name, values in amounts.items()}
        by_line[line].append(_corrected(row, as_corrected.get((line, mark)), source, list(amounts)))
    for line, text in raw.malformed:
        mark = row_mark(malformed_texts(text))
        if line in rejected:
            row = {SOURCE_FILE: raw.source, SOURCE_LINE: line, MARK: mark}
            by_line[line].append(_corrected(row, as_corrected.get((line, mark)), source, list(amounts)))
    return [
        {**row, "rule": reason["rule"], "message": reason["message"]}
        for line, rows in by_line.items()
        for row, reason in _paired(rows, rejected[line])
    ]


def _corrected(
    row: dict[str, Any], values: dict[str, str] | None, source: TableSource, amounts: Sequence[str]
) -> dict[str, Any]:
    if values is None:
        return row
    read = {
        amount_column(name): float(parsing.read_numbers([values[name]], source.decimal, source.thousands)[0])
        for name in amounts
        if name in values
    }
    return {**row, **values, **read}


def _paired(rows: list[dict[str, Any]], reasons: list[dict[str, Any]]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Each row with its reason: a line of a file may make several rows, of which some are rejected."""
    if len(rows) == 1:
        return [(rows[0], reasons[0])]
    pairs = []
    for row in rows:
        reason = next(
            (each for each in reasons if str(row.get(each["column"], "")).strip() == str(each["value"])), None
        )
        if reason is not None:
            pairs.append((row, reason))
    return pairs or [(row, reasons[0]) for row in rows]
