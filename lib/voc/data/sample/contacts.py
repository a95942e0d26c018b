"""Who makes contact when about what: ordinary demand and the planted waves."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from voc.data.sample import world
from voc.data.sample.people import pick
from voc.data.sample.plan import Plan
from voc.data.sample.world import DAYS, ISSUES, day_index


def _demand(plan: Plan) -> np.ndarray:
    """Return the expected ordinary contacts by day and issue, up to a factor; shape ``(DAYS, issues)``."""
    expected = np.outer(world.daily_business(), [issue.weight for issue in ISSUES])
    for measure in plan.measures:
        expected[day_index(measure.day) :, world.ISSUE_INDEX[measure.issue]] *= measure.factor
    for christmas in world.CHRISTMASES:
        end = day_index(christmas)
        expected[end - plan.tracking_days : end, world.ISSUE_INDEX["parcel tracking"]] *= plan.tracking_factor
    expected[:, world.ISSUE_INDEX["offer terms"]] *= 1 + 0.3 * np.sin(np.arange(DAYS) / 9.0)
    return expected


def _block(days: np.ndarray, issue: str, plant: int = 0, theme: str = "", **fixed: str) -> pd.DataFrame:
    """Return contacts of one issue on given days with what is fixed about them."""
    frame = pd.DataFrame({"day": days, "issue": issue, "plant": plant, "theme": theme})
    return frame.assign(**{f"fixed_{name}": value for name, value in fixed.items()})


def _days(rng: np.random.Generator, first: date, last: date, count: float, decay: float = 0.0) -> np.ndarray:
    """Draw about ``count`` days between two dates, both included; ``decay`` per day makes early ones likelier."""
    span = np.arange(day_index(first), day_index(last) + 1)
    weight = np.exp(-decay * np.arange(len(span)))
    return rng.choice(span, rng.poisson(count), p=weight / weight.sum())


def _waves(rng: np.random.Generator, plan: Plan, scale: float, base_tracking: float) -> list[pd.DataFrame]:
    """Return the contacts that only the planted events bring; counts are multiplied by ``scale``."""
    blocks = [
        _block(
            _days(rng, plan.sms_from, plan.sms_to, plan.sms_per_week * 7 * scale),
            *("late delivery", 1, "no sms"),
            region=plan.sms_region,
            carrier=plan.sms_carrier,
        ),
        _block(
            _days(
                rng,
                plan.release_on,
                plan.release_until,
                plan.release_per_day * ((plan.release_until - plan.release_on).days + 1) * scale,
            ),
            *("payment failed", 2, "release"),
            payment=plan.release_method,
            app=plan.release_version,
        ),
        _block(
            _days(rng, plan.letter_on, plan.letter_on + timedelta(11), plan.letter_contacts * scale, decay=0.32),
            *("offer terms", 4, "newsletter"),
        ),
        _block(
            _days(rng, plan.promise_from, world.LAST_DAY, plan.promise_per_month * 8 * scale),
            *("late delivery", 12, "promise"),
            product=plan.promise_product,
        ),
    ]
    for months_ago, share in ((3, 0.3), (2, 0.55), (1, 0.8), (0, 1.0)):
        first = date(2026, 10 - months_ago, 1)
        last = date(2026, 11 - months_ago, 1) - timedelta(1)
        days = _days(rng, first, last, plan.eco_last_month * share * scale)
        blocks.append(_block(days, "general feedback", 8, "eco packaging"))
    for new_year in world.LUNAR_NEW_YEARS:
        extra = base_tracking * plan.tracking_days * (plan.tracking_factor - 1) * 0.45
        days = _days(rng, new_year - timedelta(plan.tracking_days), new_year - timedelta(1), extra)
        blocks.append(_block(days, "parcel tracking", 5, "", language="zh"))
    setups = plan_setups(plan) * scale
    blocks.append(_block(_days(rng, world.FIRST_DAY, world.LAST_DAY, setups), "set-up", product=plan.manual_product))
    return blocks


def plan_setups(plan: Plan) -> float:
    """Return how many set-up questions the product with the bad manual page gets over its ordinary share."""
    share = world.PRODUCT_SHARES[world.PRODUCTS.index(plan.manual_product)]
    return 60000 * 0.052 * share * 1.2


def draw_contacts(rng: np.random.Generator, plan: Plan, customers: pd.DataFrame, count: int) -> pd.DataFrame:
    """Draw the first contacts (no returning ones): day, issue, customer, plant and theme, and what is fixed.

    Columns: ``day`` (number), ``issue``, ``plant`` (0 for none), ``theme``, ``person`` (row of ``customers``),
    ``fixed_region``, ``fixed_carrier``, ``fixed_payment``, ``fixed_product``, ``fixed_app`` (empty when free).
    """
    expected = _demand(plan)
    tracking = count * ISSUES[world.ISSUE_INDEX["parcel tracking"]].weight / sum(i.weight for i in ISSUES) / DAYS
    waves = _waves(rng, plan, count / 50000, tracking)
    ordinary = count - sum(len(block) for block in waves)
    cells = rng.multinomial(ordinary, (expected / expected.sum()).ravel())
    day, issue = np.divmod(np.repeat(np.arange(cells.size), cells), len(ISSUES))
    base = pd.DataFrame({"day": day, "issue": np.array(world.ISSUE_NAMES, dtype=object)[issue], "plant": 0})
    base["theme"] = ""
    base["plant"] = np.where((base["issue"] == "parcel tracking") & _before_christmas(plan)[day], 5, 0)
    frame = pd.concat([base, *waves], ignore_index=True)
    for name in ("region", "carrier", "payment", "product", "app", "language"):
        column = f"fixed_{name}"
        frame[column] = frame[column].fillna("") if column in frame else ""
    frame["person"] = _assign(rng, frame, customers)
    faq = frame["issue"].isin([issue.name for issue in ISSUES if issue.faq]) & (frame["theme"] == "")
    frame.loc[faq & (rng.random(len(frame)) < plan.faq_share), "theme"] = "faq"
    silent = (frame["theme"] == "no sms") & (rng.random(len(frame)) > plan.sms_mention)
    frame.loc[silent, "theme"] = ""
    return frame


def _before_christmas(plan: Plan) -> np.ndarray:
    """Mark the days of the waves before Christmas; shape ``(DAYS,)``."""
    mark = np.zeros(DAYS, dtype=bool)
    for christmas in world.CHRISTMASES:
        mark[day_index(christmas) - plan.tracking_days : day_index(christmas)] = True
    return mark


def _assign(rng: np.random.Generator, frame: pd.DataFrame, customers: pd.DataFrame) -> np.ndarray:
    """Choose a customer for every contact: from the fixed region or of the fixed language where there is one."""
    person = np.zeros(len(frame), dtype=np.int64)
    everyone = np.arange(len(customers))
    groups = frame["fixed_region"] + "|" + frame["fixed_language"]
    for group in dict.fromkeys(groups):
        region, language = group.split("|")
        among = everyone
        if region:
            among = among[(customers["region"].to_numpy() == region)[among]]
        if language:
            among = among[(customers["language"].to_numpy() == language)[among]]
        rows = np.flatnonzero((groups == group).to_numpy())
        person[rows] = pick(rng, customers, frame["day"].to_numpy()[rows], among)
    return person


def fill_fields(rng: np.random.Generator, plan: Plan, frame: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """Fill channel, language, region, product, payment, carrier, app version, manual page and the null fields.

    A field that a contact of its issue would not name is empty.
    """
    count = len(frame)
    about = {issue.name: issue.about for issue in ISSUES}
    has = {
        name: np.array([name in about[issue] for issue in frame["issue"]])
        for name in ("product", "carrier", "payment", "app", "manual", "order")
    }
    out = frame.copy()
    out["customer"] = customers["customer"].to_numpy()[frame["person"]]
    out["language"] = customers["language"].to_numpy()[frame["person"]]
    moved = rng.random(count) < 0.03
    elsewhere = rng.choice(world.REGIONS, count, p=world.REGION_SHARES)
    home = customers["region"].to_numpy()[frame["person"]]
    out["region"] = np.where(frame["fixed_region"] != "", frame["fixed_region"], np.where(moved, elsewhere, home))
    for name, values, shares in (
        ("product", world.PRODUCTS, world.PRODUCT_SHARES),
        ("carrier", world.CARRIERS, world.CARRIER_SHARES),
        ("payment", world.PAYMENTS, world.PAYMENT_SHARES),
    ):
        drawn = rng.choice(np.array(values, dtype=object), count, p=shares)
        fixed = frame[f"fixed_{name}"].to_numpy()
        known = has[name] & (rng.random(count) > 0.06)
        out[name] = np.where(fixed != "", fixed, np.where(known, drawn, ""))
    setup = (out["issue"] == "set-up") & (out["product"] == "")
    out.loc[setup, "product"] = rng.choice(np.array(world.PRODUCTS, dtype=object), int(setup.sum()))
    out["app"] = _app_version(rng, plan, frame["day"].to_numpy(), has["app"], frame["fixed_app"].to_numpy())
    out["manual"] = _manual_page(rng, plan, out)
    out["order"] = np.where(has["order"], rng.integers(10_000_000, 99_999_999, count), 0)
    out["browser"] = rng.choice(np.array(world.BROWSERS, dtype=object), count, p=world.BROWSER_SHARES)
    out["colour"] = rng.choice(np.array(world.COLOURS, dtype=object), count, p=world.COLOUR_SHARES)
    out["channel"] = _channel(rng, out)
    return out.drop(columns=[column for column in out if column.startswith("fixed_")])


def _app_version(
    rng: np.random.Generator, plan: Plan, day: np.ndarray, has: np.ndarray, fixed: np.ndarray
) -> np.ndarray:
    """Draw the app version in use: mostly the newest on that day, else one of the two before."""
    releases = [*world.RELEASES, (plan.release_version, plan.release_on)]
    versions = np.array([version for version, _ in releases], dtype=object)
    newest = np.searchsorted([day_index(on) for _, on in releases], day, side="right") - 1
    older = rng.choice(3, len(day), p=(0.72, 0.2, 0.08))
    drawn = versions[np.maximum(newest - older, 0)]
    return np.where(fixed != "", fixed, np.where(has & (rng.random(len(day)) > 0.1), drawn, ""))


def _manual_page(rng: np.random.Generator, plan: Plan, frame: pd.DataFrame) -> np.ndarray:
    """Draw the manual page a set-up question is about (0: none given); page 3 has its planted share."""
    setup = (frame["issue"] == "set-up").to_numpy()
    page = rng.integers(1, world.MANUAL_PAGES + 1, len(frame))
    bad = setup & (frame["product"] == plan.manual_product).to_numpy()
    page = np.where(bad & (page == 3), 4, page)
    third = bad & (rng.random(len(frame)) < plan.manual_share)
    known = rng.random(len(frame)) > 0.08
    frame["plant"] = np.where(third, 3, frame["plant"])
    frame["theme"] = np.where(third, "page 3", frame["theme"])
    return np.where(setup & (known | third), np.where(third, 3, page), 0)


def _channel(rng: np.random.Generator, frame: pd.DataFrame) -> np.ndarray:
    """Draw the channel: shares move over time and differ by language, issue and day of the week."""
    start, end = (np.array(world.CHANNEL_SHARES[key]) for key in ("start", "end"))
    at = frame["day"].to_numpy()[:, None] / DAYS
    share = start + (end - start) * at
    tilt = {
        "en": (1.0, 1.0, 1.15, 1.0, 0.8, 1.0),
        "ru": (1.2, 0.9, 1.0, 0.9, 1.0, 1.0),
        "zh": (0.7, 1.2, 0.7, 1.1, 1.6, 1.0),
    }
    share = share * np.array([tilt[language] for language in frame["language"]])
    issue = frame["issue"].to_numpy()
    review = np.where(np.isin(issue, ["praise", "general feedback"]), 6.0, 0.0)
    told = ["late delivery", "defective product", "damaged parcel", "refund not received", "service complaint"]
    share[:, 5] *= review + np.where(np.isin(issue, [*told, "missing parts"]), 1.8, 0.0)
    weekday = np.array([world.to_date(i).weekday() for i in range(DAYS)])[frame["day"].to_numpy()]
    share[:, 0] *= np.array([1.1, 1.1, 1.1, 1.1, 1.1, 0.6, 0.0])[weekday]
    edges = np.cumsum(share, axis=1)
    drawn = (rng.random(len(frame)) * edges[:, -1])[:, None] > edges
    return np.array(world.CHANNELS, dtype=object)[drawn.sum(axis=1)]
