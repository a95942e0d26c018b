"""Measure topics beside BERTopic's defaults, NMF and LDA on banking77: the same texts, the same vectors, one run.

Prints one line a measurement with its aim. UMAP and HDBSCAN, which BERTopic's defaults need, are not in the lock: they are
installed beside the workbook's packages, into the folder of the benchmarks; where that fails the line says so. Each side
runs in a process of its own; ``cold`` counts imports and compilation, ``warm`` is the second fit of the same process.

The 100,000 texts are the 13,083 mixed: each is three parts one message and one part a near one, in vector and in words.

    python benchmarks/topics.py [--data ../shared/data] [--seeds 5] [--rows 100000] [--only quality|speed]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from measured import Measurement, alone, less, more, shown, told
from topics_sides import SIDES, diversity, npmi

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "reports" / ".work" / "bench"
BESIDE = ("umap-learn", "hdbscan", "pynndescent", "numba", "llvmlite")
COLD, WARM, AGREE = 15.0, 5.0, 0.8
OURS, THEIRS, FACTORS, DIRICHLET = "ours", "bertopic", "nmf", "lda"
WORDS = {THEIRS: "BERTopic's defaults", FACTORS: "NMF", DIRICHLET: "LDA"}


def beside() -> Path | None:
    """Return a folder with UMAP and HDBSCAN for the numpy that is installed here, or None where they cannot be had."""
    folder = FOLDER / f"umap-numpy{np.__version__}-python{sys.version_info.major}.{sys.version_info.minor}"
    if not (folder / "umap").is_dir():
        command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(folder), *BESIDE]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"BERTopic's defaults could not be run: {done.stderr.strip().splitlines()[-1:]}", flush=True)
            return None
    return folder


def child(side: str, data: Path, out: Path, seed: int, fits: int, packages: Path | None, topics: int = 0) -> dict:
    """Run one side in a process of its own; it writes its labels to ``out`` and prints its figures as JSON."""
    quiet = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    if packages:
        quiet["PYTHONPATH"] = os.pathsep.join([str(packages), os.environ.get("PYTHONPATH", "")])
    script = Path(__file__).with_name("topics_sides.py")
    command = [sys.executable, script, side, data, out, *map(str, (seed, fits, topics))]
    done = subprocess.run(command, env=quiet, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{side} did not run:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def texts(folder: Path) -> tuple[list[str], np.ndarray]:
    """Return the messages of train and test and the number of each one's intent."""
    frame = pd.concat([pd.read_csv(folder / name) for name in ("train.csv", "test.csv")], ignore_index=True)
    return frame["text"].tolist(), pd.factorize(frame["category"])[0]


def data_of(folder: Path) -> Path:
    """Return the file of messages and vectors; they are embedded once."""
    from voc.text.embed import encoder, plain

    path = FOLDER / "banking77.npz"
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        said, intent = texts(folder)
        vectors = encoder().encode([plain(text) for text in said])
        np.savez(path, texts=np.array(said), vectors=vectors, intent=intent)
    return path


def mixed(path: Path, rows: int, seed: int) -> Path:
    """Return a file of so many messages, each mixed of two near ones."""
    from voc.text.topics.graph import nearest
    from voc.text.vectors import unit

    out = FOLDER / f"banking77_{rows}.npz"
    if out.exists():
        return out
    with np.load(path) as kept:
        said, vectors, intent = kept["texts"], kept["vectors"], kept["intent"]
    draw, near = np.random.default_rng(seed), nearest(vectors, 10)
    one = draw.integers(0, len(said), rows)
    other = near[one, draw.integers(0, near.shape[1], rows)]
    noise = draw.normal(0, 0.2 / vectors.shape[1] ** 0.5, (rows, vectors.shape[1]))
    made = unit((0.75 * vectors[one] + 0.25 * vectors[other] + noise).astype(np.float32))
    words = [said[a].split() + draw.permutation(said[b].split())[:2].tolist() for a, b in zip(one, other, strict=True)]
    np.savez(out, texts=np.array([" ".join(part) for part in words]), vectors=made, intent=intent[one])
    return out


def speed(path: Path, rows: int, seed: int, packages: Path | None) -> list[Measurement]:
    """Compare seconds and memory on many texts, in a fresh process and again in the same.

    Ours runs before theirs and after them, and the mean counts: theirs takes minutes, in which a machine may become busier.
    """
    data = mixed(path, rows, seed)

    def own() -> dict[str, float]:
        return child(OURS, data, FOLDER / "topics_ours.npz", 0, 2, None)

    ours = own()
    name = f"topics, {rows:,} texts (13,083 mixed)"
    costs = {"time in a fresh process": ("cold", "s", COLD), "time once warm": ("warm", "s", WARM)}
    costs |= {"processor time in a fresh process": ("worked cold", "s", None)}
    costs |= {"processor time once warm": ("worked warm", "s", None), "peak memory": ("megabytes", "MB", None)}
    if not packages:
        return [alone(f"{name}: {what}", ours[key], unit) for what, (key, unit, _) in costs.items()]
    other = child(THEIRS, data, FOLDER / "topics_theirs.npz", -1, 2, packages)
    ours = pd.DataFrame([ours, own()]).mean().to_dict()
    found = [
        less(f"{name}: {what}", ours[key], other[key], unit, WORDS[THEIRS], aim)
        for what, (key, unit, aim) in costs.items()
    ]
    return [*found, told(f"{name}: topics", ours["topics"], other["topics"], WORDS[THEIRS])]


