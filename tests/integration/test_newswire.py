"""The demonstration newswire: its script, its documents as feedparser reads them, and the running process."""

from __future__ import annotations

import http.client
import json
import re
import signal
import sys
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import feedparser
import pytest
from servers.process import Process

from config.watchfile import load_all
from worker.feeds.parse import parse
from worker.service.newswire import documents, free_port, pages, write_demo_configuration
from worker.service.newswire.__main__ import main
from worker.service.newswire.answer import answer
from worker.service.newswire.script import Outlet, read_script
from worker.service.newswire.server import Newswire, bundled_script
from worker.text.tokens import fold, tokenize

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from worker.service.newswire.answer import Answer

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
BASE = "http://127.0.0.1:8801"
LAST = 200.0
SCRIPT = bundled_script()
OUTLETS = sorted(SCRIPT.outlets)


def get(path: str, elapsed: float, **request: str) -> Answer:
    headers = {name.replace("_", "-"): value for name, value in request.items()}
    return answer(SCRIPT, path, headers, elapsed=elapsed, start=START, base=BASE)


def about_ukraine(text: str) -> bool:
    words = ("ukraine", "kyiv", "україна", "україни", "україні", "україну", "київ", "києві")
    folded = fold(text)
    return "football" not in folded and ("乌克兰" in folded or bool(set(re.findall(r"\w+", folded)) & set(words)))


class Stopwatch:
    """A clock that stands so many seconds after START."""

    seconds = 10.0

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)


def test_alerts_come_soon_and_keep_coming() -> None:
    news = {
        one.title: one.at
        for one in reversed(SCRIPT.dispatches)
        if one.at >= 0 and not one.corrects and about_ukraine(f"{one.title} {' '.join(one.paragraphs)}")
    }
    times = sorted(news.values())
    assert times[0] <= 2
    assert times[-1] >= 170
    assert len(times) >= 12
    assert len(times) < 30, "more than at_most lets through within the hour"
    assert max(later - earlier for earlier, later in pairwise(times)) <= 30


def test_there_is_noise_in_every_language() -> None:
    quiet = [one for one in SCRIPT.dispatches if not about_ukraine(f"{one.title} {' '.join(one.paragraphs)}")]
    assert {SCRIPT.outlets[one.outlet].language for one in quiet} == {"en", "uk", "de", "zh"}
    assert any("Ukraine" in one.title and "football" in one.title for one in quiet)


def test_an_edition_grows_newest_first() -> None:
    before, after = SCRIPT.edition("meridian", 0.9), SCRIPT.edition("meridian", 1.0)
    assert [one.slug for one in before] == ["tram-depot", "orchards"]
    assert [one.slug for one in after] == ["grain-corridor", "tram-depot", "orchards"]


def test_a_correction_changes_the_words_and_nothing_else() -> None:
    before = next(one for one in SCRIPT.edition("meridian", 41.9) if one.slug == "grain-corridor")
    after = next(one for one in SCRIPT.edition("meridian", 42.0) if one.slug == "grain-corridor")
    assert (after.first, after.latest) == (before.first, 42.0)
    assert "four million" in before.paragraphs[0]
    assert "three million" in after.paragraphs[0]


