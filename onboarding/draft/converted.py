"""What an export of another system becomes, as far as it was looked at."""

import numpy as np
import pandas as pd
import pyarrow as pa

from intake.connectors.frames import text_frame
from intake.sources.raw import RawTable
from onboarding.draft.draft import Answers
from onboarding.draft.recognition import Recognised
from settings import DataRefused, SettingsError, TableSource

_STANDS_FOR_ANY = "1"


def converted(found: Recognised, table: str, answers: Answers) -> pd.DataFrame | None:
    """Canonical columns, as text, that the export's conversion makes of the rows that were looked at.

    Returns
    -------
    None, where the export does not feed the table, or its conversion refuses the rows; the check then says why.
    """
    export, rows = found.export, found.delivered.rows
    if export is None or table not in export.tables:
        return None
    texts = pa.table({name: pa.array(rows[name].astype(str), pa.string()) for name in rows.columns})
    raw = RawTable(found.delivered.name, "", texts, np.arange(2, len(rows) + 2, dtype=np.int64))
    constants = {name: answers.get(name, _STANDS_FOR_ANY) for name in export.needs.get(table, ())}
    try:
        return text_frame(export.tables[table](raw, TableSource(path=found.delivered.name, constants=constants)))
    except (DataRefused, SettingsError):
        return None
