"""`python -m tests.golden [COMPANY ...]` plans the companies anew and replaces what is expected of them."""

import sys
import tempfile
from pathlib import Path

from tests.golden.companies import WRITERS, plan
from tests.golden.expected import write_expected


def main(names: list[str]) -> int:
    """Command line: names of companies; all three where none is given."""
    unknown = [name for name in names if name not in WRITERS]
    if unknown:
        sys.stderr.write(f"no company {', '.join(unknown)}; known are {', '.join(WRITERS)}\n")
        return 2
    for name in names or WRITERS:
        with tempfile.TemporaryDirectory() as folder:
            write_expected(name, plan(name, Path(folder) / "company"))
        sys.stdout.write(f"{name}: written; read `git diff tests/golden/expected/{name}` before you commit it\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
