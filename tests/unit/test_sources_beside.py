"""Activity, staffing, surveys and customers beside the contacts: read, unified, matched, pseudonyms, and refusals."""

import pandas as pd
import pytest
import voc
from voc.data.audit import Audit
from voc.data.clean.ids import drop_repeated_ids, tidy_ids
from voc.data.clean.persons import replace_ids
from voc.data.problems import InputError
from voc.data.store import to_frame
from voc.run.inputs import clean_others, read_inputs

PARAMS = """\
name: beside
company: A shop
pseudonym_key: not-a-secret-but-long-enough
labels: labels.yml
sources:
  - {name: desk, file: contacts.csv, source: desk.yml}
"""
LABELS = """\
status: {solved: [Done], open: [Reopened]}
kind: {csat: [Stars], status: [State], message: [Reply]}
region: {North: [Nord]}
flags: {"yes": [ja], "no": [nein]}
"""
DESK = """\
table: interactions
format: csv
time_formats: ["%Y-%m-%d %H:%M"]
id: id
columns: {created_at: at, agent_id: agent, customer_id: customer}
"""
OTHERS = {
    "activity": """\
table: activity
format: csv
time_formats: ["%Y-%m-%d %H:%M"]
refers_to: desk
columns: {interaction_id: ticket, at: when, kind: what, status: state, agent_id: who, actor: role, public: public, score: stars}
""",
    "staffing": """\
table: staffing
format: csv
time_formats: ["%Y-%m-%d"]
columns: {day: day, agent_id: who, team: team, staffed_seconds: hours}
units: {staffed_seconds: hours}
""",
    "shifts": """\
table: shifts
format: csv
decimal: ","
delimiter: ;
time_formats: ["%d.%m.%Y"]
columns: {day: Date, hour: Hour, channel: Queue, people: Planned}
""",
    "surveys": """\
table: surveys
format: csv
time_formats: ["%Y-%m-%d"]
id: no
columns: {kind: what, customer_id: customer, sent_at: sent, score: score}
""",
    "customers": """\
table: customers
format: csv
id: customer
columns: {segment: segment}
dimensions: {region: region}
persons: {keeper: keeper}
""",
}
CONTACTS = [
    "id,at,agent,customer",
    "1,2026-10-01 09:00,Ann,C1",
    "2,2026-10-01 10:00,Bob,C2",
    "3,2026-10-02 09:00,Ann,C3",
]
ACTIVITY = [
    "ticket,when,what,state,who,role,public,stars",
    "#1,2026-10-01 09:05,Reply,,Ann,Agent,ja,",
    "1,2026-10-01 09:30,State,Done,Ann,agent,,",
    "2,2026-10-01 10:05,assigned,,Bob,system,,",
    "3,2026-10-02 09:30,score,,,customer,,9",
    "77,2026-10-02 09:40,State,Reopened,,system,,",
]


class Shop:
    """A project on disk whose sources are read and cleaned as 01_cleaning does."""

    def __init__(self, folder):
        self.folder, self.files = folder, {"labels.yml": LABELS, "desk.yml": DESK}
        self.params, self.months = PARAMS, []
        self.files["contacts.csv"] = "\n".join(CONTACTS)

    def add(self, name: str, *lines: str, spec: str = "") -> None:
        self.params += f"  - {{name: {name}, file: {name}.csv, source: {name}.yml}}\n"
        self.files |= {f"{name}.yml": spec or OTHERS[name], f"{name}.csv": "\n".join(lines)}

    def open(self):
        for name, text in (self.files | {"beside.yml": self.params}).items():
            (self.folder / name).write_text(text + "\n", encoding="utf-8")
        self.months.append(voc.open_month(self.folder / "beside.yml"))
        return self.months[-1]

    def clean(self, copies: tuple = ()) -> tuple[dict[str, pd.DataFrame], Audit]:
        """Clean what lies beside the contacts; ``copies`` are pairs of a copy's id and the id kept."""
        month = self.open()
        audit = Audit(month.store)
        inputs = read_inputs(month)
        audit.apply(audit.apply(inputs.get("interactions"), tidy_ids), drop_repeated_ids)
        if copies:
            gone = pd.DataFrame([(copy, 0, "copy", kept) for copy, kept in copies])
            gone.columns = ["interaction_id", "row", "reason", "kept_id"]
            audit._keep(gone, "drop near duplicates", audit.removed().schema, audit._removed)
        others = clean_others(inputs, audit, month)
        return {name: to_frame(table.order_by("_row")) for name, table in others.items()}, audit

    def refused(self) -> str:
        with pytest.raises(InputError) as error:
            self.clean()
        return str(error.value)


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.setenv("VOC_REPORTS", str(tmp_path / "reports"))
    made = Shop(tmp_path)
    yield made
    for month in made.months:
        month.close()


def line(audit: Audit, step: str) -> dict:
    return next(one for one in audit.lines if one["step"] == step)


