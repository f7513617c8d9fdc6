"""The words and habits of the demo's assortment: categories, product names, price ranges, seasons."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Category:
    """One category: its code in SKUs, what is sold in it, at which prices, and when.

    `peak_day` is the day of the year on which demand is highest and `season` the log height of that
    peak; `narrow` is how sharply the season is bunched around it (0: a plain sine).
    `units_per_line` is the mean number of units on an order line, `return_rate` the web shop's.
    `supplier_places` are indices into the demo's suppliers.
    """

    name: str
    code: str
    nouns: tuple[str, ...]
    variants: tuple[str, ...]
    brands: tuple[str, ...]
    price_range: tuple[float, float]
    litres_range: tuple[float, float]
    peak_day: int
    season: float
    narrow: float
    units_per_line: float
    return_rate: float
    supplier_places: tuple[int, ...]


_COLOURS = ("Anthracite", "Sand", "Forest", "Sky", "Rust", "White", "Ochre")
_SIZES = ("Small", "Medium", "Large", "XL", "Duo Pack", "Compact", "Slim")

# fmt: off
CATEGORIES: tuple[Category, ...] = (
    Category(
        "Bath", "BTH",
        ("Bath Towel", "Hand Towel", "Bath Mat", "Shower Curtain", "Soap Dish", "Toothbrush Cup", "Laundry Basket",
         "Bathrobe", "Washcloth Set", "Shower Caddy", "Wall Mirror", "Towel Rail"),
        _COLOURS,
        ("Lindtal", "Aalborg"), (8, 60), (0.5, 14), 20, 0.12, 0.0,
        1.7, 0.06, (3, 5, 6),
    ),
    Category(
        "Camping", "CMP",
        ("Sleeping Bag", "Camping Mat", "Trekking Poles", "Gas Stove", "Headlamp", "Dry Bag", "Folding Chair",
         "Cool Bag", "Camping Lantern", "Cook Set", "Water Canister", "Two-Person Tent"),
        _COLOURS,
        ("Nordhut", "Trailhead"), (12, 140), (0.8, 25), 185, 0.75, 0.4,
        1.15, 0.08, (0, 1, 7),
    ),
    Category(
        "Candles", "CDL",
        ("Pillar Candle", "Scented Candle", "Tea Light Box", "Candle Holder", "Reed Diffuser", "Room Spray",
         "Lantern Candle", "Taper Candles", "Wax Melts", "Incense Set", "Storm Lantern", "Candle Snuffer"),
        ("Vanilla", "Cedar", "Linen", "Fig", "Amber", "Sea Salt", "Unscented"),
        ("Lumia", "Lindtal"), (6, 32), (0.3, 3), 335, 0.65, 0.6,
        2.3, 0.02, (4, 8, 10),
    ),
    Category(
        "Christmas", "XMS",
        ("Bauble Set", "Fairy Lights", "Advent Wreath", "Tree Stand", "Gift Wrap Roll", "Advent Calendar",
         "Tree Topper", "Stocking", "Nativity Figure", "Table Runner", "Snow Globe", "Ribbon Box"),
        ("Red", "Gold", "Silver", "White", "Nature", "Green", "Copper"),
        ("Lumia", "Tannwald"), (6, 45), (0.4, 8), 338, 1.35, 1.3,
        2.2, 0.03, (0, 2, 8),
    ),
    Category(
        "Cycling", "CYC",
        ("Bike Bell", "Pannier Bag", "Floor Pump", "Chain Lube", "Bottle Cage", "Rear Light", "Front Light",
         "Saddle Cover", "Phone Mount", "Repair Kit", "Cable Lock", "Child Helmet"),
        _SIZES,
        ("Radwerk", "Trailhead"), (6, 85), (0.2, 12), 160, 0.5, 0.2,
        1.2, 0.05, (1, 7, 9),
    ),
    Category(
        "Garden", "GRD",
        ("Watering Can", "Plant Pot", "Garden Gloves", "Pruning Shears", "Hose Reel", "Raised Bed", "Bird Feeder",
         "Solar Light", "Seed Tray", "Kneeling Pad", "Parasol", "Fire Bowl"),
        ("Anthracite", "Terracotta", "Forest", "Small", "Medium", "Large", "Duo Pack"),
        ("Grünhof", "Nordhut"), (5, 95), (0.5, 30), 135, 0.95, 0.7,
        1.6, 0.03, (1, 5, 9),
    ),
    Category(
        "Kitchen", "KIT",
        ("Chef's Knife", "Cutting Board", "Frying Pan", "Saucepan", "Kitchen Scale", "Mixing Bowl", "Spice Rack",
         "Coffee Press", "Tea Kettle", "Baking Tin", "Apron", "Oven Glove"),
        _SIZES,
        ("Aalborg", "Casa Nera"), (7, 90), (0.4, 10), 340, 0.3, 0.8,
        1.2, 0.03, (2, 3, 6, 11),
    ),
    Category(
        "Lighting", "LGT",
        ("Desk Lamp", "Floor Lamp", "Pendant Light", "Bedside Lamp", "LED Strip", "Wall Sconce", "Clip Lamp",
         "Lamp Shade", "Filament Bulb", "Night Light", "String Light", "Spot Rail"),
        ("Black", "Brass", "White", "Oak", "Chrome", "Smoke", "Olive"),
        ("Lumia", "Casa Nera"), (9, 130), (0.5, 28), 345, 0.45, 0.2,
        1.25, 0.05, (0, 2, 6),
    ),
    Category(
        "Pets", "PET",
        ("Dog Bed", "Dog Leash", "Cat Tree", "Food Bowl", "Chew Toy", "Pet Blanket", "Grooming Brush",
         "Treat Pouch", "Litter Mat", "Travel Crate", "Collar", "Cat Tunnel"),
        ("Small", "Medium", "Large", "Grey", "Sand", "Red", "Olive"),
        ("Pfote", "Trailhead"), (5, 80), (0.3, 30), 350, 0.1, 0.0,
        1.4, 0.05, (1, 4, 9),
    ),
    Category(
        "Storage", "STO",
        ("Storage Box", "Wire Basket", "Shoe Rack", "Drawer Organiser", "Hanging Shelf", "Garment Bag", "Jar Set",
         "Wall Hook", "Magazine Rack", "Under-Bed Box", "Cable Box", "Stackable Crate"),
        _COLOURS,
        ("Aalborg", "Ordna"), (5, 55), (0.6, 26), 15, 0.28, 0.5,
        1.8, 0.03, (0, 5, 9),
    ),
    Category(
        "Tableware", "TAB",
        ("Dinner Plate", "Soup Bowl", "Coffee Mug", "Espresso Cup", "Wine Glass", "Water Carafe", "Serving Platter",
         "Cutlery Set", "Napkin Set", "Salad Servers", "Cake Stand", "Egg Cup"),
        _COLOURS,
        ("Casa Nera", "Lindtal"), (6, 48), (0.3, 6), 340, 0.38, 0.7,
        2.6, 0.03, (3, 4, 11),
    ),
    Category(
        "Textiles", "TEX",
        ("Cushion Cover", "Wool Blanket", "Bed Linen", "Curtain", "Table Cloth", "Throw", "Rug", "Pillow", "Duvet",
         "Door Mat", "Floor Cushion", "Quilt"),
        _COLOURS,
        ("Lindtal", "Casa Nera"), (9, 120), (1, 35), 325, 0.42, 0.2,
        1.5, 0.09, (1, 5, 7, 10),
    ),
)
# fmt: on
