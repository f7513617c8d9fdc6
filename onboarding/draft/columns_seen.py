"""Why none of a file's columns was taken for a needed one: each that could be it, with the reason."""

from collections.abc import Iterable

from data_contracts.declarations import Column
from data_contracts.tables import CONTRACTS
from onboarding.draft.settings_draft import TableMapping
from onboarding.survey.headings import Heading
from onboarding.survey.plain_words import plain
from onboarding.survey.values import Values
from onboarding.survey.vocabulary import vocabulary

_SHOWN = 8


def columns_seen(mapping: TableMapping, column: str, among: Iterable[str] | None = None) -> str:
    """The columns of a file that hold what a needed column would, and why each is not taken; empty where none does.

    Parameters
    ----------
    mapping: of the table that needs the column.
    column: canonical column.
    among: the delivered columns that are looked at; all where not given.
    """
    declared, delivered = CONTRACTS[mapping.table].column(column), mapping.delivered
    used = {match.delivered: name for name, match in mapping.matches.items() if name != column}
    used |= {str(guess.value): name for name, guess in mapping.columns.items() if name != column}
    seen = []
    for name in delivered.columns if among is None else among:
        values, heading = delivered.contents[name], delivered.headings[name]
        if not (_holds(declared, values) or _is_called(mapping.table, column, heading)):
            continue
        reason = mapping.why_unused.get(name)
        if name in used:
            reason = f"is the {used[name].replace('_', ' ')}"
        elif reason is not None:
            reason = f"is not taken ({reason})"
        seen.append(f"{name} {reason or _reason(declared, heading, values)}")
    more = f" and {len(seen) - _SHOWN} more" if len(seen) > _SHOWN else ""
    return ", ".join(seen[:_SHOWN]) + more


def _holds(declared: Column, values: Values) -> bool:
    """Whether values are of the kind that the column has."""
    if declared.kind == "number":
        return values.kind == "number" or bool(values.numbers)
    if declared.kind == "date":
        return values.kind == "date" or values.date.serial
    return values.kind in ("text", "number") if declared.name in ("sku", "order", "order_number") else False


def _is_called(table: str, column: str, heading: Heading) -> bool:
    known = vocabulary().names(table, column)
    return any(name in known or name == plain(column) for name in (heading.plain, heading.bare))


def _reason(declared: Column, heading: Heading, values: Values) -> str:
    what = declared.name.replace("_", " ")
    unwanted = vocabulary().never.get(declared.name, frozenset()) & set(heading.bare.split())
    example = next(iter(values.texts), None)
    if not _holds(declared, values):
        return f"holds no {declared.kind}" + (f", such as {example!r}" if example else ", it is empty")
    if unwanted:
        return f"says {min(unwanted)!r}, which is no {what}"
    if values.percent:
        return f"is per cent, such as {example}"
    if values.odd:
        return f"has a heading of no known {what}, and {values.odd!r} in it"
    return f"has a heading of no known {what}, such as {example}"
