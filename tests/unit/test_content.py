import numpy as np
import pandas as pd
import pytest
from voc.analysis.findings import COLUMNS as FINDING_COLUMNS
from voc.analysis.rules import MetricRules
from voc.analysis.themes.answered import candidates, says_so
from voc.analysis.themes.content import COLUMNS, behind, filled, localise
from voc.data.periods import Period
from voc.report.pages import answered as answered_page
from voc.report.pages import content as page
from voc.report.tables import plain

RULES = MetricRules()
NOW = Period.parse("2026-10")
OWNERS = {"category": {"product": "Product management"}, "default": {"default": "Head"}}


def questions(shares, n=200, issue="set-up", start=0):
    """Questions about products, of which a share is about page 3 and the rest spread over pages 4–13."""
    rows = []
    for product, share in shares.items():
        hits = round(share * n)
        for at in range(n):
            pages = "3" if at < hits else str(4 + at % 10)
            rows.append({"issue": issue, "product": product, "manual_page": pages})
    made = pd.DataFrame(rows)
    made["interaction_id"] = [f"{issue}{start + at:05d}" for at in range(len(made))]
    made["customer_id"] = made["interaction_id"]
    made["category"] = "product"
    return made


def test_a_page_of_one_product_is_found_with_its_share_and_interval():
    data = questions({"Kettle": 0.4, "Lamp": 0.04, "Router": 0.04})
    (row,) = localise(data, RULES, places=["manual_page"]).to_dict("records")
    assert list(row) == COLUMNS
    assert (row["issue"], row["held"], row["place"], row["value"]) == ("set-up", "Kettle", "manual_page", "3")
    assert (row["hits"], row["n"], row["n_others"], row["category"]) == (80, 200, 400, "product")
    assert row["share"] == pytest.approx(40)
    assert row["lo"] == pytest.approx(33.46, abs=0.01)  # Wilson's interval of 80 of 200
    assert row["hi"] == pytest.approx(46.92, abs=0.01)
    assert row["others"] == pytest.approx(4)
    assert row["certainty"] == "sure"
    assert row["tried"] == 33  # three products with eleven pages


def test_alike_products_tell_nothing():
    assert localise(questions({"Kettle": 0.1, "Lamp": 0.1}), RULES, places=["manual_page"]).empty


def test_a_column_that_gives_the_product_or_the_issue_away_is_not_told():
    data = questions({"Kettle": 0.4, "Lamp": 0.04})
    data["model_code"] = data["product"].map({"Kettle": "KK", "Lamp": "LL"})
    data["queue"] = "q-" + data["issue"]
    found = localise(data, RULES, places=["model_code", "queue", "issue", "category", "team"])
    assert found.empty


def test_one_customer_who_asks_again_and_again_is_one_case():
    data = questions({"Kettle": 0.4, "Lamp": 0.04})
    mine = (data["product"] == "Kettle") & (data["manual_page"] == "3")
    data.loc[mine, "customer_id"] = "one"
    assert localise(data, RULES, places=["manual_page"]).empty


def test_the_same_story_is_told_once():
    data = questions({"Kettle": 0.5, "Lamp": 0.04})
    other = questions({"Kettle": 0.1, "Lamp": 0.1}, issue="repair")
    both = pd.concat([data, other], ignore_index=True)
    both["chapter"] = np.where(both["manual_page"] == "3", "safety", "other")
    found = localise(both, RULES, places=["manual_page", "chapter"])
    assert len(found) == 1


def test_what_only_texts_name_is_a_share_of_contacts_with_text():
    data = questions({"Kettle": 0.4, "Lamp": 0.02}).rename(columns={"manual_page": "page"})
    data["text"] = "page " + data["page"]
    named = data.loc[data["page"] == "3", ["interaction_id"]].assign(kind="page", value="3")
    (row,) = localise(data.drop(columns="page"), RULES, places=["manual_page"], named=named).to_dict("records")
    assert (row["place"], row["value"], row["said"], row["n"], row["hits"]) == ("page in the text", "3", True, 200, 80)
    assert len(behind(data, row, named)) == 80
    told = page.content_findings(pd.DataFrame([row]), NOW, RULES, OWNERS, "03_topics")
    assert told["trace"].tolist() == [""]
    assert "name page 3" in told["headline"][0]


