"""A report from a params file: make what is missing, run the notebooks in order, publish when all went well."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib import import_module
from itertools import groupby
from pathlib import Path
from threading import Thread
from typing import Any

from ..data.periods import Period
from ..data.problems import InputError, Problem, did_you_mean
from . import manifest as manifests
from .alert_ledger import ledger_of
from .execute import RunError, execute
from .in_full import write_in_full
from .month import Month
from .plan import ALERTS, Step, base_key, data_hashes, plan, step_key, versions
from .ready import Log, make_sample_if_missing, say
from .settings import Loaded, load_settings, reports_folder


def run(
    params: str | Path,
    *,
    period: str | None = None,
    only: Sequence[str] = (),
    start: str | None = None,
    resume: bool = False,
    continue_on_error: bool = False,
    log: Log = say,
    **overrides: Any,
) -> Path | None:
    """Run a report and return the folder it was published to (None when ``only`` left the front page out).

    ``only`` runs just these notebooks, ``start`` this one and those after it; both use what earlier runs left in the
    store and publish nothing unless all notebooks of the report are there. ``resume`` skips notebooks whose inputs are
    unchanged. With ``continue_on_error`` the remaining notebooks run before the error is raised; nothing is published.

    Raises InputError for wrong settings or data, RunError when a notebook fails.
    """
    began = time.perf_counter()
    loaded = load_settings(params, **overrides)
    if overrides:
        loaded = load_settings(write_in_full(loaded))
    asked = period or loaded.settings.period
    _check_period(asked)
    make_sample_if_missing(loaded, log)
    steps = plan(loaded, asked)
    chosen = _chosen(steps, only, start)
    data = data_hashes(loaded)
    base = base_key(loaded, data)
    said = ledger_of(loaded).verdicts() if any(step.name.startswith(ALERTS) for step in steps) else None
    state = _State(loaded.work / "state.json")
    executed: dict[str, Path] = {}
    failures: list[RunError] = []
    wanted: dict[str, str] = {}
    before, ran, seconds, resolved = "", 0, {}, None
    for stage, group in groupby(steps, key=lambda step: step.stage):
        ready = [_resolved(step, resolved) for step in group]
        keys = {step.name: step_key(step, base, before, said) for step in ready}
        wanted |= keys
        before = "|".join([before, *keys.values()])
        todo = []
        for step in ready:
            executed[step.name] = loaded.work / "executed" / f"{step.name}.ipynb"
            unchanged = state.get(step.name) == keys[step.name] and executed[step.name].exists()
            if step.name in chosen and not (resume and unchanged):
                todo.append(step)
        if todo and not ran:  # what publishing needs takes seconds to import; meanwhile the kernel works
            Thread(target=import_module, args=("voc.run.publish",), daemon=True).start()
        ran += len(todo)
        order, workers = sorted(todo, key=state.longest_first), _workers(loaded.settings.store)
        for step, outcome in _side_by_side(order, executed, loaded.path, log, workers=workers):
            if isinstance(outcome, RunError):
                state.forget(step.name)
                failures.append(outcome)
                if not continue_on_error:
                    raise outcome
            else:
                seconds[step.name] = outcome
                state.put(step.name, keys[step.name], outcome)
        if stage == 0 and not failures:
            resolved = _resolve(loaded, asked)
    if failures:
        raise RunError("\n\n".join(str(failure) for failure in failures))
    stale = [name for name, key in wanted.items() if state.get(name) != key or not executed[name].exists()]
    if stale:
        log(f"not published: {', '.join(stale)} has not been run with these settings, data and code")
        return None
    return _publish(loaded, steps, executed, resolved or asked, before, data, seconds, ran, resume, began, log)


def _check_period(asked: str) -> None:
    try:
        if asked != "latest":
            Period.parse(asked)
    except ValueError as error:
        raise InputError("voc run", [Problem("--period", str(error), "")]) from error


def _chosen(steps: list[Step], only: Sequence[str], start: str | None) -> set[str]:
    names = [step.name for step in steps]
    problems = [
        Problem(f"notebook {name!r}", "is not part of this report", did_you_mean(name, names))
        for name in [*only, *([start] if start else [])]
        if name not in names
    ]
    if problems:
        raise InputError("voc run", problems)
    if only:
        return set(only)
    return set(names[names.index(start) :] if start else names)


def _resolve(loaded: Loaded, asked: str) -> str:
    month = Month(loaded, asked)
    try:
        return month.period.label
    finally:
        month.close()


def _resolved(step: Step, period: str | None) -> Step:
    return replace(step, parameters={**step.parameters, "period": period}) if period else step


def _side_by_side(
    steps: list[Step], executed: dict[str, Path], params: Path, log: Log, *, workers: int
) -> list[tuple[Step, float | RunError]]:
    def one(step: Step) -> tuple[Step, float | RunError]:
        try:
            seconds = execute(step, executed[step.name], params)
        except RunError as error:
            return step, error
        log(f"{step.name}: {seconds:.1f} s")
        return step, seconds

    with ThreadPoolExecutor(max_workers=workers) as pool:
        return list(pool.map(one, steps))


def _workers(store: str | None) -> int:
    """Run notebooks two by two, but one by one where the store is a database file that a single process may open."""
    return 1 if store and store.startswith("duckdb://") else 2


def _publish(
    loaded: Loaded, steps: list[Step], executed: dict[str, Path], period: str, key: str, data: dict[str, str],
    seconds: dict[str, float], ran: int, resume: bool, began: float, log: Log,
) -> Path:  # fmt: skip
    from .publish import publish

    target = reports_folder() / loaded.settings.publish.format(name=loaded.settings.name, period=period)
    old = manifests.read_manifest(target)
    if resume and not ran and old and old.get("key") == key and (target / "index.html").exists():
        log(f"nothing to do: {target / 'index.html'} is up to date")
        return target
    month = Month(loaded, period)
    try:
        earlier = reports_folder() / loaded.settings.publish.format(
            name=loaded.settings.name, period=month.previous.label
        )
        made = manifests.build_manifest(
            loaded,
            period=period,
            key=key,
            data=data,
            versions=versions(),
            seconds={step.name: seconds[step.name] for step in steps if step.name in seconds},
            trail=month.result("audit").to_dict("records"),
            before=manifests.read_manifest(earlier) or old,
        )
        publish(month, steps, executed, target, made)
    except OSError as error:
        what = f"could not write the report: {error.strerror or error} ({error.filename or target})"
        raise RunError(f"{what}; the last good report is untouched") from error
    finally:
        month.close()
    log(f"published {target / 'index.html'} after {time.perf_counter() - began:.1f} s")
    return target


class _State:
    """Which key each notebook last ran with, and how long it took."""

    def __init__(self, path: Path):
        self.path = path
        known = json.loads(path.read_text()) if path.is_file() else {}
        self.keys: dict[str, str] = known.get("keys", {})
        self.seconds: dict[str, float] = known.get("seconds", {})

    def get(self, name: str) -> str | None:
        return self.keys.get(name)

    def put(self, name: str, key: str, seconds: float) -> None:
        self.keys[name], self.seconds[name] = key, round(seconds, 1)
        self._write()

    def forget(self, name: str) -> None:
        self.keys.pop(name, None)
        self._write()

    def longest_first(self, step: Step) -> tuple[float, int]:
        """Put the longest first: begun last, it would be waited for alone. Of what never ran the size is all we know."""
        return -self.seconds.get(step.name, math.inf), -step.path.stat().st_size

    def _write(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        beside = self.path.with_suffix(".tmp")
        beside.write_text(json.dumps({"keys": self.keys, "seconds": self.seconds}, indent=1, sort_keys=True))
        beside.replace(self.path)
