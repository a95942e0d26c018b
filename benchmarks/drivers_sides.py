"""What 05_drivers costs, and what its sample loses, each in a process of its own: ``drivers_sides.py SIDE PARAMS [N]``.

notebook: the whole notebook in a kernel, as a run executes it; parts: what it asks for, one after the other; sampling: each
driver's effect from the answers that the notebook takes and from all; ours and naive: the model of handling time on N
answers, ours and as one would write it with ``statsmodels``. Prints JSON; imports are not counted, reading is, save where a
fit alone is compared.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import voc
from voc.analysis.drivers import within
from voc.analysis.drivers.known import BY_NAME
from voc.analysis.drivers.model import model
from voc.analysis.drivers.rows import MOST, Answers, answers_of
from voc.analysis.drivers.staff import staff
from voc.run.execute import execute
from voc.run.month import Month
from voc.run.plan import NOTEBOOKS, Step
from voc.run.texts import READINGS
from whys_scale import peak

PERIOD, ALL = "2026-10", 10**9


def notebook(params: Path) -> dict:
    """Execute the notebook; the memory is that of the kernel, the only process that this one starts."""
    step = Step("05_drivers", NOTEBOOKS / "05_drivers.ipynb", 2, {"params_file": str(params), "period": PERIOD})
    seconds = execute(step, params.with_name("05_drivers.ipynb"), params)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"seconds": seconds, "worked": used.ru_utime + used.ru_stime, "megabytes": used.ru_maxrss / 1024}


def parts(params: Path) -> dict:
    """Ask for each part as the notebook does, the measured contacts before them."""
    month, spent = voc.open_month(params, PERIOD), {}
    steps = {
        "measured contacts": lambda: month.measured,
        "what drives satisfaction": lambda: month.drivers.found,
        "who leaves after what": lambda: month.drivers.churn,
        "who may leave": lambda: month.drivers.risk,
    }
    for name, step in steps.items():
        started = time.perf_counter()
        step()
        spent[name] = time.perf_counter() - started
    contacts = month.measured.count().to_pyarrow().as_py()
    month.close()
    return spent | {"contacts": contacts, "megabytes": peak()}


def _answers(month: Month, most: int) -> Answers:
    until = pd.Timestamp(month.period.end)
    since = until - pd.Timedelta(days=month.settings.metrics.agent_days)
    return answers_of(
        month.measured, since, until, matter=month.causes.matter, labels=month.causes.labels, read=month.store.frame(READINGS),
        withheld=month.withheld, seed=month.settings.seed, most=most,
    )  # fmt: skip


def sampling(params: Path) -> dict:
    """Compare each driver's effect held alike from a sample with that from all answers, in standard errors of the sample's."""
    month = voc.open_month(params, PERIOD)
    least, found, spent = month.settings.metrics.smallest_group, {}, {}
    sizes = {}
    for name, most in (("sample", MOST), ("all", ALL)):
        answers = _answers(month, most)
        started = time.process_time()
        found[name] = within.within(answers, staff(answers, least).pull).set_index("driver")
        spent[name], sizes[name] = time.process_time() - started, len(answers)
    month.close()
    sample, whole = found["sample"], found["all"]
    half = (sample["within_hi"] - sample["within_lo"]) / 2
    apart = ((sample["within"] - whole["within"]).abs() / (half / 1.96)).dropna()
    wider = (half / ((whole["within_hi"] - whole["within_lo"]) / 2)).dropna()
    return {
        "answers": sizes, "worked": spent, "drivers": len(apart), "apart": float(apart.max()), "driver": str(apart.idxmax()),
        "points": float((sample["within"] - whole["within"]).abs().max()), "wider": float(wider.median()),
        "widest": float(wider.max()), "readings": int((sample["reading"] != whole["reading"]).sum()),
    }  # fmt: skip


def _some(params: Path, count: int) -> Answers:
    """Return about so many answers, of whole customers drawn by lot; for nought all."""
    month = voc.open_month(params, PERIOD)
    answers = _answers(month, count or ALL)
    month.close()
    return answers


def ours(params: Path, count: int) -> dict:
    """Fit handling time's curve with all that came before held alike, agents shrunken; who they are drawn by is part of it."""
    answers = _some(params, count)
    started, worked = time.perf_counter(), time.process_time()
    made = model(answers, BY_NAME["handling"], pull_of_agents=staff(answers, 5).pull)
    told = made.points(made.u, made.u + np.log(2))
    return {
        "seconds": time.perf_counter() - started, "worked": time.process_time() - worked, "n": len(made.rows), "points": told.value,
        "se": told.se, "megabytes": peak(),
    }  # fmt: skip


def naive(params: Path, count: int) -> dict:
    """Fit handling time with a column of ones and noughts for each issue and agent, as ``OrderedModel`` wants it."""
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    answers = _some(params, count)
    driver = BY_NAME["handling"]
    started, worked = time.perf_counter(), time.process_time()
    rows = np.flatnonzero(answers.known(driver))
    columns = [answers.frame[driver.name].iloc[rows].reset_index(drop=True)]
    for name, codes in (("issue", answers.labels[answers.matter][0]), ("agent", answers.agent)):
        columns.append(pd.get_dummies(pd.Series(codes[rows]), prefix=name, drop_first=True, dtype=float))
    x = pd.concat(columns, axis=1)
    made = OrderedModel(answers.y[rows], x, distr="logit").fit(method="bfgs", maxiter=1000, disp=False)
    return {
        "seconds": time.perf_counter() - started, "worked": time.process_time() - worked, "n": len(rows), "columns": x.shape[1],
        "megabytes": peak(), "converged": bool(made.mle_retvals["converged"]),
    }  # fmt: skip


SIDES: dict[str, Callable[..., dict]] = {one.__name__: one for one in (notebook, parts, sampling, ours, naive)}


def main() -> None:
    warnings.simplefilter("ignore")
    side, params, *count = sys.argv[1:]
    print(json.dumps(SIDES[side](Path(params), *map(int, count))))


if __name__ == "__main__":
    main()
