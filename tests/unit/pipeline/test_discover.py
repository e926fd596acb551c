import pytest

from worker.errors import BadResponse, HtmlPage, ParseError, Unreachable
from worker.feeds.model import Document, ItemData
from worker.pipeline.discover import IN_FLIGHT, MOST_REQUESTS, discover, main_feed
from worker.records import Fetched, FetchResponse

PAGE = "https://news.example/world"


def item(id_):
    return ItemData(id=id_, link=None, title=id_, summary="", text="")


def feed(title="", items=1):
    """A body that the parser of these tests takes for a feed."""
    return f"FEED {items} {title}".encode()


def parse(body, *, content_type, url, known=None):
    kind, _, rest = body.decode().partition(" ")
    if kind == "FEED":
        count, _, title = rest.partition(" ")
        return Document("rss20", title, None, None, tuple(item(str(n)) for n in range(int(count))))
    if kind.startswith("<"):
        raise HtmlPage("the document is an HTML page")
    raise ParseError("the document is plain text")


class Web:
    """Pages by URL: a body, (status, body), (body, where it really lies), or an error. Keeps what was asked, and how."""

    def __init__(self, **pages):
        self.pages = {}
        self.asked = []
        self.in_flight = set()
        self.purposes = []

    def __setitem__(self, url, page):
        self.pages[url] = page

    def fetch(self, requests, *, in_flight, stop, idle=None):
        self.in_flight.add(in_flight)
        for request in reversed(requests):  # answers come in any order
            if stop():
                return
            self.asked.append(request.url)
            self.purposes.append(request.purpose)
            yield Fetched(request.key, self._answer(request.url), 0.1)

    def _answer(self, url):
        page = self.pages.get(url, (404, b""))
        if isinstance(page, Exception):
            return page
        if isinstance(page, FetchResponse):
            return page
        status, body = page if isinstance(page, tuple) else (200, page)
        return answer(url, body, status=status)


def answer(url, body, *, status=200, moved_to=None, content_type=""):
    return FetchResponse(
        status=status,
        url=url,
        body=body,
        content_type=content_type,
        validators=None,
        retry_after=None,
        raw_bytes=len(body),
        moved_to=moved_to,
    )


@pytest.fixture
def web():
    return Web()


def found(web, url=PAGE, **given):
    return [(one.url, one.how) for one in discover(web, parse, url, **given)]


def links(*places):
    return "".join(["<html>", *(f'<link rel="feed" href="{place}">' for place in places)]).encode()


def test_an_address_that_is_a_feed_is_the_answer(web):
    web[PAGE] = feed("World", items=3)
    (only,) = discover(web, parse, PAGE)
    assert (only.url, only.title, only.format, only.items, only.how) == (PAGE, "World", "rss20", 3, "itself")
    assert only.document is not None
    assert web.asked == [PAGE]


def test_the_page_is_asked_as_one_and_the_feeds_as_feeds(web):
    web[PAGE] = links("/a")
    web["https://news.example/a"] = feed()
    assert found(web) == [("https://news.example/a", "declared")]
    assert (web.purposes, web.in_flight) == (["any", "feed"], {1, IN_FLIGHT})


def test_declared_feeds_that_are_there_come_in_order_and_comments_last(web):
    web[PAGE] = links("/comments/f", "/gone", "/text", "/down", "/a", "/b")
    web["https://news.example/comments/f"] = feed("Comments")
    web["https://news.example/text"] = b"hello"
    web["https://news.example/down"] = Unreachable("down")
    web["https://news.example/a"] = feed("A")
    web["https://news.example/b"] = feed()
    result = discover(web, parse, PAGE)
    assert [one.url.rpartition("example")[2] for one in result] == ["/a", "/b", "/comments/f"]
    assert main_feed(result).title == "A"
    assert main_feed(result[2:]).title == "Comments"


def test_two_addresses_of_one_feed_are_one_and_a_moved_one_is_told_where_it_went(web):
    web[PAGE] = links("/old", "/new")
    web["https://news.example/old"] = answer("https://news.example/new", feed(), moved_to="https://news.example/new")
    web["https://news.example/new"] = feed()
    assert found(web) == [("https://news.example/new", "declared")]


