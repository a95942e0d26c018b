"""The report on the embedded sample, made once for all tests that look at it."""

import os
from pathlib import Path

import pytest
from hypothesis import settings
from voc.run.settings import vectors_folder

settings.register_profile("ours", deadline=None)  # a limit in milliseconds tests how busy the machine is
settings.load_profile("ours")
# Small reports of their own folders, some twenty, would each embed our labelled sentences anew.
os.environ["VOC_VECTORS"] = str(vectors_folder())


@pytest.fixture(scope="session")
def sample_report() -> Path:
    """The published folder of the sample's report; unchanged notebooks are not run again."""
    from voc.run.runner import run

    return run("params/sample.yml", resume=True)
