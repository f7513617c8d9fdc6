"""Settings of `[sources.TABLE]`: where an input table comes from, how its text is read, and how large it may be."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from settings.groups import Group


def _compiles(text: str) -> str:
    if text.startswith("re:"):
        try:
            re.compile(text[3:])
        except re.error as fault:
            raise ValueError(f"not a valid regular expression: {fault}") from fault
    return text


def _as_list(written: Any) -> Any:
    return [written] if isinstance(written, str | int) else written


Texts = Annotated[list[Annotated[str, AfterValidator(_compiles)]], BeforeValidator(_as_list)]
"""One text or several; after `re:` a regular expression that the whole text matches."""


class Unpivot(Group):
    """[sources.TABLE.unpivot]: a wide file, with a column for each date or each product, is read as one row for each filled cell."""

    columns: Texts = Field(
        min_length=1, description="Headers of the columns that become rows: names, or a regular expression after `re:`."
    )
    into: str = Field(description="Column that is to hold the headers.")
    values: str = Field(description="Column that is to hold the cells.")
    names: dict[str, str] = Field(
        {},
        description="What headers stand for that are no dates themselves, such as Jan for 2026-01; others stand for themselves.",
    )
    drop_zeros: bool = Field(False, description="Whether cells that hold zero are left out, as empty ones are.")


Encoding = Literal[
    "utf-8", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255",
    "cp1257", "iso8859-2", "iso8859-15", "mac-roman", "cp437", "cp850", "cp852", "cp866", "koi8-r", "cp932", "euc-jp",
    "gb18030", "big5", "cp949",
]  # fmt: skip
HeaderLine = Annotated[
    Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=1)] | None,
    BeforeValidator(_as_list),
    Field(
        description="Line on which the header stands, or the lines of a header of several, whose texts are put together; what stands above is not read. The first line that is not empty when not set.",
    ),
]
Sheet = Annotated[
    str | None,
    Field(description="Sheet of an Excel workbook; the only one with values that is not hidden when not set."),
]


class JoinedFile(Group):
    """[[sources.TABLE.joined]]: a second file, whose rows give the rows of the first more columns."""

    path: str | None = Field(None, description="File, folder of files or glob, relative to restock.toml.")
    table: str | None = Field(None, description="Table or view of the same database, instead of a path.")
    sheet: Sheet = None
    header_line: HeaderLine = None
    on: list[str] = Field(min_length=1, description="Columns of both files by which rows belong together.")
    matches: list[str] = Field(
        default_factory=list,
        description="What the second file calls the columns of `on`, where it calls them otherwise.",
    )
    unpivot: Unpivot | None = Field(None, description="Set where the second file is wide.")

    @model_validator(mode="after")
    def _one_place(self) -> "JoinedFile":
        if (self.path is None) == (self.table is None):
            raise ValueError("give either path or table")
        if self.matches and len(self.matches) != len(self.on):
            raise ValueError("matches needs a column for each of `on`")
        return self

    @property
    def place(self) -> str:
        """The path or the table."""
        return self.path or self.table or ""


class ReadingLimits(Group):
    """[sources.TABLE.limits]: beyond what size a file is refused rather than read, for every kind of file."""

    most_mib: int = Field(4096, ge=1, description="MiB of a file, unpacked.")
    most_rows: int = Field(25_000_000, ge=1, description="Rows of a file, or lines, empty ones too.")
    most_columns: int = Field(5_000, ge=1, description="Columns of a file.")
    most_seconds: int = Field(3_600, ge=1, description="Seconds that one pass over a file may take.")


class TableSource(Group):
    """[sources.TABLE]: where one input table comes from and how its text is read."""

    path: str | None = Field(
        None,
        description="File, folder of files or glob, relative to restock.toml: CSV or JSON, gzipped or not, Parquet, or an Excel workbook (.xlsx).",
    )
    sheet: Sheet = None
    url: str | None = Field(
        None, description="SQLAlchemy URL of a database, instead of a path; `env:NAME` reads it from the environment."
    )
    query: str | None = Field(None, description="SQL text that returns the table's rows; needs url.")
    table: str | None = Field(
        None, description="Table or view of the database, SCHEMA.TABLE where need be, instead of a query; needs url."
    )
    watermark: str | None = Field(
        None,
        description="Column of the database's answer, a day, an instant or a growing number, from whose newest value less `reread_days` on rows are read; older ones are kept. A query says where, as in WHERE day >= :since.",
    )
    reread_days: int = Field(
        35, ge=0, description="Days before the newest watermark that are read again, because history is restated."
    )
    connector: str | None = Field(
        None, description="Format of another system's export, such as shopify_orders; its columns need no mapping."
    )
    columns: dict[str, str] = Field(
        default_factory=dict,
        description='Canonical column = column of the file, text with columns in it such as "{Client}-{Product:03}", or a formula of columns and numbers such as "= units * price * (1 - {Discount or 0})".',
    )
    constants: dict[str, str] = Field(default_factory=dict, description="Canonical column = one value for every row.")
    header_line: HeaderLine = None
    footers: Texts = Field(
        default_factory=list,
        description="Lines, or regular expressions after `re:`, that have fewer fields than the header and are no rows, such as a footer; they are left out and counted.",
    )
    separator: Literal[",", ";", "\t", "|"] | None = Field(
        None, description="Column separator; found from the header line when not set."
    )
    encoding: Encoding | None = Field(
        None,
        description="Text encoding. When not set UTF-8 or UTF-16, else the one in which the letters fit a language; where several do, the file is refused.",
    )
    decimal: Literal[".", ","] = Field(".", description="Decimal sign of numbers.")
    thousands: Literal[".", ",", " ", "'"] | None = Field(None, description="Thousands separator of numbers.")
    date_format: Annotated[list[str], BeforeValidator(_as_list), Field(min_length=1)] | None = Field(
        None,
        description="strptime format, or several, of dates of more than one meaning, such as %d/%m/%Y; `excel` or `excel-1904` for the serial numbers of spreadsheets; `month-year` for months by name with two digits of the year, such as Jan 26.",
    )
    limits: ReadingLimits = Field(
        default_factory=ReadingLimits, description="Beyond what size a file is refused rather than read."
    )
    missing_values: Texts = Field(
        default_factory=list,
        description="Texts, or regular expressions after `re:`, that mean a missing value, in any column.",
    )
    unpivot: Unpivot | None = Field(
        None, description="Set where the file is wide, with a column for each date or product."
    )
    joined: list[JoinedFile] = Field(default_factory=list, description="Further files that give more columns.")
    only: dict[str, Texts] = Field(
        default_factory=dict,
        description="Column of the file = text, or texts, of the rows that are read; the others are left out and counted.",
    )
    leave_out: dict[str, Texts] = Field(
        default_factory=dict,
        description="Column of the file = text, or texts, of rows that are not read, such as those of totals; they are counted.",
    )
    meanings: dict[str, dict[str, str]] = Field(
        default_factory=dict,
        description='Canonical column = what each of its texts means, such as status = { Shipped = "completed", Storno = "cancelled" }.',
    )
    returns: dict[str, Texts] = Field(
        default_factory=dict,
        description="Sales only: column of the file = text, or texts, of the rows that are returns or credit notes; their units and revenue count as negative, whatever their sign in the file.",
    )
    distinct: bool = Field(
        False,
        description="Keep one row for each key, as when products are read from order lines; repeats that differ are reported.",
    )
    cancelled_order_prefix: str | None = Field(
        None, description="Sales only: order numbers that start so are cancellations of earlier lines."
    )
    not_products: list[str] = Field(
        default_factory=list,
        description="Sales only: SKU codes, or regular expressions after `re:`, that are not products (postage, fees); these rows are left out and counted.",
    )

    @model_validator(mode="after")
    def _one_place(self) -> "TableSource":
        if (self.path is None) == (self.url is None):
            raise ValueError("give either path, or url with query or table")
        if (self.url is None) != (self.query is None and self.table is None):
            raise ValueError("url needs a query or a table, and these need a url")
        if self.query is not None and self.table is not None:
            raise ValueError("give either query or table")
        has_since = re.search(r"(?<![:\w\\]):since\b", self.query or "") is not None
        if self.watermark is not None and self.table is None and not has_since:
            raise ValueError("watermark needs :since in the query, as in WHERE day >= :since")
        if has_since and self.watermark is None:
            raise ValueError(":since in the query needs watermark, the column that it is compared with")
        if self.connector is not None and self.path is None:
            raise ValueError("connector reads files: it needs a path")
        return self
