"""Settings that a command replaces stand in the params file that notebooks are given."""

from __future__ import annotations

from pathlib import Path

import pytest
from voc.run.in_full import write_in_full
from voc.run.settings import ROOT, load_settings


def test_replaced_settings_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOC_REPORTS", str(tmp_path))
    replaced = {"name": "other", "sample.seed": 7, "metrics.repeat_days": 3}
    loaded = load_settings(ROOT / "params" / "sample.yml", **replaced)
    again = load_settings(write_in_full(loaded))
    assert (again.settings.name, again.settings.sample.seed, again.settings.metrics.repeat_days) == ("other", 7, 3)
    assert again.work == loaded.work
    assert again.vocabulary == loaded.vocabulary
    assert again.owners == loaded.owners
    assert again.taxonomy == loaded.taxonomy is not None
    assert list(again.whys) == list(loaded.whys) != []
    assert list(again.events) == list(loaded.events) != []
    assert [again.file_of(entry) for entry in again.settings.sources] == [
        loaded.file_of(entry) for entry in loaded.settings.sources
    ]
    same = {"sources", "labels", "targets", "teams", "taxonomy", "whys", "events"}
    assert again.settings.model_dump(exclude=same) == loaded.settings.model_dump(exclude=same)


def test_a_sample_of_another_size_lies_in_a_folder_of_its_own() -> None:
    path = ROOT / "params" / "sample.yml"
    folders = {
        load_settings(path, **size).sample_folder for size in ({}, {"sample.contacts": 8000}, {"sample.seed": 1})
    }
    assert len(folders) == 3