def pseudonyms_of(month, *agents: str) -> list[str]:
    frame = pd.DataFrame({"agent_id": agents, "at": range(len(agents))})
    return (
        to_frame(replace_ids(month.store.load(frame), month.pseudonym_key).table).sort_values("at")["agent_id"].tolist()
    )


def test_activity_is_unified_matched_and_made_pseudonymous(shop):
    shop.add("activity", *ACTIVITY)
    tables, audit = shop.clean()
    activity = tables["activity"]
    assert activity["interaction_id"].tolist() == ["desk:1", "desk:1", "desk:2", "desk:3"]  # of 77 there is no contact
    assert activity["kind"].tolist() == ["message", "status", "assigned", "score"]
    assert activity["status"].dropna().tolist() == ["solved"]
    assert activity["actor"].tolist() == ["agent", "agent", "system", "customer"]
    assert activity["public"].dropna().tolist() == [True]
    ann, bob = pseudonyms_of(shop.months[0], "Ann", "Bob")
    assert activity["agent_id"].tolist()[:3] == [ann, ann, bob]
    assert activity["score"].isna().all()  # 9 is no answer on 1–5: emptied and counted
    assert line(audit, "empty impossible numbers of activity")["cells_changed"] == 1
    said = line(audit, "match activity")
    assert said["why"] == (
        "5 rows of activity: 0 of copies moved to the contact that stayed, 1 left out because their contact is not here"
    )
    assert (said["rows_in"], said["rows_out"], said["cells_changed"]) == (3, 3, 0)


def test_activity_of_a_copy_moves_to_the_contact_that_stayed(shop):
    shop.add("activity", *ACTIVITY)
    tables, audit = shop.clean(copies=[("desk:2", "desk:1"), ("desk:3", None)])
    assert tables["activity"]["interaction_id"].tolist() == ["desk:1"] * 3  # the third contact is gone, with its row
    assert line(audit, "match activity")["cells_changed"] == 1
    assert "1 of copies moved to the contact that stayed, 2 left out" in line(audit, "match activity")["why"]


def test_a_contact_that_stands_twice_is_no_copy_of_another(shop):
    shop.files["contacts.csv"] += "\n1,2026-10-01 09:00,Ann,"
    shop.add("activity", *ACTIVITY)
    tables, audit = shop.clean()
    assert len(tables["activity"]) == 4
    assert line(audit, "match activity")["cells_changed"] == 0


def test_activity_of_no_contact_at_all_is_a_wrong_reference(shop):
    shop.add("activity", *ACTIVITY, spec=OTHERS["activity"].replace("refers_to: desk\n", ""))
    said = shop.refused()
    assert "activity.csv, column 'ticket', from row 2: none of 5 rows is about a contact that is here" in said
    assert "'1' is none of them, 'desk:1' is one" in said
    assert "Name the source of the contacts under refers_to" in said


def test_a_reference_to_no_source_of_contacts(shop):
    shop.add("activity", *ACTIVITY, spec=OTHERS["activity"].replace("refers_to: desk", "refers_to: dest"))
    assert "activity.yml, refers_to: 'dest' is no source of contacts. Did you mean desk?" in shop.refused()


def test_words_that_no_closed_vocabulary_knows_are_told_with_file_column_and_row(shop):
    shop.add(
        "activity",
        *ACTIVITY,
        "2,2026-10-01 10:06,call,,Bob,agent,,",
        "2,2026-10-01 10:07,call,frozen,Bob,agent,,",
        "2,2026-10-01 10:08,assigned,,Bob,robot,,",
    )
    said = shop.refused()
    assert "3 problems" in said
    assert "activity.csv, column 'what', row 7: 'call' (2 rows) is no known kind" in said
    assert "Add it to the labels file under kind, to one of status, message, assigned, score." in said
    assert "activity.csv, column 'state', row 8: 'frozen' (1 row) is no known status" in said
    assert "activity.csv, column 'role', row 9: 'robot' (1 row) is no known actor" in said


def test_the_same_unknown_word_in_two_files_is_told_for_each(shop):
    other = OTHERS["activity"]
    shop.add("activity", *ACTIVITY, "2,2026-10-01 10:06,call,,Bob,agent,,")
    shop.add("log", *ACTIVITY, "2,2026-10-01 10:06,call,,Bob,agent,,", spec=other)
    said = shop.refused()
    assert "activity.csv, column 'what', row 7" in said
    assert "log.csv, column 'what', row 7" in said


def test_staffing_in_hours_with_the_agents_of_the_contacts(shop):
    shop.add("staffing", "day,who,team,hours", "2026-10-01,Ann,A,7.5", "2026-10-01,Bob,A,-2")
    tables, audit = shop.clean()
    staffing = tables["staffing"]
    assert staffing["staffed_seconds"].tolist()[0] == 27_000
    assert pd.isna(staffing["staffed_seconds"][1])
    assert line(audit, "empty impossible numbers of staffing")["cells_changed"] == 1
    assert staffing["agent_id"].tolist() == pseudonyms_of(shop.months[0], "Ann", "Bob")


