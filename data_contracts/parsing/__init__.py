"""How texts become numbers, days and flags, and which of them settings name.

Each function reads distinct texts, never row by row. What cannot be read becomes missing; the caller keeps the text
beside it. Nothing is guessed: a form that could mean two things is read only where other values of the same column
decide it.

To be read in this order: `texts`, `currencies` and `amounts` (what stands around a number), `numbers`, `month_names`
and `written_days` (days with one meaning), `dates`, `parameters`.
"""

from data_contracts.parsing.amounts import currencies_named, read_amount
from data_contracts.parsing.currencies import CURRENCIES_OF, ISO_CURRENCIES
from data_contracts.parsing.dates import MONTH_YEAR, SERIAL_EPOCHS, date_hints, is_serial, read_dates, serial_day
from data_contracts.parsing.month_names import month_and_year, month_number
from data_contracts.parsing.numbers import (
    number_hints,
    read_numbers,
    refuse_ambiguous_numbers,
    refuse_mixed_currencies,
)
from data_contracts.parsing.parameters import read_parameter_values
from data_contracts.parsing.texts import (
    FALSE,
    MISSING,
    TRUE,
    is_listed,
    is_missing,
    is_non_product,
    normalise_sku,
    read_flags,
)
from data_contracts.parsing.written_days import has_zone, read_written_day

__all__ = [
    "CURRENCIES_OF",
    "FALSE",
    "ISO_CURRENCIES",
    "MISSING",
    "MONTH_YEAR",
    "SERIAL_EPOCHS",
    "TRUE",
    "currencies_named",
    "date_hints",
    "has_zone",
    "is_listed",
    "is_missing",
    "is_non_product",
    "is_serial",
    "month_and_year",
    "month_number",
    "normalise_sku",
    "number_hints",
    "read_amount",
    "read_dates",
    "read_flags",
    "read_numbers",
    "read_parameter_values",
    "read_written_day",
    "refuse_ambiguous_numbers",
    "refuse_mixed_currencies",
    "serial_day",
]
