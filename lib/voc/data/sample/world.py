"""The invented shop: its calendar, issues, products, places, people and the shares in which they occur.

Everything here is the same for every seed; what a seed decides stands in ``plan`` and is drawn elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

FIRST_DAY = date(2024, 11, 1)
LAST_DAY = date(2026, 10, 31)
DAYS = (LAST_DAY - FIRST_DAY).days + 1
EXPORT_AT = np.datetime64("2026-11-01T00:00:00", "s")
"""When the exports were taken, UTC: nothing later can stand in them."""

LANGUAGES = ("en", "ru", "zh")
LANGUAGE_SHARES = (0.45, 0.30, 0.25)
CHANNELS = ("phone", "chat", "email", "web form", "messenger", "review")
CHANNEL_SHARES = {"start": (0.36, 0.16, 0.20, 0.10, 0.12, 0.06), "end": (0.22, 0.30, 0.20, 0.10, 0.12, 0.06)}
"""Share of contacts by channel on the first and on the last day; between them it moves in a straight line."""

PRODUCTS = (
    "Kora Kettle",
    "Vento Vacuum",
    "Lumo Lamp",
    "Sona Headphones",
    "Tiko Router",
    "Brio Coffee Maker",
    "Pico Camera",
    "Nido Thermostat",
)
PRODUCT_SHARES = (0.10, 0.17, 0.09, 0.18, 0.13, 0.15, 0.08, 0.10)
REGIONS = ("North", "South", "East", "West", "Centre", "Islands")
REGION_SHARES = (0.17, 0.19, 0.16, 0.18, 0.24, 0.06)
CARRIERS = ("Swiftbird", "NordPost", "ParcelOne", "GoBox")
CARRIER_SHARES = (0.34, 0.28, 0.22, 0.16)
PAYMENTS = ("card", "PayLink", "bank transfer", "cash on delivery", "instalments", "gift card")
PAYMENT_SHARES = (0.44, 0.22, 0.12, 0.10, 0.08, 0.04)
SEGMENTS = ("new", "regular", "loyal", "business")
SEGMENT_SHARES = (0.30, 0.42, 0.20, 0.08)
BROWSERS = ("Chrome", "Safari", "Firefox", "Edge")
BROWSER_SHARES = (0.55, 0.22, 0.12, 0.11)
COLOURS = ("white", "brown", "grey")
COLOUR_SHARES = (0.40, 0.40, 0.20)
TEAMS = ("Amber", "Birch", "Cedar", "Delta", "Elm")
AGENTS = (
    *(
        "Anna Keller",
        "Ben Moss",
        "Carla Diaz",
        "David Okoye",
        "Elena Sommer",
        "Felix Brandt",
        "Grace Lin",
        "Hugo Marin",
    ),
    *("Ирина Белова", "Игорь Ким", "Ксения Орлова", "Лев Данилов", "Мария Титова", "Никита Зуев", "Ольга Рябова"),
    *("Павел Громов", "王敏", "李强", "张丽", "刘洋", "陈静", "杨帆", "赵磊", "黄蓉蓉", "Ivy Park", "Jonas Weber"),
    *("Kate Doyle", "Liam Byrne", "Mona Haddad", "Nils Holm", "Olivia Grant", "Petra Novak", "Рита Соколова"),
    *("Сергей Лаптев", "Тимур Ахметов", "周婷", "吴昊", "Quinn Adler", "Rosa Prieto", "Samir Nasser"),
)
MANUAL_PAGES = 24
HANDLED_CHANNELS = ("phone", "chat", "messenger")
"""Channels whose tools record handling time."""

LUNAR_NEW_YEARS = (date(2025, 1, 29), date(2026, 2, 17))
CHRISTMASES = (date(2024, 12, 25), date(2025, 12, 25))
RELEASES = (
    ("5.8", date(2024, 9, 17)),
    ("5.9", date(2024, 12, 3)),
    ("6.0", date(2025, 2, 11)),
    ("6.1", date(2025, 4, 8)),
    ("6.2", date(2025, 6, 17)),
    ("6.3", date(2025, 9, 9)),
    ("6.4", date(2025, 11, 11)),
    ("7.0", date(2026, 2, 3)),
    ("7.1", date(2026, 4, 14)),
    ("7.2", date(2026, 6, 23)),
)
"""App versions before the one that breaks payments, with the day of release."""

SLOW_SECONDS = {
    "phone": 150,
    "chat": 300,
    "messenger": 1800,
    "email": 12 * 3600,
    "web form": 15 * 3600,
    "review": 40 * 3600,
}
"""A first response later than this is slow: what the hazard of leaving depends on."""


@dataclass(frozen=True)
class Issue:
    """A concrete reason for a contact.

    ``weight`` is its share among ordinary contacts (per mille), ``hard`` its difficulty (0 easy – 1 hard: longer to
    handle, less satisfying), ``about`` the fields that a contact of this kind usually fills.
    """

    name: str
    category: str
    weight: float
    hard: float
    about: tuple[str, ...] = ()
    faq: bool = False


_P, _D, _M, _A = ("product", "order"), ("carrier", "order", "product"), ("payment", "order"), ("app",)
ISSUES = (
    Issue("late delivery", "delivery", 70, 0.65, _D),
    Issue("lost parcel", "delivery", 20, 0.95, _D),
    Issue("parcel tracking", "delivery", 80, 0.10, _D, faq=True),
    Issue("damaged parcel", "delivery", 26, 0.75, _D),
    Issue("pickup point", "delivery", 26, 0.35, _D),
    Issue("payment failed", "payment", 40, 0.60, (*_M, *_A)),
    Issue("charged twice", "payment", 18, 0.80, _M),
    Issue("promo code", "payment", 30, 0.25, _M, faq=True),
    Issue("change payment method", "payment", 14, 0.25, _M),
    Issue("how to return", "returns", 44, 0.10, _P, faq=True),
    Issue("refund not received", "returns", 42, 0.85, (*_M, "product")),
    Issue("exchange", "returns", 22, 0.40, _P),
    Issue("return refused", "returns", 12, 1.00, _P),
    Issue("defective product", "product", 50, 0.80, _P),
    Issue("set-up", "product", 52, 0.45, ("product", "manual")),
    Issue("missing parts", "product", 20, 0.55, _P),
    Issue("compatibility", "product", 22, 0.30, ("product",)),
    Issue("warranty repair", "product", 20, 0.90, _P),
    Issue("login", "account", 44, 0.20, _A),
    Issue("change of data", "account", 22, 0.10, (), faq=True),
    Issue("delete account", "account", 8, 0.40),
    Issue("loyalty points", "account", 30, 0.30, (), faq=True),
    Issue("app crash", "app", 26, 0.65, _A),
    Issue("checkout error", "app", 24, 0.60, (*_A, "payment", "product")),
    Issue("notifications", "app", 14, 0.25, _A),
    Issue("site search", "app", 12, 0.30, ("product",)),
    Issue("cancel order", "order", 36, 0.20, _P, faq=True),
    Issue("change order", "order", 28, 0.35, _P),
    Issue("wrong item", "order", 26, 0.70, _P),
    Issue("availability", "order", 32, 0.05, ("product",)),
    Issue("wrong invoice", "billing", 30, 0.55, _M),
    Issue("subscription", "billing", 24, 0.60, ("payment",)),
    Issue("tax receipt", "billing", 26, 0.20, _M, faq=True),
    Issue("service complaint", "feedback", 14, 0.90, ()),
    Issue("praise", "feedback", 20, 0.0, ("product",)),
    Issue("offer terms", "feedback", 12, 0.15, ()),
    Issue("general feedback", "feedback", 14, 0.20, ()),
)
ISSUE_NAMES = tuple(issue.name for issue in ISSUES)
ISSUE_INDEX = {name: index for index, name in enumerate(ISSUE_NAMES)}
CATEGORIES = tuple(dict.fromkeys(issue.category for issue in ISSUES))
CATEGORY_OF = {issue.name: issue.category for issue in ISSUES}


def day_index(day: date) -> int:
    """Return the number of days from the first day of the period."""
    return (day - FIRST_DAY).days


def to_date(index: int) -> date:
    """Return the calendar day of a day number; the inverse of ``day_index``."""
    return date.fromordinal(FIRST_DAY.toordinal() + int(index))


def daily_business() -> np.ndarray:
    """Return how busy each day of the period is against the mean day: growth, season and weekday, shape ``(DAYS,)``."""
    index = np.arange(DAYS)
    weekday = np.array([to_date(i).weekday() for i in index])
    of_year = np.array([to_date(i).timetuple().tm_yday for i in index])
    busy = (1 + 0.18 * index / DAYS) * np.array([1.16, 1.10, 1.04, 1.02, 1.04, 0.86, 0.72])[weekday]
    busy = busy * (1 + 0.07 * np.cos(2 * np.pi * (of_year - 345) / 365.25))
    for christmas in CHRISTMASES:
        gap = day_index(christmas) - index
        busy = busy * (1 + 0.30 * np.exp(-((gap - 12) ** 2) / 160.0))
    return busy / busy.mean()
