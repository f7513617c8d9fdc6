"""Revenue, prices and costs: which amount a column holds, and what it takes to make the contract's amount of it."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from data_contracts.parsing import read_numbers
from onboarding.answers import CompanyFact
from onboarding.draft.company_profile import CompanyProfile
from onboarding.draft.recognition.column_matching import UNCERTAIN_SCORE, Match
from onboarding.questions import Guess, Question
from onboarding.survey.delivered import DeliveredTable
from onboarding.survey.headings import factor

_FEWEST_LINES = 30
_GROWS = 0.7


def product_of(*factors: str | float) -> str:
    """An expression that multiplies columns and numbers.

    >>> product_of("Qty", "Price", 0.5)
    '= {Qty} * {Price} * 0.5'
    """
    return "= " + " * ".join(f"{{{each}}}" if isinstance(each, str) else f"{each:.10g}" for each in factors)


def net_of_tax(profile: CompanyProfile, delivered: DeliveredTable, column: str) -> Guess | None:
    """What an amount with tax is multiplied by; asked, as no file says the rate."""
    prompt = (
        f"{delivered.name}, column {column}: its heading says that it includes tax; at what rate? Plans exclude tax"
    )
    rate = profile.ask(CompanyFact.TAX_RATE, "--tax-rate 0.19", prompt)
    return None if rate is None else Guess(1 / (1 + rate.value), "given", "without the tax that the heading names")


def revenue(
    profile: CompanyProfile,
    delivered: DeliveredTable,
    matches: Mapping[str, Match],
    sku: str,
    units: str,
    price: str | None,
    seen: str,
) -> Guess | None:
    """Mapping of `net_revenue` of sales lines without a column for it.

    Parameters
    ----------
    profile: what holds for the whole company; its questions are added to.
    delivered: the file of the sales.
    matches: delivered columns for those of `sales`.
    sku, units: delivered columns.
    price: column of unit prices from a joined file.
    seen: the columns of numbers, and why each is not taken.
    """
    if price is not None:
        return Guess(product_of(units, price), "sure", "units times the price of the joined file")
    match = matches.get("unit_price")
    if match is not None:
        heading = delivered.headings[match.delivered]
        factors: list[str | float] = [units, match.delivered]
        if heading.taxed:
            tax = net_of_tax(profile, delivered, match.delivered)
            if tax is None:
                return None
            factors.append(tax.value)
        if (times := factor("unit_price", heading.unit)) not in (None, 1):
            factors.append(times or 1.0)
        if match.score > UNCERTAIN_SCORE:
            return Guess(product_of(*factors), "sure", "units times unit price: there is no column of revenue")
        is_of = _price_is(profile, delivered, sku, units, match.delivered)
        if is_of is None:
            return None
        line = is_of.value == "line"
        made = (
            product_of(*factors[1:]) if line and len(factors) > 2 else match.delivered if line else product_of(*factors)
        )
        return Guess(made, is_of.certainty, f"{match.delivered} is of the {is_of.value}: {is_of.why}")
    listed = f' (its columns of numbers: {seen}; say --map "sales.net_revenue=COLUMN" if one is)' if seen else ""
    prompt = (
        f"{delivered.name}: has neither revenue nor prices{listed}; what does a unit sell for on average, excluding "
        "tax?"
    )
    one = profile.ask(CompanyFact.UNIT_PRICE, "--unit-price 11", prompt)
    return None if one is None else Guess(product_of(units, one.value), "given", "one price for everything")


def _price_is(profile: CompanyProfile, delivered: DeliveredTable, sku: str, units: str, price: str) -> Guess | None:
    """Whether what is just called price is of a unit or of the whole line, by whether it grows with units."""
    said = profile.answer_to(CompanyFact.PRICE_IS)
    if said is not None:
        return said
    slope = _growth(delivered, sku, units, price)
    if slope is not None and slope > _GROWS:
        return Guess("line", "likely", "within a SKU it grows with the units")
    if slope is not None and slope < 1 - _GROWS:
        return Guess("unit", "likely", "within a SKU it does not grow with the units")
    prompt = f"{delivered.name}, column {price}: is it the price of one unit, or of the whole line?"
    return profile.questions.ask(Question(CompanyFact.PRICE_IS, "--price-is unit|line", prompt, ("unit", "line")))


def _growth(delivered: DeliveredTable, sku: str, units: str, price: str) -> float | None:
    """Elasticity of a line's price to its units within SKUs: about 1 for a line's price, 0 for a unit's."""
    lines = pd.DataFrame({name: read_numbers(delivered.rows[name].tolist(), ".", None) for name in (units, price)})
    lines["sku"] = delivered.rows[sku].to_numpy()
    lines = lines[(lines[units] > 0) & (lines[price] > 0)]
    logs = lines[[units, price]].apply(np.log)
    within = logs - logs.groupby(lines["sku"]).transform("mean")
    spread = float((within[units] ** 2).sum())
    if len(lines) < _FEWEST_LINES or spread < 1:
        return None
    return float((within[units] * within[price]).sum()) / spread


def cost(profile: CompanyProfile, delivered: DeliveredTable, price: str | None) -> Guess | None:
    """Unit cost of terms whose file has none: one cost, or a share of the price where the file has prices."""
    share = profile.questions.answers.cost_share
    if share is not None and price is not None:
        return Guess(product_of(price, share), "given", f"{share:.0%} of the price")
    with_prices = " or --cost-share 0.45" if price is not None else ""
    says = ", or which share of its price" if price is not None else ""
    prompt = f"{delivered.name}: what does a unit cost you{says}? No file says"
    return profile.ask(CompanyFact.UNIT_COST, f"--unit-cost 10{with_prices}", prompt)
