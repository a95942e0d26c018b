"""The report on the embedded sample, made once for all tests that look at it."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def sample_report() -> Path:
    """The published folder of the sample's report; unchanged notebooks are not run again."""
    from voc.run.runner import run

    return run("params/sample.yml", resume=True)
