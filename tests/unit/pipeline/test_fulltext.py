"""Reading linked pages, against a web, a store and a clock that are lists."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from worker.errors import BadResponse, DeadlineExceeded, ParseError, Unreachable
from worker.pipeline.fulltext import IN_HAND, PAGES_A_POLL, WITHIN, PageReading, read_pages
from worker.pipeline.page_lines import HOPS
from worker.pipeline.site_rules import DOUBT_LASTS, RULES_LAST, SiteRules
from worker.records import Fetched, FetchResponse, Manners, PageManners, PageToRead

BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)
GAP = timedelta(seconds=5)
NORTH = "https://north.example"
SOUTH = "https://south.example"


def second(number: float) -> datetime:
    return BEGIN + timedelta(seconds=number)


def answer(status=200, body=b"", content_type="text/html; charset=utf-8", url="", location=None):
    return FetchResponse(
        status=status,
        url=url,
        body=body,
        content_type=content_type,
        validators=None,
        retry_after=None,
        raw_bytes=0,
        location=location,
    )


def leading_to(location):
    return answer(302, content_type="", location=location)


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
    asked: dict[str, datetime] = field(default_factory=dict)
    claims: list[dict[str, PageManners]] = field(default_factory=list)
    held: dict[str, datetime] = field(default_factory=dict)

    @property
    def kept(self):
        return {item: text for texts in self.texts for item, text in texts.items()}

    def claim_page_hosts(self, wanted, *, now, until):
        self.claims.append(dict(wanted))
        later = {}
        for host, manners in wanted.items():
            assert host not in self.held, "one thing at a time"
            turn = self.asked[host] + manners.gap if host in self.asked else now
            if turn > now:
                later[host] = turn
            else:
                self.asked[host] = now
                self.held[host] = until
        return later

    def leave_page_hosts(self, hosts):
        for host in hosts:
            del self.held[host]

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

    def fetch(self, requests, *, in_flight, stop, more):
        self.rounds.append([request.url for request in requests])
        under_way = [*requests]
        while under_way:
            assert len(under_way) <= in_flight
            if stop():
                return
            request = under_way.pop(0)
            assert request.follow == (request.purpose == "any")
            self.asked.append((request.url, request.purpose, self.clock.now()))
            found = self.answers.get(request.url, answer(404))
            yield Fetched(request.key, found() if callable(found) else found, seconds=0.1)
            under_way += more()


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
                "rules": SiteRules(),
                "manners": Manners(concurrency=2, gap=GAP),
                "clock": self.clock,
                "wait": self.clock.wait,
            }
            | parts
        )
        self.yielded = []

    def read_page(self, body, *, content_type, url):
        if body == b"broken":
            raise ParseError("no page")
        return body.decode()

    def read(self, **stopped):
        """Read all pages; return how many texts that gave. `yielded`: the items, as they came."""
        self.store.texts.clear()
        self.yielded = []
        for ready in read_pages(self.parts, range(1000), **stopped):
            assert ready
            self.yielded.append(ready)
        assert sorted(item for ready in self.yielded for item in ready) == [*range(1000)]
        assert self.store.held == {}
        return len(self.store.kept)

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
    assert sorted(room.store.kept) == list(range(PAGES_A_POLL))


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
    room.store.asked["north.example"] = BEGIN - timedelta(seconds=2)
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
    assert (room.clock.waits, room.store.claims) == ([], [])
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


def test_a_redirect_is_followed_as_another_page_by_the_rules_and_manners_of_where_it_leads():
    pages = {1: f"{NORTH}/1", 2: f"{NORTH}/2", 3: f"{NORTH}/3"}
    answers = {
        f"{NORTH}/1": leading_to(f"{SOUTH}/forbidden/page"),
        f"{NORTH}/2": leading_to(f"{SOUTH}/page"),
        f"{SOUTH}/robots.txt": answer(body=b"User-agent: *\nDisallow: /forbidden/\nCrawl-delay: 9"),
        f"{SOUTH}/page": answer(body=b"text"),
    }
    room = Newsroom(pages, answers)
    assert room.read() == 2
    assert room.store.kept == {2: "text", 3: f"{NORTH}/3"}
    assert [(url, at) for url, _, at in room.web.asked] == [
        (f"{NORTH}/robots.txt", BEGIN),
        (f"{NORTH}/1", second(5)),
        (f"{SOUTH}/robots.txt", second(5)),
        (f"{NORTH}/2", second(10)),
        (f"{SOUTH}/page", second(14)),
        (f"{NORTH}/3", second(15)),
    ]


def test_a_page_is_followed_on_before_another_is_begun():
    room = Newsroom({1: f"{NORTH}/1", 2: f"{NORTH}/2"}, {f"{NORTH}/1": leading_to(f"{NORTH}/there#end")})
    room.web.answers[f"{NORTH}/there"] = answer(body=b"text")
    assert room.read() == 2
    assert room.urls == [f"{NORTH}/robots.txt", f"{NORTH}/1", f"{NORTH}/there", f"{NORTH}/2"]


@pytest.mark.parametrize(("redirects", "read"), [(HOPS, 1), (HOPS + 1, 0)])
def test_ten_redirects_and_no_more(redirects, read):
    hops = {f"{NORTH}/{number}": leading_to(f"{NORTH}/{number + 1}") for number in range(redirects)}
    end = {f"{NORTH}/{redirects}": answer(body=b"text")}
    room = Newsroom({1: f"{NORTH}/0"}, hops | end, within=timedelta(hours=1))
    assert room.read() == read
    assert len(room.urls) == 1 + HOPS + 1


@pytest.mark.parametrize(
    "ring", [[f"{NORTH}/1"], [f"{NORTH}/1", f"{SOUTH}/2"], [f"{NORTH}/1", f"{SOUTH}/2", f"{NORTH}/3"]]
)
def test_a_circle_is_walked_once(ring):
    hops = {url: leading_to(there) for url, there in zip(ring, [*ring[1:], ring[0]], strict=True)}
    room = Newsroom({1: ring[0], 2: ring[-1], 3: f"{SOUTH}/3"}, hops)
    assert room.read() == 1
    assert sorted(url for url in room.urls if not url.endswith("robots.txt")) == sorted([*ring, f"{SOUTH}/3"])


def test_links_that_lead_to_one_page_share_it_whenever_they_arrive_there():
    pages = {1: "https://a.example/", 2: "https://b.example/1", 3: "https://b.example/2", 4: "https://b.example/3"}
    answers = {
        "https://a.example/": leading_to(f"{NORTH}/page"),
        "https://b.example/1": leading_to(f"{NORTH}/page"),
        "https://b.example/2": leading_to("https://a.example/"),
        "https://b.example/3": leading_to(f"{NORTH}/page"),
        f"{NORTH}/page": answer(body=b"text"),
    }
    room = Newsroom(pages, answers)
    assert room.read() == 4
    assert room.store.kept == dict.fromkeys(range(1, 5), "text")
    assert room.urls.count(f"{NORTH}/page") == room.urls.count("https://a.example/") == 1


@pytest.mark.parametrize("location", ["http://[::1", "http://127.0.0.1:x/"])
def test_a_redirect_to_no_url_has_no_text(location):
    room = Newsroom({1: f"{NORTH}/1"}, {f"{NORTH}/1": leading_to(location)})
    assert room.read() == 0


@pytest.mark.parametrize(
    "said", [Unreachable("no answer"), DeadlineExceeded("too long"), answer(429), answer(503)], ids=str
)
def test_a_host_that_does_not_answer_or_has_enough_is_asked_for_nothing_more(said):
    pages = {1: f"{NORTH}/1", 2: f"{NORTH}/2", 3: "http://north.example/3", 4: f"{SOUTH}/4"}
    answers = {f"{NORTH}/1": said, f"{SOUTH}/4": leading_to(f"{NORTH}/5")}
    room = Newsroom(pages, answers)
    room.store.asked["south.example"] = BEGIN
    assert room.read() == 0
    assert room.urls == [f"{NORTH}/robots.txt", f"{NORTH}/1", f"{SOUTH}/robots.txt", f"{SOUTH}/4"]


def test_other_failures_leave_the_host_its_next_page():
    room = Newsroom({1: f"{NORTH}/1", 2: f"{NORTH}/2"}, {f"{NORTH}/1": BadResponse("cut short")})
    assert room.read() == 1


class Slow(Web):
    """One request lasts until all others have ended and nothing more is asked."""

    def __init__(self, clock, answers, slow):
        super().__init__(clock, answers)
        self.slow = slow

    def fetch(self, requests, *, in_flight, stop, more):
        held = []

        def others():
            found = [*more()]
            held.extend(request for request in found if request.url == self.slow)
            return [request for request in found if request.url != self.slow]

        yield from super().fetch(requests, in_flight=in_flight, stop=stop, more=others)
        for request in held:
            assert more() == [], "a host is asked one thing at a time"
            self.clock.move(20)
            yield Fetched(request.key, DeadlineExceeded("too long"), seconds=20.0)


def test_a_host_that_hangs_holds_up_no_other_and_what_is_read_is_given_out_at_once():
    ours = "http://127.0.0.1:8000"
    pages = {number: f"{NORTH}/{number}" for number in range(3)} | {number: f"{ours}/{number}" for number in (3, 4, 5)}
    room = Newsroom(pages, manners=Manners(concurrency=1, gap=timedelta(0)))
    room.parts = replace(room.parts, fetcher=Slow(room.clock, room.web.answers, f"{NORTH}/0"))
    moments = [(ready, room.clock.now(), len(room.store.kept)) for ready in read_pages(room.parts, range(7))]
    assert moments == [
        ([6], BEGIN, 0),
        ([3], BEGIN, 1),
        ([4], BEGIN, 2),
        ([5], BEGIN, 3),
        ([0, 1, 2], second(20), 3),
    ]


def test_a_host_that_is_being_asked_when_all_ends_is_left_in_the_end():
    room = Newsroom({1: f"{NORTH}/1"})
    room.web.fetch = lambda requests, **_: iter(())
    reading = read_pages(room.parts, [1], stop=lambda: room.store.held != {})
    assert next(reading) == [1]
    assert room.store.held == {"north.example": BEGIN + IN_HAND}
    reading.close()
    assert room.store.held == {}


@pytest.mark.parametrize(
    ("url", "manners", "borne"),
    [
        (NORTH, Manners(2, GAP), PageManners(2, GAP)),
        (NORTH, Manners(2, timedelta(0)), PageManners(2, timedelta(0))),
        ("http://10.0.0.5", Manners(2, GAP, private_concurrency=3), PageManners(3, timedelta(0))),
        ("http://10.0.0.5", Manners(2, GAP, private_gap=timedelta(1)), PageManners(None, timedelta(1))),
    ],
)
def test_a_host_is_claimed_by_what_it_bears(url, manners, borne):
    room = Newsroom({1: f"{url}/1"}, manners=manners)
    room.read()
    assert {one for claim in room.store.claims for one in claim.values()} == {borne}
