"""Columns computed from delivered ones: text with columns in it, and formulas of columns and numbers.

sku = "{Client}-{Product:03}"
sku = "{Item|Name}"
net_revenue = "= units * price * (1 - {Discount or 0})"

Of columns with `|` between them the first that is filled counts. A formula has + - * / and parentheses, `abs()` and
`sign()`. A column whose name has such a sign in it stands in braces; `{Column or 0}` is 0 where the cell is empty.
Without it, a formula with an empty cell is empty. `{Column:days}` reads a lead time such as "8-10 weeks" as calendar
days, in the middle of its range, and `{Column:days spread}` the standard deviation of the range, empty where there is
none; with `weeks` in place of `days`, a number without a unit is weeks.
"""

import ast
import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data_contracts import parsing
from intake.mapping.arrow_texts import COMPUTED, Values, combined, encoded_texts, is_numeric, row_texts
from intake.mapping.durations import Unit, mean_days, spread_days
from intake.mapping.selection import require_columns
from intake.sources.files import number_format_is_undeclared
from intake.sources.raw import RawTable
from settings import SettingsError, TableSource

_PADDED = re.compile(r"(.+):0(\d+)")
_DEFAULTED = re.compile(r"(.+) or (\d+(?:\.\d+)?)")
_DURATION = re.compile(r"(.+):(days|weeks)( spread)?")
_BLANKS = re.compile(r"\s*")
_OPERAND = re.compile(
    r"\{(?P<braced>[^{}]*)\}"
    r"|(?P<number>\d+(?:\.\d*)?|\.\d+)(?=\s*(?:[-+*/)]|$))"
    r"|(?P<function>abs|sign)(?=\()"
    r"|(?P<sign>[-+(])"
    r"|(?P<bare>(?:\([^(){}*]*\)|(?!\s+[-+/](?:\s|[{(]))(?!\s*[-+/]\s*[{(])[^*(){}])+)"
)
_OPERATOR = re.compile(r"[-+*/)]")
_OPERATORS: Mapping[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: np.divide,
    ast.USub: operator.neg, ast.UAdd: operator.pos,
}  # fmt: skip
_FUNCTIONS: Mapping[str, Callable[..., Any]] = {"abs": np.abs, "sign": np.sign}


@dataclass(frozen=True)
class Template:
    """Text with columns in it: texts, and columns of which the first that is filled counts, with their width.

    Zeros on the left fill a column's text up to the width.
    """

    parts: tuple[str | tuple[tuple[str, ...], int], ...]

    @property
    def columns(self) -> list[str]:
        """The delivered columns in it."""
        return [name for part in self.parts if isinstance(part, tuple) for name in part[0]]


@dataclass(frozen=True)
class Operand:
    """A delivered column in a formula.

    Attributes
    ----------
    column: its heading.
    when_empty: number that stands for an empty cell.
    duration: unit of numbers without one, where its cells are lead times in words; read as calendar days.
    is_spread: whether the standard deviation of the lead time is meant.
    """

    column: str
    when_empty: float | None = None
    duration: Unit | None = None
    is_spread: bool = False


@dataclass(frozen=True)
class Formula:
    """A number made of delivered columns and numbers.

    Attributes
    ----------
    pieces: as written: operands, and what stands between them.
    tree: the operations; operands are called `c0`, `c1`, ... in the order of `operands`.
    """

    pieces: tuple[str | Operand, ...]
    tree: ast.expr

    @property
    def operands(self) -> list[Operand]:
        """Each delivered column as it is used, once."""
        return list(dict.fromkeys(piece for piece in self.pieces if isinstance(piece, Operand)))

    @property
    def columns(self) -> list[str]:
        """The delivered columns in it."""
        return [operand.column for operand in self.operands]


def is_expression(written: str) -> bool:
    """Whether what a mapping names is computed, and no column as delivered."""
    return written.startswith("=") or "{" in written or "}" in written


