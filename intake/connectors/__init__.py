"""Files as other systems export them: one module a system, each with the formats that it knows in `EXPORTS`."""

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
