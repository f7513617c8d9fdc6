"""Rows dated after today of tables that record the past: rejected before anything is cut at the plan's day."""

import datetime as dt
from collections.abc import Mapping

import pandas as pd

from data_contracts.as_of import company_today
from data_contracts.judging.cross_validation import CrossValidation, judge_rows
from data_contracts.judging.evidence import RunContext
from data_contracts.judging.outcomes import ACROSS, RESULT_COLUMNS, accepted_rows, rejected_rows, rule_results
from data_contracts.judging.parts import no_rejected
from data_contracts.tables import CONTRACTS
from settings import Settings

CHECK = "not_after_today"


def without_future_rows(
    tables: Mapping[str, pd.DataFrame], as_of: dt.date, settings: Settings, *, today: dt.date | None = None
) -> CrossValidation:
    """Tables without the rows of days after the company's date, and which these are.

    What a plan of a past day must not know lies between that day and today: it is right, and cut later without a word.

    Parameters
    ----------
    tables: accepted rows by table.
    as_of: the plan's day.
    settings: of the company.
    today: the company's date; its clock's where not given.
    """
    context = RunContext(tables, as_of, max(as_of, today or company_today(settings)), settings)
    end = pd.Timestamp(context.today)
    kept, rejected, results = dict(tables), [no_rejected()], [pd.DataFrame(columns=list(RESULT_COLUMNS))]
    for table, frame in tables.items():
        contract = CONTRACTS[table]
        # Great Expectations takes a while, and decides only where there is something to decide.
        rules = [
            rule for rule in contract.table_rules() if rule.check == CHECK and (frame[rule.columns[0]] > end).any()
        ]
        if not rules:
            continue
        rows = frame.reset_index(drop=True)
        verdict = judge_rows(contract, rows, context, rules)
        rejected.append(rejected_rows(contract, rows, verdict, rules))
        results.append(rule_results(contract, ACROSS, rows, verdict, rules))
        accepted = accepted_rows(contract, rows, verdict, rules)
        kept[table] = accepted.astype({name: rows[name].dtype for name in accepted})
    filled = [each for each in results if len(each)] or results
    return CrossValidation(kept, pd.concat(rejected, ignore_index=True), pd.concat(filled, ignore_index=True))
