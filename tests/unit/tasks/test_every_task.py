"""Each task, in this process. The broker is away, as it may be at any moment."""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

import pytest
from servers.documents import Item, rss
from structlog.testing import capture_logs

from tasks import runtime
from tasks.app import app
from tasks.deliver import deliver
from tasks.lists import lists
from tasks.logs import broker_answered
from tasks.match import match
from tasks.pages import pages
from tasks.poll import poll
from tasks.start import begin_beat, begin_worker
from tasks.task import EnduringTask
from tasks.tick import tick
from tasks.upkeep import bursts, index, upkeep
from worker.errors import StoreUnavailable
from worker.records import Manners
from worker.service.outage import Outage


def store():
    return runtime.engine().store


@pytest.fixture
def begun(home):
    begin_worker()
    return home


def test_one_item_from_tick_to_telephone(begun, receiver):
    tick()
    poll([1])
    (alert,) = store().alerts_list()
    assert (alert.title, alert.state) == ("Ukraine", "new")
    tick()
    deliver([1])
    assert [one.signed for one in receiver.received] == [True]
    assert store().alerts_list()[0].state == "told"
    upkeep()
    bursts()
    index()
    assert store().unindexed() == 0


def test_what_was_matched_is_not_matched_again(begun):
    poll([1])
    match([1])
    assert len(store().alerts_list()) == 1


@contextmanager
def ordered_to_stop():
    assert not runtime.is_stopping()
    runtime._shutting_down()
    try:
        yield
    finally:
        runtime._stopping[0] = 0


def test_a_worker_that_was_ordered_to_stop_begins_no_poll(begun, feed_server):
    with ordered_to_stop():
        poll([1])
    assert feed_server.requests() == []


PAGE = (
    b"<html><body><article><h1>Bread</h1><p>"
    + b"Bread from Ukraine is dearer than it was. " * 20
    + b"</p></article></body></html>"
)


@pytest.fixture
def with_pages(home, feed_server):
    """A feed whose items tell nothing of Ukraine; their pages do."""
    link = feed_server.publish("/bread.html", PAGE, content_type="text/html; charset=utf-8")
    url = feed_server.publish("/bread.xml", rss([Item("1", "Bread", "Dearer.", link, datetime.now(UTC))]))
    home.write("feeds", feeds=[{"url": url, "every": "1s", "full_text": True}])
    begin_worker()
    return home


def test_pages_are_read_by_a_task_of_their_own(with_pages, feed_server):
    poll([1])
    assert feed_server.requests("/bread.html") == []
    assert store().alerts_list() == []
    pages([1])
    assert [request.path for request in feed_server.requests()] == ["/bread.xml", "/robots.txt", "/bread.html"]
    assert [alert.title for alert in store().alerts_list()] == ["Bread"]
    pages([1])
    assert len(feed_server.requests()) == 3


def test_a_worker_that_was_ordered_to_stop_reads_no_page(with_pages, feed_server):
    poll([1])
    with ordered_to_stop():
        pages([1])
    assert [request.path for request in feed_server.requests()] == ["/bread.xml"]


def listing(*urls):
    outlines = "".join(f'<outline type="rss" text="{url}" xmlUrl="{url}"/>' for url in urls)
    return f'<opml version="2.0"><head/><body>{outlines}</body></opml>'.encode()


@pytest.fixture
def with_a_list(home, feed_server):
    """Its feeds stand in an OPML list."""
    home.write("feeds", feeds=[{"opml": feed_server.publish("/ours.opml", listing(feed_server.url("/feed.xml")))}])
    begin_worker()
    return home


def test_lists_that_are_due_are_read(with_a_list, feed_server):
    assert store().feeds_list() == []
    lists()
    lists()
    (feed,) = store().feeds_list()
    assert (feed.url, feed.managed_by) == (feed_server.url("/feed.xml"), "opml")
    assert len(feed_server.requests("/ours.opml")) == 1


def test_a_worker_that_was_ordered_to_stop_reads_no_list(with_a_list, feed_server):
    with ordered_to_stop():
        lists()
    assert feed_server.requests() == []


def test_a_tick_brings_changed_files_into_effect(begun):
    begun.write("watchlists", watch_lists=[])
    tick()
    assert store().watch_lists_list(now=datetime.now(UTC)) == []


class OurMistake(Exception):
    pass


