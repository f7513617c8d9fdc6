"""Files with a row for each date and a column for each product: known by the products' SKUs, else people say."""

from collections.abc import Iterable
from dataclasses import replace

from data_contracts.tables import CONTRACTS
from onboarding.answers import UNUSED, FileTable
from onboarding.draft.recognition.column_matching import UNCERTAIN_SCORE, match_table
from onboarding.draft.recognition.file_recognition import (
    NEARLY_ALL,
    RecognisedFile,
    has_essentials,
    names_table,
    skus_of_products,
    table_flag,
)
from onboarding.questions import Guess, OpenQuestions, Question
from onboarding.survey.amount_words import read_amount_heading
from onboarding.survey.delivered import DeliveredTable
from onboarding.survey.wide_files import WideForm, read_products_across


def recognise_products_across(
    file: RecognisedFile, files: list[RecognisedFile], questions: OpenQuestions
) -> RecognisedFile:
    """A file that is no table by its headings, where these may be products: known by their SKUs, else people say."""
    wide, is_given = _form(file), file.is_given
    if wide is None:
        return file
    if is_given:
        return replace(file, wide=wide)
    products = [name for name in file.delivered.columns if name not in wide.keys]
    known = len(set(products) & skus_of_products(files)) >= NEARLY_ALL * len(products)
    named = next((each for each in ("stock_levels", "inventory", "sales") if names_table(file.name, each)), None)
    table = None if named is None else "sales" if named == "sales" else "stock_levels"
    shown = f"a column for each of {wide.count} products, such as {products[0]}"
    if known and table is not None:
        return RecognisedFile(file.delivered, table, Guess(table, "sure", f"{shown}, by their SKUs"), wide=wide)
    prompt = (
        f"{file.name}: {table or 'units sold, or stock'}, with {shown}, and a row for each day?"
        if table is None
        else f"{file.name}: {table}, with {shown}, and a row for each date"
    )
    choices = ("sales", "stock_levels", UNUSED)
    others = [each for each in choices if each != table]
    question = Question(
        FileTable(file.name),
        table_flag(file.name, *others),
        prompt,
        choices,
        table or "sales",
        likely=table is not None,
    )
    questions.ask(question)
    return RecognisedFile(file.delivered, table, Guess(table, "likely", shown), wide=wide if table else None)


def _form(file: RecognisedFile) -> WideForm | None:
    """The form of a file that no heading shows to be a table, or that people said to be one; None of any other."""
    is_said = file.is_given and file.table in ("sales", "stock_levels")
    is_open = is_said or (file.table is None and not file.is_given)
    if file.export is not None or file.wide is not None or not is_open:
        return None
    if is_said and has_essentials(str(file.table), match_table(CONTRACTS[str(file.table)], file.delivered)):
        return None
    wide = read_products_across(file.delivered)
    if wide is None or wide.kind != "number":
        return None
    products = [name for name in file.delivered.columns if name not in wide.keys]
    return wide if _may_be_products(file.delivered, wide, products) else None


def _may_be_products(delivered: DeliveredTable, wide: WideForm, headings: Iterable[str]) -> bool:
    """Whether no column names the product of a row, and no heading is a usual one of a column of numbers."""
    tables = ("sales", "inventory", "products", "supply_terms", "stock_levels")
    matched = (match for table in tables for match in match_table(CONTRACTS[table], delivered, headings).values())
    usual = any(match.score > UNCERTAIN_SCORE for match in matched)
    amounts = (read_amount_heading(name, delivered.headings[name]) for name in headings)
    return not usual and not any(amounts) and "sku" not in match_table(CONTRACTS["sales"], delivered, wide.keys)