@pytest.mark.parametrize("outlet", OUTLETS)
def test_feedparser_reads_every_item(outlet: str) -> None:
    given = get(f"/{outlet}/feed", LAST)
    edition = SCRIPT.edition(outlet, LAST)
    if SCRIPT.outlets[outlet].format == "json11":
        document = json.loads(given.body)
        read = [
            (one["id"], one["url"], one["title"], one["content_text"], datetime.fromisoformat(one["date_published"]))
            for one in document["items"]
        ]
        assert document["language"] == SCRIPT.outlets[outlet].language
        assert document["title"] == SCRIPT.outlets[outlet].name
    else:
        parsed = feedparser.parse(given.body, response_headers={"content-type": given.headers["Content-Type"]})
        assert not parsed.bozo, parsed.get("bozo_exception")
        assert parsed.version == SCRIPT.outlets[outlet].format
        assert parsed.feed.title == SCRIPT.outlets[outlet].name
        assert parsed.feed.language == SCRIPT.outlets[outlet].language
        read = [
            (one.get("id"), one.link, one.title, one.content[0].value if "content" in one else one.summary,
             datetime(*(one.get("published_parsed") or one.updated_parsed)[:6], tzinfo=UTC))
            for one in parsed.entries
        ]  # fmt: skip
    assert len({one[0] for one in read}) == len(edition)
    for (_, link, title, text, published), one in zip(read, edition, strict=True):
        assert link == f"{BASE}/{outlet}/{one.slug}"
        assert title == one.title
        assert re.split(r"\s+|</?p>", text.replace("</p><p>", " ").strip("</p>")) == " ".join(one.paragraphs).split()
        assert published == START + timedelta(seconds=one.first)


def test_all_formats_and_an_old_encoding_are_there() -> None:
    assert {one.format for one in SCRIPT.outlets.values()} == {"rss20", "rss10", "atom10", "json11"}
    assert {one.encoding for one in SCRIPT.outlets.values()} == {"utf-8", "windows-1251"}


def test_what_an_encoding_lacks_is_still_readable() -> None:
    outlet = Outlet("o", "Огляд", "uk", "rss20", "windows-1251")
    text = "dispatches: [{at: 0, outlet: o, slug: s, title: 'Ціна → 5 €, 乌克兰 & <b>', text: x}]"
    script = read_script(f"outlets: {{o: {{name: Огляд, language: uk, format: rss20}}}}\n{text}")
    parsed = feedparser.parse(documents.feed(outlet, script.edition("o", 0), start=START, base=BASE))
    assert parsed.entries[0].title_detail.value == "Ціна → 5 €, 乌克兰 & <b>"


@pytest.mark.parametrize(
    ("original", "copy"),
    [
        ("meridian/grain-corridor", "harbour/ukraine-grain-corridor"),
        ("meridian/night-trains", "harbour/night-trains-resume"),
        ("meridian/power-grid", "lakeside/substation"),
    ],
)
def test_an_exact_copy_reads_the_same_in_another_format(original: str, copy: str) -> None:
    told = {f"{one.outlet}/{one.slug}": one.at for one in reversed(SCRIPT.dispatches)}
    assert told[original] < told[copy]
    items = []
    for place in (original, copy):
        path = f"/{place.split('/')[0]}/feed"
        given = get(path, 41 if "grain" in place else LAST)  # the first is corrected later
        document = parse(given.body, content_type=given.headers["Content-Type"], url=BASE + path)
        items += [item for item in document.items if item.link == f"{BASE}/{place}"]
    assert len(items) == 2
    assert fold(items[0].title) == fold(items[1].title)
    assert tokenize(items[0].text).words == tokenize(items[1].text).words


@pytest.mark.parametrize("path", [f"/{outlet}/feed" for outlet in OUTLETS])
def test_a_holder_of_the_validators_gets_304(path: str) -> None:
    whole = get(path, LAST)
    etag, modified = whole.headers["ETag"], whole.headers["Last-Modified"]
    for request in (
        {"if_none_match": etag},
        {"if_none_match": f'"other", W/{etag}'},
        {"if_none_match": "*"},
        {"if_modified_since": modified},
        {"if_none_match": etag, "if_modified_since": "Sun, 01 Mar 2020 00:00:00 GMT"},
    ):
        again = get(path, LAST + 50, **request)
        assert (again.status, again.body) == (304, b""), request
        assert again.headers["ETag"] == etag
    assert get(path, LAST, if_none_match='"other"', if_modified_since=modified).status == 200
    assert get(path, LAST, if_modified_since="Sun, 01 Mar 2020 00:00:00 GMT").status == 200


