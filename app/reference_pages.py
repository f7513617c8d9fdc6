"""The reference pages of the docs, made from the code: `python -m app.reference_pages` writes them anew."""

import types
import typing
from pathlib import Path
from typing import Any

import typer
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from app.cli import app
from data_contracts.reference import render as inputs_page
from database.reference import render as database_page
from settings import Settings
from settings.sources import JoinedFile, TableSource, Unpivot

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"


def pages() -> dict[str, str]:
    """Text of every reference page by its file name."""
    return {
        "commands.md": commands_page(),
        "database.md": database_page(),
        "inputs.md": inputs_page(),
        "settings.md": settings_page(),
    }


def settings_page() -> str:
    """Every setting with its type, default and meaning."""
    intro = (
        "All of `restock.toml`. The environment overrides the file as `RESTOCK_GROUP__FIELD`, such as "
        "`RESTOCK_DATABASE__URL`. Unknown keys are refused and the nearest known one is named."
    )
    lines = ["# Settings", "", intro]
    for name, field in Settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            lines += _group(f"[{name}]", field.annotation)
    for title, group in (
        ("[sources.TABLE]", TableSource),
        ("[sources.TABLE.unpivot]", Unpivot),
        ("[[sources.TABLE.joined]]", JoinedFile),
    ):
        lines += _group(title, group)
    return "\n".join(lines) + "\n"


def commands_page() -> str:
    """Every command with its arguments and options, as `--help` tells them."""
    lines = ["# Commands", "", "Exit codes: 0 done, 1 failed, 2 wrong use, 3 refused because of the data."]
    root: Any = typer.main.get_command(app)
    for name, command in _commands(root, "restock"):
        lines += ["", f"## `{name}`", "", str(command.help or "").split("\n\n")[0], ""]
        if command.epilog:
            lines += [f"    {str(command.epilog).removeprefix('Example: ')}", ""]
        lines += ["| argument or option | default | meaning |", "|---|---|---|"]
        for parameter in command.params:
            if parameter.name == "help":
                continue
            written = ", ".join([*parameter.opts, *parameter.secondary_opts])
            label = str(parameter.name).upper() if parameter.param_type_name == "argument" else written
            default = "" if parameter.default is None or parameter.default is False else f"`{parameter.default}`"
            lines.append(f"| `{label}` | {default} | {getattr(parameter, 'help', '') or ''} |")
    return "\n".join(lines) + "\n"


def _commands(group: Any, path: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, command in group.commands.items():
        inner = f"{path} {name}"
        found += _commands(command, inner) if hasattr(command, "commands") else [(inner, command)]
    return found


def _group(title: str, group: type[BaseModel]) -> list[str]:
    meaning = (group.__doc__ or "").partition(": ")[2].strip()
    lines = [
        "",
        f"## `{title}`",
        "",
        meaning[:1].upper() + meaning[1:],
        "",
        "| key | type | default | meaning |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `{name}` | {_type(field)} | {_default(field)} | {_cell(field.description)} |"
        for name, field in group.model_fields.items()
    ]
    return lines


def _cell(text: str | None) -> str:
    return (text or "").replace("|", "\\|")


def _type(field: FieldInfo) -> str:
    options = [option for option in typing.get_args(field.annotation) if option is not type(None)]
    if typing.get_origin(field.annotation) is typing.Literal:
        return "one of " + ", ".join(f"`{option!r}`" for option in options)
    if typing.get_origin(field.annotation) is dict:
        return "table"
    return f"`{_cell(_plain(field.annotation))}`"


def _plain(annotation: Any) -> str:
    """A type as it is written, without what validates it."""
    origin, parts = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _plain(parts[0])
    if origin in {typing.Union, types.UnionType}:
        return " | ".join("None" if part is type(None) else _plain(part) for part in parts)
    if origin is typing.Literal:
        return " | ".join(repr(part) for part in parts)
    if origin is not None:
        return f"{origin.__name__}[{', '.join(_plain(part) for part in parts)}]"
    return str(getattr(annotation, "__name__", annotation))


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True, validated_data={})
    return "" if value is None else f"`{value}`"


if __name__ == "__main__":
    for page, content in pages().items():
        (FOLDER / page).write_text(content, "utf-8")
