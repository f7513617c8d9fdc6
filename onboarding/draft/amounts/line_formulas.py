"""The formula of a line's net revenue from one of its amounts, by what this is and how discount and tax are written."""

from collections.abc import Sequence

from onboarding.draft.amounts.line_columns import AmountColumn, Kinds, Level, LineColumns, is_money


def net_revenue_formula(columns: LineColumns, anchor: AmountColumn, level: Level, kinds: Kinds) -> str | None:
    """The formula of net revenue from an anchor; None where the level does not go with the kinds."""
    units, own = f"{{{columns.units}}}", f"{{{anchor.name}}}"
    value = own if level.of == "line" else f"{units} * {own}"
    if level.is_net:
        return anchor.name if level.of == "line" else f"= {value}"
    off_in_price = not level.discounted and (not level.taxed or kinds.discount_taxed or not is_money(kinds.discount_is))
    if level.shipped and (kinds.shipping_taxed or not level.taxed):
        value = f"{value} - {_sum(kinds.shipping)}"
    if off_in_price:
        value = _less_discount(columns, value, own, level, kinds)
    if level.taxed:
        value = _without_tax(units, value, kinds)
    if level.shipped and level.taxed and not kinds.shipping_taxed:
        value = f"{value} - {_sum(kinds.shipping)}"
    if not level.discounted and not off_in_price:
        value = _less_discount(columns, value, None, level, kinds)
    return f"= {value}"


def _less_discount(columns: LineColumns, value: str, price: str | None, level: Level, kinds: Kinds) -> str:
    units, discount = f"{{{columns.units}}}", _sum(kinds.discount)
    sign = "+" if _is_negative(columns, kinds.discount) else "-"
    if not is_money(kinds.discount_is):
        share = discount if kinds.discount_is == "fraction" else f"{discount} / 100"
        return f"{_factor(value)} * (1 {sign} {share})"
    if kinds.discount_is == "of the unit":
        if price is not None and level.of == "unit" and value == f"{units} * {price}":
            return f"{units} * ({price} {sign} {discount})"
        return f"{value} {sign} {units} * {discount}"
    signed = discount if kinds.discount_signed else f"sign({units}) * {discount}"
    return f"{value} {sign} {signed}"


def _without_tax(units: str, value: str, kinds: Kinds) -> str:
    tax = _sum(kinds.tax)
    match kinds.tax_is:
        case "fraction":
            return f"{_factor(value)} / (1 + {tax})"
        case "percent":
            return f"{_factor(value)} / (1 + {tax} / 100)"
        case "of the unit":
            return f"{value} - {units} * {tax}"
        case _:
            return f"{value} - {tax}"


def _factor(value: str) -> str:
    """A value as a factor: in parentheses where it is a sum."""
    return f"({value})" if " - " in value or " + " in value else value


def _sum(names: Sequence[str]) -> str:
    together = " + ".join(f"{{{name} or 0}}" for name in names)
    return f"({together})" if len(names) > 1 else together


def _is_negative(columns: LineColumns, names: Sequence[str]) -> bool:
    """Whether a discount is written as a negative number, on lines that sell something."""
    sold = columns.quantity > 0
    total = sum(float(columns.by_name[name].numbers[sold].sum()) for name in names)
    return total < 0
