"""What is drafted: one `[sources.TABLE]` while it is made and when it is done, and all of a `restock.toml` to be."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from onboarding.answers import Key
from onboarding.draft.company_profile import CompanyProfile
from onboarding.draft.recognition.column_matching import Match
from onboarding.draft.recognition.file_recognition import RecognisedFile
from onboarding.questions import Certainty, Guess, Question
from onboarding.survey.delivered import DeliveredTable


@dataclass(frozen=True)
class TextReading:
    """What a text of a column is taken to say of its rows.

    Attributes
    ----------
    column, text: as delivered.
    meaning: in words of the trade, such as sold.
    certainty: how sure that is.
    rows: how many have the text.
    """

    column: str
    text: str
    meaning: str
    certainty: Certainty
    rows: int


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
    texts: what the texts of its states and kinds of rows are taken to say.
    derived: whether the file is another table's, and this one is made from it.
    missing: required columns that nothing gives.
    """

    table: str
    delivered: DeliveredTable
    kind: Guess
    connector: str | None = None
    columns: dict[str, Guess] = field(default_factory=dict)
    constants: dict[str, Guess] = field(default_factory=dict)
    keys: dict[str, Guess] = field(default_factory=dict)
    unused: tuple[str, ...] = ()
    why_unused: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    texts: tuple[TextReading, ...] = ()
    derived: bool = False
    missing: tuple[str, ...] = ()


@dataclass
class TableMapping:
    """A table's mapping while it is being made.

    Attributes
    ----------
    file: what it is made from.
    matches: delivered columns for the table's that are not mapped yet.
    columns, constants, keys: of the draft.
    why_unused: delivered column = why it is not used.
    notes: what is a fault in the file.
    texts: what the texts of its states and kinds of rows are taken to say.
    unpivoted: columns that a wide file gets by being unpivoted.
    price: column of unit prices that a joined file brings.
    main: columns of the table that the file is, where this one is derived from it.
    derived: whether it is.
    asked: columns about which people are asked, so that nothing else is made of them.
    is_to_come: whether the units of orders are those that are still to come.
    """

    table: str
    file: RecognisedFile
    profile: CompanyProfile
    matches: dict[str, Match]
    columns: dict[str, Guess] = field(default_factory=dict)
    constants: dict[str, Guess] = field(default_factory=dict)
    keys: dict[str, Guess] = field(default_factory=dict)
    why_unused: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    texts: list[TextReading] = field(default_factory=list)
    unpivoted: tuple[str, ...] = ()
    price: str | None = None
    main: Mapping[str, Guess] = field(default_factory=dict)
    derived: bool = False
    asked: set[str] = field(default_factory=set)
    is_to_come: bool = False

    @property
    def delivered(self) -> DeliveredTable:
        """The rows that it is made from."""
        return self.file.delivered

    def has(self, column: str) -> bool:
        """Whether something gives the column."""
        return column in self.columns or column in self.constants or column in self.unpivoted

    def keep_constant(self, column: str, guess: Guess | None) -> None:
        """Take a constant, where there is one."""
        if guess is not None:
            self.constants[column] = guess

    def keep_column(self, column: str, guess: Guess | None) -> None:
        """Take a mapping, where there is one."""
        if guess is not None:
            self.columns[column] = guess


@dataclass(frozen=True)
class SettingsDraft:
    """All of a `restock.toml` to be.

    Attributes
    ----------
    tables: in the order of the contracts.
    company, data: settings of `[company]` and `[data]`.
    questions: what is still open, or only likely.
    unused_files: files and tables that are not used, and why.
    answered: questions that came up and that people had answered.
    """

    tables: tuple[TableDraft, ...]
    company: dict[str, Guess]
    data: dict[str, Guess]
    questions: tuple[Question, ...]
    unused_files: tuple[tuple[str, str], ...]
    answered: frozenset[Key] = frozenset()

    @property
    def ambiguous(self) -> tuple[Question, ...]:
        """Questions that only a person can answer."""
        return tuple(question for question in self.questions if not question.likely)

    @property
    def likely(self) -> tuple[Question, ...]:
        """Questions whose likely answer `--yes` takes."""
        return tuple(question for question in self.questions if question.likely)
