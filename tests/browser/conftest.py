"""One Chromium for all browser tests; a machine without one fails, because a skipped check checks nothing."""

import os
import shutil
from pathlib import Path

import pytest
from checks import build_demo
from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def chromium_path() -> str:
    found = os.environ.get("VOC_CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), None)
    if not found or not Path(found).exists():
        pytest.fail(
            f"No Chromium for the browser tests: VOC_CHROMIUM is {os.environ.get('VOC_CHROMIUM')!r} and none of "
            f"{', '.join(NAMES)} is on the path. Install one (Debian: apt-get install chromium) or set VOC_CHROMIUM.",
            pytrace=False,
        )
    return found


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser):
    """Open a file at a width; ``bypass_csp`` lets the accessibility checker inject its script."""
    contexts = []

    def opened(path, width=1280, *, bypass_csp=False):
        context = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=bypass_csp)
        contexts.append(context)
        page = context.new_page()
        page.requested, page.complaints = [], []
        page.on("request", lambda request: page.requested.append(request.url))
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("dialog", lambda dialog: (page.complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.goto(Path(path).absolute().as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """A small report of two pages with labels in three scripts and labels that attack."""
    return build_demo(tmp_path_factory.mktemp("report"))
