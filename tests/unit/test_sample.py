"""The embedded sample: repeatable bytes, readable files, planted truths of the planted size."""

import csv
import hashlib
import json
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import numpy as np
import pandas as pd
import phonenumbers
import pytest
import python_calamine
import yaml
from stdnum import iban, luhn
from voc.data.sample import make_sample
from voc.data.sample.labels import WORDINGS
from voc.data.sample.shifts import in_time, queue_people
from voc.data.sample.template import Dice, expand, parse

ROOT = Path(__file__).parents[2]
SMALL, TINY = 6_000, 1_500  # contacts


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Path:
    """Return a small sample of seed 3."""
    folder = tmp_path_factory.mktemp("sample")
    make_sample(folder, seed=3, contacts=SMALL)
    return folder


@pytest.fixture(scope="module")
def truth(small) -> pd.DataFrame:
    return pd.read_parquet(small / "truth" / "interactions.parquet")


@pytest.fixture(scope="module")
def story(small) -> dict:
    return json.loads((small / "truth" / "truth.json").read_text(encoding="utf-8"))


def digests(folder: Path) -> dict[str, str]:
    """Return the hash of every file of a sample."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def read_tickets(folder: Path) -> list[dict]:
    with (folder / "raw" / "tickets.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def read_calls(folder: Path) -> list[dict]:
    book = python_calamine.CalamineWorkbook.from_path(str(folder / "raw" / "calls.xlsx"))
    rows = book.get_sheet_by_name("Call log").to_python()
    return [dict(zip(rows[2], row, strict=True)) for row in rows[3:]]


def read_chats(folder: Path) -> list[dict]:
    text = (folder / "raw" / "chats.jsonl").read_bytes().decode("utf-8")
    return [json.loads(line) for line in text.split("\n") if line]


def normal(word: str) -> str:
    """Return a wording as label matching sees it."""
    return re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", word).casefold()).strip()


def test_same_seed_same_bytes_and_other_seed_differs(tmp_path):
    # A second process: set order and hashing must not matter either.
    code = "import sys; from voc.data.sample import make_sample; make_sample(sys.argv[1], 3, int(sys.argv[2]))"
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "again"), str(TINY)], check=True)
    for name, seed in (("one", 3), ("other", 4)):
        make_sample(tmp_path / name, seed=seed, contacts=TINY)
    same, again, other = (digests(tmp_path / name) for name in ("one", "again", "other"))
    assert len(same) >= 8
    assert again == same
    assert [name for name in same if other[name] == same[name]] == []


def test_import_is_light():
    code = "import sys, voc.data.sample; print([m for m in ('numpy', 'pandas', 'xlsxwriter') if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert shown.strip() == "[]"


def test_rows_of_the_truth_are_the_rows_of_the_files(small, truth):
    assert 0.9 * SMALL < len(truth) < 1.1 * SMALL
    ids = {
        "tickets": [row["Ticket ID"] for row in read_tickets(small)],
        "calls": [row["Call ID"] for row in read_calls(small)],
        "chats": [row["id"] for row in read_chats(small)],
    }
    for source, raw in ids.items():
        rows = truth[truth["source"] == source].sort_values("row_number")
        assert rows["row_number"].tolist() == list(range(len(raw)))
        clean = [f"{source}:{value.strip('# ')}" for value in raw]
        assert rows["interaction_id"].tolist() == clean
        assert truth.loc[truth["dirty_id"], "source"].nunique() == 3


def test_moments_lie_in_the_24_months(truth):
    created = truth["true_created_at"]
    assert created.min() >= pd.Timestamp("2024-11-01")
    assert created.max() < pd.Timestamp("2026-11-01")
    assert created.dt.strftime("%Y-%m").nunique() == 24
    for earlier, later in (
        ("true_created_at", "true_first_response_at"),
        ("true_first_response_at", "true_first_resolved_at"),
        ("true_first_resolved_at", "true_resolved_at"),
    ):
        both = truth[[earlier, later]].dropna()
        assert (both[earlier] <= both[later]).all(), (earlier, later)


def test_shares_are_as_described(truth):
    true = truth[truth["duplicate_kind"].isna()]
    language = true["customer_language"].value_counts(normalize=True)
    # A few customers write often, and there are only 2,000 of them here.
    for name, share in (("en", 0.45), ("ru", 0.30), ("zh", 0.25)):
        assert language[name] == pytest.approx(share, abs=0.07)
    assert set(true["channel"]) == {"phone", "chat", "email", "web form", "messenger", "review"}
    assert true["agent"].nunique() == 40
    assert true["team"].nunique() == 5
    assert true["category"].nunique() == 9
    assert true["issue"].nunique() == 37
    assert 0.10 < (true["attempt"] > 1).mean() < 0.16
    assert 0.78 < true["solved_first"].mean() < 0.88
    assert 0.03 < true.loc[true["channel"] == "phone", "abandoned"].mean() < 0.08


@pytest.mark.parametrize(
    ("name", "encoding", "delimiter", "header"),
    [
        ("tickets.csv", "utf-8-sig", ",", "Ticket ID"),
        ("surveys.csv", "utf-16", "\t", "Survey ID"),
        ("customers.csv", "cp1251", ";", "Клиент"),
        ("orders.csv", "utf-8", ",", "day"),
        ("events.csv", "utf-8", ",", "event_id"),
        ("shifts.csv", "utf-8", ";", "Date"),
        ("measures.csv", "utf-8", ",", "measure_id"),
    ],
)
def test_text_files_have_their_encoding(small, name, encoding, delimiter, header):
    with (small / "raw" / name).open(encoding=encoding, newline="") as file:
        rows = list(csv.reader(file, delimiter=delimiter))
    assert rows[0][0] == header
    assert {len(row) for row in rows} == {len(rows[0])}


def test_source_files_name_real_columns(small):
    columns = {
        "tickets": set(read_tickets(small)[0]),
        "calls": set(read_calls(small)[0]),
        "chats": {*read_chats(small)[0], "visitor.id"},
    }
    for name in ("surveys", "customers", "orders", "events", "shifts"):
        source = yaml.safe_load((ROOT / "params" / "sources" / f"shop_{name}.yml").read_text(encoding="utf-8"))
        with (small / "raw" / f"{name}.csv").open(encoding=source["encoding"], newline="") as file:
            columns[name] = set(next(csv.reader(file, delimiter=source["delimiter"])))
    for name, known in columns.items():
        source = yaml.safe_load((ROOT / "params" / "sources" / f"shop_{name}.yml").read_text(encoding="utf-8"))
        asked = {*source["columns"].values(), *source.get("dimensions", {}).values(), source.get("id")} - {None}
        assert asked <= known, f"{name}: {asked - known}"


def test_times_are_in_the_formats_said(small):
    def parsed(values, formats):
        values = pd.Series([value for value in values if value])
        hits = [pd.to_datetime(values, format=form, errors="coerce").notna() for form in formats]
        return np.logical_or.reduce(hits).all() and all(hit.any() for hit in hits)

    tickets, calls = read_tickets(small), read_calls(small)
    for column in ("Created at", "First reply at", "Solved at"):
        assert parsed([row[column] for row in tickets], ["%Y-%m-%dT%H:%M:%SZ", "%m/%d/%Y %I:%M %p"])
    for column in ("Started", "Answered", "Resolved at"):
        assert parsed([row[column] for row in calls], ["%d.%m.%Y %H:%M:%S"])
    for chat in read_chats(small)[:200]:
        stamps = [message["ts"] for message in chat["messages"]]
        assert stamps == sorted(stamps)
        assert all(stamp.endswith("+08:00") for stamp in stamps)


def test_first_human_reply_in_a_chat_is_the_true_response(small, truth):
    true = truth.set_index("interaction_id")["true_first_response_at"]
    true = true[~true.index.duplicated()]
    for chat in read_chats(small)[:400]:
        human = [message["ts"] for message in chat["messages"] if message["from"] == "agent"]
        expected = true[f"chats:{chat['id'].strip('# ')}"]
        if human:
            assert pd.Timestamp(human[0]).tz_convert("UTC").tz_localize(None) == expected
        else:
            assert pd.isna(expected)


def test_labels_file_is_the_table_of_wordings_and_has_no_clash():
    listed = yaml.safe_load((ROOT / "params" / "labels.yml").read_text(encoding="utf-8"))
    # YAML reads yes and no as true and false.
    listed = {column: {str(key).lower(): words for key, words in table.items()} for column, table in listed.items()}
    made = {column: {key.lower(): list(words) for key, words in table.items()} for column, table in WORDINGS.items()}
    assert listed == made
    for column, table in WORDINGS.items():
        owner: dict[str, str] = {}
        for key, words in table.items():
            for word in words:
                assert owner.setdefault(normal(word), key) == key, (column, word)


def test_every_label_is_known_but_the_typos(small):
    cells = pd.read_parquet(small / "truth" / "labels.parquet")
    known = {(column, normal(w)): key for column, table in WORDINGS.items() for key, ws in table.items() for w in ws}
    variants = cells[cells["how"] == "variant"]
    assert len(variants) > 1000
    found = [known.get((column, normal(raw))) for column, raw in zip(variants["column"], variants["raw"], strict=True)]
    assert found == variants["canonical"].tolist()
    typos = cells[cells["how"] == "typo"]
    assert len(typos) > 20
    assert all(known.get((c, normal(raw))) is None for c, raw in zip(typos["column"], typos["raw"], strict=True))


def test_duplicates_point_to_their_originals(truth):
    ids = set(truth["interaction_id"])
    doubled = truth[truth["duplicate_kind"].notna()]
    assert set(doubled["duplicate_of"]) <= ids
    share = doubled["duplicate_kind"].value_counts() / len(truth)
    assert share["exact"] == pytest.approx(0.008, abs=0.002)
    assert share["near"] == pytest.approx(0.010, abs=0.003)
    assert share["cross"] == pytest.approx(0.015, abs=0.004)
    original = truth[truth["duplicate_kind"].isna()].drop_duplicates("interaction_id").set_index("interaction_id")
    for row in doubled.itertuples():
        first = original.loc[row.duplicate_of]
        assert first["customer"] == row.customer
        assert pd.Timedelta(0) <= row.true_created_at - first["true_created_at"] <= pd.Timedelta(minutes=41)
    cross = doubled[doubled["duplicate_kind"] == "cross"]
    assert set(cross["source"]) == {"tickets"}
    assert all(origin.startswith("chats:") for origin in cross["duplicate_of"])


def test_swapped_dates_break_the_order_of_stamps(small, truth):
    calls = read_calls(small)
    rows = truth[truth["swapped_created"] & (truth["source"] == "calls")]
    assert len(rows) > 5
    for row in rows.itertuples():
        raw = calls[row.row_number]
        started = pd.to_datetime(raw["Started"], format="%d.%m.%Y %H:%M:%S")
        assert started > pd.to_datetime(raw["Answered"], format="%d.%m.%Y %H:%M:%S")
        true = row.true_created_at.tz_localize("UTC").tz_convert("Europe/Berlin").tz_localize(None)
        assert started.replace(day=started.month, month=started.day) == true


def test_personal_data_stand_in_the_texts_and_are_valid(small, truth):
    masks = pd.read_parquet(small / "truth" / "masks.parquet")
    texts = {f"tickets:{row['Ticket ID'].strip('# ')}": row["Description"] for row in read_tickets(small)}
    texts |= {f"calls:{row['Call ID'].strip('# ')}": row["Note"] for row in read_calls(small)}
    for chat in read_chats(small):
        said = [message["text"] for message in chat["messages"] if message["from"] == "visitor"]
        texts[f"chats:{chat['id'].strip('# ')}"] = "\n".join(said)
    assert all(row.value in texts[row.interaction_id] for row in masks.itertuples())
    values = {kind: part["value"].tolist() for kind, part in masks.groupby("kind")}
    assert all(luhn.is_valid(re.sub(r"\D", "", value)) for value in values["card"])
    assert all(iban.is_valid(value) for value in values["account"])
    for value in values["phone"]:
        numbers = [phonenumbers.parse(value, region) for region in ("GB", "US", "DE", "RU", "CN")]
        assert any(phonenumbers.is_valid_number(number) for number in numbers), value
    assert set(masks.loc[~masks["must_mask"], "kind"]) == {"order no", "article", "amount", "date"}
    long = [re.sub(r"\D", "", value) for value in values["order no"] + values["article"]]
    assert not any(luhn.is_valid(number) for number in long if len(number) in (13, 16))


def test_texts_vary(small):
    texts = [row["Description"] for row in read_tickets(small)]
    texts += ["\n".join(m["text"] for m in chat["messages"] if m["from"] == "visitor") for chat in read_chats(small)]
    long = [text for text in texts if len(text.split()) > 5 or len(re.findall(r"[\u4e00-\u9fff]", text)) > 10]
    assert len(long) > 0.7 * len(texts)
    assert len(set(long)) / len(long) > 0.9
    assert not any(re.search(r"<[a-z_]+>", text) for text in texts if "</" not in text and "<br" not in text)


def test_language_of_texts(truth):
    told = truth[truth["language"].notna()]
    assert (told["language"] == told["customer_language"]).mean() == pytest.approx(0.98, abs=0.015)
    assert 0.02 < truth["language"].isna().mean() < 0.15


def test_fourteen_plants_and_nulls_are_told(story):
    assert [plant["id"] for plant in story["plants"]] == list(range(1, 15))
    for plant in story["plants"]:
        assert plant["name"] and plant["what"] and plant["expected"] and plant["sizes"]
        assert "2024-11-01" <= plant["dates"][0] <= plant["dates"][1] <= "2026-10-31"
    assert len(story["nulls"]) > 10
    assert all(kind["count"] > 0 for kind in story["dirt"].values())


def test_simpson_holds_in_the_truth(story):
    sizes = story["plants"][5]["sizes"]
    assert sizes["pooled_rank_correlation"] < -0.1
    assert sizes["within_rank_correlation"] > 0.03


def test_other_plants_have_their_sizes(story, truth):
    plants = {plant["id"]: plant for plant in story["plants"]}
    assert plants[1]["sizes"]["during"] > 4 * plants[1]["sizes"]["same_span_before"]
    assert plants[3]["sizes"]["share"] == pytest.approx(0.40, abs=0.12)
    assert plants[9]["sizes"]["billing_pace_of_others"] < 0.75
    assert plants[9]["sizes"]["solved_first_low"] < plants[9]["sizes"]["solved_first_others"] - 0.08
    assert plants[10]["sizes"]["sent_to_unhappy_hiding"] < 0.5 < plants[10]["sizes"]["sent_to_unhappy_others"]
    assert plants[14]["sizes"]["answered_csat_pct"] > plants[14]["sizes"]["true_csat_pct"] + 3
    eco = truth.loc[truth["theme"] == "eco packaging", "true_created_at"]
    assert eco.min() >= pd.Timestamp("2026-07-01")


def test_phrases_are_chosen_and_filled():
    dice = Dice(np.random.default_rng(1))
    made = {expand(dice, "(a|b(c|)) <x>", {"x": "!"}) for _ in range(200)}
    assert made == {"a !", "bc !", "b !"}
    with pytest.raises(ValueError, match="closes nothing"):
        parse("a)")
    with pytest.raises(ValueError, match="not closed"):
        parse("(a|b")
    with pytest.raises(KeyError, match="y"):
        expand(dice, "<y>", {})


def test_the_plan_of_shifts_changes_no_other_file(tmp_path, small, monkeypatch):
    """Nothing is drawn for it from the stream of the others: without it every other file has the same bytes."""
    from voc.data.sample import make

    monkeypatch.setattr(make, "write_shifts", lambda path, contacts, seed: {})
    make_sample(tmp_path, seed=3, contacts=SMALL)
    with_plan, without = digests(small), digests(tmp_path)
    assert set(with_plan) - set(without) == {"raw/shifts.csv"}
    assert [name for name in without if without[name] != with_plan[name]] == ["truth/truth.json"]


def test_shifts_are_planned_by_erlang_and_wrong_in_the_hours_that_the_truth_names(story, small):
    shifts = pd.read_csv(small / "raw" / "shifts.csv", sep=";", decimal=",")
    day = pd.to_datetime(shifts["Date"], format="%d.%m.%Y")
    assert (day.min(), day.max()) == (pd.Timestamp("2025-11-02"), pd.Timestamp("2026-10-31"))
    shifts["weekday"] = day.dt.strftime("%a")
    wrong = story["shifts"]

    def people(queue: str, weekday: str, hours: list[int]) -> float:
        rows = shifts[(shifts["Queue"] == queue) & (shifts["weekday"] == weekday) & shifts["Hour"].isin(hours)]
        return rows["Planned"].sum() / len(hours) / 52

    missing, idle = wrong["missing"], wrong["idle"]
    assert people("Phone", missing["weekday"], missing["hours"]) == pytest.approx(9 / 52)  # every sixth week
    assert people("Phone", missing["weekday"], [14, 15]) >= 1
    assert people("Chat", idle["weekday"], idle["hours"]) >= 1 + wrong["extra"]
    assert people("Chat", idle["weekday"], [2]) < 1 + wrong["extra"] / 2
    assert shifts.loc[shifts["Queue"] == "Phone", "Hour"].between(8, 19).all()


def test_queues_take_the_people_of_published_tables():
    """One erlang of 180 s: a third waits for two people, 1 − e^(−120/180) ÷ 3 = 83 % do for no more than two minutes."""
    assert in_time(1.0, 180.0, 2) == pytest.approx(1 - np.exp(-2 / 3) / 3)
    assert [queue_people(load, 180.0) for load in (0.0, 0.1, 1.0)] == [1, 1, 2]
    assert in_time(10.0, 180.0, 11) < 0.8 < in_time(10.0, 180.0, 12)  # 65 % and 88 %
    assert queue_people(10.0, 180.0, 2) == 6
