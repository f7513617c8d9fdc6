"""What holds for the whole company: told by people, else found in any of its files, else asked."""

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import pandas as pd

from data_contracts.tables import CONTRACTS
from onboarding.draft.column_guesses import match_table
from onboarding.draft.converted import converted
from onboarding.draft.draft import Asked, Guess, Question
from onboarding.draft.recognition import Recognised
from onboarding.survey.delivered import Delivered
from onboarding.survey.values import read_days
from onboarding.survey.wide import period_of

_ISO_DAY = re.compile(r"(?<!\d)(20\d{2})-?(\d{2})-?(\d{2})(?!\d)")
_STOCKING = ("inventory", "stock_levels", "sales", "supply_terms", "purchase_orders")


@dataclass
class CompanyProfile:
    """All recognised files, what people said, and what is still to be asked."""

    found: tuple[Recognised, ...]
    asked: Asked
    facts: dict[str, Guess | None] = field(default_factory=dict)
    conversions: dict[tuple[str, str], pd.DataFrame | None] = field(default_factory=dict)

    def of_table(self, table: str) -> Recognised | None:
        """The file that is a table, not one that it is drawn from."""
        return next((found for found in self.found if found.table == table), None)

    def values(self, column: str, tables: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Distinct values of a canonical column, by the files of these tables that have it."""
        result = {}
        for table in tables:
            found = self.feeding(table)
            if found is None:
                continue
            if found.export is not None:
                frame = self.converted(found, table)
                if frame is not None and column in frame:
                    result[table] = tuple(sorted({text for text in frame[column] if text}))
                continue
            among = found.wide.keys if found.wide else None
            match = match_table(CONTRACTS[table], found.delivered, among).get(column)
            if match is not None and match.is_sure:
                result[table] = found.delivered.contents[match.delivered].texts
        return result

    def feeding(self, table: str) -> Recognised | None:
        """The file that is a table, else the export that feeds it too."""
        own = self.of_table(table)
        return own or next((each for each in self.found if each.export and table in each.export.tables), None)

    def converted(self, found: Recognised, table: str) -> pd.DataFrame | None:
        """What an export becomes, made once."""
        key = (found.delivered.name, table)
        if key not in self.conversions:
            self.conversions[key] = converted(found, table, self.asked.answers)
        return self.conversions[key]

    def currency(self) -> Guess | None:
        """The currency of amounts that name none: the only one that columns or headings name, else asked."""
        return self._once("currency", self._currency)

    def _currency(self) -> Guess | None:
        if "currency" not in self.asked.answers:
            named = {
                text.upper()
                for texts in self.values("currency", ("sales", "supply_terms", "products")).values()
                for text in texts
            }
            if len(named) == 1:
                return Guess(named.pop(), "sure", "the only currency in the files")
            headed = {h.currency for found in self.found for h in found.delivered.headings.values() if h.currency}
            if not named and len(headed) == 1:
                return Guess(headed.pop(), "sure", "named in a heading")
        return self.asked.answer(
            Question("currency", "--currency EUR", "In which currency are prices and costs, and the company's reports?")
        )

    def location(self) -> Guess | None:
        """The stocking location of rows that name none: the only one there is, else asked."""
        return self._once("location", self._location)

    def _location(self) -> Guess | None:
        named = {text for texts in self.values("location", _STOCKING).values() for text in texts}
        if len(named) == 1 and "location" not in self.asked.answers:
            return Guess(named.pop(), "sure", "the only location in the files")
        if named and "location" not in self.asked.answers:
            shown = ", ".join(sorted(named)[:5]) + (", ..." if len(named) > 5 else "")
            asks = f"Which location do sales and supply terms mean that name none? The files have {shown}"
        else:
            asks = "What is the place called where your stock is kept? No file names one"
        return self.asked.answer(Question("location", "--location MAIN", asks))

    def as_of(self, delivered: Delivered) -> Guess | None:
        """The day at whose end stock was counted, where the file has no such column."""
        if "as_of" not in self.asked.answers:
            day = _day_in(delivered.name)
            others = {found.delivered.name for found in self.found} - {delivered.name}
            if day is not None and not any(_day_in(other) == day for other in others):
                return Guess(day.isoformat(), "sure", f"the date in the name of {delivered.name}")
        newest = self.newest_sale()
        last = f"; the newest sale is of {newest}" if newest else ""
        asks = f"{delivered.name}: at the end of which day was the stock counted? The file does not say{last}"
        return self.asked.answer(
            Question("as_of", "--as-of 2026-06-30", asks, suggested=newest.isoformat() if newest else None)
        )

    def newest_sale(self) -> dt.date | None:
        """The last day of the newest period with sales."""
        days = self.sale_days()
        if not days:
            return None
        rhythm = period_of(days)
        return days[-1] + dt.timedelta(days=6) if rhythm and rhythm[0] == "week" else days[-1]

    def sale_days(self) -> list[dt.date]:
        """Distinct days of sales that can be read without doubt, ascending."""
        found = self.of_table("sales")
        if found is None:
            return []
        if found.wide is not None:
            return list(found.wide.dates)
        if found.export is not None:
            frame = self.converted(found, "sales")
            return read_days(frame["date"].unique().tolist()) if frame is not None and "date" in frame else []
        match = match_table(CONTRACTS["sales"], found.delivered).get("date")
        values = found.delivered.contents[match.delivered] if match else None
        if values is None or values.date.unclear or values.date.both:
            return []
        return read_days(values.texts, values.date.formats)

    def country(self) -> Guess | None:
        """Whose public holidays hold: the only country of the locations, else asked."""
        return self._once("country", self._country)

    def _country(self) -> Guess | None:
        named = {text.upper() for texts in self.values("country", ("locations",)).values() for text in texts}
        if len(named) == 1 and "country" not in self.asked.answers:
            return Guess(named.pop(), "sure", "the country of all locations")
        return self.asked.answer(
            Question("country", "--country DE", "Whose public holidays hold where you sell? A country of two letters")
        )

    def timezone(self, delivered: Delivered, columns: Iterable[str]) -> Guess | None:
        """The zone in which instants with an offset become days; None where no column has such instants."""
        zoned = [name for name in columns if delivered.contents[name].date.zoned]
        if not zoned:
            return None
        example = delivered.contents[zoned[0]].texts[0]
        asks = (
            f"{delivered.name}, column {zoned[0]}: {example} is a time with an offset. In which time zone is your "
            "business's day?"
        )
        return self.told("timezone", "--timezone Europe/Berlin", asks)

    def told(self, key: str, flag: str, asks: str) -> Guess | None:
        """Something that only people know."""
        return self._once(key, lambda: self.asked.answer(Question(key, flag, asks)))

    def told_choice(self, key: str, choices: tuple[str, ...], asks: str) -> Guess | None:
        """One of few answers that only people know."""
        flag = f"--{key.replace('_', '-')} {'|'.join(choices)}"
        return self._once(key, lambda: self.asked.answer(Question(key, flag, asks, choices)))

    def _once(self, key: str, find: Callable[[], Guess | None]) -> Guess | None:
        if key not in self.facts:
            self.facts[key] = find()
        return self.facts[key]


def _day_in(name: str) -> dt.date | None:
    for year, month, day in _ISO_DAY.findall(name):
        try:
            return dt.date(int(year), int(month), int(day))
        except ValueError:
            continue
    return None
