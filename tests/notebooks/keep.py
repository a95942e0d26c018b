"""Write the outputs of the compared cells back into the notebooks: run after a change that is meant to change them.

``python tests/notebooks/keep.py`` takes them from the last run of params/sample.yml.
"""

from pathlib import Path

import nbformat
from voc.run.runner import run
from voc.run.settings import load_settings

ROOT = Path(__file__).parents[2]


def keep(path: Path, executed: Path) -> None:
    """Copy outputs and counts of cells tagged keep_output; strip everything else."""
    notebook, ran = nbformat.read(path, as_version=4), nbformat.read(executed, as_version=4)
    done = {cell.source: cell for cell in ran.cells if cell.cell_type == "code"}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        cell.outputs, cell.execution_count = [], None
        if "keep_output" in cell.metadata.get("tags", []):
            cell.outputs, cell.execution_count = done[cell.source].outputs, done[cell.source].execution_count
    nbformat.write(notebook, path)


if __name__ == "__main__":
    run("params/sample.yml", resume=True)
    work = load_settings("params/sample.yml").work
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        keep(path, work / "executed" / path.name)
