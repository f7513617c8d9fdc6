"""Great Expectations' own pages about the newest validation, built when someone asks."""

import html
import re
import warnings
from collections.abc import Iterable
from pathlib import Path

from data_contracts.acceptance.accepted import TableIntake
from data_contracts.contract import Contract
from data_contracts.tables import CONTRACTS

_FETCHED = re.compile(
    r"""<script\b[^>]*\bsrc=["']https?://[^>]*>\s*</script>|<(?:link|img)\b[^>]*\b(?:href|src)=["']https?://[^>]*>""",
    re.IGNORECASE,
)
_POLICY = (
    """<meta http-equiv="Content-Security-Policy" content="default-src 'none'; """
    """style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">"""
)
_STYLE = """<style>
body{font-family:system-ui,sans-serif;margin:24px;max-width:1200px}
table{border-collapse:collapse;width:100%}
td,th{border:1px solid #ccc;padding:4px 8px;text-align:left;vertical-align:top}
.fa-check-circle::before{content:"kept"}.fa-times::before{content:"broken";font-weight:700}
.modal,.navbar,footer,[id*=modal],[id*=cta]{display:none}
</style>"""


def build_data_docs(intakes: Iterable[TableIntake], folder: Path) -> Path:
    """One page per table, with every expectation and how many rows broke it, and an index.

    Parameters
    ----------
    intakes: tables as they were read; results of parts validated in earlier runs are in them, too.
    folder: where the pages go; made where it does not exist.

    Returns
    -------
    Path of the index.
    """
    folder.mkdir(parents=True, exist_ok=True)
    links = []
    for intake in intakes:
        contract = CONTRACTS[intake.table]
        (folder / f"{contract.table}.html").write_text(_page(contract, intake), "utf-8")
        rejected, read = int(intake.parts["rows_rejected"].sum()), int(intake.parts["rows_read"].sum())
        name = html.escape(contract.table)
        links.append(f'<li><a href="{name}.html">{name}</a>: {rejected} of {read} rows rejected</li>')
    index = folder / "index.html"
    index.write_text(
        f"<!doctype html><meta charset=utf-8><title>Data Docs</title><h1>Data Docs</h1><ul>{''.join(links)}</ul>",
        "utf-8",
    )
    return index


def _page(contract: Contract, intake: TableIntake) -> str:
    from data_contracts.expectations.suite import build_suite  # noqa: PLC0415 - takes seconds

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from great_expectations.core.expectation_validation_result import (  # noqa: PLC0415
            ExpectationSuiteValidationResult,
            ExpectationValidationResult,
        )
        from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer  # noqa: PLC0415
        from great_expectations.render.view import DefaultJinjaPageView  # noqa: PLC0415

        counts = intake.rule_results.groupby("rule")[["rows_checked", "rows_failed"]].sum().to_dict("index")
        results = []
        for expectation in build_suite(contract).expectations:
            configuration = expectation.configuration
            rule = configuration.meta["rule"]
            checked, failed = (int(counts.get(rule, {}).get(name, 0)) for name in ("rows_checked", "rows_failed"))
            examples = intake.rule_results.loc[
                (intake.rule_results["rule"] == rule) & (intake.rule_results["rows_failed"] > 0), "first_example"
            ]
            found = {
                "element_count": checked,
                "unexpected_count": failed,
                "unexpected_percent": 100.0 * failed / checked if checked else 0.0,
                "partial_unexpected_list": [html.escape(example) for example in examples.head(20)],
            }
            results.append(
                ExpectationValidationResult(
                    success=failed == 0, expectation_config=configuration, result=found, exception_info={}
                )
            )
        kept = sum(bool(result.success) for result in results)
        document = ExpectationSuiteValidationResult(
            success=kept == len(results),
            results=results,
            suite_name=contract.table,
            statistics={
                "evaluated_expectations": len(results),
                "successful_expectations": kept,
                "unsuccessful_expectations": len(results) - kept,
                "success_percent": 100.0 * kept / len(results),
            },
            meta={"run_id": {"run_name": contract.table, "run_time": ""}, "validation_time": ""},
        )
        page: str = DefaultJinjaPageView().render(ValidationResultsPageRenderer().render(document))
        return _alone(page)


def _alone(page: str) -> str:
    """The page without what it would fetch from other hosts: it is read where no network is, and calls nobody."""
    page = _FETCHED.sub("", page)
    return page.replace("<head>", f"<head>{_POLICY}{_STYLE}", 1)