def test_a_correction_changes_the_validators() -> None:
    before, after = get("/meridian/feed", 41), get("/meridian/feed", 42)
    assert before.headers["ETag"] != after.headers["ETag"]
    assert after.headers["Last-Modified"] == "Sun, 01 Mar 2026 12:00:42 GMT"
    assert get("/meridian/feed", 42, if_modified_since=before.headers["Last-Modified"]).status == 200


def test_nothing_hints_at_a_slower_rhythm() -> None:
    for outlet in OUTLETS:
        given = get(f"/{outlet}/feed", LAST)
        assert not {"Cache-Control", "Expires", "Retry-After"} & set(given.headers)
        assert not re.search(rb"<ttl>|skipHours|skipDays|updatePeriod", given.body)


def test_a_page_comes_with_its_item() -> None:
    assert get("/harbour/cup", 107).status == 404
    given = get("/harbour/cup?from=feed", 108)
    assert given.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Harbour side reach the football cup final" in given.body.decode()


def test_outlets_lead_to_their_feeds() -> None:
    assert f'href="{BASE}/ohliad"' in get("/", 0).body.decode()
    assert f'type="application/feed+json" href="{BASE}/jiangan/feed"' in get("/jiangan/", 0).body.decode()


def test_pages_escape_what_they_show() -> None:
    outlet = Outlet("o", "<i>", "en", "rss20")
    script = read_script(
        "outlets: {o: {name: o, language: en, format: rss20}}\n"
        "dispatches: [{at: 0, outlet: o, slug: s, title: '<script>', text: '<b>&'}]"
    )
    (one,) = script.edition("o", 0)
    shown = pages.item_page(outlet, one, start=START, base=BASE) + pages.outlet_page(outlet, [one], base=BASE)
    assert b"<script>" not in shown
    assert b"<b>" not in shown
    assert b"<i>" not in shown


@pytest.mark.parametrize("path", ["/nobody", "/meridian/none", "/meridian/feed/more", "//meridian//feed"])
def test_what_is_not_there_is_404(path: str) -> None:
    assert get(path, LAST).status == 404


@pytest.mark.parametrize("about", ["outlet: other", "outlet: o, corrects: true", "outlet: o, copy_of: o/none"])
def test_a_script_that_points_nowhere_is_refused(about: str) -> None:
    text = f"outlets: {{o: {{name: o, language: en, format: rss20}}}}\ndispatches: [{{at: 0, slug: s, title: t, text: x, {about}}}]"
    with pytest.raises(KeyError):
        read_script(text)


def test_the_configuration_is_right_and_names_every_feed(tmp_path: Path) -> None:
    write_demo_configuration(tmp_path / "new" / "demo", port=8123)
    settings, configuration = load_all(tmp_path / "new" / "demo", {})
    assert not configuration.warnings
    assert settings.fetch_allow == ("127.0.0.1:8123",)
    assert settings.min_interval == timedelta(seconds=1)
    assert {(one.url, one.name, one.every) for one in configuration.feeds} == {
        (f"http://127.0.0.1:8123/{one.slug}/feed", one.name, timedelta(seconds=2)) for one in SCRIPT.outlets.values()
    }
    (watch_list,) = configuration.watch_lists
    assert [one.subscriber for one in watch_list.notify] == [one.name for one in configuration.subscribers]
    assert [channel.kind for one in configuration.subscribers for channel in one.channels] == ["log"]


def test_a_second_demonstration_replaces_the_first_ones_files(tmp_path: Path) -> None:
    write_demo_configuration(tmp_path, port=8123)
    write_demo_configuration(tmp_path, port=8124)
    assert "8123" not in "".join(one.read_text(encoding="utf-8") for one in tmp_path.iterdir())


