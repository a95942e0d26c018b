"""A taxonomy: at most ten categories, what belongs to each, the words customers use for it, and who takes it up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

MOST_ROOTS = 10
"""Root categories: more cannot be held in mind, compared in a meeting or told apart by those who label."""
SEVERITIES = ("minor", "major", "critical")
"""How bad one such contact is for the customer: an inconvenience; money, time or use lost; danger or lasting harm."""
NOBODY = "?"
"""What a draft writes in place of an owner."""


@dataclass(frozen=True)
class Sub:
    """A subcategory (an issue): ``keywords`` by language code, ``tags`` that cut across categories."""

    name: str
    keywords: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    severity: str = SEVERITIES[0]
    owner: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Root:
    """A root category with its subcategories; owner and severity hold for those that name none of their own."""

    name: str
    owner: str = ""
    severity: str = SEVERITIES[0]
    subs: tuple[Sub, ...] = ()


@dataclass(frozen=True)
class Taxonomy:
    """Root categories in the order of the file, and the words that explain each cross tag.

    Example:
        >>> shop = Taxonomy((Root("delivery", "Logistics", "major", (Sub("late delivery", severity="major"),)),))
        >>> shop.category_of("late delivery"), shop.owner_of("delivery", "late delivery")
        ('delivery', 'Logistics')
    """

    roots: tuple[Root, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    def subs(self) -> Iterator[tuple[Root, Sub]]:
        """Yield every subcategory beside its root, in the order of the file."""
        for root in self.roots:
            for sub in root.subs:
                yield root, sub

    def names(self) -> list[str]:
        """Return the names of all subcategories, in the order of the file; each stands once."""
        return [sub.name for _, sub in self.subs()]

    def category_of(self, issue: str | None) -> str | None:
        """Return the root of a subcategory, None where it is unknown."""
        return next((root.name for root, sub in self.subs() if sub.name == issue), None)

    def owner_of(self, category: str | None, issue: str | None = None) -> str:
        """Return who takes up an issue, else its category; empty where nobody is named."""
        for root in self.roots:
            owners = {sub.name: sub.owner for sub in root.subs}
            if issue in owners and (category is None or category == root.name):
                return _named(owners[issue]) or _named(root.owner)
        return next((_named(root.owner) for root in self.roots if root.name == category), "")

    def severity_of(self, category: str | None, issue: str | None = None) -> str | None:
        """Return how bad an issue is, else its category; None where both are unknown."""
        for root, sub in self.subs():
            if sub.name == issue and (category is None or category == root.name):
                return sub.severity
        return next((root.severity for root in self.roots if root.name == category), None)


def _named(owner: str) -> str:
    return "" if owner.startswith(NOBODY) else owner
