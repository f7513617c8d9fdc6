# ruff: noqa: E501 - the words of one unit in one line
"""Lead times as people write them: "10 days", "8-10 weeks", "2 Wochen", "about 1 month", "3 à 4 semaines", "2週間"."""

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Unit: TypeAlias = Literal["days", "weeks"]

_WORKING_DAY = 7 / 5
_WORDS: Mapping[float, str] = {
    1.0: "d day days calendar tag tage tagen kalendertage jour jours j jrs dia dias giorno giorni gg g dag dagen dagar kalenderdagar dzien dni dnia 日 日間",
    _WORKING_DAY: "working workday workdays business werktag werktage werktagen arbeitstag arbeitstage arbeitstagen at ouvre ouvres ouvrable ouvrables "
    "habil habiles laborable laborables lavorativo lavorativi werkdag werkdagen arbetsdag arbetsdagar roboczy robocze roboczych uteis util 営業日",
    7.0: "w wk wks week weeks woche wochen kw semaine semaines sem semana semanas settimana settimane weken v vecka veckor tydzien tygodnie tygodni tyg 週 週間",
    30.0: "m mo mth month months monat monate monaten mois mes meses mese mesi maand maanden manad manader man mies miesiac miesiace miesiecy か月 ヶ月 カ月 ヵ月 ケ月 月",
    365.0: "y yr year years jahr jahre an ans annee annees ano anos anno anni jaar ar rok lata lat 年",
}  # fmt: skip
_LETTERS = str.maketrans({"ł": "l", "Ł": "l"})
"""Letters that Unicode does not take apart into a plain one and its sign."""


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(sign for sign in apart if not unicodedata.combining(sign)).casefold()


UNIT_DAYS: Mapping[str, float] = {_plain(word): days for days, words in _WORDS.items() for word in words.split()}
"""Calendar days of each unit's word, in lower case and without accents. A working day is 7/5 of a day, a month 30 days."""

_NUMBER = r"\d+(?:[.,]\d+)?"
_UNIT = "(?:" + "|".join(sorted(map(re.escape, UNIT_DAYS), key=len, reverse=True)) + r")(?![^\W\d_])"
_DURATION = re.compile(
    r"(?:ca|circa|about|approx|around|etwa|environ|env|unos|aprox|ongeveer|okolo|~|約|<|up to|bis zu|max)?\.?\s*"
    rf"(?P<low>{_NUMBER})\s*(?P<first>{_UNIT})?\.?\s*"
    rf"(?:(?:-|\u2013|\u2014|~|to|bis|a|ate|til|tot|till|do|et|until|から|\u301c|\uff5e)\s*(?P<high>{_NUMBER})\s*)?"
    rf"(?P<unit>{_UNIT})?\.?(?:\s+(?P<more>{_UNIT}))?\.?"
)
_DAY = 1.0


def read_duration(text: str, unit: Unit = "days") -> tuple[float, float] | None:
    """The shortest and the longest number of calendar days that a text names; None where it is no duration.

    Parameters
    ----------
    unit: of a number without one.

    >>> read_duration("8-10 weeks"), read_duration("1 week"), read_duration("3 à 4 semaines")
    ((56.0, 70.0), (7.0, 7.0), (21.0, 28.0))
    >>> read_duration("10 working days"), read_duration("21"), read_duration("soon")
    ((14.0, 14.0), (21.0, 21.0), None)
    """
    found = _DURATION.fullmatch(_plain(text).strip())
    if found is None:
        return None
    words = [word for word in (found["unit"], found["more"], found["first"]) if word]
    days = [UNIT_DAYS[word] for word in words]
    # "working days" and "jours ouvrés" name the day twice; the longer of both is meant.
    times = max(days[:2]) if days else 7.0 if unit == "weeks" else _DAY
    first = UNIT_DAYS[found["first"]] if found["first"] and found["high"] else times
    low = _number(found["low"]) * first
    return low, max(low, _number(found["high"]) * times) if found["high"] else low


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def has_unit(text: str) -> bool:
    """Whether a text is a duration that names its unit, or a range."""
    found = _DURATION.fullmatch(_plain(text).strip())
    return found is not None and bool(found["unit"] or found["first"] or found["high"])


def is_range(text: str) -> bool:
    """Whether a text names a shortest and a longest duration."""
    read = read_duration(text)
    return read is not None and read[0] < read[1]


def mean_days(texts: Sequence[str | None], unit: Unit) -> NDArray[np.float64]:
    """The middle of what each text names, in calendar days; NaN where it is no duration."""
    read = (read_duration(text or "", unit) for text in texts)
    return np.array([math.nan if each is None else sum(each) / 2 for each in read], dtype=np.float64)


def spread_days(texts: Sequence[str | None], unit: Unit) -> NDArray[np.float64]:
    """Standard deviation of what each text names, in calendar days; NaN where it names no range.

    Within a range each day is as likely as any other. Source: a uniform distribution's deviation, width / sqrt(12).
    """
    read = (read_duration(text or "", unit) for text in texts)
    widths = [math.nan if each is None or each[0] == each[1] else each[1] - each[0] for each in read]
    return np.array(widths, dtype=np.float64) / math.sqrt(12)
