"""Keys that two tables share, such as suppliers: where hardly a row of one is found in the other, it is said.

A supplier may be a number in one file and a name in another. Both columns look like suppliers by their headings; only
their values show that the tables do not belong together by them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from onboarding.answers import ColumnSource
from onboarding.draft.settings_draft import TableDraft
from onboarding.questions import Guess, OpenQuestions, Question

_LISTED_IN: Mapping[str, tuple[str, ...]] = {
    "supplier": ("suppliers", "supply_terms"),
    "sku": ("products", "supply_terms", "inventory"),
    "location": ("locations", "inventory", "supply_terms"),
}
"""Keys, and the tables that list them: the first of these that has a file is compared with all others."""

_ALSO_SKUS: Mapping[str, str] = {"sku_aliases": "alias", "bundles": "bundle_sku"}
"""Tables whose codes stand for SKUs."""

_FEW = 0.5
_NEARLY_ALL = 0.9


@dataclass(frozen=True)
class _Keys:
    """A table's column of keys: its rows' texts, empty ones left out."""

    table: str
    column: str
    texts: "pd.Series[str]"

    def share_in(self, known: frozenset[str]) -> float:
        """Share of the rows whose key is known."""
        return float(self.texts.isin(known).mean()) if len(self.texts) else 1.0

    def in_words(self) -> str:
        """Table and column with an example."""
        return f"{self.table} ({self.column}, such as {self.texts.iloc[0]})"


def compare_keys(drafts: dict[str, TableDraft], questions: OpenQuestions) -> None:
    """Say where hardly a row's key is found in the table that lists it, and take the column that fits, likely.

    Parameters
    ----------
    drafts: of all tables, by table; the columns of some are replaced, and notes added.
    questions: the columns that fit are asked for.
    """
    for key, listing in _LISTED_IN.items():
        hub = next((table for table in listing if table in drafts and _keys(drafts[table], key) is not None), None)
        for table in list(drafts) if hub else ():
            if hub is not None and drafts[table].delivered.name != drafts[hub].delivered.name:
                _compare(drafts, table, hub, key, questions)


def _compare(drafts: dict[str, TableDraft], table: str, hub: str, key: str, questions: OpenQuestions) -> None:
    mine, theirs = _keys(drafts[table], key), _keys(drafts[hub], key)
    if mine is None or theirs is None or not drafts[hub].delivered.whole or not (len(mine.texts) and len(theirs.texts)):
        return
    share = mine.share_in(_known(drafts, theirs))
    if share >= _FEW:
        return
    found = f"{share * len(mine.texts):,.0f} of {len(mine.texts):,}"
    says = f"the {key} of {mine.in_words()} is found in {theirs.in_words()} in {found} rows"
    for change, other in ((table, _fitting_column(drafts, table, theirs)), (hub, _fitting_hub(drafts, hub, key, mine))):
        if other is not None and drafts[change].columns[key].certainty != "given":
            _propose(drafts, change, key, other, says, questions)
            return
    said = f"{says}; {_what_to_do(drafts[hub], mine, theirs)}"
    drafts[table] = replace(drafts[table], notes=(*drafts[table].notes, said))


def _what_to_do(hub: TableDraft, mine: _Keys, theirs: _Keys) -> str:
    """Which join gives a table the keys of the listing one, where that has both; else that one is to be made."""
    for name in hub.delivered.columns:
        texts = _texts(hub, name)
        if texts.is_unique and name != theirs.column and mine.share_in(frozenset(texts)) >= _NEARLY_ALL:
            place = "table" if "table" in hub.delivered.place else "path"
            where = f'{place} = "{hub.delivered.place[place]}"'
            return (
                f"{hub.delivered.name} has both, so say in [sources.{mine.table}]: joined = [{{ {where}, on = "
                f'["{mine.column}"], matches = ["{name}"] }}], and map the key to "{theirs.column}"'
            )
    return f"give both the same codes, or join a file that has both columns: [[sources.{mine.table}.joined]]"


def _propose(
    drafts: dict[str, TableDraft], table: str, key: str, other: str, says: str, questions: OpenQuestions
) -> None:
    """Take another column as a table's key, likely.

    Parameters
    ----------
    table, key, other: the table, its canonical column, and the delivered column that fits.
    says: why the present one does not.
    """
    draft = drafts[table]
    before = str(draft.columns[key].value)
    prompt = f"{draft.delivered.name}: {says}; {other} fits, and is taken as the {key} of {table}"
    source = ColumnSource(table, key)
    questions.by_key.pop(source, None)  # whether its heading is the key is no question any more
    flag = f'--map "{table}.{key}={before}"'
    guess = questions.ask(Question(source, flag, prompt, suggested=other, likely=True))
    if guess is not None:
        taken = Guess(guess.value, guess.certainty, f"{before} is not found in the other table")
        unused = tuple(name for name in (*draft.unused, before) if name != other)
        drafts[table] = replace(draft, columns={**draft.columns, key: taken}, unused=unused)


def _keys(draft: TableDraft, key: str) -> _Keys | None:
    """The keys of a table that a column of its own file gives; None where nothing, a constant or a formula does."""
    guess = draft.columns.get(key)
    if draft.connector is not None or guess is None or guess.value not in draft.delivered.columns:
        return None
    return _Keys(draft.table, str(guess.value), _texts(draft, str(guess.value)))


def _texts(draft: TableDraft, name: str) -> "pd.Series[str]":
    texts: pd.Series[str] = draft.delivered.rows[name].astype(str).str.strip().str.casefold()
    return texts[texts != ""]


def _known(drafts: Mapping[str, TableDraft], keys: _Keys, column: str | None = None) -> frozenset[str]:
    """The keys that a table lists, by a column of its file; codes that stand for SKUs are known too."""
    draft = drafts[keys.table]
    known = set(_texts(draft, column or keys.column))
    for table, name in _ALSO_SKUS.items():
        more = drafts.get(table)
        found = None if more is None else _keys(more, name)
        if found is not None and draft.columns.get("sku", Guess(None, "sure")).value == keys.column:
            known |= set(found.texts)
    return frozenset(known)


def _fitting_column(drafts: Mapping[str, TableDraft], table: str, theirs: _Keys) -> str | None:
    """Another column of the table's file whose values the listing table knows."""
    draft, known = drafts[table], frozenset(_known(drafts, theirs))
    fits = {
        name: _Keys(table, name, _texts(draft, name)).share_in(known)
        for name in draft.delivered.columns
        if not _texts(draft, name).empty
    }
    best = max(fits, key=lambda name: fits[name], default=None)
    return best if best is not None and fits[best] >= _NEARLY_ALL else None


def _fitting_hub(drafts: Mapping[str, TableDraft], hub: str, key: str, mine: _Keys) -> str | None:
    """Another column of the listing table's file that knows these keys, where no table loses by it."""
    draft, now = drafts[hub], _keys(drafts[hub], key)
    others = [
        found
        for table, each in drafts.items()
        if each.delivered.name != draft.delivered.name and (found := _keys(each, key)) is not None
    ]
    if now is None:
        return None
    for name in draft.delivered.columns:
        known = frozenset(_texts(draft, name))
        if name == now.column or mine.share_in(known) < _NEARLY_ALL:
            continue
        if all(each.share_in(known) >= min(each.share_in(_known(drafts, now)), _FEW) for each in others):
            return name
    return None
