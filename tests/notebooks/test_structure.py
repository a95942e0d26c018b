"""Every notebook as JSON, before anything runs: what makes it readable, repeatable and safe to parameterise."""

import ast
import json
import math
import re
from pathlib import Path

import pytest
from voc.run.parameters import read_parameters

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MOST_LINES = 100  # of code
FEWEST_WORDS = 6  # of prose for each of them


def test_there_are_notebooks():
    assert [path.stem for path in NOTEBOOKS][:2] == ["01_cleaning", "02_scorecard"]


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request) -> Path:
    return request.param


@pytest.fixture
def notebook(path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def sources(notebook: dict, kind: str) -> list[str]:
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == kind]


def tags(cell: dict) -> list[str]:
    return cell["metadata"].get("tags", [])


def code_lines(notebook: dict) -> int:
    """Count lines of code at 120 characters, however thinly a formatter spreads the arguments of a call."""
    written = [line for source in sources(notebook, "code") for line in ast.unparse(ast.parse(source)).splitlines()]
    return sum(math.ceil(len(line) / 120) for line in written)


def nodes(notebook: dict):
    for source in sources(notebook, "code"):
        yield from ast.walk(ast.parse(source))


def test_one_parameters_cell_of_literals_each_with_its_meaning(path, notebook):
    found = [cell for cell in notebook["cells"] if "parameters" in tags(cell)]
    assert len(found) == 1
    assert found[0]["cell_type"] == "code"
    assert {"params_file", "period"} <= read_parameters(path).keys()  # raises on anything but `name = literal`
    for line in "".join(found[0]["source"]).splitlines():
        assert re.search(r"\S  # \S.{8,}", line), f"say what this means, in which unit: {line}"


def test_parameters_stand_before_their_use(notebook):
    cells = notebook["cells"]
    at = next(number for number, cell in enumerate(cells) if "parameters" in tags(cell))
    before = [cell for cell in cells[:at] if cell["cell_type"] == "code"]
    assert len(before) == 1  # the imports
    assert all(line.startswith(("import ", "from ")) for line in "".join(before[0]["source"]).splitlines() if line)


def test_the_kernel_is_the_one_that_every_machine_has(notebook):
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert notebook["metadata"]["kernelspec"]["language"] == "python"
    assert (notebook["nbformat"], notebook["nbformat_minor"] >= 5) == (4, True)
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])


def test_one_title_first(notebook):
    titles = re.findall(r"^# .+$", "\n".join(sources(notebook, "markdown")), flags=re.MULTILINE)
    assert len(titles) == 1
    opening = "".join(notebook["cells"][0]["source"])
    assert opening.startswith(titles[0])
    assert "?" in opening  # the question
    assert "cannot" in opening or "no figure of its own" in opening  # its limit


def test_no_functions_classes_or_paths(notebook):
    for node in nodes(notebook):
        assert not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda), ast.unparse(
            node
        )
        assert not (isinstance(node, ast.Attribute) and ast.unparse(node) == "sys.path"), "import the installed package"
        assert not (isinstance(node, ast.ImportFrom) and any(name.name == "*" for name in node.names))


def test_no_warning_is_silenced_wholesale(notebook):
    for node in nodes(notebook):
        name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
        assert not (
            name.endswith(("simplefilter", "filterwarnings"))
            and not any(key.arg == "category" for key in node.keywords)
        )
    assert not re.search(r"^\s*[%!]", "\n".join(sources(notebook, "code")), flags=re.MULTILINE)  # nor shell nor magics


def test_no_outputs_but_those_that_are_compared(notebook):
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and "keep_output" not in tags(cell):
            assert cell["outputs"] == []
            assert cell["execution_count"] is None
        assert not set(cell["metadata"]) - {"tags"}  # no traces of a run


def test_it_is_short(notebook):
    assert code_lines(notebook) <= MOST_LINES
    assert all(len(source.splitlines()) <= 40 for source in sources(notebook, "code"))


def test_it_explains_itself(notebook):
    words = sum(len(source.split()) for source in sources(notebook, "markdown"))
    assert words >= FEWEST_WORDS * code_lines(notebook)


def test_no_figure_is_typed_into_prose(notebook):
    """Results change each month; per cents and decimals in the words would not."""
    prose = re.sub(r"\b95 ?%", "", "\n".join(sources(notebook, "markdown")))
    assert re.findall(r"\d+(?:\.\d+)? ?%|\d+\.\d+", prose) == []


def test_it_ends_with_conclusions_and_saves_its_tables(notebook):
    cells = notebook["cells"]
    saving = [
        at for at, cell in enumerate(cells) if cell["cell_type"] == "code" and "month.save(" in "".join(cell["source"])
    ]
    assert saving
    assert "".join(cells[-1]["source"]).strip() == "month.close()"
    headings = [
        line
        for cell in cells[: saving[0]]
        if cell["cell_type"] == "markdown"
        for line in "".join(cell["source"]).splitlines()
        if line.startswith("## ")
    ]
    assert re.search(r"[Cc]onclusion|[Vv]erdict|take from this", headings[-1]), headings[-1]


def test_every_section_begins_with_words(notebook):
    for source in sources(notebook, "markdown"):
        for part in re.split(r"^#+ .*$", source, flags=re.MULTILINE)[1:]:
            assert len(part.split()) >= 15, source[:60]
