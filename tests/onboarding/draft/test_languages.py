"""A small shop in each language: sales, products and stock as its shops, ERPs and spreadsheets write them."""

from dataclasses import dataclass

import pytest

from data_contracts.acceptance.accepted import load_accepted
from data_contracts.acceptance.parts import PartStore
from data_contracts.tables import CONTRACTS
from intake.ingest import ingest_table
from onboarding.draft.settings_file import settings_text
from settings import load_settings
from tests.onboarding.draft.folders import asked, drafted, folder, given, mapping, table


@dataclass(frozen=True)
class Shop:
    """Headings of three files; sales are of two lines each, with these cells.

    Attributes
    ----------
    sales: heading = what it is; rows follow from that.
    products, stock: the same.
    names: of the files.
    """

    names: tuple[str, str, str]
    sales: dict[str, str]
    products: dict[str, str]
    stock: dict[str, str]


CELLS = {
    "date": ("2026-06-29", "2026-06-30"),
    "order": ("1001", "1002"),
    "sku": ("TEA-1", "MUG-2"),
    "name": ("Assam 250 g", "Big mug"),
    "category": ("Tea", "Mugs"),
    "units": ("3", "2"),
    "unit_price": ("4,50", "10,00"),
    "net_revenue": ("13,50", "20,00"),
    "unit_cost": ("2,10", "5,25"),
    "customer": ("K-7", "K-8"),
    "as_of": ("2026-06-30", "2026-06-30"),
    "location": ("MAIN", "MAIN"),
    "on_hand": ("7", "9"),
    "supplier": ("Leaf", "Clay"),
    "lead_time_days": ("14", "21"),
    "minimum": ("3", "4"),
    "tax": ("2,57", "3,80"),
}
SHOPS = {
    "English": Shop(
        ("Sales 2026", "Item list", "Stock on hand"),
        {"Invoice Date": "date", "Invoice No.": "order", "Item Code": "sku", "Description": "name", "Qty Invoiced": "units", "Tax Amount": "tax", "Net Amount": "net_revenue"},
        {"Item Code": "sku", "Description": "name", "Product Group": "category", "Cost Price": "unit_cost", "Preferred Supplier": "supplier", "Lead Time (days)": "lead_time_days"},
        {"Item Code": "sku", "Warehouse": "location", "Min. Stock": "minimum", "Qty on Hand": "on_hand", "Last updated": "as_of"},
    ),
    "German": Shop(
        ("Umsätze", "Artikelstamm", "Lagerbestand"),
        {"Belegdatum": "date", "Belegnummer": "order", "Kundennr.": "customer", "Artikelnummer": "sku", "Bezeichnung": "name", "Geliefert": "units", "MwSt-Betrag": "tax", "Umsatz netto": "net_revenue"},
        {"Artikelnummer": "sku", "Bezeichnung": "name", "Warengruppe": "category", "EK netto": "unit_cost", "Hauptlieferant": "supplier", "Lieferzeit in Tagen": "lead_time_days"},
        {"Art.-Nr.": "sku", "Lager": "location", "Mindestbestand": "minimum", "Verfügbar": "on_hand", "Stand": "as_of"},
    ),
    "French": Shop(
        ("Ventes", "Articles", "Etat des stocks"),
        {"Date facture": "date", "N° facture": "order", "Code client": "customer", "Réf. article": "sku", "Désignation": "name", "Qté": "units", "Montant TVA": "tax", "Montant HT": "net_revenue"},
        {"Référence": "sku", "Libellé": "name", "Famille": "category", "PA HT": "unit_cost", "Fournisseur": "supplier", "Délai (jours)": "lead_time_days"},
        {"Référence": "sku", "Dépôt": "location", "Stock mini": "minimum", "Stock réel": "on_hand", "Date d'inventaire": "as_of"},
    ),
    "Spanish": Shop(
        ("Ventas", "Artículos", "Existencias"),
        {"Fecha": "date", "Nº pedido": "order", "Cliente": "customer", "Cód. artículo": "sku", "Descripción": "name", "Cantidad": "units", "Precio unitario": "unit_price", "Importe": "net_revenue"},
        {"Código": "sku", "Descripción": "name", "Familia": "category", "Precio de coste": "unit_cost", "Proveedor": "supplier", "Plazo de entrega (días)": "lead_time_days"},
        {"Código": "sku", "Almacén": "location", "Stock mínimo": "minimum", "Existencias": "on_hand", "Fecha de inventario": "as_of"},
    ),
    "Italian": Shop(
        ("Vendite", "Articoli", "Giacenze"),
        {"Data documento": "date", "N. documento": "order", "Cliente": "customer", "Cod. articolo": "sku", "Descrizione": "name", "Q.tà": "units", "Prezzo unitario": "unit_price", "IVA": "tax", "Imponibile": "net_revenue"},
        {"Codice": "sku", "Descrizione": "name", "Categoria merceologica": "category", "Costo ultimo": "unit_cost", "Fornitore": "supplier", "Tempo di consegna (giorni)": "lead_time_days"},
        {"Codice articolo": "sku", "Magazzino": "location", "Scorta minima": "minimum", "Giacenza": "on_hand", "Data giacenza": "as_of"},
    ),
    "Dutch": Shop(
        ("Verkopen", "Artikelen", "Voorraad"),
        {"Factuurdatum": "date", "Factuurnummer": "order", "Klantnummer": "customer", "Artikelcode": "sku", "Omschrijving": "name", "Aantal": "units", "Stukprijs": "unit_price", "Btw-bedrag": "tax", "Bedrag excl. btw": "net_revenue"},
        {"Artikelcode": "sku", "Omschrijving": "name", "Artikelgroep": "category", "Inkoopprijs": "unit_cost", "Leverancier": "supplier", "Levertijd (dagen)": "lead_time_days"},
        {"Artikelnr": "sku", "Magazijn": "location", "Minimumvoorraad": "minimum", "Vrije voorraad": "on_hand", "Peildatum": "as_of"},
    ),
    "Polish": Shop(
        ("Sprzedaż", "Towary", "Stany magazynowe"),
        {"Data sprzedaży": "date", "Nr faktury": "order", "Kontrahent": "customer", "Symbol": "sku", "Nazwa towaru": "name", "Ilość": "units", "Cena netto": "unit_price", "Kwota VAT": "tax", "Wartość netto": "net_revenue"},
        {"Kod towaru": "sku", "Nazwa": "name", "Grupa towarowa": "category", "Cena zakupu netto": "unit_cost", "Dostawca": "supplier", "Czas dostawy (dni)": "lead_time_days"},
        {"Symbol": "sku", "Magazyn": "location", "Stan minimalny": "minimum", "Stan magazynowy": "on_hand", "Stan na dzień": "as_of"},
    ),
    "Portuguese": Shop(
        ("Vendas", "Artigos", "Estoque"),
        {"Data de emissão": "date", "Nº fatura": "order", "Cliente": "customer", "Código do produto": "sku", "Descrição": "name", "Qtd.": "units", "Preço unitário": "unit_price", "Valor IVA": "tax", "Valor líquido": "net_revenue"},
        {"Código do produto": "sku", "Descrição": "name", "Família": "category", "Preço de custo": "unit_cost", "Fornecedor": "supplier", "Prazo de entrega (dias)": "lead_time_days"},
        {"Referência": "sku", "Armazém": "location", "Stock mínimo": "minimum", "Saldo em estoque": "on_hand", "Data do inventário": "as_of"},
    ),
    "Swedish": Shop(
        ("Försäljning", "Artiklar", "Lagersaldo"),
        {"Fakturadatum": "date", "Fakturanr": "order", "Kundnr": "customer", "Artikelnr": "sku", "Benämning": "name", "Antal": "units", "À-pris": "unit_price", "Moms": "tax", "Belopp exkl. moms": "net_revenue"},
        {"Artikelnummer": "sku", "Benämning": "name", "Varugrupp": "category", "Inköpspris": "unit_cost", "Leverantör": "supplier", "Ledtid (dagar)": "lead_time_days"},
        {"Artikelnummer": "sku", "Lagerställe": "location", "Säkerhetslager": "minimum", "Disponibelt saldo": "on_hand", "Inventeringsdatum": "as_of"},
    ),
    "Japanese": Shop(
        ("売上明細", "商品マスタ", "在庫一覧"),
        {"受注日": "date", "受注番号": "order", "得意先コード": "customer", "商品コード": "sku", "商品名": "name", "数量": "units", "販売単価(税抜)": "unit_price", "消費税": "tax", "売上金額(税抜)": "net_revenue"},
        {"商品コード": "sku", "商品名": "name", "カテゴリ": "category", "仕入単価": "unit_cost", "仕入先": "supplier", "リードタイム(日)": "lead_time_days"},
        {"品番": "sku", "倉庫": "location", "安全在庫": "minimum", "現在庫数": "on_hand", "棚卸日": "as_of"},
    ),
}  # fmt: skip


