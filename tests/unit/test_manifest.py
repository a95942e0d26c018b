import json

import pytest
from voc.run.manifest import build_manifest, differences, read_manifest, write_manifest
from voc.run.publish import replacing
from voc.run.settings import load_settings

TRAIL = [{"step": "read tickets", "rows_in": 10, "rows_out": 10, "cells_changed": 0, "why": "as described"}]


def built(**more):
    given = {"period": "2026-10", "key": "k", "data": {"tickets": "abc"}, "versions": {"pandas": "3.1"}, "seconds": {"01_cleaning": 1.26}, "trail": TRAIL, "before": None}  # fmt: skip
    return build_manifest(load_settings("params/sample.yml"), **(given | more))


def test_a_manifest_says_what_a_report_was_made_from():
    made = built()
    assert made["period"] == "2026-10"
    assert made["settings"]["metrics"]["repeat_days"] == 7  # defaults are written out
    assert made["seconds"] == {"01_cleaning": 1.3}
    assert made["differs"] is None


def test_the_secret_key_is_never_in_it():
    loaded = load_settings("params/sample.yml")
    assert loaded.settings.pseudonym_key
    assert loaded.settings.pseudonym_key not in json.dumps(built())


def test_differences_are_old_and_new():
    before = {
        "period": "2026-09",
        "settings": {"seed": 1, "metrics": {"min_n": 30}},
        "versions": {"pandas": "3.0", "gone": "1"},
        "rows": TRAIL,
    }
    now = {"settings": {"seed": 1, "metrics": {"min_n": 50}}, "versions": {"pandas": "3.1"}, "rows": [{"step": "read tickets", "rows_out": 8}, {"step": "tidy ids", "rows_out": 8}]}  # fmt: skip
    assert differences(before, now) == {
        "from": "2026-09",
        "settings": {"metrics.min_n": [30, 50]},
        "versions": {"gone": ["1", None], "pandas": ["3.0", "3.1"]},
        "rows": {"read tickets": [10, 8], "tidy ids": [None, 8]},
    }


def test_equal_manifests_do_not_differ():
    made = built()
    assert differences(made, made) == {"from": "2026-10", "settings": {}, "versions": {}, "rows": {}}


def test_it_is_read_back_and_a_broken_one_is_none(tmp_path):
    assert read_manifest(tmp_path) is None
    made = built(data={"tickets": "退款"})
    write_manifest(tmp_path, made)
    assert read_manifest(tmp_path) == json.loads(json.dumps(made))
    assert "退款" in (tmp_path / "manifest.json").read_text(encoding="utf-8")
    (tmp_path / "manifest.json").write_text('{"period": ')
    assert read_manifest(tmp_path) is None


# putting a report in the place of the last one


def test_a_folder_is_replaced_whole(tmp_path):
    target = tmp_path / "2026-10"
    for text in ("old", "new"):
        with replacing(target) as folder:
            (folder / f"{text}.html").write_text(text)
    assert [path.name for path in target.iterdir()] == ["new.html"]
    assert [path.name for path in tmp_path.iterdir()] == ["2026-10"]


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_a_build_that_fails_leaves_the_old_folder(tmp_path, error):
    target = tmp_path / "2026-10"
    target.mkdir()
    (target / "old.html").write_text("old")
    with pytest.raises(type(error)), replacing(target) as folder:
        (folder / "half.html").write_text("half")
        raise error
    assert [path.name for path in target.iterdir()] == ["old.html"]
    assert [path.name for path in tmp_path.iterdir()] == ["2026-10"]


def test_a_run_that_was_stopped_between_its_two_renames_is_mended(tmp_path):
    target, aside = tmp_path / "2026-10", tmp_path / ".2026-10.old"
    aside.mkdir()
    (aside / "old.html").write_text("old")
    with pytest.raises(ValueError, match="no"), replacing(target):
        raise ValueError("no")
    assert (target / "old.html").read_text() == "old"
