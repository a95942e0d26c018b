"""The categories of the sample against its truth: how right the sorting is in each language, and which labels it doubts.

The analysis sees the source's labels only, of which one in a hundred is wrong and some are missing. Here what it says is
held against what the contact was truly about.
"""

from __future__ import annotations

from material import Line, Material
from voc.analysis.themes.accuracy import contradicted
from voc.text.floors import wilson
from voc.text.taxonomy.classify import Sorted, classify

AIM = 0.85  # share right of what is answered, by the lower end of its interval
COVERED = 0.9  # least share that is answered


def category_lines(material: Material) -> list[Line]:
    """Sort the sample as the notebook does and hold it against the truth."""
    month = material.month
    found = classify(month.texts.corpus, month.loaded.taxonomy, seed=month.settings.seed)
    return [*right_lines(material, found), open_line(material, found), doubt_line(material, found)]


def right_lines(material: Material, found: Sorted) -> list[Line]:
    """Sorted without their label: a line per language."""
    rows = found.checked.join(material.true[["category", "issue"]].add_prefix("true_"), on="interaction_id")
    lines = []
    for language, part in rows.groupby("language", sort=True):
        if len(part) < 100:  # texts without a language of their own
            continue
        answered = part[part["said_category"].notna()]
        hits = int((answered["said_category"] == answered["true_category"]).sum())
        lo, hi = wilson(hits, max(len(answered), 1))
        issues = part[part["said_issue"].notna()]
        figure = {
            "right": round(hits / max(len(answered), 1), 4), "lo": round(float(lo), 4), "hi": round(float(hi), 4),
            "answered": round(len(answered) / len(part), 4),
            "issue_right": round(float((issues["said_issue"] == issues["true_issue"]).mean()), 4),
            "issue_answered": round(len(issues) / len(part), 4),
        }  # fmt: skip
        name = f"categories of texts in {language}, sorted without their label"
        good = bool(lo >= AIM) and figure["answered"] >= COVERED
        lines.append(
            Line(f"categories-{language}", name, good, figure, {"contacts": len(part)}, f"at least {AIM} right")
        )
    return lines


def open_line(material: Material, found: Sorted) -> Line:
    """Contacts whose source names no category: what they were sorted into."""
    rows = found.contacts[found.contacts["how"].isin(["keyword", "model", "unsure"])]
    answered = rows[rows["category"].notna()]
    true = material.true["category"].reindex(answered["interaction_id"]).to_numpy()
    hits = int((answered["category"].to_numpy() == true).sum())
    lo = float(wilson(hits, max(len(answered), 1))[0])
    figure = {"right": round(hits / max(len(answered), 1), 4), "lo": round(lo, 4), "answered": len(answered)}
    name = "categories of contacts that the source left without one"
    return Line("categories-open", name, lo >= AIM, figure, {"contacts": len(rows)})


def doubt_line(material: Material, found: Sorted) -> Line:
    """Labels that their text contradicts, against those that are wrong."""
    source = found.checked[found.checked["origin"] == "source"]
    true = material.true["category"].reindex(source["interaction_id"])
    wrong = set(source.loc[(source["category"].to_numpy() != true.to_numpy()), "interaction_id"])
    told = set(contradicted(found.checked)["interaction_id"])
    hits = len(told & wrong)
    figure = {
        "precision": round(hits / len(told), 4) if told else 1.0,
        "recall": round(hits / len(wrong), 4) if wrong else 1.0,
    }
    good = figure["precision"] >= 0.8 and figure["recall"] >= 0.5
    return Line("categories-doubted", "labels of the source that texts contradict", good, figure, {"wrong_labels": len(wrong)},
                "told to a reader, never corrected by itself")  # fmt: skip
