"""Passwords and keys are taken out of texts, errors, logs, and messages about any setting."""

import logging
import string
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from settings import RestockError, SettingsError, load_settings, secrets
from settings.schema import Settings
from settings.secrets import (
    hide_secrets_in_logs,
    holds_secret,
    remember_environment,
    remember_secrets,
    safe_text,
    safe_values,
    secrets_kept_from_errors,
)
from settings.sources import TableSource

PLANTED = "Pl4nted-S3cret"
URL = f"postgresql://planner:{PLANTED}@127.0.0.1:1/shop"
FORMS = {
    "in a URL": URL,
    "with a driver": f"mssql+pyodbc://u:{PLANTED}@h/d",
    "without a colon after the scheme": f"postgresql//u:{PLANTED}@h",
    "with @ and / in it": f"postgresql://u:{PLANTED}@/x@h/d",
    "with : in it": f"postgresql://u:{PLANTED}:{PLANTED}@h/d",
    "without a user": f"redis://:{PLANTED}@h",
    "as a parameter": f"postgresql://u@h/d?password={PLANTED}&sslmode=require",
    "of a key": f"postgresql://u@h/d?sslmode=require&sslpassword={PLANTED}",
    "of ODBC": f"DRIVER=x;UID=u;PWD={PLANTED};",
    "of ODBC in a URL": f"mssql+pyodbc:///?odbc_connect=DRIVER%3Dx%3BPWD%3D{PLANTED}",
    "of libpq": f"host=h password='{PLANTED}' user=u",
    "as a token": f"https://shop.example/api?access_token={PLANTED}",
}
GROUPS = {
    name: field.annotation
    for name, field in Settings.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
}


@pytest.fixture(autouse=True)
def _remembers_nothing(monkeypatch):
    monkeypatch.setattr(secrets, "_remembered", set())


@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_hidden_in_each_form_and_the_rest_is_left(form):
    shown = safe_text(f"before {FORMS[form]} after")

    assert PLANTED not in shown
    assert shown.startswith("before ")
    assert shown.endswith(" after")
    assert holds_secret(FORMS[form])


@pytest.mark.parametrize(
    "text",
    [
        "sales.csv line 3: units is '1,5x', not a number",
        "see https://docs.example/a:b and ask a@b.example",
        "sqlite:///shop.db and postgresql://user@host/name?sslmode=require",
        "the token budget, the password of the key and the secret are words",
    ],
)
def test_a_text_without_a_secret_is_left_as_it_is(text):
    assert safe_text(text) == text
    assert not holds_secret(text)


@settings(deadline=None)
@given(st.text(string.ascii_letters + string.digits + "!$*+-.:;<>@[]^_{|}~/?#", min_size=6, max_size=20))
def test_a_remembered_secret_is_hidden_by_itself_and_escaped(password):
    remember_secrets(f"mysql://u:{quote(password, safe='')}@h/d")

    shown = safe_text(f"no login by {password}, given as {quote(password, safe='')}")

    assert password not in shown.replace("no login by", "").replace("given as", "")


def test_the_environment_s_secrets_are_hidden(monkeypatch):
    monkeypatch.setenv("SHOP_DATABASE", "mysql://u:fromTheUrl99@h/d")
    monkeypatch.setenv("PGPASSWORD", "fromItsName77")

    remember_environment()

    assert safe_text("fromTheUrl99 and fromItsName77") == "*** and ***"


def test_the_working_folder_and_files_of_secrets_are_no_secrets(tmp_path, monkeypatch):
    monkeypatch.setenv("PWD", str(tmp_path))
    monkeypatch.setenv("OLDPWD", str(tmp_path.parent))
    monkeypatch.setenv("SHOP_PASSWORD_FILE", str(tmp_path / "secret"))
    monkeypatch.setenv("KEEP_TOKENS", "true")
    (tmp_path / "secret").touch()

    remember_environment()

    for text in (f"{tmp_path}/reports", f"read {tmp_path / 'secret'}", "it is true"):
        assert safe_text(text) == text


@pytest.mark.parametrize("group", [*GROUPS, "sources"])
@pytest.mark.parametrize("shape", ['"{}"', '["{}"]', '{{a = "{}"}}'])
def test_no_message_about_any_setting_shows_a_secret(tmp_path, group, shape):
    fields = TableSource.model_fields if group == "sources" else GROUPS[group].model_fields
    table = "sources.sales" if group == "sources" else group
    written = shape.format(URL)

    for text in [
        f"{group} = {written}\n",
        f"[{table}]\nunheard_of = {written}\n",
        *(f"[{table}]\n{field} = {written}\n" for field in fields),
    ]:
        (tmp_path / "restock.toml").write_text(text)
        try:
            load_settings(tmp_path)
        except SettingsError as error:
            assert PLANTED not in str(error)  # noqa: PT017 - some fields may hold a text


def test_a_bare_password_in_the_wrong_place_is_not_shown(tmp_path):
    (tmp_path / "restock.toml").write_text(f'database = "{PLANTED}"\n')

    with pytest.raises(SettingsError, match=r"setting database \(its value is not shown") as raised:
        load_settings(tmp_path)

    assert PLANTED not in str(raised.value)


def test_an_error_for_a_person_is_safe_when_it_is_made():
    assert str(RestockError(f"cannot open {URL}")) == "cannot open postgresql://planner:***@127.0.0.1:1/shop"


def test_an_unforeseen_error_is_safe_at_the_border_with_all_that_led_to_it():
    with pytest.raises(KeyError) as raised, secrets_kept_from_errors():
        raise KeyError(f"with {URL}") from ValueError(f"no {URL}")

    assert PLANTED not in f"{raised.value} {raised.value.__cause__}"


def test_log_records_are_safe_with_their_traceback(caplog):
    hide_secrets_in_logs()
    try:
        int(URL)
    except ValueError:
        logging.getLogger("restock.test").exception("cannot open %s", URL)

    assert "cannot open postgresql://planner:***@" in caplog.text
    assert PLANTED not in caplog.text


def test_values_of_json_are_safe_at_any_depth():
    assert safe_values({"a": [URL, 3], "b": {"c": None}}) == {
        "a": ["postgresql://planner:***@127.0.0.1:1/shop", 3],
        "b": {"c": None},
    }
