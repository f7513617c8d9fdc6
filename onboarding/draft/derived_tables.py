"""Tables without a file of their own: made from another table's file, or completed by another export's."""

from collections.abc import Mapping
from dataclasses import replace

from onboarding.draft.company_profile import CompanyProfile
from onboarding.draft.recognition.file_recognition import DERIVED_FROM, ESSENTIAL, RecognisedFile
from onboarding.draft.settings_draft import TableDraft
from onboarding.draft.table_draft import draft_table, matches_of
from onboarding.draft.written_formats import joined_place
from onboarding.questions import Guess

_WITHOUT_CONNECTOR = ("products", "supply_terms", "inventory")
"""Tables that may be made, by mapping, from an export whose connector does not feed them."""

_ESSENTIAL_OF_DERIVED: Mapping[str, tuple[tuple[str, ...], ...]] = {"receipts": (("order_number",), ("received_on",))}


def derive_tables(drafts: dict[str, TableDraft], profile: CompanyProfile, waiting: set[str]) -> None:
    """Add the tables that exports feed beside their own, then those that are made from another table's file.

    Parameters
    ----------
    drafts: of the tables that have a file, by table; is added to.
    waiting: tables about which people are still asked, and which are not made.
    """
    for file in profile.files:
        for table in file.export.tables if file.export else ():
            if table not in drafts:
                drafts[table] = draft_table(table, file, profile, main=drafts[str(file.table)])
    for table in DERIVED_FROM:
        source = None if table in drafts or table in waiting else _source_of(table, profile, drafts)
        if source is not None:
            drafts[table] = draft_table(table, source, profile, main=drafts[str(source.table)])
    _leave_out_what_is_no_product(drafts)


def _leave_out_what_is_no_product(drafts: dict[str, TableDraft]) -> None:
    """Terms and stock that are made from the products' file take the rows that products take: others name no SKU."""
    products = drafts.get("products")
    rows = products.keys.get("only") if products is not None and products.derived else None
    for table in ("supply_terms", "inventory"):
        draft = drafts.get(table)
        if rows is None or products is None or draft is None or not draft.derived or "only" in draft.keys:
            continue
        if draft.delivered.name == products.delivered.name:
            drafts[table] = replace(draft, keys={**draft.keys, "only": replace(rows, why="the rows of products")})


def _source_of(table: str, profile: CompanyProfile, drafts: Mapping[str, TableDraft]) -> RecognisedFile | None:
    """The file that a table without one is made from: the first with what it takes, else the first with SKUs."""
    files = [each for each in (profile.file_of(name) for name in DERIVED_FROM[table]) if each is not None]
    candidates = [each for each in files if each.export is None]
    if table in _WITHOUT_CONNECTOR:
        candidates += [replace(each, export=None) for each in files if each.export is not None]
    located = [each for each in candidates if _has_locations(drafts[str(each.table)])]
    if table in ("supply_terms", "inventory") and located:
        candidates = located
    for each in candidates:
        matches = matches_of(table, each, drafts[str(each.table)])
        if all(any(name in matches for name in group) for group in _ESSENTIAL_OF_DERIVED.get(table, ESSENTIAL[table])):
            return each
    with_skus = [
        each
        for each in candidates
        if (each.wide is not None and each.wide.into == "sku")
        or "sku" in matches_of(table, each, drafts[str(each.table)])
    ]
    return with_skus[0] if with_skus and table != "receipts" else None


def _has_locations(draft: TableDraft) -> bool:
    column = draft.columns.get("location")
    return column is not None and len(draft.delivered.contents[column.value].texts) > 1


def join_completing_files(drafts: dict[str, TableDraft], files: list[RecognisedFile]) -> set[str]:
    """Join files that complete another export's rows to these; returned are their names."""
    completing = set()
    for each in files:
        supplements = each.export.supplements if each.export else None
        draft = drafts.get(supplements.table) if supplements else None
        if supplements is None or draft is None or draft.connector != supplements.export:
            continue
        if each.delivered.separator != draft.delivered.separator:  # both are read in one way
            continue
        columns = {
            name: Guess(column, "sure", f"a column of {each.delivered.name}")
            for name, column in supplements.columns.items()
            if name not in draft.columns
        }
        joined = {**joined_place(each.delivered), "on": list(supplements.on)}
        keys = {**draft.keys, "joined": Guess([joined], "sure", each.kind.why)}
        drafts[supplements.table] = replace(draft, columns={**draft.columns, **columns}, keys=keys)
        completing.add(each.delivered.name)
    return completing
