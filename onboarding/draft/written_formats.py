"""How the numbers and dates of a table's file are written: keys of `[sources.TABLE]`, or questions."""

from collections.abc import Iterable, Mapping

from data_contracts.contract import Contract
from onboarding.answers import CompanyFact, UnwantedDates
from onboarding.questions import Guess, OpenQuestions, Question, user_answer
from onboarding.survey.delivered import DeliveredTable
from onboarding.survey.values import Values, ordered, proven_decimals, thousands_sign
from settings import UsageError

_FAULTS = 0.05
"""Share of rows whose decimal sign is another that is taken as a fault rather than asked about."""


def written_formats(
    contract: Contract,
    delivered: DeliveredTable,
    used: Mapping[str, Iterable[str]],
    questions: OpenQuestions,
    notes: list[str],
) -> dict[str, Guess]:
    """Separator, encoding, decimal and thousands sign, date formats and texts that mean nothing.

    Parameters
    ----------
    contract: of the table.
    delivered: the file.
    used: canonical column = the delivered columns that it is made of.
    questions: with the answers that people gave; is added to.
    notes: what is a fault in the file; is added to.
    """
    keys: dict[str, Guess] = {}
    if delivered.separator:
        keys["separator"] = Guess(delivered.separator, "sure", "the sign between the headings")
    if delivered.encoding:
        keys["encoding"] = Guess(delivered.encoding, "likely", "no UTF-8, and readable as the code page of Windows")
    kinds = {column.name: column.kind for column in contract.columns}
    numbers = [name for column, names in used.items() if kinds[column] == "number" for name in names]
    dates = {column: list(names) for column, names in used.items() if kinds[column] == "date"}
    keys |= _numbers(delivered, numbers, questions, notes)
    keys |= _dates(contract.table, delivered, dates, questions)
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


def _numbers(
    delivered: DeliveredTable, columns: list[str], questions: OpenQuestions, notes: list[str]
) -> dict[str, Guess]:
    """Decimal and thousands sign: as most rows prove them, else as people said."""
    written = [name for name in columns if delivered.typed.get(name) != "number"]
    contents = {name: delivered.contents[name] for name in written}
    texts = [text for values in contents.values() for text in values.numbers or values.texts]
    proven = {name: _proven(delivered, name) for name in written}
    rows = {sign: sum(each[sign][0] for each in proven.values() if sign in each) for sign in ",."}
    more = max(rows, key=lambda sign: rows[sign])
    unclear = [(name, values.number.unclear) for name, values in contents.items() if values.number.unclear]
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
    table: str, delivered: DeliveredTable, columns: Mapping[str, list[str]], questions: OpenQuestions
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
        if form.unclear:
            answer = questions.ask(
                Question(
                    CompanyFact.DATE_ORDER,
                    "--date-order day-first|month-first",
                    f"{delivered.name}, column {name}: is {form.unclear} day first or month first? No value shows it",
                    ("day-first", "month-first"),
                )
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


_SWAP = str.maketrans("dm", "md")
