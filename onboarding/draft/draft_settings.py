"""All of a company's `restock.toml`, from what its files say and what people answered."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from data_contracts.tables import CONTRACTS
from onboarding.answers import Answers
from onboarding.draft.company_profile import CompanyProfile
from onboarding.draft.company_settings import company_settings, data_settings
from onboarding.draft.derived_tables import derive_tables, join_completing_files
from onboarding.draft.recognition.file_recognition import (
    RecognisedFile,
    ask_which_file_is,
    one_file_for_each,
    recognise_files,
)
from onboarding.draft.recognition.joined_files import with_joins
from onboarding.draft.recognition.products_across import recognise_products_across
from onboarding.draft.rows.row_selection import ask_for_order_number, non_sales_keys
from onboarding.draft.settings_draft import SettingsDraft, TableDraft
from onboarding.draft.shared_keys import compare_keys
from onboarding.draft.table_draft import draft_table
from onboarding.draft.unused_columns import possible_meanings
from onboarding.questions import OpenQuestions
from onboarding.survey.sources import Survey


def draft_settings(survey: Survey, answers: Answers, today: dt.date) -> SettingsDraft:
    """What each file is, how its columns map, and what has to be asked.

    1. which file is which table
    2. a draft of each table that has a file, then of those made from another's
    3. settings of the whole company

    Parameters
    ----------
    survey: what lies in the folder or database.
    answers: what people said.
    today: the day on which it is asked; older data are planned as of their own day.
    """
    questions = OpenQuestions(answers)
    files = recognise_files(with_joins(survey.delivered, questions), questions)
    files = [recognise_products_across(file, files, questions) for file in files]
    chosen, left = one_file_for_each(files, questions)
    profile = CompanyProfile(tuple(chosen), questions)
    drafts = _draft_tables(profile, files)
    completing = join_completing_files(drafts, files)
    tables, incomplete = _usable(drafts)
    return SettingsDraft(
        tables=tables,
        company=company_settings(profile, drafts),
        data=data_settings(profile, drafts, today),
        questions=tuple(questions.by_key.values()),
        unused_files=(*((name, why) for name, why in left if name not in completing), *incomplete, *survey.unread),
        answered=frozenset(questions.answered),
    )


def _draft_tables(profile: CompanyProfile, files: list[RecognisedFile]) -> dict[str, TableDraft]:
    """Tables that have a file, then those that are made from another table's."""
    waiting = _waiting_tables(profile, files)
    drafts = {
        file.table: draft_table(file.table, file, profile, prices=_prices_for(file, files))
        for file in profile.files
        if file.table
    }
    derive_tables(drafts, profile, waiting)
    if "sales" in drafts and drafts["sales"].connector is None:
        drafts["sales"].keys.update(non_sales_keys(drafts["sales"], profile.questions))
        ask_for_order_number(drafts["sales"], profile.questions)
    compare_keys(drafts, profile.questions)
    return drafts


def _waiting_tables(profile: CompanyProfile, files: list[RecognisedFile]) -> set[str]:
    """Ask which unused file holds sales or stock where none does; returned are the tables that wait for the answer."""
    absent = [
        table
        for table in ("inventory", "sales")
        if not (profile.source_of(table) or (table == "inventory" and profile.source_of("stock_levels")))
    ]
    return {table for table in absent if ask_which_file_is(table, files, profile.questions)}


def _prices_for(sales: RecognisedFile, files: list[RecognisedFile]) -> RecognisedFile | None:
    """The wide file of prices with the keys and dates of wide sales."""
    wide = sales.wide
    if sales.table != "sales" or wide is None:
        return None
    prices = (file for file in files if file.is_prices and file.wide)
    return next((file for file in prices if file.wide and file.wide.form == wide.form), None)


def _usable(drafts: Mapping[str, TableDraft]) -> tuple[tuple[TableDraft, ...], list[tuple[str, str]]]:
    """Drafts in the contracts' order; tables that the plan can do without are left out where a column is missing."""
    usable, left = [], []
    unused: dict[str, set[str]] = {}
    for each in drafts.values():
        unused.setdefault(each.delivered.name, set(each.unused)).intersection_update(each.unused)
    for table, contract in CONTRACTS.items():
        draft = drafts.get(table)
        if draft is None:
            continue
        if draft.missing and not contract.needed_to_run:
            flags = ", ".join(f'--map "{table}.{name}=COLUMN"' for name in draft.missing)
            left.append(
                (draft.delivered.name, f"looks like {table}, but has no {', '.join(draft.missing)}; say {flags}")
            )
        else:
            nowhere = tuple(name for name in draft.unused if name in unused[draft.delivered.name])
            might_be = {} if draft.connector else possible_meanings(draft.delivered, nowhere)
            usable.append(replace(draft, unused=nowhere, why_unused={**might_be, **draft.why_unused}))
    return tuple(usable), left
