"""One code for one SKU in every table: letter case and blanks as declared, then aliases."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data_contracts.declarations import EVERYTHING
from data_contracts.parsing import normalise_sku
from data_contracts.tables import CONTRACTS

SKU_COLUMNS = ("sku", "successor_sku", "similar_sku", "bundle_sku", "component_sku", "alias")
_DEEPEST = 8
_SUMMED = {"stock_levels": ("on_hand",), "inventory": ("on_hand", "reserved", "backordered")}
_ONE_ROW_PER_KEY = ("products", "supply_terms", "transfer_terms", "bundles")


@dataclass(frozen=True)
class AliasMap:
    """Where codes lead.

    everywhere: alias -> SKU for aliases with one target.
    by_channel: (alias, channel) -> SKU for aliases that hold in the sales of one channel only (`*`: all others).
    """

    everywhere: dict[str, str]
    by_channel: dict[tuple[str, str], str]

    @property
    def ambiguous(self) -> set[str]:
        """Aliases whose SKU depends on the channel."""
        return {alias for alias, _ in self.by_channel}


def normalise_skus(
    tables: Mapping[str, pd.DataFrame], case: str, strip: bool
) -> tuple[dict[str, pd.DataFrame], dict[str, int]]:
    """SKU codes of all tables in the declared letter case, blanks around them cut if so declared.

    Parameters
    ----------
    tables: tables by name; SKU codes stand in the columns of `SKU_COLUMNS`.
    case: keep or upper.
    strip: whether blanks are cut.

    Returns
    -------
    The tables, and the number of rows changed by table (only tables with changes).
    """
    return _relabel(tables, lambda codes: [normalise_sku(code, case, strip) for code in codes], all_columns=True)


def alias_map(sku_aliases: pd.DataFrame | None, own_skus: Collection[str] = ()) -> AliasMap:
    """Aliases followed to the SKU they end at; circles lead nowhere and are left out.

    Parameters
    ----------
    sku_aliases: alias, sku; source: the channel whose code the alias is (`*` or missing: all).
    own_skus: SKUs of products. A channel's code that is also the code of a product, or that means different SKUs
        in different channels, is an alias in the sales of that channel only.
    """
    if sku_aliases is None or sku_aliases.empty:
        return AliasMap({}, {})
    rows = sku_aliases.loc[sku_aliases["alias"].notna() & sku_aliases["sku"].notna(), ["alias", "sku"]]
    rows["source"] = sku_aliases["source"].fillna(EVERYTHING) if "source" in sku_aliases else EVERYTHING
    rows = rows.loc[rows["alias"] != rows["sku"]]
    targets = rows.groupby("alias")["sku"].nunique()
    by_source = rows["alias"].isin(targets.index[targets > 1])
    by_source |= rows["alias"].isin(own_skus) & (rows["source"] != EVERYTHING)
    direct = dict(zip(rows.loc[~by_source, "alias"], rows.loc[~by_source, "sku"], strict=True))
    of_source = rows.loc[by_source]
    by_channel = {
        (alias, source): _follow(sku, direct)
        for alias, source, sku in zip(of_source["alias"], of_source["source"], of_source["sku"], strict=True)
    }
    followed = {alias: _follow(sku, direct) for alias, sku in direct.items()}
    return AliasMap({alias: sku for alias, sku in followed.items() if sku and sku != alias}, by_channel)


def _follow(sku: str, direct: Mapping[str, str]) -> str:
    for _ in range(_DEEPEST):
        if sku not in direct:
            return sku
        sku = direct[sku]
    return ""


def resolve_aliases(
    tables: Mapping[str, pd.DataFrame], aliases: AliasMap
) -> tuple[dict[str, pd.DataFrame], dict[str, int]]:
    """Aliases replaced by their SKU in every table; in sales by channel where an alias needs it.

    Rows that come to share a key are one: stock is summed; of products, terms and bundles the row that bore the SKU's
    own code stays.

    Returns
    -------
    The tables, and the number of rows changed by table (only tables with changes).
    """
    if not aliases.everywhere and not aliases.by_channel:
        return dict(tables), {}
    everywhere = aliases.everywhere
    before = dict(tables)
    result, changed = _relabel(before, lambda codes: [everywhere.get(code, code) for code in codes], all_columns=False)
    sales = result.get("sales")
    if aliases.by_channel and sales is not None:
        asked = sales["sku"].isin(aliases.ambiguous).to_numpy("bool")
        pairs = zip(sales.loc[asked, "sku"], sales.loc[asked, "channel"], strict=True)
        found = [
            aliases.by_channel.get((sku, channel)) or aliases.by_channel.get((sku, EVERYTHING)) or sku
            for sku, channel in pairs
        ]
        skus = sales["sku"].to_numpy(dtype=object, copy=True)
        changed["sales"] = changed.get("sales", 0) + int((np.array(found, dtype=object) != skus[asked]).sum())
        skus[asked] = found
        result["sales"] = sales.assign(sku=skus)
    for table in changed:
        own = before[table]["sku"] == result[table]["sku"] if "sku" in result[table] else None
        result[table] = merge_rows(table, result[table], own)
    return result, changed


def merge_rows(table: str, frame: pd.DataFrame, own_code: "pd.Series[bool] | None" = None) -> pd.DataFrame:
    """Rows that share their key after a relabelling made one: stock summed, else the first, own codes first."""
    if table in _SUMMED:
        key = list(CONTRACTS[table].key)
        if not frame.duplicated(key).any():
            return frame
        how: dict[str, str] = dict.fromkeys((c for c in frame.columns if c not in key), "first")
        how |= {column: "sum" for column in _SUMMED[table] if column in frame}
        if "in_stock" in frame:
            frame = frame.assign(in_stock=frame["in_stock"].astype("boolean"))
            how["in_stock"] = "max"
        if "in_stock_share" in frame:
            how["in_stock_share"] = "max"
        summed = frame.groupby(key, as_index=False, sort=True).agg(how)
        return summed[frame.columns]
    if table in _ONE_ROW_PER_KEY:
        key = [column for column in CONTRACTS[table].key if column in frame]
        ordered = frame
        if own_code is not None:
            ordered = frame.loc[(~own_code).sort_values(kind="stable").index]
        if table == "bundles":
            return ordered.groupby(key, as_index=False, sort=True).agg(
                {c: "sum" if c == "units" else "first" for c in frame.columns if c not in key}
            )[frame.columns]
        return ordered.loc[~ordered.duplicated(key)].sort_index().reset_index(drop=True)
    return frame


def _relabel(
    tables: Mapping[str, pd.DataFrame], rename: Callable[[list[str]], list[str]], *, all_columns: bool
) -> tuple[dict[str, pd.DataFrame], dict[str, int]]:
    """Codes of all SKU columns renamed, each distinct code once."""
    result: dict[str, pd.DataFrame] = {}
    changed: dict[str, int] = {}
    for table, frame in tables.items():
        result[table] = frame
        if table == "sku_aliases" and not all_columns:
            continue
        touched = np.zeros(len(frame), dtype="bool")
        for column in SKU_COLUMNS:
            if column in frame and not (column == "bundle_sku" and not all_columns):
                values, differs = _renamed(frame[column], rename)
                if differs.any():
                    result[table] = result[table].assign(**{column: values})
                    touched |= differs
        if touched.any():
            changed[table] = int(touched.sum())
    return result, changed


def _renamed(
    codes: "pd.Series[str]", rename: Callable[[list[str]], list[str]]
) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """The codes renamed, and which of them changed; missing codes stay missing."""
    of_row, distinct = pd.factorize(codes)
    old = [str(code) for code in distinct]
    new = rename(old)
    values = np.array([*new, None], dtype=object)[of_row]
    differs = np.array([a != b for a, b in zip(old, new, strict=True)] + [False], dtype="bool")[of_row]
    return values, differs
