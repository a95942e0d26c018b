"""A notebook becomes a page for readers: no code, no script, nothing from the network, nothing unescaped.

Only four things are published: the notebook's prose, pictures made by ``voc.report.charts``, markup made by
``voc.report.tables`` and ``voc.report.front`` (known by their mark), and plain text, escaped. An error or a
traceback in the notebook stops the export; warnings on stderr are left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from itertools import count
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from voc.report.canvas import Picture
from voc.report.folds import figure
from voc.report.tables import TRUSTED, Html, esc, plain, safe_href, slug

TEMPLATE = Path(__file__).parent / "template"
LARGEST = 2_000_000  # bytes: a page must open from a mail on a phone
SHOWN = ("image/svg+xml", "text/html", "text/markdown", "text/plain")


class PageError(Exception):
    """A notebook that cannot be published as it is; the message says which cell and what to do."""


def export_page(
    notebook: NotebookNode | str | Path,
    *,
    out: Path,
    title: str,
    lang: str = "en",
    nav: Sequence[tuple[str, str, bool]] = (),
    foot_html: Html | None = None,
) -> Path:
    """Write ``notebook`` (a node, or the path of an executed .ipynb) as one HTML file ``out`` and return its path.

    ``title`` names the browser tab, and the page when the notebook has no heading of the first level. ``nav`` lists
    (label, href, is this page) of the report's pages. Cells tagged ``lab-only`` are left out.

    Raises :class:`PageError` when a cell holds an error, or when the page is over 2 MB.

    >>> import tempfile
    >>> note = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Hello")])
    >>> export_page(note, out=Path(tempfile.mkdtemp()) / "hello.html", title="Hello").stat().st_size < 30_000
    True
    """
    node = notebook if isinstance(notebook, NotebookNode) else nbformat.read(Path(notebook), as_version=4)
    name = "notebook" if isinstance(notebook, NotebookNode) else str(notebook)
    ready = _publishable(node, name)
    css = (TEMPLATE / "page.css").read_text(encoding="utf-8")
    voc = {"title": title, "lang": lang, "nav": list(nav), "foot": foot_html.html if foot_html else "", "css": css}
    html, _ = _exporter().from_notebook_node(ready, resources={"voc": voc})
    html = re.sub(r"\n\s*\n+", "\n", html)
    size = len(html.encode())
    if size > LARGEST:
        raise PageError(f"{out.name} would be {size:,} bytes, the limit is {LARGEST:,}: show fewer pictures or rows.")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(html, encoding="utf-8", newline="\n")
    return out


def _exporter() -> Any:
    """Return nbconvert's template exporter; its HTML exporter would parse the finished page once more."""
    from nbconvert import TemplateExporter

    exporter = TemplateExporter(
        template_name=TEMPLATE.name, template_file="index.html.j2", extra_template_basedirs=[str(TEMPLATE.parent)]
    )
    exporter.register_filter("highlight_code", lambda source, **_: "")  # named by the template we build on
    exporter.register_filter("prose", _prose())
    exporter.register_filter("figure", _figure)
    exporter.register_filter("named", _named)
    exporter.register_filter("with_contents", _with_contents)
    exporter.register_filter("safe_href", safe_href)
    return exporter


def _publishable(notebook: NotebookNode, name: str) -> NotebookNode:
    """Return a copy that holds only what readers may see; neighbouring pictures are marked as one group."""
    cells, previous = [], None
    for number, cell in enumerate(notebook.cells, start=1):
        if "lab-only" in cell.metadata.get("tags", []):
            continue
        if cell.cell_type == "markdown" and cell.source.strip():
            cells.append(nbformat.v4.new_markdown_cell(cell.source, id=f"cell-{number}"))
            previous = None
        if cell.cell_type != "code":
            continue
        outputs = []
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                raise PageError(
                    f"{name}, cell {number}: {output.get('ename')}: {output.get('evalue')}. "
                    "A page is made only from a notebook that ran to its end: mend the cell and run it again."
                )
            kept = _kept(output)
            if kept is None:
                continue
            is_picture = "image/svg+xml" in kept.get("data", {})
            previous = _grouped(kept, previous) if is_picture else None
            outputs.append(kept)
        cells.append(nbformat.v4.new_code_cell("", outputs=outputs, id=f"cell-{number}"))
    return nbformat.v4.new_notebook(cells=cells)


