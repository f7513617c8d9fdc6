"""A shop of three products as real files, good enough to plan, and what is changed in it; and what a check finds."""

import datetime as dt

from app.check.examine import Findings, examine
from settings import load_settings

AS_OF = dt.date(2026, 3, 31)
SALES = "date,sku,location,channel,units,net_revenue,currency"
PRODUCTS = "sku,name,category,unit_price,unit_cost,currency"
TERMS = "sku,location,supplier,unit_cost,currency,lead_time_days"
INVENTORY = "as_of,sku,location,on_hand"
SKUS = ("TEA", "CUP", "POT")


def day(before):
    """ISO date so many days before the plan's day."""
    return (AS_OF - dt.timedelta(days=before)).isoformat()


def sale(date=AS_OF, sku="TEA", location="BER", channel="web", units="2", net_revenue="20", currency="EUR"):
    """One line of the sales file."""
    return f"{date},{sku},{location},{channel},{units},{net_revenue},{currency}"


def good_sales(days=70, skus=SKUS):
    """Two units of each product a day."""
    return [sale(day(before), sku) for before in range(days - 1, -1, -1) for sku in skus]


def csv(header, rows):
    """A file's text."""
    return "\n".join([header, *rows]) + "\n"


def shop(root, *, settings="", sources="", **files):
    """Write the shop to a folder.

    `sales=[...]` adds rows to the good ones; `sales_csv="..."` replaces the file; so for every table. None takes the
    file away. `settings` are lines below [data], `sources` further tables of the settings.
    """
    good = {
        "sales": (SALES, good_sales()),
        "products": (PRODUCTS, [f"{sku},{sku.title()},Kitchen,10,4,EUR" for sku in SKUS]),
        "supply_terms": (TERMS, [f"{sku},BER,NORD,4,EUR,7" for sku in SKUS]),
        "inventory": (INVENTORY, [f"{AS_OF},{sku},BER,30" for sku in SKUS]),
    }
    for table, (header, rows) in good.items():
        text = files.pop(f"{table}_csv", csv(header, [*rows, *files.pop(table, [])]))
        if text is not None:
            (root / f"{table}.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    named = dict.fromkeys(good)
    for name, text in files.items():
        table = name.removesuffix("_csv")
        (root / f"{table}.csv").write_text(text, encoding="utf-8")
        named[table] = None
    paths = "".join(
        f'[sources.{table}]\npath = "{table}.csv"\n' for table in named if f"[sources.{table}]" not in sources
    )
    (root / "restock.toml").write_text(
        f"[data]\ntoday = {AS_OF}\nmax_rejected_share = 0.2\n{settings}\n{paths}{sources}", encoding="utf-8"
    )
    return root


class Silent:
    """Nobody watches."""

    def stage(self, name, total):
        """Nothing."""

    def advance(self, done):
        """Nothing."""


def check(root, as_of=None) -> Findings:
    """What `restock check` finds in a folder."""
    return examine(load_settings(root), as_of, Silent())


def problem(findings, rule):
    """The problem of a rule."""
    found = [each for each in findings.problems if each.rule == rule]
    assert found, [each.rule for each in findings.problems]
    return found[0]


def only_reason(findings):
    """The one reason for which a plan would be refused."""
    assert len(findings.refusals) == 1, findings.refusals
    return findings.refusals[0]
