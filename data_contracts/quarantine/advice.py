"""What a person does about a broken rule, in a sentence that needs no knowledge of the program."""

import pandas as pd

from data_contracts.acceptance.outcomes import failed_rules
from data_contracts.declarations import Rule
from data_contracts.tables import CONTRACTS
from settings import TableSource

_ADVICE = {
    "present": "fill it in the source; without it the row cannot be counted",
    "between": "correct the value; a placeholder such as 999999 belongs in missing_values of [sources.{table}]",
    "matches": "write the ISO code, such as {example}",
    "one_of": "write one of the words named",
    "not_zero": "correct the zero, or leave it where it is meant",
    "same_sign": "give returns and their money the same sign; look at how the export writes refunds",
    "not_zero_where": "fill in the revenue, or leave it where the goods were given away",
    "not_negative_where": "where both columns mean the same units, leave one of them empty; leave both where both are "
    "owed",
    "at_most": "correct the larger of the two numbers",
    "at_least": "correct the smaller of the two numbers",
    "no_duplicates": "nothing, where both rows are the same sale or fact; else give the rows different keys",
    "no_duplicates_of_order_lines": "nothing, where it is the same sale; two real sales need an order number",
    "no_duplicates_without_order": "map the order number of the file as order in [sources.{table}.columns], so that "
    "sales of one day can be distinguished; where rows really are there twice, delete the duplicates",
    "no_conflict": "keep the row that is right and delete the others of the same key",
    "no_conflict_of_order_lines": "keep the row that is right; two real sales need an order number and a line number",
    "no_duplicates_within_an_order": "nothing, where the customer bought it twice; else export line numbers",
    "no_conflict_across_parts": "give the line one date, or two lines two numbers",
    "not_after_today": "correct the date, or company.timezone where it is today already",
    "refers_to": "add the missing row to the table named, or a line to sku_aliases where it is another name",
    "whole_steps": "correct the units, or set unit_step of the product where it is sold by length or weight",
    "not_negative": "count the stock again; negative stock means that more was sold than was on the books",
    "dates_in_order": "swap or correct the two dates",
    "differ": "name another one, or leave it empty",
    "matches_text": "write it as in {example}",
    "multiple_of": "make it a multiple of the order multiple",
    "order_is_known": "deliver the order in purchase_orders, or correct its number",
    "received_after_ordered": "correct one of the two dates",
    "received_at_most_ordered": "correct the units received, or the units ordered",
    "partly_received_has_receipts": "deliver the receipts of these lines; without them, give what is still to come as "
    "ordered_units, or close the line",
    "exactly_one": "fill one of the two columns and leave the other empty",
    "fits_parameter": "write a value of the kind that the name asks for, such as {example}",
    "no_jump": "check the rate at its source; an inverted rate is one divided by the right one",
    "volume": "deliver the missing rows, or accept them with data.accept_volume_on",
    "recent": "deliver newer stock, or raise data.max_data_age_days",
    "no_location_vanished": "deliver the location's stock, or accept it with data.accept_volume_on",
}
_READABLE = {
    "number": "write a plain number such as {example}; where the whole column is written otherwise, declare decimal "
    "and thousands in [sources.{table}]",
    "date": "write it as {example}; where the whole column is written otherwise, declare date_format in "
    "[sources.{table}]",
    "flag": "write true or false",
    "setting": "write a number, a date such as 2026-03-31, or true or false",
    "fields": 'put fields that hold the separator or a line break into quotes ("), or export the file again',
}
_OF_NOTES = {
    "connector.left_out": "nothing, where these do not belong in {table}; the example says why they are left out",
    "only.left_out": "nothing: they are left out as [sources.{table}.only] says",
    "leave_out.left_out": "nothing: they are left out as [sources.{table}.leave_out] says",
    "distinct.differs": "nothing, where the first row of each key is as good as another; else name the right column",
    "joined.unmatched": "add the missing keys to the joined file, or leave it where these rows have none",
    "joined.unused": "nothing, where that is natural; else see whether rows are missing, such as lines of orders",
    "joined.malformed": "correct these rows of the joined file; they give nothing",
    "columns.new": "nothing, unless it should be used: then map it in [sources.{table}.columns]",
    "source.delivered_twice": "remove one of the two files",
    "sku.normalised": "nothing: it is as declared",
    "sku.alias": "nothing: it is as declared",
    "sku.no_product": "nothing: it is as declared in not_products",
    "sku.resolved": "add the code to products, or a line to sku_aliases where it is another name; postage and fees "
    "belong in not_products of [sources.sales]",
    "location.resolved": "add the location to locations, or name one in fulfilment or company.default_location",
    "component_sku.resolved": "add the component to products, or correct the bundle",
    "from_location.resolved": "add the location to locations",
    "to_location.resolved": "add the location to locations",
    "cancelled": "nothing: cancelled lines are not demand",
    "returned": "nothing: negative units are returns",
    "cancellation_without_line": "look for the sales that they cancel; without these they count as returns",
    "stock_adjustment": "nothing: they are write-offs, not sales",
    "bundle.made_up": "nothing: made-up bundles count as far as their own demand uses them",
    "bundle.terms": "give the components supply terms of their own, in packs where they come so",
    "contradicted": "correct the stockout or the sale: one of them is wrong",
    "corrections.applied": "nothing: these rows are read as corrected by hand",
    "gap": "deliver the rows of that period; where nothing could be bought, put its first and last day into stockouts, "
    "with * as the SKU",
    "stock_history": "deliver stock_levels or stockouts of the days before",
    "no_row": "deliver stock_levels of all items, also where they are zero",
    "counted_later": "nothing: it is used as counted; a count on the last day of the period is exact",
}
_SAME_FOR_ALL = frozenset({"currency", "country", "channel", "location", "supplier", "kind", "category"})
"""Columns of which a file often has one value for every row."""
OTHERWISE = "check the example and correct the source, or leave it where it is intended"


