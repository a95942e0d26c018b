"""Read a taxonomy file and tell all that is wrong with it at once: where, what was found, what to change.

Every value of the file is taken as the words that stand there: ``no`` is no flag, ``010`` no eight, ``12.03`` no number.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from voc.data.problems import InputError, Problem, did_you_mean, shorten

from ..scripts import SCRIPT_LANGUAGES
from .model import MOST_ROOTS, NOBODY, SEVERITIES, Root, Sub, Taxonomy
from .units import SHORTEST_STEM, units

LANGUAGES = sorted({code for codes in SCRIPT_LANGUAGES.values() for code in codes})
TOP, ROOT, SUB = ("tags", "roots"), ("owner", "severity", "subs"), ("owner", "severity", "tags", "keywords")
SHORTEST_CHINESE = 2
_FORMS = {dict: "names with values below them", list: "a list: [one, another]", str: "one word or phrase"}


def read(path: str | Path) -> Taxonomy:
    """Read a taxonomy file.

    Returns the taxonomy. Raises InputError with every problem of the file, each with its place and line; what only asks
    for care (nobody named as owner) is told by ``checked``.

    Example:
        ``read("params/taxonomy.yml").names()``
    """
    return checked(path)[0]


def checked(path: str | Path) -> tuple[Taxonomy, list[Problem]]:
    """Read a taxonomy file and return it with what asks for care but stops nothing; raise InputError as ``read`` does."""
    path = Path(path)
    try:
        node = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=yaml.BaseLoader)
    except FileNotFoundError as error:
        near = did_you_mean(path.name, sorted(one.name for one in path.parent.glob("*.yml")))
        raise InputError(str(path), [Problem("file", "does not exist", near)]) from error
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        where, what = f"line {mark.line + 1}" if mark else "file", getattr(error, "problem", None) or str(error)
        cure = "Mind indentation, colons and quotes; save it as UTF-8."
        raise InputError(str(path), [Problem(where, f"cannot be read: {what}", cure)]) from error
    reader = _Reader()
    taxonomy = reader.taxonomy(node)
    if reader.problems:
        raise InputError(str(path), reader.problems)
    return taxonomy, reader.care


class _Reader:
    """Walks the file once and notes what is wrong on the way."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.care: list[Problem] = []
        self.names: dict[str, str] = {}
        self.phrases: dict[tuple, tuple[str, str, str]] = {}
        self.tags: dict[str, str] = {}

    def wrong(self, where: str, what: str, cure: str) -> None:
        self.problems.append(Problem(where, what, cure))

    def taxonomy(self, node: yaml.Node | None) -> Taxonomy:
        top = dict(self._entries(node, "file", TOP)) if node is not None else {}
        self.tags = {name: self._text(value, at) for name, (value, at) in self._named(top.get("tags"), "tags")}
        roots = [self._root(name, value, at) for name, (value, at) in self._named(top.get("roots"), "roots")]
        if not roots and not self.problems:
            self.wrong("roots", "there is no root category", f"Write 1 to {MOST_ROOTS} below `roots:`.")
        if len(roots) > MOST_ROOTS:
            names = ", ".join(root.name for root in roots[MOST_ROOTS:])
            self.wrong(
                "roots",
                f"there are {len(roots)} root categories, at most {MOST_ROOTS} are allowed (too many: {names})",
                "Make the small ones subcategories of another, or a cross tag.",
            )
        return Taxonomy(tuple(roots), self.tags)

    def _root(self, name: str, node: yaml.Node, at: str) -> Root:
        self._once(name, at)
        parts = dict(self._entries(node, at, ROOT))
        severity = self._severity(parts.get("severity"), _below(at, "severity"), SEVERITIES[0])
        owner = self._owner(parts.get("owner"), at, "")
        below = list(self._named(parts.get("subs"), _below(at, "subs")))
        if not below:
            self.wrong(_line(at, node), "has no subcategory", "Write at least one below `subs:`, or take the root out.")
        subs = tuple(self._sub(name, value, place, owner, severity) for name, (value, place) in below)
        return Root(name, owner, severity, subs)

    def _sub(self, name: str, node: yaml.Node, at: str, owner: str, severity: str) -> Sub:
        self._once(name, at)
        parts = dict(self._entries(node, at, SUB))
        tags = tuple(self._list(parts.get("tags"), _below(at, "tags")))
        for tag, place in tags:
            if tag not in self.tags:
                known = did_you_mean(tag, self.tags) if self.tags else "Explain it below `tags:` first."
                self.wrong(place, f"the tag {shorten(tag)} is unknown", known)
        keywords = {}
        for language, (value, place) in self._named(parts.get("keywords"), _below(at, "keywords")):
            if language not in LANGUAGES:
                self.wrong(place, f"{shorten(language)} is no language code", did_you_mean(language, LANGUAGES))
            keywords[language] = tuple(self._keywords(name, language, value, place))
        if not any(keywords.values()):
            self.wrong(_line(at, node), "has no keyword", "Write some below `keywords: {en: [...]}`, or take it out.")
        return Sub(
            name,
            keywords,
            self._severity(parts.get("severity"), _below(at, "severity"), severity),
            self._owner(parts.get("owner"), at, owner),
            tuple(tag for tag, _ in tags),
        )

    def _keywords(self, sub: str, language: str, node: yaml.Node, at: str) -> Iterator[str]:
        for keyword, place in self._list(node, at):
            parts = units(keyword)
            short = [unit.form for unit in parts if unit.kind == "han" and len(unit.form) < SHORTEST_CHINESE]
            cut = [unit.form for unit in parts if unit.kind == "start" and len(unit.form) < SHORTEST_STEM]
            if not parts or (not short and all(len(unit.form) < 2 for unit in parts)):
                self.wrong(
                    place, f"{shorten(keyword)} holds no word that can be looked for", "Write a word or a phrase."
                )
            elif short:
                what = f"{shorten(keyword)}: one character ({', '.join(short)}) stands inside many other words"
                self.wrong(place, what, f"Write {SHORTEST_CHINESE} characters or more between spaces.")
            elif cut:
                what = f"{shorten(keyword)}: {', '.join(f'{form}*' for form in cut)} begins too many words"
                self.wrong(place, what, f"Write {SHORTEST_STEM} letters or more before the *.")
            elif (other := self.phrases.setdefault(parts, (sub, keyword, place))) and other[0] != sub:
                same = "" if other[1] == keyword else f" (as {shorten(other[1])}, which has the same stems)"
                what = f"{shorten(keyword)} stands in {shorten(other[0])} too{same}, {other[2]}"
                self.wrong(place, what, "Keep it where it belongs, or write a longer phrase in each.")
            yield keyword

    def _once(self, name: str, at: str) -> None:
        known = self.names.setdefault(name.casefold(), at)
        is_own_sub = at.startswith(_below(known, ""))
        if known != at and not is_own_sub:
            self.wrong(at, f"the name {shorten(name)} stands twice, first in {known}", "Rename one.")

    def _severity(self, node: Any, at: str, default: str) -> str:
        if not node:
            return default
        found = self._text(*node)
        if found not in SEVERITIES:
            self.wrong(_line(at, node[0]), f"{shorten(found)} is no severity", f"Write {', '.join(SEVERITIES)}.")
            return default
        return found

    def _owner(self, node: Any, at: str, default: str) -> str:
        found = self._text(*node) if node else default
        if (not found or found.startswith(NOBODY)) and not (default and not node):
            self.care.append(Problem(at, "nobody is named who takes it up", "Write `owner:` with a team or a role."))
        return found

    def _named(self, entry: Any, at: str) -> Iterator[tuple[str, tuple[yaml.Node, str]]]:
        return self._entries(entry[0], at) if entry else iter(())

    def _entries(self, node: yaml.Node, at: str, allowed: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple]]:
        """Yield the entries of a mapping with their places; note names that are unknown or stand twice."""
        first: dict[str, int] = {}
        for key, value in self._of(node, yaml.MappingNode, dict, at):
            name, line = str(key.value), key.start_mark.line + 1
            place = f"{name if at == 'file' else _below(at, name)} (line {line})"
            if not name.strip() or not isinstance(key, yaml.ScalarNode):
                self.wrong(f"line {line}", "a name is empty or no word", "Write a name before the colon.")
            elif name in first:
                self.wrong(place, f"{shorten(name)} stands already in line {first[name]}", "Keep one.")
            elif allowed and name not in allowed:
                self.wrong(place, "unknown name", did_you_mean(name, allowed))
            else:
                first[name] = line
                yield name, (value, place)

    def _list(self, entry: Any, at: str) -> Iterator[tuple[str, str]]:
        node = entry[0] if isinstance(entry, tuple) else entry
        for value in self._of(node, yaml.SequenceNode, list, at) if node is not None else ():
            place = _line(at, value)
            word = self._text(value, place)
            if word:
                yield word, place

    def _of(self, node: yaml.Node, kind: type, form: type, at: str) -> list:
        if isinstance(node, kind):
            return node.value
        if not (isinstance(node, yaml.ScalarNode) and not node.value):
            self.wrong(_line(at, node), "does not fit", f"Write {_FORMS[form]}.")
        return []

    def _text(self, node: yaml.Node, at: str) -> str:
        if not isinstance(node, yaml.ScalarNode):
            self.wrong(_line(at, node), "does not fit", f"Write {_FORMS[str]}.")
            return ""
        return str(node.value).strip()


def _below(at: str, name: str) -> str:
    return f"{at.split(' (line ')[0]}.{name}"


def _line(at: str, node: yaml.Node) -> str:
    return at if "(line" in at else f"{at} (line {node.start_mark.line + 1})"
