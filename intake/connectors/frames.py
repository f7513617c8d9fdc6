"""Between delivered rows and frames of text, for connectors."""

import pandas as pd
import pyarrow as pa

from intake.sources.raw import RawTable


def text_frame(raw: RawTable) -> pd.DataFrame:
    """The delivered rows as text, empty where nothing is there; the index numbers the rows."""
    columns = {
        name: raw.rows.column(name).cast(pa.string()).to_pandas().fillna("").astype(object)
        for name in raw.rows.column_names
    }
    return pd.DataFrame(columns, index=pd.RangeIndex(raw.rows.num_rows))


def raw_table(raw: RawTable, rows: pd.DataFrame) -> RawTable:
    """Rows made from the delivered ones, by whose number they are indexed, under their lines of the file.

    Parameters
    ----------
    raw: what was delivered.
    rows: canonical columns of text; several rows may come of one delivered row.
    """
    texts = {
        name: pa.array([None if pd.isna(v) or v == "" else str(v) for v in rows[name]], pa.string()) for name in rows
    }
    return RawTable(
        source=raw.source,
        content_hash=raw.content_hash,
        rows=pa.table(texts),
        lines=raw.lines[rows.index.to_numpy()],
        malformed=raw.malformed,
    )
