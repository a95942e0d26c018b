"""What must be there before a notebook can begin: the embedded sample, where params ask for it."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

from .plan import code_key
from .settings import Loaded

Log = Callable[[str], None]


def say(line: str) -> None:
    """Print a line of progress at once."""
    print(line, file=sys.stderr, flush=True)


def make_sample_if_missing(loaded: Loaded, log: Log = say) -> None:
    """Make the embedded sample that a params file asks for, unless it is there, made by the same code."""
    if loaded.settings.sample is None:
        return
    folder, key = loaded.sample_folder, code_key(["data/sample"])
    mark = folder / "made.json"
    if mark.is_file() and json.loads(mark.read_text()).get("key") == key:
        return
    from ..data.sample import make_sample
    from .publish import replacing

    start = time.perf_counter()
    with replacing(folder) as beside:
        make_sample(beside, loaded.settings.sample.seed, loaded.settings.sample.contacts)
        (beside / "made.json").write_text(json.dumps({"key": key}))
    log(f"sample (seed {loaded.settings.sample.seed}): {time.perf_counter() - start:.1f} s")
