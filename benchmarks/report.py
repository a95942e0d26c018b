"""What the monthly report itself costs: a warm run on the sample, and the set-up of an empty machine."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "reports" / ".work" / "bench"


def warm_report() -> tuple[float, dict[str, dict[str, float]]]:
    """Run the sample's report beside the real one, with the sample already there; return seconds, in all and by part.

    The parts of each notebook are its kernel's start (until the first cell runs), its imports cell and the other cells;
    ``around`` is what lies before, between and after notebooks: settings, hashes, pages, exports, saving.
    """
    params = _own_params()
    while True:
        start = time.perf_counter()
        done = subprocess.run(
            [Path(sys.executable).with_name("voc"), "run", params], capture_output=True, text=True, check=False
        )
        seconds = time.perf_counter() - start
        if done.returncode:
            raise RuntimeError(f"the report did not run:\n{done.stderr}")
        if "sample (seed" not in done.stderr:  # else the sample had to be made: not warm
            break
    return seconds, _parts(seconds)


def _own_params() -> Path:
    """Copy params, so that the run leaves the last good report and its store alone."""
    folder = FOLDER / "params"
    shutil.copytree(ROOT / "params", folder, dirs_exist_ok=True)
    params = folder / "bench.yml"
    params.write_text('extends: sample.yml\nname: bench-report\npublish: "{name}/{period}"\n')
    return params


def _parts(seconds: float) -> dict[str, dict[str, float]]:
    parts: dict[str, dict[str, float]] = {}
    for path in sorted((ROOT / "reports" / ".work" / "bench-report" / "executed").glob("*.ipynb")):
        notebook = json.loads(path.read_text())
        ran = [cell for cell in notebook["cells"] if cell["metadata"].get("papermill", {}).get("start_time")]
        times = [_span(cell["metadata"]["papermill"]) for cell in ran]
        imports = next(n for n, cell in enumerate(ran) if re.search(r"^(import|from) ", "".join(cell["source"]), re.M))
        code = [n for n, cell in enumerate(ran) if cell["cell_type"] == "code"]
        began = _span(notebook["metadata"]["papermill"])[0]
        parts[path.stem] = {
            "kernel start": (times[code[0]][0] - began).total_seconds(),
            "imports": (times[imports][1] - times[imports][0]).total_seconds(),
            "work": sum((times[n][1] - times[n][0]).total_seconds() for n in code if n != imports),
        }
    known = sum(sum(part.values()) for part in parts.values())
    return parts | {"around": {"the notebooks": seconds - known}}


def _span(papermill: dict[str, str]) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(papermill["start_time"]), datetime.fromisoformat(papermill["end_time"])


def set_up() -> float:
    """Make an environment from the lock in a folder of its own, as ``make`` does; return seconds."""
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder) / "bin" / "python"
        start = time.perf_counter()
        subprocess.run(["python3", "-m", "venv", folder], check=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        subprocess.run([*pip, "--require-hashes", "-r", ROOT / "requirements.lock"], check=True)
        return time.perf_counter() - start
