"""The command `restock init` and its flags: what files alone may not say."""

from pathlib import Path
from typing import Annotated

import typer

from app.terminal import errors_as_messages


def init(
    source: Annotated[
        str,
        typer.Argument(metavar="FOLDER", help="Folder of your files, a database's SQLAlchemy URL, or an SQLite file."),
    ],
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Take what is likely; what is ambiguous is never taken.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over a restock.toml that is there.")] = False,
    to: Annotated[Path | None, typer.Option(help="Folder of restock.toml; FOLDER, or for a database this one.")] = None,
    table: Annotated[
        list[str] | None, typer.Option(metavar="FILE=TABLE", help="What a file is; `none`: not used.")
    ] = None,
    column_map: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="TABLE.COLUMN=COLUMN", help="Column of the file, or an expression; `none`: not used."
        ),
    ] = None,
    constant: Annotated[
        list[str] | None, typer.Option(metavar="TABLE.COLUMN=VALUE", help="One value for every row of a table.")
    ] = None,
    leave_out: Annotated[
        list[str] | None, typer.Option(metavar="TABLE.COLUMN", help="Leave out rows that have nothing in this column.")
    ] = None,
    meaning: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TABLE.COLUMN:TEXT=MEANING", help="What a text says of its rows: sale, cancelled, returned, return."
        ),
    ] = None,
    date_order: Annotated[
        str | None,
        typer.Option(metavar="day-first|month-first|year-first", help="How to read 03/04/2026, or 26/01/05."),
    ] = None,
    date_system: Annotated[
        str | None, typer.Option(metavar="1900|1904", help="From when a spreadsheet's dates as numbers count.")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(metavar="cp1250", help="Encoding of text whose letters do not show it.")
    ] = None,
    decimal: Annotated[str | None, typer.Option(metavar="point|comma", help="How to read 1.234 or 1,234.")] = None,
    currency: Annotated[str | None, typer.Option(metavar="EUR", help="Currency of amounts that name none.")] = None,
    timezone: Annotated[str | None, typer.Option(metavar="Europe/Berlin", help="Zone of your business's day.")] = None,
    country: Annotated[str | None, typer.Option(metavar="DE", help="Country whose public holidays apply.")] = None,
    period: Annotated[str | None, typer.Option(metavar="day|week|month", help="Grain of sales and planning.")] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="Day of a stock file without one.")
    ] = None,
    location: Annotated[str | None, typer.Option(metavar="MAIN", help="Stocking location where none is named.")] = None,
    channel: Annotated[str | None, typer.Option(metavar="shop", help="Channel of sales that name none.")] = None,
    supplier: Annotated[str | None, typer.Option(metavar="NAME", help="Supplier where none is named.")] = None,
    lead_time_days: Annotated[float | None, typer.Option(min=0, max=1000, help="Days from order to arrival.")] = None,
    lead_time_unit: Annotated[str | None, typer.Option(metavar="days|weeks", help="Unit of lead times.")] = None,
    unit_cost: Annotated[float | None, typer.Option(min=0, help="What a unit costs, where no file says.")] = None,
    cost_share: Annotated[float | None, typer.Option(min=0, max=1, help="Cost as a share of the price.")] = None,
    unit_price: Annotated[float | None, typer.Option(min=0, help="Price of a unit, where no file says.")] = None,
    price_is: Annotated[
        str | None, typer.Option(metavar="unit|line", help="Whether prices are of a unit or a line.")
    ] = None,
    sku_case: Annotated[str | None, typer.Option(metavar="upper|keep", help="Whether a-1 and A-1 are one SKU.")] = None,
    tax_rate: Annotated[float | None, typer.Option(min=0, max=1, help="Tax in amounts that include it.")] = None,
    year: Annotated[
        int | None, typer.Option(min=1900, max=2199, help="Year of the first of headings that name months alone.")
    ] = None,
    on_hand: Annotated[float | None, typer.Option(min=0, help="Stock of each SKU, where no file says.")] = None,
) -> None:
    """Look at your files, say what each is, and write a restock.toml for them."""
    from app.init.answers import answers_from_flags
    from app.init.initialise import initialise
    from onboarding.answers import CompanyFact
    from onboarding.survey.sources import is_sqlite

    is_url = "://" in source or source.startswith("env:")
    is_file = not is_url and is_sqlite(Path(source))
    company = to or (Path() if is_url else Path(source).parent if is_file else Path(source))
    with errors_as_messages(company):
        facts: dict[CompanyFact, str | float | None] = {
            CompanyFact.DATE_ORDER: date_order,
            CompanyFact.DATE_SYSTEM: date_system,
            CompanyFact.DECIMAL: decimal,
            CompanyFact.CURRENCY: currency,
            CompanyFact.TIMEZONE: timezone,
            CompanyFact.COUNTRY: country,
            CompanyFact.PERIOD: period,
            CompanyFact.AS_OF: as_of,
            CompanyFact.LOCATION: location,
            CompanyFact.CHANNEL: channel,
            CompanyFact.SUPPLIER: supplier,
            CompanyFact.LEAD_TIME_DAYS: lead_time_days,
            CompanyFact.LEAD_TIME_UNIT: lead_time_unit,
            CompanyFact.UNIT_COST: unit_cost,
            CompanyFact.COST_SHARE: cost_share,
            CompanyFact.UNIT_PRICE: unit_price,
            CompanyFact.PRICE_IS: price_is,
            CompanyFact.SKU_CASE: sku_case,
            CompanyFact.TAX_RATE: tax_rate,
            CompanyFact.ON_HAND: on_hand,
            CompanyFact.YEAR: year,
        }
        answers = answers_from_flags(
            facts,
            table=table or (),
            column_map=column_map or (),
            constant=constant or (),
            leave_out=leave_out or (),
            meaning=meaning or (),
        )
        initialise(source, company, answers, yes=yes, force=force, is_database=is_url or is_file, encoding=encoding)
