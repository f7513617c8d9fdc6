"""A page taken apart: its tables as rows of text, found by their label."""

from html.parser import HTMLParser

VOID = {"meta", "link", "br", "input", "path", "rect", "circle"}


class Page(HTMLParser):
    """Text of the page, of each table's rows by the label of its region, tags and attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.tables: dict[str, list[list[str]]] = {}
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.unclosed: list[str] = []
        self.text = ""
        self._label = ""
        self._in_cell = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if tag not in VOID:
            self.unclosed.append(tag)
        if attributes.get("role") == "region":
            self._label = attributes["aria-label"] or ""
            self.tables.setdefault(self._label, [])
        elif tag == "tr":
            self.tables.setdefault(self._label, []).append([])
        elif tag in {"td", "th"}:
            self.tables[self._label][-1].append("")
            self._in_cell = True

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.unclosed.pop() == tag
        if tag in {"td", "th"}:
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._in_cell:
            cells = self.tables[self._label][-1]
            cells[-1] = f"{cells[-1]} {data}".strip()

    def row(self, table: str, first: str) -> list[str]:
        """The row of a table whose first cell begins so."""
        return next(row for row in self.tables[table] if row and row[0].startswith(first))
