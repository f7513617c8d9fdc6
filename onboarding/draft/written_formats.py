"""How the numbers and dates of a table's file are written: keys of `[sources.TABLE]`, or questions."""

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from data_contracts.contract import Contract
from data_contracts.parsing import CURRENCIES_OF, SERIAL_EPOCHS, is_serial, serial_day
from onboarding.answers import CompanyFact, UnwantedDates
from onboarding.questions import Guess, OpenQuestions, Question, user_answer
from onboarding.survey.delivered import DeliveredTable
from onboarding.survey.values import DateForm, DateOrder, Values, ordered, proven_decimals, thousands_sign
from settings import UsageError

_FAULTS = 0.05
"""Share of rows whose decimal sign is another that is taken as a fault rather than asked about."""


def written_formats(
    contract: Contract,
    delivered: DeliveredTable,
    used: Mapping[str, Iterable[str]],
    questions: OpenQuestions,
    notes: list[str],
    folder: Iterable[DeliveredTable] = (),
) -> dict[str, Guess]:
    """Separator, encoding, decimal and thousands sign, date formats and texts that mean nothing.

    Parameters
    ----------
    contract: of the table.
    delivered: the file.
    used: canonical column = the delivered columns that it is made of.
    questions: with the answers that people gave; is added to.
    notes: what is a fault in the file; is added to.
    folder: all files; how their dates are written shows how those are read that may be read in two ways.
    """
    keys = file_form(delivered)
    kinds = {column.name: column.kind for column in contract.columns}
    numbers = [name for column, names in used.items() if kinds[column] == "number" for name in names]
    dates = {column: list(names) for column, names in used.items() if kinds[column] == "date"}
    keys |= _numbers(delivered, numbers, questions, notes)
    keys |= _dates(contract.table, delivered, dates, questions, folder)
    notes += _named_currencies(delivered, numbers, questions)
    nothing = sorted(
        {
            text
            for name in [*numbers, *(name for names in dates.values() for name in names)]
            for text in delivered.contents[name].nothing
        }
    )
    if nothing:
        keys["missing_values"] = Guess(nothing, "sure", "texts in place of dates or numbers")
    return keys


def file_form(delivered: DeliveredTable) -> dict[str, Guess]:
    """How the file itself is written: separator, encoding, where the header stands, what is no row."""
    keys: dict[str, Guess] = {}
    layout = delivered.layout
    if layout.header_line:
        lines = list(layout.header_line)
        keys["header_line"] = Guess(lines if len(lines) > 1 else lines[0], "sure", "titles stand above it")
    if delivered.separator:
        keys["separator"] = Guess(delivered.separator, "sure", "the sign between the headings")
    if delivered.encoding:
        keys["encoding"] = Guess(delivered.encoding, "likely", "no UTF-8; in it the letters fit a language")
    if layout.footers:
        keys["footers"] = Guess(list(layout.footers), "sure", "the last lines, too short for a row")
    if layout.leave_out:
        unwanted = {name: list(texts) for name, texts in layout.leave_out.items()}
        keys["leave_out"] = Guess(unwanted, "sure", "totals and footers, without what all other rows have")
    return keys


def joined_place(delivered: DeliveredTable) -> dict[str, object]:
    """Where the rows of a joined file are."""
    lines = list(delivered.layout.header_line)
    return {**delivered.place, "header_line": lines} if lines else dict(delivered.place)


def _numbers(
    delivered: DeliveredTable, columns: list[str], questions: OpenQuestions, notes: list[str]
) -> dict[str, Guess]:
    """Decimal and thousands sign: as most rows prove them, else as people said; none where each column has its own."""
    written = [name for name in columns if delivered.typed.get(name) != "number"]
    contents = {name: delivered.contents[name] for name in written}
    texts = [text for values in contents.values() for text in values.numbers or values.texts]
    proven = {name: _proven(delivered, name) for name in written}
    unclear = [(name, values.number.unclear) for name, values in contents.items() if values.number.unclear]
    if not unclear and _each_has_its_own(proven, len(delivered.rows)):
        written_so = " and ".join(f"{name} has {text}" for name, each in proven.items() for _, text in each.values())
        notes.append(f"{written_so}: each column is read with its own decimal sign")
        return {}
    rows = {sign: sum(each[sign][0] for each in proven.values() if sign in each) for sign in ",."}
    more = max(rows, key=lambda sign: rows[sign])
    said = questions.answers.decimal
    is_proven = rows[more] > 0 and min(rows.values()) <= _FAULTS * sum(rows.values())
    if is_proven and not (said and rows["," if said == "comma" else "."]):
        decimal = Guess(more, "sure", f"values of {next(name for name in proven if more in proven[name])}")
    elif written and (said or rows[more] or unclear):
        answer = questions.ask(_which_decimal(delivered.name, proven, unclear))
        if answer is None:
            return {}
        decimal = user_answer("," if answer.value == "comma" else ".")
    else:
        decimal = Guess(None, "sure")
    for name, values in contents.items():
        if values.numbers and values.odd:
            odd = ~delivered.rows[name].str.strip().isin({"", *values.numbers, *values.nothing})
            notes.append(
                f"{name} has no number in {odd.sum():,} of {len(odd):,} rows, such as {values.odd}; see the check"
            )
    for name, signs in proven.items():
        for sign, (count, example) in signs.items():
            if decimal.value and sign != decimal.value:
                notes.append(f"{name} has {example} in {count:,} of {len(delivered.rows):,} rows; taken as a fault")
    return _signs(decimal, texts, contents)


