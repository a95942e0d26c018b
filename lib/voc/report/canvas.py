"""The drawing board: a matplotlib figure in pixels, saved as small, deterministic, harmless SVG.

Text stays text and takes the reader's own fonts. Layout is measured in matplotlib's bundled font, which is wider than
most, so that the same bytes come out on every machine and labels have room. Nothing here touches pyplot or any global
state that outlives a drawing.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from io import StringIO
from typing import TYPE_CHECKING, Any

from voc.report.style import CHART_PX, FONTS, INK, MUTED, RULE, TEXT_PX, TITLE_PX

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

RC: dict[str, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "voc",
    "text.parse_math": False,
    "text.usetex": False,
    "axes.unicode_minus": True,
    "axes.formatter.use_mathtext": False,
    "font.family": ["DejaVu Sans"],
    "font.size": TEXT_PX,
    "text.color": INK,
    "axes.edgecolor": RULE,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "savefig.facecolor": "none",
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.spines.bottom": False,
    "axes.grid": False,
    "axes.axisbelow": True,
    "grid.color": RULE,
    "grid.linewidth": 1.0,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "xtick.minor.size": 0,
    "ytick.minor.size": 0,
    "xtick.labelsize": TEXT_PX,
    "ytick.labelsize": TEXT_PX,
    "hatch.color": "#c9cbce",
    "hatch.linewidth": 0.8,
    "path.simplify": False,
}
HEAD = re.compile(r'<g class="head">.*?</g>', re.S)


@dataclass(frozen=True)
class Picture:
    """A chart: the SVG with its headline, and the sentence that says the same to those who cannot see it.

    ``fold`` names what a chart shows of which nothing stands out: on a page such charts are folded away under their names.
    """

    svg: str
    alt: str
    title: str = ""
    subtitle: str = ""
    head_px: float = field(default=0, repr=False)
    fold: str = ""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict, dict]:
        meta = {"alt": self.alt, "title": self.title, "subtitle": self.subtitle, "head_px": self.head_px}
        meta |= {"fold": self.fold} if self.fold else {}
        return {"image/svg+xml": self.svg, "text/plain": self.alt}, {"image/svg+xml": meta}


def plot_only(svg: str, head_px: float) -> str:
    """Take the headline out of a picture's SVG, for pages that set it as text above the picture.

    >>> plot_only('<svg xmlns="x" height="80" viewBox="0 0 420 80"><g class="head"></g></svg>', 20)
    '<svg height="60" viewBox="0 20 420 60"></svg>'
    """

    def cropped(found: re.Match) -> str:
        height = float(found["h"]) - head_px
        return f'height="{_short(height)}" viewBox="0 {_short(head_px)} {found["w"]} {_short(height)}"'

    svg = re.sub(r' xmlns(:\w+)?="[^"]*"', "", svg, count=2)
    svg = re.sub(r'height="[\d.]+" viewBox="0 0 (?P<w>[\d.]+) (?P<h>[\d.]+)"', cropped, svg, count=1)
    return HEAD.sub("", svg, count=1)


def text_width(text: str, size: float = TEXT_PX, *, bold: bool = False) -> float:
    """Estimate the width of ``text`` in px in the reader's fonts: an ideograph is one em, other letters about half.

    >>> text_width("字字", 13)
    26.0
    """
    ems = 0.0
    for letter in text:
        if unicodedata.east_asian_width(letter) in "WF":
            ems += 1.0
        elif unicodedata.combining(letter):
            continue
        elif letter in "iljtfrI.,:;|'!()[] \u00a0":
            ems += 0.34
        elif letter in "mwMW@%<>=+ШЩЖЮМФшщжюмф—":
            ems += 0.88
        else:
            ems += (0.7 if letter.isupper() else 0.58) + (0.05 if letter > "\u036f" else 0)
    return ems * size * (1.13 if bold else 1.0)


def wrap(text: Any, width: float, size: float = TEXT_PX, *, lines: int = 2, bold: bool = False) -> list[str]:
    """Break ``text`` into at most ``lines`` lines of ``width`` px; Chinese breaks anywhere, the rest ends in "…".

    >>> wrap("late delivery", 60)
    ['late', 'delivery']
    """
    clean = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
    room = int(lines * width / (0.3 * size)) + 80  # no letter is narrower: the rest of a very long text cannot be seen
    clean = clean if len(clean) <= room else clean[:room] + "…"
    pieces = re.findall(
        r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]|[^\s\u2e80-\u9fff\uac00-\ud7af]+|\s", clean
    )
    out, line = [], ""
    for piece in pieces:
        while text_width(piece, size, bold=bold) > width and len(piece) > 1:  # a word longer than the line
            cut = next(i for i in range(len(piece), 0, -1) if i == 1 or text_width(line + piece[:i], size) <= width)
            out.append(line + piece[:cut])
            line, piece = "", piece[cut:]
        if text_width((line + piece).rstrip(), size, bold=bold) > width and line:
            out.append(line.rstrip())
            line = ""
        line += piece if line or piece.strip() else ""
    out = [part for part in [*out, line.rstrip()] if part]
    if len(out) > lines:
        last = out[lines - 1]
        while last and text_width(last + "…", size, bold=bold) > width:
            last = last[:-1]
        out = [*out[: lines - 1], last.rstrip() + "…"]
    return out or [""]


class Canvas:
    """A figure measured in pixels; made by :func:`canvas`, turned into a :class:`Picture` by :meth:`picture`."""

    def __init__(self, figure: Figure, width: float, height: float) -> None:
        self.figure, self.width, self.height, self.raw = figure, width, height, ""

    def axes(self, left: float, top: float, width: float, height: float, **options: Any) -> Axes:
        """Add axes whose upper left corner is at (``left``, ``top``) px from the figure's upper left corner."""
        box = (left / self.width, 1 - (top + height) / self.height, width / self.width, height / self.height)
        return self.figure.add_axes(box, **options)

    def sheet(self) -> Axes:
        """Add axes over the whole figure with px coordinates, y downwards: for labels and rows laid out by hand."""
        ax = self.axes(0, 0, self.width, self.height)
        ax.set(xlim=(0, self.width), ylim=(self.height, 0), autoscale_on=False, zorder=-1)
        ax.axis("off")
        return ax

    def write(self, x: float, y: float, text: Any, *, bold: bool = False, color: str = INK, **options: Any) -> None:
        """Write one line whose middle is ``y`` px from the top; ``ha`` as in matplotlib, left by default."""
        from matplotlib.text import Text

        size = options.pop("size", TEXT_PX)
        options = {"ha": "left", "va": "baseline", **options}
        at = (x / self.width, 1 - (y + 0.36 * size) / self.height)
        weight = "bold" if bold else "normal"
        label = Text(*at, _legal(text), fontsize=size, color=color, fontweight=weight, **options)
        label.set_transform(self.figure.transFigure)
        label.set_zorder(10)
        self.figure.add_artist(label)

    def picture(self, *, title: str = "", subtitle: str = "", alt: str) -> Picture:
        """Return the finished picture; call it after the ``with`` block."""
        head, head_px = _head(title, subtitle, self.width)
        body = _tidy(self.raw, head_px)
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{_attribute(alt)}" '
            f'width="{_short(self.width)}" height="{_short(self.height + head_px)}" '
            f'viewBox="0 0 {_short(self.width)} {_short(self.height + head_px)}" font-family="{_attribute(FONTS)}" '
            f'stroke-linejoin="round">{head}{body}</svg>'
        )
        return Picture(svg, alt, title, subtitle, head_px)


