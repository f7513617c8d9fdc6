"""The demo's products: names, prices, lives (launched, ended, succeeded), bundles and marketplace codes."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from demo.catalogue import CATEGORIES, Category
from demo.network import SUPPLIERS
from demo.seeding import generator_for

_PRODUCT_COLUMNS = (
    "sku", "name", "category", "brand", "barcode", "unit_price", "unit_cost", "currency", "launched_on",
    "discontinued_on", "successor_sku", "similar_sku", "pack_size", "weight_kg", "volume_m3", "shelf_life_days",
    "unit_step",
)  # fmt: skip
# Shares of the SKUs: launched after the last day, in its last two months, in the last year; ending soon, ended; wanted
# by nobody any more; replaced by a successor. The rest is there all the time.
_LIFE_SHARES = {
    "coming": 0.005, "just": 0.02, "new": 0.045, "ending": 0.012, "ended": 0.015, "faded": 0.018, "old": 0.03,
}  # fmt: skip
BUNDLE_SHARE = 0.02
MARGIN_RANGE = (0.38, 0.62)


@dataclass(frozen=True)
class Assortment:
    """What is sold.

    `products`: the contract's table, stocked SKUs first, then bundles; sorted by SKU within each.
    `stocked`: number of stocked SKUs. Arrays (stocked,): `category` index into CATEGORIES, `rate` relative demand,
    `supplier` index into SUPPLIERS, `launch_day` and `end_day` offsets from the last day (end_day of a large number:
    none), `fades_day` offset from which nobody wants the SKU any more.
    """

    products: pd.DataFrame
    bundles: pd.DataFrame
    aliases: pd.DataFrame
    stocked: int
    category: NDArray[np.int64]
    rate: NDArray[np.float64]
    supplier: NDArray[np.int64]
    launch_day: NDArray[np.int64]
    end_day: NDArray[np.int64]
    fades_day: NDArray[np.int64]
    margin: NDArray[np.float64]


FOR_EVER = 100_000


def build_assortment(seed: int, skus: int, last_day: date) -> Assortment:
    """Assortment of `skus` SKUs, about 2 % of them bundles.

    Raises
    ------
    ValueError: fewer than 24 SKUs (two a category), or more than the catalogue has names for.
    """
    most = sum(len(category.nouns) * len(category.variants) for category in CATEGORIES)
    if not 24 <= skus <= most:
        raise ValueError(f"demo company: skus is {skus}; it can have from 24 to {most}")
    rng = generator_for(seed, "assortment")
    bundle_count = max(2, round(skus * BUNDLE_SHARE))
    stocked = skus - bundle_count
    products, category = _stocked_products(rng, stocked)
    rate = np.exp(rng.normal(0, 1.05, stocked))
    supplier = np.array([rng.choice(CATEGORIES[c].supplier_places) for c in category])
    launch, end, fades, successor, similar = _lives(rng, category)
    margin = rng.uniform(*MARGIN_RANGE, stocked)
    products["unit_cost"] = np.round(products["unit_price"] * (1 - margin), 2)
    products["currency"] = "EUR"
    products["launched_on"] = _days(last_day, launch)
    products["discontinued_on"] = _days(last_day, end)
    codes = products["sku"].to_numpy()
    products["successor_sku"] = [codes[k] if k >= 0 else None for k in successor]
    products["similar_sku"] = [codes[k] if k >= 0 else None for k in similar]
    products["pack_size"] = _pack_sizes(rng, products["unit_price"].to_numpy(), supplier, rate / rate.mean())
    products["weight_kg"] = np.round(np.maximum(products["volume_m3"] * rng.uniform(90, 320, stocked), 0.02), 2)
    perishable = (products["category"] == "Pets") & (products["unit_price"] < 15)
    products["shelf_life_days"] = pd.Series(np.where(perishable, 540, np.nan)).astype("Int64")
    products["unit_step"] = 1
    bundles, bundle_products = _bundles(rng, products, rate, bundle_count, launch, end)
    return Assortment(
        products=pd.concat([products, bundle_products], ignore_index=True)[list(_PRODUCT_COLUMNS)],
        bundles=bundles,
        aliases=_aliases(rng, products, rate),
        stocked=stocked,
        category=category,
        rate=rate,
        supplier=supplier,
        launch_day=launch,
        end_day=end,
        fades_day=fades,
        margin=margin,
    )


def _stocked_products(rng: np.random.Generator, count: int) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    counts = np.full(len(CATEGORIES), count // len(CATEGORIES))
    counts[: count % len(CATEGORIES)] += 1
    rows, category = [], []
    for place, kind in enumerate(CATEGORIES):
        low, high = np.log(kind.price_range)
        noun_price = np.exp(rng.uniform(low, high, len(kind.nouns)))
        chosen = np.sort(rng.permutation(len(kind.nouns) * len(kind.variants))[: counts[place]])
        for noun, variant in zip(*np.divmod(chosen, len(kind.variants)), strict=True):
            rows.append(_product(rng, kind, int(noun), int(variant), float(noun_price[noun])))
            category.append(place)
    columns = ["sku", "name", "category", "brand", "barcode", "unit_price", "volume_m3"]
    return pd.DataFrame(rows, columns=columns), np.array(category)


def _product(rng: np.random.Generator, kind: Category, noun: int, variant: int, base: float) -> tuple[object, ...]:
    sku = f"{kind.code}-{100 + noun * 10 + variant}"
    brand = kind.brands[noun % len(kind.brands)]
    price = np.floor(base * np.exp(rng.normal(0, 0.08))) + rng.choice([0.49, 0.90, 0.95])
    litres = np.exp(rng.uniform(*np.log(kind.litres_range)))
    return (sku, f"{brand} {kind.nouns[noun]} {kind.variants[variant]}", kind.name, brand, _barcode(sku),
            round(float(price), 2), round(float(litres) / 1000, 5))  # fmt: skip


def _barcode(sku: str) -> str:
    """EAN-13 with its check digit, made from the SKU's letters and number."""
    digits = "401" + "".join(f"{ord(letter) % 100:02d}" for letter in sku[:3]) + sku[-3:]
    total = sum(int(d) * (3 if k % 2 else 1) for k, d in enumerate(digits))
    return digits + str(-total % 10)


