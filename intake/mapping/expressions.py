"""Columns computed from delivered ones: text with columns in it, and products of columns and numbers.

sku = "{Client}-{Product:03}"
net_revenue = "= units * price"
"""

import re
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data_contracts import parsing
from intake.mapping.arrow_texts import COMPUTED, Values, combined, encoded_texts, is_numeric, row_texts
from intake.mapping.selection import require_columns
from intake.sources.files import number_format_is_undeclared
from intake.sources.raw import RawTable
from settings import SettingsError, TableSource

_NUMBER = re.compile(r"\d+(\.\d*)?|\.\d+")
_PADDED = re.compile(r"(.+):0(\d+)")


@dataclass(frozen=True)
class Template:
    """Text with columns in it: texts, and pairs of a column and the width to which zeros fill it up."""

    parts: tuple[str | tuple[str, int], ...]

    @property
    def columns(self) -> list[str]:
        """The delivered columns in it."""
        return [part[0] for part in self.parts if isinstance(part, tuple)]


@dataclass(frozen=True)
class Product:
    """A number times delivered columns."""

    number: float
    columns: list[str]


def is_expression(written: str) -> bool:
    """Whether what a mapping names is computed, and no column as delivered."""
    return written.startswith("=") or "{" in written or "}" in written


def parse(written: str, setting: str) -> Template | Product:
    """The meaning of an expression.

    Raises
    ------
    SettingsError: a brace or a factor is missing.

    >>> parse("{Client}-{Product:03}", "sku").parts
    (('Client', 0), '-', ('Product', 3))
    >>> parse("= -2 * units", "units")
    Product(number=-2.0, columns=['units'])
    """
    return _product(written, setting) if written.startswith("=") else _template(written, setting)


def _template(written: str, setting: str) -> Template:
    parts: list[str | tuple[str, int]] = []
    for position, piece in enumerate(re.split(r"\{([^{}]*)\}", written)):
        if position % 2:
            padded = _PADDED.fullmatch(piece)
            parts.append((padded[1], int(padded[2])) if padded else (piece, 0))
        elif "{" in piece or "}" in piece:
            raise SettingsError(f"{setting} is {written!r}: a brace is unmatched; write a column as {{Column}}")
        elif piece:
            parts.append(piece)
    return Template(tuple(parts))


def _product(written: str, setting: str) -> Product:
    number, columns = 1.0, []
    for piece in re.split(r"\*(?![^{}]*\})", written[1:]):
        factor = piece.strip()
        while factor.startswith("-"):
            number, factor = -number, factor[1:].strip()
        if not factor:
            raise SettingsError(f"{setting} is {written!r}: a factor is missing; write it as = units * price")
        if factor.startswith("{") and factor.endswith("}"):
            columns.append(factor[1:-1])
        elif _NUMBER.fullmatch(factor):
            number *= float(factor)
        else:
            columns.append(factor)
    return Product(number, columns)


def columns_used(source: TableSource) -> set[str]:
    """Delivered columns that the settings of a table use beside those that they map as they are."""
    used = set(source.only) | {name for joined in source.joined for name in joined.on}
    for written in source.columns.values():
        if is_expression(written):
            used.update(parse(written, written).columns)
    return used


def with_computed(raw: RawTable, source: TableSource, table: str) -> RawTable:
    """The rows with each computed column beside the delivered ones, under the text of its expression.

    Raises
    ------
    SettingsError: an expression is malformed, or names a column that the rows do not have.
    DataRefused: a factor may be one of two numbers.
    """
    rows, available = raw.rows, raw.rows.column_names
    for name, written in source.columns.items():
        if written in rows.column_names or not is_expression(written):
            continue
        setting = f"sources.{table}.columns.{name}"
        expression = parse(written, setting)
        require_columns(expression.columns, available, f"{setting} = {written!r}", raw.source)
        if isinstance(expression, Template):
            made = _filled_in(rows, expression)
        else:
            if number_format_is_undeclared(raw, source):
                _refuse_ambiguous(rows, expression, raw.source, table)
            made = _multiplied(rows, expression, source)
        rows = rows.append_column(written, made)
    return replace(raw, rows=rows)


def _filled_in(rows: pa.Table, template: Template) -> pa.Array:
    """Texts of the template; missing where one of its columns is."""
    pieces = []
    for part in template.parts:
        if isinstance(part, str):
            pieces.append(pa.scalar(part, pa.string()))
        else:
            pieces.append(pc.utf8_lpad(row_texts(rows.column(part[0])), part[1], padding="0"))
    return pc.binary_join_element_wise(*pieces, "", null_handling="emit_null")


def _refuse_ambiguous(rows: pa.Table, product: Product, file: str, table: str) -> None:
    for name in product.columns:
        values = rows.column(name)
        if not is_numeric(values.type):
            texts = encoded_texts(values).dictionary.to_pylist()
            parsing.refuse_ambiguous_numbers([text for text in texts if text is not None], f"{file}: {name}", table)


def _multiplied(rows: pa.Table, product: Product, source: TableSource) -> pa.Array:
    """Products; missing where a factor is, with the texts of all factors where one cannot be read."""
    numbers = np.full(rows.num_rows, product.number)
    unread = np.zeros(rows.num_rows, dtype=bool)
    for name in product.columns:
        factors, bad = _read_factors(rows.column(name), source)
        with np.errstate(all="ignore"):
            numbers = numbers * factors
        unread |= bad
    texts = np.full(rows.num_rows, None, dtype=object)
    if unread.any():
        shown = [
            row_texts(rows.column(name).filter(pa.array(unread))).fill_null("").to_pylist() for name in product.columns
        ]
        texts[unread] = [" * ".join(factors) for factors in zip(*shown, strict=True)]
    made = pa.array(numbers, pa.float64(), mask=np.isnan(numbers))
    return pa.StructArray.from_arrays([made, pa.array(texts, pa.string())], fields=list(COMPUTED))


def _read_factors(values: Values, source: TableSource) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Numbers of one column, NaN where there is none, and where a text is there that is none."""
    if is_numeric(values.type):
        typed = combined(values).cast(pa.float64(), safe=False)
        return typed.to_numpy(zero_copy_only=False), np.zeros(len(typed), dtype=bool)
    encoded = encoded_texts(values)
    texts = encoded.dictionary.to_pylist()
    filled = ~parsing.is_missing(texts)
    numbers = np.full(len(texts) + 1, np.nan)
    given = [text for text, there in zip(texts, filled, strict=True) if there]
    numbers[:-1][filled] = parsing.read_numbers(given, source.decimal, source.thousands)
    bad = np.append(filled & np.isnan(numbers[:-1]), [False])
    rows = encoded.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False)
    return numbers[rows], bad[rows]