@contextmanager
def canvas(height: float, width: float = CHART_PX) -> Iterator[Canvas]:
    """Open a drawing board of ``width`` × ``height`` px and save it when the block ends.

    >>> with canvas(100) as board:
    ...     line = board.sheet().plot([0, 420], [0, 100])
    >>> board.picture(alt="a line").svg[:4]
    '<svg'
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(RC), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph \d+ .*missing from font")
        board = Canvas(Figure(figsize=(width / 72, height / 72), dpi=72), width, height)
        yield board
        buffer = StringIO()
        board.figure.savefig(buffer, format="svg", dpi=72, metadata={"Date": None})
        board.raw = buffer.getvalue()


def _short(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _attribute(text: str) -> str:
    return escape(_legal(text), quote=True)


def _legal(text: str) -> str:
    """Drop the control characters that make XML ill-formed."""
    return "".join(c for c in str(text) if c in "\n\t" or (ord(c) >= 32 and not 0xD800 <= ord(c) <= 0xDFFF))


def _head(title: str, subtitle: str, width: float) -> tuple[str, float]:
    rows, y = [], 0.0
    for text, size, bold, colour in ((title, TITLE_PX, True, INK), (subtitle, TEXT_PX, False, MUTED)):
        for line in wrap(text, width - 4, size, lines=4, bold=bold) if text else []:
            y += size * 1.3
            weight = ' font-weight="600"' if bold else ""
            rows.append(f'<text y="{_short(y)}" font-size="{size}"{weight} fill="{colour}">{_attribute(line)}</text>')
    return (f'<g class="head">{"".join(rows)}</g>', round(y + 12)) if rows else ("", 0)


def _tidy(raw: str, head_px: float) -> str:
    """Strip what matplotlib adds around the drawing: prolog, metadata, page-wide styles, unused ids, spare decimals."""
    body = raw[raw.index(">", raw.index("<svg")) + 1 : raw.rindex("</svg>")]
    body = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>|<style[^>]*>.*?</style>|<defs>\s*</defs>", "", body, flags=re.S)
    used = set(re.findall(r'(?:xlink:href="#|url\(#)([^")]+)', body))
    prefix = "p" + hashlib.sha256(body.encode("utf-8", "replace")).hexdigest()[:8]

    def tag(found: re.Match) -> str:
        text = re.sub(r'\sid="([^"]*)"', lambda i: f' id="{prefix}{i[1]}"' if i[1] in used else "", found[0])
        text = re.sub(r'xlink:href="#([^"]+)"', rf'href="#{prefix}\1"', text)
        text = re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}\1)", text)
        text = re.sub(r"-?\d+\.\d{3,}(?:e-?\d+)?", lambda n: _short(float(n[0])), text)
        text = re.sub(r"font: (?:(\d+|bold) )?([\d.]+)px [^;\"]*", _font, text)
        text = re.sub(r" font-family: [^;\"]*;| transform=\"rotate\(-?0 [^\"]*\)\"", "", text)
        return re.sub(r"\s*\n\s*", " ", text).replace(' "', '"')

    body = re.sub(r">\s+<", "><", re.sub(r"<[^>]*>", tag, body))
    for _ in range(4):  # groups that hold nothing, inside out
        body = re.sub(r'<g/>|<g></g>|<defs></defs>|<g><path d="[^"]*" style="fill: none"/></g>', "", body)
    return f'<g transform="translate(0 {_short(head_px)})">{body}</g>' if head_px else body


def _font(found: re.Match) -> str:
    weight = "font-weight: 600; " if found[1] else ""
    return f"{weight}font-size: {found[2]}px"
