"""An identity gap: a line that a table likely lacks, its evidence, and how it reads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MANY = 10
"""From so many codes on a setting is better than a line each."""


@dataclass(frozen=True)
class IdentityGap:
    """A line that a table likely lacks, and why.

    Attributes
    ----------
    kind: what was found: `written alike`, `same barcode`, `multipack`, `successor`, `fulfilment`, `unit of measure`.
    table: canonical table that the line belongs to.
    line: the line's values by column; the columns left out are empty.
    evidence: why, in words.
    units, money: what was sold under the codes that the line is about, units and base currency.
    confidence: from 0 to 1, how sure the finder is; a judgement, not a measured frequency.
    changes: columns that differ from the line that is there, whose place this one takes; empty where it is added.
    """

    kind: str
    table: str
    line: dict[str, str]
    evidence: str
    units: float
    money: float
    confidence: float
    changes: tuple[str, ...] = ()

    def in_words(self, currency: str) -> str:
        """The gap as a person reads it, in one sentence."""
        sold = f"{self.units:,.0f} units, {self.money:,.0f} {currency}"
        return f"{self.kind}: {self.evidence} ({sold}); {self.to_do} (confidence {self.confidence:.0%})"

    @property
    def to_do(self) -> str:
        """What to add or change, and where, in words."""
        whose = f" of {self.line['sku']}" if self.changes else ""
        verb = "change" if self.changes else "add"
        named = self.changes or tuple(self.line)
        values = ", ".join(f"{name} = {self.line[name]}" for name in named if self.line[name])
        return f"{verb} in {self.table}{whose}: {values}"


def by_money(gaps: Iterable[IdentityGap]) -> list[IdentityGap]:
    """Proposals sorted by the money concerned, most first."""
    return sorted(gaps, key=lambda found: (-found.money, -found.confidence, found.kind, tuple(found.line.values())))


def advice(gaps: Sequence[IdentityGap]) -> list[str]:
    """What one setting would do in the place of many lines, in words."""
    by_case = [found for found in gaps if found.kind == "written alike" and _is_case_only(found.line)]
    if len(by_case) < MANY:
        return []
    return [f'{len(by_case):,} codes differ by letter case only; [data] sku_case = "upper" makes each pair one SKU']


def _is_case_only(line: dict[str, str]) -> bool:
    return line["alias"].casefold() == line["sku"].casefold()
