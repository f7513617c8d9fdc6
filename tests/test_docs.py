"""Paths that the pages name are there, so that none goes stale after a move."""

import re

import pytest

from tests.project import ROOMS, ROOT

FOLDERS = {*ROOMS, "benchmarks", "docs", "examples", "tests"}
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
PATH = re.compile(r"`([a-z_]+/[\w./]*)`")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
OF_THE_COMPANY = {"reports/planner.html"}
"""Written by a run into the company's folder."""


def missing(page):
    """Paths in backticks and links of a page that lead nowhere; placeholders in capitals are none."""
    text = page.read_text("utf-8")
    paths = [path for path in PATH.findall(text) if path.split("/")[0] in FOLDERS and not re.search("[A-Z]{3}", path)]
    links = [link for link in LINK.findall(text) if not (page.parent / link).exists()]
    return links + [path for path in paths if path not in OF_THE_COMPANY and not (ROOT / path).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_path_and_link_of_a_page_leads_somewhere(page):
    assert missing(page) == []


def test_a_path_that_is_gone_is_found(tmp_path):
    (tmp_path / "page.md").write_text("see `models/gone.py`, `tests/EXPORT/` and [a page](nowhere.md)")

    assert missing(tmp_path / "page.md") == ["nowhere.md", "models/gone.py"]