@contextmanager
def serving(clock: Stopwatch) -> Iterator[http.client.HTTPConnection]:
    with Newswire(0, SCRIPT, start=START, clock=clock) as newswire:
        thread = threading.Thread(target=newswire.serve_forever, args=(0.02,))
        thread.start()
        connection = http.client.HTTPConnection("127.0.0.1", newswire.server_port, timeout=10)
        try:
            yield connection
        finally:
            connection.close()
            newswire.shutdown()
            thread.join()


def ask(
    connection: http.client.HTTPConnection, path: str, method: str = "GET", headers: Mapping[str, str] | None = None
) -> tuple[http.client.HTTPResponse, bytes]:
    connection.request(method, path, headers=headers or {})
    response = connection.getresponse()
    return response, response.read()


def test_the_server_keeps_its_connections_and_its_promises() -> None:
    clock = Stopwatch()
    with serving(clock) as connection:
        whole, body = ask(connection, "/harbour/feed")
        socket = connection.sock
        assert whole.status == 200
        assert int(whole.headers["Content-Length"]) == len(body)
        head, nothing = ask(connection, "/harbour/feed", "HEAD")
        assert (head.headers["Content-Length"], nothing) == (str(len(body)), b"")
        held = {"If-None-Match": whole.headers["ETag"], "If-Modified-Since": whole.headers["Last-Modified"]}
        same, nothing = ask(connection, "/harbour/feed", headers=held)
        assert (same.status, nothing, same.headers["Content-Length"]) == (304, b"", None)
        clock.seconds = 36.0
        changed, body = ask(connection, "/harbour/feed", headers=held)
        assert changed.status == 200
        assert b"football friendly" in body
        assert ask(connection, "/nobody")[0].status == 404
        assert connection.sock is socket, "one connection served all"


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-P", "-m", "worker.service.newswire", *arguments]


@pytest.mark.parametrize("order", [signal.SIGTERM, signal.SIGINT])
def test_the_process_says_where_it_is_and_ends_when_told(tmp_path: Path, order: signal.Signals) -> None:
    # In a folder with one called `config`, as users have it.
    (tmp_path / "config").mkdir()
    process = Process(command("--port", "0"), log=tmp_path / "log", cwd=tmp_path)
    process.wait_until(lambda: "\n" in (tmp_path / "log").read_text())
    said = re.fullmatch(r"newswire on http://127\.0\.0\.1:(\d+)\n", (tmp_path / "log").read_text())
    assert said
    connection = http.client.HTTPConnection("127.0.0.1", int(said[1]), timeout=10)
    assert ask(connection, "/meridian/feed")[0].status == 200
    assert process.stop(order) == 0, "an idle connection does not hold it up"
    connection.close()
    assert (tmp_path / "log").read_text() == said[0]


def test_a_restart_goes_on_where_the_script_was(tmp_path: Path) -> None:
    long_ago = str(datetime.now(UTC).timestamp() - 1000)
    process = Process(command("--port", "0", "--start", long_ago), log=tmp_path / "log")
    process.wait_until(lambda: "\n" in (tmp_path / "log").read_text())
    connection = http.client.HTTPConnection((tmp_path / "log").read_text().split("//")[1].strip(), timeout=10)
    assert ask(connection, "/harbour/port-talks")[0].status == 200
    connection.close()
    process.stop()


def test_a_free_port_can_be_listened_on() -> None:
    port = free_port()
    with Newswire(port, SCRIPT, start=START, clock=Stopwatch()) as newswire:
        assert newswire.base == f"http://127.0.0.1:{port}"


def test_a_taken_port_is_exit_3(capsys: pytest.CaptureFixture[str]) -> None:
    with Newswire(0, SCRIPT, start=START, clock=Stopwatch()) as newswire:
        port = newswire.server_port
        assert main(["--port", str(port)]) == 3
    assert capsys.readouterr() == ("", f"the newswire cannot listen on 127.0.0.1:{port}: Address already in use\n")
