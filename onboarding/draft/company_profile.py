"""What holds for the whole company: as people said, else as any of its files shows, else asked."""

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from data_contracts.parsing import ISO_CURRENCIES
from data_contracts.tables import CONTRACTS
from intake.connectors.conversion import text_frame
from intake.sources.raw import RawTable
from onboarding.answers import ColumnConstant, CompanyFact
from onboarding.draft.recognition.column_matching import match_table
from onboarding.draft.recognition.file_recognition import RecognisedFile
from onboarding.questions import Guess, OpenQuestions, Question, user_answer
from onboarding.survey.delivered import DeliveredTable
from onboarding.survey.values import read_days
from onboarding.survey.wide_files import period_of
from settings import DataRefused, SettingsError, TableSource

_ISO_DAY = re.compile(r"(?<!\d)(20\d{2})-?(\d{2})-?(\d{2})(?!\d)")
_STOCKING = ("inventory", "stock_levels", "sales", "supply_terms", "purchase_orders")
_SHOWN_LOCATIONS = 5
_STANDS_FOR_ANY = "1"


@dataclass
class CompanyProfile:
    """All recognised files, what people said, and what is still to be asked.

    Attributes
    ----------
    files: one for each table.
    questions: with the answers that people gave.
    row_kinds: files and columns whose texts say what kind of row each is, so that they are nothing else.
    totals, total_rows: by file, the texts of rows of totals, and which rows these are.
    prices_with_tax: by file and column, how a price with tax becomes one without; None where no formula does.
    """

    files: tuple[RecognisedFile, ...]
    questions: OpenQuestions
    row_kinds: set[tuple[str, str]] = field(default_factory=set, init=False)
    totals: dict[str, dict[str, list[str]]] = field(default_factory=dict, init=False)
    total_rows: dict[str, NDArray[np.bool_]] = field(default_factory=dict, init=False)
    prices_with_tax: dict[tuple[str, str], str | None] = field(default_factory=dict, init=False)
    _facts: dict[CompanyFact | ColumnConstant, Guess | None] = field(default_factory=dict, init=False)
    _conversions: dict[tuple[str, str], pd.DataFrame | None] = field(default_factory=dict, init=False)

    def file_of(self, table: str) -> RecognisedFile | None:
        """The file that is a table, not one that the table is derived from."""
        return next((file for file in self.files if file.table == table), None)

    def source_of(self, table: str) -> RecognisedFile | None:
        """The file that is a table, else the export that feeds it too."""
        own = self.file_of(table)
        return own or next((file for file in self.files if file.export and table in file.export.tables), None)

    def converted(self, file: RecognisedFile, table: str) -> pd.DataFrame | None:
        """Canonical columns, as text, that an export's connector makes of the rows that were looked at; made once.

        None where the export does not feed the table, or its connector refuses the rows; the check then says why.
        """
        key = (file.delivered.name, table)
        if key not in self._conversions:
            self._conversions[key] = _converted(file, table)
        return self._conversions[key]

    def currency(self) -> Guess | None:
        """The currency of amounts that name none: the only one that columns or headings name, else asked."""
        return self._once(CompanyFact.CURRENCY, self._currency)

    def _currency(self) -> Guess | None:
        if self.questions.answers.currency is None:
            named = self._values("currency", ("sales", "supply_terms", "products"), upper=True)
            if len(named) == 1:
                return Guess(named.pop(), "sure", "the only currency in the files")
            headings = (heading for file in self.files for heading in file.delivered.headings.values())
            headed = {heading.currency for heading in headings if heading.currency}
            if not named and len(headed) == 1:
                return Guess(headed.pop(), "sure", "named in a heading")
            beside = {
                each for file in self.files for values in file.delivered.contents.values() for each in values.currencies
            }
            if not named and not headed and len(beside) == 1 and not beside.isdisjoint(ISO_CURRENCIES):
                return Guess(beside.pop(), "sure", "beside the amounts")
        prompt = "In which currency are prices and costs, and the company's reports?"
        return self.questions.ask(Question(CompanyFact.CURRENCY, "--currency EUR", prompt))

    def location(self) -> Guess | None:
        """The stocking location of rows that name none: the only one there is, else asked."""
        return self._once(CompanyFact.LOCATION, self._location)

    def _location(self) -> Guess | None:
        named = self._values("location", _STOCKING) if self.questions.answers.location is None else set()
        if len(named) == 1:
            return Guess(named.pop(), "sure", "the only location in the files")
        prompt = "What is the name of the location where your stock is kept? No file gives one"
        if named:
            shown = ", ".join(sorted(named)[:_SHOWN_LOCATIONS]) + (", ..." if len(named) > _SHOWN_LOCATIONS else "")
            prompt = f"Which location applies to sales and supply terms that give none? The files have {shown}"
        return self.questions.ask(Question(CompanyFact.LOCATION, "--location MAIN", prompt))

    def country(self) -> Guess | None:
        """The country whose public holidays apply: the only country of the locations, else asked."""
        return self._once(CompanyFact.COUNTRY, self._country)

    def _country(self) -> Guess | None:
        named = self._values("country", ("locations",), upper=True)
        if len(named) == 1 and self.questions.answers.country is None:
            return Guess(named.pop(), "sure", "the country of all locations")
        prompt = "Which country's public holidays apply where you sell? Its two-letter code"
        return self.questions.ask(Question(CompanyFact.COUNTRY, "--country DE", prompt))

    def as_of(self, delivered: DeliveredTable) -> Guess | None:
        """The day at whose end stock was counted, where the file has no such column."""
        if self.questions.answers.as_of is None:
            day = _day_in(delivered.name)
            others = {file.delivered.name for file in self.files} - {delivered.name}
            if day is not None and not any(_day_in(other) == day for other in others):
                return Guess(day, "sure", f"the date in the name of {delivered.name}")
        newest = self.newest_sale()
        last = f"; the newest sale is of {newest}" if newest else ""
        prompt = f"{delivered.name}: at the end of which day was the stock counted? The file does not say{last}"
        suggested = newest.isoformat() if newest else None
        return self.questions.ask(Question(CompanyFact.AS_OF, "--as-of 2026-06-30", prompt, suggested=suggested))

    def newest_sale(self) -> dt.date | None:
        """The last day of the newest period with sales."""
        days = self.sale_days()
        if not days:
            return None
        rhythm = period_of(days)
        return days[-1] + dt.timedelta(days=6) if rhythm and rhythm[0] == "week" else days[-1]

    def sale_days(self) -> list[dt.date]:
        """Distinct days of sales that can be read without doubt, ascending."""
        file = self.file_of("sales")
        if file is None:
            return []
        if file.wide is not None:
            year = self.questions.answers.year
            months = () if year is None else file.wide.of_years(year).values()
            return list(file.wide.dates) or read_days(list(months))
        if file.export is not None:
            frame = self.converted(file, "sales")
            return read_days(frame["date"].unique().tolist()) if frame is not None and "date" in frame else []
        match = match_table(CONTRACTS["sales"], file.delivered).get("date")
        values = file.delivered.contents[match.delivered] if match else None
        if values is None or values.date.unclear or values.date.both:
            return []
        return read_days(values.texts, (*values.date.formats, self.serial_format()))

    def serial_format(self) -> str:
        """How serial numbers of spreadsheets are read: as people said, else as Excel counts them."""
        return "excel-1904" if self.questions.answers.date_system == "1904" else "excel"

    def timezone(self, delivered: DeliveredTable, columns: Iterable[str]) -> Guess | None:
        """The zone in which instants with an offset become days; None where no column has such instants.

        Parameters
        ----------
        columns: the delivered columns that are used.
        """
        zoned = [name for name in columns if delivered.contents[name].date.zoned]
        if not zoned:
            return None
        example = delivered.contents[zoned[0]].texts[0]
        prompt = (
            f"{delivered.name}, column {zoned[0]}: {example} is a time with an offset. In which time zone is your "
            "business's day?"
        )
        return self.ask(CompanyFact.TIMEZONE, f"{CompanyFact.TIMEZONE.flag} Europe/Berlin", prompt)

    def known_timezone(self) -> Guess | None:
        """The zone, where people said it, also where no file has instants."""
        return self._facts.get(CompanyFact.TIMEZONE) or self.answer_to(CompanyFact.TIMEZONE)

    def answer_to(self, fact: CompanyFact) -> Guess | None:
        """What people said, without asking."""
        value = self.questions.answers.get(fact)
        return None if value is None else user_answer(value)

    def ask(
        self, key: CompanyFact | ColumnConstant, flag: str, prompt: str, choices: tuple[str, ...] = ()
    ) -> Guess | None:
        """Something that only people know; asked once, however many tables need it.

        Parameters
        ----------
        key: of the answer.
        flag: how it is said on the command line, with an example.
        prompt: the question.
        choices: the only answers, where there are few.
        """
        return self._once(key, lambda: self.questions.ask(Question(key, flag, prompt, choices)))

    def ask_choice(self, fact: CompanyFact, choices: tuple[str, ...], prompt: str) -> Guess | None:
        """One of few answers that only people know."""
        return self.ask(fact, f"{fact.flag} {'|'.join(choices)}", prompt, choices)

    def _once(self, key: CompanyFact | ColumnConstant, find: Callable[[], Guess | None]) -> Guess | None:
        if key not in self._facts:
            self._facts[key] = find()
        return self._facts[key]

    def _values(self, column: str, tables: Iterable[str], *, upper: bool = False) -> set[str]:
        """Distinct values of a canonical column in the files of these tables that surely have it."""
        found: set[str] = set()
        for table in tables:
            file = self.source_of(table)
            if file is None:
                continue
            if file.export is not None:
                frame = self.converted(file, table)
                found.update(text for text in (frame[column] if frame is not None and column in frame else ()) if text)
                continue
            match = match_table(CONTRACTS[table], file.delivered, file.wide.keys if file.wide else None).get(column)
            if match is not None and match.is_sure:
                found.update(file.delivered.contents[match.delivered].texts)
        return {text.upper() for text in found} if upper else found


def _converted(file: RecognisedFile, table: str) -> pd.DataFrame | None:
    export, rows = file.export, file.delivered.rows
    if export is None or table not in export.tables:
        return None
    texts = pa.table({name: pa.array(rows[name].astype(str), pa.string()) for name in rows.columns})
    raw = RawTable(file.delivered.name, "", texts, np.arange(2, len(rows) + 2, dtype=np.int64))
    constants = dict.fromkeys(export.needs.get(table, ()), _STANDS_FOR_ANY)
    try:
        return text_frame(export.tables[table](raw, TableSource(path=file.delivered.name, constants=constants)))
    except (DataRefused, SettingsError):
        return None


def _day_in(name: str) -> dt.date | None:
    for year, month, day in _ISO_DAY.findall(name):
        try:
            return dt.date(int(year), int(month), int(day))
        except ValueError:
            continue
    return None
