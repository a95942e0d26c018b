"""What drives satisfaction, question by question: the plain picture, the honest one, what would move it, how firmly that stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ..rules import MetricRules, Target
from . import bends, natural, plain, staff, where, within
from .answering import Heard, heard
from .factors import COLUMNS as FACTORS
from .factors import Terms, factors
from .rows import Answers, answers_of

CHECKS = ["item", "value", "words"]
MEMBERS = ["driver", "interaction_id"]


def _empty(columns: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(columns=list(columns))


@dataclass(frozen=True)
class Drivers:
    """One frame a question (columns in docs/data_dictionary.md); ``why`` says why nothing can be told, else it is empty;
    ``silent`` why nothing is known of those who did not answer."""

    scores: pd.DataFrame = field(default_factory=lambda: _empty(plain.SCORES))
    plain: pd.DataFrame = field(default_factory=lambda: _empty(plain.PLAIN))
    bins: pd.DataFrame = field(default_factory=lambda: _empty(plain.BINNED))
    within: pd.DataFrame = field(default_factory=lambda: _empty(within.COLUMNS))
    curve: pd.DataFrame = field(default_factory=lambda: _empty(bends.CURVE))
    bends: pd.DataFrame = field(default_factory=lambda: _empty(bends.BENDS))
    factors: pd.DataFrame = field(default_factory=lambda: _empty(FACTORS))
    where: pd.DataFrame = field(default_factory=lambda: _empty(where.COLUMNS))
    natural: pd.DataFrame = field(default_factory=lambda: _empty(natural.COLUMNS))
    agents: pd.DataFrame = field(default_factory=lambda: _empty(staff.COLUMNS))
    checks: pd.DataFrame = field(default_factory=lambda: _empty(CHECKS))
    members: pd.DataFrame = field(default_factory=lambda: _empty(MEMBERS))
    since: pd.Timestamp | None = None
    until: pd.Timestamp | None = None
    why: str = ""
    silent: str = ""

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return the frames by name."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: value for name, value in values.items() if isinstance(value, pd.DataFrame)}


@dataclass(frozen=True)
class Asked:
    """What drivers are told from.

    Attributes:
        table: measured contacts; since, until: the span on the report's clock, ``until`` excluded.
        earliest: from when natural experiments are looked for.
        matter: column that names what a contact is about; labels: further label columns.
        read: what was read of texts (interaction_id, matter, mood); withheld: measure → why it is not there.
        overruns: weeks in which a channel was overrun (channel, week, over).
    """

    table: ir.Table
    since: pd.Timestamp
    until: pd.Timestamp
    earliest: pd.Timestamp
    matter: str
    labels: Sequence[str] = ()
    read: pd.DataFrame | None = None
    withheld: Mapping[str, str] = field(default_factory=dict)
    overruns: pd.DataFrame | None = None
    seed: int = 0

    def answers(self, since: pd.Timestamp) -> Answers:
        """Lay out the answers from ``since`` on."""
        return answers_of(
            self.table, since, self.until, matter=self.matter, labels=self.labels, read=self.read, withheld=self.withheld, seed=self.seed,
        )  # fmt: skip


def drivers(asked: Asked, rules: MetricRules, goals: Mapping[str, Target]) -> Drivers:
    """Tell what drives satisfaction; where nothing can be told, all frames are empty and ``why`` says why."""
    answers = asked.answers(asked.since)
    if answers.why:
        return Drivers(since=asked.since, until=asked.until, why=answers.why)
    people = staff.staff(answers, rules.smallest_group)
    models = bends.curves(answers, people.pull)
    silent = heard(asked.table, answers, asked.labels, asked.read)
    moved = factors(answers, models, Terms(rules, goals, people.pull, silent), asked.labels)
    longer = asked.answers(asked.earliest) if asked.earliest < asked.since else answers
    tried = natural.natural(longer, asked.table, asked.overruns, models)
    known = natural.standing(tried)
    moved["standing"] = [known.get(name, was) for name, was in moved[["factor", "standing"]].itertuples(index=False)]
    curve, bent = bends.told(models)
    return Drivers(
        plain.scores(answers), plain.plain(answers, rules), plain.bins(answers), within.within(answers, people.pull), curve, bent,
        moved, where.where(answers, rules, people.pull, [asked.matter, "channel"]), tried, people.shares,
        _checks(answers, people, silent, models), _members(answers), asked.since, asked.until, silent=silent.why,
    )  # fmt: skip


def _members(answers: Answers) -> pd.DataFrame:
    """List the answers that know each driver, so that its figure leads back to them."""
    ids = answers.frame["interaction_id"]
    parts = [pd.DataFrame({"driver": one.name, "interaction_id": ids[answers.known(one)]}) for one in answers.drivers]
    return pd.concat(parts, ignore_index=True) if parts else _empty(MEMBERS)


def _checks(answers: Answers, people: staff.Staff, silent: Heard, models: Mapping) -> pd.DataFrame:
    """List model, fit and checks for the statistician."""
    repeated = len(answers) / max(len(np.unique(answers.customer)), 1)
    rows = [
        ("Answers", f"{len(answers):,}", f"{answers.since:%d %b %Y} to {answers.until - pd.Timedelta(days=1):%d %b %Y}"),
        ("Part of all answers used", f"{answers.drawn:.0%}", "drawn by lot, whole customers at a time, where there are more than 60,000"),
        ("Answers a customer", f"{repeated:.2f}", "errors allow for the answers of one customer being alike (sandwich)"),
        ("Model", "cumulative logit", "of the scores 1 to 5; effects told as points of CSAT by standardisation, intervals by the delta method"),
        ("Contacts with an answer", f"{silent.share:.0%}", silent.why or "of all contacts of the span; the chance of an answer is modelled"),
    ]  # fmt: skip
    if silent.weight is not None:
        rows.append(("Answers after weighting", f"{silent.effective:,.0f}", "as many equal answers the weighted ones are worth (Kish)"))  # fmt: skip
    drawn = f"{1 / people.pull:.3f}" if np.isfinite(people.pull) else "none"
    rows.append(
        ("Variance between agents", drawn, people.why or "on the logit scale; agents' effects are shrunken by it")
    )
    for name, made in models.items():
        rows.append((f"Curve of {made.driver.label.lower()}", f"{len(made.knots)} knots", f"restricted cubic spline on the logarithm; straight: p {made.bend_p():.2g}; {len(made.fit.params)} parameters, {name} known of {len(made.rows):,}"))  # fmt: skip
        rows.append((f"Proportional odds, {made.driver.label.lower()}", *_proportional(made)))
    return pd.DataFrame(rows, columns=CHECKS)


def _proportional(made) -> tuple[str, str]:
    """Compare the driver's slope at the cut between 3 and 4 alone with that of all scores together."""
    from .design import Design
    from .ordinal import fit

    y = (made.design.y > made.happy_cut).astype(int)
    own = fit(Design(y, made.design.x, made.design.groups, made.design.cluster, made.design.weight))
    if not own.converged:
        return "cannot tell", "the model of happy against unhappy alone did not converge"
    width = made.width
    both = made.design.x[:, :width]
    apart = float(np.corrcoef(both @ own.beta[:width], both @ made.fit.beta[:width])[0, 1])
    gap = float(np.abs(own.beta[:width] - made.fit.beta[:width]).max() / np.sqrt(np.diag(own.cov)[1 : 1 + width]).max())
    words = "the curve of 4 and 5 against the rest, fitted alone, beside that of all scores: correlation; largest difference in standard errors"
    return f"{apart:.2f}; {gap:.1f}", words
