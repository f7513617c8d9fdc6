"""The rooms of the house: what the import contracts name is what there is on disk."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
CONTRACTS = {contract["id"]: contract for contract in PROJECT["importlinter"]["contracts"]}
BESIDE = {"benchmarks", "examples", "tests"}
"""Packages that are not part of the product."""


def packages(folder):
    return {path.parent.name for path in folder.glob("*/__init__.py")}


def layered(contract):
    return {name.strip() for layer in CONTRACTS[contract]["layers"] for name in layer.split("|")}


def test_every_package_at_the_top_has_its_layer():
    assert layered("rooms") | {"demo"} == packages(ROOT) - BESIDE


def test_every_package_at_the_top_is_linted_for_imports_and_circles():
    named = PROJECT["importlinter"]["root_packages"]

    assert set(named) == packages(ROOT) - BESIDE
    assert CONTRACTS["no-circles"]["ancestors"] == named


def test_every_package_at_the_top_is_installed():
    included = {name.removesuffix("*") for name in PROJECT["setuptools"]["packages"]["find"]["include"]}

    assert included == packages(ROOT) - BESIDE


@pytest.mark.parametrize("contract", ["model-rooms"])
def test_every_room_of_the_models_has_its_layer(contract):
    assert layered(contract) == {f"models.{name}" for name in packages(ROOT / "models")}
