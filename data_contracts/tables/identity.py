# ruff: noqa: E501 - a column or rule in one line reads as a table
"""`sku_aliases`, `bundles`, `fulfilment`: what a sale is a sale of, and where it is taken from."""

from data_contracts.contract import Contract
from data_contracts.declarations import (
    Rule,
    end_not_before_start,
    known_location,
    known_sku,
    number,
    required,
    scope,
    text,
    valid_from,
    valid_to,
)

SKU_ALIASES = Contract(
    table="sku_aliases",
    one_row_per="other code of a SKU, by the system that uses it",
    key=("alias", "source"),
    columns=(
        required(text("alias", "The other code, as it stands in the inputs.", "B07XJ8C8F5")),
        required(text("sku", "SKU that it means.", "TEA-0412")),
        scope("source", "Channel that uses the code; `*` or empty: all.", "amazon_de"),
    ),
    rules=(
        Rule(name="sku_aliases.alias.not_itself", outcome="warn", check="differ", columns=("alias", "sku"), violation="the SKU itself"),
        known_sku("sku_aliases", or_bundle=True),
    ),
)  # fmt: skip

BUNDLES = Contract(
    table="bundles",
    one_row_per="bundle and component that is stocked",
    key=("bundle_sku", "component_sku"),
    columns=(
        required(text("bundle_sku", "Code under which the bundle is sold; its stock and orders count as those of its components.", "TEA-SET-3")),
        required(text("component_sku", "SKU taken from stock.", "TEA-0412")),
        required(number("units", "units of the component in one bundle", "How many are in one bundle.", "3", above=0, maximum=1e6)),
    ),
    rules=(
        Rule(name="bundles.component_sku.not_itself", outcome="reject", check="differ", columns=("component_sku", "bundle_sku"), violation="the bundle itself"),
        known_sku("bundles", "component_sku", or_bundle=True),
    ),
)  # fmt: skip

FULFILMENT = Contract(
    table="fulfilment",
    one_row_per="channel, market and first day: the location that its orders are taken from",
    key=("channel", "market", "valid_from"),
    columns=(
        required(text("channel", "Channel of the sale.", "webshop")),
        required(text("location", "Location that it is taken from.", "BER")),
        scope("market", "Market of the sale; `*` or empty: all others.", "DE"),
        valid_from(),
        valid_to(),
    ),
    rules=(
        end_not_before_start("fulfilment", "valid_to", "valid_from"),
        known_location("fulfilment"),
    ),
)  # fmt: skip
