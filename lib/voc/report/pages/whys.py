"""The page of the whys: each question as a story that follows its tree from the complaint to the cause, or to where the data end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from ...analysis.whys.ends import ASK, CAUSE, START
from ...analysis.whys.kinds import WORDING
from ...analysis.whys.rows import Rows
from ...analysis.whys.stories import Whys
from ...data.periods import Period
from ..canvas import Picture, plot_only
from ..front_parts import LANGUAGES
from ..style import cut, number
from ..tables import Html, chip, esc, plain, say
from .topics import capital, fold
from .voices import quote
from .whys_drawn import beside, course, tree
from .whys_steps import ask_all, follows, owner_words, path_of
from .whys_words import also_words, chance, event_words, evidence, merely_words, named, question, size, spoken

OLD = "old"
ASKING = ("Why?", "Why those?", "And why those?", "And why those again?", "And why those, at last?")


def stories_of(nodes: pd.DataFrame) -> list[list[dict]]:
    """Return the stories, each a list of its rows, the question first."""
    return [part.to_dict("records") for _, part in nodes.groupby("story", sort=False)]


def is_old(story: Sequence[Mapping]) -> bool:
    """Tell whether every branch of a story is known or obvious: a season, told before, or told under another question."""
    leaves = [row for row in story if row["leaf"] and row["kind"] != START]
    return bool(leaves) and all(row["season"] is True or row["known_since"] or row["same_as"] for row in leaves)


def lead(found: Whys, now: Period) -> Html:
    """Say how many questions were asked, how many have a cause, how many end in a question, how many cannot be answered."""
    told = stories_of(found.nodes)
    if not told:
        return say(
            "No question could be asked of {period}: there are too few contacts with a problem named.", period=now.words
        )
    kinds = [_outcome(story) for story in told]
    outcomes = {
        CAUSE: "{n} lead{s} to something that somebody can change", ASK: "{n} to where somebody must be asked",
        OLD: "{n} come{s} back to what is known, obvious or told under another question",
        "": "for {n} nothing in these data explains it beyond chance",
    }  # fmt: skip
    counts = {kind: kinds.count(kind) for kind in outcomes}
    became = "; ".join(
        words.format(n=counts[kind], s="s" if counts[kind] == 1 else "")
        for kind, words in outcomes.items()
        if counts[kind]
    )
    nodes = found.nodes
    tries = int(
        nodes.loc[(nodes["kind"] != START) | nodes["leaf"].astype(bool), "tries"].sum()
    )  # a root's stand with its branches
    return say(
        "**{n}** question{s} asked of {period}: {became}. At least {tries} explanations were tried.", n=len(told),
        s="" if len(told) == 1 else "s", period=now.words, became=became, tries=f"{tries:,}",
    )  # fmt: skip


def _outcome(story: Sequence[Mapping]) -> str:
    """Say how a story ends: a cause, a question to somebody, old news, or (empty) at once."""
    ends = {row["ends"] for row in story if row["leaf"] and row["kind"] != START}
    return "" if not ends else OLD if is_old(story) else CAUSE if CAUSE in ends else ASK


def stories(found: Whys, rows: Rows, now: Period, most: int, currency: str = "") -> Html | None:
    """Tell the stories that have branches: the first ``most`` that are news open, the others folded; None without any.

    ``rows`` are the contacts that were asked, for the pictures over time.
    """
    told = [story for story in stories_of(found.nodes) if len(story) > 1]
    news = [story for story in told if not is_old(story)]
    parts = [_head(story[0], now) + _told(story, found, rows, now, currency) for story in news[:most]]
    parts += [_folded(story, _summary(story), _told(story, found, rows, now, currency), now) for story in news[most:]]
    parts += [
        _folded(story, _old(story), _told(story, found, rows, now, currency), now) for story in told if is_old(story)
    ]
    return sum(parts[1:], parts[0]) if parts else None


def _folded(story: Sequence[Mapping], words: str, body: Html, now: Period) -> Html:
    made = fold(f"{question(story[0], now)} {words}", body)
    return Html(f'<div id="story-{esc(story[0]["story"].lower())}">{made.html}</div>', made.text)


def _head(root: Mapping, now: Period) -> Html:
    text = question(root, now)
    return Html(f'<h3 id="story-{esc(root["story"].lower())}">{esc(text)}</h3>', text)


def _summary(story: Sequence[Mapping]) -> str:
    return f"{number(story[1]['share'], '%')} of it: {cut(named(story[1]), 60)}."


def _old(story: Sequence[Mapping]) -> str:
    """Say in a few words why a story is no news."""
    leaf = next(row for row in story if row["leaf"] and row["kind"] != START)
    if leaf["season"] is True:
        return "As every year."
    return f"Known since {leaf['known_since']}." if leaf["known_since"] else "The same contacts as told above."


def _told(story: Sequence[Mapping], found: Whys, rows: Rows, now: Period, currency: str) -> Html:
    """Tell one story: how much there is to explain, its tree, then each why with its evidence, chart and voices."""
    root, nodes = story[0], {row["node"]: row for row in story}
    parts = [say("{text}", text=size(root, now, currency)), _figure(tree(story, now) if len(story) > 2 else None)]
    parts += [_why(row, nodes, found, _chart(row, root, found, rows, now)) for row in story[1:]]
    return Html(
        f'<div class="why-story">{"".join(part.html for part in parts)}</div>',
        "\n".join(part.text for part in parts if part.text),
    )


def _chart(row: Mapping, root: Mapping, found: Whys, rows: Rows, now: Period) -> Picture | None:
    """Draw a span of days over time, anything else beside what else was tried."""
    above = found.members.loc[found.members["node"] == row["parent"], "interaction_id"] if row["depth"] > 1 else None
    return course(row, root, rows, above, now) or beside(row, found.tried)


def _why(row: Mapping, nodes: Mapping[str, Mapping], found: Whys, picture: Picture | None) -> Html:
    """Tell one step: the explanation, its evidence in a line, what may be wrong with it, a small chart, voices, its end."""
    root, place = nodes[row["story"]], row["node"].partition(".")[2]
    words = [chance(row), event_words(row), merely_words(row), also_words(row)]
    head = f'<h4><span class="small">{esc(place)} {ASKING[min(row["depth"], len(ASKING)) - 1]}</span> {_name(row)}</h4>'
    head += f"<p>{esc(evidence(row, root))} {chip(row['certainty']).html}</p>"
    text = head + "".join(f'<p class="small">{esc(text)}</p>' for text in words if text) + _end(row, nodes, root).html
    drawn, heard = _figure(picture), voices_of(row, found.voices)
    html = f'<div class="why"><div>{text}</div>{drawn.html}</div>{heard.html}'
    return Html(
        f'<div class="why-step" style="--deep:{int(row["depth"]) - 1}">{html}</div>',
        "\n".join([plain(text), drawn.text, heard.text]),
    )


def _name(row: Mapping) -> str:
    """Write the name of an explanation; quoted words carry their language."""
    if row["kind"] != WORDING or not row["words"]:
        return esc(capital(named(row) or "in words of their own"))
    said = " · ".join(
        f'<span lang="{esc(code)}" title="{esc(LANGUAGES.get(code, code))}">«{esc(words)}»</span>'
        for code, words in spoken(row["words"]).items()
    )
    return f"They say {said}"


def _end(row: Mapping, nodes: Mapping[str, Mapping], root: Mapping) -> Html:
    """Say how a branch ends: at a cause with owner and step, or where the data end, with the question to ask."""
    if not row["leaf"]:
        return Html("")
    marks = [f"known since the report of {row['known_since']}"] if row["known_since"] else []
    marks += ["the same days a year before stood out as well"] if row["season"] is True else []
    note = Html(f" ({esc('; '.join(marks))})" if marks else "")
    if row["same_as"]:
        note = Html(
            f'{note.html} (mostly the same contacts as in <a href="#story-{esc(row["same_as"].partition(".")[0].lower())}">another story</a>)'
        )
    path = path_of(row, nodes)
    if row["ends"] == CAUSE:
        return say(
            "**Here somebody can act{note}.** {step} — {owner}",
            note=note,
            step=follows(path, root),
            owner=owner_words(row, root),
        )
    return say(
        "**The data end here{note}:** {why}. {ask}",
        note=note,
        why=row["stop"] or "nothing deeper was found",
        ask=follows(path, root),
    )


def _figure(picture: Picture | None) -> Html:
    """Set a picture with its headline as text."""
    if picture is None:
        return Html("")
    words = f"<strong>{esc(picture.title)}</strong> <span>{esc(picture.subtitle)}</span>"
    return Html(
        f"<figure><figcaption>{words}</figcaption>{plot_only(picture.svg, picture.head_px)}</figure>", picture.alt
    )


def voices_of(row: Mapping, voices: pd.DataFrame) -> Html:
    """Show the voices beside an explanation, folded: two typical ones and one that says otherwise."""
    heard = voices[voices["node"] == row["node"]].to_dict("records")
    if not heard:
        return Html("")
    quotes = "".join(quote(one, ["says otherwise, or in another mood"] if one["dissent"] else []) for one in heard)
    kinds = sum(not one["dissent"] for one in heard)
    name = f"{kinds} typical voice{'' if kinds == 1 else 's'}" + (" and one against" if kinds < len(heard) else "")
    return fold(name, Html(f'<div class="voices three">{quotes}</div>', plain(quotes)))


def unanswered(found: Whys, now: Period, currency: str = "") -> Html | None:
    """List the questions of which the data end at once, folded: how much was tried, and whom to ask what; None without any."""
    roots = [story[0] for story in stories_of(found.nodes) if len(story) == 1]
    if not roots:
        return None
    lines = [
        say(
            "**{question}** {size} {tries} tried: {stop}.",
            question=question(root, now),
            size=size(root, now, currency),
            tries=f"{root['tries']:,}",
            stop=root["stop"],
        )
        for root in roots
    ]
    lines.append(say("**The data end here.** {ask}", ask=ask_all(roots)))
    n = len(roots)
    name = f"{n} question{'' if n == 1 else 's'} asked of which the data end at once: {_listed(cut(root['label']) or 'all contacts' for root in roots)}"
    return fold(name, sum(lines[1:], lines[0]))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))
