from datetime import UTC, datetime

import pytest

from worker.errors import ParseError, Unreachable
from worker.feeds.model import Document, ItemData
from worker.pipeline.history import MOST_PAGES, ReadingBack, read_back
from worker.records import Fetched, FetchResponse

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
FEED = "https://desk:pw@news.example/feed"


def item(id_):
    return ItemData(id=id_, link=None, title=id_, summary="", text=id_)


def document(*ids, previous=None):
    return Document("atom10", "", None, None, tuple(map(item, ids)), previous=previous)


class Archive:
    """The parts of reading back: documents by URL (or an error, a status, nothing), and what was stored."""

    def __init__(self, **documents):
        self.documents = {f"https://news.example/{name}": one for name, one in documents.items()}
        self.asked = []
        self.stored = []
        self.pauses = 0
        self.parts = ReadingBack(self, self, self.parse, self.pause)

    def pause(self):
        self.pauses += 1

    def fetch(self, requests, *, in_flight, stop, idle=None):
        (request,) = requests
        assert (in_flight, stop()) == (1, False)
        self.asked.append(request.url)
        place = request.url.replace("desk:pw@", "")
        there = self.documents.get(place)
        if there == "nothing":
            return
        if isinstance(there, tuple):
            place, there = there
        result = there
        if not isinstance(there, Exception):
            status = there if isinstance(there, int) else 200
            result = FetchResponse(status, place, place.encode(), "", None, None, 0)
        yield Fetched(request.key, result, 0.1)

    def parse(self, body, *, content_type, url, known=None):
        found = self.documents[body.decode()]
        if found == "text":
            raise ParseError("the document is plain text")
        return found

    def archive_items(self, feed, items, *, now):
        assert (feed, now) == (7, NOW)
        fresh = [one.item.id for one in items if one.item.id not in self.stored]
        self.stored += fresh
        return len(fresh)

    def read(self, first, pages=50):
        return read_back(self.parts, 7, first, url=FEED, pages=pages, now=NOW)


def at(name):
    return f"https://news.example/{name}"


def test_older_documents_are_read_back_to_the_first():
    archive = Archive(p2=document("c", "d", previous=at("p1")), p1=document("e"))
    done = archive.read(document("a", "b", previous=at("p2")))
    assert (done.pages, done.items, done.ended, done.failed) == (2, 3, "there are no older ones", False)
    assert archive.stored == ["c", "d", "e"]
    assert archive.pauses == 2


def test_items_of_the_present_document_are_left_to_the_first_poll():
    archive = Archive(p1=document("b", "c"), p0=document("b"))
    assert archive.read(document("a", "b", previous=at("p1"))).items == 1
    assert archive.stored == ["c"]
    assert archive.read(document("b", previous=at("p0"))).items == 0


def test_a_feed_without_older_documents_says_so():
    done = Archive().read(document("a"))
    assert (done.pages, done.ended, done.failed) == (0, "the feed names no older documents", False)


@pytest.mark.parametrize(("asked", "read"), [(3, 3), (1000, MOST_PAGES)])
def test_no_more_than_so_many_are_read(asked, read):
    archive = Archive(**{f"p{n}": document(str(n), previous=at(f"p{n + 1}")) for n in range(60)})
    done = archive.read(document("a", previous=at("p0")), pages=asked)
    assert (done.pages, len(archive.asked), done.ended, done.failed) == (read, read, "there are older ones", False)


@pytest.mark.parametrize(
    "documents",
    [
        {"p1": document("b", previous=at("p1"))},
        {"p1": document("b", previous=at("p2")), "p2": document("c", previous=at("p1"))},
        {"p1": document("b", previous=at("feed"))},
        {"p1": document("b", previous=at("p2")), "p2": (at("p1"), 200)},
    ],
    ids=["itself", "two", "the feed", "by a redirect"],
)
def test_a_circle_is_left(documents):
    archive = Archive(**documents)
    done = archive.read(document("a", previous=at("p1")))
    assert (done.ended, done.failed) == ("the documents lead in a circle", True)
    assert len(archive.asked) <= 2
    assert archive.stored[0] == "b"


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (Unreachable("no connection"), "no connection"),
        (404, "HTTP 404"),
        ("text", "plain text"),
        ("nothing", "not asked"),
    ],
)
def test_what_was_read_stays_when_the_next_one_fails(second, said):
    archive = Archive(p1=document("b", previous=at("p2")), p2=second)
    done = archive.read(document("a", previous=at("p1")))
    assert (done.pages, done.items, done.failed) == (1, 1, True)
    assert done.ended.startswith("the next older one cannot be read: ")
    assert said in done.ended


def test_credentials_go_to_the_feed_s_own_origin_only():
    archive = Archive(p1=document("b", previous="https://other.example/p"))
    archive.documents["https://other.example/p"] = document("c", previous="http://news.example/p")
    archive.documents["http://news.example/p"] = document("d")
    archive.read(document("a", previous=at("p1")))
    assert archive.asked == ["https://desk:pw@news.example/p1", "https://other.example/p", "http://news.example/p"]


def test_a_feed_without_credentials_sends_none():
    archive = Archive(p1=document("b"))
    read_back(archive.parts, 7, document("a", previous=at("p1")), url=at("feed"), pages=1, now=NOW)
    assert archive.asked == [at("p1")]
