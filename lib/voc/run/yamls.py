"""YAML without its traps, and pydantic's complaints in words an analyst can act on.

Only ``true`` and ``false`` are flags (``no`` stays a word), ``010`` is not eight, a key that stands twice is an error,
and every problem names file, line and setting.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError

from ..data.problems import InputError, Problem, did_you_mean, shorten

Model = TypeVar("Model", bound=BaseModel)


class _Loader(yaml.SafeLoader):
    """YAML 1.2's core: true/false, plain decimal integers and floats, dates."""


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern) for tag, pattern in resolvers if tag in ("tag:yaml.org,2002:null", "tag:yaml.org,2002:timestamp")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^[-+]?(?:0|[1-9][0-9]*)\.[0-9]+(?:[eE][-+]?[0-9]+)?$"), list("-+0123456789")
)


def _timestamp(loader: _Loader, node: yaml.ScalarNode) -> Any:
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError as error:
        raise yaml.constructor.ConstructorError(
            None, None, f"{node.value} is no date ({error})", node.start_mark
        ) from error


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _timestamp)


def load_value(text: str) -> Any:
    """Read one value as a params file would; raise ValueError when it is none.

    >>> load_value("no"), load_value("7")
    ('no', 7)
    """
    try:
        return yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise ValueError(f"{text!r} is no value") from error


def load_yaml(path: Path) -> tuple[dict[str, Any], dict[tuple, int]]:
    """Read a mapping from a YAML file.

    Returns the values and, for each setting (a tuple of keys), its line. Raises InputError for a missing or empty file,
    bad YAML, or a key that stands twice.
    """
    if not path.is_file():
        near = (
            did_you_mean(path.name, sorted(p.name for p in path.parent.glob("*.yml"))) if path.parent.is_dir() else ""
        )
        raise InputError(str(path), [Problem("file", "does not exist", near)])
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=_Loader)
        values = yaml.load(text, Loader=_Loader)
    except (yaml.YAMLError, UnicodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else "file"
        what = getattr(error, "problem", None) or str(error)
        raise InputError(
            str(path), [Problem(where, f"is no YAML: {what}", "Mind indentation, colons and quotes.")]
        ) from error
    if not isinstance(values, dict):
        raise InputError(str(path), [Problem("file", "holds no settings", "Write `name: value` lines.")])
    lines, twice = {}, []
    _walk(node, (), lines, twice)
    if twice:
        raise InputError(str(path), twice)
    return values, lines


def _walk(node: yaml.Node, at: tuple, lines: dict[tuple, int], twice: list[Problem]) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*at, key.value)
            if here in lines:
                first, second = lines[here], key.start_mark.line + 1
                twice.append(Problem(f"line {second}", f"{key.value!r} stands already in line {first}", "Keep one."))
            lines[here] = key.start_mark.line + 1
            _walk(value, here, lines, twice)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            lines[(*at, number)] = value.start_mark.line + 1
            _walk(value, (*at, number), lines, twice)


def typed(model: type[Model], values: dict[str, Any], path: Path, lines: dict[tuple, int] | None = None) -> Model:
    """Validate settings; raise one InputError that lists every problem with its line and cure."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        problems = [_problem(model, item, lines or {}) for item in error.errors()]
        raise InputError(str(path), problems) from error


def _problem(model: type[BaseModel], item: dict[str, Any], lines: dict[tuple, int]) -> Problem:
    at = tuple(part for part in item["loc"] if part != "[key]")
    line = next((lines[at[:end]] for end in range(len(at), 0, -1) if at[:end] in lines), None)
    where = ".".join(str(part) for part in at) + (f" (line {line})" if line else "")
    if item["type"] == "extra_forbidden":
        return Problem(where, "unknown name", did_you_mean(str(at[-1]), _names(model, at[:-1])))
    if item["type"] == "missing":
        return Problem(where, "is missing", "Write it.")
    if item["type"] == "union_tag_not_found":
        return Problem(where, f"{item['ctx']['discriminator'].strip(chr(39))} is missing", "Write it.")
    if item["type"] == "value_error":
        return Problem(where or str(model.__name__), str(item["ctx"]["error"]), "")
    found = "" if isinstance(item["input"], dict | list) else f"{shorten(item['input'])} does not fit: "
    return Problem(where, found + item["msg"][0].lower() + item["msg"][1:], "")


def _names(model: type[BaseModel], at: tuple) -> list[str]:
    models = [model]
    for part in at:
        fields = [one.model_fields[str(part)] for one in models if str(part) in one.model_fields]
        inner = [found for field in fields for found in _models_in(field.annotation)]
        models = inner or [one for one in models if _is_called(one, part)] or models
    return [field.alias or name for name, field in models[0].model_fields.items()]


def _models_in(kind: Any) -> list[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return [kind]
    return [found for part in getattr(kind, "__args__", ()) for found in _models_in(part)]


def _is_called(model: type[BaseModel], tag: Any) -> bool:
    """Tell whether a model is the one of several that is chosen by this word."""
    return any(get_args(field.annotation) == (tag,) for field in model.model_fields.values())


def expand(text: str) -> str:
    """Fill ``${NAME}`` and ``${NAME:-default}`` from the environment; a name without value or default is an error."""

    def value(match: re.Match) -> str:
        name, default = match["name"], match["default"]
        found = os.environ.get(name) or default
        if found is None:
            raise ValueError(f"the environment variable {name} is not set")
        return found

    return re.sub(r"\$\{(?P<name>\w+)(?::-(?P<default>[^}]*))?\}", value, text)
