"""Signs and codes of currencies, as they stand before or after amounts."""

from collections.abc import Mapping

ISO_CURRENCIES = frozenset(
    {
        "AED", "ARS", "AUD", "BGN", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "CZK", "DKK", "EGP", "EUR",
        "GBP", "HKD", "HUF", "IDR", "ILS", "INR", "ISK", "JPY", "KRW", "KWD", "MAD", "MXN", "MYR", "NGN",
        "NOK", "NZD", "PEN", "PHP", "PKR", "PLN", "QAR", "RON", "RSD", "RUB", "SAR", "SEK", "SGD", "THB",
        "TND", "TRY", "TWD", "UAH", "USD", "UYU", "VND", "ZAR",
    }
)  # fmt: skip
"""Currencies that a heading or a value may name."""

SIGNS: Mapping[str, str | None] = {
    "\u20ac": "EUR", "euro": "EUR", "euros": "EUR", "\u00a3": "GBP", "$": None, "us$": "USD", "a$": "AUD",
    "au$": "AUD", "c$": "CAD", "ca$": "CAD", "nz$": "NZD", "hk$": "HKD", "s$": "SGD", "r$": "BRL", "nt$": "TWD",
    "mx$": "MXN", "\u00a5": None, "\u5186": "JPY", "\u5143": "CNY", "rmb": "CNY", "\u20b9": "INR", "rs": None,
    "rs.": None, "\u20bd": "RUB", "\u0440\u0443\u0431": "RUB", "\u0440\u0443\u0431.": "RUB", "\u0440.": "RUB",
    "\u20b4": "UAH", "\u0433\u0440\u043d": "UAH", "\u0433\u0440\u043d.": "UAH", "\u20a9": "KRW", "\uc6d0": "KRW",
    "\u20aa": "ILS", "\u20ba": "TRY", "tl": "TRY", "\u20ab": "VND", "\u0e3f": "THB", "\u20b1": "PHP", "\u20a6": "NGN",
    "z\u0142": "PLN", "zl": "PLN", "k\u010d": "CZK", "kc": "CZK", "kr": None, "kr.": None, "ft": "HUF", "lei": "RON",
    "\u043b\u0432": "BGN", "\u043b\u0432.": "BGN", "fr.": None, "fr": None, "sfr.": "CHF", "sfr": "CHF", "din": "RSD",
    "din.": "RSD", "rm": "MYR", "rp": "IDR", "rp.": "IDR",
}  # fmt: skip
"""Signs in lower case, and the one currency that each means; None where several write it so."""

CURRENCIES_OF: Mapping[str, tuple[str, ...]] = {
    "$": ("USD", "AUD", "CAD", "NZD", "HKD", "SGD", "MXN", "ARS", "CLP", "COP", "UYU", "TWD"),
    "\u00a5": ("JPY", "CNY"),
    "rs": ("INR", "PKR"),
    "rs.": ("INR", "PKR"),
    "kr": ("SEK", "NOK", "DKK", "ISK"),
    "kr.": ("SEK", "NOK", "DKK", "ISK"),
    "fr": ("CHF",),
    "fr.": ("CHF",),
}
"""Currencies that share a sign."""
