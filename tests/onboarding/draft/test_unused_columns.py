"""What unused columns may mean is said where it would change a plan."""

from tests.onboarding.draft.folders import drafted, folder, given, table


def test_unused_columns_that_would_change_a_plan_say_what_they_may_mean(tmp_path):
    header = "Date,Order,SKU,Qty,Revenue,Geliefert,pack_size,Mood"
    folder(tmp_path, sales__csv=f"{header}\n2026-06-30,W-1,A-1,2,13.90,1,6,fine\n2026-06-30,W-2,A-2,3,13.90,3,6,good\n")

    sales = table(drafted(tmp_path, given()), "sales")

    assert {"Geliefert", "Mood"} <= set(sales.unused)
    assert sales.why_unused["Geliefert"] == "may be units that were delivered, where others were ordered"
    assert "Mood" not in sales.why_unused
