"""Every input table's contract, one declaration each."""

from data_contracts.contract import Contract
from data_contracts.tables.events import CLOSURES, PROMOTIONS
from data_contracts.tables.identity import BUNDLES, FULFILMENT, SKU_ALIASES
from data_contracts.tables.master import LOCATIONS, PRODUCTS, SUPPLIERS
from data_contracts.tables.money import BUDGETS, CHANNEL_COSTS, FX_RATES, OPEN_TO_BUY
from data_contracts.tables.orders import PURCHASE_ORDERS, RECEIPTS, TRANSFERS
from data_contracts.tables.planning import PLANNING_PARAMETERS
from data_contracts.tables.sales import SALES
from data_contracts.tables.stock import INVENTORY, STOCK_LEVELS, STOCKOUTS
from data_contracts.tables.terms import SUPPLY_TERMS, TRANSFER_TERMS

CONTRACTS: dict[str, Contract] = {
    contract.table: contract
    for contract in (
        SALES,
        STOCK_LEVELS,
        STOCKOUTS,
        PRODUCTS,
        LOCATIONS,
        SUPPLY_TERMS,
        SUPPLIERS,
        TRANSFER_TERMS,
        PURCHASE_ORDERS,
        RECEIPTS,
        TRANSFERS,
        INVENTORY,
        PROMOTIONS,
        CLOSURES,
        BUNDLES,
        SKU_ALIASES,
        FULFILMENT,
        PLANNING_PARAMETERS,
        CHANNEL_COSTS,
        FX_RATES,
        BUDGETS,
        OPEN_TO_BUY,
    )
}
"""Contracts by table, in the order of the reference page."""

__all__ = ["CONTRACTS"]
