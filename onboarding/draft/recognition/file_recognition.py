"""Which canonical table each file is: by connector, by its columns, by its name; and one file for each table."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from data_contracts.tables import CONTRACTS
from intake.connectors import EXPORTS, Export
from onboarding.answers import JOINED, PRICES, UNUSED, FileTable
from onboarding.draft.recognition.column_matching import NAME_AS_SKU, OWN_NAME, UNCERTAIN_SCORE, Match, match_table
from onboarding.questions import Guess, OpenQuestions, Question, user_answer
from onboarding.survey.delivered import DeliveredTable
from onboarding.survey.plain_words import plain
from onboarding.survey.values import read_days
from onboarding.survey.vocabulary import PRICES as PRICE_WORDS
from onboarding.survey.vocabulary import vocabulary
from onboarding.survey.wide_files import WideForm, read_wide

ESSENTIAL: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "sales": (("date",), ("sku",), ("units",)),
    "stock_levels": (("date",), ("sku",), ("on_hand", "in_stock", "in_stock_share")),
    "stockouts": (("sku",), ("starts_on",)),
    "inventory": (("sku",), ("on_hand",)),
    "products": (("sku",), ("name", "category", "unit_price", "barcode")),
    "locations": (("location",), ("name", "kind", "country")),
    "supply_terms": (("sku",), ("lead_time_days", "supplier"), ("unit_cost", "lead_time_days", "order_multiple")),
    "suppliers": (("supplier",), ("name", "country", "minimum_order_value", "payment_terms_days")),
    "transfer_terms": (("from_location",), ("to_location",), ("lead_time_days",)),
    "purchase_orders": (("order_number",), ("sku",), ("ordered_on",), ("ordered_units",), ("supplier", "expected_on")),
    "receipts": (("order_number",), ("received_on",), ("received_units",)),
    "transfers": (("from_location",), ("to_location",), ("sku",), ("units",)),
    "promotions": (("starts_on",), ("ends_on",), ("discount_fraction",)),
    "closures": (("starts_on",), ("ends_on",), ("supplier", "location")),
    "bundles": (("bundle_sku",), ("component_sku",)),
    "sku_aliases": (("alias",), ("sku",)),
    "fulfilment": (("channel",), ("location",)),
    "planning_parameters": (("name",), ("value",)),
    "channel_costs": (("channel",), ("commission_fraction",)),
    "fx_rates": (("date",), ("currency",), ("rate_to_base",)),
    "budgets": (("month",), ("revenue",)),
    "open_to_buy": (("month",), ("amount",)),
}
"""Columns without which a file is not the table, one of each group. Others that are required may be constants."""

DERIVED_FROM: Mapping[str, tuple[str, ...]] = {
    "inventory": ("stock_levels", "products", "sales"),
    "products": ("inventory", "supply_terms", "sales"),
    "supply_terms": ("products", "inventory", "sales"),
    "receipts": ("purchase_orders",),
}
"""Tables that may be made from another table's file, and from which, in this order."""

_LISTS: Mapping[str, str] = {"products": "sku", "locations": "location", "suppliers": "supplier"}
"""Tables that have one row for each of something."""

_FEWEST_SKUS = 2
_LIST = 0.5
NEARLY_ALL = 0.95
_SHOWN_COLUMNS = 6
_NAME_BONUS = 2.0
_MARGIN = 1.0
_FEWEST_DAYS_OF_HISTORY = 2


@dataclass(frozen=True)
class RecognisedFile:
    """What a delivered file is.

    Attributes
    ----------
    table: canonical table; None where it is none, or open.
    kind: the table as a guess, with its reason.
    export: the connector's format, where one fits.
    wide: its form, where it is wide.
    is_prices: whether it is a wide file of prices, to be joined to the sales.
    """

    delivered: DeliveredTable
    table: str | None
    kind: Guess
    export: Export | None = None
    wide: WideForm | None = None
    is_prices: bool = False

    @property
    def name(self) -> str:
        """The file, the glob that stands for several, or the database's table."""
        return self.delivered.name

    @property
    def is_given(self) -> bool:
        """Whether people said what it is."""
        return self.kind.certainty == "given"


def recognise_files(delivered: Iterable[DeliveredTable], questions: OpenQuestions) -> list[RecognisedFile]:
    """What each file is: first by itself, then, where it is no table yet, by the SKUs of the products' file.

    A file that may be several tables, which no other is, is the one of them that the others can be made from.
    """
    files = [_recognise(each, questions) for each in delivered]
    files = [_by_skus(file, files, questions) for file in files]
    return [_of_several_tables(file, files, questions) for file in files]


