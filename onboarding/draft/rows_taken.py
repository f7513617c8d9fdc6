"""Which rows of a file are taken, and in which state they are, where the file says it in its own way."""

import re
from collections.abc import Mapping

from data_contracts.contract import Column
from data_contracts.tables import CONTRACTS
from onboarding.draft.draft import Guess, Question
from onboarding.draft.missing import Filling

_LEFT_EMPTY = 0.05


def see_that_choices_fit(filling: Filling, column: Column) -> None:
    """A column of states whose texts are not ours is not taken silently, nor left out silently."""
    name, table, delivered = filling.columns[column.name].value, filling.table, filling.found.delivered
    known = {*column.choices, "canceled"}
    strange = [text for text in delivered.contents[name].texts if re.sub(r"[- ]", "_", text.casefold()) not in known]
    if not strange:
        return
    del filling.columns[column.name]
    default = column.default or column.choices[0]
    flag = f"--constant {table}.{column.name}={default}"
    asks = (
        f"{delivered.name}: {name} says {', '.join(strange[:4])}, and {column.name} knows {', '.join(column.choices)}. "
        f"Which of these is every row?"
    )
    answer = filling.profile.asked.answer(
        Question(f"constant:{table}.{column.name}", flag, asks, column.choices, default)
    )
    if answer is not None:
        filling.constants[column.name] = answer


def leave_out_rows_without(filling: Filling, used: Mapping[str, list[str]]) -> None:
    """Rows without a needed value: of a table drawn from another they are no rows of it; else people decide."""
    delivered, contract, only = filling.found.delivered, CONTRACTS[filling.table], {}
    for column in contract.columns:
        names = used.get(column.name, [])
        if not column.required or len(names) != 1 or not (filling.drawn or column.kind == "date"):
            continue
        name = names[0]
        empty = delivered.rows[name].str.strip().isin({"", *delivered.contents[name].nothing})
        if not empty.any() or (not filling.drawn and empty.mean() <= _LEFT_EMPTY):
            continue
        why = f"{empty.sum():,} of {len(empty):,} rows have no {name}"
        leaves = (
            Guess("yes", "sure")
            if filling.drawn
            else filling.profile.asked.answer(_leave_out(filling, column.name, why))
        )
        if leaves is not None and leaves.value == "yes":
            only[name] = "re:.+"
            filling.keys["only"] = Guess(only, leaves.sure, why)


def _leave_out(filling: Filling, column: str, why: str) -> Question:
    return Question(
        f"leave_out:{filling.table}.{column}",
        f"--leave-out {filling.table}.{column}",
        f"{filling.found.delivered.name}: {why}, which {filling.table} needs. Leave them out?",
        ("yes", "no"),
        "yes",
    )
