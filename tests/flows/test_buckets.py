import zlib

import hypothesis
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from flows.inputs import bucket_of


def test_a_bucket_is_the_crc_of_the_sku():
    assert bucket_of(pd.Series(["TEA-0412"]), 16).tolist() == [zlib.crc32(b"TEA-0412") % 16]


@hypothesis.settings(deadline=None, max_examples=40)
@given(st.lists(st.text(min_size=1, max_size=12)), st.integers(1, 64))
def test_a_sku_has_one_bucket_whatever_stands_beside_it(skus, buckets):
    together = bucket_of(pd.Series(skus, dtype=object), buckets)

    alone = [bucket_of(pd.Series([sku]), buckets).iloc[0] for sku in skus]
    assert together.tolist() == alone
    assert all(0 <= bucket < buckets for bucket in alone)


def test_the_index_is_kept():
    assert bucket_of(pd.Series(["A", "B"], index=[7, 3]), 4).index.tolist() == [7, 3]
