"""Files that belong together by a key, such as order lines and their orders: found, proposed, and taken as one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from data_contracts.tables import CONTRACTS
from intake.connectors import EXPORTS
from onboarding.answers import JOINED, FileTable
from onboarding.draft.recognition.column_matching import match_table
from onboarding.draft.recognition.file_recognition import ESSENTIAL, fit
from onboarding.questions import OpenQuestions, Question
from onboarding.survey.delivered import DeliveredTable, Join
from onboarding.survey.plain_words import heading_words, plain
from onboarding.survey.row_words import ORDER_STATES, meaning_of
from onboarding.survey.values import Values
from onboarding.survey.vocabulary import vocabulary
from onboarding.survey.wide_files import read_wide

_WANTED: Mapping[str, tuple[str, ...]] = {
    "products": ("name", "category", "brand", "supplier"),
    "sales": ("date", "sku", "units", "channel", "market", "customer", "location", "status"),
    "stock_levels": ("date", "location"),
    "inventory": ("as_of", "location"),
    "purchase_orders": ("supplier", "ordered_on", "expected_on", "location", "status"),
    "receipts": ("received_on", "order_number"),
    "supply_terms": ("lead_time_days", "unit_cost", "supplier"),
}
"""What a table may take from a further file; without its essential columns a file is not the table at all."""

_KEYS = ("sku", "order", "order_number", "location", "supplier", "customer")
"""Columns of ours that may be a key under different names in two files."""

BARE_KEYS = frozenset({"id", "code", "number", "key", "uid", "uuid"})
"""Headings of a file's own key, which name nothing else."""
_OF_STOCK = ("inventory", "stock_levels")
"""Tables whose days are those of counts, so that they complete no other table."""
_MOST_JOINS = 4
_FEWEST_ROWS_WITH = 0.5
_PLURALS = (("ies", "y"), ("ses", "s"), ("s", ""))


def with_joins(delivered: Sequence[DeliveredTable], questions: OpenQuestions) -> list[DeliveredTable]:
    """Files as they are, and those that need another with that one joined; a file that serves others alone is left out.

    Each join is a question with its loss, likely to be right: a person confirms it, or says with `--table "FILE=none"`
    that the file is not joined.
    """
    said = questions.answers.tables
    free = [each for each in delivered if _is_plain(each) and said.get(FileTable(each.name), JOINED) == JOINED]
    joined: dict[str, tuple[str, DeliveredTable]] = {}
    for each in delivered:
        if not _is_plain(each) or said.get(FileTable(each.name)) == JOINED:
            continue
        table, whole = _completed(each, [other for other in free if other is not each], said.get(FileTable(each.name)))
        if table is not None and whole.joined:
            joined[each.name] = table, whole
    joined = {name: found for name, found in joined.items() if not _is_the_lesser(name, joined)}
    taken: dict[str, set[str]] = {}
    proposals: dict[str, list[str]] = {}
    for name, (table, whole) in joined.items():
        for join in whole.joined:
            taken.setdefault(join.further.name, set()).add(table)
            proposals.setdefault(join.further.name, []).append(_in_a_sentence(name, table, join))
    for each in delivered:
        if each.name in proposals:
            own = None if _serves_only(each, taken[each.name]) else _best(each, CONTRACTS)
            _propose(each.name, own or "none", proposals[each.name], questions)
    return [
        joined[each.name][1] if each.name in joined else each
        for each in delivered
        if each.name in joined or not _serves_only(each, taken.get(each.name, set()))
    ]


def _is_the_lesser(name: str, joined: Mapping[str, tuple[str, DeliveredTable]]) -> bool:
    """Whether another file joins this one for the same table, and has more of its essential columns of its own."""
    table, whole = joined[name]
    rivals = (
        (other, together)
        for other, (of, together) in joined.items()
        if of == table and name in {join.further.name for join in together.joined}
    )
    return any(_own_essentials(table, whole) < _own_essentials(table, rival) for _, rival in rivals)


def _own_essentials(table: str, whole: DeliveredTable) -> int:
    """Groups of essential columns that a file has without those that are joined to it."""
    foreign = {name for names in columns_of_joins(whole) for name in names}
    matches = match_table(CONTRACTS[table], whole)
    had = {name for name, match in matches.items() if match.delivered not in foreign}
    return sum(any(name in had for name in group) for group in ESSENTIAL[table])


def _in_a_sentence(name: str, table: str, join: Join) -> str:
    return f"{name}: {table}, with {join.further.name} joined by {key_text(join)}; {in_words(name, join)}"


