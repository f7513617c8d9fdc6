"""Bundles and multipacks taken apart into the components that are stocked."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from settings import DataRefused

_DEEPEST = 8


def flatten_bundles(bundles: pd.DataFrame) -> pd.DataFrame:
    """Bundles of bundles resolved, so that no component is itself a bundle.

    Parameters
    ----------
    bundles: one row per (bundle_sku, component_sku): units (of the component in one bundle, > 0).

    Returns
    -------
    Columns bundle_sku, component_sku, units; one row per pair, sorted by it.

    Raises
    ------
    DataRefused: a bundle contains itself.
    """
    flat = bundles[["bundle_sku", "component_sku", "units"]].reset_index(drop=True)
    for _ in range(_DEEPEST):
        nested = flat["component_sku"].isin(flat["bundle_sku"])
        if not nested.any():
            return flat.groupby(["bundle_sku", "component_sku"], sort=True)["units"].sum().reset_index()
        inner = flat.rename(
            columns={"bundle_sku": "component_sku", "component_sku": "inner_sku", "units": "inner_units"}
        )
        opened = flat.loc[nested].merge(inner, on="component_sku")
        opened = opened.assign(component_sku=opened["inner_sku"], units=opened["units"] * opened["inner_units"])
        flat = pd.concat([flat.loc[~nested], opened[flat.columns]], ignore_index=True)
    circular = sorted(set(flat.loc[flat["component_sku"].isin(flat["bundle_sku"]), "bundle_sku"]))
    raise DataRefused(
        f"bundles: {', '.join(circular[:5])} contain themselves, or are nested more than {_DEEPEST} deep; "
        "correct their component_sku"
    )


def revenue_shares(
    flat: pd.DataFrame, unit_prices: "pd.Series[float]", unit_costs: "pd.Series[float]"
) -> NDArray[np.float64]:
    """Share of a bundle's revenue that each component earns; the shares of a bundle sum to 1.

    By list price times units where all components of the bundle have a price, else by cost where all have one, else by
    units.

    Parameters
    ----------
    flat: flattened bundles (see `flatten_bundles`).
    unit_prices, unit_costs: list price and cost of a unit by SKU, in one currency.
    """
    units = flat["units"].to_numpy("float64")
    prices = flat["component_sku"].map(unit_prices).to_numpy("float64")
    costs = flat["component_sku"].map(unit_costs).to_numpy("float64")
    bundle, _ = pd.factorize(flat["bundle_sku"])
    bundles = int(bundle.max()) + 1 if len(bundle) else 0
    weight = units.copy()
    for values in (costs, prices):
        usable = np.bincount(bundle, weights=~(values > 0), minlength=bundles) == 0
        weight = np.where(usable[bundle], np.nan_to_num(values) * units, weight)
    share: NDArray[np.float64] = weight / np.bincount(bundle, weights=weight, minlength=bundles)[bundle]
    return share


def explode_bundles(
    lines: pd.DataFrame,
    bundles: pd.DataFrame,
    unit_prices: "pd.Series[float]",
    unit_costs: "pd.Series[float]",
    units_columns: tuple[str, ...],
    revenue_columns: tuple[str, ...],
) -> pd.DataFrame:
    """Lines of bundles replaced by one line for each component.

    Units are multiplied by the component's units in a bundle; revenue is split by list price, else cost, else units
    (see `revenue_shares`), so that its sum is unchanged.

    Parameters
    ----------
    lines: one row per order line: sku, and the columns named below.
    bundles: one row per (bundle_sku, component_sku): units.
    unit_prices, unit_costs: list price and cost of a unit by SKU, in one currency.
    units_columns, revenue_columns: columns of `lines` that count units, and money.

    Returns
    -------
    The columns of `lines`; lines that are no bundle first, unchanged and in their order.
    """
    if bundles.empty:
        return lines
    is_bundle = lines["sku"].isin(bundles["bundle_sku"])
    if not is_bundle.any():
        return lines
    flat = flatten_bundles(bundles)
    flat = flat.assign(
        revenue_share=revenue_shares(flat, unit_prices, unit_costs),
    ).rename(columns={"units": "units_in_bundle", "bundle_sku": "sku"})
    opened = lines.loc[is_bundle].merge(flat, on="sku", how="inner")
    for column in units_columns:
        opened[column] = opened[column] * opened["units_in_bundle"]
    for column in revenue_columns:
        opened[column] = opened[column] * opened["revenue_share"]
    opened["sku"] = opened["component_sku"]
    return pd.concat([lines.loc[~is_bundle], opened[lines.columns]], ignore_index=True)
