"""Stock snapshots that every run keeps, and the stock history that they make.

A company that has no history of its stock gets one from its first run: the inventory of each day is kept under its
content hash. Runs name the snapshots that they used, so that a past run finds the same ones again.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import parquet

from data_contracts.as_of import period_start
from data_contracts.atomic_files import write_atomically
from data_contracts.contract import empty_frame
from data_contracts.declarations import SOURCE_FILE, SOURCE_LINE
from data_contracts.tables import CONTRACTS
from identity.sku_codes import alias_map, normalise_skus, resolve_aliases
from settings import DataRefused, Settings

FOLDER = "stock"
"""Folder of the snapshots in the company's run folder."""

_NEWEST = "newest.json"
_TEXT = ("sku", "location")
_NUMBERS = ("on_hand", "reserved", "backordered")


@dataclass(frozen=True)
class Snapshot:
    """A day's stock as it was kept: the day (ISO) and the hash of its rows."""

    as_of: str
    content_hash: str

    @property
    def path(self) -> Path:
        """Its file below the store's root."""
        return Path(self.as_of) / f"{self.content_hash}.parquet"


class SnapshotStore:
    """Snapshots on disk below one folder; every write is a temporary file, then a rename.

    A day that is kept again replaces what is used from then on; the rows kept before stay on disk for the
    runs that used them.

    Parameters
    ----------
    root: folder of the company's snapshots; made where it does not exist.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def keep(self, inventory: pd.DataFrame, until: dt.date) -> list[Snapshot]:
        """Keep the stock of every day of accepted `inventory` up to `until`; returns the days' snapshots, by day."""
        known = inventory.loc[(inventory["as_of"] <= pd.Timestamp(until)).to_numpy("bool")]
        return [self._keep(pd.Timestamp(day).date(), rows) for day, rows in known.groupby("as_of", sort=True)]  # type: ignore[arg-type]

    def kept(self, since: dt.date, until: dt.date, without: Collection[str] = ()) -> list[Snapshot]:
        """The newest snapshot of each day from `since` to `until`, by day, but those of the days (ISO) `without`.

        Raises
        ------
        DataRefused: the note of a day is damaged.
        """
        notes = sorted(self.root.glob(f"*/{_NEWEST}"))
        days = [note for note in notes if since.isoformat() <= note.parent.name <= until.isoformat()]
        return [Snapshot(note.parent.name, _noted(note)) for note in days if note.parent.name not in without]

    def load(self, snapshots: Sequence[Snapshot]) -> pd.DataFrame:
        """Rows of `inventory` of the snapshots, with the file as their source.

        Raises
        ------
        DataRefused: a file is gone or is not what was kept.
        """
        frames = [self._load(snapshot) for snapshot in snapshots]
        filled = [frame for frame in frames if len(frame)]
        return pd.concat(filled, ignore_index=True) if filled else empty_frame(CONTRACTS["inventory"])

    def _keep(self, day: dt.date, inventory: pd.DataFrame) -> Snapshot:
        rows = _rows(inventory)
        snapshot = Snapshot(day.isoformat(), _content_hash(rows))
        file = self.root / snapshot.path
        if _whole(file, snapshot.content_hash) is None:
            stream = pa.BufferOutputStream()
            parquet.write_table(pa.Table.from_pandas(rows, preserve_index=False), stream, compression="zstd")
            content = stream.getvalue().to_pybytes()
            write_atomically(file, lambda path: path.write_bytes(content))
        note = self.root / snapshot.as_of / _NEWEST
        if not note.is_file() or _noted_or_none(note) != snapshot.content_hash:
            content_note = json.dumps({"content_hash": snapshot.content_hash, "rows": len(rows)})
            write_atomically(note, lambda path: path.write_text(content_note, "utf-8"))
        return snapshot

    def _load(self, snapshot: Snapshot) -> pd.DataFrame:
        file = self.root / snapshot.path
        rows = _whole(file, snapshot.content_hash)
        if rows is None:
            raise DataRefused(
                f"{file}: the stock kept of {snapshot.as_of} is gone or damaged; restore the file, or take the folder "
                f"{file.parent} away to go on without that day's stock"
            )
        place = {SOURCE_FILE: f"{FOLDER}/{snapshot.path.as_posix()}", SOURCE_LINE: np.arange(1, len(rows) + 1)}
        frame = pd.DataFrame({"as_of": pd.Timestamp(snapshot.as_of), **rows, **place})
        return frame.assign(as_of=frame["as_of"].astype("datetime64[ns]"))[list(empty_frame(CONTRACTS["inventory"]))]