def _lives(
    rng: np.random.Generator, category: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Launch, end and fading as days relative to the last day; successor and similar SKU as indices, -1 none."""
    count = len(category)
    order = rng.permutation(count)
    sizes = {name: max(1, round(count * share)) for name, share in _LIFE_SHARES.items()}
    cuts = np.cumsum(list(sizes.values()))
    group = dict(zip(sizes, np.split(order, cuts)[:-1], strict=True))
    launch = -rng.integers(900, 2600, count)
    end = np.full(count, FOR_EVER)
    fades = np.full(count, FOR_EVER)
    successor, similar = np.full(count, -1), np.full(count, -1)
    launch[group["coming"]] = rng.integers(12, 40, sizes["coming"])
    launch[group["just"]] = -rng.integers(6, 60, sizes["just"])
    launch[group["new"]] = -rng.integers(61, 320, sizes["new"])
    end[group["ending"]] = rng.integers(15, 95, sizes["ending"])
    end[group["ended"]] = -rng.integers(20, 330, sizes["ended"])
    fades[group["faded"]] = -rng.integers(185, 300, sizes["faded"])
    steady = np.setdiff1d(order[cuts[-1] :], [])
    for new in np.concatenate([group["coming"], group["just"], group["new"]]):
        same = steady[(category[steady] == category[new]) & (steady != new)]
        if len(same):
            similar[new] = rng.choice(same)
    for old in group["old"]:
        heirs = steady[(category[steady] == category[old]) & (similar[steady] < 0) & (launch[steady] < -800)]
        if not len(heirs):
            continue
        heir = int(rng.choice(heirs))
        change = -int(rng.integers(45, 400))
        end[old], launch[heir] = change, change - int(rng.integers(0, 10))
        successor[old], similar[heir] = heir, old
    return launch, end, fades, successor, similar


def _days(last_day: date, offsets: NDArray[np.int64]) -> pd.Series:
    has_day = offsets < FOR_EVER
    days = np.datetime64(last_day, "D") + np.where(has_day, offsets, 0)
    return pd.Series(np.where(has_day, days, np.datetime64("NaT", "D")).astype("datetime64[s]"))


def _pack_sizes(
    rng: np.random.Generator, price: NDArray[np.float64], supplier: NDArray[np.int64], rate: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Units in a carton: larger for what is cheap, sells well and comes from afar."""
    far = np.array([s.lead_time_days > 30 for s in SUPPLIERS])[supplier]
    small, large = np.array([1, 2, 4, 6, 6]), np.array([2, 4, 6, 12, 12])
    size = np.clip(np.digitize(-price, [-80, -40, -18, -9]), 0, 4)
    chosen = np.where(far, large[size], small[size])
    sizes = np.array([1, 2, 4, 6, 12])
    most = sizes[np.digitize(10 * rate, sizes[1:])]
    return np.where(rng.random(len(price)) < 0.1, 1, np.minimum(chosen, most))


def _bundles(
    rng: np.random.Generator,
    products: pd.DataFrame,
    rate: NDArray[np.float64],
    count: int,
    launch: NDArray[np.int64],
    end: NDArray[np.int64],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Multipacks of one SKU and pairs of two, from steady SKUs that sell; 12 % cheaper than their parts."""
    steady = np.flatnonzero((launch < -800) & (end == FOR_EVER))
    best = steady[np.argsort(-rate[steady], kind="stable")][: 4 * count]
    rows, sold = [], []
    for number in range(count):
        first = int(best[rng.integers(len(best))])
        bundle_sku = f"SET-{101 + number}"
        parts = [(first, 3 if number % 3 == 1 else 2)]
        if number % 3 == 0:
            second = int(best[rng.integers(len(best))])
            parts = [(first, 1), (second if second != first else int(best[0 if first != best[0] else 1]), 1)]
        names = " + ".join(
            f"{units} x {products['name'].iloc[part]}" if units > 1 else str(products["name"].iloc[part])
            for part, units in parts
        )
        whole = sum(units * float(products["unit_price"].iloc[part]) for part, units in parts)
        cost = sum(units * float(products["unit_cost"].iloc[part]) for part, units in parts)
        rows += [(bundle_sku, products["sku"].iloc[part], units) for part, units in parts]
        sold.append(
            (
                bundle_sku,
                f"Set: {names}",
                products["category"].iloc[first],
                round(whole * 0.88, 2),
                round(cost, 2),
                "EUR",
                1,
            )
        )
    bundles = pd.DataFrame(rows, columns=["bundle_sku", "component_sku", "units"])
    columns = ["sku", "name", "category", "unit_price", "unit_cost", "currency", "unit_step"]
    return bundles, pd.DataFrame(sold, columns=columns)


def _aliases(rng: np.random.Generator, products: pd.DataFrame, rate: NDArray[np.float64]) -> pd.DataFrame:
    """Codes under which the marketplace reports some of the SKUs, and two codes the web shop used before."""
    count = max(3, round(len(products) * 0.05))
    chosen = np.sort(rng.choice(len(products), count, replace=False, p=rate / rate.sum()))
    letters = np.array(list("ABCDEFGHJKLMNPQRSTUVWXYZ23456789"))
    codes = ["MP-" + "".join(rng.choice(letters, 7)) for _ in chosen]
    frame = pd.DataFrame({"alias": codes, "sku": products["sku"].to_numpy()[chosen], "source": "marketplace"})
    old = np.sort(rng.choice(np.setdiff1d(np.arange(len(products)), chosen), 2, replace=False))
    former = pd.DataFrame(
        {
            "alias": ["OLD-" + products["sku"].iloc[k] for k in old],
            "sku": products["sku"].to_numpy()[old],
            "source": "webshop",
        }
    )
    return pd.concat([frame, former], ignore_index=True)
