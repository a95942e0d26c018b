"""From raw texts to a table of topics: texts a second and memory at 10,000, 100,000 and 1 million, cold and warm.

    python benchmarks/reading.py [--sizes 10000 100000 1000000]

The texts are the sample's. Beyond its 57,000 they are repeated with variation: one sentence of each copy gets two words that
it did not have, so that it must be embedded again; the other sentences repeat, as greetings and set phrases do. Cold: no
vector is known. Warm: a month later, when the last 5 % of the texts are new. Each run has a process of its own; what is measured is
sentences, vectors, the fit (at most 10,000 landmarks, with its stability), the assignment and writing the table. Processor
time is that of all processes; on a machine that does other work too it says more than the time on the clock.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from measured import Measurement, alone, less, shown

if TYPE_CHECKING:
    import numpy as np
    from voc.text.vectors import Vectors

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
HERE = Path(__file__).resolve().parent
FOLDER = HERE.parent / "reports" / ".work" / "bench" / "reading"
SIZES = (10_000, 100_000, 1_000_000)
NEW = 0.05
PARTS = ("time", "processor time", "sentences and vectors", "topics", "assignment and table")
SYLLABLES = "ka lo mi ru te sa no vi du pe zo ha li mo ne".split()  # noqa: SIM905


def make(size: int, path: Path) -> None:
    """Write texts: interaction_id, text, language, created_local; the same for the same size."""
    import pandas as pd
    import voc
    from voc.text.segments import split

    month = voc.open_month("params/sample.yml")
    known = month.interactions.select("interaction_id", "text", "language", "created_local").to_pandas()
    known = known.dropna(subset=["text"]).sort_values("interaction_id", ignore_index=True)
    month.close()
    lot, parts = random.Random(size), []
    for copy in range(-(-size // len(known))):
        part = known.assign(interaction_id=known["interaction_id"] + f"-{copy}")
        if copy:
            said = part["text"].map(split)
            part["text"] = ["\n".join(_varied(sentences, lot)) for sentences in said]
        parts.append(part)
    everything = pd.concat(parts, ignore_index=True)
    everything.sample(size, random_state=size).sort_values("interaction_id").to_parquet(path, index=False)


def _varied(sentences: list[str], lot: random.Random) -> list[str]:
    at = max(range(len(sentences)), key=lambda n: len(sentences[n]))
    words = ["".join(lot.choices(SYLLABLES, k=3)) for _ in "ab"]
    return [*sentences[:at], f"{sentences[at]} {' '.join(words)}", *sentences[at + 1 :]]


def read(path: Path, cache: Path, out: Path) -> dict:
    """Read the texts of a file into a table of topics; return seconds of each part and peak memory."""
    import numpy as np
    import pandas as pd
    from voc.text.corpus import corpus
    from voc.text.embed import encoder
    from voc.text.topics import TopicRules
    from voc.text.topics.fit import fit
    from voc.text.vectors import Vectors

    start, spent = time.perf_counter(), {}
    contacts, vectors = pd.read_parquet(path), Vectors(cache, encoder())
    said = corpus(contacts, vectors)
    spent["sentences and vectors"] = time.perf_counter() - start
    topics = fit(said, TopicRules(), seed=2026)
    spent["topics"] = time.perf_counter() - start - sum(spent.values())
    numbers = topics.assign(said.vectors)[0]
    speaking = said.segments[~said.segments["empty"].to_numpy()]
    table = pd.DataFrame(
        {
            "interaction_id": said.contacts["interaction_id"].to_numpy()[speaking["contact"]],
            "topic": numbers[speaking["vector"]],
        }
    ).drop_duplicates()
    table.to_parquet(out, index=False)
    spent["assignment and table"] = time.perf_counter() - start - sum(spent.values())
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    worked, peak = sum(who.ru_utime + who.ru_stime for who in used), [who.ru_maxrss / 1024 for who in used]
    return {
        "time": time.perf_counter() - start, "processor time": worked, **spent, "texts": len(said.contacts), "sentences": len(said.segments),
        "distinct": len(said.vectors), "embedded": vectors.embedded, "found": len(topics),
        "assigned": float(np.mean(table["topic"] >= 0)), "megabytes": peak[0], "worker": peak[1],
    }  # fmt: skip


def child(*arguments: str | Path) -> dict:
    done = subprocess.run([sys.executable, __file__, *arguments], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def runs(size: int) -> Iterator[dict]:
    """Read a table cold, then as a month later: all but the last 5 % of its texts are known already."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path, out = FOLDER / f"texts_{size}.parquet", FOLDER / f"topics_{size}.parquet"
    cache, whole = FOLDER / f"vectors_{size}", FOLDER / f"whole_{size}"
    if not path.exists():
        child("--make", str(size), path)
    for folder in (cache, whole):
        shutil.rmtree(folder, ignore_errors=True)
    yield child("--read", path, cache, out)
    cache.rename(whole)
    child("--remember", path, whole, cache)
    yield child("--read", path, cache, out)
    for folder in (cache, whole):
        shutil.rmtree(folder)