def judged(side: str, out: Path, path: Path) -> dict[str, float]:
    """Return how well the labels of one fit follow the intents, and how its words read."""
    from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, normalized_mutual_info_score

    with np.load(path) as kept, np.load(out, allow_pickle=False) as made:
        intent, said, labels, every = kept["intent"], kept["texts"].tolist(), made["labels"], made["every"]
        tops = [row.split("\t") for row in made["words"].tolist()]
    return {
        "NMI": normalized_mutual_info_score(intent, every),
        "AMI": adjusted_mutual_info_score(intent, every),
        "ARI": adjusted_rand_score(intent, every),
        "outliers": float((labels < 0).mean()),
        "topics": float(labels.max() + 1),
        "NPMI": npmi(tops, said),
        "diversity": diversity(tops),
    }


def agreement(outs: list[Path]) -> float:
    """Return the adjusted Rand index of labellings by different seeds, every text assigned, mean over pairs."""
    from itertools import combinations

    from sklearn.metrics import adjusted_rand_score

    labels = [np.load(out)["every"] for out in outs]
    return float(np.mean([adjusted_rand_score(*pair) for pair in combinations(labels, 2)]))


def quality(path: Path, seeds: int, packages: Path | None) -> list[Measurement]:
    """Compare what is found on the 13,083 messages over several seeds, and what one fit costs."""
    sides = [OURS, *([THEIRS] if packages else []), FACTORS, DIRICHLET]
    figures, topics = {}, 0
    for side in sides:
        count = seeds if side in (OURS, THEIRS) else 2
        outs = [FOLDER / f"topics_{side}_{seed}.npz" for seed in range(count)]
        packed = packages if side == THEIRS else None
        runs = [child(side, path, out, seed, 1 + (seed == 0), packed, topics) for seed, out in enumerate(outs)]
        rows = pd.DataFrame([judged(side, out, path) for out in outs]).mean().to_dict()
        figures[side] = rows | {"agreement": agreement(outs)} | runs[0]
        topics = topics or int(figures[OURS]["topics"])
    name, ours = "topics, banking77 (13,083 texts)", figures[OURS]
    found = [alone(f"{name}: seeds agree (ARI)", ours["agreement"], least=AGREE)]
    for side in sides[1:]:
        found += beside_one(name, ours, figures[side], WORDS[side])
    return found


def beside_one(name: str, ours: dict[str, float], other: dict[str, float], against: str) -> list[Measurement]:
    """Set the figures of our fit beside those of another; every text assigned for NMI, AMI, ARI and agreement."""
    found = [less(f"{name}: time, {what}", ours[what], other[what], "s", against) for what in ("cold", "warm")]
    found.append(less(f"{name}: peak memory", ours["megabytes"], other["megabytes"], "MB", against))
    found += [
        more(f"{name}: {what}, every text assigned", ours[what], other[what], against, above=what != "NMI")
        for what in ("NMI", "AMI", "ARI")
    ]
    found += [told(f"{name}: {what}", ours[what], other[what], against) for what in ("outliers", "topics")]
    scored = {"NPMI": "NPMI", "diversity": "diversity", "agreement": "agreement of seeds (ARI)"}
    return [*found, *(more(f"{name}: {words}", ours[what], other[what], against) for what, words in scored.items())]


def measure(data: Path, rows: int = 100_000, seeds: int = 5, only: str | None = None) -> list[Measurement]:
    """Measure and print all lines; ``data`` is the folder of the public sets."""
    path, packages = data_of(data / "banking77"), beside()
    parts = {"speed": lambda: speed(path, rows, 2026, packages), "quality": lambda: quality(path, seeds, packages)}
    return [one for part, made in parts.items() if only in (None, part) for one in shown(made())]


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    asked.add_argument("--rows", type=int, default=100_000)
    asked.add_argument("--seeds", type=int, default=5)
    asked.add_argument("--only", choices=["speed", "quality"])
    given = asked.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start; sides: {', '.join(SIDES)}", flush=True)
    measure(given.data, given.rows, given.seeds, given.only)
    return 0


if __name__ == "__main__":
    sys.exit(main())
