"""Folding away: what a reader may want to check but need not read stands closed under a name that says what is inside."""

from __future__ import annotations

from itertools import groupby

from voc.report.canvas import Picture, plot_only
from voc.report.tables import Html, esc

__all__ = ["figure", "fold", "opened"]


def figure(picture: Picture) -> Html:
    """Set a picture as markup, its headline as text above it, so that it can stand inside other markup.

    >>> figure(Picture('<svg height="9" viewBox="0 0 4 9"></svg>', "two bars", "<b>", "n 4")).html[:47]
    '<figure><figcaption><strong>&lt;b&gt;</strong> '
    """
    words = f"<strong>{esc(picture.title)}</strong>" if picture.title else ""
    words += f" <span>{esc(picture.subtitle)}</span>" if picture.subtitle else ""
    drawn = plot_only(picture.svg, picture.head_px)
    return Html(f"<figure><figcaption>{words}</figcaption>{drawn}</figure>", picture.alt)


def opened(*parts: Html | Picture | None) -> Html:
    """Join sentences, tables and pictures as one fragment; neighbouring pictures stand side by side, None is left out."""
    there = [part for part in parts if part is not None]
    made = [figure(part) if isinstance(part, Picture) else part for part in there]
    html = ""
    for drawn, together in groupby(zip(there, made, strict=True), key=lambda pair: isinstance(pair[0], Picture)):
        joined = "\n".join(one.html for _, one in together)
        html += f'<div class="figures">{joined}</div>\n' if drawn else f"{joined}\n"
    return Html(html.strip(), "\n".join(one.text for one in made if one.text))


def fold(name: str, *parts: Html | Picture | None, paper: bool = True, anchor: str = "") -> Html:
    """Fold fragments away under a name; on paper they stand open unless ``paper`` is False. Empty where nothing is inside.

    ``anchor`` is an id that links may lead to: browsers open a fold when a link leads into it.

    >>> fold("Details", Html("<p>a</p>", "a")).html
    '<details class="quiet"><summary>Details</summary><p>a</p></details>'
    >>> fold("Details", None).html
    ''
    """
    inside = opened(*parts)
    if not inside.html:
        return inside
    named = f' id="{esc(anchor)}"' if anchor else ""
    look = "quiet" if paper else "screen"
    html = f'<details class="{look}"{named}><summary>{esc(name)}</summary>{inside.html}</details>'
    return Html(html, f"{name}\n{inside.text}")
