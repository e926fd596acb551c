"""Tasks called as the functions they are, on a home of their own: SQLite, and no broker far and wide."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import pytest
import structlog
from servers.documents import Item, rss
from servers.tocsin import Home

from tasks import runtime
from tasks.app import settings


@pytest.fixture(autouse=True)
def _nowhere(tmp_path, monkeypatch):
    """Celery reads its settings once a process: whichever test is the first, they name no broker that anybody runs."""
    monkeypatch.setenv("TOCSIN_CONFIG", str(tmp_path / "conf"))
    monkeypatch.setenv("TOCSIN_DATA_DIR", str(tmp_path / "var"))
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def home(tmp_path, monkeypatch, feed_server, receiver):
    """A feed with one item about Ukraine, a watch list for it, and a webhook that hears of it."""
    home = Home(tmp_path, fetch_allow=[feed_server.address], deliver_allow=[receiver.address])
    item = Item("1", "Ukraine", "Text.", "http://127.0.0.1/1", datetime.now(UTC))
    url = feed_server.publish("/feed.xml", rss([item]))
    home.write("feeds", feeds=[{"url": url, "name": "Feed", "every": "1s"}])
    watch_list = {"name": "Ukraine", "keywords": ["Ukraine"], "notify": [{"subscriber": "desk"}]}
    home.write("watchlists", watch_lists=[watch_list])
    hook = {"webhook": receiver.url("/hook"), "secret": "${RECEIVER_SECRET}"}
    home.write("subscribers", subscribers=[{"name": "desk", "channels": [hook]}])
    monkeypatch.setenv("RECEIVER_SECRET", home.env["RECEIVER_SECRET"])
    runtime.close()
    yield home
    runtime.close()


@pytest.fixture
def logging_restored():
    """Whatever the test does to logging is undone."""
    root = logging.getLogger()
    before = root.level, list(root.handlers)
    levels = {name: logging.getLogger(name).level for name in ("celery", "kombu")}
    yield
    root.setLevel(before[0])
    root.handlers[:] = before[1]
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    structlog.reset_defaults()
