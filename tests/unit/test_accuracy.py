"""Accuracy by language and category, confusion, contradicted labels and drift, worked out by hand; and their page."""

import numpy as np
import pandas as pd
import pytest
from voc.analysis.rules import MetricRules
from voc.analysis.themes.accuracy import DRIFT, by_category, by_language, confusion, contradicted, drift
from voc.data.periods import Period
from voc.report.pages import categories as page
from voc.report.pages import category_checks as checks

NOW = Period.parse("2026-10")
RULES = MetricRules()
A, B = "delivery", "payment"


def checked() -> pd.DataFrame:
    """100 English contacts (90 answered, 81 rightly) and 20 Russian ones (10 answered, all rightly), 5 without issue."""
    rows = [("en", A, A)] * 60 + [("en", B, B)] * 21 + [("en", A, B)] * 6 + [("en", B, A)] * 3 + [("en", A, None)] * 10
    rows += [("ru", A, A)] * 10 + [("ru", A, None)] * 10
    made = pd.DataFrame(rows, columns=["language", "category", "said_category"], dtype=object)
    made["interaction_id"] = [f"c{at:03d}" for at in range(120)]
    made["origin"], made["how"] = "source", np.where(made["said_category"].notna(), "model", "unsure")
    made["issue"], made["said_issue"] = made["category"] + " x", made["said_category"] + " x"
    made.loc[115:, "issue"] = None
    made["model_category"] = made["said_category"].fillna(B)
    made["model_issue"], made["model_probability"], made["given_probability"] = made["said_issue"], 0.9, 0.5
    made.loc[81:83, ["given_probability", "model_probability"]] = [0.01, 0.99]
    return made


def test_by_language_by_hand():
    found = by_language(checked()).set_index(["level", "language"])
    en, ru, all_ = (found.loc[("category", name)] for name in ("en", "ru", "all"))
    assert (en["n"], en["answered"], en["coverage"], en["right"]) == (100, 90, 90.0, 90.0)
    assert (en["lo"], en["hi"]) == pytest.approx((82.08, 94.65), abs=0.01)  # Wilson's interval of 81 of 90
    assert (ru["coverage"], ru["right"]) == (50.0, 100.0) and all_["right"] == pytest.approx(91.0)
    assert found.loc[("issue", "ru"), "n"] == 15 and found.loc[("issue", "ru"), "coverage"] == pytest.approx(
        100 * 10 / 15
    )
    assert list(found.loc["category"].index) == ["all", "en", "ru"]


def test_by_category_and_confusion_by_hand():
    rows = by_category(checked()).set_index("category")
    assert rows.loc[A, ["n", "answered", "said"]].tolist() == [96, 76, 73]
    assert rows.loc[A, "right"] == pytest.approx(100 * 70 / 76) and rows.loc[A, "precision"] == pytest.approx(
        100 * 70 / 73
    )
    pairs = confusion(checked())
    assert pairs.loc[0, ["label", "said", "n", "of"]].tolist() == [A, B, 6, 76] and pairs["wrong"].tolist() == [
        True,
        True,
        False,
        False,
    ]
    assert pairs.loc[0, "share"] == pytest.approx(100 * 6 / 76)


def test_contradicted_labels():
    assert contradicted(checked())["interaction_id"].tolist() == ["c081", "c082", "c083"]


def texts(months: dict[str, tuple[int, float, float]], seed: int = 1) -> pd.DataFrame:
    """Contacts by month: how many, the mean probability, the share of payment."""
    rng, parts = np.random.default_rng(seed), []
    for month, (n, mean, share) in months.items():
        parts.append(pd.DataFrame({
            "created_local": pd.Timestamp(f"{month}-10"), "language": "en",
            "model_probability": np.clip(rng.normal(mean, 0.1, n), 0.05, 1), "model_category": np.where(rng.random(n) < share, B, A),
        }))  # fmt: skip
    made = pd.concat(parts, ignore_index=True)
    return made.assign(interaction_id=[f"t{at}" for at in range(len(made))])


FLOORS = pd.DataFrame({"level": ["category"], "language": ["all"], "at": [0.5]})
NO_LABELS = pd.DataFrame({"interaction_id": [], "category": []}, dtype=object)


def test_drift_is_found_and_a_quiet_month_is_quiet():
    months = {f"2026-{month:02d}": (400, 0.8, 0.4) for month in range(1, 11)}
    quiet = drift(texts(months), FLOORS, NOW.trend(10), RULES, NO_LABELS)
    assert list(quiet.columns) == DRIFT and not quiet["certainty"].isin(["sure", "likely"]).any()
    loud = drift(texts(months | {"2026-10": (400, 0.6, 0.7)}), FLOORS, NOW.trend(10), RULES, NO_LABELS).set_index(
        ["what", "label"]
    )
    assert loud.loc[("answered", ""), "certainty"] == "sure" and loud.loc[("answered", ""), "change"] < -5
    assert (
        loud.loc[("mean probability", ""), "certainty"] == "sure"
        and loud.loc[("share of texts", B), "certainty"] == "sure"
    )
    assert loud.loc[("right", ""), "certainty"] == "cannot tell" and loud.loc[("right", ""), "n"] == 0


def test_a_restless_past_makes_a_change_less_sure():
    up_and_down = {f"2026-{month:02d}": (400, 0.8 if month % 2 else 0.6, 0.4) for month in range(1, 11)}
    row = drift(texts(up_and_down), FLOORS, NOW.trend(10), RULES, NO_LABELS).set_index("what").loc["mean probability"]
    assert row["certainty"] == "within noise"


