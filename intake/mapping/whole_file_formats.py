"""What a file as a whole decides about its columns, where only some of its rows are held.

Whether `1,5` is a number and which of day and month comes first shows in all texts of a column
(`data_contracts.parsing`). So each batch of rows carries, beside its own texts, the first texts of the whole
column that decide something: in the dictionary of the column, where no row points to them.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from itertools import chain

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.parsing import date_hints, number_hints
from intake.mapping.arrow_texts import combined, encoded_texts
from intake.sources.raw import Delivery, RawTable

_DAY_AND_MONTH = r"^[\s\p{Z}]*[^A-Za-z./-]{1,2}[./-][^A-Za-z./-]{1,2}[./-][^A-Za-z./-]{4}"

_CANDIDATES = (
    (frozenset({"decimal_comma"}), r",|\.\d{3}"),
    (frozenset({"decimal_point"}), r"\.|,\d{3}"),
    (frozenset({"three_after_a_point"}), r"(^|[^\d.,])[1-9]\d{0,2}\.\d{3}($|\D)"),
    (frozenset({"ungrouped"}), r"(^|[^\d.,])\d{4,}($|\D)"),
    (frozenset({"day_and_month", "day_first", "month_first"}), _DAY_AND_MONTH),
)
"""What can be decided, and a pattern that is found in all texts which decide it, and in few others."""

Found = dict[str, dict[str, str]]
"""By column, the first text that decides each thing."""


def with_whole_file_formats(
    delivery: Delivery, decided: Callable[[RawTable], Collection[str]] | None = None
) -> Delivery:
    """The same rows, each batch with the texts of all batches that decide how its columns are read.

    Rows that come in more than one batch are read twice. What is held at once is read as it is.

    Parameters
    ----------
    delivery: whose rows come in batches.
    decided: columns of a batch of which there is something to decide; all where not given.
    """
    found: list[Found] = []

    def batches() -> Iterator[RawTable]:
        read = delivery.batches()
        first = next(read)
        second = next(read, None)
        if second is None:
            yield first
            return
        if not found:
            names = None if decided is None else frozenset(decided(first))
            found.append(_search(chain((first, second), read), names))
        del first, second, read
        for raw in delivery.batches():
            yield _carrying(raw, found[0])

    return replace(delivery, batches=batches)


def _search(batches: Iterable[RawTable], names: Collection[str] | None) -> Found:
    found: Found = {}
    for raw in batches:
        for name in raw.rows.column_names:
            values = raw.rows.column(name)
            if _is_text(values.type) and (names is None or name in names):
                _search_column(values, found.setdefault(name, {}))
    return found


def _search_column(values: pa.ChunkedArray, found: dict[str, str]) -> None:
    texts = None
    for kinds, pattern in _CANDIDATES:
        if kinds <= found.keys():
            continue
        texts = _few(_texts(values)) if texts is None else texts
        for text in texts.filter(pc.match_substring_regex(texts, pattern)).unique().to_pylist():
            for kind in (number_hints(text) | date_hints(text)) & kinds:
                found.setdefault(kind, text)
            if kinds <= found.keys():
                break


def _few(texts: pa.Array) -> pa.Array:
    """Distinct texts where many rows share one; finding these out is dearer than testing each row elsewhere."""
    sample = texts[:10_000]
    return texts.unique() if len(sample.unique()) < len(sample) / 10 else texts


def _carrying(raw: RawTable, found: Found) -> RawTable:
    rows = raw.rows
    for place, name in enumerate(rows.column_names):
        texts = found.get(name)
        if texts:
            own = _texts(rows.column(name))
            carried = pa.concat_arrays([pa.array(dict.fromkeys(texts.values()), pa.string()), own])
            rows = rows.set_column(place, name, carried.dictionary_encode()[len(carried) - len(own) :])
    return replace(raw, rows=rows)


def _texts(values: pa.ChunkedArray) -> pa.Array:
    return combined(values) if pa.types.is_string(values.type) else encoded_texts(values).cast(pa.string())


def _is_text(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