def _of_several_tables(file: RecognisedFile, files: list[RecognisedFile], questions: OpenQuestions) -> RecognisedFile:
    """A file with stock and terms on each row, say: likely stock, and terms are made from it too."""
    close = _closest_tables(file)
    claimed = {table for other in files if other is not file for table in (other.table, *_closest_tables(other))}
    mains = [table for table in close if all(table in DERIVED_FROM.get(each, ()) for each in close if each != table)]
    if not mains or not claimed.isdisjoint(close):
        return file
    main, name = mains[0], file.name
    others = [table for table in close if table != main]
    prompt = f"{name}: {main}, by its columns; {' and '.join(others)} can be made from it too"
    flag = table_flag(name, *others, UNUSED)
    question = Question(FileTable(name), flag, prompt, (*CONTRACTS, UNUSED), main, likely=True)
    questions.by_key[question.key] = question  # in place of which of them it is
    return replace(file, table=main, kind=Guess(main, "likely", "by its columns"))


def _is_open(file: RecognisedFile) -> bool:
    return not (file.table or file.export or file.wide or file.is_prices or file.is_given)


def _closest_tables(file: RecognisedFile) -> list[str]:
    """Tables that a file of no known form fits about equally well, the best first."""
    return _close_fits(file.delivered) if _is_open(file) else []


def _close_fits(delivered: DeliveredTable) -> list[str]:
    fits = sorted(((found, table) for table in CONTRACTS if (found := fit(delivered, table)) is not None), reverse=True)
    return [table for found, table in fits if found > fits[0][0] - _MARGIN]


def one_file_for_each(
    files: list[RecognisedFile], questions: OpenQuestions
) -> tuple[list[RecognisedFile], list[tuple[str, str]]]:
    """One file for each table; where two claim one, people choose.

    Returns
    -------
    The files that are tables, in the order of the contracts; names of the others, and why they are not used.
    """
    chosen: list[RecognisedFile] = []
    left = [
        (file.name, file.kind.why if file.kind.value == UNUSED else "nobody has said what it is")
        for file in files
        if file.table is None and not file.is_prices
    ]
    for table in CONTRACTS:
        rivals = [file for file in files if file.table == table]
        stated = [file for file in rivals if file.is_given]
        if len(stated) == 1:
            chosen += stated
            left += [(file.name, f"another file is stated to be {table}") for file in rivals if file is not stated[0]]
            continue
        chosen += rivals[:1]
        if len(rivals) > 1:
            names = " or ".join(file.name for file in rivals)
            prompt = f"Which file holds {table}: {names}? Mark all but one as none, or merge them into one"
            for file in rivals:
                question = Question(FileTable(file.name), table_flag(file.name, table, UNUSED), prompt, (table, UNUSED))
                questions.by_key[question.key] = question  # in place of whether it is likely that table
    return chosen, left


def ask_which_file_is(table: str, files: list[RecognisedFile], questions: OpenQuestions) -> bool:
    """Ask of each file without a use whether it is a table that no file is; of stock only where its name speaks of it.

    Returns
    -------
    Whether there was a file to ask about.
    """
    unused = [
        file
        for file in files
        if not (file.table or file.is_prices or file.export or file.wide or file.is_given)
        and (names_table(file.name, table) or (table == "sales" and _may_be_sales(file.delivered)))
    ]
    needs = ", ".join(" or ".join(group) for group in ESSENTIAL[table])
    for file in unused:
        columns = ", ".join(file.delivered.columns[:_SHOWN_COLUMNS])
        prompt = (
            f"{file.name}: is it {table}? No other file is, and its columns {columns} do not show it; "
            f'{table} needs {needs}: say also --map "{table}.COLUMN=YOUR COLUMN"'
        )
        flag = table_flag(file.name, table, UNUSED)
        questions.keep(Question(FileTable(file.name), flag, prompt, (*CONTRACTS, UNUSED)))
    return bool(unused)


def _may_be_sales(delivered: DeliveredTable) -> bool:
    """Whether a file has what sales cannot do without: a column of days, or two of sales' own."""
    matches = match_table(CONTRACTS["sales"], delivered)
    has_days = any(values.kind == "date" for values in delivered.contents.values())
    return has_days or len({"date", "sku", "units", "order", "net_revenue"} & set(matches)) > 1


def _recognise(delivered: DeliveredTable, questions: OpenQuestions) -> RecognisedFile:
    """What a file is: what people said, else a connector's format, else what its columns and its name say."""
    wide, said = read_wide(delivered), questions.answers.tables.get(FileTable(delivered.name))
    if said is not None:
        if said in EXPORTS:
            return RecognisedFile(delivered, next(iter(EXPORTS[said].tables), None), user_answer(said), EXPORTS[said])
        if said == JOINED:
            return _recognise_joined(delivered)
        return RecognisedFile(
            delivered, None if said == UNUSED else said, user_answer(said), None, wide, said == PRICES
        )
    known = [export for export in EXPORTS.values() if export.matches(frozenset(delivered.columns))]
    if known:
        export = max(known, key=lambda each: len(each.columns))
        kind = Guess(next(iter(export.tables), UNUSED), "sure", f"has the columns of: {export.title}")
        return RecognisedFile(delivered, kind.value if export.tables else None, kind, export)
    if wide is not None:
        return _recognise_wide(delivered, wide, questions)
    return _recognise_by_columns(delivered, questions)