def what_to_do(rule: str, source: TableSource | None = None) -> str:
    """What to do about the rule called so, of a contract or of another step of the intake.

    An example of a number is written as `source` writes numbers; ISO dates are read everywhere.

    >>> what_to_do("sales.currency.currency")
    'write the ISO code, such as EUR'
    """
    table, _, name = rule.partition(".")
    known = declared(rule)
    if known is None:
        return _OF_NOTES.get(name, OTHERWISE).format(table=table)
    text = _READABLE[rule.rpartition(".")[2]] if known.check == "readable" else _ADVICE.get(known.check, OTHERWISE)
    if known.check == "present" and known.columns[0] in _SAME_FOR_ALL:
        text = "fill it, or give one value for every row in [sources.{table}.constants]"
    return text.format(table=table, example=_example(table, known, "." if source is None else source.decimal))


def needs_nothing(to_do: str) -> bool:
    """Whether the advice is to do nothing: the rule is listed for completeness alone."""
    return to_do.startswith("nothing")


def warnings_to_look_at(results: pd.DataFrame) -> dict[str, int]:
    """Rows warned of by table, of every page and command.

    Not counted are rows about which nothing is to be done, such as returns, and those that are rejected a step later.

    Parameters
    ----------
    results: of rules; columns table, part, rule, outcome, rows_checked, rows_failed, first_example.
    """
    if results.empty:
        return {}
    failed = failed_rules(results)
    rejected_later = set(failed.loc[failed["outcome"] == "reject", "rule"])
    counted = [
        row["outcome"] == "warn"
        and not needs_nothing(what_to_do(row["rule"]))
        and row["rule"].replace(".known", ".resolved") not in rejected_later
        for row in failed.to_dict("records")
    ]
    rows = failed.loc[counted].groupby("table")["rows_failed"].sum()
    return {str(table): int(number) for table, number in rows.items()}


def declared(rule: str) -> Rule | None:
    """The rule of a contract that is called so; None for notes of other steps."""
    table = rule.partition(".")[0]
    if table not in CONTRACTS:
        return None
    rules = (*CONTRACTS[table].all_rules(), *CONTRACTS[table].table_rules())
    return next((each for each in rules if each.name == rule), None)


def _example(table: str, rule: Rule, decimal: str) -> str:
    contract = CONTRACTS[table]
    if not rule.columns or rule.columns[0] not in contract.names:
        return ""
    column = contract.column(rule.columns[0])
    return column.example.replace(".", decimal) if column.kind == "number" else column.example
