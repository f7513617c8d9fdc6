"""What is wrong with the data, each cause once: how many rows, what they are worth, what follows, what to do."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import pandas as pd

from data_contracts.declarations import SOURCE_FILE, SOURCE_LINE
from data_contracts.quarantine.advice import declared, needs_nothing, what_to_do
from data_contracts.quarantine.orphaned_receipts import receipts_of_orders, recount_orphans
from data_contracts.quarantine.worth import NOTHING_KNOWN, Prices, Worth, worth_of
from settings import TableSource

EXAMPLES = 5
_HOMES = {
    "sku": "products",
    "component_sku": "products",
    "location": "locations",
    "from_location": "locations",
    "to_location": "locations",
}


_OF_NOTES = {
    "gap": "no sale for so long that rows are likely missing",
    "stock_history": "past stock that nobody recorded",
    "no_row": "no row of stock for some periods, which count as in stock",
    "counted_later": "stock counted after the last complete period",
    "columns.new": "a column that nothing uses",
    "connector.left_out": "left out by the connector",
    "only.left_out": "left out as the settings say",
    "leave_out.left_out": "left out as the settings say",
    "distinct.differs": "further rows of a key, not the same as the first",
    "joined.unmatched": "nothing in the joined file fits",
    "joined.malformed": "rows of the joined file that cannot be read",
    "source.delivered_twice": "the same file delivered twice",
    "corrections.applied": "read as corrected by hand",
}
"""What notes of the intake's steps mean; rules say it themselves."""

_NOUNS = {
    "gap": "time",
    "stock_history": "item",
    "no_row": "item",
    "counted_later": "item",
    "columns.new": "column",
    "source.delivered_twice": "file",
}


@dataclass(frozen=True)
class Example:
    """One row that breaks the rule."""

    file: str | None
    line: int | None
    column: str | None
    value: str | None
    message: str


@dataclass(frozen=True)
class DataProblem:
    """One cause.

    Attributes
    ----------
    outcome: reject or warn.
    table, rule: which rule of which table is broken.
    says: the problem in a few words.
    to_do: what a person does about it.
    rows: that break the rule.
    worth: of these rows; nothing where rows follow, whose worth says more.
    examples: the first of them.
    follows: rows of other tables that are rejected, or lose their meaning, because of these, in sentences.
    followers: how many rows follow, with what they are worth.
    """

    outcome: str
    table: str
    rule: str
    says: str
    to_do: str
    rows: int
    worth: Worth = NOTHING_KNOWN
    examples: tuple[Example, ...] = ()
    follows: tuple[str, ...] = ()
    followers: int = 0
    followers_worth: Worth = field(default=NOTHING_KNOWN)

    @property
    def needs_nothing(self) -> bool:
        """Whether it is listed for completeness alone."""
        return needs_nothing(self.to_do)

    @property
    def noun(self) -> str:
        """One of what `rows` counts."""
        return _NOUNS.get(self.rule.partition(".")[2], "row")

    @property
    def money(self) -> float:
        """What it is worth with all that follows; zero where nothing is known."""
        return abs(self.worth.money or 0.0) + abs(self.followers_worth.money or 0.0)