def _recognise_joined(delivered: DeliveredTable) -> RecognisedFile:
    """A file that people said is joined to others, and that is a table of its own too, or is joined to none."""
    fits = {table: found for table in CONTRACTS if (found := fit(delivered, table)) is not None}
    if not fits:
        return RecognisedFile(delivered, None, Guess(UNUSED, "given", "it is joined to no file"))
    own = max(fits, key=lambda table: fits[table])
    return RecognisedFile(delivered, own, Guess(own, "sure", "by its columns; it is joined to others too"))


def _recognise_by_columns(delivered: DeliveredTable, questions: OpenQuestions) -> RecognisedFile:
    name, key = delivered.name, FileTable(delivered.name)
    close = _close_fits(delivered)
    if not close:
        return RecognisedFile(delivered, None, Guess(UNUSED, "sure", _nearest(delivered)))
    best = close[0]
    if len(close) > 1:
        prompt = f"{name}: is it {' or '.join(close)}? Its columns fit both"
        answer = questions.ask(Question(key, table_flag(name, *close), prompt, (*close, UNUSED), best))
        return RecognisedFile(delivered, answer.value if answer else None, answer or Guess(None, "likely", prompt))
    matches = match_table(CONTRACTS[best], delivered)
    if names_table(name, best) or _has_own_names(best, matches):
        return RecognisedFile(delivered, best, Guess(best, "sure", "by its columns and its name"))
    prompt = f"{name}: {best}, by its columns"
    answer = questions.ask(Question(key, table_flag(name, UNUSED), prompt, (*CONTRACTS, UNUSED), best, likely=True))
    return RecognisedFile(delivered, best, answer or Guess(best, "likely"))


def _by_skus(file: RecognisedFile, files: list[RecognisedFile], questions: OpenQuestions) -> RecognisedFile:
    """A file that is no table by its headings, looked at again where one of its columns holds the products' SKUs."""
    is_open = file.export is None and file.wide is None and (file.table is None or file.is_given)
    if not is_open or file.table == "products" or (file.kind.value == UNUSED and file.is_given):
        return file
    skus = skus_of_products(files)
    own = match_table(CONTRACTS["sales"], file.delivered).get("sku")
    if not skus or (own is not None and own.score > NAME_AS_SKU):
        return file
    for name, values in file.delivered.contents.items():
        texts = set(values.texts)
        are_skus = len(texts) >= _FEWEST_SKUS and len(texts & skus) >= NEARLY_ALL * len(texts)
        if are_skus and values.kind in ("text", "number"):
            return _recognise(replace(file.delivered, skus=name), questions)
    return file


def skus_of_products(files: Iterable[RecognisedFile]) -> set[str]:
    """The SKUs that the file of products lists; none where an export or no file does."""
    products = next((file for file in files if file.table == "products" and file.export is None), None)
    sku = None if products is None else match_table(CONTRACTS["products"], products.delivered).get("sku")
    return set() if products is None or sku is None else set(products.delivered.contents[sku.delivered].texts)


def _nearest(delivered: DeliveredTable) -> str:
    """Why a file is no table: which is nearest, what it lacks of that, and how to say it."""
    lacks = {}
    for table, groups in ESSENTIAL.items():
        matches = match_table(CONTRACTS[table], delivered)
        missing = [" or ".join(group) for group in groups if not any(name in matches for name in group)]
        if len(missing) < len(groups):
            lacks[table] = missing
    if not lacks:
        return "its columns are those of no table"
    near = min(lacks, key=lambda table: (not names_table(delivered.name, table), len(lacks[table])))
    return (
        f"its columns are those of no table; nearest is {near}, of which it lacks {', '.join(lacks[near])}: "
        f'if it is that, say --table "{delivered.name}={near}" and --map "{near}.COLUMN=YOUR COLUMN"'
    )


