"""Passwords and keys kept out of everything that a person or another program may read.

`safe_text` is the one function that makes text safe. Errors of `settings.errors` pass it when they are made, log
records when they are written, other errors at the border of a flow, a task or a command.
"""

import contextlib
import logging
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, quote_plus, unquote, unquote_plus

HIDDEN = "***"
SHORTEST_WORD = 4
"""Shorter passwords are hidden in URLs only: taken out of running text, they would take numbers and syllables along."""

SHORTEST_VALUE = 8
"""Shorter values of variables with a secret's name are words such as `true`."""

_WORDS = "passw(?:or)?d|passphrase|pwd|secret|token|api_?key|access_?key|private_?key|auth_string|odbc_connect"
_NAME = rf"[\w.%-]*(?:{_WORDS})\w*"
_IN_URL = re.compile(r"(//[^\s/:@'\"]*:)([^\s'\"]+)(?=@)")
"""The password of a URL: up to the last `@` of the word, since a password that is not escaped may hold `@` and `/`."""
_NAMED = re.compile(rf"(?<![\w.%-])({_NAME}\s*(?:=|%3D)\s*)('[^']*'|\"[^\"]*\"|[^\s&;'\",)]+)", re.IGNORECASE)
"""`?password=...` of a URL, `PWD=...;` of ODBC, `password=...` of libpq."""
_SECRET_VARIABLE = re.compile(rf"^{_NAME}$", re.IGNORECASE)

_remembered: set[str] = set()


def safe_text(text: str) -> str:
    """The text with each password and key replaced by `***`.

    Found by form, in URLs and after names such as `password=`; and by value, if it was remembered.

    >>> safe_text("cannot open postgresql://planner:s3cret@db.local/shop?sslpassword=another&sslmode=require")
    'cannot open postgresql://planner:***@db.local/shop?sslpassword=***&sslmode=require'
    """
    text = _IN_URL.sub(rf"\1{HIDDEN}", text)
    text = _NAMED.sub(rf"\1{HIDDEN}", text)
    for secret in sorted(_remembered, key=len, reverse=True):
        if secret in text:
            text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", HIDDEN, text)
    return text


def safe_values(values: Any) -> Any:
    """Values of JSON with every text in them made safe; other types as they are."""
    if isinstance(values, str):
        return safe_text(values)
    if isinstance(values, Mapping):
        return {name: safe_values(value) for name, value in values.items()}
    if isinstance(values, (list, tuple)):
        return [safe_values(value) for value in values]
    return values


def holds_secret(text: str) -> bool:
    """Whether a URL or a text like it holds a password or a key."""
    return bool(_secrets_in(text))


def remember_secrets(text: str) -> None:
    """Hide the secrets of a URL, or of any text with URLs in it, wherever they appear from now on."""
    for secret in _secrets_in(text):
        forms = (secret, unquote(secret), unquote_plus(secret), quote(unquote(secret), safe=""), quote_plus(secret))
        _remembered.update(form for form in forms if len(form) >= SHORTEST_WORD)


def remember_environment() -> None:
    """Hide the values of variables whose name says that they are secret, and the secrets of URLs in others."""
    for name, value in os.environ.items():
        remember_secrets(value)
        # PWD is the shell's working folder, and a variable may name the file that holds a secret.
        if _SECRET_VARIABLE.match(name) and len(value) >= SHORTEST_VALUE and not os.path.exists(value):  # noqa: PTH110 - no path
            _remembered.add(value)


def hide_secrets_in_logs() -> None:
    """Make every log record of this process safe, its traceback too; calling it again changes nothing."""
    make = logging.getLogRecordFactory()
    if getattr(make, "hides_secrets", False):
        return

    def safe_record(*args: Any, **named: Any) -> logging.LogRecord:
        record = make(*args, **named)
        try:
            text = record.getMessage()
        except (TypeError, ValueError):  # arguments that do not fit: logging itself reports it
            return record
        safe = safe_text(text)
        if safe != text:
            record.msg, record.args = safe, ()
        if record.exc_info:
            record.exc_text = safe_text(logging.Formatter().formatException(record.exc_info))
        return record

    safe_record.hides_secrets = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(safe_record)


@contextlib.contextmanager
def secrets_kept_from_errors() -> Iterator[None]:
    """Make the texts of an error, and of those that led to it, safe before others see it.

    Prefect stores the text of what a flow or a task raised.
    """
    try:
        yield
    except Exception as error:
        _make_safe(error)
        raise


def _make_safe(error: BaseException | None) -> None:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        error.args = tuple(safe_text(each) if isinstance(each, str) else each for each in error.args)
        error = error.__cause__ or error.__context__


def _secrets_in(text: str) -> set[str]:
    found = {match[2] for match in _IN_URL.finditer(text)} | {match[2].strip("'\"") for match in _NAMED.finditer(text)}
    return found - {"", HIDDEN}
