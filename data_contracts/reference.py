"""The reference page of the inputs, written from the contracts.

Run `python -m data_contracts.reference docs/reference/inputs.md` after changing a contract; a test compares.
"""

import sys
from pathlib import Path

from data_contracts.contract import Contract
from data_contracts.declarations import EVERYTHING, Column, Rule
from data_contracts.tables import CONTRACTS

_HEAD = """# Inputs

Every table that `restock` reads. This page is written from the contracts in `data_contracts/tables`;
change them, not it.

A table comes from `[sources.TABLE]` in `restock.toml`: a CSV file (also gzipped), a Parquet file, a folder or a glob of
these, or a database's URL and query. Files may name columns differently: `[sources.TABLE.columns]` maps them, and
`[sources.TABLE.constants]` gives one value for every row. The order of columns does not matter. A column that
the contract does not know is reported and not used.

**How values are read.** Text is UTF-8, or Windows-1252 where it is not valid UTF-8; the separator is found from the
header. Numbers have a decimal point unless `decimal` says otherwise; `1.234,5` and `1,5` are read where nothing in
the column contradicts. Dates are ISO 8601 (`2026-03-31`, with or without a time) or as `date_format` says;
`03/04/2026` is refused
where no other date of the file shows which is the day. Yes and no may be written true/false,
yes/no, 1/0. An empty field is missing; so are `NULL`, `NaN` and `n/a` in columns of numbers, dates and flags.

**What a broken rule does.** *reject*: the row goes to quarantine with its file, line, rule and value, and is counted.
*warn*: the row is kept and the broken rule is reported; the value is left out where the rule says so. *stop*: nothing
is published and the last good plan stays. A run also stops when more than `data.max_rejected_share` of a table's rows
is rejected.
"""

_EFFECT = {"keep": "", "blank": "; the value is left out", "count_once": "; the row counts once"}


def render() -> str:
    """The whole page as Markdown."""
    needed = ", ".join(f"`{table}`" for table, contract in CONTRACTS.items() if contract.needed_to_run)
    index = "\n".join(
        f"- [`{table}`](#{table}): one row per {contract.one_row_per}" for table, contract in CONTRACTS.items()
    )
    others = "Every other table makes the result better, and its absence is said in the report."
    start = f"{_HEAD}\nNeeded to run: {needed}. {others}\n"
    return "\n".join([start, index, "", *(_table(contract) for contract in CONTRACTS.values())])


def _table(contract: Contract) -> str:
    lines = [f"## {contract.table}", "", f"One row per {contract.one_row_per}."]
    lines[-1] += " Needed to run." if contract.needed_to_run else ""
    lines += ["", f"Key: {', '.join(f'`{name}`' for name in contract.key)}.", ""]
    lines += ["| column | kind | unit | required | empty | meaning | example |", "|---|---|---|---|---|---|---|"]
    lines += [_column(column) for column in contract.columns]
    lines += ["", "| rule | broken when | outcome |", "|---|---|---|"]
    lines += [_rule(rule) for rule in (*contract.all_rules(), *contract.table_rules())]
    return "\n".join([*lines, ""])


def _column(column: Column) -> str:
    if not column.nullable and column.default is None:
        empty = "no"
    elif column.default is None:
        empty = "yes"
    else:
        empty = "means all (`*`)" if column.default == EVERYTHING else f"means {column.default}"
    kind = column.kind if not column.choices else " / ".join(column.choices)
    cells = (
        f"`{column.name}`",
        kind,
        column.unit,
        "yes" if column.required else "",
        empty,
        column.meaning,
        column.example,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _rule(rule: Rule) -> str:
    subject = "the key" if ".key." in rule.name or rule.name.endswith("repeated_lines") else f"`{rule.columns[0]}`"
    violation = f"{subject} is {rule.violation}".replace("|", "\\|")
    return f"| `{rule.name}` | {violation} | {rule.outcome}{_EFFECT[rule.on_warn]} |"


if __name__ == "__main__":
    page = Path(sys.argv[1])
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(render(), "utf-8")
