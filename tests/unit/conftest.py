from collections.abc import Iterator

import pytest
from voc.data.store import Store


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Iterator[Store]:
    """Give the tests of a module one embedded engine."""
    opened = Store(tmp_path_factory.mktemp("store"), threads=1)
    yield opened
    opened.close()
