"""What files alone do not say: guesses with how sure they are, and the questions that only people can answer."""

from dataclasses import dataclass, field
from typing import Any, Literal

from onboarding.answers import Answers, Key

Certainty = Literal["sure", "likely", "given", "assumed"]
"""Sure: names or values leave no doubt. Likely: the best of several readings. Given: by a flag or an answer. Assumed: a
harmless default, said so."""


@dataclass(frozen=True)
class Guess:
    """A value for a setting, how sure it is, and why it is thought so."""

    value: Any
    certainty: Certainty
    why: str = ""


def user_answer(value: Any) -> Guess:
    """A value that people gave, by a flag or as an answer."""
    return Guess(value, "given", "given")


@dataclass(frozen=True)
class Question:
    """Something that files alone do not say, or not surely.

    Attributes
    ----------
    key: of the answer.
    flag: how it is said on the command line.
    prompt: the question, with the file, the column and an example.
    choices: the only answers, where there are few.
    suggested: what is most likely, as a person writes it; shown on a terminal.
    likely: whether the suggestion is taken where people say `--yes`; never true of what is ambiguous.
    options: answers that the prompt numbers from 1, so that their number is enough on a terminal.
    """

    key: Key
    flag: str
    prompt: str
    choices: tuple[str, ...] = ()
    suggested: str | None = None
    likely: bool = False
    options: tuple[str, ...] = ()


@dataclass
class OpenQuestions:
    """Questions without an answer, in the order in which they came up, each once; `answered` are keys of the others."""

    answers: Answers
    by_key: dict[Key, Question] = field(default_factory=dict)
    answered: set[Key] = field(default_factory=set)

    def ask(self, question: Question) -> Guess | None:
        """What people said, or what is likely; None, and the question kept, where neither is there.

        A likely answer is kept as a question too: a person at a terminal confirms it.
        """
        said = self.answers.get(question.key)
        if said is not None:
            self.answered.add(question.key)
            return user_answer(said)
        self.keep(question)
        if question.likely and question.suggested is not None:
            return Guess(question.suggested, "likely", question.prompt.split(": ", 1)[-1])
        return None

    def keep(self, question: Question) -> None:
        """Keep a question, unless one with its key is kept already."""
        self.by_key.setdefault(question.key, question)
