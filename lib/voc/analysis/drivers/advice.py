"""What can be done about each driver, and the experiment that would settle whether it moves satisfaction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

POWER = 0.8


@dataclass(frozen=True)
class Advice:
    """The next step, and the experiment whose two groups are drawn by lot."""

    step: str
    experiment: str


ADVICE = {
    "again": Advice(
        "Read ten contacts that came back and list what the first answer left open.",
        "Answer half of the contacts, by lot, with a line on what happens next and when; compare who comes back and their scores.",
    ),
    "first_response": Advice(
        "Find the hours and kinds whose waits are longest, and move people there first.",
        "Put half of the contacts of one channel, by lot, at the head of the queue for two weeks; compare their scores.",
    ),
    "handling": Advice(
        "Do not press for shorter contacts; look at what longer ones of the same kind contain.",
        "Let half of the contacts of one kind, by lot, take the time they need, without a time goal; compare scores and returns.",
    ),
    "replies": Advice(
        "List the questions that second replies ask, and ask them in the first.",
        "Answer half of one kind of contact, by lot, with a text that asks all at once; compare replies and scores.",
    ),
    "transfers": Advice(
        "Find the kinds passed on most, and route them to those who can solve them.",
        "Route half of such contacts, by lot, straight to the second team; compare their scores.",
    ),
    "resolution": Advice(
        "Find where the slower half waits: for a colleague, a carrier, the customer.",
        "Give half of the open contacts of one kind, by lot, an owner and a date; compare time to the solution and scores.",
    ),
    "reopened": Advice(
        "Before closing, check what was solved with the customer; read ten contacts that were opened again.",
        "Close half of the contacts of one kind, by lot, only after the customer has confirmed; compare reopenings and scores.",
    ),
    "unsolved": Advice(
        "Take the kinds solved least at the first contact, and give agents what they lacked: a right, a text, an answer.",
        "Give half of the agents, by lot, the right to solve one kind at once; compare solutions at the first contact and scores.",
    ),
    "effort": Advice(
        "Read what customers who found it hard wrote, and remove the hardest step.",
        "Show half of the customers, by lot, the shorter way; compare effort and scores.",
    ),
}
AGAINST = "Not this change: it goes with less CSAT. Read ten such contacts and find out why."
NOTHING = "Nothing to do: what a realistic change moves lies within noise."
WAIT = "Wait for more answers, or try it by lot: these data cannot tell."


def answers_needed(share: float, points: float) -> float:
    """Return how many answers a group show a difference of so many points from ``share`` (0–1) four times in five.

    Two shares, 5 % two-sided (Fleiss, Levin & Paik, Statistical Methods for Rates and Proportions, 2003, 4.6).

    >>> round(answers_needed(0.75, 5.0))
    1094
    """
    from scipy.special import ndtri

    other = np.clip(share + points / 100, 0.001, 0.999)
    middle = (share + other) / 2
    alpha, beta = ndtri(0.975), ndtri(POWER)
    root = alpha * np.sqrt(2 * middle * (1 - middle)) + beta * np.sqrt(share * (1 - share) + other * (1 - other))
    return float((root / (share - other)) ** 2) if other != share else np.nan
