"""Dirt in times, numbers and ids: swapped days and months, clocks that disagree, midnight stamps, stray signs."""

from __future__ import annotations

import numpy as np
import pandas as pd

ZONES = {"tickets": "UTC", "calls": "Europe/Berlin", "chats": "Asia/Shanghai"}
"""The clock of each source."""


def _choose(rng: np.random.Generator, free: np.ndarray, share: float) -> np.ndarray:
    """Choose about ``share`` of all rows among the free ones; returns a mask and takes them from ``free``."""
    chosen = np.zeros(len(free), dtype=bool)
    among = np.flatnonzero(free)
    chosen[rng.choice(among, min(round(share * len(free)), len(among)), replace=False)] = True
    free &= ~chosen
    return chosen


def local_times(moments: pd.Series, zone: str) -> pd.Series:
    """Return UTC moments as naive local times of a zone."""
    return moments.dt.tz_localize("UTC").dt.tz_convert(zone).dt.tz_localize(None)


def _swap(times: pd.Series) -> pd.Series:
    """Swap day and month; missing where that is no other valid date."""
    month, day = times.dt.month, times.dt.day
    can = (day <= 12) & (day != month)
    text = times.dt.strftime("%Y-%d-%mT%H:%M:%S").where(can)
    return pd.to_datetime(text, format="%Y-%m-%dT%H:%M:%S").astype("datetime64[s]")


def spoil_stamps(rng: np.random.Generator, frame: pd.DataFrame) -> pd.DataFrame:
    """Write the stamps as the sources show them: ``raw_created``, ``raw_response`` (naive local), with their faults.

    Swapped dates are planted only where they break the order of the stamps, so that they can be recognised; each row
    has one fault at most: ``swapped_created``, ``swapped_response``, ``response_before``, ``midnight_response``.
    """
    out = frame.copy()
    for source, zone in ZONES.items():
        of = out["source"] == source
        for raw, true in (("raw_created", "moment"), ("raw_response", "response_at")):
            out.loc[of, raw] = local_times(out.loc[of, true].astype("datetime64[s]"), zone)
        for raw, true in (("raw_first_solved", "first_solved_at"), ("raw_solved", "solved_at")):
            out.loc[of, raw] = local_times(out.loc[of, true].astype("datetime64[s]"), zone)
    created = out["raw_created"].astype("datetime64[s]")
    response = out["raw_response"].astype("datetime64[s]")
    stamped = (out["source"] != "chats") & response.notna()
    turned, turned_response = _swap(created), _swap(response)
    for name in ("swapped_created", "swapped_response", "response_before", "midnight_response"):
        out[name] = False
    free = stamped.to_numpy() & (turned > response).to_numpy()
    used = out["duplicate_kind"].to_numpy() != ""
    free &= ~used
    out["swapped_created"] = _choose(rng, free, 0.006)
    used |= out["swapped_created"].to_numpy()
    tickets = (out["source"] == "tickets").to_numpy()
    ends = out["raw_first_solved"].astype("datetime64[s]")
    breaks = (turned_response < created) | (turned_response > ends)
    free = stamped.to_numpy() & breaks.to_numpy() & tickets & ~used
    out["swapped_response"] = _choose(rng, free, 0.003)
    used |= out["swapped_response"].to_numpy()
    out["response_before"] = _choose(rng, stamped.to_numpy() & ~used, 0.004)
    used |= out["response_before"].to_numpy()
    out["midnight_response"] = _choose(rng, stamped.to_numpy() & ~used, 0.008)
    created = created.where(~out["swapped_created"], turned)
    response = response.where(~out["swapped_response"], turned_response)
    early = created - pd.to_timedelta(rng.integers(300, 5400, len(out)), unit="s")
    response = response.where(~out["response_before"], early.astype("datetime64[s]"))
    response = response.where(~out["midnight_response"], response.dt.normalize())
    out["raw_created"], out["raw_response"] = created, response
    return out


def spoil_numbers(rng: np.random.Generator, frame: pd.DataFrame) -> pd.DataFrame:
    """Make some durations negative and dirty some ids: ``raw_talk``, ``raw_number`` and ``raw_customer``."""
    out = frame.copy()
    free = (out["source"] == "calls").to_numpy() & ~out["abandoned"].to_numpy()
    out["negative_talk"] = _choose(rng, free, 0.0015)
    out["raw_talk"] = np.where(out["negative_talk"], -out["talk"], out["talk"]).astype(float)
    for name, column, share in (("raw_number", "raw_id", 0.006), ("raw_customer", "customer", 0.010)):
        chosen = rng.random(len(out)) < share
        way = rng.integers(0, 4, len(out))
        values = out[column].to_numpy(dtype=object).copy()
        for i in np.flatnonzero(chosen):
            value = values[i]
            values[i] = (f"#{value}", f" {value}", f"{value} ", f"# {value} ")[way[i]]
        out[name] = values
        out[f"dirty_{'id' if column == 'raw_id' else 'customer'}"] = chosen
    return out
