"""Where questions come from and what texts name: sentences, findings, a chart and tables."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ...analysis.findings import COLUMNS as FINDING_COLUMNS
from ...analysis.findings import owner_of
from ...analysis.intervals import Z
from ...analysis.rules import MetricRules
from ...analysis.themes.content import IN_TEXT
from ...analysis.trace import write_trace
from ...data.periods import Period
from ..canvas import Picture
from ..charts.parts import interval_bars
from ..folds import fold
from ..style import NBSP, cut, field_words, interval, number
from ..tables import Col, Html, say, table

WORDS = ["headline", "detail", "follows", "href", "notebook"]
SAYS = {
    "manual_page": "are about page {0} of the manual",
    "app_version": "come from app version {0}",
    "carrier": "are with carrier {0}",
    "region": "come from {0}",
    "payment_method": "are paid by {0}",
    "product": "are about {0}",
    f"page{IN_TEXT}": "name page {0}",
    f"version{IN_TEXT}": "name version {0}",
    f"amount{IN_TEXT}": "name the sum {0}",
}
ABOUT = {"product": "about {0}", "payment_method": "paid by {0}", "carrier": "with carrier {0}", "region": "from {0}"}
STANDING = 0.1  # of a finding's weight: what holds all year is not what happened this month
MOST_SAID = 4
KINDS = {
    "amount": "A sum of money", "version": "A version", "page": "A page", "order": "An order number", "date": "A date",
    "name": "A person's name",
}  # fmt: skip
KIND_ONLY = "told as a kind only"
MOST_VALUES = 4


def said(found: pd.DataFrame, owners: Mapping[str, Mapping[str, str]], rules: MetricRules) -> Html:
    """Say where questions concentrate, the clearest first, each with its interval, what others show, owner and next step."""
    days = f"the last {rules.agent_days} days"
    if found.empty:
        return say(
            "In {days} no page, version or other place holds clearly more of one product's questions than of the others'.",
            days=days,
        )
    lines = [
        say("**{headline}** {detail} {follows}", certainty=row["certainty"], headline=headline(row), detail=_detail(row),
            follows=_step(row, owner_for(row, owners)))
        for row in found.head(MOST_SAID).to_dict("records")
    ]  # fmt: skip
    return sum(lines[1:], lines[0])


def headline(row: Mapping) -> str:
    """Say in one sentence how large a part of an issue's questions has one value, and of the others'.

    >>> row = {"issue": "set-up", "holder": "product", "held": "Kora", "place": "manual_page", "value": "3", "share": 40.0, "others": 4.0}
    >>> headline(row)
    '40% of the set-up questions about Kora are about page 3 of the manual; of those about other products it is 4%.'
    """
    says = SAYS.get(row["place"], f"have {field_words(row['place']).removesuffix(IN_TEXT)} {{0}}").format(
        cut(row["value"])
    )
    about = f" {ABOUT.get(row['holder'], 'with {0}').format(cut(row['held']))}" if row["holder"] else ""
    others = {"": "of all other issues", "product": "of those about other products"}.get(
        row["holder"], f"with another {field_words(row['holder'])}"
    )
    return (
        f"{row['share']:.0f}% of the {cut(row['issue'])} questions{about} {says}; {others} it is {row['others']:.0f}%."
    )


def _detail(row: Mapping) -> str:
    return (
        f"({row['hits']:,} of {row['n']:,}, 95% {interval(row['lo'], row['hi'], '%')}; others {interval(row['others_lo'], row['others_hi'], '%')}, "
        f"n{NBSP}{row['n_others']:,}; {row['tried']:,} places were tried.)"
    )


def _step(row: Mapping, owner: str) -> str:
    place = field_words(row["place"]).removesuffix(IN_TEXT)
    step = f"read ten of these contacts beside {place} {cut(row['value'])}, change what is unclear there, and watch whether its share falls."
    if row["place"] not in ("manual_page", f"page{IN_TEXT}"):
        step = f"compare ten of these contacts with ten of another {place}, and ask what is different there."
    return f"{owner}: {step}" if owner else step[0].upper() + step[1:]


def owner_for(row: Mapping, owners: Mapping[str, Mapping[str, str]]) -> str:
    """Return who takes up an issue: its own owner, else that of its category."""
    return owners.get("issue", {}).get(row["issue"]) or owner_of(owners, "category", str(row.get("category") or ""))


def content_findings(
    found: pd.DataFrame, period: Period, rules: MetricRules, owners: Mapping[str, Mapping[str, str]], notebook: str
) -> pd.DataFrame:
    """Turn concentrations into findings in the columns of ``voc.analysis.findings`` with their words.

    They say what holds over the last ``agent_days`` days and not what changed, so before and change are missing and their
    weight is a tenth: news comes first. A value that only texts name has no trace: no column leads back to it.
    """
    rows = []
    for row in found.to_dict("records"):
        where = {"issue": row["issue"], **({row["holder"]: row["held"]} if row["holder"] else {})}
        where |= {} if row["said"] else {row["place"]: row["value"]}
        rows.append(
            dict.fromkeys(FINDING_COLUMNS, np.nan)
            | {
                "metric": "contacts", "dimension": "issue" if row["said"] else row["place"],
                "label": row["issue"] if row["said"] else row["value"], "n": row["hits"], "value": float(row["hits"]),
                "certainty": row["certainty"], "direction": "", "carried_share": np.nan, "carried_dimension": "",
                "carried_label": "", "owner": owner_for(row, owners), "weight": round(STANDING * min(row["z"] / Z, 20.0), 3),
                "trace": "" if row["said"] else _trace(period, rules, where), "headline": headline(row),
                "detail": _detail(row).strip("()"), "follows": _step(row, ""), "href": f"{notebook}.html#where", "notebook": notebook,
            }
        )  # fmt: skip
    return pd.DataFrame(rows, columns=[*FINDING_COLUMNS, *WORDS])


def _trace(period: Period, rules: MetricRules, where: Mapping[str, str]) -> str:
    import json

    first = pd.Timestamp(period.end) - pd.Timedelta(days=rules.agent_days)
    return json.dumps(
        json.loads(write_trace(period, "contacts", **where)) | {"from": str(first.date())},
        ensure_ascii=False,
        sort_keys=True,
    )


def places(found: pd.DataFrame) -> Html:
    """Fold away every place found, with what the others show."""
    rows = found.assign(
        where=[" · ".join(part for part in (row["issue"], row["held"]) if part) for row in found.to_dict("records")],
        what=[f"{field_words(row['place'])} {cut(row['value'])}" for row in found.to_dict("records")],
        share_of=[f"{row['share']:.0f}% ({interval(row['lo'], row['hi'], '%')})" for row in found.to_dict("records")],
        rest=[
            f"{row['others']:.0f}% ({interval(row['others_lo'], row['others_hi'], '%')})"
            for row in found.to_dict("records")
        ],
    )
    columns = [
        Col("where", "Questions"), Col("what", "Place"), Col("hits", "Contacts", "number", "contacts"), Col("n", "of", "number", "contacts"),
        Col("share_of", "Share (95% interval)", "number"), Col("rest", "The others", "number"), Col("certainty", "How sure", "chip"),
    ]  # fmt: skip
    shown = table(rows, columns=columns, caption="Where questions concentrate", wide=True)
    return fold("All places as a picture and a table", chart(found), shown) if len(rows) else Html("")


def chart(found: pd.DataFrame) -> Picture | None:
    """Draw the shares beside those of the others, the clearest first; None where nothing was found."""
    if found.empty:
        return None
    top = found.head(6)
    rows = pd.DataFrame(
        {
            "label": [_label(row) for row in top.to_dict("records")], "value": top["share"], "lo": top["lo"], "hi": top["hi"],
            "n": top["n"], "certainty": top["certainty"],
        }
    )  # fmt: skip
    first = found.iloc[0]
    title = f"{cut(first['issue'])}, {cut(first['held'] or 'all')}: {first['share']:.0f}% at {field_words(first['place'])} {cut(first['value'])}"
    alt = "; ".join(headline(row) for row in top.to_dict("records"))
    return interval_bars(
        rows, title=title[0].upper() + title[1:], unit="%", alt=alt, order="given", min_n=1,
        subtitle="Share of an issue's questions that have one value, %; in brackets the share among the others; n questions",
    )  # fmt: skip


def _label(row: Mapping) -> str:
    place = field_words(row["place"]).removesuffix(IN_TEXT)
    return f"{cut(row['held'] or row['issue'], 20)}, {place} {cut(row['value'], 20)} ({row['others']:.0f}%)"


def limits(
    contacts: pd.DataFrame, found: pd.DataFrame, candidates: pd.DataFrame, places_asked: list[str]
) -> pd.DataFrame:
    """List what these figures cannot say: what, why, settles (what would settle it)."""
    rows = []
    missing = [name for name in places_asked if name not in contacts or contacts[name].isna().all()]
    if missing:
        names = ", ".join(field_words(name) for name in missing)
        rows.append(
            (
                f"Whether questions concentrate by {names}",
                "no contact has it noted",
                "Have it noted, or let the form ask for it.",
            )
        )
    for name in [name for name in places_asked if name not in missing]:
        share = 100 * contacts[name].notna().mean()
        if share < 50 and len(found) and name in set(found["place"]):
            why = f"the {field_words(name)} is noted with {share:.0f}% of the contacts, and those without it may be different"
            rows.append(
                (
                    f"How many questions in all come from one {field_words(name)}",
                    why,
                    "Have it noted with every such contact.",
                )
            )
    if len(candidates):
        why = "nothing here has read the help pages; easy and found nothing are signs, no proof"
        rows.append(
            (
                "Whether a question is answered on the site",
                why,
                "Give the help pages as a file, or have agents tick it.",
            )
        )
    return pd.DataFrame(rows, columns=["what", "why", "settles"])


def named_shown(rows: pd.DataFrame, now: Period) -> Html:
    """Fold away what texts name; say so where they name nothing. ``rows`` from ``themes.named.count_named``."""
    if rows.empty:
        return say(
            "No text of {period} names a product, a sum, a version, a page, an order or a date.", period=now.words
        )
    every = rows[rows["value"] == ""]
    shown = every.assign(
        name=[KINDS.get(kind) or field_words(kind).capitalize() for kind in every["kind"]],
        most=[_most(rows[(rows["kind"] == kind) & (rows["value"] != "")]) for kind in every["kind"]],
    )
    columns = [
        Col("name", "Named"), Col("contacts", "Contacts", "number", "contacts"), Col("share", "Share", "number", "%"),
        Col("range", "95% interval", "interval", "%"), Col("most", "Most often"),
    ]  # fmt: skip
    caption = f"What texts name, {now.words}; of {int(rows['of'].iloc[0]):,} contacts with words"
    return fold(
        "What texts name: products, sums, versions, pages, numbers",
        table(shown, columns=columns, caption=caption, wide=True),
    )


def _most(values: pd.DataFrame) -> str:
    if values.empty:
        return KIND_ONLY
    told = [
        f"{cut(row['value'], 28)} ({row['contacts']:,}{_sum(row)})"
        for row in values.head(MOST_VALUES).to_dict("records")
    ]
    more = f"; {len(values) - MOST_VALUES} more" if len(values) > MOST_VALUES else ""
    return "; ".join(told) + more


def _sum(row: dict) -> str:
    return "" if pd.isna(row["middle"]) else f", half of the sums above {number(row['middle'], 'contacts')}"
