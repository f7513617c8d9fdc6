# ruff: noqa: E501 - a column's names in one line read as a table
"""Names that people and systems give to our tables and columns, in plain form: lower case, words apart by one blank.

Earlier names fit better than later ones. A name that means two things in the same table is left out, or stands in
`UNCERTAIN`, so that the values or a person decide.
"""

from collections.abc import Mapping

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "sku": (
        "sku", "sku code", "item code", "item number", "item no", "item", "item id", "product code", "product sku",
        "stock code", "article number", "article code", "article no", "article", "artikelnummer", "artikelnr", "art nr",
        "artikel", "reference", "product id", "product number", "product", "variant sku", "material", "part number",
        "part no", "part", "codigo", "reference produit", "item description", "internal reference",
    ),
    "name": (
        "name", "product name", "item name", "title", "product title", "description", "item description", "bezeichnung",
        "artikelbezeichnung", "produktname", "artikelname", "designation", "libelle", "beschreibung",
    ),
    "category": (
        "category", "product category", "category name", "kategorie", "warengruppe", "categorie", "product type",
        "item group", "product group", "department", "group", "family", "type", "sub classification", "collection",
    ),
    "brand": ("brand", "brand name", "marke", "marque", "manufacturer", "hersteller"),
    "barcode": ("barcode", "ean", "ean code", "ean13", "gtin", "upc"),
    "units": (
        "units", "units sold", "quantity", "qty", "quantity sold", "qty sold", "sold", "sold units", "sales units",
        "sales quantity", "quantity ordered", "menge", "anzahl", "stueck", "stuck", "verkaufte menge", "absatz",
        "quantite", "cantidad", "pieces", "pcs",
    ),
    "net_revenue": (
        "net revenue", "revenue", "net sales", "net amount", "line total", "line amount", "row total", "total net",
        "sales value", "turnover", "umsatz", "nettoumsatz", "netto", "betrag", "chiffre d affaires", "montant",
        "sales amount", "amount", "total", "subtotal", "value",
    ),
    "unit_price": (
        "unit price", "price per unit", "price each", "selling price", "sales price", "retail price",
        "list price", "einzelpreis", "stueckpreis", "stuckpreis", "verkaufspreis", "vk preis", "vk", "prix unitaire",
    ),
    "unit_cost": (
        "unit cost", "cost price", "cost", "cost per item", "cost per unit", "purchase price", "buying price",
        "landed cost", "einkaufspreis", "ek preis", "ek", "standard cost", "cogs", "prix d achat",
    ),
    "currency": ("currency", "currency code", "cur", "curr", "waehrung", "wahrung", "devise", "moneda"),
    "channel": ("channel", "sales channel", "marketplace", "shop", "kanal", "vertriebskanal", "canal", "platform"),
    "market": ("market", "ship country", "shipping country", "customer country", "country", "country code", "land", "markt"),
    "customer": ("customer", "customer id", "customer number", "kunde", "kundennummer", "client id", "buyer"),
    "order": (
        "order", "order number", "order no", "order id", "invoice", "invoice number", "invoice no", "order name",
        "bestellnummer", "auftragsnummer", "auftrag nummer", "auftrag", "rechnungsnummer", "belegnummer", "bonnummer",
        "vorgangsnummer", "beleg", "receipt number", "transaction number", "transaction id", "transaction", "commande",
    ),
    "line": ("line", "line number", "line no", "line id", "order line", "position", "pos", "pos number", "positionsnummer"),
    "location": (
        "location", "location code", "location name", "warehouse", "warehouse code", "store", "store id", "site",
        "stock location", "lager", "lagerort", "standort", "filiale", "entrepot", "depot", "branch", "fulfillment center",
        "ship to", "destination",
    ),
    "date": (
        "date", "day", "order date", "sales date", "sale date", "invoice date", "transaction date", "created at",
        "purchase date", "ordered at", "sold on", "sold at", "datum", "bestelldatum", "verkaufsdatum", "rechnungsdatum", "tag",
        "dt", "week", "week start", "woche", "timestamp", "fecha",
    ),
    "as_of": (
        "as of", "as of date", "date", "stock date", "snapshot date", "snapshot", "inventory date", "counted on",
        "stichtag", "datum", "bestandsdatum", "day",
    ),
    "on_hand": (
        "on hand", "stock on hand", "quantity on hand", "qty on hand", "on hand quantity", "stock", "inventory", "in stock qty", "stock level",
        "stock quantity", "available", "available stock", "quantity available", "end inventory", "closing stock",
        "ending inventory", "bestand", "lagerbestand", "verfuegbar", "verfugbar", "stock disponible", "soh",
    ),
    "reserved": ("reserved", "committed", "allocated", "reserved quantity", "reserviert", "promised"),
    "backordered": ("backordered", "backorders", "back ordered", "backorder quantity", "rueckstand", "ruckstand"),
    "in_stock": ("in stock", "is in stock", "available for sale", "lieferbar", "instock"),
    "supplier": (
        "supplier", "supplier code", "supplier name", "supplier id", "vendor", "vendor name", "vendor code", "lieferant",
        "lieferantennummer", "fournisseur", "proveedor",
    ),
    "lead_time_days": (
        "lead time days", "lead time", "leadtime", "delivery time", "replenishment time", "lieferzeit",
        "wiederbeschaffungszeit", "delai", "plazo de entrega", "delivery days",
    ),
    "order_multiple": ("order multiple", "case pack", "pack quantity", "carton size", "lot size", "verpackungseinheit", "vpe", "ve", "units per carton"),
    "minimum_order_quantity": ("minimum order quantity", "moq", "min order qty", "min order quantity", "minimum order", "mindestbestellmenge"),
    "pack_size": ("pack size", "case size", "units per case", "units per pack", "packungsgroesse", "packungsgrosse"),
    "weight_kg": ("weight", "gewicht", "net weight", "gross weight", "poids", "unit weight"),
    "volume_m3": ("volume", "volumen", "unit volume"),
    "launched_on": ("launched on", "launch date", "released", "first sold", "available from"),
    "discontinued_on": ("discontinued on", "discontinued", "end of life", "delisted on"),
    "order_number": (
        "order number", "po number", "po no", "purchase order", "purchase order number", "po", "po so", "po so number", "order no",
        "order id", "bestellnummer", "bestellung", "order reference", "order",
    ),
    "line_number": ("line number", "line", "line no", "position", "pos", "line id", "item line", "id"),
    "ordered_on": (
        "ordered on", "order date", "date ordered", "po date", "purchase order date", "po sent to vendor date", "sent on",
        "bestelldatum", "bestellt am", "created at", "date",
    ),
    "ordered_units": (
        "ordered units", "ordered", "quantity ordered", "qty ordered", "order quantity", "order qty", "line item quantity",
        "bestellmenge", "quantity", "qty", "menge", "units",
    ),
    "expected_on": (
        "expected on", "expected date", "expected", "eta", "due date", "promised date", "expected delivery", "delivery date",
        "scheduled delivery date", "liefertermin", "expected arrival", "arrival date",
    ),
    "received_on": (
        "received on", "received date", "date received", "receipt date", "received at", "delivered to client date",
        "actual delivery date", "booked on", "posting date", "wareneingang", "wareneingangsdatum", "delivered on", "arrived on",
    ),
    "received_units": ("received units", "received", "quantity received", "qty received", "gelieferte menge", "quantity", "qty", "units"),
    "status": ("status", "state", "order status", "po status"),
    "transfer_number": ("transfer number", "transfer", "transfer id", "transfer no"),
    "from_location": ("from location", "from warehouse", "source location", "origin", "from"),
    "to_location": ("to location", "to warehouse", "destination location", "destination", "to"),
    "shipped_on": ("shipped on", "ship date", "sent on", "dispatched on", "shipped"),
    "starts_on": ("starts on", "start date", "start", "from", "valid from", "beginn", "von"),
    "ends_on": ("ends on", "end date", "end", "to", "until", "valid to", "ende", "bis"),
    "discount_fraction": ("discount fraction", "discount", "discount percent", "rabatt"),
    "bundle_sku": ("bundle sku", "bundle", "kit", "kit sku", "set sku", "parent sku"),
    "component_sku": ("component sku", "component", "component item", "child sku", "part sku"),
    "alias": ("alias", "other code", "old sku", "alternative sku", "alternate code", "external sku", "asin"),
    "rate_to_base": ("rate to base", "rate", "exchange rate", "fx rate", "kurs"),
    "commission_fraction": ("commission fraction", "commission", "referral fee", "provision"),
    "country": ("country", "country code", "land", "pays"),
    "kind": ("kind", "type", "location type"),
    "timezone": ("timezone", "time zone"),
    "month": ("month", "monat", "period"),
    "revenue": ("revenue", "budget", "budget revenue", "umsatz", "planned revenue"),
    "amount": ("amount", "open to buy", "budget", "otb"),
    "successor_sku": ("successor sku", "successor", "replaced by", "nachfolger"),
    "similar_sku": ("similar sku", "similar to", "like sku"),
    "shelf_life_days": ("shelf life days", "shelf life", "haltbarkeit"),
}  # fmt: skip