def find_problems(
    results: pd.DataFrame,
    rejected: pd.DataFrame,
    delivered: Mapping[str, pd.DataFrame],
    warned: Mapping[str, pd.DataFrame],
    prices: Prices,
    base: str,
    same_sku: Callable[[str], str],
    orphans: pd.DataFrame | None = None,
    sources: Mapping[str, TableSource] = MappingProxyType({}),
) -> list[DataProblem]:
    """Problems of a run, the worst first: rejected rows before warnings, the dearest first.

    Parameters
    ----------
    results: of rules; columns table, rule, outcome, rows_failed, first_example.
    rejected: rejected rows; columns table, source, line, rule, column, value, message.
    delivered: rejected rows as delivered, by table (`quarantine.delivered_rows`).
    warned: rows that are kept with a warning, by rule (`warned.warned_rows`).
    prices, base: see `worth.valuation_prices`.
    same_sku: SKU codes as the company compares them.
    orphans: accepted receipts without an accepted order line (`orphaned_receipts.orphaned_receipts`).
    sources: how each table's source writes numbers.
    """

    def worth_of_rejected(table: str, rows: pd.DataFrame) -> Worth:
        known = delivered.get(table)
        if known is None or not len(known) or not len(rows):
            return NOTHING_KNOWN
        places = pd.MultiIndex.from_arrays([rows["source"], rows["line"].astype(float)])
        mine = pd.MultiIndex.from_arrays([known[SOURCE_FILE], known[SOURCE_LINE].astype(float)]).isin(places)
        found = worth_of(table, known[mine], prices, base, as_delivered=True)
        return Worth(found.units, found.money, found.unknown + max(len(rows) - int(mine.sum()), 0), found.of)

    unresolved = rejected[rejected["rule"].str.endswith(".resolved")]
    own = rejected[~rejected.index.isin(unresolved.index)]
    problems, explained = [], set()
    others = orphans
    for rule, rows in own.groupby("rule", sort=True):
        table = str(rows["table"].iloc[0])
        following = _followers(table, rows, delivered, unresolved, same_sku)
        explained |= set(following.index)
        receipts = _receipts_of(table, rows, delivered, others)
        others = others if others is None or receipts is None else others.drop(receipts.index)
        problems.append(
            DataProblem(
                outcome="reject",
                table=table,
                rule=str(rule),
                says=_in_words(str(rule)),
                to_do=what_to_do(str(rule), sources.get(table)),
                rows=len(rows),
                worth=NOTHING_KNOWN if len(following) else worth_of_rejected(table, rows),
                examples=_examples(rows),
                follows=(*_sentences(following), *_receipts_in_words(receipts)),
                followers=len(following) + (0 if receipts is None else len(receipts)),
                followers_worth=_together(following, worth_of_rejected),
            )
        )
    problems += _missing_keys(unresolved[~unresolved.index.isin(explained)], worth_of_rejected)
    if orphans is not None and others is not None and len(others) < len(orphans):
        results = recount_orphans(results, others)
    problems += _warnings(results, set(unresolved["rule"]), warned, prices, base, sources)
    return sorted(problems, key=_worst_first)


def _worst_first(problem: DataProblem) -> tuple[int, float, int, str]:
    order = 2 if problem.needs_nothing else 0 if problem.outcome == "reject" else 1
    return order, -problem.money, -(problem.rows + problem.followers), problem.rule


def _followers(
    table: str,
    rows: pd.DataFrame,
    delivered: Mapping[str, pd.DataFrame],
    unresolved: pd.DataFrame,
    same_sku: Callable[[str], str],
) -> pd.DataFrame:
    """Rows of other tables whose key is missing because these rows were rejected."""
    key = {"products": "sku", "locations": "location"}.get(table)
    known = delivered.get(table)
    if key is None or known is None or not len(known):
        return unresolved.head(0)
    same = same_sku if key == "sku" else str.strip
    lost = {same(code) for code in known.loc[known["rule"].isin(rows["rule"]), key] if code}
    of_home = unresolved["column"].map(_HOMES) == table
    return unresolved[of_home & unresolved["value"].map(lambda value: same(str(value)) in lost)]


def _receipts_of(
    table: str, rows: pd.DataFrame, delivered: Mapping[str, pd.DataFrame], orphans: pd.DataFrame | None
) -> pd.DataFrame | None:
    """Receipts that have no order because these rows were rejected."""
    known = delivered.get(table)
    if table != "purchase_orders" or known is None or orphans is None or not len(orphans):
        return None
    return receipts_of_orders(orphans, known[known["rule"].isin(rows["rule"])])


def _receipts_in_words(receipts: pd.DataFrame | None) -> tuple[str, ...]:
    if receipts is None or not len(receipts):
        return ()
    orders = _plural(receipts["order_number"].nunique(), "such order")
    return (f"{_plural(len(receipts), 'receipt')} of {orders} count for nothing: no lead time is learned from them",)


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _sentences(following: pd.DataFrame, most: int = 3) -> tuple[str, ...]:
    """Such as "412 sales rows of TEA-0412 follow from it", for the codes with most rows; the rest in one sentence."""
    if not len(following):
        return ()
    by_code = following.groupby("value").size().sort_values(ascending=False, kind="stable")
    sentences = []
    for code in by_code.index[:most]:
        rows = following[following["value"] == code]
        sentences.append(f"{_counted(rows)} of {code} follow from it")
    if len(by_code) > most:
        rest = following[~following["value"].isin(by_code.index[:most])]
        sentences.append(f"{_counted(rest)} of {len(by_code) - most:,} further codes follow from it")
    return tuple(sentences)


