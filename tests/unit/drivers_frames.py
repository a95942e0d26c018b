"""Invented results of drivers and leaving, as the analysis lays them out, for tests of the pages."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd

HOSTILE = "<script>alert(1)</script>"
SCORES = {
    "score": [1, 2, 3, 4, 5],
    "n": [60, 90, 150, 200, 500],
    "share": [6.0, 9.0, 15.0, 20.0, 50.0],
    "lo": 5.0,
    "hi": 53.0,
}


def _plain(driver, label, scale, rho, certainty, **more):
    base = {"driver": driver, "label": label, "unit": "minutes", "scale": scale, "n": 900, "people": 700, "rho": rho, "lo": rho - 0.05,
            "hi": rho + 0.05, "p": 0.001, "q": 0.002, "certainty": certainty, "missing_pct": 10.0, "why": ""}  # fmt: skip
    return base | more


def plain():
    return pd.DataFrame([
        _plain("handling", "Handling time", "minutes", -0.21, "sure"),
        _plain("first_response", "First response", "times usual", -0.1, "likely"),
        _plain("reopened", HOSTILE, "yes/no", -0.02, "within noise", unit=""),
        _plain("effort", "Customer found it easy", "score", np.nan, "cannot tell", n=0, why="no answer on effort belongs to a contact", unit=""),
    ])  # fmt: skip


def bins():
    middle = {"handling": [2.0, 5.0, 9.0, 20.0], "first_response": [0.3, 0.8, 1.3, 4.0]}
    parts = [
        pd.DataFrame({"driver": name, "bin": range(4), "low": [x * 0.8 for x in at], "high": [x * 1.2 for x in at], "middle": at, "n": 225,
                      "csat": [80.0, 74, 69, 60], "lo": [75.0, 69, 64, 55], "hi": [85.0, 79, 74, 65]})
        for name, at in middle.items()
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def within():
    base = {"n": 900, "kinds": 14, "step": "per doubling", "pooled": -3.2, "pooled_lo": -4.0, "pooled_hi": -2.4, "within": 1.1, "within_lo": 0.2,
            "within_hi": 2.0, "rho_pooled": -0.21, "rho_pooled_lo": -0.26, "rho_pooled_hi": -0.16, "rho_within": 0.05, "rho_within_lo": 0.01,
            "rho_within_hi": 0.09}  # fmt: skip
    return pd.DataFrame([
        base | {"driver": "first_response", "label": "First response", "within": -2.9, "within_lo": -4.1, "within_hi": -1.7, "reading": "alike"},
        base | {"driver": "handling", "label": "Handling time", "reading": "reversed"},
        base | {"driver": "reopened", "label": HOSTILE, "step": "yes against no", "within": np.nan, "within_lo": np.nan, "within_hi": np.nan,
                "reading": "cannot tell"},
    ])  # fmt: skip


def curve():
    x = np.geomspace(1, 30, 12)
    falls, flat = 85 - 4 * np.log(x), np.full(12, 72.0)
    return pd.concat([
        pd.DataFrame({"driver": "handling", "x": x, "csat": flat, "lo": flat - 2, "hi": flat + 2}),
        pd.DataFrame({"driver": "first_response", "x": x / 5, "csat": falls, "lo": falls - 2, "hi": falls + 2}),
    ], ignore_index=True)  # fmt: skip


def bends():
    return pd.DataFrame({
        "driver": ["handling", "first_response", "first_response", "first_response"], "x": [5.0, 0.5, 1.0, 4.0], "slope": [0.1, -8.0, -4.0, -0.5],
        "lo": [-0.2, -10.0, -5.5, -1.5], "hi": [0.4, -6.0, -2.5, 0.5], "straight_p": [0.4, 0.0004, 0.0004, 0.0004],
    })  # fmt: skip


def factors():
    base = {"kind": "time", "n": 900, "low": 4.0, "high": 11.0, "unit": "minutes", "change": "from 11 to 4 min", "effect": 3.1, "lo": 1.2, "hi": 5.0,
            "per_contact": 8.4, "pc_lo": 3.3, "pc_hi": 13.5, "p": 0.001, "q": 0.002, "certainty": "sure", "weighted": 3.4, "weighted_lo": 1.3, "weighted_hi": 5.5, "worst": -40.0, "best": 45.0,
            "first_half": 3.0, "second_half": 3.2, "stable": "alike in both halves", "shared": 0.1, "shared_with": "", "adjusted_for": "issue, channel",
            "standing": "association", "experiment": "Answer half of the chats first, by lot.", "answers_needed": 800.0, "weeks_needed": 6.2,
            "owner": "Head of service", "next_step": "Try it in one channel."}  # fmt: skip
    return pd.DataFrame([
        base | {"factor": "browser", "label": HOSTILE, "kind": "label", "change": "Chrome instead of Firefox", "effect": 0.2, "lo": -2.0, "hi": 2.4,
                "certainty": "within noise", "next_step": "", "experiment": "", "answers_needed": np.nan, "weeks_needed": np.nan},
        base | {"factor": "effort", "label": "Customer found it easy", "kind": "effort", "change": "from 4 to 6 of 7", "effect": 2.0, "lo": -9.0, "hi": 13.0,
                "certainty": "cannot tell", "per_contact": np.nan, "pc_lo": np.nan, "pc_hi": np.nan, "weighted": np.nan, "weighted_lo": np.nan, "weighted_hi": np.nan, "worst": np.nan, "best": np.nan},
        base | {"factor": "first_response", "label": "First response"},
        base | {"factor": "unsolved", "label": "Not solved at the first contact", "kind": "outcome", "change": "one in ten fewer", "effect": 1.4, "lo": 0.9,
                "hi": 1.9, "worst": 0.1, "best": 2.7, "shared": 0.62, "shared_with": "Handling time", "stable": "weaker in the second half"},
        base | {"factor": "handling", "label": "Handling time", "change": "from 9 to 6 min", "effect": -0.4, "lo": -1.2, "hi": 0.4, "certainty": "within noise"},
    ])  # fmt: skip


def where():
    base = {"driver": "first_response", "dimension": "channel", "n": 300, "effect": 8.0, "lo": 5.0, "hi": 11.0, "rest": 2.0, "difference": 6.0,
            "diff_lo": 2.6, "diff_hi": 9.4, "q": 0.004, "certainty": "sure"}  # fmt: skip
    return pd.DataFrame([base | {"label": "chat"}, base | {"label": HOSTILE, "difference": 0.4, "certainty": "within noise"},
                         base | {"label": "app", "n": 12, "difference": np.nan, "certainty": "cannot tell"}])  # fmt: skip


def natural():
    return pd.DataFrame([{
        "driver": "first_response", "what": "The queue of e-mail ran over for three weeks", "kind": "before and after", "n": 210, "moved": "2.6 times the usual",
        "effect": -4.0, "lo": -7.5, "hi": -0.5, "expected": -3.1, "expected_lo": -4.4, "expected_hi": -1.8, "agrees": "agrees",
        "checks": "Kinds of contact were as before.",
    }])  # fmt: skip


def agents():
    return pd.DataFrame([{"measure": "csat", "label": "Scores", "share": 1.2, "lo": 0.4, "hi": 2.3, "agents": 42, "n": 900,
                          "words": "hardly more than chance"}])  # fmt: skip


def found(**frames):
    """Return the drivers of an invented company; ``frames`` replace what they name."""
    checks = pd.DataFrame({"item": ["Proportional odds"], "value": [0.31], "words": [HOSTILE]})
    made = {"why": "", "silent": "", "since": None, "scores": pd.DataFrame(SCORES), "plain": plain(), "bins": bins(), "within": within(), "curve": curve(), "bends": bends(),
            "factors": factors(), "where": where(), "natural": natural(), "agents": agents(), "checks": checks}  # fmt: skip
    return SimpleNamespace(**made | frames)


def gone(**frames):
    """Return when the customers of an invented company leave; ``frames`` replace what they name."""
    days = [0, 30, 90, 180, 365]
    curves = pd.concat([
        pd.DataFrame({"experience": experience, "group": f"{experience}{tail}", "day": days, "kept_pct": np.minimum(np.array([100, 98, 95, 90, 82]) + up, 100),
                      "lo": np.minimum(np.array([100, 97, 93, 88, 79]) + up, 100), "hi": np.minimum(np.array([100, 99, 97, 92, 85]) + up, 100),
                      "at_risk": [800, 780, 700, 500, 210], "gone": [0, 12, 30, 61, 90]})
        for experience in ("first response slow", "not solved at the first contact") for tail, up in (("", 0), (": no", 2))
    ], ignore_index=True)  # fmt: skip
    kept = pd.DataFrame({"experience": ["first response slow"] * 3 + ["not solved at the first contact"], "day": [90, 180, 365, 180],
                         "with_pct": [95.0, 88.0, 80.0, 90.0], "without_pct": [96.0, 92.3, 86.0, 90.5], "difference": [-1.0, -4.3, -6.0, -0.5],
                         "lo": [-2.5, -6.4, -9.0, -2.0], "hi": [0.5, -2.2, -3.0, 1.0], "n_with": 800, "n_without": 2400})  # fmt: skip
    base = {"look": "first contact", "covariate": "slow", "label": "first response slow", "n": 800, "gone": 90, "ratio": 1.8, "lo": 1.5, "hi": 2.2, "p": 0.0001,
            "q": 0.0002, "certainty": "sure", "per100": 4.1, "per100_lo": 2.0, "per100_hi": 6.2, "early": 1.9, "late": 1.6, "p_alike": 0.3,
            "proportional": "alike early and late", "why": ""}  # fmt: skip
    none = {"ratio": np.nan, "lo": np.nan, "hi": np.nan, "per100": np.nan, "per100_lo": np.nan, "per100_hi": np.nan, "early": np.nan, "late": np.nan,
            "p_alike": np.nan, "proportional": "", "certainty": "cannot tell"}  # fmt: skip
    ratios = pd.DataFrame([
        base, base | {"covariate": "unsolved", "label": "not solved", "ratio": 2.2, "lo": 1.9, "hi": 2.6, "per100": 6.0, "per100_lo": 4.5, "per100_hi": 7.5},
        base | {"look": "up to now", "covariate": "bad_score", "label": "bad score", "ratio": 1.1, "lo": 0.8, "hi": 1.5, "certainty": "within noise"},
        base | none | {"look": "up to now", "covariate": "reopened", "label": HOSTILE, "why": "3 left with it"},
    ])  # fmt: skip
    guards = pd.DataFrame(
        {
            "guard": ["Immortal time"],
            "what": ["Time counts from seven days after the contact"],
            "figure": [41.0],
            "words": [HOSTILE],
        }
    )
    silent = pd.DataFrame({"group": ["no contact and no answer", "heard"], "n": [3000, 2000], "share": [60.0, 40.0], "gone": [210, 140], "rate": [7.5, 8.1],
                           "leavers_share": [60.0, 40.0], "lo": [54.8, 35.0], "hi": [65.0, 45.2],
                           "times_others": [0.93, 1.08], "times_lo": [0.75, 0.87], "times_hi": [1.15, 1.33]})  # fmt: skip
    checks = pd.DataFrame({"item": ["Events"], "value": ["350"], "words": ["customers who left"]})
    made = {
        "why": "",
        "curves": curves,
        "kept": kept,
        "ratios": ratios,
        "guards": guards,
        "silent": silent,
        "checks": checks,
    }
    return SimpleNamespace(**made | frames)


def empty(made, why="the data have no csat"):
    """Return results of the same columns without a row, and why."""
    return SimpleNamespace(
        **{
            name: frame.iloc[:0] if isinstance(frame, pd.DataFrame) else why if name == "why" else frame
            for name, frame in vars(made).items()
        }
    )
