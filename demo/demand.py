"""What customers want, whether or not it is in stock: order lines drawn from trends, seasons, promotions and chance."""

from dataclasses import dataclass
from datetime import date

import holidays
import numpy as np
from numpy.typing import NDArray

from demo.assortment import Assortment
from demo.catalogue import CATEGORIES
from demo.items import Items, is_alive
from demo.network import IRELAND_MOVED_DAYS_AGO, OUTLETS
from demo.promotions import flows, uplift
from demo.seeding import generator_for

RETAIL, WHOLESALE, ONE_OFF = 0, 1, 2
# Weekly autoregressions of the log levels of items and of the company: share kept each week, sd of each step.
ITEM_KEPT, ITEM_STEP_SD = 0.93, 0.085
COMPANY_KEPT, COMPANY_STEP_SD = 0.95, 0.02
ORDER_TYPES = np.array(["retail", "wholesale", "one_off"])


@dataclass(frozen=True)
class WantedLines:
    """Order lines as customers want them, sorted by day; arrays (lines,).

    `day` index into the days, `item` wanted, `outlet` index into OUTLETS, `units`, `order_type`, `discount` fraction,
    `bundle` index of the bundle that the line is part of or -1, `bundle_line` number shared by the parts of one
    bundle line or -1, `per_bundle` units of the item in one bundle.
    """

    day: NDArray[np.int64]
    item: NDArray[np.int64]
    outlet: NDArray[np.int64]
    units: NDArray[np.int64]
    order_type: NDArray[np.int64]
    discount: NDArray[np.float32]
    bundle: NDArray[np.int64]
    bundle_line: NDArray[np.int64]
    per_bundle: NDArray[np.int64]


def season_factors(days: NDArray[np.datetime64]) -> NDArray[np.float64]:
    """Relative demand of each category on each day, mean one over a year: array (categories, days)."""
    day_of_year = (days - days.astype("datetime64[Y]")).astype(int) + 1
    whole_year = np.arange(1, 366)
    result = np.empty((len(CATEGORIES), len(days)))
    for place, kind in enumerate(CATEGORIES):

        def curve(day: NDArray[np.int64], kind: object = kind) -> NDArray[np.float64]:
            angle = 2 * np.pi * (day - kind.peak_day) / 365.25  # type: ignore[attr-defined]
            bunched: NDArray[np.float64] = np.exp(kind.season * (np.cos(angle) + kind.narrow * np.cos(2 * angle) / 2))  # type: ignore[attr-defined]
            return bunched

        result[place] = curve(day_of_year) / curve(whole_year).mean()
    return result


@dataclass(frozen=True)
class DemandLevels:
    """What of demand no calendar tells: `growth` (SKUs,) of the log level in a year; `item` (items, weeks) and
    `company` (weeks,) log levels that wander week by week, each drawn back to zero.
    """

    growth: NDArray[np.float64]
    item: NDArray[np.float64]
    company: NDArray[np.float64]

    def logs(self, days: int) -> NDArray[np.float64]:
        """Wandering log levels (items, days) of the first days."""
        return np.repeat(self.item + self.company, 7, axis=1)[:, :days]

    def logs_ahead(self, known: int, days: int) -> NDArray[np.float64]:
        """Log of the expected factor (items, days) on each of the days after the first `known`, given the levels then.

        Each week the levels keep a share of themselves and a normal step is added: the log has mean m and variance
        v, and the factor's mean is exp(m + v / 2).
        """
        now = (known - 1) // 7
        weeks = (known + np.arange(days)) // 7 - now
        item, company = ITEM_KEPT**weeks, COMPANY_KEPT**weeks
        variance = ITEM_STEP_SD**2 * (1 - item**2) / (1 - ITEM_KEPT**2)
        variance += COMPANY_STEP_SD**2 * (1 - company**2) / (1 - COMPANY_KEPT**2)
        logs: NDArray[np.float64] = self.item[:, now, None] * item + self.company[now] * company + variance / 2
        return logs


def draw_levels(seed: int, assortment: Assortment, items: Items, days: int) -> DemandLevels:
    """Growth of each SKU, and weekly levels of each item and of the company for so many days."""
    rng = generator_for(seed, "demand levels")
    growth = rng.normal(0.08, 0.18, assortment.stocked)
    weeks, count = days // 7 + 2, len(items.product)
    item_steps, company_steps = rng.normal(0, ITEM_STEP_SD, (count, weeks)), rng.normal(0, COMPANY_STEP_SD, weeks)
    by_item, by_week = np.empty((count, weeks)), np.empty(weeks)
    level, company = rng.normal(0, 0.2, count), 0.0
    for week in range(weeks):
        level = ITEM_KEPT * level + item_steps[:, week]
        company = COMPANY_KEPT * company + company_steps[week]
        by_item[:, week], by_week[week] = level, company
    return DemandLevels(growth, by_item, by_week)