def parse(written: str, setting: str) -> Template | Formula:
    """The meaning of an expression.

    Raises
    ------
    SettingsError: a brace or a part of a formula is missing.

    >>> parse("{Client}-{Product:03}", "sku").parts
    ((('Client',), 0), '-', (('Product',), 3))
    >>> parse("{Item|Name}", "sku").columns
    ['Item', 'Name']
    >>> parse("= Qty * {Unit Price} * (1 - {Discount or 0})", "net_revenue").columns
    ['Qty', 'Unit Price', 'Discount']
    """
    return _formula(written, setting) if written.startswith("=") else _template(written, setting)


def _template(written: str, setting: str) -> Template:
    parts: list[str | tuple[tuple[str, ...], int]] = []
    for position, piece in enumerate(re.split(r"\{([^{}]*)\}", written)):
        if position % 2:
            padded = _PADDED.fullmatch(piece)
            names = tuple((padded[1] if padded else piece).split("|"))
            parts.append((names, int(padded[2]) if padded else 0))
        elif "{" in piece or "}" in piece:
            raise SettingsError(f"{setting} is {written!r}: a brace is unmatched; write a column as {{Column}}")
        elif piece:
            parts.append(piece)
    return Template(tuple(parts))


def _formula(written: str, setting: str) -> Formula:
    pieces = tuple(_pieces(written[1:]))
    operands = list(dict.fromkeys(piece for piece in pieces if isinstance(piece, Operand)))
    text = " ".join(piece if isinstance(piece, str) else f"c{operands.index(piece)}" for piece in pieces)
    try:
        return Formula(pieces, ast.parse(text, mode="eval").body)
    except SyntaxError as fault:
        raise SettingsError(
            f"{setting} is {written!r}: a factor is missing or a sign is too many; write it as = units * price, with "
            "columns whose names have signs in braces, as {Column}"
        ) from fault


def _pieces(text: str) -> Iterator[str | Operand]:
    """Operands and signs of a formula, in turn; what is neither is handed on, and refused as no formula."""
    position, wants_operand = 0, True
    while (position := _end_of_blanks(text, position)) < len(text):
        found = (_OPERAND if wants_operand else _OPERATOR).match(text, position)
        if found is None:
            yield text[position:]
            return
        position = found.end()
        if not wants_operand:
            wants_operand = found[0] != ")"
            yield found[0]
        elif found["sign"] or found["function"] or found["number"]:
            wants_operand = not found["number"]
            yield found[0]
        else:
            wants_operand = False
            yield _operand((found["braced"] or found["bare"] or "").strip())


def _end_of_blanks(text: str, position: int) -> int:
    found = _BLANKS.match(text, position)
    return found.end() if found else position


def _operand(name: str) -> Operand:
    duration = _DURATION.fullmatch(name)
    if duration:
        unit: Unit = "weeks" if duration[2] == "weeks" else "days"
        return Operand(duration[1], duration=unit, is_spread=bool(duration[3]))
    defaulted = _DEFAULTED.fullmatch(name)
    return Operand(defaulted[1], float(defaulted[2])) if defaulted else Operand(name)


def columns_used(source: TableSource) -> set[str]:
    """Delivered columns that the settings of a table use beside those that they map as they are."""
    used = {*source.only, *source.leave_out, *source.returns}
    used |= {name for joined in source.joined for name in joined.on}
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
            made = _computed(rows, expression, source)
        rows = rows.append_column(written, made)
    return replace(raw, rows=rows)


def _filled_in(rows: pa.Table, template: Template) -> pa.Array:
    """Texts of the template; missing where one of its columns is."""
    pieces = []
    for part in template.parts:
        if isinstance(part, str):
            pieces.append(pa.scalar(part, pa.string()))
        else:
            filled = pc.coalesce(*(row_texts(rows.column(name)) for name in part[0]))
            pieces.append(pc.utf8_lpad(filled, part[1], padding="0"))
    return pc.binary_join_element_wise(*pieces, "", null_handling="emit_null")


def _refuse_ambiguous(rows: pa.Table, formula: Formula, file: str, table: str) -> None:
    for name in (operand.column for operand in formula.operands if operand.duration is None):
        values = rows.column(name)
        if not is_numeric(values.type):
            texts = encoded_texts(values).dictionary.to_pylist()
            parsing.refuse_ambiguous_numbers([text for text in texts if text is not None], f"{file}: {name}", table)


