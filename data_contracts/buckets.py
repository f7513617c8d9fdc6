"""Which bucket an item's work is done in: a stable hash of its SKU."""

import zlib

import numpy as np
import pandas as pd


def bucket_of(skus: "pd.Series[str]", buckets: int) -> "pd.Series[int]":
    """Bucket of each SKU, 0 to `buckets` - 1; all locations of a SKU share one.

    The same on every machine, interpreter and day: CRC-32 of the SKU in UTF-8, modulo `buckets`.

    Parameters
    ----------
    skus: SKU codes, none missing.
    buckets: number of buckets, at least 1; fixed for the life of a company.

    Returns
    -------
    int64 series with the index of `skus`.

    >>> bucket_of(pd.Series(["A-1", "B-2"]), 16).tolist()
    [0, 3]
    """
    codes, distinct = pd.factorize(skus)
    of_distinct = np.array([zlib.crc32(str(sku).encode()) % buckets for sku in distinct], dtype="int64")
    return pd.Series(of_distinct[codes], index=skus.index, name="bucket", dtype="int64")