def _each_has_its_own(proven: Mapping[str, Mapping[str, tuple[int, str]]], rows: int) -> bool:
    """Whether columns have different decimal signs, none of them two, and none by a few rows alone."""
    signs = [(sign, count) for each in proven.values() for sign, (count, _) in each.items()]
    return (
        len({sign for sign, _ in signs}) > 1
        and all(len(each) <= 1 for each in proven.values())
        and all(count > _FAULTS * rows for _, count in signs)
    )


def _signs(decimal: Guess, texts: list[str], contents: Mapping[str, Values]) -> dict[str, Guess]:
    decided = [form for form in (values.number for values in contents.values()) if form.decimal]
    if decimal.value is None and decided:
        decimal = Guess(decided[0].decimal, "sure", "by other numbers of the column")
    thousands = thousands_sign(texts, decimal.value or ".") if texts else None
    if decimal.value is None and thousands == ",":
        thousands = None
    keys = {"decimal": decimal} if decimal.value == "," or decimal.certainty == "given" else {}
    if thousands is not None:
        keys["thousands"] = Guess(
            thousands, decimal.certainty, "given" if decimal.certainty == "given" else "between three digits"
        )
    return keys


def _proven(delivered: DeliveredTable, name: str) -> dict[str, tuple[int, str]]:
    counts = delivered.rows[name].str.strip().value_counts(sort=False)
    return proven_decimals([str(text) for text in counts.index], counts.tolist())


def _which_decimal(
    file: str, proven: Mapping[str, Mapping[str, tuple[int, str]]], unclear: list[tuple[str, str]]
) -> Question:
    """The question with what the file really holds."""
    seen = [f"{name} has {text} in {count:,} rows" for name, each in proven.items() for count, text in each.values()]
    if seen:
        prompt = f"{file}: {' and '.join(seen)}. Which sign stands before decimals?"
    else:
        name, example = unclear[0] if unclear else ("", "")
        prompt = (
            f"{file}, column {name}: is {example} a number with decimals, or thousands? "
            "Which sign stands before decimals there?"
        )
    return Question(CompanyFact.DECIMAL, "--decimal point|comma", prompt, ("point", "comma"))


def _dates(
    table: str,
    delivered: DeliveredTable,
    columns: Mapping[str, list[str]],
    questions: OpenQuestions,
    folder: Iterable[DeliveredTable],
) -> dict[str, Guess]:
    formats: dict[str, Guess] = {}
    for name in (name for names in columns.values() for name in names):
        form = delivered.contents[name].date
        if form.both:
            raise UsageError(
                f"{delivered.name}, column {name}: {form.both[0]} is day first and {form.both[1]} is month first, so "
                "nobody can tell what 03/04/2026 is there; split it into a file of each order, or leave it out with "
                f'--table "{delivered.name}=none"'
            )
        if form.serial:
            serial = _serial_format(delivered, name, questions)
            formats[serial.value] = serial
        if form.unclear:
            orders: tuple[DateOrder, ...] = ("day-first", "month-first", "year-first")
            answer = ask_date_order(
                f"{delivered.name}, column {name}",
                form.unclear,
                orders if form.may_be_year_first else orders[:2],
                questions,
                _likely_order(form, delivered, folder),
            )
            if answer is not None:
                formats |= dict.fromkeys(ordered(form.formats, answer.value), answer)
        else:
            why = f"{name}: {form.order}, by values above 12" if form.order else f"values of {name}"
            formats |= dict.fromkeys(form.formats, Guess("", "sure", why))
    turned = [text for text in formats if text.translate(_SWAP) in formats and "%d" in text and "%m" in text]
    if turned:
        questions.ask(
            Question(
                UnwantedDates(table),
                f"--map {table}.COLUMN=none",
                f"{delivered.name}: dates are written in two orders, {' and '.join(turned)}; leave one column out",
                tuple(columns),
            )
        )
    if not formats:
        return {}
    first = next(iter(formats.values()))
    value = list(formats) if len(formats) > 1 else next(iter(formats))
    return {"date_format": Guess(value, first.certainty, first.why)}


