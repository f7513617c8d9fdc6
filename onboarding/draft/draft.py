"""What is found out: tables with their mapping, how sure each guess is, and what has to be asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from onboarding.survey.delivered import Delivered

Sure = Literal["sure", "likely", "told", "assumed"]
"""Sure: names or values leave no doubt. Likely: the best of several readings. Told: by a flag or an answer. Assumed: a
harmless default, said so."""

Answers = Mapping[str, str]
"""What people said, by the key of the question."""


@dataclass(frozen=True)
class Guess:
    """A value for a setting, how sure it is, and why it is thought so."""

    value: Any
    sure: Sure
    why: str = ""


@dataclass(frozen=True)
class Question:
    """Something that files alone cannot tell, or not surely.

    Attributes
    ----------
    key: of the answer.
    flag: how it is said on the command line.
    asks: the question, with the file, the column and an example.
    choices: the only answers, where there are few.
    suggested: what is most likely; shown on a terminal.
    likely: whether the suggestion is taken where people say `--yes`; never true of what is ambiguous.
    """

    key: str
    flag: str
    asks: str
    choices: tuple[str, ...] = ()
    suggested: str | None = None
    likely: bool = False


@dataclass
class Asked:
    """Questions in the order in which they came up, each once."""

    answers: Answers
    questions: dict[str, Question] = field(default_factory=dict)

    def answer(self, question: Question) -> Guess | None:
        """What people said, or what is likely; None, and the question kept, where neither is there.

        A likely answer is kept as a question too: a person at a terminal confirms it.
        """
        if question.key in self.answers:
            return Guess(self.answers[question.key], "told", "told")
        self.questions.setdefault(question.key, question)
        if question.likely and question.suggested is not None:
            return Guess(question.suggested, "likely", question.asks.split(": ", 1)[-1])
        return None


@dataclass(frozen=True)
class TableDraft:
    """One `[sources.TABLE]` to be.

    Attributes
    ----------
    table: canonical table.
    delivered: where its rows come from.
    kind: why this file is this table.
    connector: format of another system's export.
    columns: canonical column = column of the file, or an expression.
    constants: canonical column = one value.
    keys: further keys of `[sources.TABLE]`, such as date_format.
    unused: columns of the file that nothing uses.
    why_unused: of some of them, the reason.
    notes: what is a fault in the file, in sentences.
    drawn: whether the file is another table's, and this one is made from it.
    lacks: required columns that nothing gives.
    """

    table: str
    delivered: Delivered
    kind: Guess
    connector: str | None = None
    columns: dict[str, Guess] = field(default_factory=dict)
    constants: dict[str, Guess] = field(default_factory=dict)
    keys: dict[str, Guess] = field(default_factory=dict)
    unused: tuple[str, ...] = ()
    why_unused: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    drawn: bool = False
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True)
class SettingsDraft:
    """All of a `restock.toml` to be.

    Attributes
    ----------
    tables: in the order of the contracts.
    company, data: settings of `[company]` and `[data]`.
    questions: what is still open, or only likely.
    left: files and tables that are not used, and why.
    """

    tables: tuple[TableDraft, ...]
    company: dict[str, Guess]
    data: dict[str, Guess]
    questions: tuple[Question, ...]
    left: tuple[tuple[str, str], ...]

    @property
    def ambiguous(self) -> tuple[Question, ...]:
        """Questions that only a person can answer."""
        return tuple(question for question in self.questions if not question.likely)

    @property
    def likely(self) -> tuple[Question, ...]:
        """Questions whose likely answer `--yes` takes."""
        return tuple(question for question in self.questions if question.likely)
