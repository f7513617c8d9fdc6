"""Every rule says what to do when it is broken."""

import pytest

from data_contracts.quarantine.advice import OTHERWISE, what_to_do
from data_contracts.tables import CONTRACTS


@pytest.mark.parametrize("table", CONTRACTS)
def test_every_rule_of_every_table_says_what_to_do(table):
    contract = CONTRACTS[table]
    for rule in (*contract.all_rules(), *contract.table_rules()):
        reported = what_to_do(rule.name)
        assert reported != OTHERWISE, rule.name
        assert "{" not in reported
        assert not reported.endswith("such as "), rule.name


def test_a_note_that_nobody_foresaw_has_an_answer_too():
    assert what_to_do("sales.something.new") == OTHERWISE
