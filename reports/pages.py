"""Jinja templates turned into one self-contained page: styles and script inline, nothing loaded from elsewhere."""

import base64
import hashlib
import os
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports.charts import HATCH
from reports.numbers import FILTERS, NOTHING

FOLDER = Path(__file__).parent / "templates"
# Runs before anything is drawn, so that details are hidden from the start and nothing moves.
MARKER_SCRIPT = 'document.documentElement.classList.add("js");'


def render(template: str, **context: object) -> str:
    """The page of a template, every text escaped.

    Scripts are allowed by their hash alone: text of the data could not run as one even if it were not escaped.
    """
    environment = Environment(
        loader=FileSystemLoader(FOLDER, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(FILTERS)
    css = _compact((FOLDER / "report.css").read_text("utf-8"))
    script = _compact((FOLDER / "report.js").read_text("utf-8"))
    hashes = " ".join(f"'sha256-{_digest(text)}'" for text in (MARKER_SCRIPT, script))
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src {hashes}; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )
    page = environment.get_template(template).render(
        css=Markup(css),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        marker_script=Markup(MARKER_SCRIPT),  # noqa: S704
        policy=Markup(policy),  # noqa: S704
        hatch=HATCH,
        nothing=NOTHING,
        **context,
    )
    return _compact(page) + "\n"


def write_file(file: Path, content: bytes) -> Path:
    """Write a file at once: a reader sees the old or the new one, never half."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name}.unfinished")
    unfinished.write_bytes(content)
    os.replace(unfinished, file)  # noqa: PTH105 - Path.replace is the same
    return file


def _compact(text: str) -> str:
    """Without blank lines and blanks around lines, of which templates leave many; a script keeps its hash by it."""
    return "\n".join(line for line in (line.strip() for line in text.split("\n")) if line)


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