@dataclass(frozen=True)
class Known:
    """An encoder that looks up what another folder holds, so that nothing need be embedded twice."""

    vectors: Vectors

    @property
    def name(self) -> str:
        return self.vectors.encoder.name

    @property
    def dims(self) -> int:
        return self.vectors.encoder.dims

    @property
    def languages(self) -> frozenset[str] | None:
        return self.vectors.encoder.languages

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        return self.vectors.of(texts)


def remember(path: Path, whole: Path, cache: Path) -> dict:
    """Lay the vectors of all but the last 5 % of the texts into a folder of their own, from the one that holds all."""
    import pandas as pd
    from voc.text.corpus import corpus
    from voc.text.embed import encoder
    from voc.text.vectors import Vectors

    contacts = pd.read_parquet(path).sort_values(["created_local", "interaction_id"])
    known = Vectors(whole, encoder(), add=False)
    corpus(contacts.iloc[: round(len(contacts) * (1 - NEW))], Vectors(cache, Known(known)))
    return {"embedded again": known.embedded}


def lines(size: int) -> Iterator[Measurement]:
    """Measure one size; what a run gave is told before the next begins."""
    name, new, took = f"reading {size:,} texts", f"{NEW:.0%} new", []
    for words, run in zip(("cold", f"a month later, {new}"), runs(size), strict=True):
        yield alone(f"{name}, {words}: speed", run["texts"] / run["time"], "texts a second")
        for part in PARTS:
            yield alone(f"{name}, {words}: {part}", run[part], "s")
        yield alone(f"{name}, {words}: sentences embedded", run["embedded"], f"of {run['distinct']:,}")
        yield alone(f"{name}, {words}: peak memory", run["megabytes"], "MB")
        yield alone(f"{name}, {words}: peak memory of a worker beside it", run["worker"], "MB")
        yield alone(f"{name}, {words}: topics", run["found"])
        yield alone(f"{name}, {words}: sentences near to a topic", run["assigned"])
        took.append(run)
    cold, warm = took
    for part in ("time", "processor time"):
        yield less(f"{name}: {part} a month later, {new}", warm[part], cold[part], "s", "cold")


def measure(sizes: Sequence[int] | None = None) -> list[Measurement]:
    """Measure and print all lines of all sizes."""
    return [one for size in sizes or SIZES for one in shown(lines(size))]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    asked.add_argument("--make", nargs=2)
    asked.add_argument("--read", nargs=3)
    asked.add_argument("--remember", nargs=3)
    given = asked.parse_args()
    if given.make:
        make(int(given.make[0]), Path(given.make[1]))
        print("{}")
    elif given.read:
        print(json.dumps(read(*map(Path, given.read))))
    elif given.remember:
        print(json.dumps(remember(*map(Path, given.remember))))
    else:
        measure(given.sizes)


if __name__ == "__main__":
    main()
