"""How large a share of a table's rows may be rejected; beyond it the source is wrong rather than some of its rows."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

import pandas as pd

_SHOWN_RULES = 3
_REASON = re.compile(r"(\w+): \d+ of \d+ rows are rejected")


def too_many_rejected(table: str, rows_read: int, rejected: pd.DataFrame, allowed: float) -> str | None:
    """Why a table is refused for the number of its rejected rows; None where it is not.

    Parameters
    ----------
    table: its name.
    rows_read: rows of it that were judged, the rejected ones among them.
    rejected: one row for each rejected one; columns rule, message.
    allowed: `data.max_rejected_share`.
    """
    count = len(rejected)
    if count <= allowed * rows_read:
        return None
    first: dict[str, str] = dict(rejected.drop_duplicates("rule")[["rule", "message"]].itertuples(index=False))
    rules = Counter(rejected["rule"]).most_common(_SHOWN_RULES)
    examples = "\n".join(f"  {by_rule} by {rule}, first {first[rule]}" for rule, by_rule in rules)
    return (
        f"{table}: {count} of {rows_read} rows are rejected ({count / rows_read:.1%}), more than "
        f"data.max_rejected_share allows ({allowed:.1%}); correct the source or its settings:\n{examples}"
    )


def tables_with_too_many_rejected(rows_read: Mapping[str, int], rejected: pd.DataFrame, allowed: float) -> list[str]:
    """Why tables are refused for the number of their rejected rows, in the order of `rows_read`.

    Parameters
    ----------
    rows_read: rows of each table that were judged, the rejected ones among them.
    rejected: of all tables and all steps; columns table, rule, message.
    allowed: `data.max_rejected_share`.
    """
    by_table = dict(tuple(rejected.groupby("table", sort=False)))
    reasons = (
        too_many_rejected(table, read, by_table[table], allowed)
        for table, read in rows_read.items()
        if table in by_table
    )
    return [reason for reason in reasons if reason is not None]


def last_for_each_table(reasons: Iterable[str]) -> list[str]:
    """Reasons to refuse, where a later step counts what an earlier one rejected too: of a table only the last count.

    >>> last_for_each_table(["sales: 3 of 9 rows are rejected", "no stock", "sales: 5 of 9 rows are rejected"])
    ['no stock', 'sales: 5 of 9 rows are rejected']
    """
    kept: dict[str, str] = {}
    for reason in reasons:
        counted = _REASON.match(reason)
        table = counted[1] if counted else reason
        kept.pop(table, None)
        kept[table] = reason
    return list(kept.values())