def test_drift_without_model_or_past():
    none = texts({"2026-10": (50, 0.8, 0.4)}).assign(model_probability=np.nan)
    assert drift(none, FLOORS, NOW.trend(3), RULES, NO_LABELS).empty
    there = texts({"2026-10": (50, 0.8, 0.4)})
    assert drift(there.drop(columns="created_local"), FLOORS, NOW.trend(3), RULES, NO_LABELS).empty
    assert len(drift(there.drop(columns="language"), FLOORS, NOW.trend(3), RULES, NO_LABELS)) == 5
    alone = drift(texts({"2026-10": (50, 0.8, 0.4)}), FLOORS, NOW.trend(3), RULES, NO_LABELS)
    assert (alone["certainty"] == "cannot tell").all() and (alone["why"] == "fewer than 30 texts to judge from").all()


def stages() -> pd.DataFrame:
    rows = [("source", 90, 75.0, 0, np.nan, np.nan, np.nan), ("model", 20, 16.7, 100, 91.0, 83.8, 95.2),
            ("no words", 10, 8.3, 0, np.nan, np.nan, np.nan)]  # fmt: skip
    made = pd.DataFrame(rows, columns=["stage", "n", "share", "checked", "right", "lo", "hi"])
    return made.assign(language="all")


def test_the_pages_words():
    contacts = pd.DataFrame({"interaction_id": ["c081", "b"], "how": ["source", "model"]})
    text = page.lead(contacts, by_language(checked()), NOW).text
    assert "2 contacts with words in October 2026: labelled in the help desk 50.0%; sorted by the model 50.0%" in text
    assert (
        "83.3% of 120 labelled contacts get a category, and 91.0% of these get the labelled one (95% 83.8–95.2%)"
        in text
    )
    assert "met, but cannot be told for English, Russian (too few)" in text
    assert "Labelled in the help desk" in page.stages(stages()).text
    assert (
        "Russian" in page.languages(by_language(checked())).text
        and "delivery" in page.categories(by_category(checked())).text
    )
    doubts = checks.doubts(checked(), ["c081"], "<b>Operations</b>")
    assert "3 of 120 labels (2.5%)" in doubts.text and "1 of them in this period" in doubts.text
    assert "labelled delivery, reads like payment (3)" in doubts.text and "<b>" not in doubts.html.replace(
        "<strong>", ""
    )
    limits = page.limits(stages(), by_language(checked()), ("Something is so.",), RULES)
    assert list(limits.columns) == ["what", "why", "settles"] and limits["what"].tolist()[0] == "Something is so"
    assert any("Russian" in what for what in limits["what"]) and any("10 unlabelled" in what for what in limits["what"])


def test_keywords_and_the_list():
    judged = pd.DataFrame({"issue": ["praise", "late"], "checked": [100, 50], "right": [60.0, 96.0], "lo": [50.2, 86.5],
                           "hi": [69.1, 98.9], "believed": [False, True]})  # fmt: skip
    assert (
        "Keywords of 1 issues" in checks.keywords(judged).text and "praise (60% right" in checks.keywords(judged).text
    )
    assert "none is surely too often wrong" in checks.keywords(judged[1:]).text
    rows = pd.DataFrame({"why": ["unsure", "unsure", "drawn at random"]})
    told = checks.labelling(rows, "tables/labelling.xlsx").html
    assert '<a href="tables/labelling.xlsx">3 contacts to label</a>: 2 unsure, 1 drawn at random' in told
    assert checks.labelling(rows[:0], "x").text == "Nothing has to be labelled this time."


def test_the_picture_of_few_and_of_many():
    picture = page.confused(confusion(checked()))
    assert picture.title == "9.0% of answers disagree with the label; most often «delivery» is taken for «payment»"
    assert "1 delivery" in picture.svg and "delivery taken for payment 6 of 76" in picture.alt
    many = pd.DataFrame(
        {
            "category": [f"类别{at:02d}" for at in range(14)] * 5,
            "said_category": [f"类别{at % 14:02d}" for at in range(70)],
        }
    )
    many.loc[0, "said_category"] = "категория"
    bars = page.confused(confusion(many), "issue")
    assert "类别00" in bars.svg and "категория" in bars.svg and "% of an issue's answered contacts" in bars.subtitle
    assert page.confused(confusion(many[20:30])) is None


def test_the_pages_words_without_anything():
    none = checked()[:0]
    assert "nothing to sort" in page.lead(pd.DataFrame({"how": []}), by_language(none), NOW).text
    assert "cannot be told" in page.lead(pd.DataFrame({"how": ["unsure"]}), by_language(none), NOW).text
    assert page.confused(confusion(none)) is None and checks.doubts(none, []).text == ""
    assert "cannot be told" in checks.drifting(pd.DataFrame(columns=DRIFT), NOW, RULES).text
    assert len(page.limits(stages()[:0], by_language(none), (), RULES)) == 1


def test_drift_in_words():
    months = {f"2026-{month:02d}": (400, 0.8, 0.4) for month in range(1, 11)}
    loud = drift(texts(months | {"2026-10": (400, 0.6, 0.7)}), FLOORS, NOW.trend(10), RULES, NO_LABELS)
    said = checks.drifting(loud, NOW, RULES).text
    assert (
        "Texts that the model would answer fell from" in said and "label the list below" in said and "payment +" in said
    )
    quiet = checks.drifting(drift(texts(months), FLOORS, NOW.trend(10), RULES, NO_LABELS), NOW, RULES).text
    assert quiet.startswith("The model knows the texts of October 2026 as well as those of September 2026")
