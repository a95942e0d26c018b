"""Mix and rate told apart: do more come of a kind, or does more go wrong with those who come (Kitagawa, JASA 50, 1955)."""

from __future__ import annotations

import numpy as np

from .contrast import COUNT, Contrast


def mix_and_rate(
    part: np.ndarray, main: Contrast, everyone: tuple[np.ndarray, np.ndarray], scale: float
) -> tuple[float, float]:
    """Split what a part of the contacts added between two periods, in contacts.

    Of counts: the mix is what the change in all contacts of the part would have brought at the old share of the problem among
    them, the rate what that share's change brought; both add up to cases now − cases before × ``scale``. Of shares: the mix is
    what the part's weight among the answers brought, the rate what its own share's change brought, in answers.

    Args:
        part: (rows,) mask of the part.
        main: the question: cases and base, or bad and good now and before.
        everyone: masks of all contacts of the period, and of the one it is set against, whatever they are about.
        scale: length of the period ÷ length of the one before.

    Returns:
        (mix, rate); both missing where there was nobody before.
    """
    if main.form == COUNT:
        a, b = (float((part & (main.group == at)).sum()) for at in (0, 1))
        now, then = (float((part & mask).sum()) for mask in everyone)
        if not now or not then:
            return np.nan, np.nan
        return (now - then * scale) * b / then, now * (a / now - b / then)
    bad, good, bad_before, good_before = (float((part & (main.group == at)).sum()) for at in range(4))
    every = np.bincount(main.group[main.group >= 0], minlength=4).astype(float)
    n, m, total, total_before = bad + good, bad_before + good_before, every[:2].sum(), every[2:].sum()
    if not n or not m or not total or not total_before:
        return np.nan, np.nan
    before = bad_before / m
    mix = (n / total - m / total_before) * (before - every[2] / total_before) * total
    return mix, n * (bad / n - before)
