"""What is asked of every page, and a small demo report to ask it of."""

import nbformat
import numpy as np
import pandas as pd
from axe_playwright_python.sync_playwright import Axe
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from voc.report import charts, front
from voc.report.page import export_page
from voc.report.tables import Col, say, table

HOSTILE = ["<script>alert(1)</script>", "=cmd|' /C calc'!A0", "$x_1$ \\alpha", '"><img src=x onerror=alert(2)>']
LABELS = ["late delivery", "Вопрос о настройке устройства (страница 3)", "退款还没有到账,请尽快处理", *HOSTILE]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


def requests_of(page) -> list[str]:
    """Every request but the one for the page itself."""
    return [url for url in page.requested if url.split("#")[0] != page.url.split("#")[0]]


def axe_violations(page) -> list[str]:
    """Violations of WCAG 2 A and AA as 'rule: element'; open the page with ``bypass_csp=True``."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}}).response
    assert found["passes"], "the checker ran no rule"
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found["violations"] for node in rule["nodes"]]


def has_sideways_scroll(page) -> bool:
    """Whether the page, outside the frames of wide tables, is wider than the screen."""
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def smallest_chart_text(page) -> float:
    """Size on the screen, in px, of the smallest text in any chart."""
    return page.evaluate(
        """() => Math.min(...[...document.querySelectorAll('svg text')].map(text => {
          const svg = text.ownerSVGElement;
          return parseFloat(getComputedStyle(text).fontSize) * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
        }))"""
    )


def pdf(page, path) -> int:
    """Print the page on A4 and return the number of sheets."""
    page.pdf(path=path, format="A4")
    return path.read_bytes().count(b"/Type /Page\n") or path.read_bytes().count(b"/Type /Page")


def shown(*objects):
    """A code cell whose outputs are the objects, as a kernel would have stored them."""
    bundles = [thing._repr_mimebundle_() for thing in objects]
    return new_code_cell("secret_code()", outputs=[new_output("display_data", data=d, metadata=m) for d, m in bundles])


def series() -> pd.DataFrame:
    value = np.array([80.0, 81, 79, 80, 82, 81, 80, 79, 80, 81, np.nan, 76.3])
    return pd.DataFrame(
        {"period_start": pd.date_range("2025-11-01", periods=12, freq="MS"), "value": value, "lo": value - 2, "hi": value + 2,
         "floor_lo": 77.5, "floor_hi": 82.5}
    )  # fmt: skip


def groups() -> pd.DataFrame:
    share = np.array([30.0, 25, 20, 10, 8, 5, 2])
    value = np.array([61.0, 75, 81, 79, 85, 90, 67])
    return pd.DataFrame(
        {"label": LABELS, "category": LABELS, "contacts": share * 10, "share": share, "change": share - 14, "value": value,
         "previous": value + 3, "csat": value, "lo": value - 5, "hi": value + 5, "n": [400, 300, 200, 90, 60, 40, 12],
         "floor": 2.0, "certainty": ["sure", "likely", "within noise", "cannot tell", "sure", "likely", "cannot tell"],
         "hours": share, "voices": 2, "href": "#voices"}
    )  # fmt: skip


def index_notebook() -> nbformat.NotebookNode:
    line = charts.sparkline(series(), unit="%", alt="CSAT of twelve months, lowest at the end", target=82)
    findings = pd.DataFrame(
        [{"headline": f"{label} doubled", "detail": "412 against 198, n = 4,512", "certainty": certainty, "owner": label,
          "follows": f"Ask {label}.", "href": "02_scorecard.html#csat", "direction": direction}
         for label, certainty, direction in zip(LABELS, ["sure", "likely", "within noise", "cannot tell"] * 2,
                                                ["better", "worse", "neutral"] * 3, strict=False)]
    )  # fmt: skip
    card = {"unit": "%", "value": 76.3, "n": 1104, "lo": 73.7, "hi": 78.7, "change": -5.2, "floor": 2.9, "better": "up",
            "certainty": "sure", "change_year": 0.4, "certainty_year": "within noise", "sparkline": line, "target": 82,
            "href": "02_scorecard.html#csat"}  # fmt: skip
    six = pd.DataFrame(
        [{**card, "label": label} for label in LABELS[:5]] + [{**card, "label": "Repeats", "value": None}]
    )
    quotes = pd.DataFrame(
        {"text": LABELS[:4], "language": ["en", "ru", "zh", "en"], "score": [1, 2, 3, 5], "channel": "chat",
         "category": LABELS[:4], "stratum": "All", "dissent": [False, True, False, False]}
    )  # fmt: skip
    limits = pd.DataFrame({"what": HOSTILE, "why": HOSTILE, "settles": HOSTILE})
    head = front.masthead(
        title="What customers told us", company=HOSTILE[0], period_label="October 2026", previous_label="September 2026",
        data_until="31 Oct 2026", contacts=4512, customers=3207, synthetic=True,
    )  # fmt: skip
    return new_notebook(
        cells=[
            shown(
                head, front.brief(findings), front.unchanged(six.head(2)), front.cards(six), front.categories(groups())
            ),
            shown(front.voices(quotes), front.actions(limits.rename(columns={"what": "cause", "why": "step"}))),
            shown(front.verdicts(None), front.cannot_say(limits)),
            shown(
                front.foot(
                    {"CSAT": HOSTILE[0]}, [("kpi", 24, {"CSV": "tables/kpi.csv"})], "manifest.json", [HOSTILE[3]]
                )
            ),
        ]
    )


def scorecard_notebook() -> nbformat.NotebookNode:
    said = {"title": f"Lowest yet: {HOSTILE[0]}", "subtitle": "CSAT, %, n = 4,512", "alt": f"falls {HOSTILE[3]}"}
    grid = pd.DataFrame(np.arange(168.0).reshape(7, 24), index=list("MTWTFSS"), columns=[f"{h}:00" for h in range(24)])
    days = pd.date_range("2026-10-01", periods=31)
    cover = pd.DataFrame(
        {"day": [*days, *days], "source": [HOSTILE[0]] * 31 + ["звонки"] * 31, "rows": 50, "flag": False}
    )
    cover.loc[3:6, ["rows", "flag"]] = [0, True]
    done = pd.DataFrame(
        {"step": LABELS, "rows_in": range(107, 100, -1), "rows_out": range(106, 99, -1), "cells_changed": 5}
    )
    scores = pd.DataFrame(
        {"score": [1, 2, 3, 4, 5], "share": [5.0, 5, 10, 30, 50], "lo": 4.0, "hi": 51.0, "previous": 20.0}
    )
    panels = pd.concat([series().assign(panel=label) for label in LABELS[:4]])
    columns = [Col("label", "Issue"), Col("share", "Share", "number", "%"), Col("change", "Change", "change", "%", "down"),
               Col("x", "95% interval", "interval", "%"), Col("certainty", "How sure", "chip")]  # fmt: skip
    return new_notebook(
        cells=[
            new_markdown_cell(
                "# Scorecard\n\nHow well? See [bad](javascript:alert(3)) and <img src=x onerror=alert(4)>."
            ),
            new_markdown_cell("## Satisfaction {#csat}\n\nCSAT is the share of answers 4 and 5."),
            shown(
                charts.trend(series(), unit="%", target=82, better="up", events=[("2026-03-09", HOSTILE[0])], **said)
            ),
            shown(charts.distribution(scores, **said), charts.interval_bars(groups(), unit="%", reference=78, **said)),
            shown(say("**{v}** of {what}.", certainty="sure", v="76.3%", what=HOSTILE[0])),
            shown(
                charts.change_dots(groups(), unit="%", better="up", **said),
                charts.heatmap(grid, unit="contacts", **said),
            ),
            shown(charts.histogram(np.geomspace(1, 5000, 400), unit="minutes", marks={"median": 70}, **said)),
            shown(charts.coverage(cover, **said), charts.steps(done, **said)),
            shown(charts.small_multiples(panels, unit="%", target=82, **said)),
            new_markdown_cell("## All issues"),
            shown(table(groups(), columns=columns, caption="All issues", bars=["share"])),
        ]
    )


def build_demo(folder):
    nav = [("October 2026", "index.html"), ("Scorecard", "02_scorecard.html")]
    for name, notebook in (("index.html", index_notebook()), ("02_scorecard.html", scorecard_notebook())):
        marked = [(label, href, href == name) for label, href in nav]
        export_page(notebook, out=folder / name, title=f"Demo {name}", nav=marked, foot_html=say("Made from {n}.", n=1))
    return folder