def test_texts_fill_gaps_of_a_column_only_where_they_name_one_value():
    contacts = pd.DataFrame({"interaction_id": list("abcd"), "manual_page": ["1", None, None, None]})
    named = pd.DataFrame({"interaction_id": list("abcc"), "kind": "page", "value": ["2", "3", "4", "5"]})
    made = filled(contacts, named, {"manual_page": "page", "version": "version"})
    assert made["manual_page"].tolist()[:2] == ["1", "3"]
    assert made["manual_page"].isna().tolist() == [False, False, True, True]
    assert made["manual_page_named"].tolist() == [False, True, False, False]
    assert made["version"].isna().all()


@pytest.mark.parametrize(
    "data",
    [
        pd.DataFrame({"interaction_id": pd.Series([], dtype="str")}),
        pd.DataFrame({"interaction_id": ["a"], "issue": ["x"]}),
        pd.DataFrame(
            {"interaction_id": ["a", "b"], "issue": [None, None], "product": ["p", "q"], "manual_page": ["1", "2"]}
        ),
        questions({"Kettle": 0.4, "Lamp": 0.04}, n=10),
        questions({"Kettle": 1.0}),
    ],
)
def test_too_little_tells_nothing_and_the_page_says_so(data):
    found = localise(data, RULES, places=["manual_page"])
    assert found.empty
    assert found.columns.tolist() == COLUMNS
    assert "clearly more" in page.said(found, OWNERS, RULES).text
    assert page.chart(found) is None
    assert page.places(found).html == ""
    assert page.content_findings(found, NOW, RULES, OWNERS, "x").empty
    asked = page.limits(data, found, candidates(data, RULES), ["manual_page"])
    assert len(asked) == int("manual_page" not in data)


def test_false_findings_stay_rare_where_nothing_is_there():
    rng = np.random.default_rng(5)
    told = 0
    for _ in range(20):
        n = 3_000
        data = pd.DataFrame(
            {
                "interaction_id": [str(at) for at in range(n)],
                "issue": rng.choice(list("abcdefgh"), n),
                "product": rng.choice(list("PQRST"), n),
                "manual_page": rng.choice([str(at) for at in range(12)], n),
                "colour": rng.choice(["white", "brown", "green"], n),
            }
        )
        told += len(localise(data, RULES, places=["manual_page", "colour"]))
    assert told <= 1


def test_the_words_give_share_interval_others_owner_and_step():
    found = localise(questions({"Kettle": 0.4, "Lamp": 0.04}), RULES, places=["manual_page"])
    said = page.said(found, OWNERS, RULES).text
    assert "40% of the set-up questions about Kettle are about page 3 of the manual" in said
    assert "80 of 200, 95% 33.5–46.9%" in said
    assert "Product management: read ten of these contacts" in said
    assert "sure" in said
    told = page.content_findings(found, NOW, RULES, OWNERS, "03_topics")
    assert told.columns.tolist()[: len(FINDING_COLUMNS)] == FINDING_COLUMNS
    assert (told["owner"][0], told["dimension"][0], told["label"][0]) == ("Product management", "manual_page", "3")
    assert '"from": "2025-11-01"' in told["trace"][0]
    assert told["n"][0] == 80  # the contacts that the trace leads to
    assert 0 < told["weight"][0] <= 2
    drawn = page.chart(found)
    assert "Set-up, Kettle: 40% at manual page 3" in drawn.title
    assert "4%" in drawn.svg