def _computed(rows: pa.Table, formula: Formula, source: TableSource) -> pa.Array:
    """Numbers; missing where an operand is, with the formula in texts where one cannot be read."""
    read: list[NDArray[np.float64]] = []
    unread = np.zeros(rows.num_rows, dtype=bool)
    for operand in formula.operands:
        values = rows.column(operand.column)
        numbers, bad = _read_duration(values, operand) if operand.duration else _read_operand(values, source)
        if operand.when_empty is not None:
            numbers = np.where(np.isnan(numbers) & ~bad, operand.when_empty, numbers)
        read.append(numbers)
        unread |= bad
    with np.errstate(all="ignore"):
        result = np.broadcast_to(evaluate(formula, read), rows.num_rows)
    texts = np.full(rows.num_rows, None, dtype=object)
    if unread.any():
        texts[unread] = _as_texts(rows, formula, unread)
    made = pa.array(result, pa.float64(), mask=~np.isfinite(result))
    return pa.StructArray.from_arrays([made, pa.array(texts, pa.string())], fields=list(COMPUTED))


def evaluate(formula: Formula, numbers: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """A formula's numbers, row by row.

    Parameters
    ----------
    numbers: of each of its `operands`; NaN where there is none.
    """
    return np.asarray(_value(formula.tree, numbers), dtype=np.float64)


def _value(node: ast.expr, numbers: Sequence[NDArray[np.float64]]) -> Any:
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            return _OPERATORS[type(op)](_value(left, numbers), _value(right, numbers))
        case ast.UnaryOp(op=op, operand=operand):
            return _OPERATORS[type(op)](_value(operand, numbers))
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            return _FUNCTIONS[name](_value(argument, numbers))
        case ast.Name(id=name):
            return numbers[int(name[1:])]
        case ast.Constant(value=value):
            return float(str(value))
    raise AssertionError(f"{ast.dump(node)} is not made by _pieces")


def _as_texts(rows: pa.Table, formula: Formula, wanted: NDArray[np.bool_]) -> list[str]:
    """The formula of each wanted row, with the texts of its columns."""
    kept = pa.array(wanted)
    texts = {name: row_texts(rows.column(name).filter(kept)).fill_null("").to_pylist() for name in formula.columns}
    pieces = [
        texts[each.column] if isinstance(each, Operand) else [each] * int(wanted.sum()) for each in formula.pieces
    ]
    return [" ".join(row).replace("( ", "(").replace(" )", ")") for row in zip(*pieces, strict=True)]


def _read_operand(values: Values, source: TableSource) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Numbers of one column, NaN where there is none, and where a text is there that is none."""
    if is_numeric(values.type):
        typed = combined(values).cast(pa.float64(), safe=False)
        return typed.to_numpy(zero_copy_only=False), np.zeros(len(typed), dtype=bool)
    encoded = encoded_texts(values)
    texts = encoded.dictionary.to_pylist()
    filled = ~parsing.is_missing(texts)
    numbers = np.full(len(texts) + 1, np.nan)
    given = [text for text, there in zip(texts, filled, strict=True) if there]
    numbers[:-1][filled] = parsing.read_numbers(given, source.decimal, source.thousands, percent=True)
    bad = np.append(filled & np.isnan(numbers[:-1]), [False])
    rows = encoded.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False)
    return numbers[rows], bad[rows]


def _read_duration(values: Values, operand: Operand) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Calendar days of lead times in words, NaN where there is none, and where a text is there that is none."""
    encoded = encoded_texts(values)
    texts = encoded.dictionary.to_pylist()
    unit = operand.duration or "days"
    means = np.append(mean_days(texts, unit), np.nan)
    bad = np.append(np.isnan(means[:-1]) & ~parsing.is_missing(texts), [False])
    numbers = np.append(spread_days(texts, unit), np.nan) if operand.is_spread else means
    rows = encoded.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False)
    return numbers[rows], bad[rows]
