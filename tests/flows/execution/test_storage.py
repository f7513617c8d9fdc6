"""What tasks hand to each other survives the disk exactly, or is seen to be broken."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from flows.execution.storage import fetch, is_intact, store


@dataclass(frozen=True)
class Inner:
    rate: float
    names: np.ndarray


@dataclass(frozen=True)
class Outer:
    frame: pd.DataFrame
    units: np.ndarray
    inner: Inner
    as_of: dt.date
    by_table: dict[str, pd.DataFrame]
    nothing: Inner | None = None


def outer(units=(1.5, np.nan)):
    frame = pd.DataFrame({"sku": ["A", "ß"], "on": pd.to_datetime(["2024-02-29", None]), "flag": [True, False]})
    return Outer(
        frame=frame,
        units=np.array(units),
        inner=Inner(0.1 + 0.2, np.array(["x", "y"], dtype=object)),
        as_of=dt.date(2024, 2, 29),
        by_table={"sales": frame, "none": frame.iloc[:0]},
    )


def test_a_result_is_read_back_as_it_was_written(tmp_path):
    written = outer()

    read = fetch(Outer, store(written, tmp_path / "a"))

    pd.testing.assert_frame_equal(read.frame, written.frame)
    pd.testing.assert_frame_equal(read.by_table["none"], written.by_table["none"])
    np.testing.assert_array_equal(read.units, written.units)
    assert read.inner.rate == written.inner.rate
    assert read.inner.names.tolist() == ["x", "y"]
    assert (read.as_of, read.nothing) == (written.as_of, None)


def test_cells_of_dictionaries_and_lists_keep_their_own_keys(tmp_path):
    frame = pd.DataFrame({"reasons": [{"units": 3}, {"sentence": "why"}, None], "weeks": [[1.0, None], [], [2.0]]})
    written = Outer(frame, np.zeros(1), Inner(1.0, np.array(["x"], dtype=object)), dt.date(2024, 1, 1), {})

    read = fetch(Outer, store(written, tmp_path / "a"))

    assert read.frame["reasons"].tolist() == frame["reasons"].tolist()
    assert read.frame["weeks"].tolist() == frame["weeks"].tolist()


def test_equal_results_have_equal_hashes_and_others_do_not(tmp_path):
    first = store(outer(), tmp_path / "a")
    same = store(outer(), tmp_path / "b")
    other = store(outer(units=(1.5, 2.0)), tmp_path / "c")

    assert first["digest"] == same["digest"] != other["digest"]


def test_a_touched_or_missing_result_does_not_count(tmp_path):
    stored = store(outer(), tmp_path / "a")
    assert is_intact(stored)

    (tmp_path / "a" / "r.units.npy").write_bytes(b"half")
    assert not is_intact(stored)

    assert not is_intact({"folder": str(tmp_path / "gone"), "digest": stored["digest"]})


def test_what_cannot_be_stored_is_refused_by_name(tmp_path):
    with pytest.raises(TypeError, match=r"r\.rate: a object cannot be stored"):
        store(Inner(rate=object(), names=np.zeros(1)), tmp_path / "a")