def test_shifts_with_the_channels_of_the_contacts_and_hours_that_no_day_has(shop):
    shop.add("shifts", "Date;Hour;Queue;Planned", "01.10.2026;09;Phone;1,50", "01.10.2026;24;chat;2,00")
    tables, audit = shop.clean()
    shifts = tables["shifts"]
    assert shifts["channel"].tolist() == ["phone", "chat"]
    assert shifts["people"].tolist() == [1.5, 2.0]
    assert shifts["hour"].tolist()[0] == 9 and pd.isna(shifts["hour"][1])
    assert line(audit, "empty impossible numbers of shifts")["cells_changed"] == 1


def test_customers_are_found_from_their_contacts_and_their_labels_unified(shop):
    shop.add("customers", "customer,segment,region,keeper", "C1,loyal,Nord,Zoe Quist", "C2,new,North,")
    tables, _ = shop.clean()
    customers = tables["customers"]
    month = shop.months[0]
    contacts = to_frame(replace_ids(read_inputs(month).get("interactions"), month.pseudonym_key).table)
    assert set(customers["customer_id"]) < set(contacts["customer_id"])
    assert customers["region"].tolist() == ["North", "North"]
    assert customers["keeper"][0].startswith("p-")
    assert "Zoe" not in customers.to_csv()


SURVEYS = [f"{at},Stars,C1,2026-10-03,{score}" for at, score in enumerate([0, 3, 7, 8, 8, 9, 9, 10, 10, 10])]


def test_satisfaction_on_another_scale_is_refused_with_a_cure(shop):
    shop.add("surveys", "no,what,customer,sent,score", *SURVEYS)
    said = shop.refused()
    assert "surveys.csv, column 'score', from row 2" in said
    assert "9 of 10 answers lie outside the scale of csat, 1 to 5: they go from 0 to 10" in said
    assert "Say under answers, score, in surveys.yml which score each answer is (null: no answer)." in said


def test_the_cure_works(shop):
    listed = "answers: {score: {0: 1, 3: 2, 7: 3, 8: 4, 9: 5, 10: 5}}\n"
    shop.add("surveys", "no,what,customer,sent,score", *SURVEYS, spec=OTHERS["surveys"] + listed)
    tables, _ = shop.clean()
    assert tables["surveys"]["score"].tolist() == [1, 2, 3, 4, 4, 5, 5, 5, 5, 5]


def test_the_contacts_own_scores_are_looked_at_before_anything_else(shop):
    rows = [f"{at},2026-10-01 09:00,Ann,C1,{score}" for at, score in enumerate([10] * 6 + [5] * 20)]
    shop.files |= {"contacts.csv": "\n".join(["id,at,agent,customer,stars", *rows])}
    shop.files["desk.yml"] = DESK.replace("customer_id: customer", "customer_id: customer, csat: stars")
    said = shop.refused()
    assert "contacts.csv, column 'stars', from row 2: 6 of 26 answers lie outside the scale of csat" in said


def test_surveys_without_a_score_are_surveys_sent(shop):
    spec = OTHERS["surveys"].replace(", score: score", "")
    shop.add("surveys", "no,what,customer,sent", "1,Stars,C1,2026-10-03", spec=spec)
    tables, _ = shop.clean()
    assert tables["surveys"]["score"].isna().tolist() == [True]
    assert tables["surveys"]["kind"].tolist() == ["csat"]


def test_an_nps_asked_from_1_to_10_is_said(shop):
    scores = [1] * 5 + [6] * 5 + [10] * 10
    shop.add("surveys", "no,what,customer,sent,score", *[f"{at},NPS,C1,2026-10-03,{s}" for at, s in enumerate(scores)])
    tables, audit = shop.clean()
    assert tables["surveys"]["score"].tolist() == scores  # said, not rescaled
    assert line(audit, "look at scales")["why"] == (
        "none of the 20 answers of surveys is 0 while 5 are 1 and 10 are 10: it was asked from 1 to 10; "
        "the answers are counted as they are"
    )


def test_scores_that_cannot_be_and_surveys_that_stand_again_are_counted(shop):
    rows = [f"{at},Stars,C1,2026-10-03,{score}" for at, score in enumerate([9, *[5] * 20])]
    shop.add("surveys", "no,what,customer,sent,score", *rows, rows[-1])
    tables, audit = shop.clean()
    assert tables["surveys"]["score"].isna().tolist() == [True, *[False] * 20]
    assert line(audit, "empty impossible scores")["cells_changed"] == 1
    assert line(audit, "drop repeated surveys")["why"] == "1 row left out: the same survey stands again"