def _propose(further: str, own: str, joins: Sequence[str], questions: OpenQuestions) -> None:
    """Ask whether a file is joined to others.

    Parameters
    ----------
    further: the file.
    own: the table that it is without being joined, or `none`.
    joins: each in a sentence.
    """
    alone = "is not used" if own == "none" else f"is {own} alone, joined to nothing"
    prompt, flag = "\n  ".join([*joins, f"Otherwise {further} {alone}"]), f'--table "{further}={own}"'
    questions.ask(Question(FileTable(further), flag, prompt, (JOINED, "none", *CONTRACTS), JOINED, likely=True))


def in_words(name: str, join: Join) -> str:
    """What a join loses on either side, as a person reads it."""
    return (
        f"{join.without:,} of {join.rows:,} rows of {name} have no row in {join.further.name}, and "
        f"{join.further_without:,} of {join.further_rows:,} rows of {join.further.name} have none in {name}"
    )


def key_text(join: Join) -> str:
    """The columns by which rows belong together."""
    return ", ".join(
        one if one == other else f"{one} = {other}" for one, other in zip(join.on, join.matches, strict=True)
    )


def _is_plain(delivered: DeliveredTable) -> bool:
    is_export = any(export.matches(frozenset(delivered.columns)) for export in EXPORTS.values())
    return not is_export and read_wide(delivered) is None


def _completed(
    delivered: DeliveredTable, others: list[DeliveredTable], stated: str | None
) -> tuple[str | None, DeliveredTable]:
    """The table that a file is, alone or with others, and the file with what these give it."""
    table, whole = _best(delivered, [stated] if stated in CONTRACTS else list(CONTRACTS)), delivered
    for other in others:
        if _best(other, _OF_STOCK) is not None:
            continue
        for candidate in _joins(delivered, other):
            together = joined_rows(delivered, candidate)
            wanted = (each for each in _WANTED if stated in (None, each))
            tables = [each for each in wanted if _gives(delivered, other, together, each)]
            best = _best(together, tables)
            if best is not None and (table is None or _fit(together, best) > _fit(whole, table)):
                table, whole = best, together
    for other in others if table is not None else ():
        whole = _with_codes(str(table), whole, other)
    if table not in _WANTED:
        return table, whole
    for other in others:
        if _best(other, CONTRACTS) not in (None, table):
            continue
        if len(whole.joined) < _MOST_JOINS and other.name not in {join.further.name for join in whole.joined}:
            whole = _with_wanted(str(table), whole, other)
    return table, whole


def _with_codes(table: str, whole: DeliveredTable, other: DeliveredTable) -> DeliveredTable:
    """The rows with the SKUs of a file that lists them, where they name products by another key of that file.

    A shop's database has `order_items.product_id` and `products.id` beside `products.sku`. Of the file that lists
    them only the SKUs are taken.
    """
    if "sku" not in CONTRACTS[table].names or len(whole.joined) >= _MOST_JOINS:
        return whole
    mine, theirs = match_table(CONTRACTS[table], whole).get("sku"), match_table(CONTRACTS["products"], other).get("sku")
    if mine is None or theirs is None or not theirs.is_sure or not _is_key(other, theirs.delivered):
        return whole
    known = other.rows[theirs.delivered].str.strip()
    if whole.rows[mine.delivered].str.strip().isin(known).mean() > 1 - _FEWEST_ROWS_WITH:
        return whole
    for candidate in _joins(whole, other):
        (on,), (key,) = candidate.on, candidate.matches
        if on == mine.delivered and key != theirs.delivered:
            names = [key, theirs.delivered]
            typed = {name: other.typed[name] for name in names if name in other.typed}
            codes = replace(candidate, further=replace(other, rows=other.rows[names], typed=typed))
            together = joined_rows(whole, codes)
            return together if match_table(CONTRACTS[table], together)["sku"].delivered != on else whole
    return whole


def _with_wanted(table: str, whole: DeliveredTable, other: DeliveredTable) -> DeliveredTable:
    """The rows with a further file, where it gives what the table wants and they lack."""
    had = match_table(CONTRACTS[table], whole)
    for candidate in _joins(whole, other):
        together = joined_rows(whole, candidate)
        new = match_table(CONTRACTS[table], together)
        gained = [name for name in _WANTED[table] if name in new and name not in had]
        gained = [name for name in gained if name != "status" or _are_states(together, new[name].delivered)]
        if gained and all(new[name].is_sure for name in gained):
            return together
    return whole


def _are_states(together: DeliveredTable, name: str) -> bool:
    """Whether most texts are states of orders, not of customers or products."""
    texts = together.contents[name].texts
    known = [meaning_of(text, is_state=True) or ORDER_STATES.get(plain(text)) for text in texts]
    return 2 * sum(map(bool, known)) > len(texts)


