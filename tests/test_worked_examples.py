"""Every worked example in a docstring is run, so that none goes stale."""

import doctest
import importlib

import pytest

from tests.project import ROOMS, ROOT

EXAMPLES = sorted(
    ".".join(file.relative_to(ROOT).with_suffix("").parts)
    for room in ROOMS
    for file in (ROOT / room).rglob("*.py")
    if ">>> " in file.read_text("utf-8")
)


@pytest.mark.parametrize("module", EXAMPLES)
def test_worked_examples_hold(module):
    outcome = doctest.testmod(importlib.import_module(module))

    assert outcome.attempted > 0
    assert outcome.failed == 0