@pytest.mark.parametrize("error", [OurMistake(), PermissionError(13, "Permission denied"), StoreUnavailable("away")])
def test_files_that_cannot_be_applied_keep_no_feed_from_its_poll(begun, error):
    def fail(*_, **__):
        raise error

    runtime.engine().store.apply = fail
    with suppress(OurMistake):
        tick()
    now = datetime.now(UTC)
    freely = Manners(10, timedelta(0))
    assert store().claim_due_feeds(now=now, lease=timedelta(seconds=30), limit=10, manners=freely) == []
    said = runtime.engine().files.error()
    assert (said is not None and "Permission denied" in said) == isinstance(error, OSError)


def test_a_tick_brings_files_into_effect_once_they_can_be_applied(begun):
    def fail(*_, **__):
        raise StoreUnavailable("away")

    runtime.engine().store.apply = fail
    begun.write("watchlists", watch_lists=[])
    tick()
    del runtime.engine().store.apply
    tick()
    assert store().watch_lists_list(now=datetime.now(UTC)) == []


def test_a_list_that_is_written_anew_is_followed_at_once(home, feed_server):
    one, two = feed_server.url("/feed.xml"), "https://two.example/f"
    file = home.config / "ours.opml"
    file.write_bytes(listing(one))
    home.write("feeds", feeds=[{"opml": "ours.opml"}])
    begin_worker()
    for wanted in ([one], [one, two], [two]):
        file.write_bytes(listing(*wanted))
        tick()
        assert [feed.url for feed in store().feeds_list()] == wanted


def test_the_engine_is_made_once_and_again_after_it_was_closed(begun):
    first = runtime.engine()
    assert runtime.engine() is first
    runtime._process_ends()
    assert runtime.engine() is not first


def test_wake_ups_that_cannot_be_sent_cost_little_and_are_said_once(home):
    broker_answered()  # whatever was said before in this process
    with capture_logs() as logs:
        began = time.monotonic()
        for number in range(100):
            runtime.send("tocsin.poll", [number], queue="poll")
        runtime.send_deliveries(range(100))
        took = time.monotonic() - began
    assert [entry["log_level"] for entry in logs] == ["warning"]
    assert took < runtime.BROKER_REST_S


def test_the_heart_beats(begun):
    end = runtime._beat_heart("worker", 42)
    try:
        deadline = time.monotonic() + 10
        while [role.pid for role in store().status(now=datetime.now(UTC)).roles] != [42]:
            assert time.monotonic() < deadline
            time.sleep(0.01)
    finally:
        end()


class Failing(EnduringTask):
    name = "test.failing"

    def run(self):
        raise StoreUnavailable("the database at sea")


def test_a_task_without_its_database_gives_up_quietly(home, monkeypatch):
    monkeypatch.setattr("worker.service.outage.SETTLED_S", 0.0)
    monkeypatch.setattr(runtime, "database", Outage("the database"))
    Failing.bind(app)
    task = Failing()
    with capture_logs() as logs:
        task()
        task()
        with runtime.database.endured():
            pass
    assert [entry["log_level"] for entry in logs] == ["warning", "info"]


def test_a_role_does_not_begin_on_wrong_files(home, capsys, tmp_path):
    home.write("feeds", feeds=[{"uri": "http://127.0.0.1/"}])
    for begin in (begin_beat, begin_worker):
        with pytest.raises(SystemExit) as ended:
            begin()
        assert ended.value.code == 2
    assert "feeds.yaml:2:3" in capsys.readouterr().err
    assert not (tmp_path / "var").exists()


def test_a_role_makes_the_schema_of_an_embedded_database(home):
    begin_beat()
    assert store().feeds_list() == []


def test_a_role_does_not_wait_for_ever_for_its_database(home, monkeypatch, capsys):
    monkeypatch.setenv("TOCSIN_DATABASE_URL", "postgresql+psycopg://somebody:secret@127.0.0.1:1/tocsin")
    with capture_logs() as logs, pytest.raises(SystemExit) as ended:
        begin_beat(patience_s=0.6)
    assert ended.value.code == 3
    assert [entry["event"] for entry in logs] == ["waiting for the database"]
    said = capsys.readouterr().err
    assert "database tocsin at 127.0.0.1" in said
    assert "secret" not in said


def test_a_worker_that_was_ordered_to_stop_sends_nothing(begun, receiver):
    poll([1])
    with ordered_to_stop():
        deliver([1])
    assert receiver.received == []
    deliver([1])
    assert len(receiver.received) == 1