def _grouped(picture: NotebookNode, previous: NotebookNode | None) -> NotebookNode:
    """Mark where a group of neighbouring pictures opens and closes; pictures to fold are a group of their own, by names."""
    fold = picture.metadata["image/svg+xml"].get("fold", "")
    alike = previous is not None and bool(fold) == bool(previous.metadata["folded"])
    folded = previous.metadata["folded"] if alike else []  # one list for the group: its first picture names them all
    if fold:
        folded.append(fold)
    picture.metadata |= {"opens": not alike, "closes": True, "folded": folded}
    if alike:
        previous.metadata["closes"] = False
    return picture


def _kept(output: NotebookNode) -> NotebookNode | None:
    if output.output_type == "stream":
        return output if output.get("name") == "stdout" and output.text.strip() else None
    meta = output.get("metadata", {})
    data = {kind: output.data[kind] for kind in SHOWN if kind in output.get("data", {})}
    if "text/html" in data and not meta.get("text/html", {}).get(TRUSTED):
        del data["text/html"]
    if "image/svg+xml" in data and "head_px" not in meta.get("image/svg+xml", {}):
        del data["image/svg+xml"]
    return nbformat.v4.new_output("display_data", data=data, metadata=dict(meta)) if data else None


def _figure(output: NotebookNode) -> str:
    meta, svg = output.metadata["image/svg+xml"], output.data["image/svg+xml"]
    return figure(Picture(svg, "", meta.get("title", ""), meta.get("subtitle", ""), float(meta["head_px"]))).html


def _named(names: list[str]) -> str:
    """Join names as a sentence does.

    >>> _named(["channel", "product", "region"])
    'channel, product or region'
    """
    return esc(" or ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names))


def _prose() -> Any:
    """Return the markdown filter: raw HTML is escaped, pictures from elsewhere become their words."""
    import mistune

    class Renderer(mistune.HTMLRenderer):
        def image(self, text: str, url: str, title: str | None = None) -> str:
            inline = re.match(r"data:image/(png|jpeg|gif|webp);base64,[\w+/=]+$", url)
            return f'<img src="{url}" alt="{escape(text)}">' if inline else escape(text)

        def link(self, text: str, url: str, title: str | None = None) -> str:
            return f'<a href="{safe_href(url)}">{text}</a>'

        def heading(self, text: str, level: int, **attrs: Any) -> str:
            named = re.search(r"\s*\{#([\w-]+)\}\s*$", text)
            text = text[: named.start()] if named else text
            return f'<h{level} id="{named[1] if named else slug(plain(text))}">{text}</h{level}>\n'

    return mistune.create_markdown(renderer=Renderer(escape=True), plugins=["table", "strikethrough"])


def _with_contents(html: str, title: str) -> str:
    """Give every heading an id of its own, the page a first heading, and put the contents below it."""
    taken: set[str] = set()

    def unique(found: re.Match) -> str:
        name, number = found["id"], 2
        while name in taken:
            name, number = f"{found['id']}-{number}", number + 1
        taken.add(name)
        return f'<{found["tag"]} id="{name}"'

    numbers = count()
    html = re.sub(r"<svg .*?</svg>", lambda svg: _own_ids(svg[0], next(numbers)), html, flags=re.S)
    html = re.sub(r'<(?P<tag>h[1-6]|section) id="(?P<id>[^"]*)"', unique, html)
    if "<h1" not in html:
        html = f'<h1 id="{slug(title)}">{esc(title)}</h1>\n{html}'
    heads = re.findall(r'<h2 id="([^"]*)"[^>]*>(.*?)</h2>', html, flags=re.S)
    items = "".join(f'<li><a href="#{name}">{esc(plain(text))}</a></li>' for name, text in heads)
    contents = (
        f'<nav class="contents" aria-label="Contents of this page"><ul>{items}</ul></nav>' if len(heads) > 1 else ""
    )
    end = re.search(r"</header>", html) or re.search(r"</h1>", html)
    return html[: end.end()] + contents + html[end.end() :]


def _own_ids(svg: str, number: int) -> str:
    """Give the shapes of a picture ids of their own: the same picture may stand twice on a page."""
    names = "|".join(set(re.findall(r' id="(p[0-9a-f]{8}\w+)"', svg)))
    return re.sub(rf'(id="|href="#|url\(#)({names})\b', rf"\g<1>s{number}\g<2>", svg) if names else svg
