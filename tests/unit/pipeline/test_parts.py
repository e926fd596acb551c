import pytest
from golden.newsroom import Web, response
from servers.documents import Item, rss

from worker.errors import ParseError, Unreachable
from worker.feeds.model import Document
from worker.feeds.parse import parse
from worker.pipeline.parts import PARTS, PARTS_IN_FLIGHT, follow_parts
from worker.records import Fetched

INDEX = "https://news.example/sitemap.xml"


def index(*urls):
    document = Document("sitemapindex", "", None, None, (), parts=urls)
    return Fetched(key=7, result=response(b"<sitemapindex/>", url=INDEX), seconds=0.1), document


def part(*titles):
    return rss([Item(title, title) for title in titles])


def followed(web, *indexes, stop=lambda: False):
    return list(follow_parts(web, parse, indexes, stop=stop))


@pytest.fixture
def web():
    return Web()


def test_the_items_of_all_parts_are_one_document_in_order(web):
    web.publish("https://news.example/1", part("a", "b"))
    web.publish("https://news.example/2", part("c"))
    ((fetched, document),) = followed(web, index("https://news.example/1", "https://news.example/2"))
    assert fetched.key == 7
    assert document.format == "sitemapindex"
    assert [item.title for item in document.items] == ["a", "b", "c"]
    assert (document.frame, document.slices) == (None, ())
    assert [item.slice for item in document.items] == [None] * 3


@pytest.mark.parametrize(
    "broken",
    [Unreachable("no connection"), ValueError("secret"), response(b"no", status=404), b"this is no feed"],
)
def test_a_part_that_cannot_be_had_costs_only_its_own_items(web, broken):
    web.publish("https://news.example/1", broken)
    web.publish("https://news.example/2", part("c"))
    ((_, document),) = followed(web, index("https://news.example/1", "https://news.example/2"))
    assert [item.title for item in document.items] == ["c"]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (Unreachable("no connection"), "no connection"),
        (ValueError("secret"), "ValueError"),
        (response(b"no", status=404), "HTTP 404"),
        (b"this is no feed", "plain text"),
    ],
)
def test_an_index_without_any_part_is_a_failed_poll_that_says_why(web, broken, reason):
    web.publish("https://news.example/1", broken)
    ((_, error),) = followed(web, index("https://news.example/1"))
    assert isinstance(error, ParseError)
    assert reason in str(error)
    assert "secret" not in str(error)


def test_only_the_first_parts_are_asked_for_and_few_at_a_time(web):
    asked = []

    class Noted(Web):
        def fetch(self, requests, *, in_flight, stop, idle=None):
            asked.append((len(requests), in_flight))
            return super().fetch(requests, in_flight=in_flight, stop=stop, idle=idle)

    web = Noted()
    followed(web, index(*(f"https://news.example/{number}" for number in range(PARTS + 5))))
    assert asked == [(PARTS, PARTS_IN_FLIGHT)]


def test_an_index_whose_parts_were_not_all_asked_for_is_left_for_later(web):
    web.publish("https://news.example/1", part("a"))
    first, second = index("https://news.example/1"), index("https://news.example/1")
    asked = iter([False, True, True])
    done = followed(web, first, second, stop=lambda: next(asked))
    assert [fetched for fetched, _ in done] == [first[0]]
