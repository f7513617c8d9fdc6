"""Files as other systems export them.

To be read in this order: `export` (what a format is), `fields` (columns under any name, values to compute with),
`conversion` (rows in, rows out, rows left out), then one module or package a system, with its formats in `EXPORTS`.
"""

from intake.connectors import amazon, odoo, shopify, stocky, woocommerce
from intake.connectors.export import Conversion, Export

MODULES: tuple[tuple[Export, ...], ...] = (
    amazon.EXPORTS,
    odoo.EXPORTS,
    shopify.EXPORTS,
    stocky.EXPORTS,
    woocommerce.EXPORTS,
)

EXPORTS: dict[str, Export] = {export.name: export for exports in MODULES for export in exports}
"""Every known format, by the name of `[sources.TABLE] connector`."""

__all__ = ["EXPORTS", "Conversion", "Export"]