def expected_demand(
    assortment: Assortment,
    items: Items,
    days: NDArray[np.datetime64],
    last_day: date,
    discount: NDArray[np.float32],
    growth: NDArray[np.float64],
    logs: NDArray[np.float64],
) -> NDArray[np.float32]:
    """Mean units wanted of each flow (item and outlet) on each day.

    Parameters
    ----------
    assortment: what is sold.
    items: what is stocked where.
    days: of the calendar, ascending.
    last_day: the day from which launches and ends are counted.
    discount: fraction, (flows, days).
    growth: of the log level in a year, (SKUs,).
    logs: wandering log levels, (items, days).

    Returns
    -------
    Units, (flows, days).
    """
    item, outlet = flows(items)
    offsets = (days - np.datetime64(last_day, "D")).astype(np.int64)
    season = season_factors(days)[assortment.category]
    growth = growth[:, None] * (offsets[None, :] / 365)
    ramp = np.clip((offsets[None, :] - assortment.launch_day[:, None]) / 35, 0.25, 1)
    fading = np.exp(-np.clip(offsets[None, :] - assortment.fades_day[:, None], 0, None) / 6.0)
    per_sku = season * np.exp(growth) * ramp * np.where(fading < 0.02, 0, fading)
    per_item = (per_sku[items.product] * is_alive(assortment, items, offsets)).astype(np.float32)
    per_item *= np.exp(logs).astype(np.float32)
    share = np.array([kind.share for kind in OUTLETS])
    weekday = (days.astype("datetime64[D]").astype(np.int64) + 3) % 7
    pattern = np.array([kind.weekdays for kind in OUTLETS])
    pattern = pattern / pattern.mean(axis=1, keepdims=True)
    by_outlet = (share[:, None] * pattern[:, weekday]) * _outlet_openings(days, offsets)
    mean = per_item[item] * by_outlet.astype(np.float32)[outlet] * items.rate.astype(np.float32)[item, None]
    result: NDArray[np.float32] = mean * uplift(discount)
    return result


def _outlet_openings(days: NDArray[np.datetime64], offsets: NDArray[np.int64]) -> NDArray[np.float64]:
    """Array (outlets, days): 0 where an outlet sells nothing, 0.85 for the web on public holidays, else 1."""
    years = range(int(str(days[0])[:4]), int(str(days[-1])[:4]) + 1)
    open_share = np.ones((len(OUTLETS), len(days)))
    for place, kind in enumerate(OUTLETS):
        free = np.array(sorted(holidays.country_holidays(kind.market, years=years)), dtype="datetime64[D]")
        open_share[place, np.isin(days, free)] = 0.0 if kind.channel == "store" else 0.85
        if kind.market == "IE":
            moved = offsets >= -IRELAND_MOVED_DAYS_AGO
            open_share[place, moved == (kind.location == "LEIPZIG")] = 0.0
    return open_share


def draw_wanted_lines(
    seed: int,
    assortment: Assortment,
    items: Items,
    mean: NDArray[np.float32],
    discount: NDArray[np.float32],
    days: NDArray[np.datetime64],
) -> WantedLines:
    """Order lines with these expected units, and wholesale, bulk orders and bundles on top.

    Parameters
    ----------
    seed: of the company.
    assortment: what is sold.
    items: what is stocked where.
    mean: expected units, (flows, days).
    discount: fraction, (flows, days).
    days: of the calendar, ascending.
    """
    rng = generator_for(seed, "order lines")
    item, outlet = flows(items)
    kinds = [CATEGORIES[c] for c in assortment.category[items.product]]
    per_line = np.array([kind.units_per_line for kind in kinds])
    price = assortment.products["unit_price"].to_numpy()[: assortment.stocked].astype(float)[items.product]
    per_line = 1 + (per_line - 1) * np.clip(25 / price, 0.3, 1.6)
    noise = rng.gamma(6.0, 1 / 6.0, (len(items.product), len(days))).astype(np.float32)
    counts = rng.poisson(mean / per_line.astype(np.float32)[item, None] * noise[item])
    flow, day = np.nonzero(counts)
    times = counts[flow, day]
    flow, day = np.repeat(flow, times), np.repeat(day, times)
    units = 1 + rng.geometric(1 / per_line[item[flow]]) - 1
    lines = {
        "day": day,
        "item": item[flow],
        "outlet": outlet[flow],
        "units": units,
        "order_type": np.full(len(day), RETAIL),
        "discount": discount[flow, day],
    }
    extra = _large_orders(generator_for(seed, "large orders"), items, mean, days)
    lines = {name: np.concatenate([values, extra[name]]) for name, values in lines.items()}
    return _with_bundles(generator_for(seed, "bundle lines"), assortment, items, lines)