def test_a_page_that_names_itself_is_not_asked_again(web):
    web[PAGE] = links(PAGE, "/a")
    web["https://news.example/a"] = feed()
    assert found(web) == [("https://news.example/a", "declared")]
    assert web.asked == [PAGE, "https://news.example/a"]


def test_a_temporary_redirect_is_not_believed(web):
    web[PAGE] = links("/old")
    web["https://news.example/old"] = answer("https://cdn.example/17", feed())
    assert found(web) == [("https://news.example/old", "declared")]


def test_addresses_count_from_where_the_page_really_lies(web):
    web[PAGE] = answer("https://www.news.example/world/", links("rss"))
    web["https://www.news.example/world/rss"] = feed()
    assert found(web) == [("https://www.news.example/world/rss", "declared")]


def test_guesses_are_made_two_at_a_time_and_only_until_one_is_there(web):
    web[PAGE] = b"<html>"
    web["https://news.example/rss.xml"] = feed()
    assert found(web) == [("https://news.example/rss.xml", "guessed")]
    assert len(web.asked) == 5
    assert web.in_flight <= {1, IN_FLIGHT}


def test_where_what_is_declared_is_not_there_guesses_are_made_after_all(web):
    web[PAGE] = links("/gone")
    web["https://news.example/feed/"] = feed()
    assert found(web) == [("https://news.example/feed/", "guessed")]


def test_a_page_without_feeds_has_none_and_is_asked_for_few(web):
    web[PAGE] = links(*(f"/{n}" for n in range(40)))
    assert found(web) == []
    assert len(web.asked) == len(set(web.asked)) == MOST_REQUESTS + 1


def test_nothing_is_asked_any_more_when_there_is_no_time_left(web):
    web[PAGE] = links("/a")
    web["https://news.example/a"] = feed()
    assert found(web, stop=lambda: bool(web.asked)) == []
    with pytest.raises(BadResponse, match="stopped"):
        discover(web, parse, PAGE, stop=lambda: True)


def test_a_server_that_turns_us_away_is_left_alone(web):
    web[PAGE] = b"<html>"
    web["https://news.example/world/rss"] = (429, b"")
    assert found(web) == []
    assert web.asked == [PAGE, "https://news.example/world/rss"]


def test_a_known_site_is_asked_for_its_feeds_though_it_refuses_the_page(web):
    web["https://www.reddit.com/r/worldnews"] = (403, b"<html>")
    web["https://www.reddit.com/r/worldnews/.rss"] = feed()
    assert found(web, "https://www.reddit.com/r/worldnews") == [("https://www.reddit.com/r/worldnews/.rss", "site")]


def test_what_the_site_has_comes_before_what_the_page_declares(web):
    url = "https://github.com/owner/tool"
    web[url] = links("/owner/tool/commits/main.atom", "/owner/tool/tags.atom")
    web[f"{url}/commits/main.atom"] = feed()
    web[f"{url}/releases.atom"] = feed()
    web[f"{url}/tags.atom"] = feed()
    assert found(web, url) == [
        (f"{url}/releases.atom", "site"),
        (f"{url}/tags.atom", "site"),
        (f"{url}/commits/main.atom", "declared"),
    ]


@pytest.mark.parametrize(
    ("page", "error", "said"),
    [
        (Unreachable("news.example: no connection"), Unreachable, "no connection"),
        ((404, b"<html>"), BadResponse, "news.example answered 404"),
        (b"hello", ParseError, "plain text"),
    ],
)
def test_an_address_that_cannot_be_read_says_why(web, page, error, said):
    web[PAGE] = page
    with pytest.raises(error, match=said):
        discover(web, parse, PAGE)
    assert web.asked == [PAGE]


def test_a_page_that_is_hardly_html_is_a_page_by_its_type(web):
    web[PAGE] = answer(PAGE, b"hello " + links("/a"), content_type="text/html; charset=utf-8")
    web["https://news.example/a"] = feed()
    assert found(web) == [("https://news.example/a", "declared")]
