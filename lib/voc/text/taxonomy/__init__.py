"""Categories as people write them down: names, keywords in several languages, severity and owner."""

from .check import checked, read
from .keywords import Match, Matcher, coverage
from .model import MOST_ROOTS, SEVERITIES, Root, Sub, Taxonomy

__all__ = ["MOST_ROOTS", "SEVERITIES", "Match", "Matcher", "Root", "Sub", "Taxonomy", "checked", "coverage", "read"]
