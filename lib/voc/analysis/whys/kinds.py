"""Kinds of explanation, and what one must hold to be one."""

from __future__ import annotations

LABEL, TOGETHER, TIME, THEME, TOPIC, WORDING = "label", "combination", "time", "theme", "topic", "wording"
FEWEST = 10  # cases inside a part below which it explains nothing
COMPARABLE = 0.5  # base rows with a known label per case with one, below which only like problems can be compared
