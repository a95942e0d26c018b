"""Hand-made incidents for tests of the ledger and what is told from it."""

import pandas as pd
from voc.analysis.alerts.incidents import INCIDENT, id_of


def incident(
    key="contacts/issue=login", start="2026-10-05", seen="2026-10-06", last="2026-10-20", state="going", **more
):
    row = {
        "id": id_of(key, seen), "key": key, "what": "burst", "start": pd.Timestamp(start), "seen": pd.Timestamp(seen), "last": pd.Timestamp(last),
        "observed": 84.0, "expected": 40.25, "excess": 43.75, "lo": 27.0, "hi": 63.5, "certainty": "sure", "state": state, "related": [],
    }  # fmt: skip
    return row | more


def found(*rows) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=INCIDENT)
