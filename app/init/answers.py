"""What the flags of `restock init` say, as answers."""

from collections.abc import Iterable, Mapping

from onboarding.answers import (
    Answers,
    ColumnConstant,
    ColumnSource,
    CompanyFact,
    EmptyRows,
    FileTable,
    Key,
    TextMeaning,
)
from settings import UsageError


def answers_from_flags(
    facts: Mapping[CompanyFact, str | float | None],
    *,
    table: Iterable[str],
    column_map: Iterable[str],
    constant: Iterable[str],
    leave_out: Iterable[str],
    meaning: Iterable[str] = (),
) -> Answers:
    """Answers from flags as they were written.

    Parameters
    ----------
    facts: flags with one value; None where a flag is not there.
    table: FILE=TABLE.
    column_map, constant: TABLE.COLUMN=VALUE.
    leave_out: TABLE.COLUMN.
    meaning: TABLE.COLUMN:TEXT=MEANING.

    Raises
    ------
    UsageError: a flag is not written so, or its value can be no answer.

    >>> answers = answers_from_flags({}, table=["x.csv=sales"], column_map=[], constant=[], leave_out=[])
    >>> answers.tables
    {FileTable(file='x.csv'): 'sales'}
    """
    written: list[tuple[Key, str]] = [(fact, str(value)) for fact, value in facts.items() if value is not None]
    written += [(FileTable(file), value) for file, value in _pairs("--table", table)]
    written += [(ColumnSource(*_column(name)), value) for name, value in _pairs("--map", column_map)]
    written += [(ColumnConstant(*_column(name)), value) for name, value in _pairs("--constant", constant)]
    written += [(EmptyRows(*_column(name)), "yes") for name in leave_out]
    written += [_meaning(text) for text in meaning]
    answers = Answers()
    for key, text in written:
        answers = answers.with_answer(key, text)
    return answers


def _pairs(flag: str, written: Iterable[str]) -> list[tuple[str, str]]:
    pairs = []
    for text in written:
        name, sign, value = text.partition("=")
        if not (name.strip() and sign and value.strip()):
            raise UsageError(f'{flag} is {text!r}; write it as {flag} "NAME=VALUE"')
        pairs.append((name.strip(), value.strip()))
    return pairs


def _meaning(text: str) -> tuple[TextMeaning, str]:
    name, _, value = text.rpartition("=")
    column, sign, of = name.partition(":")
    table, dot, column = column.partition(".")
    if not (table.strip() and dot and column.strip() and sign and of.strip() and value.strip()):
        raise UsageError(f'--meaning is {text!r}; write it as --meaning "TABLE.COLUMN:TEXT=MEANING"')
    return TextMeaning(table.strip(), column.strip(), of.strip()), value


def _column(name: str) -> tuple[str, str]:
    table, _, column = name.partition(".")
    return table, column
