"""Faults of disks, databases, settings and terminals: a sentence with what to do, never "Unexpected"."""

import errno
import os
import sqlite3

import pytest
import sqlalchemy as sa

from app import faults
from database import connect, queries, upgrade
from tests.faults.shop import shop
from tests.running import restock, restock_here


def status(folder, url=None, monkeypatch=None):
    """What `restock status` answers with a database's URL."""
    if url is not None:
        monkeypatch.setenv("RESTOCK_DATABASE__URL", url)
    return restock_here("status", "--settings", folder)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("folder", None, "names a file, not a folder"),
        ("corrupt", b"no database at all" * 99, "put back the newest backup"),
        ("nowhere/deep", b"", ""),
    ],
)
def test_a_database_that_cannot_be_opened_is_a_sentence(tmp_path, monkeypatch, name, content, message):
    shop(tmp_path)
    if content is None:
        (tmp_path / name).mkdir()
    elif content:
        (tmp_path / name).write_bytes(content)

    code, out, err = status(tmp_path, f"sqlite:///{name}", monkeypatch)

    assert "Unexpected" not in err
    assert (code, message in " ".join(err.split())) == (1 if message else 0, True), out


@pytest.mark.parametrize("url", ["postgresql://u:Pl4nted@127.0.0.1:1/x", "postgresql://u:Pl4nted@127.0.0.1:port/x"])
def test_a_server_that_is_away_is_a_sentence_without_the_password(tmp_path, monkeypatch, url):
    shop(tmp_path)

    code, _, err = status(tmp_path, url, monkeypatch)

    assert code in {1, 2}
    assert "database" in err
    assert "Unexpected" not in err
    assert "Pl4nted" not in err


def test_settings_that_are_a_folder_are_named(tmp_path):
    (tmp_path / "restock.toml").mkdir()

    code, _, err = status(tmp_path)

    assert code == 2
    assert "restock.toml: is a folder, and a file of settings is wanted" in " ".join(err.split())


def test_a_run_folder_that_is_a_file_is_named(tmp_path):
    shop(tmp_path)
    (tmp_path / ".restock").touch()

    code, _, err = restock_here("check", "--settings", tmp_path)

    assert code == 1
    assert "a file stands where a folder is needed" in " ".join(err.split())


def test_a_demo_of_too_few_skus_is_wrong_use(tmp_path):
    code, _, err = restock_here("demo", tmp_path / "demo", "--skus", "20")

    assert code == 2
    assert "skus is 20; it can have from 24" in " ".join(err.split())


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_terminal_that_is_not_utf_8_is_written_to(tmp_path, encoding):
    shop(tmp_path)

    code, out, err = restock("status", "--settings", tmp_path, PYTHONIOENCODING=encoding)

    assert code == 0, err
    assert "no plan is published yet" in out


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.EACCES, "give this user the right"),
        (errno.EROFS, "its disk is read-only"),
        (errno.ENOSPC, "free some space"),
        (errno.EMFILE, "raise the limit of open files"),
    ],
)
def test_a_fault_of_the_disk_names_the_file_and_what_to_do(number, said):
    words = faults.in_words(OSError(number, os.strerror(number), "/var/lib/shop/.restock/runs"))

    assert words is not None
    assert words.startswith("/var/lib/shop/.restock/runs: ")
    assert said in words


def test_a_defect_of_the_program_is_no_fault_of_the_machine():
    assert faults.in_words(KeyError("sku")) is None


def test_reading_is_tried_again_after_a_lost_connection(tmp_path, monkeypatch):
    engine = connect("sqlite:///restock.db", tmp_path)
    upgrade(engine)
    lost = [sa.exc.OperationalError("SELECT", None, sqlite3.OperationalError("database is locked"))]

    def fail_once(connection, cursor, statement, *rest):
        if lost and "current_runs" in statement:
            raise lost.pop()

    sa.event.listen(engine, "before_cursor_execute", fail_once)

    assert queries.current_run(engine) is None
    assert not lost
    engine.dispose()