def ask_date_order(
    where: str,
    example: str,
    orders: Sequence[DateOrder],
    questions: OpenQuestions,
    likely: tuple[DateOrder, str] | None = None,
) -> Guess | None:
    """The order of day, month and year, where no value of the column shows it.

    Parameters
    ----------
    where: the file and its column.
    example: a date whose order is open.
    orders: that it can have.
    questions: with the answers that people gave; is added to.
    likely: the order that other dates have, and why it is thought so.

    Raises
    ------
    UsageError: people said an order in which the dates are none.
    """
    in_words = " or ".join(order.replace("-", " ") for order in orders)
    flag = f"{CompanyFact.DATE_ORDER.flag} {'|'.join(orders)}"
    if likely is not None and likely[0] in orders:
        order, why = likely
        flag = f"{CompanyFact.DATE_ORDER.flag} {'|'.join(each for each in orders if each != order)}"
        prompt = f"{where}: {example} is {order.replace('-', ' ')}, {why}"
        question = Question(CompanyFact.DATE_ORDER, flag, prompt, tuple(orders), order, likely=True)
    else:
        prompt = f"{where}: is {example} {in_words}? No value shows it"
        question = Question(CompanyFact.DATE_ORDER, flag, prompt, tuple(orders))
    answer = questions.ask(question)
    if answer is None:
        questions.by_key[question.key] = question  # also where another column's order is likely
    elif answer.value not in orders:
        raise UsageError(f"{where}: {example} is not {answer.value.replace('-', ' ')}; it is {in_words}")
    return answer


def _likely_order(
    form: DateForm, delivered: DeliveredTable, folder: Iterable[DeliveredTable]
) -> tuple[DateOrder, str] | None:
    """The order of dates that are written alike, in the file, else in the folder; None where they show none, or two."""
    others = [each for each in folder if each.name != delivered.name]
    for files in ([delivered], others):
        shown = {
            values.date.order: f"as in {name} of {file.name}"
            for file in files
            for name, values in file.contents.items()
            if values.date.order and _are_written_alike(form, values.date)
        }
        if shown:
            return next(iter(shown.items())) if len(shown) == 1 else None
    return None


def _are_written_alike(form: DateForm, shown: DateForm) -> bool:
    """Whether the signs between day and month are the same, and the year has as many digits."""
    ours = {_CLOCK.sub("", text) for text in ordered(form.formats, shown.order or "day-first")}
    return not ours.isdisjoint(_CLOCK.sub("", text) for text in shown.formats)


def _serial_format(delivered: DeliveredTable, name: str, questions: OpenQuestions) -> Guess:
    """From which day a column's serial numbers count: asked, but where one of the two gives days that are not yet."""
    texts, as_of = delivered.contents[name].texts, questions.answers.as_of
    example = next(text for text in texts if is_serial(text))
    by_1900, by_1904 = (serial_day(example, each) for each in SERIAL_EPOCHS)
    newest = max(serial_day(text, "excel-1904") for text in texts if is_serial(text))
    if questions.answers.date_system is None and as_of is not None and newest > np.datetime64(as_of):
        return Guess("excel", "sure", f"{name}: serial numbers of days, {example} is {by_1900}")
    answer = questions.ask(
        Question(
            CompanyFact.DATE_SYSTEM,
            "--date-system 1900|1904",
            f"{delivered.name}, column {name}: {example} is the serial number of a day, {by_1900} as Excel counts, "
            f"or {by_1904} in a workbook of the 1904 date system; 1900 or 1904?",
            ("1900", "1904"),
            "1900",
            likely=True,
        )
    )
    system = answer or Guess("1900", "likely")
    why = f"{name}: serial numbers of days, {example} is {by_1904 if system.value == '1904' else by_1900}"
    return Guess("excel-1904" if system.value == "1904" else "excel", system.certainty, why)


def _named_currencies(delivered: DeliveredTable, columns: list[str], questions: OpenQuestions) -> list[str]:
    """What amounts say of their currency against what people said.

    Raises
    ------
    UsageError: a column has amounts of two currencies.
    """
    notes, said = [], questions.answers.currency
    for name in columns:
        named = delivered.contents[name].currencies
        if len(named) > 1:
            first, second = list(named.values())[:2]
            raise UsageError(
                f"{delivered.name}, column {name}: {first} and {second} are amounts of two currencies in one column; "
                f'deliver a file for each currency, or leave this one out with --table "{delivered.name}=none"'
            )
        for currency, example in named.items():
            if said is not None and said not in CURRENCIES_OF.get(currency, (currency,)):
                notes.append(f"{name} has amounts such as {example}; taken as {said}, as you said")
    return notes


_SWAP = str.maketrans("dm", "md")
_CLOCK = re.compile(r"[ T].*$")
"""The clock behind a day's format."""
