"""A planted password is hunted through all that runs leave behind: prints, logs, errors, reports, Prefect's records."""

import pytest

from tests.faults.shop import shop
from tests.running import restock

PLANTED = "Pl4nted-S3cret"


def planted(url):
    """The URL with the planted password beside what it has."""
    return f"{url}&password={PLANTED}".replace("postgresql+psycopg", "postgresql")


def places_of_the_secret(folder, *prints):
    """Files below the folder, and prints, that hold the secret; the settings that the person wrote are left out."""
    files = [file for file in folder.rglob("*") if file.is_file() and file.name != "restock.toml"]
    assert len(files) > 10
    return [str(file) for file in files if PLANTED.encode() in file.read_bytes()] + [
        text for text in prints if PLANTED in text
    ]


@pytest.mark.slow
@pytest.mark.postgres
def test_a_planted_password_is_nowhere_after_runs_that_publish_and_runs_that_fail(tmp_path, postgres_url):
    shop(tmp_path)
    settings = tmp_path / "restock.toml"
    good = f'{settings.read_text()}\n[database]\nurl = "{planted(postgres_url)}"\n'
    settings.write_text(good)

    published, *prints = restock("run", "--settings", tmp_path)
    settings.write_text(
        good.replace(
            '[sources.sales]\npath = "sales.csv"',
            f'[sources.sales]\nurl = "{planted(postgres_url)}"\ntable = "nowhere"',
        )
    )
    refused, *more = restock("run", "--settings", tmp_path)
    settings.write_text(good.replace("host=", "host=/nowhere"))
    failed, *last = restock("run", "--settings", tmp_path)

    assert (published, refused, failed) == (0, 3, 1), [*prints, *more, *last]
    assert places_of_the_secret(tmp_path, *prints, *more, *last) == []
