"""Does the analysis find what was planted in the sample, and what does it find that was not?

``python tests/truth/score.py --seed 7`` makes that sample, runs the notebooks over it and prints one line for each
planted thing; ``reports/truth.json`` holds the same for machines. Planted things that need a later notebook are printed
as "not looked for yet" and stand in the file with ``found: null``.

Dirt is found at a recall of 0.9 and a precision of 0.95. Some of it is planted so that it can be recognised at all: days
and months are exchanged only where that breaks the order of a row's times, and every other wording of a label stands in
params/labels.yml. Scores of 1 there say that the rules work, not that real exports are that kind.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from alert_events import event_lines
from dirt import dirt_lines
from forecast_held import held, held_lines
from material import Line, Material
from nulls import WORLDS, null_cells, null_worlds
from nulls_alerts import false_alarms
from nulls_churn import redrawn
from nulls_forecast import forecast_lines
from nulls_risk import forecast, null_leaving
from nulls_whys import WITH_TEXTS, false_causes, null_events, null_whys
from plants import plant_lines
from plants_agents import null_agents
from plants_alerts import Seen, alert_lines, unplanted
from plants_categories import category_lines
from plants_content import answered_line
from plants_drivers import beside_lines
from plants_moods import mood_lines
from plants_shifts import found_in, shift_line
from plants_themes import null_themes
from plants_whys import why_lines
from redraws import rates
from texts import text_lines
from voc.run.runner import run
from voc.run.settings import ROOT, reports_folder
from wrongs import false_repairs

NOTEBOOKS = ("01_cleaning", "02_scorecard", "02_service", "03_topics")
WHYS_NEED = ("01_cleaning", "02_scorecard", "03_topics")


def prepare(seed: int, contacts: int | None = None, notebooks: tuple[str, ...] = NOTEBOOKS) -> Material:
    """Run the notebooks over the sample of a seed in a work folder of its own; nothing is published."""
    name = f"truth-{seed}" + (f"-{contacts}" if contacts else "")
    size = {"sample.contacts": contacts} if contacts else {}
    run(ROOT / "params" / "sample.yml", only=notebooks, resume=True, name=name, **{"sample.seed": seed, **size})
    return Material(reports_folder() / ".work" / name / "params.yml")


def whys(material: Material, worlds: int) -> list[Line]:
    """Print what the whys find of what is planted, and the causes they tell that are none."""
    lines, months = why_lines(material)
    for line in lines:
        print(line)
    print(false_causes(months, material.plants, null_events(material)))
    print(null_whys(material, worlds))
    print(null_whys(material, min(worlds, WITH_TEXTS), texts=True))
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--contacts", type=int, help="about how many contacts; 60,000 by default")
    parser.add_argument("--cards", type=int, default=WORLDS, help="null worlds of the scorecard")
    parser.add_argument("--worlds", type=int, default=20, help="null worlds of topics; each takes some seconds")
    parser.add_argument(
        "--alarms", type=int, default=50, help="calm shops watched for false alarms; each takes some seconds"
    )
    parser.add_argument("--companies", type=int, default=200, help="companies drawn anew for the intervals of drivers")
    parser.add_argument("--out", type=Path, default=None, help="reports/truth.json by default")
    parser.add_argument("--only", choices=["whys"], help="the whys alone, and nothing written")
    asked = parser.parse_args()
    material = prepare(asked.seed, asked.contacts, WHYS_NEED if asked.only else NOTEBOOKS)
    if asked.only:
        whys(material, asked.worlds)
        return
    texts = material.month.texts
    lines: list[Line] = [*dirt_lines(material), *text_lines(material), *plant_lines(material), answered_line(material)]
    lines += beside_lines(material)
    lines.append(shift_line(found_in(material), material.story["shifts"]))
    lines += [*category_lines(material), *mood_lines(material, texts.corpus, texts.vectors)]
    seen = Seen(
        material, topics=False
    )  # topics are learned from all months: a look at a day of the past would know too much
    lines += [*alert_lines(seen), *event_lines(seen), *held_lines(held(material))]
    for line in lines:
        print(line)
    print("\nRepairs of what was right: " + ", ".join(f"{name} {n:,}" for name, n in false_repairs(material).items()))
    nulls = null_cells(material)
    print(nulls)
    print(null_worlds(material, asked.cards))
    print(null_agents(material))
    print(null_themes(material, asked.worlds))
    print(unplanted(seen))
    print(unplanted(Seen(material)))
    for alarms in false_alarms(material, asked.alarms):
        print(alarms)
    rates(asked.companies, 3000)
    print(forecast(material))
    print(null_leaving(material))
    print(redrawn())
    for told in forecast_lines():
        print(told)
    lines += whys(material, asked.worlds)
    out = asked.out or reports_folder() / "truth.json"
    record = {
        "planted": [line.record() for line in lines],
        "nulls": nulls.tested,
        "false_findings": nulls.called,
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
