"""What the tests of the project as a whole read of it: its root, its settings of tools, its product rooms."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
TOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]
ROOMS = TOOLS["importlinter"]["root_packages"]
