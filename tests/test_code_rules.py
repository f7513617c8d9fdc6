"""Rules about the code that no linter of the shelf knows."""

import ast
import re
from collections import defaultdict
from functools import cache

from tests.coverage_floors import failures, room_coverage
from tests.project import ROOMS, ROOT

MANY_PARAMETERS = 5
SECTION = re.compile(r"Parameters\n-+\n(.*?)(?:\n\n[A-Z][a-z]+\n-+|\n\nSource|\Z)", re.DOTALL)


@cache
def parsed():
    """Every product module, read once."""
    files = [file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py"))]
    return {file.relative_to(ROOT): ast.parse(file.read_text("utf-8")).body for file in files}


def definitions(kind):
    """Every definition of a kind at the top of a product module or class, with its file."""
    for file, top in parsed().items():
        inside = [node for found in top if isinstance(found, ast.ClassDef) for node in found.body]
        yield from ((file, node) for node in [*top, *inside] if isinstance(node, kind))


def is_command(function):
    """Whether it is a command of the terminal: its options have texts of their own."""
    return any("typer." in ast.unparse(each) for each in [*function.decorator_list, function.args])


def unexplained_parameters(function):
    """Parameters of a function that its docstring's section `Parameters` does not name."""
    arguments = function.args
    names = [each.arg for each in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]]
    names = [name for name in names if name not in {"self", "cls"}]
    found = SECTION.search(ast.get_docstring(function) or "")
    return len(names), [name for name in names if not (found and re.search(rf"\b{name}\b", found.group(1)))]


def test_public_functions_with_many_parameters_explain_each():
    missing = []
    for file, function in definitions(ast.FunctionDef):
        if function.name.startswith("_") or is_command(function):
            continue
        count, unexplained = unexplained_parameters(function)
        if count >= MANY_PARAMETERS and unexplained:
            missing.append(f"{file}:{function.lineno} {function.name}: {', '.join(unexplained)}")

    assert missing == []


def test_a_class_name_has_one_meaning():
    files = defaultdict(set)
    for file, found in definitions(ast.ClassDef):
        if not found.name.startswith("_"):
            files[found.name].add(str(file))

    assert {name: sorted(where) for name, where in files.items() if len(where) > 1} == {}


def test_an_unexplained_parameter_is_found():
    (function,) = ast.parse(
        'def f(a, b, *, c):\n    """Do.\n\n    Parameters\n    ----------\n    a, c: numbers.\n    """'
    ).body

    assert unexplained_parameters(function) == (3, ["b"])


def test_a_room_below_its_floor_and_a_room_without_one_fail():
    summary = {"covered_lines": 6, "covered_branches": 2, "num_statements": 8, "num_branches": 2}
    coverage = room_coverage({"files": {"app/a.py": {"summary": summary}, "flows/b.py": {"summary": summary}}})

    assert coverage == {"app": 80.0, "flows": 80.0}
    assert failures(coverage, {"app": 80, "flows": 81}) == ["flows: 80.0 %, below its floor of 81 %"]
    assert failures(coverage, {"app": 80}) == ["flows: no floor; write 80"]