def add_stock_history(
    tables: Mapping[str, pd.DataFrame], snapshots: pd.DataFrame, settings: Settings
) -> dict[str, pd.DataFrame]:
    """Accepted tables with the stock of every known day in them.

    `inventory` gets the snapshots of days that it has no row of; `stock_levels` gets a row for every row of that
    inventory whose item and period it does not state itself. Codes that mean the same SKU, by the declared
    normalisation and aliases, are the same item.

    Parameters
    ----------
    tables: accepted tables, before identity is resolved; `inventory` and `products` must be there.
    snapshots: rows of `inventory` (`SnapshotStore.load`).
    settings: the company's period, and how SKU codes are compared.
    """
    inventory = tables["inventory"]
    other_days = snapshots.loc[~snapshots["as_of"].isin(inventory["as_of"]).to_numpy("bool")]
    if len(other_days):
        inventory = pd.concat([other_days, inventory], ignore_index=True)
    own = tables.get("stock_levels", empty_frame(CONTRACTS["stock_levels"]))
    rows = inventory.rename(columns={"as_of": "date"})
    new = rows.loc[~_is_stated(rows, own, tables, settings)].dropna(subset=["on_hand"])
    result = dict(tables) | {"inventory": inventory}
    if len(new):
        made = new.reindex(columns=own.columns)
        made["in_stock"] = pd.array([None] * len(made), dtype="boolean")
        made["in_stock_share"] = np.nan
        result["stock_levels"] = made.reset_index(drop=True) if own.empty else pd.concat([own, made], ignore_index=True)
    return result


def newest_counts(inventory: pd.DataFrame) -> pd.DataFrame:
    """The newest row of each item, in the order of the rows."""
    newest = inventory.sort_values("as_of", kind="stable").drop_duplicates(list(_TEXT), keep="last")
    return newest.sort_index().reset_index(drop=True)


def _is_stated(
    rows: pd.DataFrame, own: pd.DataFrame, tables: Mapping[str, pd.DataFrame], settings: Settings
) -> NDArray[np.bool_]:
    """Rows whose period, SKU and location the company's own rows state."""
    company = settings.company
    periods = [period_start(frame["date"].to_numpy(), company.period, company.week_starts_on) for frame in (rows, own)]
    asked = np.isin(periods[1], np.unique(periods[0]))
    both = pd.concat([rows[list(_TEXT)], own.loc[asked, list(_TEXT)]], ignore_index=True)
    day, distinct_days = pd.factorize(np.concatenate([periods[0], periods[1][asked]]))
    sku = pd.factorize(_codes(both, tables, settings))[0]
    place, distinct_places = pd.factorize(both["location"])
    cell = (sku.astype("int64") * max(len(distinct_places), 1) + place) * max(len(distinct_days), 1) + day
    return np.isin(cell[: len(rows)], cell[len(rows) :])


def _codes(rows: pd.DataFrame, tables: Mapping[str, pd.DataFrame], settings: Settings) -> "pd.Series[str]":
    """The SKU that each row's code means."""
    given = {"rows": rows[["sku"]], "products": tables["products"][["sku"]]}
    if "sku_aliases" in tables:
        given["sku_aliases"] = tables["sku_aliases"]
    clean, _ = normalise_skus(given, settings.data.sku_case, settings.data.sku_strip)
    meant = alias_map(clean.get("sku_aliases"), set(clean["products"]["sku"]))
    return resolve_aliases({"rows": clean["rows"]}, meant)[0]["rows"]["sku"]


def _rows(inventory: pd.DataFrame) -> pd.DataFrame:
    """What is kept of a day: text and numbers, sorted, so that the order of delivery changes nothing."""
    kept = {name: inventory[name].astype(object) for name in _TEXT}
    kept |= {name: inventory[name].astype("float64") for name in _NUMBERS}
    return pd.DataFrame(kept).sort_values([*_TEXT, *_NUMBERS], kind="stable", ignore_index=True)


def _content_hash(rows: pd.DataFrame) -> str:
    hashes = np.asarray(pd.util.hash_pandas_object(rows, index=False), dtype=np.uint64)
    return hashlib.blake2b(hashes.astype("<u8").tobytes(), digest_size=12).hexdigest()


def _whole(file: Path, content_hash: str) -> pd.DataFrame | None:
    """The rows of a file, if they are what was kept."""
    try:
        rows = _rows(parquet.read_table(file).to_pandas())
    except (OSError, KeyError, ValueError):  # a broken footer is a ValueError
        return None
    return rows if _content_hash(rows) == content_hash else None


def _noted(note: Path) -> str:
    found = _noted_or_none(note)
    if found is None:
        raise DataRefused(
            f"{note}: the note of the stock kept of {note.parent.name} is damaged; restore it, or take the folder "
            f"{note.parent} away to go on without that day's stock"
        )
    return found


def _noted_or_none(note: Path) -> str | None:
    try:
        return str(json.loads(note.read_text("utf-8"))["content_hash"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
