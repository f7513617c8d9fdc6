"""The rooms of the house: what the import contracts name is what there is on disk."""

import pytest

from tests.project import ROOT, TOOLS

CONTRACTS = {contract["id"]: contract for contract in TOOLS["importlinter"]["contracts"]}
BESIDE = {"benchmarks", "examples", "tests"}
"""Packages that are not part of the product."""


def packages(folder):
    return {path.parent.name for path in folder.glob("*/__init__.py")}


def layered(contract):
    return {name.strip() for layer in CONTRACTS[contract]["layers"] for name in layer.split("|")}


def test_every_package_at_the_top_has_its_layer():
    assert layered("rooms") | {"demo"} == packages(ROOT) - BESIDE


def test_every_package_at_the_top_is_linted_for_imports_and_circles():
    named = TOOLS["importlinter"]["root_packages"]

    assert set(named) == packages(ROOT) - BESIDE
    assert CONTRACTS["no-circles"]["ancestors"] == named


def test_every_package_at_the_top_is_installed():
    included = {name.removesuffix("*") for name in TOOLS["setuptools"]["packages"]["find"]["include"]}

    assert included == packages(ROOT) - BESIDE


@pytest.mark.parametrize("contract", ["model-rooms"])
def test_every_room_of_the_models_has_its_layer(contract):
    assert layered(contract) == {f"models.{name}" for name in packages(ROOT / "models")}
