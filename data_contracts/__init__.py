"""What every input table must look like, and the way of an input from its source to accepted rows.

Each table is declared once in `data_contracts.tables`; the coercion of frames, the Great Expectations
suite and the reference page of the docs are all made from that declaration.
"""

from data_contracts.contract import SOURCE_FILE, SOURCE_LINE, Column, Contract, Rule, empty_frame
from data_contracts.cross_validation import CrossValidation, check_sources, cross_validate
from data_contracts.intake import TableIntake, ingest_table, load_accepted, load_rejected
from data_contracts.parts import PartStore
from data_contracts.tables import CONTRACTS

__all__ = [
    "CONTRACTS",
    "SOURCE_FILE",
    "SOURCE_LINE",
    "Column",
    "Contract",
    "CrossValidation",
    "PartStore",
    "Rule",
    "TableIntake",
    "check_sources",
    "cross_validate",
    "empty_frame",
    "ingest_table",
    "load_accepted",
    "load_rejected",
]
