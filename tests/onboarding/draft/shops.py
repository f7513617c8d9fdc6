"""Small generated shops: the same sales, written in the columns that one layout or another has."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

WORDS = {
    "en": {
        "date": "Date", "order": "Order No", "sku": "SKU", "units": "Quantity", "price": "Unit Price", "total": "Total",
        "discount": "Discount", "rate": "VAT rate", "tax": "VAT", "shipping": "Shipping",
        "net": "Net Amount", "gross": "Total incl. VAT",
    },
    "de": {
        "date": "Datum", "order": "Auftragsnr.", "sku": "Artikelnr.", "units": "Menge", "price": "Einzelpreis",
        "total": "Gesamtpreis", "discount": "Rabatt", "rate": "MwSt-Satz", "tax": "MwSt-Betrag",
        "shipping": "Versandkosten", "net": "Nettobetrag", "gross": "Bruttobetrag",
    },
    "fr": {
        "date": "Date", "order": "Commande", "sku": "Reference", "units": "Quantite", "price": "Prix unitaire",
        "total": "Montant", "discount": "Remise", "rate": "Taux TVA", "tax": "TVA", "shipping": "Frais de port",
        "net": "Montant HT", "gross": "Montant TTC",
    },
    "es": {
        "date": "Fecha", "order": "Order", "sku": "Codigo", "units": "Cantidad", "price": "Precio unitario",
        "total": "Importe", "discount": "Descuento", "rate": "Tipo IVA", "tax": "IVA", "shipping": "Envio",
        "net": "Importe neto", "gross": "Importe con IVA",
    },
}  # fmt: skip

PRICES = (None, "net", "gross", "paid net", "paid gross")
TOTALS = (None, "net", "gross", "listed", "shipped")
DISCOUNTS = (None, "fraction", "percent", "unit", "line", "negative line")
TAXES = (None, "fraction", "percent", "amount", "percent and amount")


@dataclass(frozen=True)
class Layout:
    """Which columns a file has, and what they hold.

    Attributes
    ----------
    price, total: with or without tax, before or after the discount, with shipping.
    discount, tax: how they are written.
    named: whether headings of totals say net and gross.
    language: of the headings.
    returns: whether some lines have negative units.
    """

    price: str | None
    total: str | None
    discount: str | None
    tax: str | None
    named: bool = False
    language: str = "en"
    returns: bool = False


def layouts() -> Iterator[Layout]:
    """All layouts in one language that hold something of revenue."""
    for price, total, discount, tax, named, returns in product(
        PRICES, TOTALS, DISCOUNTS, TAXES, (False, True), (False, True)
    ):
        shows_tax = tax or not ("gross" in str(price) or total == "gross")
        if (price or total) and (total in ("net", "gross") or not named) and shows_tax:
            yield Layout(price, total, discount, tax, named, returns=returns)


def shop(layout: Layout, seed: int = 0, lines: int = 24) -> tuple[str, "np.ndarray", "np.ndarray"]:
    """A file in this layout, with the units and the net revenue of each of its lines."""
    random = np.random.default_rng(seed)
    units = random.integers(1, 9, lines)
    if layout.returns:
        units[random.choice(lines, lines // 6, replace=False)] *= -1
    listed = np.round(random.uniform(4, 90, lines), 2)
    share = random.choice([0.0, 0.1, 0.15, 0.25], lines) if layout.discount else np.zeros(lines)
    rate = random.choice([0.19, 0.07], lines) if layout.tax else np.zeros(lines)
    shipping = np.round(random.choice([0.0, 3.9, 5.5], lines), 2)
    is_gross = layout.price in ("gross", "paid gross")
    listed_in_file = np.round(listed * (1 + rate), 2) if is_gross else listed
    off_unit = np.round(listed_in_file * share, 2)
    if layout.discount in ("unit", "line", "negative line"):
        paid = listed_in_file - off_unit
    else:
        paid = listed_in_file * (1 - share)
    value = units * paid
    net = value / (1 + rate) if is_gross else value
    tax = net * rate
    price = {None: None, "net": listed_in_file, "gross": listed_in_file, "paid net": paid, "paid gross": paid}
    total = {
        None: None, "net": net, "gross": net + tax, "listed": units * listed_in_file, "shipped": net + tax + shipping,
    }  # fmt: skip
    discount = {
        None: None, "fraction": share, "percent": share * 100, "unit": off_unit,
        "line": off_unit * units, "negative line": -off_unit * units,
    }  # fmt: skip
    words = WORDS[layout.language]
    named = layout.named and layout.total in ("net", "gross")
    columns = {
        words["date"]: [f"2026-{1 + line % 3:02}-{1 + line // 3:02}" for line in range(lines)],
        words["order"]: [f"W{line}" for line in range(lines)],
        words["sku"]: [f"A-{line % 5}" for line in range(lines)],
        words["units"]: units,
        words["price"]: price[layout.price],
        words["discount"]: discount[layout.discount],
        words[str(layout.total) if named else "total"]: total[layout.total],
        words["rate"]: rate if layout.tax == "fraction" else rate * 100 if "percent" in str(layout.tax) else None,
        words["tax"]: tax if "amount" in str(layout.tax) else None,
        words["shipping"]: shipping if layout.total == "shipped" else None,
    }
    columns = {name: values for name, values in columns.items() if values is not None}
    rows = [",".join(columns), *(",".join(map(_text, row)) for row in zip(*columns.values(), strict=True))]
    return "\n".join(rows) + "\n", units, net


def _text(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)
