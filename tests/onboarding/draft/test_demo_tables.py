"""Files with our own names: each is recognised as what it is."""

from onboarding.answers import Answers
from onboarding.draft.draft_settings import draft_settings
from onboarding.survey.sources import survey_folder
from tests.onboarding.draft.folders import TODAY


def test_every_table_of_the_demo_company_is_recognised_surely(company):
    settings_draft = draft_settings(survey_folder(company), Answers(), TODAY)

    files = {draft.table: draft.delivered.name.removesuffix(".csv") for draft in settings_draft.tables}
    assert {table: name for table, name in files.items() if table != name} == {}
    assert len(files) >= 19
    assert [draft.table for draft in settings_draft.tables if draft.kind.certainty != "sure"] == []
    assert settings_draft.likely == ()
