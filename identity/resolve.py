"""Whose demand it is: from accepted tables to demand by item, in the order that the design fixes.

SKU codes are normalised as declared, aliases resolved in every table, codes that are no products set aside, the
stocking location of sales filled in, keys checked, cancellations and returns separated, money turned into base
currency, bundles exploded into their components, lines summed to item and period, and past stockouts written into the
stock levels.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data_contracts.acceptance.outcomes import ACROSS, RESULT_COLUMNS, line_or_row, quoted
from data_contracts.acceptance.parts import REJECTED_SCHEMA, empty_rejected
from data_contracts.contract import empty_frame
from data_contracts.declarations import EVERYTHING, SOURCE_FILE, SOURCE_LINE
from data_contracts.parsing import is_non_product
from data_contracts.tables import CONTRACTS
from identity.bundles import explode_bundles
from identity.demand_lines import sum_demand_lines
from identity.exchange_rates import rates_to_base, to_base
from identity.fulfilment import fill_locations
from identity.made_up import take_made_up_apart
from identity.returns import REVENUE_COLUMNS, UNITS_COLUMNS, separate_returns
from identity.sku_codes import alias_map, merge_rows, normalise_skus, resolve_aliases
from identity.stockouts import ITEM, add_stockouts
from settings import Settings

_KEYED = {
    "sales": (("sku",), ("location",)),
    "stock_levels": (("sku",), ("location",)),
    "stockouts": (("sku",), ("location",)),
    "supply_terms": (("sku",), ("location",)),
    "transfer_terms": (("sku",), ("from_location", "to_location")),
    "purchase_orders": (("sku",), ("location",)),
    "transfers": (("sku",), ("from_location", "to_location")),
    "inventory": (("sku",), ("location",)),
    "bundles": (("component_sku",), ()),
    "fulfilment": ((), ("location",)),
}
_MONEY = {
    "products": ("unit_price", "unit_cost"),
    "supply_terms": ("unit_cost", "freight_per_unit", "fixed_cost_per_line"),
    "suppliers": ("fixed_cost_per_order", "minimum_order_value", "free_freight_from", "container_cost"),
    "budgets": ("revenue", "margin"),
    "open_to_buy": ("amount",),
}


@dataclass(frozen=True)
class Resolved:
    """Tables under canonical identity.

    tables: the input tables with SKUs resolved and rows of unknown keys taken out, `*_base` money beside the
        amounts of products, supply_terms (and rate_to_base), suppliers, budgets, open_to_buy; `demand_lines` (see
        `identity.demand_lines`) and `bundle_components` (see `identity.made_up`).
    rejected: one row per rejected row: table, source, line, rule, column, value, message.
    results: one row per rule: table, part, rule, outcome, rows_checked, rows_failed, first_example.
    """

    tables: dict[str, pd.DataFrame]
    rejected: pd.DataFrame
    results: pd.DataFrame


def resolve_identity(tables: Mapping[str, pd.DataFrame], settings: Settings, as_of: dt.date | None = None) -> Resolved:
    """Accepted tables turned into demand by item, with money in base currency.

    Parameters
    ----------
    tables: accepted tables with their contracts' columns, cut to what was known at `as_of`; `sales` and
        `products` must be there, others may be.
    settings: company (base currency, period, default location), data (SKU codes, rate gap) and the sales source
        (cancelled_order_prefix, not_products).
    as_of: day whose rates hold for prices, costs and budgets; without it the newest `inventory.as_of`.

    Raises
    ------
    DataRefused: an exchange rate is missing beyond `max_rate_gap_days`, or bundles contain themselves.
    """
    log = _Log()
    company, data = settings.company, settings.data
    source = settings.sources.get("sales")

    result, changed = normalise_skus(tables, data.sku_case, data.sku_strip)
    for table in changed:
        result[table] = merge_rows(table, result[table])
    log.note(tables, "sku.normalised", changed, "rows whose SKU code was normalised as declared")
    result, changed = resolve_aliases(result, alias_map(result.get("sku_aliases"), set(result["products"]["sku"])))
    log.note(tables, "sku.alias", changed, "rows whose SKU was an alias")

    sales = result["sales"]
    set_aside = is_non_product(sales["sku"], source.not_products if source else [])
    log.note(
        result, "sku.no_product", {"sales": int(set_aside.sum())}, "rows of codes that are not products, set aside"
    )
    sales = sales.loc[~set_aside].reset_index(drop=True)
    filled = fill_locations(sales, result.get("fulfilment"), company.default_location)
    sales = sales.assign(location=filled.locations)
    message = "and neither fulfilment nor company.default_location gives a stocking location"
    unplaced = pd.isna(filled.locations)
    sales = log.reject(sales, "sales", "sales.location.resolved", "location", unplaced, message)

    result["sales"] = sales
    result = _check_keys(result, log)
    result = _add_base_money(result, settings, _day_of_rates(result, as_of))
    result["demand_lines"] = _demand_lines(result, settings, log)
    result = _take_made_up_apart(result, as_of, log)
    result = _add_stockouts(result, settings, as_of, log)
    return Resolved(result, log.rejected_frame(), log.results_frame())


def _demand_lines(tables: Mapping[str, pd.DataFrame], settings: Settings, log: "_Log") -> pd.DataFrame:
    company = settings.company
    sales, products = tables["sales"], tables["products"]
    source = settings.sources.get("sales")
    fx_rates = _fx_rates(tables)
    rates = rates_to_base(
        sales["net_revenue"].fillna(0) != 0,
        sales["currency"],
        sales["date"],
        fx_rates,
        company.base_currency,
        settings.data.max_rate_gap_days,
    )
    list_prices = _by_sku(products, "unit_price_base")
    separated = separate_returns(
        sales, sales["sku"].map(list_prices) / rates, source.cancelled_order_prefix if source else None
    )
    counts = {
        "cancelled": (separated.cancelled_lines, "lines cancelled, taken out of demand and revenue"),
        "returned": (separated.returned_lines, "lines with negative units taken as returns"),
        "cancellation_without_line": (
            separated.unmatched_cancellations,
            "cancellations of no known line, taken as returns",
        ),
        "stock_adjustment": (separated.adjusted_lines, "negative lines without customer and money, left out"),
    }
    for rule, (count, message) in counts.items():
        log.note({"sales": sales}, rule, {"sales": count}, message)
    lines = separated.lines
    by_row = rates[lines.index.to_numpy()]
    lines = lines.assign(**{f"{name}_base": lines[name].to_numpy() * by_row for name in REVENUE_COLUMNS})
    bundles = tables.get("bundles")
    if bundles is not None:
        lines = explode_bundles(
            lines,
            bundles,
            list_prices,
            _by_sku(products, "unit_cost_base"),
            (*UNITS_COLUMNS, "largest_line_units"),
            tuple(f"{name}_base" for name in REVENUE_COLUMNS),
        )
    return sum_demand_lines(lines, company.period, company.week_starts_on)


def _take_made_up_apart(tables: dict[str, pd.DataFrame], as_of: dt.date | None, log: "_Log") -> dict[str, pd.DataFrame]:
    """Stock and orders of bundles as those of their components."""
    last = _day_of_rates(tables, as_of)
    if last is None:
        return tables
    found = take_made_up_apart(tables, last)
    of_terms = {name: count for name, count in found.rows.items() if name.endswith("_terms")}
    others = {name: count for name, count in found.rows.items() if name not in of_terms}
    message = (
        "rows of bundles, told in their components: of made-up bundles in stock and on order "
        f"{found.counted:,.0f} units count and {found.left_out:,.0f} do not, since the bundle does not sell them soon"
    )
    log.note(tables, "bundle.made_up", others, message)
    log.note(tables, "bundle.terms", of_terms, "rows of terms of bundles, left out: their components are ordered")
    return tables | found.tables | {"bundle_components": found.components}


def _add_stockouts(
    tables: dict[str, pd.DataFrame], settings: Settings, as_of: dt.date | None, log: "_Log"
) -> dict[str, pd.DataFrame]:
    """Past stockouts written into `stock_levels`, from the first sale on."""
    lines, stockouts, company = tables["demand_lines"], tables.get("stockouts"), settings.company
    last = _day_of_rates(tables, as_of)
    if stockouts is None or stockouts.empty or lines.empty or last is None:
        return tables
    stock = tables.get("stock_levels", empty_frame(CONTRACTS["stock_levels"]))
    items = pd.concat([frame[ITEM] for frame in (lines, stock, tables.get("inventory", stock))])
    first = pd.Timestamp(lines["date"].min()).date()
    levels, contradicted = add_stockouts(stock, stockouts, items, first, last, company.period, company.week_starts_on)
    message = "periods of stockouts in which stock_levels says that the item was in stock; stock_levels is believed"
    log.note(tables, "contradicted", {"stockouts": contradicted}, message)
    return tables | {"stock_levels": levels}


def _check_keys(tables: dict[str, pd.DataFrame], log: "_Log") -> dict[str, pd.DataFrame]:
    """Rows of SKUs and locations that nobody declared are rejected."""
    skus = set(tables["products"]["sku"])
    locations = set(tables["locations"]["location"]) if "locations" in tables else set()
    result = dict(tables)
    bundles = result.get("bundles")
    if bundles is not None and len(bundles):
        unknown = ~bundles["component_sku"].isin(skus | set(bundles["bundle_sku"]))
        broken = bundles["bundle_sku"].isin(bundles.loc[unknown, "bundle_sku"]).to_numpy("bool")
        message = "and a component of this bundle is not in products"
        result["bundles"] = log.reject(
            bundles, "bundles", "bundles.component_sku.resolved", "component_sku", broken, message
        )
        skus |= set(result["bundles"]["bundle_sku"])
    for table, (sku_columns, location_columns) in _KEYED.items():
        if table not in result or table == "bundles":
            continue
        known = [(c, skus, "products") for c in sku_columns]
        known += [(c, locations, "locations") for c in location_columns if locations]
        for column, values, home in known:
            frame = result[table]
            unknown_rows = ~(
                frame[column].isin(values) | frame[column].isna() | (frame[column] == EVERYTHING)
            ).to_numpy("bool")
            message = f"not in {home}"
            result[table] = log.reject(frame, table, f"{table}.{column}.resolved", column, unknown_rows, message)
    return result


def _add_base_money(
    tables: dict[str, pd.DataFrame], settings: Settings, day: dt.date | None
) -> dict[str, pd.DataFrame]:
    """`*_base` beside amounts of money, at the last rate on or before `day`, held flat."""
    base, gap = settings.company.base_currency, settings.data.max_rate_gap_days
    result = dict(tables)
    fx_rates = _fx_rates(tables)
    for table, columns in _MONEY.items():
        frame = result.get(table)
        if frame is None:
            continue
        currencies = frame["currency"] if "currency" in frame else pd.Series(base, index=frame.index)
        present = [column for column in columns if column in frame]
        added: dict[str, pd.Series[float] | NDArray[np.float64]] = {
            f"{column}_base": to_base(frame[column], currencies, day or dt.date.max, fx_rates, base, gap)
            for column in present
        }
        if table == "supply_terms":
            needed = frame[present].notna().any(axis=1)
            added["rate_to_base"] = rates_to_base(needed, currencies, day or dt.date.max, fx_rates, base, gap)
        result[table] = frame.assign(**added)
    for column in ("unit_price_base", "unit_cost_base"):
        if column not in result["products"]:
            result["products"] = result["products"].assign(**{column: np.nan})
    return result


def _day_of_rates(tables: Mapping[str, pd.DataFrame], as_of: dt.date | None) -> dt.date | None:
    if as_of is not None:
        return as_of
    for table, column in (("inventory", "as_of"), ("sales", "date")):
        newest = tables[table][column].max() if table in tables else pd.NaT
        if not pd.isna(newest):
            return pd.Timestamp(newest).date()
    return None


def _fx_rates(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    empty = pd.DataFrame({"date": pd.Series(dtype="datetime64[ns]"), "currency": [], "rate_to_base": []})
    return tables.get("fx_rates", empty)


def _by_sku(products: pd.DataFrame, column: str) -> "pd.Series[float]":
    return products.drop_duplicates("sku").set_index("sku")[column]


class _Log:
    """Rejected rows and rule results as they come."""

    def __init__(self) -> None:
        self._rejected: list[pd.DataFrame] = []
        self._results: list[tuple[str, str, str, str, int, int, str]] = []

    def note(self, tables: Mapping[str, pd.DataFrame], rule: str, counts: Mapping[str, int], message: str) -> None:
        """Count rows that were kept but changed, or set aside without being wrong."""
        for table, count in sorted(counts.items()):
            if count:
                example = f"{count} {message}"
                self._results.append((table, ACROSS, f"{table}.{rule}", "warn", len(tables[table]), count, example))

    def reject(
        self, frame: pd.DataFrame, table: str, rule: str, column: str, failed: NDArray[np.bool_], message: str
    ) -> pd.DataFrame:
        """Note the failed rows as rejected and return the others.

        Parameters
        ----------
        frame: rows of the table.
        table, rule, column: names, as in a rejected row.
        failed: which rows are rejected.
        message: why, after the value.
        """
        rows = frame.loc[failed]
        values = rows[column].astype(object)
        source = rows[SOURCE_FILE] if SOURCE_FILE in rows else pd.Series(None, index=rows.index, dtype=object)
        line = rows[SOURCE_LINE] if SOURCE_LINE in rows else pd.Series(-1, index=rows.index)
        shown = [
            f"{_place(file, at)}{column} is {quoted('' if pd.isna(v) else str(v))}, {message}; rejected (rule {rule})"
            for file, at, v in zip(source, line, values, strict=True)
        ]
        example = shown[0] if shown else ""
        self._results.append((table, ACROSS, rule, "reject", len(frame), len(rows), example))
        if not len(rows):
            return frame
        content = [table, source.to_numpy(), line.to_numpy(), rule, column, values.to_numpy(), shown]
        self._rejected.append(pd.DataFrame(dict(zip(REJECTED_SCHEMA.names, content, strict=True))))
        return frame.loc[~failed].reset_index(drop=True)

    def rejected_frame(self) -> pd.DataFrame:
        """All rejected rows, in the order of the rules."""
        if not self._rejected:
            return empty_rejected()
        return pd.concat(self._rejected, ignore_index=True)

    def results_frame(self) -> pd.DataFrame:
        """All results of rules, in their order."""
        return pd.DataFrame(self._results, columns=list(RESULT_COLUMNS))


def _place(file: object, line: object) -> str:
    """Where a row was delivered, as the beginning of its message; empty for rows without a file."""
    return f"{file} {line_or_row(str(file))} {line}: " if isinstance(file, str) and file else ""
