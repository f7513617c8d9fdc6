# ruff: noqa: E501 - words of one kind in one line read as a table
"""Small tables that are the same in every language: units, time zones, signs of currencies, texts that mean nothing.

What tables and columns are called in which language stands in `onboarding.survey.vocabulary`.
"""

from collections.abc import Mapping

from intake.mapping.durations import UNIT_DAYS

_DAYS = {word: days for word, days in UNIT_DAYS.items() if len(word) > len("an") or word == "\u65e5"}

FACTORS: Mapping[str, Mapping[str, float]] = {
    "weight_kg": {
        "kg": 1, "kilogram": 1, "kilograms": 1, "g": 0.001, "gram": 0.001, "grams": 0.001, "gramm": 0.001,
        "lb": 0.45359237, "lbs": 0.45359237, "pounds": 0.45359237, "oz": 0.028349523,
    },
    "volume_m3": {"m3": 1, "cbm": 1, "l": 0.001, "litre": 0.001, "liter": 0.001, "litres": 0.001, "cm3": 1e-6, "ccm": 1e-6},
    "lead_time_days": _DAYS,
    "shelf_life_days": _DAYS,
    "unit_price": {"cents": 0.01, "cent": 0.01, "pence": 0.01},
    "unit_cost": {"cents": 0.01, "cent": 0.01, "pence": 0.01},
    "net_revenue": {"cents": 0.01, "cent": 0.01, "pence": 0.01},
    "discount_fraction": {"percent": 0.01, "pct": 0.01, "prozent": 0.01},
    "commission_fraction": {"percent": 0.01, "pct": 0.01, "prozent": 0.01},
}  # fmt: skip
"""What one of the heading's unit is in the column's own."""

ZONES: Mapping[str, str] = {
    "AE": "Asia/Dubai", "AT": "Europe/Vienna", "BE": "Europe/Brussels", "BG": "Europe/Sofia", "CH": "Europe/Zurich",
    "CN": "Asia/Shanghai", "CO": "America/Bogota", "CZ": "Europe/Prague", "DE": "Europe/Berlin",
    "DK": "Europe/Copenhagen", "EE": "Europe/Tallinn", "EG": "Africa/Cairo", "FI": "Europe/Helsinki",
    "FR": "Europe/Paris", "GB": "Europe/London", "GR": "Europe/Athens", "HK": "Asia/Hong_Kong", "HR": "Europe/Zagreb",
    "HU": "Europe/Budapest", "IE": "Europe/Dublin", "IL": "Asia/Jerusalem", "IN": "Asia/Kolkata",
    "IS": "Atlantic/Reykjavik", "IT": "Europe/Rome", "JP": "Asia/Tokyo", "KR": "Asia/Seoul", "LT": "Europe/Vilnius",
    "LU": "Europe/Luxembourg", "LV": "Europe/Riga", "MA": "Africa/Casablanca", "NL": "Europe/Amsterdam",
    "NO": "Europe/Oslo", "PL": "Europe/Warsaw", "RO": "Europe/Bucharest", "RS": "Europe/Belgrade",
    "SE": "Europe/Stockholm", "SG": "Asia/Singapore", "SI": "Europe/Ljubljana", "SK": "Europe/Bratislava",
    "TH": "Asia/Bangkok", "TR": "Europe/Istanbul", "TW": "Asia/Taipei", "ZA": "Africa/Johannesburg",
}  # fmt: skip
"""Time zone of countries whose mainland has one."""

CURRENCY_SIGNS: Mapping[str, str] = {
    "\u20ac": "EUR", "\u00a3": "GBP", "euro": "EUR", "euros": "EUR", "zl": "PLN", "\u5186": "JPY",
}  # fmt: skip
"""Signs and words that mean one currency only, as `plain` writes them; a dollar sign does not."""

PIECES = frozenset({
    "pcs", "pce", "pc", "ea", "ks", "pieces", "stk", "stck", "stuck", "st", "szt", "uds", "ud", "un", "pz", "u", "\u500b", "\u70b9", "kr",
})  # fmt: skip
"""Words at the end of a heading that say that single units are counted, or name no one currency."""

PREPOSITIONS = frozenset({"in", "en", "em", "i", "w"})
"""Words before a unit or a currency at the end of a heading."""

NOTHING_THERE = frozenset(
    {"date not captured", "not captured", "not available", "unknown", "pending", "tbd", "tba", "keine angabe", "open", "?"}
)  # fmt: skip
"""Texts in columns of dates and numbers that plainly mean that nothing is there."""

NOT_PRODUCTS = frozenset(
    {
        "POST", "POSTAGE", "DOT", "SHIPPING", "FREIGHT", "VERSAND", "DISCOUNT", "RABATT", "GIFTCARD", "GIFT CARD",
        "BANK CHARGES", "AMAZONFEE", "FEE", "TIP", "CARRIAGE", "MANUAL", "SAMPLES", "ADJUST", "CRUK", "PADS",
    }
)  # fmt: skip
"""Codes of sales lines that are usually no products."""

STATUS_WORDS = frozenset(
    {
        "draft", "sale", "sales order", "locked", "done", "posted", "paid", "open", "closed", "shipped", "delivered", "complete", "completed",
        "confirmed", "processing", "pending", "new", "invoiced", "fulfilled", "unfulfilled", "refunded", "returned", "cancelled", "canceled",
        "cancel", "on hold", "on-hold", "failed", "received", "purchase", "offen", "bezahlt", "versendet", "versandt", "geliefert", "abgeschlossen", "storniert",
        "erledigt", "pay\u00e9", "pay\u00e9e", "exp\u00e9di\u00e9", "exp\u00e9di\u00e9e", "livr\u00e9", "livr\u00e9e", "annul\u00e9", "annul\u00e9e", "termin\u00e9", "termin\u00e9e",
        "en cours", "pagado", "enviado", "entregado", "cancelado", "completado", "pendiente", "facturado", "pagato", "spedito", "consegnato",
        "annullato", "evaso", "completato", "betaald", "verzonden", "geleverd", "geannuleerd", "afgerond", "op\u0142acone", "wys\u0142ane", "anulowane",
        "zrealizowane", "zako\u0144czone", "nowe", "pago", "entregue", "conclu\u00eddo", "pendente", "betald", "skickad", "levererad", "makulerad", "avslutad",
    }
)  # fmt: skip
"""Texts of a status, in lower case, by which a column is known to hold one."""