def _recognise_wide(delivered: DeliveredTable, wide: WideForm, questions: OpenQuestions) -> RecognisedFile:
    period = f"a column for each of {wide.count} dates"
    words = plain(delivered.name)
    if wide.kind == "flag":
        return RecognisedFile(
            delivered, "stock_levels", Guess("stock_levels", "sure", f"{period}, yes or no"), wide=wide
        )
    if wide.kind != "number":
        return RecognisedFile(delivered, None, Guess(UNUSED, "sure", f"{period}, neither numbers nor yes and no"))
    if _has_words(words, vocabulary().files[PRICE_WORDS]):
        return RecognisedFile(delivered, None, Guess(PRICES, "sure", f"{period}, prices by its name"), None, wide, True)
    for table in ("stock_levels", "inventory", "sales"):
        if _has_words(words, vocabulary().files[table]):
            table_of = "stock_levels" if table == "inventory" else table
            return RecognisedFile(delivered, table_of, Guess(table_of, "sure", f"{period}; by its name"), wide=wide)
    prompt = f"{delivered.name}: {period}: units sold, stock, or prices?"
    flag = table_flag(delivered.name, "sales", "stock_levels", PRICES)
    questions.ask(Question(FileTable(delivered.name), flag, prompt, ("sales", "stock_levels", PRICES, UNUSED), "sales"))
    return RecognisedFile(delivered, None, Guess(None, "likely", period), wide=wide)


def table_flag(name: str, *tables: str) -> str:
    """The flag that says what a file is."""
    return f'--table "{name}={"|".join(tables)}"'


def fit(delivered: DeliveredTable, table: str) -> float | None:
    """How well a file fits a table; None where an essential column is missing."""
    contract = CONTRACTS[table]
    matches = match_table(contract, delivered)
    if not has_essentials(table, matches):
        return None
    days = matches.get("as_of" if table == "inventory" else "date")
    if table in ("inventory", "stock_levels") and days is not None and "as_of" not in delivered.columns:
        is_history = has_many_days(delivered, days.delivered) and not has_one_row_each(delivered, matches)
        if is_history == (table == "inventory"):
            return None
    if table in ("inventory", "stock_levels") and _is_line_by_line(delivered, table, matches):
        return None
    listed = _LISTS.get(table)
    if listed and not names_table(delivered.name, table) and _repeats(delivered, matches[listed].delivered):
        return None
    score = sum(
        matches[column.name].score / OWN_NAME * (1.0 if column.required else 0.5)
        for column in contract.columns
        if column.name in matches
    )
    score -= 0.3 * sum(column.required and column.name not in matches for column in contract.columns)
    return score + (_NAME_BONUS if names_table(delivered.name, table) else 0)


def has_many_days(delivered: DeliveredTable, name: str) -> bool:
    """Whether a column has several days, not only several times of one day."""
    values = delivered.contents[name]
    days = read_days(values.texts, values.date.formats) or values.texts
    return len(days) >= _FEWEST_DAYS_OF_HISTORY


def has_one_row_each(delivered: DeliveredTable, matches: Mapping[str, Match]) -> bool:
    """Whether no SKU repeats at a location, so that days are those of each row's last change and no history."""
    return delivered.is_unique(matches[name].delivered for name in ("sku", "location") if name in matches)


def has_essentials(table: str, matches: Mapping[str, Match]) -> bool:
    """Whether the essential columns are there; a name that stands for the SKU says nothing else of it."""
    is_by_name = "sku" in matches and matches["sku"].score == NAME_AS_SKU
    had = matches.keys() - ({"name"} if is_by_name and table == "products" else set())
    return all(any(name in had for name in group) for group in ESSENTIAL[table])


def _repeats(delivered: DeliveredTable, name: str) -> bool:
    """Whether a column's values repeat so often that its rows are no list of them."""
    return len(delivered.rows) > _FEWEST_SKUS and delivered.rows[name].nunique() < _LIST * len(delivered.rows)


def _is_line_by_line(delivered: DeliveredTable, table: str, matches: Mapping[str, Match]) -> bool:
    """Whether SKUs repeat, and only an uncertain heading says that their number is what is in stock."""
    if "on_hand" not in matches or matches["on_hand"].score > UNCERTAIN_SCORE or names_table(delivered.name, table):
        return False
    return not delivered.is_unique(matches[name].delivered for name in ("sku", "location", "as_of") if name in matches)


def names_table(name: str, table: str) -> bool:
    """Whether the name of a file or database table speaks for a table of ours, and for no longer-named one."""
    words = plain(name)
    own = max((len(each) for each in vocabulary().files[table] if _has_words(words, (each,))), default=0)
    others = (
        len(each)
        for other in CONTRACTS
        if other != table
        for each in vocabulary().files[other]
        if _has_words(words, (each,))
    )
    return own > 0 and own >= max(others, default=0)


def _has_words(words: str, wanted: tuple[str, ...]) -> bool:
    return any(f" {each} " in f" {words} " for each in wanted)


def _has_own_names(table: str, matches: Mapping[str, Match]) -> bool:
    """Whether all required columns bear our own names."""
    required = [column.name for column in CONTRACTS[table].columns if column.required]
    return all(name in matches and matches[name].score == OWN_NAME for name in required)