def _large_orders(
    rng: np.random.Generator, items: Items, mean: NDArray[np.float32], days: NDArray[np.datetime64]
) -> dict[str, NDArray[np.generic]]:
    """Wholesale orders on working days, a one-off of a company now and then, and bulk orders nobody labelled."""
    item, outlet = flows(items)
    web = np.flatnonzero(np.isin(outlet, [0, 1, 5]))
    weight = mean[web].sum(axis=1)
    weight = np.where(weight > np.median(weight), weight, 0)
    working = np.flatnonzero(np.is_busday(days))
    scale = len(items.product) / 1240
    chosen: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], int, float]] = []
    for share, kind, off, sizes in (
        (0.85 * 3.2 * scale, WHOLESALE, 0.3, np.array([12, 12, 24, 24, 36, 48])),
        (0.02 * min(scale, 1), ONE_OFF, 0.2, np.array([80, 100, 120, 160, 200])),
        (0.02 * min(scale, 1), RETAIL, 0.0, np.array([30, 40, 60, 75])),
    ):
        number = max(2, round(share * len(working)))
        flow = web[rng.choice(len(web), number, p=weight / weight.sum())]
        day = np.sort(rng.choice(working, number))
        chosen.append((flow, day, rng.choice(sizes, number), kind, off))
    alive = [mean[flow, day] > 0 for flow, day, *_ in chosen]
    return {
        "day": np.concatenate([day[ok] for (_, day, *_), ok in zip(chosen, alive, strict=True)]),
        "item": np.concatenate([item[flow[ok]] for (flow, *_), ok in zip(chosen, alive, strict=True)]),
        "outlet": np.concatenate([outlet[flow[ok]] for (flow, *_), ok in zip(chosen, alive, strict=True)]),
        "units": np.concatenate([units[ok] for (_, _, units, *_), ok in zip(chosen, alive, strict=True)]),
        "order_type": np.concatenate(
            [np.full(ok.sum(), kind) for (*_, kind, _), ok in zip(chosen, alive, strict=True)]
        ),
        "discount": np.concatenate(
            [np.full(ok.sum(), off, np.float32) for (*_, off), ok in zip(chosen, alive, strict=True)]
        ),
    }


def _with_bundles(
    rng: np.random.Generator, assortment: Assortment, items: Items, lines: dict[str, NDArray[np.generic]]
) -> WantedLines:
    """Some retail lines of bundles' first parts at the own warehouse become lines of the bundle's parts."""
    codes = list(assortment.products["sku"])
    number_of = {code: number for number, code in enumerate(dict.fromkeys(assortment.bundles["bundle_sku"]))}
    own = np.full(assortment.stocked, -1)
    own[items.product[items.place == 0]] = np.flatnonzero(items.place == 0)
    columns = (assortment.bundles[name] for name in ("bundle_sku", "component_sku", "units"))
    parts = [
        (number_of[bundle_sku], own[codes.index(component)], int(units))
        for bundle_sku, component, units in zip(*columns, strict=True)
    ]
    frame = {name: np.asarray(values) for name, values in lines.items()}
    size = len(frame["day"])
    bundle, bundle_line, per_bundle = np.full(size, -1), np.full(size, -1), np.ones(size, dtype=np.int64)
    added: list[tuple[NDArray[np.int64], int, int, int]] = []
    for number in number_of.values():
        of_bundle = [(item, units) for n, item, units in parts if n == number]
        first_item, first_units = of_bundle[0]
        free = (bundle < 0) & (frame["item"] == first_item) & (frame["order_type"] == RETAIL) & (frame["units"] <= 6)
        taken = np.flatnonzero(free & (rng.random(size) < 0.12))
        bundle[taken], bundle_line[taken], per_bundle[taken] = number, taken, first_units
        frame["units"][taken] = first_units
        added += [(taken, item, units, number) for item, units in of_bundle[1:]]
    for taken, item, units, number in added:
        more = {name: values[taken] for name, values in frame.items()}
        more |= {"item": np.full(len(taken), item), "units": np.full(len(taken), units)}
        frame = {name: np.concatenate([values, more[name]]) for name, values in frame.items()}
        bundle = np.concatenate([bundle, np.full(len(taken), number)])
        bundle_line = np.concatenate([bundle_line, taken])
        per_bundle = np.concatenate([per_bundle, np.full(len(taken), units)])
    order = np.lexsort((rng.random(len(bundle)), bundle < 0, frame["item"], frame["day"]))
    return WantedLines(
        **{name: values[order] for name, values in frame.items()},
        bundle=bundle[order],
        bundle_line=bundle_line[order],
        per_bundle=per_bundle[order],
    )