def _best(delivered: DeliveredTable, tables: Iterable[str | None]) -> str | None:
    fits = {table: found for table in tables if table and (found := fit(delivered, table)) is not None}
    return max(fits, key=lambda table: fits[table]) if fits else None


def _fit(delivered: DeliveredTable, table: str) -> float:
    return fit(delivered, table) or 0.0


def _gives(alone: DeliveredTable, other: DeliveredTable, together: DeliveredTable, table: str) -> bool:
    """Whether two files are the table together and neither is it alone."""
    return fit(alone, table) is None and fit(other, table) is None and fit(together, table) is not None


def _serves_only(delivered: DeliveredTable, tables: set[str]) -> bool:
    """Whether a file that is joined to others is no table of its own beside these."""
    own = _best(delivered, CONTRACTS)
    return bool(tables) and (own is None or own in tables)


def _joins(delivered: DeliveredTable, other: DeliveredTable) -> list[Join]:
    """Ways in which each row of a file has at most one of another, by a key that most rows find there."""
    if delivered.place.get("url") != other.place.get("url"):
        return []
    found = []
    for one in delivered.columns:
        for key in other.columns:
            if _are_alike(delivered, one, other, key) and _is_key(other, key):
                join = _counted(delivered, one, other, key)
                if join.without <= (1 - _FEWEST_ROWS_WITH) * join.rows:
                    found.append(join)
    return sorted(found, key=lambda join: join.without)


def _is_key(delivered: DeliveredTable, key: str) -> bool:
    texts = delivered.rows[key].str.strip()
    return bool(len(texts)) and not texts.isin({""}).any() and bool(texts.is_unique)


def _are_alike(delivered: DeliveredTable, one: str, other: DeliveredTable, key: str) -> bool:
    """Whether two headings may name the same key."""
    if not (_may_be_key(delivered.contents[one]) and _may_be_key(other.contents[key])):
        return False
    mine, theirs = delivered.headings[one].bare, other.headings[key].bare
    if mine == theirs:
        return mine not in BARE_KEYS
    words = mine.split()
    if theirs in BARE_KEYS and words[-1] in BARE_KEYS:
        return any(f" {each}".endswith(" " + " ".join(words[:-1])) for each in _singulars(other.name))
    if other.headings[key].bare in {heading.bare for heading in delivered.headings.values()}:
        return False
    names = vocabulary().columns
    return any(mine in names[column] and theirs in names[column] for column in _KEYS)


def _may_be_key(values: Values) -> bool:
    return values.kind in ("text", "number")


def _singulars(name: str) -> set[str]:
    """What one row of a file is called: order for orders.csv, order item for order_items.csv."""
    words = heading_words(plain(name.rsplit("/", 1)[-1].split(".", 1)[0]))
    found = {words}
    for ending, instead in _PLURALS:
        if words.endswith(ending):
            found.add(words.removesuffix(ending) + instead)
    return found


def _counted(delivered: DeliveredTable, one: str, other: DeliveredTable, key: str) -> Join:
    mine, theirs = delivered.rows[one].str.strip(), other.rows[key].str.strip()
    return Join(
        other,
        (one,),
        (key,),
        rows=len(mine),
        without=int((~mine.isin(theirs)).sum()),
        further_rows=len(theirs),
        further_without=int((~theirs.isin(mine)).sum()),
    )


def columns_of_joins(whole: DeliveredTable) -> list[tuple[str, ...]]:
    """The columns that each of a file's joins has brought."""
    found, end = [], len(whole.columns)
    for join in reversed(whole.joined):
        start = end - (len(join.further.columns) - len(join.matches))
        found.append(whole.columns[start:end])
        end = start
    return found[::-1]


def joined_names(delivered: DeliveredTable, join: Join) -> dict[str, str]:
    """What the columns of a further file are called beside a file's own, as `intake.mapping.join` calls them."""
    place = join.further.place.get("path") or join.further.place.get("table", "")
    names = (name for name in join.further.columns if name not in join.matches)
    return {name: f"{place}: {name}" if name in delivered.columns else name for name in names}


def joined_rows(delivered: DeliveredTable, join: Join) -> DeliveredTable:
    """A file's rows with the columns of a further one."""
    (one,), (key,), further = join.on, join.matches, join.further
    positions = pd.Index(further.rows[key].str.strip()).get_indexer(pd.Index(delivered.rows[one].str.strip()))
    names, rows = joined_names(delivered, join), delivered.rows.copy()
    for name, new in names.items():
        values = further.rows[name].to_numpy(dtype=object)
        rows[new] = np.where(positions < 0, "", values[positions])
    typed = {new: further.typed[name] for name, new in names.items() if name in further.typed}
    return replace(delivered, rows=rows, typed=delivered.typed | typed, joined=(*delivered.joined, join))
