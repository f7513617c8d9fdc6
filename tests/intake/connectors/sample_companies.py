"""The made-up companies of `samples/`: `python -m tests.intake.connectors.sample_companies` writes them anew."""

import csv
import datetime as dt
import io
import json
import random
from pathlib import Path
from zoneinfo import ZoneInfo

SAMPLES = Path(__file__).parent / "samples"
FIRST, LAST = dt.date(2026, 1, 5), dt.date(2026, 6, 30)
NEW_YORK = ZoneInfo("America/New_York")

# sku, title, option, type, vendor, price, cost, grams, stock, weight among orders
ITEMS = (
    ("MUG-BLU", "Harbour mug", "Blue", "Mugs", "Ceramica Lda", 18.0, 6.2, 380, 64, 9),
    ("MUG-GRN", "Harbour mug", "Green", "Mugs", "Ceramica Lda", 18.0, 6.2, 380, 22, 6),
    ("BOWL-S", "Soup bowl", "Small", "Bowls", "Ceramica Lda", 22.0, 8.4, 520, 41, 5),
    ("BOWL-L", "Soup bowl", "Large", "Bowls", "Ceramica Lda", 29.0, 11.1, 840, 17, 3),
    ("TEA-ASM", "Assam tea 250 g", "", "Tea", "Leaf & Son", 13.5, 5.1, 280, 90, 12),
    ("TEA-DAR", "Darjeeling tea 250 g", "", "Tea", "Leaf & Son", 16.5, 7.0, 280, 55, 8),
    ("TEA-MNT", "Mint tea 100 g", "", "Tea", "Leaf & Son", 8.5, 2.4, 130, 33, 7),
    ("POT-STL", "Teapot, steel", "", "Pots", "Nordmetall", 44.0, 19.5, 910, 12, 2),
    ("POT-GLS", "Teapot, glass", "", "Pots", "Nordmetall", 39.0, 15.0, 760, 0, 2),
    ("SPN-SET", "Spoon set of 6", "", "Cutlery", "Nordmetall", 24.0, 9.9, 210, 38, 4),
    ("TWL-LIN", "Linen towel", "", "Textiles", "Weaverei", 15.0, 5.8, 160, 70, 5),
    ("CND-BEE", "Beeswax candle", "", "Candles", "Weaverei", 11.0, 3.9, 190, 48, 6),
)  # fmt: skip
PRICE = {item[0]: item[5] for item in ITEMS}
TITLE = {item[0]: item[1] + (f" - {item[2]}" if item[2] else "") for item in ITEMS}


def columns(header):
    """Names of a header line."""
    return next(csv.reader([header]))


def orders():
    """Orders of half a year: number, instant, lines of (sku, units), discount fraction, shop, cancelled."""
    draw, number, made = random.Random(20260630), 1000, []
    for day in range((LAST - FIRST).days + 1):
        date = FIRST + dt.timedelta(days=day)
        for _ in range(draw.randint(1, 4)):
            number += 1
            instant = dt.datetime.combine(date, dt.time(draw.randint(0, 23), draw.randint(0, 59)), NEW_YORK)
            skus = draw.choices([item[0] for item in ITEMS], [item[9] for item in ITEMS], k=draw.randint(1, 3))
            lines = [(sku, draw.choice((1, 1, 1, 2, 3))) for sku in dict.fromkeys(skus)]
            made.append((number, instant, lines, 0.1 if number % 9 == 0 else 0.0, number % 6 == 0, number % 31 == 0))
    return made


