"""Reading linked pages, against a web, a store and a clock that are lists."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from worker.errors import ParseError, Unreachable
from worker.feeds.robots import Rules
from worker.pipeline.fulltext import (
    DOUBT_LASTS,
    HOSTS,
    PAGES_A_POLL,
    RULES_LAST,
    RULES_ROOM,
    WITHIN,
    Hosts,
    PageReading,
    read_pages,
)
from worker.records import Fetched, FetchResponse, Manners, PageToRead

BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)
GAP = timedelta(seconds=5)
NORTH = "https://north.example"
SOUTH = "https://south.example"


def second(number: float) -> datetime:
    return BEGIN + timedelta(seconds=number)


def answer(status=200, body=b"", content_type="text/html; charset=utf-8", url=""):
    return FetchResponse(
        status=status, url=url, body=body, content_type=content_type, validators=None, retry_after=None, raw_bytes=0
    )


class Clock:
    def __init__(self):
        self.time = BEGIN
        self.waits = []

    def now(self):
        return self.time

    def move(self, seconds):
        self.time += timedelta(seconds=seconds)

    def wait(self, seconds):
        assert seconds > 0
        self.waits.append(seconds)
        self.move(seconds)


@dataclass
class Store:
    pages: list[PageToRead]
    texts: list[dict[int, str]] = field(default_factory=list)

    def pages_of(self, items):
        return [page for page in self.pages if page.item in items]

    def add_full_texts(self, texts):
        self.texts.append(dict(texts))


class Web:
    """Answers by URL: a response, an error, or a function that makes one; 404 for what is not there."""

    def __init__(self, clock, answers):
        self.clock = clock
        self.answers = answers
        self.asked = []
        self.rounds = []

    def fetch(self, requests, *, in_flight, stop, idle=None):
        self.rounds.append([request.url for request in requests])
        assert in_flight >= len(requests)
        for request in requests:
            if stop():
                return
            self.asked.append((request.url, request.purpose, self.clock.now()))
            found = self.answers.get(request.url, answer(404))
            yield Fetched(request.key, found() if callable(found) else found, seconds=0.1)


class Newsroom:
    def __init__(self, pages, answers=None, **parts):
        self.clock = Clock()
        self.store = Store([PageToRead(item, link) for item, link in pages.items()])
        self.web = Web(self.clock, {url: answer(body=url.encode()) for url in pages.values()} | (answers or {}))
        self.parts = PageReading(
            **{
                "store": self.store,
                "fetcher": self.web,
                "read_page": self.read_page,
                "hosts": Hosts(),
                "manners": Manners(concurrency=2, gap=GAP),
                "clock": self.clock,
                "wait": self.clock.wait,
            }
            | parts
        )

    def read_page(self, body, *, content_type, url):
        if body == b"broken":
            raise ParseError("no page")
        return body.decode()

    def read(self, **stopped):
        return read_pages(self.parts, range(1000), **stopped)

    @property
    def urls(self):
        return [url for url, _, _ in self.web.asked]


def test_the_page_of_an_item_is_read_and_kept():
    room = Newsroom({1: f"{NORTH}/1"})
    assert room.read() == 1
    assert room.store.texts == [{1: f"{NORTH}/1"}]
    assert [(url, purpose) for url, purpose, _ in room.web.asked] == [
        (f"{NORTH}/robots.txt", "any"),
        (f"{NORTH}/1", "page"),
    ]


def test_where_no_item_waits_nothing_is_asked_and_nothing_written():
    room = Newsroom({2000: f"{NORTH}/1"})
    assert room.read() == 0
    assert (room.urls, room.store.texts, room.clock.waits) == ([], [], [])


def test_items_with_one_address_share_one_request():
    room = Newsroom({1: f"{NORTH}/1", 2: f"{NORTH}/1#end", 3: "https://me:word@north.example/1"})
    assert room.read() == 3
    assert room.urls == [f"{NORTH}/robots.txt", f"{NORTH}/1"]
    assert room.store.texts == [dict.fromkeys((1, 2, 3), f"{NORTH}/1")]


def test_of_many_items_only_the_latest_get_their_text():
    room = Newsroom({number: f"https://h{number}.example/" for number in range(PAGES_A_POLL + 5)})
    assert room.read() == PAGES_A_POLL
    assert sorted(room.store.texts[0]) == list(range(PAGES_A_POLL))


def test_a_link_that_is_no_url_is_left_out():
    room = Newsroom({1: "http://[::1", 2: "http://127.0.0.1:x/", 3: f"{NORTH}/3"})
    assert room.read() == 1
    assert room.urls == [f"{NORTH}/robots.txt", f"{NORTH}/3"]


def test_a_host_is_asked_one_thing_at_a_time_with_its_pause_between():
    room = Newsroom({number: f"{NORTH}/{number}" for number in range(4)})
    assert room.read() == 4
    assert [at for _, _, at in room.web.asked] == [second(5 * number) for number in range(5)]
    assert max(room.clock.waits) <= 1.0


def test_hosts_do_not_wait_for_each_other_s_pauses():
    room = Newsroom({1: f"{NORTH}/1", 2: f"{NORTH}/2", 3: f"{SOUTH}/3"})
    assert room.read() == 3
    assert room.web.rounds == [
        [f"{NORTH}/robots.txt", f"{SOUTH}/robots.txt"],
        [f"{NORTH}/1", f"{SOUTH}/3"],
        [f"{NORTH}/2"],
    ]


def test_the_pause_counts_from_what_others_asked_of_the_host_too():
    room = Newsroom({1: f"{NORTH}/1"})
    room.parts.hosts.asked(f"{NORTH}/feed", now=BEGIN - timedelta(seconds=2))
    room.read()
    assert room.web.asked[0][2] == second(3)


def test_a_longer_pause_that_the_site_asks_for_holds():
    robots = answer(body=b"User-agent: *\nCrawl-delay: 11")
    room = Newsroom({1: f"{NORTH}/1", 2: f"{NORTH}/2"}, {f"{NORTH}/robots.txt": robots})
    assert room.read() == 2
    assert [at for _, _, at in room.web.asked] == [BEGIN, second(11), second(22)]


@pytest.mark.parametrize("host", ["http://127.0.0.1:8000", "http://10.0.0.5", "http://[::1]:80", "http://localhost"])
def test_hosts_of_our_own_need_no_pause_unless_one_is_set(host):
    room = Newsroom({1: f"{host}/1", 2: f"{host}/2"})
    assert room.read() == 2
    assert room.clock.waits == []
    room = Newsroom({1: f"{host}/1"}, manners=Manners(concurrency=2, gap=GAP, private_gap=timedelta(seconds=2)))
    assert room.read() == 1
    assert sum(room.clock.waits) == 2


def test_what_robots_txt_forbids_is_not_asked_for_and_does_not_hold_up_the_rest():
    robots = answer(body=b"User-agent: *\nDisallow: /private")
    pages = {1: f"{NORTH}/private/1", 2: f"{NORTH}/private/2", 3: f"{NORTH}/3"}
    room = Newsroom(pages, {f"{NORTH}/robots.txt": robots})
    assert room.read() == 1
    assert room.urls == [f"{NORTH}/robots.txt", f"{NORTH}/3"]
    assert sum(room.clock.waits) == 5


@pytest.mark.parametrize("said", [answer(503), answer(429), Unreachable("no answer")])
def test_a_site_that_cannot_say_what_it_allows_is_left_alone_and_asked_again_later(said):
    room = Newsroom({1: f"{NORTH}/1"}, {f"{NORTH}/robots.txt": said})
    assert room.read() == 0
    room.clock.move(DOUBT_LASTS.total_seconds() - 1)
    assert room.read() == 0
    assert room.urls == [f"{NORTH}/robots.txt"]
    room.clock.move(1)
    room.web.answers[f"{NORTH}/robots.txt"] = answer(404)
    assert room.read() == 1


def test_robots_txt_is_asked_for_once_a_day():
    room = Newsroom({1: f"{NORTH}/1"})
    for moved, asked in ((0, 1), (RULES_LAST.total_seconds() - 20, 1), (20, 2)):
        room.clock.move(moved)
        assert room.read() == 1
        assert room.urls.count(f"{NORTH}/robots.txt") == asked


def test_each_origin_has_rules_of_its_own():
    pages = {1: f"{NORTH}/1", 2: "http://north.example/2"}
    room = Newsroom(pages, {f"{NORTH}/robots.txt": answer(body=b"User-agent: *\nDisallow: /")})
    assert room.read() == 1
    assert room.urls == [f"{NORTH}/robots.txt", "http://north.example/robots.txt", "http://north.example/2"]


@pytest.mark.parametrize(
    "said",
    [
        Unreachable("no answer"),
        ValueError("a fault"),
        answer(404, body=b"not here"),
        answer(204),
        answer(body=b"broken"),
        answer(body=b""),
        answer(body=b"%PDF", content_type="application/pdf"),
        answer(body=b"text", content_type="text/plain"),
        answer(body=b"text", content_type=""),
    ],
)
def test_a_failure_costs_the_text_of_that_page_and_nothing_else(said):
    room = Newsroom({1: f"{NORTH}/1", 2: f"{SOUTH}/2"}, {f"{NORTH}/1": said})
    assert room.read() == 1
    assert room.store.texts == [{2: f"{SOUTH}/2"}]


@pytest.mark.parametrize("content_type", ["TEXT/HTML", "application/xhtml+xml ; charset=utf-8"])
def test_xhtml_is_read_too(content_type):
    room = Newsroom({1: f"{NORTH}/1"}, {f"{NORTH}/1": answer(body=b"text", content_type=content_type)})
    assert room.read() == 1


def test_what_cannot_be_asked_in_time_goes_without_its_text():
    room = Newsroom({number: f"{NORTH}/{number}" for number in range(PAGES_A_POLL)})
    assert room.read() == 11
    assert room.web.asked[-1][2] < BEGIN + WITHIN
    assert room.clock.now() <= BEGIN + WITHIN


def test_where_the_next_turn_is_too_late_nobody_waits_for_it():
    room = Newsroom({1: f"{NORTH}/1"}, within=timedelta(seconds=5))
    assert room.read() == 0
    assert room.clock.waits == []


def test_a_page_that_comes_too_late_is_not_read():
    def late():
        room.clock.move(WITHIN.total_seconds())
        return answer(body=b"late")

    room = Newsroom({1: f"{NORTH}/1", 2: f"{SOUTH}/2"}, {f"{NORTH}/1": late})
    assert room.read() == 0
    assert room.store.texts == []


def test_at_an_order_to_stop_nothing_more_is_asked_and_what_is_read_is_kept():
    room = Newsroom({1: f"{NORTH}/1", 2: f"{NORTH}/2"})
    assert room.read(stop=lambda: len(room.web.asked) > 1 and room.clock.now() > second(5)) == 1
    assert room.urls == [f"{NORTH}/robots.txt", f"{NORTH}/1"]
    assert sum(room.clock.waits) < 7
    assert room.read(stop=lambda: True) == 0


def test_only_so_many_hosts_and_rules_are_remembered():
    hosts = Hosts()
    for number in range(HOSTS + 1):
        hosts.asked(f"https://h{number}.example/", now=BEGIN)
        hosts.learn(f"https://h{number}.example/", Rules(), now=BEGIN)
    assert hosts.last_asked("https://h0.example/") < BEGIN
    assert hosts.last_asked("https://h1.example/") == BEGIN
    assert hosts.rules_of("https://h0.example/", now=BEGIN) is None
    assert hosts.rules_of("https://h1.example/", now=BEGIN) == Rules()


def test_hosts_asked_again_are_forgotten_last():
    hosts = Hosts()
    for number in [*range(HOSTS), 0, HOSTS]:
        hosts.asked(f"https://h{number}.example/", now=BEGIN)
    assert hosts.last_asked("https://h0.example/") == BEGIN
    assert hosts.last_asked("https://h1.example/") < BEGIN


def test_rules_have_only_so_much_room():
    hosts = Hosts()
    large = Rules("x" * (RULES_ROOM // 3))
    for number in range(4):
        hosts.learn(f"https://h{number}.example/", large, now=BEGIN)
    kept = [hosts.rules_of(f"https://h{number}.example/", now=BEGIN) is not None for number in range(4)]
    assert kept == [False, True, True, True]
