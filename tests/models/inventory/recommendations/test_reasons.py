"""Reasons as they are stored and read again."""

import dataclasses
import datetime as dt
import hashlib
import json

import pandas as pd
import pytest

from models.inventory.recommendations.reasons import SCHEMA_VERSION, OpenOrderReasons, Reasons, stored_reasons
from models.inventory.recommendations.rows import record_quantile_shift
from tests.models.inventory.company import item
from tests.models.inventory.recommendations.factories import open_order_reasons, reasons

EITHER = pytest.mark.parametrize("made", [reasons, open_order_reasons])
FIELDS = {1: "e4368fa60aad", 2: "c6dff940a886", 3: "f849fdc720ee"}
"""Of each schema version, the digest of its fields' names and types."""


@EITHER
def test_what_is_stored_is_read_again(made):
    stored = json.loads(json.dumps(made().to_json(), allow_nan=False))

    assert stored_reasons(stored) == made()


def test_figures_are_stored_to_nine_digits_and_dates_as_iso_text():
    stored = reasons(target=0.12345678912, as_of=dt.date(2026, 3, 1), units_saved=float("inf")).to_json()

    assert (stored["target"], stored["as_of"], stored["units_saved"]) == (0.123456789, "2026-03-01", None)


def test_what_only_some_lines_have_is_left_out_of_the_others():
    assert "limit_note" not in reasons().to_json()
    assert reasons(limit_note="cut by the budget").to_json()["limit_note"] == "cut by the budget"


@pytest.mark.parametrize("schema", [None, "item/99", "open order/99", "open order/1"])
def test_another_version_or_kind_is_refused(schema):
    with pytest.raises(ValueError, match=r"cannot be read, only .*restock run|lack"):
        stored_reasons(reasons().to_json() | {"schema": schema})


def test_a_field_that_is_missing_is_named():
    stored = reasons().to_json()
    del stored["on_hand"]

    with pytest.raises(ValueError, match="lack on_hand"):
        stored_reasons(stored)


def test_other_fields_are_another_schema_version():
    fields = [(kind.KIND, each.name, str(each.type)) for kind in (Reasons, OpenOrderReasons) for each in
              dataclasses.fields(kind)]  # fmt: skip

    digest = hashlib.sha256(repr(sorted(fields)).encode()).hexdigest()[:12]

    assert FIELDS[SCHEMA_VERSION] == digest, "stored reasons changed: raise SCHEMA_VERSION and note its digest here"


def test_the_reasons_name_the_shift_of_items_ordered_by_cost_in_tuned_classes():
    lines = pd.DataFrame([item("A"), item("B"), item("C")]).assign(reasons=[reasons().to_json()] * 3)
    policies = pd.DataFrame([item("A"), item("B"), item("C")])
    policies = policies.assign(service_by=["cost", "fill_rate", "cost"], abc=["A", "A", "C"])

    found = record_quantile_shift(lines, policies, {"A": 0.2})["reasons"].tolist()

    assert found == [reasons(quantile_shift=0.2).to_json(), reasons().to_json(), reasons().to_json()]