def _counted(rows: pd.DataFrame) -> str:
    counts = rows.groupby("table").size().sort_values(ascending=False, kind="stable")
    parts = [f"{count:,} {table} {'row' if count == 1 else 'rows'}" for table, count in counts.items()]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _together(rows: pd.DataFrame, worth: Callable[[str, pd.DataFrame], Worth]) -> Worth:
    """Worth of rows of several tables: that of sales where there are any, else of the first table with one."""
    tables = sorted(set(rows["table"]), key=lambda table: (table != "sales", table))
    found = [worth(table, rows[rows["table"] == table]) for table in tables]
    return next((each for each in found if each.money is not None), NOTHING_KNOWN)


def _missing_keys(rows: pd.DataFrame, worth: Callable[[str, pd.DataFrame], Worth]) -> list[DataProblem]:
    """Codes that nobody declared: one problem for each table that should have them, over all tables that name them."""
    problems = []
    homes = rows["column"].map(_HOMES).where(rows["value"].notna(), "no location")
    for home, named in rows.groupby(homes, sort=True):
        rule = str(named["rule"].mode().iloc[0])
        codes = named["value"].dropna()
        count = codes.nunique()
        noun = "SKU" if home == "products" else "location"
        is_named = home != "no location"
        says = f"{count:,} {noun}{'s' if count != 1 else ''} not in {home}" if is_named else "no stocking location"
        problems.append(
            DataProblem(
                outcome="reject",
                table=str(named["table"].mode().iloc[0]),
                rule=rule,
                says=says,
                to_do=what_to_do(rule),
                rows=len(named),
                worth=_together(named, worth),
                examples=_examples(named.drop_duplicates("value")),
                follows=tuple(text.replace(" follow from it", "") for text in _sentences(named)) if is_named else (),
            )
        )
    return problems


def _warnings(
    results: pd.DataFrame,
    rejected_for: set[str],
    warned: Mapping[str, pd.DataFrame],
    prices: Prices,
    base: str,
    sources: Mapping[str, TableSource],
) -> list[DataProblem]:
    failed = results[(results["outcome"] == "warn") & (results["rows_failed"] > 0)]
    problems = []
    for (table, rule), rows in failed.groupby(["table", "rule"], sort=True):
        if str(rule).replace(".known", ".resolved") in rejected_for:
            continue  # the same rows, rejected a step later
        kept = warned.get(str(rule))
        examples = rows.loc[rows["first_example"] != "", "first_example"].head(EXAMPLES)
        problems.append(
            DataProblem(
                outcome="warn",
                table=str(table),
                rule=str(rule),
                says=_in_words(str(rule)),
                to_do=what_to_do(str(rule), sources.get(str(table))),
                rows=int(rows["rows_failed"].sum()),
                worth=NOTHING_KNOWN if kept is None else worth_of(str(table), kept, prices, base),
                examples=tuple(Example(None, None, None, None, str(text)) for text in examples),
            )
        )
    return problems


def _in_words(rule: str) -> str:
    known = declared(rule)
    if known is None or not known.columns:
        name = rule.partition(".")[2]
        if name in _OF_NOTES:
            return _OF_NOTES[name]
        return name.replace(".", " ").replace("_", " ")
    if known.check.startswith("no_") and len(known.columns) > 1:
        return f"row is {known.violation}"
    return f"{known.columns[0]} is {known.violation}"


def _examples(rows: pd.DataFrame) -> tuple[Example, ...]:
    return tuple(
        Example(
            file=_text(row["source"]),
            line=None if row["line"] is None or math.isnan(row["line"]) else int(row["line"]),
            column=_text(row["column"]),
            value=_text(row["value"]),
            message=str(row["message"]),
        )
        for row in rows.head(EXAMPLES).to_dict("records")
    )


def _text(value: object) -> str | None:
    return None if value is None or value != value else str(value)  # noqa: PLR0124 - NaN is not itself
