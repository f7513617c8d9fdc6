"""`restock.toml` and the environment as settings, and what is said of a wrong key or value."""

import pytest

from settings import SettingsError, load_settings, settings_file_in


def loaded(folder, text):
    (folder / "restock.toml").write_text(text, "utf-8")
    return load_settings(folder)


def test_what_is_not_written_has_its_default(tmp_path):
    settings = loaded(tmp_path, "[inventory]\nreview_days = 7\n")

    assert (settings.inventory.review_days, settings.inventory.decision_lag_days) == (7, 1)
    assert settings.root == tmp_path.resolve()


def test_the_environment_overrides_the_file(tmp_path, monkeypatch):
    monkeypatch.setenv("RESTOCK_INVENTORY__REVIEW_DAYS", "14")

    assert loaded(tmp_path, "[inventory]\nreview_days = 7\n").inventory.review_days == 14


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[inventory]\nreview_dayz = 7\n", r"unknown setting inventory\.review_dayz; did you mean 'review_days'\?"),
        ("[inventory]\nreview_days = 0\n", r"setting inventory\.review_days is 0: .*greater than or equal to 1"),
        ("[inventory\n", "not readable as TOML"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, message):
    with pytest.raises(SettingsError, match=message):
        loaded(tmp_path, text)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SettingsError, match=r"restock\.toml: no such file"):
        load_settings(tmp_path)


@pytest.mark.parametrize("named", [".", "restock.toml"])
def test_a_folder_in_place_of_the_file_is_called_one(tmp_path, named):
    (tmp_path / "restock.toml").mkdir()

    with pytest.raises(SettingsError, match=r"[^l]/restock\.toml: is a folder, and a file of settings is wanted"):
        load_settings(settings_file_in(tmp_path / named))