def csv(headings):
    """A file's text with the cells that its headings ask for."""
    rows = [";".join(CELLS[what][row] for what in headings.values()) for row in (0, 1)]
    return "\n".join([";".join(headings), *rows]) + "\n"


def shop_of(path, shop):
    """The three files."""
    files = zip(shop.names, (shop.sales, shop.products, shop.stock), strict=True)
    return folder(path, **{f"{name}__csv": csv(headings) for name, headings in files})


def accepted(company, name):
    """Accepted rows of a table, read as the nightly run reads them."""
    settings = load_settings(company)
    store = PartStore(company / ".restock" / "parts")
    return load_accepted(ingest_table(CONTRACTS[name], settings.sources[name], company, store, settings.data))


def said_of(headings, *unused):
    """Canonical column = heading, of what the file tells a table."""
    return {what: heading for heading, what in headings.items() if what not in {"minimum", "tax", *unused}}


@pytest.mark.parametrize("language", SHOPS)
def test_a_small_shop_is_recognised_without_a_question(tmp_path, language):
    shop = SHOPS[language]
    shop_of(tmp_path, shop)

    settings_draft = drafted(tmp_path, given(decimal="comma"))

    assert asked(settings_draft) == set()
    assert {draft.table: draft.delivered.name.removesuffix(".csv") for draft in settings_draft.tables} == {
        "sales": shop.names[0], "products": shop.names[1], "supply_terms": shop.names[1], "inventory": shop.names[2],
    }  # fmt: skip
    assert mapping(settings_draft, "sales").items() >= said_of(shop.sales, "name", "unit_price").items()
    products = said_of(shop.products, "supplier", "lead_time_days")
    assert mapping(settings_draft, "products").items() >= products.items()
    terms = said_of(shop.products, "name", "category", "lead_time_days")
    assert mapping(settings_draft, "supply_terms").items() >= terms.items()
    assert mapping(settings_draft, "inventory").items() >= said_of(shop.stock).items()
    assert not {"minimum", "tax"} & {shop.sales.get(str(each)) for each in mapping(settings_draft, "sales").values()}


@pytest.mark.parametrize("language", SHOPS)
def test_a_small_shop_is_read_with_the_right_units_and_money(tmp_path, language):
    shop_of(tmp_path, SHOPS[language])
    settings_draft = drafted(tmp_path, given(decimal="comma"))
    (tmp_path / "restock.toml").write_text(settings_text(settings_draft, "shop"), encoding="utf-8")

    sales, terms = accepted(tmp_path, "sales"), accepted(tmp_path, "supply_terms")
    stock = accepted(tmp_path, "inventory")

    assert (sales["units"].sum(), sales["net_revenue"].sum()) == (5, 33.5)
    assert (terms["unit_cost"].tolist(), terms["lead_time_days"].tolist()) == ([2.1, 5.25], [14, 21])
    assert stock["on_hand"].tolist() == [7, 9]
    assert table(settings_draft, "sales").keys["decimal"].value == ","