def test_hostile_labels_stay_text():
    data = questions({"<b>Kettle</b>": 0.4, "Lamp": 0.04}, issue="<script>")
    found = localise(data, RULES, places=["manual_page"])
    for made in (page.said(found, OWNERS, RULES), page.places(found)):
        assert "<script>" not in made.html
        assert "<b>Kettle" not in made.html
    assert "<script>" in plain(page.places(found).html)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It is probably in the FAQ, but how long do I have?", True),
        ("Could not find anything about it on your site, found nothing on your website", True),
        ("Искала на сайте и ничего не нашла", True),
        ("наверное написано в разделе помощь", True),
        ("帮助中心找不到说明", True),
        ("这是常见问题吧", True),
        ("Where is my parcel?", False),
        ("Не могу войти в кабинет", False),
        ("", False),
    ],
)
def test_customers_say_that_the_answer_may_stand_somewhere(text, found):
    assert bool(says_so(text)) is found


def easy(issue, share, said, n=200):
    """Contacts of an issue, a share of which is solved at once and for good, and a share says the FAQ may have it."""
    return pd.DataFrame(
        {
            "interaction_id": [f"{issue}{at}" for at in range(n)],
            "issue": issue,
            "category": "order",
            "channel": "chat",
            "text": ["probably in the faq" if at < said * n else "please help" for at in range(n)],
            "one_touch_pct": [1.0 if at < share * n else 0.0 for at in range(n)],
            "fcr_pct": 1.0,
            "aht_minutes": [3.0 if at < share * n else 9.0 for at in range(n)],
        }
    )


def test_candidates_are_those_that_say_so_before_those_that_are_easy():
    data = pd.concat(
        [easy("cancel", 0.8, 0.3), easy("track", 0.8, 0.0), easy("broken", 0.2, 0.0), easy("late", 0.2, 0.01)]
    )
    found = candidates(data, RULES)
    assert found["issue"].tolist() == ["cancel", "track"]
    assert found["signs"].tolist() == ["both", "easy"]
    assert found["certainty"].tolist() == ["sure", "cannot tell"]
    first = found.iloc[0]
    assert (first["n"], first["said"], first["judged"]) == (200, 60, 200)
    assert first["said_share"] == pytest.approx(30)
    assert first["easy_share"] == pytest.approx(80)
    assert first["said_others"] == pytest.approx(100 * 2 / 600)
    assert first["hours"] == pytest.approx(160 * 3 / 60)  # those that say so are among the easy ones
    assert first["hours_known"] == 100
    words = answered_page.answered_said(found, len(data), RULES).text
    assert "Candidates, not proof" in words
    assert "60 of 200 contacts about these issues, which are 25% of all contacts" in words
    assert "about 8 hours" in words
    assert "Settle it" in words
    assert "words and ease" in answered_page.answered(found, OWNERS).text


def test_without_texts_replies_or_times_there_are_no_candidates():
    bare = pd.DataFrame({"interaction_id": ["a"] * 80, "issue": ["x", "y"] * 40})
    found = candidates(bare, RULES)
    assert found.empty
    assert "No issue's customers" in answered_page.answered_said(found, 80, RULES).text
    assert answered_page.answered(found, OWNERS).html == ""
    assert candidates(bare.drop(columns="issue"), RULES).empty


def test_easy_alone_needs_two_signs():
    data = pd.concat([easy("cancel", 0.8, 0.0), easy("broken", 0.2, 0.0)])
    assert candidates(data.drop(columns=["fcr_pct", "aht_minutes"]), RULES).empty
    assert candidates(data.drop(columns="aht_minutes"), RULES)["hours"].isna().all()


def test_what_asks_nothing_is_no_candidate_for_being_easy():
    praise, ask = easy("praise", 0.9, 0.0), easy("availability", 0.9, 0.0).assign(text="is it there?")
    data = pd.concat([praise, ask, easy("broken", 0.1, 0.0), easy("late", 0.1, 0.0)])
    assert candidates(data, RULES)["issue"].tolist() == ["availability"]