def text_of(header, rows):
    """CSV text; a row is a dictionary of what is written in it."""
    out = io.StringIO()
    writer = csv.DictWriter(out, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


SHOPIFY_ORDERS = columns(
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,"
    "Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,"
    "Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,"
    "Lineitem fulfillment status,Billing Name,Billing Street,Billing Address1,Billing Address2,Billing Company,"
    "Billing City,Billing Zip,Billing Province,Billing Country,Billing Phone,Shipping Name,Shipping Street,"
    "Shipping Address1,Shipping Address2,Shipping Company,Shipping City,Shipping Zip,Shipping Province,"
    "Shipping Country,Shipping Phone,Notes,Note Attributes,Cancelled at,Payment Method,Payment Reference,"
    "Refunded Amount,Vendor,Outstanding Balance,Employee,Location,Device ID,Id,Tags,Risk Level,Source,"
    "Lineitem discount,Tax 1 Name,Tax 1 Value,Tax 2 Name,Tax 2 Value,Tax 3 Name,Tax 3 Value,Tax 4 Name,Tax 4 Value,"
    "Tax 5 Name,Tax 5 Value,Phone,Receipt Number,Duties,Billing Province Name,Shipping Province Name,Payment ID,"
    "Payment Terms Name,Next Payment Due At,Payment References"
)


def shopify_orders():
    """Order fields stand on the order's first row only; prices are without tax."""
    rows = []
    for number, instant, lines, discount, in_shop, cancelled in orders():
        goods = sum(PRICE[sku] * units for sku, units in lines)
        off, shipping = round(goods * discount, 2), 0.0 if in_shop else 5.0
        taxes = round((goods - off) * 0.06, 2)
        head = {
            "Financial Status": "refunded" if cancelled else "paid", "Currency": "USD", "Subtotal": f"{goods - off:.2f}",
            "Shipping": f"{shipping:.2f}", "Taxes": f"{taxes:.2f}", "Total": f"{goods - off + shipping + taxes:.2f}",
            "Discount Code": "HELLO10" if off else "", "Discount Amount": f"{off:.2f}",
            "Shipping Country": "" if in_shop else "CA" if number % 8 == 0 else "US", "Billing Country": "US",
            "Cancelled at": f"{instant + dt.timedelta(hours=5):%Y-%m-%d %H:%M:%S %z}" if cancelled else "",
            "Refunded Amount": "0.00", "Location": "Shop Hoboken" if in_shop else "",
            "Source": "pos" if in_shop else "web", "Id": str(5_550_000_000 + number),
        }  # fmt: skip
        for place, (sku, units) in enumerate(lines):
            rows.append(
                (head if place == 0 else {}) | {
                    "Name": f"#{number}", "Created at": f"{instant:%Y-%m-%d %H:%M:%S %z}", "Lineitem quantity": units,
                    "Lineitem name": TITLE[sku], "Lineitem price": f"{PRICE[sku]:.2f}", "Lineitem sku": sku,
                    "Lineitem requires shipping": "true", "Lineitem taxable": "true", "Lineitem discount": "0.00",
                }
            )  # fmt: skip
    return text_of(SHOPIFY_ORDERS, rows)


SHOPIFY_PRODUCTS = columns(
    "Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,"
    "Option2 Value,Option3 Name,Option3 Value,Variant SKU,Variant Grams,Variant Inventory Tracker,"
    "Variant Inventory Policy,Variant Fulfillment Service,Variant Price,Variant Compare At Price,"
    "Variant Requires Shipping,Variant Taxable,Variant Barcode,Image Src,Image Position,Image Alt Text,Gift Card,"
    "SEO Title,SEO Description,Variant Image,Variant Weight Unit,Variant Tax Code,Cost per item,Status"
)


def handle_of(title):
    """The name of a product in addresses."""
    return "".join(sign if sign.isalnum() else "-" for sign in title.lower())


def shopify_products():
    """Fields of the product stand on the first row of its variants; a further picture is a row of its own."""
    rows, seen = [], set()
    for place, (sku, title, option, kind, vendor, price, cost, grams, *_) in enumerate(ITEMS):
        head = {
            "Title": title, "Body (HTML)": f"<p>{title}</p>", "Vendor": vendor, "Type": kind, "Published": "true",
            "Option1 Name": "Colour" if "mug" in title else "Size" if option else "Title", "Gift Card": "false",
            "Status": "archived" if sku == "CND-BEE" else "active", "Image Src": f"https://shop.example/{sku}.jpg",
        }  # fmt: skip
        rows.append(
            ({} if title in seen else head) | {
                "Handle": handle_of(title), "Option1 Value": option or "Default Title", "Variant SKU": sku,
                "Variant Grams": grams, "Variant Price": f"{price:.2f}", "Cost per item": f"{cost:.2f}",
                "Variant Barcode": f"'40000000000{place:02d}", "Variant Weight Unit": "g",
            }
        )  # fmt: skip
        seen.add(title)
    rows.append({"Handle": "soup-bowl", "Image Src": "https://shop.example/bowls.jpg", "Image Position": "2"})
    return text_of(SHOPIFY_PRODUCTS, rows)


SHOPIFY_INVENTORY = columns(
    "Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Option3 Name,Option3 Value,SKU,HS Code,COO,"
    "Location,Bin name,Incoming (not editable),Unavailable (not editable),Committed (not editable),"
    "Available (not editable),On hand (current),On hand (new)"
)


def shopify_inventory():
    """A row per variant and location; POT-GLS is oversold, TWL-LIN not stocked in the shop."""
    rows = []
    for sku, title, option, *_, stock, _ in ITEMS:
        for location, on_hand in (("Warehouse", stock), ("Shop Hoboken", stock // 8 + 1)):
            away = 2 if sku == "MUG-BLU" and location == "Warehouse" else 0
            committed = (
                3 if sku == "POT-GLS" and location == "Warehouse" else int(location == "Warehouse" and stock > 30)
            )
            counts = [0, away, committed, on_hand - away - committed, on_hand]
            if sku == "TWL-LIN" and location == "Shop Hoboken":
                counts = ["not stocked"] * 5
            rows.append(
                dict(zip(SHOPIFY_INVENTORY[-6:-1], counts, strict=True)) | {
                    "Handle": handle_of(title), "Title": title, "Option1 Name": "Title",
                    "Option1 Value": option or "Default Title", "SKU": sku, "Location": location,
                }
            )  # fmt: skip
    return text_of(SHOPIFY_INVENTORY, rows)


def stocky_stock():
    """One row per SKU at the one location."""
    header = ["SKU", "Product Name", "Vendor", "Location", "Stock On Hand", "Unit Cost"]
    rows = [
        {"SKU": sku, "Product Name": title, "Vendor": vendor, "Location": "Warehouse", "Stock On Hand": stock,
         "Unit Cost": f"{cost:.2f}"}
        for sku, title, _, _, vendor, _, cost, _, stock, _ in ITEMS
    ]  # fmt: skip
    return text_of(header, rows)


def stocky_purchase_orders():
    """An order a vendor and month, received after three weeks; the newest are open, one partly received, one a draft."""
    header = columns(
        "PO Number,Status,Supplier Name,SKU,Product Name,Quantity Ordered,Unit Cost,Location,Order Date,Expected At,"
        "Quantity Received,Received At,Notes"
    )
    rows, number = [], 100
    for month in range(1, 7):
        for vendor in dict.fromkeys(item[4] for item in ITEMS):
            number += 1
            ordered = dt.date(2026, month, 3 + number % 5)
            received = ordered + dt.timedelta(days=19 + number % 6)
            done, draft = received <= LAST and month < 6, month == 6 and vendor == "Weaverei"
            for sku, title, _, _, _, _, cost, *_ in (item for item in ITEMS if item[4] == vendor):
                came = 40 if done else 15 if month == 6 and sku == "TEA-ASM" else 0
                state = "Draft" if draft else "Received" if done else "Partially Received" if came else "Ordered"
                rows.append(
                    {
                        "PO Number": f"PO-{number}", "Status": state, "Supplier Name": vendor, "SKU": sku,
                        "Product Name": title, "Quantity Ordered": 40, "Unit Cost": f"{cost:.2f}",
                        "Location": "Warehouse", "Order Date": ordered,
                        "Expected At": ordered + dt.timedelta(days=21), "Quantity Received": came,
                        "Received At": (received if done else dt.date(2026, 6, 26)) if came else "",
                    }
                )  # fmt: skip
    return text_of(header, rows)


WOO_ORDERS = columns(
    "Order Number,Order Status,Order Date,Customer Note,First Name (Billing),Last Name (Billing),Company (Billing),"
    "Address 1&2 (Billing),City (Billing),State Code (Billing),Postcode (Billing),Country Code (Billing),"
    "Email (Billing),Phone (Billing),First Name (Shipping),Last Name (Shipping),Address 1&2 (Shipping),"
    "City (Shipping),State Code (Shipping),Postcode (Shipping),Country Code (Shipping),Payment Method Title,"
    "Cart Discount Amount,Order Subtotal Amount,Shipping Method Title,Order Shipping Amount,Order Refund Amount,"
    "Order Total Amount,Order Total Tax Amount,SKU,Item #,Item Name,Quantity,Item Cost,Coupon Code,Discount Amount,"
    "Discount Amount Tax"
)


def woocommerce_orders():
    """The plug-in's default columns; `Item Cost` has the coupon taken off already."""
    rows = []
    for number, instant, lines, discount, _, cancelled in orders():
        goods = sum(PRICE[sku] * units for sku, units in lines)
        for place, (sku, units) in enumerate(lines, 1):
            rows.append(
                {
                    "Order Number": number, "Order Status": _woo_status(number, cancelled).capitalize(),
                    "Order Date": f"{instant:%Y-%m-%d %H:%M}", "Country Code (Billing)": "US",
                    "Country Code (Shipping)": "CA" if number % 8 == 0 else "US",
                    "Cart Discount Amount": f"{goods * discount:.2f}", "Order Subtotal Amount": f"{goods:.2f}",
                    "Order Total Amount": f"{goods * (1 - discount) + 5:.2f}", "Order Shipping Amount": "5.00",
                    "SKU": sku, "Item #": place, "Item Name": TITLE[sku], "Quantity": units,
                    "Item Cost": f"{PRICE[sku] * (1 - discount):.2f}",
                    "Coupon Code": "hello10" if discount and place == 1 else "",
                }
            )  # fmt: skip
    return text_of(WOO_ORDERS, rows)


def _woo_status(number, cancelled):
    return "cancelled" if cancelled else "processing" if number % 40 == 0 else "completed"


def woocommerce_orders_json():
    """Answers of `GET /wp-json/wc/v3/orders`, with the fields that matter."""
    answers = []
    for number, instant, lines, discount, _, cancelled in orders():
        items = [
            {
                "id": number * 10 + place, "name": TITLE[sku], "product_id": 50 + place, "variation_id": 0,
                "quantity": units, "subtotal": f"{PRICE[sku] * units:.2f}",
                "total": f"{PRICE[sku] * units * (1 - discount):.2f}", "total_tax": "0.00", "sku": sku,
                "price": PRICE[sku],
            }
            for place, (sku, units) in enumerate(lines, 1)
        ]  # fmt: skip
        answers.append(
            {
                "id": number, "parent_id": 0, "number": str(number), "status": _woo_status(number, cancelled),
                "currency": "USD", "date_created": f"{instant:%Y-%m-%dT%H:%M:%S}",
                "date_created_gmt": f"{instant.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S}", "prices_include_tax": False,
                "billing": {"country": "US"}, "shipping": {"country": "CA" if number % 8 == 0 else ""},
                "line_items": items, "shipping_lines": [{"method_title": "Flat rate", "total": "5.00"}], "refunds": [],
            }
        )  # fmt: skip
    return "[\n" + ",\n".join(json.dumps(answer) for answer in answers) + "\n]\n"


WOO_PRODUCTS = (
    'ID,Type,SKU,"GTIN, UPC, EAN, or ISBN",Name,Published,Is featured?,Visibility in catalog,Short description,'
    "Description,Date sale price starts,Date sale price ends,Tax status,Tax class,In stock?,Stock,Low stock amount,"
    "Backorders allowed?,Sold individually?,Weight (kg),Length (cm),Width (cm),Height (cm),Allow customer reviews?,"
    "Purchase note,Sale price,Regular price,Categories,Tags,Shipping class,Images,Download limit,Download expiry days,"
    "Parent,Grouped products,Upsells,Cross-sells,External URL,Button text,Position,Brands"
)


def woocommerce_products():
    """Mugs and bowls are variations of variable products; candles' stock is not kept."""
    header, rows, seen = columns(WOO_PRODUCTS), [], set()
    for place, (sku, title, option, kind, vendor, price, _, grams, stock, _) in enumerate(ITEMS):
        category = "Kitchen > Cups" if kind == "Mugs" else kind
        if option and title not in seen:
            seen.add(title)
            rows.append({"ID": 20 + place, "Type": "variable", "Name": title, "Published": 1, "Categories": category,
                         "Brands": vendor, "Weight (kg)": grams / 1000})  # fmt: skip
        row = {
            "ID": 60 + place, "Type": "variation" if option else "simple", "SKU": sku, "Name": TITLE[sku],
            "GTIN, UPC, EAN, or ISBN": f"40000000000{place:02d}", "Published": 1, "In stock?": 1,
            "Stock": "" if sku == "CND-BEE" else stock, "Regular price": f"{price:.2f}",
            "Weight (kg)": "" if option else grams / 1000,
        }  # fmt: skip
        parent = next((made["ID"] for made in rows if made["Name"] == title and made["Type"] == "variable"), None)
        rows.append(row | ({"Parent": f"id:{parent}"} if option else {"Categories": category, "Brands": vendor}))
    return text_of(header, rows)


def own_supply_terms():
    """A table of the company's own, for shops that know nothing of suppliers."""
    rows = [
        {"sku": sku, "location": "Warehouse", "supplier": vendor, "unit_cost": cost, "currency": "USD",
         "lead_time_days": 21}
        for sku, _, _, _, vendor, _, cost, *_ in ITEMS
    ]  # fmt: skip
    return text_of(["sku", "location", "supplier", "unit_cost", "currency", "lead_time_days"], rows)


def sample_files():
    """Every sample file by its path below `samples/`."""
    shopify = {"orders_export.csv": shopify_orders(), "products_export.csv": shopify_products()}
    woocommerce = {"wc-product-export.csv": woocommerce_products(), "supply_terms.csv": own_supply_terms()}
    folders = {
        "shopify": {**shopify, "inventory_export.csv": shopify_inventory()},
        "stocky": {**shopify, "stock_on_hand.csv": stocky_stock(), "purchase_orders.csv": stocky_purchase_orders()},
        "woocommerce": {**woocommerce, "orders-export.csv": woocommerce_orders()},
        "woocommerce_rest": {**woocommerce, "orders.json": woocommerce_orders_json()},
    }
    return {f"{folder}/{name}": text for folder, files in folders.items() for name, text in files.items()}


if __name__ == "__main__":
    for path, text in sample_files().items():
        (SAMPLES / path).parent.mkdir(parents=True, exist_ok=True)
        (SAMPLES / path).write_text(text, encoding="utf-8")
