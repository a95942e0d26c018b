"""Run one notebook with papermill and, when it fails, say where and why in words an analyst can act on."""

from __future__ import annotations

import logging
import os
import re
import sys
import time
from pathlib import Path

from .plan import Step

ANSI = re.compile(r"\x1b\[[0-9;]*m")


class RunError(RuntimeError):
    """A run that did not end: what failed, where, and what is left of it."""


def execute(step: Step, out: Path, params: Path) -> float:
    """Execute a notebook to ``out`` in a fresh kernel; return the seconds it took.

    Raises RunError naming the params file, the notebook, the cell, its heading, the message and the partial notebook.
    """
    import papermill
    from nbclient.exceptions import DeadKernelError

    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")  # BLAS threads change the last digits of sums
    logging.getLogger("papermill").setLevel(logging.ERROR)
    out.parent.mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    try:
        papermill.execute_notebook(
            str(step.path),
            str(out),
            parameters=step.parameters,
            kernel_name="python3",
            language="python",
            progress_bar=sys.stderr.isatty(),
            # papermill's own cwd= changes the whole process's folder, and two notebooks run side by side in threads
            resources={"metadata": {"path": str(step.path.parent)}},
            autosave_cell_every=0,
            extra_arguments=["--IPKernelApp.log_level=50"],  # the kernel warns of TCP at each start
            shutdown_kernel="immediate",  # its last cell closed the store; a kernel's farewell takes most of a second
        )
    except papermill.PapermillExecutionError as error:
        raise RunError(_failure(step, out, params, error.exec_count, f"{error.ename}: {error.evalue}")) from error
    except DeadKernelError as error:
        what = "the kernel died (killed, or out of memory)"
        raise RunError(_failure(step, out, params, None, what)) from error
    except OSError as error:
        raise RunError(
            _failure(step, out, params, None, f"{error.strerror or error} ({error.filename or out})")
        ) from error
    return time.perf_counter() - start


def _failure(step: Step, out: Path, params: Path, count: int | None, what: str) -> str:
    cell, heading = _where(out)
    lines = [
        f"{step.name} failed; the last good report is untouched.",
        f"  params file: {params}",
        f"  notebook:    {step.path}",
    ]
    if cell:
        lines.append(f"  cell:        {cell}" + (f", under «{heading}»" if heading else ""))
    lines.append("  message:     " + ANSI.sub("", what).replace("\n", "\n               "))
    if out.exists():
        lines.append(f"  partial:     {out}")
    return "\n".join(lines)


def _where(out: Path) -> tuple[int | None, str]:
    """Find the cell that failed, or else the last that ran, and the heading above it."""
    if not out.exists():
        return None, ""
    import nbformat.reader

    try:
        cells = nbformat.read(out, as_version=4).cells
    except (nbformat.reader.NotJSONError, nbformat.ValidationError):  # a disk that ran full leaves half a notebook
        return None, ""
    failed = [
        number for number, cell in enumerate(cells) if any(o.output_type == "error" for o in cell.get("outputs", []))
    ]
    begun = [number for number, cell in enumerate(cells) if cell.metadata.get("papermill", {}).get("start_time")]
    at = (failed or begun[-1:] or [None])[0]
    if at is None:
        return None, ""
    text = "\n".join(cell.source for cell in cells[:at] if cell.cell_type == "markdown")
    headings = re.findall(r"^#+ +(.+)$", text, flags=re.MULTILINE)
    return at + 1, headings[-1] if headings else ""