UNCERTAIN: Mapping[str, tuple[str, ...]] = {
    "unit_price": ("price", "item price", "preis", "prix", "precio"),
    "on_hand": ("quantity", "qty", "menge", "anzahl", "units"),
}
"""Names that fit when nothing better does, and are never sure: a price may be of the line or of a unit."""

TAXED = frozenset({"gross", "brutto", "ttc", "incl", "including", "inkl", "taxed"})
"""Words of a heading that say that tax is in the amount."""

NEVER: Mapping[str, frozenset[str]] = {
    "on_hand": frozenset({"start", "opening", "min", "minimum", "max", "maximum", "value", "reorder"}),
    "units": frozenset({"returned", "min", "max", "per"}),
    "net_revenue": frozenset({"tax", "shipping", "discount", "cost"}),
    "unit_cost": frozenset({"shipping", "holding", "shortage", "freight"}),
    "date": frozenset({"birth", "paid", "shipped", "delivery"}),
}
"""Words that keep a heading from being a column, however near its name is."""

FILES: Mapping[str, tuple[str, ...]] = {
    "sales": ("sales", "orders", "order lines", "transactions", "sold", "verkaufe", "verkaeufe", "umsatze", "umsaetze", "ventes", "invoices"),
    "stock_levels": ("stock levels", "stock history", "in stock", "inventory history", "bestandsverlauf"),
    "stockouts": ("stockouts", "out of stock", "outages"),
    "inventory": ("inventory", "stock", "bestand", "lagerbestand", "on hand", "initial state", "snapshot"),
    "products": ("products", "items", "articles", "artikel", "catalogue", "catalog", "master", "produkte", "skus"),
    "locations": ("locations", "warehouses", "stores", "lager", "standorte", "filialen"),
    "supply_terms": ("supply terms", "terms", "supplier prices", "purchase terms", "konditionen", "price list", "replenishment"),
    "suppliers": ("suppliers", "vendors", "lieferanten", "fournisseurs"),
    "transfer_terms": ("transfer terms",),
    "purchase_orders": ("purchase orders", "purchases", "po", "pos", "bestellungen", "open orders", "delivery history"),
    "receipts": ("receipts", "goods receipts", "deliveries", "wareneingange", "received"),
    "transfers": ("transfers", "umlagerungen"),
    "promotions": ("promotions", "promos", "aktionen", "campaigns"),
    "closures": ("closures", "holidays", "shutdowns"),
    "bundles": ("bundles", "kits", "sets"),
    "sku_aliases": ("sku aliases", "aliases", "code mapping"),
    "fulfilment": ("fulfilment", "fulfillment"),
    "planning_parameters": ("planning parameters", "parameters"),
    "channel_costs": ("channel costs", "fees"),
    "fx_rates": ("fx rates", "exchange rates", "rates", "kurse"),
    "budgets": ("budgets", "budget"),
    "open_to_buy": ("open to buy", "otb"),
}  # fmt: skip
"""Words in a file's or database table's name that speak for a table of ours."""

PRICE_WORDS = ("price", "prices", "preis", "preise", "prix", "unit price")
"""Words in a file's name that say that a wide file holds prices."""

FACTORS: Mapping[str, Mapping[str, float]] = {
    "weight_kg": {
        "kg": 1, "kilogram": 1, "kilograms": 1, "g": 0.001, "gram": 0.001, "grams": 0.001, "gramm": 0.001,
        "lb": 0.45359237, "lbs": 0.45359237, "pounds": 0.45359237, "oz": 0.028349523,
    },
    "volume_m3": {"m3": 1, "cbm": 1, "l": 0.001, "litre": 0.001, "liter": 0.001, "litres": 0.001, "cm3": 1e-6, "ccm": 1e-6},
    "lead_time_days": {"day": 1, "days": 1, "tage": 1, "jours": 1, "week": 7, "weeks": 7, "wochen": 7},
    "shelf_life_days": {"day": 1, "days": 1, "tage": 1, "week": 7, "weeks": 7},
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

CURRENCY_SIGNS: Mapping[str, str] = {"\u20ac": "EUR", "\u00a3": "GBP", "euro": "EUR", "euros": "EUR"}
"""Signs that mean one currency only; a dollar sign does not."""

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
