"""Notebooks that run two by two leave the process that runs them where it was."""

import os
from pathlib import Path

import nbformat
import nbformat.v4 as v4
from voc.run.plan import Step
from voc.run.runner import _side_by_side


def notebook(path: Path, seconds: float) -> None:
    cells = [
        v4.new_code_cell("period = ''", metadata={"tags": ["parameters"]}),
        v4.new_code_cell(f"import os, time; time.sleep({seconds}); print(os.getcwd())"),
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(v4.new_notebook(cells=cells, metadata=kernel), path)


def test_notebooks_run_in_their_own_folder_and_leave_ours_alone(tmp_path, monkeypatch):
    folder = tmp_path / "notebooks"
    folder.mkdir()
    steps, out, before = [], {}, str(Path.cwd())
    for name, seconds in {"a": 0.2, "b": 2.0}.items():
        notebook(folder / f"{name}.ipynb", seconds)
        steps.append(Step(name, folder / f"{name}.ipynb", 1, {}))
        out[name] = tmp_path / "executed" / f"{name}.ipynb"
    went, really = [], os.chdir  # which of two ends first is a race: hold every change of folder, not the last one only
    monkeypatch.setattr(os, "chdir", lambda path: (went.append(str(path)), really(path)))
    outcomes = _side_by_side(steps, out, tmp_path / "params.yml", lambda line: None, workers=2)
    assert all(isinstance(seconds, float) for _, seconds in outcomes)
    said = [nbformat.read(path, as_version=4).cells[-1].outputs[0].text.strip() for path in out.values()]
    assert said == [str(folder)] * 2
    assert str(Path.cwd()) == before and set(went) <= {before}
