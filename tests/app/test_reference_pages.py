"""The reference pages say what the code does: they are made from it, and nobody forgot to make them anew."""

import pytest

from app.reference_pages import FOLDER, pages
from settings import Settings


@pytest.mark.parametrize("name", ["commands.md", "database.md", "inputs.md", "settings.md"])
def test_the_committed_page_is_the_one_that_the_code_makes(name):
    assert (FOLDER / name).read_text("utf-8") == pages()[name], "run `make docs`"


def test_every_setting_and_command_has_a_meaning():
    for page in ("settings.md", "commands.md"):
        rows = [line for line in pages()[page].splitlines() if line.startswith("| `")]
        assert rows
        assert not [row for row in rows if row.endswith("|  |")]


def test_no_setting_group_is_left_out():
    page = pages()["settings.md"]

    assert all(f"[{name}]" in page for name in Settings.model_fields if name not in {"root", "sources"})
