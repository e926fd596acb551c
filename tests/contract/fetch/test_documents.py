"""What a whole, trustworthy exchange gives, and which answers are no such thing."""

from __future__ import annotations

import asyncio
import gzip
import threading
import zlib
from datetime import timedelta
from typing import TYPE_CHECKING

import brotli
import pytest
from contract.fetch.raw_server import RawRequest, RawServer, response

from worker.errors import BadResponse, Refused, Unreachable
from worker.fetch.inflate import zstd
from worker.records import FetchRequest, FetchResponse, Validators

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from contract.fetch.conftest import Client

    from worker.records import Purpose

BODY = b"<rss><channel/></rss>" * 50


def test_a_document_comes_whole_with_what_its_headers_say(server: RawServer, client: Client) -> None:
    server.says(
        "/feed?x=1",
        response(BODY, b"Content-Type: application/rss+xml; charset=x", b'ETag: W/"a b"', b"Last-Modified: yesterday"),
    )
    got = client.get(server.url("/feed?x=1"))
    assert got.status == 200
    assert got.url == server.url("/feed?x=1")
    assert got.body == BODY
    assert got.raw_bytes == len(BODY)
    assert got.content_type == "application/rss+xml; charset=x"
    assert got.validators == Validators(server.url("/feed?x=1"), b'W/"a b"', b"yesterday")
    assert got.retry_after is None


def test_a_request_says_who_asks_and_nothing_more(server: RawServer, client: Client) -> None:
    server.says("/", response(BODY, b"Set-Cookie: a=b"), close=False)
    client.get(server.url())
    client.get(server.url())
    for request in server.requests:
        assert request.line == b"GET / HTTP/1.1"
        names = [name.lower() for name, _ in request.headers]
        assert sorted(names) == [b"accept", b"accept-encoding", b"host", b"user-agent"]
    assert request.header(b"user-agent") == b"Tocsin/0 (+https://example.org/)"
    assert request.header(b"host") == server.place.encode()
    assert request.header(b"accept-encoding") == b"gzip, br, zstd"


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        (b"gzip", gzip.compress(BODY)),
        (b"X-GZIP", gzip.compress(BODY[:100]) + gzip.compress(BODY[100:])),
        (b"deflate", zlib.compress(BODY)),
        (b"deflate", zlib.compress(BODY, wbits=-15)),
        (b"br", brotli.compress(BODY)),
        (b"zstd", zstd.compress(BODY)),
        (b"identity, gzip", gzip.compress(BODY)),
        (b"identity", BODY),
    ],
    ids=["gzip", "gzip of two members", "zlib", "raw deflate", "br", "zstd", "identity and gzip", "identity"],
)
def test_each_coding_is_undone(server: RawServer, client: Client, coding: bytes, packed: bytes) -> None:
    server.says("/", response(packed, b"Content-Encoding: " + coding))
    got = client.get(server.url())
    assert got.body == BODY
    assert got.raw_bytes == len(packed)


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + end


HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
TRUNCATED = {
    "content length": response(BODY, length=len(BODY) + 1),
    "chunk": HEAD + b"\r\n" + chunked(BODY, end=b"ff\r\nabc"),
    "last chunk": HEAD + b"\r\n" + chunked(BODY, end=b""),
    "gzip tail": HEAD + b"Content-Encoding: gzip\r\n\r\n" + chunked(gzip.compress(BODY)[:-9]),
    "gzip trailer": response(gzip.compress(BODY)[:-4], b"Content-Encoding: gzip"),
    "gzip checksum": response(gzip.compress(BODY)[:-8] + b"12345678", b"Content-Encoding: gzip"),
    "deflate tail": response(zlib.compress(BODY)[:-1], b"Content-Encoding: deflate"),
    "br tail": response(brotli.compress(BODY)[:-1], b"Content-Encoding: br"),
    "zstd tail": response(zstd.compress(BODY)[:-1], b"Content-Encoding: zstd"),
    "two codings": response(gzip.compress(gzip.compress(BODY)), b"Content-Encoding: gzip, gzip"),
    "unknown coding": response(BODY, b"Content-Encoding: compress"),
    "not what it says": response(BODY, b"Content-Encoding: br"),
    "empty": response(b""),
    "empty gzip": response(gzip.compress(b""), b"Content-Encoding: gzip"),
    "no content": b"HTTP/1.1 204 No Content\r\n\r\n",
    "part": response(BODY, status=b"206 Partial Content"),
    "difference": response(BODY, b"IM: feed", status=b"226 IM Used"),
    "unasked 304": b'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n',
    "garbage": b"SSH-2.0-OpenSSH_9.2\r\n",
    "length and chunks": HEAD + b"Content-Length: 5\r\n\r\n" + chunked(BODY),
    "switching": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    "redirect to nowhere": response(b"", status=b"301 Moved"),
    "transfer coded": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n" + chunked(BODY),
    "transfer coded to the end": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n" + BODY,
    "chunked twice": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n" + chunked(BODY),
    "chunked and not": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n"
    + chunked(BODY),
    "coding after chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n" + chunked(BODY),
    "nearly chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n" + chunked(BODY),
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n<rss/>",
    "a list of lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 6, 5\r\n\r\n<rss/>",
    "a length below zero": b"HTTP/1.1 200 OK\r\nContent-Length: -6\r\n\r\n<rss/>",
    "a length in words": b"HTTP/1.1 200 OK\r\nContent-Length: six\r\n\r\n<rss/>",
    "a length too short": response(BODY, length=4),
    "a chunk too short": HEAD + b"\r\n4\r\n<rss/>\r\n0\r\n\r\n",
    "a chunk below zero": HEAD + b"\r\n-6\r\n<rss/>\r\n0\r\n\r\n",
    "a chunk beyond all": HEAD + b"\r\nffffffffffffffffffff\r\n<rss/>\r\n0\r\n\r\n",
    "no end after the last chunk": HEAD + b"\r\n" + chunked(BODY, end=b"0\r\n"),
    "304 with a body": b"HTTP/1.1 304 x\r\nContent-Length: 6\r\n\r\n<rss/>",
    "no status": b"HTTP/1.1 099 x\r\nContent-Length: 6\r\n\r\n<rss/>",
    "of another age": b"HTTP/2 200 OK\r\nContent-Length: 6\r\n\r\n<rss/>",
    "two coding lines": response(gzip.compress(BODY), b"Content-Encoding: gzip", b"Content-Encoding: br"),
}


@pytest.mark.parametrize("name", TRUNCATED)
def test_an_answer_that_cannot_be_trusted_is_no_document(server: RawServer, client: Client, name: str) -> None:
    server.says("/secret?token=1", TRUNCATED[name])
    error = client.error(server.url("/secret?token=1"))
    assert isinstance(error, BadResponse)
    assert str(error).startswith(f"{server.place}: ")
    assert "secret" not in str(error)
    assert "token" not in str(error)


def test_a_hang_up_and_a_closed_port_are_unreachable(server: RawServer, make_client: Callable[..., Client]) -> None:
    with RawServer() as other:
        closed = other.place
    client = make_client(server.place, closed)
    server.says("/", b"")
    assert str(client.error(server.url())) == f"{server.place}: the server hung up without an answer"
    error = client.error(f"http://{closed}/")
    assert isinstance(error, Unreachable)
    assert str(error) == f"{closed}: no connection (Connection refused)"


def test_validators_go_byte_for_byte_to_their_url_only(server: RawServer, client: Client) -> None:
    server.says("/a", b'HTTP/1.1 304 Not Modified\r\nETag: W/"n"\r\n\r\n', close=False)
    odd = Validators(server.url("/a"), b"un\tquoted ;,", b"Sat, 31 Feb 2099")
    got = client.get(server.url("/a"), odd)
    assert (got.status, got.body) == (304, b"")
    assert got.validators == Validators(server.url("/a"), b'W/"n"', b"Sat, 31 Feb 2099")
    assert server.requests[0].header(b"if-none-match") == b"un\tquoted ;,"
    assert server.requests[0].header(b"if-modified-since") == b"Sat, 31 Feb 2099"
    server.says("/b", response(BODY), close=False)
    client.get(server.url("/b"), odd)
    assert server.requests[1].header(b"if-none-match") is None


def test_validators_go_to_the_hop_they_belong_to(server: RawServer, client: Client) -> None:
    server.says("/old", response(b"", b"Location: /new", status=b"301 Moved"), close=False)
    server.says("/new", b"HTTP/1.1 304 Not Modified\r\n\r\n", close=False)
    got = client.get(server.url("/old"), Validators(server.url("/new"), b'"x"'))
    assert (got.status, got.url, got.validators) == (304, server.url("/new"), None)
    assert [request.header(b"if-none-match") for request in server.requests] == [None, b'"x"']


def test_a_validator_that_cannot_be_echoed_is_dropped(server: RawServer, client: Client) -> None:
    server.says("/", response(BODY, 'ETag: "é"'.encode(), b"Last-Modified: " + b"x" * 5000), close=False)
    assert client.get(server.url()).validators is None
    client.get(server.url(), Validators(server.url(), b"\xff", None))
    assert server.requests[1].header(b"if-none-match") is None


@pytest.mark.parametrize("status", [b"301 x", b"302 x", b"303 x", b"307 x", b"308 x"])
def test_redirects_are_followed_to_the_document(server: RawServer, client: Client, status: bytes) -> None:
    server.says("/a", response(b"gone there", b"Location: b?y=\xc3\xbc", status=status), close=False)
    server.says("/b?y=%C3%BC", response(BODY, b'ETag: "b"'), close=False)
    got = client.get(server.url("/a"))
    assert got.url == server.url("/b?y=%C3%BC")
    assert got.validators == Validators(got.url, b'"b"')


PERMANENTLY = [
    (["301 /b"], "/b"),
    (["308 /b", "301 /c"], "/c"),
    (["301 /b", "302 /c"], "/b"),
    (["301 /b", "302 /c", "301 /d"], "/b"),
    (["302 /b", "301 /c"], None),
    (["307 /b"], None),
    (["303 /b"], None),
    ([], None),
]


@pytest.mark.parametrize(("hops", "moved_to"), PERMANENTLY)
def test_a_feed_has_moved_where_its_first_permanent_hops_lead(
    server: RawServer, client: Client, hops: list[str], moved_to: str | None
) -> None:
    path = "/a"
    for hop in hops:
        status, _, location = hop.partition(" ")
        raw = response(b"", b"Location: " + location.encode(), status=status.encode() + b" x")
        server.says(path, raw, close=False)
        path = location
    server.says(path, response(BODY), close=False)
    got = client.get(server.url("/a"))
    assert got.url == server.url(path)
    assert got.moved_to == (None if moved_to is None else server.url(moved_to))


def test_a_move_is_seen_in_a_304_too_and_keeps_the_credentials(server: RawServer, client: Client) -> None:
    server.says("/old", response(b"", b"Location: /new", status=b"301 Moved"), close=False)
    server.says("/new", b"HTTP/1.1 304 Not Modified\r\n\r\n", close=False)
    new = f"http://u:p@{server.place}/new"
    got = client.get(f"http://u:p@{server.place}/old", Validators(new, b'"x"'))
    assert (got.status, got.moved_to) == (304, new)


def test_a_circle_of_redirects_is_walked_once(server: RawServer, client: Client) -> None:
    server.says("/a", response(b"", b"Location: /b", status=b"302 x"), close=False)
    server.says("/b", response(b"", b"Location: /a", status=b"302 x"), close=False)
    error = client.error(server.url("/a"))
    assert isinstance(error, BadResponse)
    assert str(error) == f"{server.place}: the redirects lead in a circle"
    assert [request.path for request in server.requests] == ["/a", "/b"]


def test_ten_redirects_and_no_more(server: RawServer, client: Client) -> None:
    for number in range(12):
        server.says(f"/{number}", response(b"", b"Location: /%d" % (number + 1), status=b"302 x"), close=False)
    server.says("/12", response(BODY), close=False)
    assert client.get(server.url("/2")).body == BODY
    error = client.error(server.url("/1"))
    assert isinstance(error, BadResponse)
    assert "more than 10 redirects" in str(error)
    server.says("/loop", response(b"", b"Location: /loop", status=b"301 x"), close=False)
    assert isinstance(client.error(server.url("/loop")), BadResponse)


def test_credentials_stay_with_their_origin(server: RawServer, make_client: Callable[..., Client]) -> None:
    with RawServer() as other:
        client = make_client(server.place, other.place)
        configured = f"http://us%40er:pa%3Ass@{server.place}/a"
        server.says("/a", response(b"", b"Location: /b", status=b"301 x"), close=False)
        server.says("/b", response(BODY, b'ETag: "b"'), close=False)
        got = client.get(configured)
        assert got.url == f"http://us%40er:pa%3Ass@{server.place}/b"
        assert got.validators is not None
        assert got.validators.url == got.url
        assert {request.header(b"authorization") for request in server.requests} == {b"Basic dXNAZXI6cGE6c3M="}
        location = f"Location: http://mallory:x@{other.place}/c".encode()
        server.says("/a", response(b"", location, status=b"302 x"), close=False)
        other.says("/c", response(BODY), close=False)
        assert client.get(configured).url == other.url("/c")
        assert other.requests[0].header(b"authorization") is None


def unfollowed(client: Client, url: str, purpose: Purpose = "page") -> FetchResponse | Exception:
    request = FetchRequest(0, url, purpose=purpose, follow=False)
    (fetched,) = client.fetcher.fetch([request], in_flight=1, stop=lambda: False)
    return fetched.result


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    ("location", "there"),
    [
        ("/b?x=1#end", "http://{here}/b?x=1"),
        ("b", "http://{here}/d/b"),
        ("//other.example/b", "http://other.example/b"),
        ("https://me:word@other.example:8443/", "https://other.example:8443/"),
        ("http://10.0.0.1/", "http://10.0.0.1/"),  # refused once it is asked
    ],
)
def test_a_redirect_comes_back_to_who_follows_it_himself(
    server: RawServer, client: Client, status: int, location: str, there: str
) -> None:
    says = f"Location: {location}".encode()
    server.says("/d/a", response(b"gone there", says, status=b"%d x" % status), close=False)
    got = unfollowed(client, server.url("/d/a"))
    assert isinstance(got, FetchResponse)
    assert (got.status, got.url, got.location) == (status, server.url("/d/a"), there.format(here=server.place))
    assert (got.body, got.validators, got.moved_to) == (b"", None, None)
    assert [request.path for request in server.requests] == ["/d/a"]


@pytest.mark.parametrize(
    ("location", "error"),
    [
        (b"Location: file:///etc/passwd", Refused),
        (b"Location: http://other.example\\@10.0.0.1/", Refused),
        (b"Location: http://0x7f.1/", Refused),
        (b"Location: /a", BadResponse),
        (b"X: y", BadResponse),
    ],
)
def test_a_redirect_to_where_we_do_not_go_leads_nowhere(
    server: RawServer, client: Client, location: bytes, error: type[Exception]
) -> None:
    server.says("/a", response(b"", location, status=b"302 x"), close=False)
    assert isinstance(unfollowed(client, server.url("/a")), error)


def test_what_does_not_redirect_is_the_same_unfollowed(server: RawServer, client: Client) -> None:
    server.says("/a", response(BODY), close=False)
    got = unfollowed(client, server.url("/a"))
    assert isinstance(got, FetchResponse)
    assert (got.status, got.body, got.location) == (200, BODY, None)


@pytest.mark.parametrize(("value", "seconds"), [(b"120", 120), (b"Sat, 12 Feb 2022 17:03:11 GMT", 60), (b"soon", None)])
def test_errors_are_answers_with_the_opening_of_their_body(
    server: RawServer, client: Client, value: bytes, seconds: int | None
) -> None:
    page = b"x" * 100_000
    server.says(
        "/", response(gzip.compress(page), b"Content-Encoding: gzip", b"Retry-After: " + value, status=b"503 x")
    )
    got = client.get(server.url())
    assert got.status == 503
    assert got.body == page[: 64 * 1024]
    assert got.retry_after == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize("status", [b"200 x", b"301 x", b"304 x", b"404 x", b"429 x", b"500 x", b"999 x"])
def test_when_to_come_back_is_read_of_every_final_answer(server: RawServer, client: Client, status: bytes) -> None:
    fields = (b"Retry-After: 60", b"Retry-After: 70", b"Cache-Control: max-age=300", b"Age: 100")
    body = b"" if status.startswith(b"304") else BODY
    if status.startswith(b"301"):
        server.says("/", response(b"", b"Location: /there", *fields, status=status), close=False)
        server.says("/there", response(BODY), close=False)
        got = client.get(server.url())
        assert (got.retry_after, got.fresh_for) == (None, None)
        return
    server.says("/", response(body, *fields, status=status), close=False)
    got = client.get(server.url(), Validators(server.url(), b'"x"'))
    assert got.retry_after == timedelta(seconds=60)
    assert got.fresh_for == timedelta(seconds=200)


def test_expires_counts_from_the_servers_own_date(server: RawServer, client: Client) -> None:
    fields = (b"Date: Sat, 12 Feb 2000 12:00:00 GMT", b"Expires: Sat, 12 Feb 2000 12:15:00 GMT")
    server.says("/", response(BODY, *fields), close=False)
    assert client.get(server.url()).fresh_for == timedelta(minutes=15)


DIFFERENCE = response(BODY, b"IM: feed", b'ETag: "new"', b"Cache-Control: no-store, im", status=b"226 IM Used")


def test_new_items_alone_are_taken_where_they_were_asked_for(server: RawServer, client: Client) -> None:
    server.says("/", DIFFERENCE, close=False)
    got = client.get(server.url(), Validators(server.url(), b'"old"', b"then"))
    assert (got.status, got.partial, got.body) == (226, True, BODY)
    assert got.validators == Validators(server.url(), b'"new"')
    assert server.requests[0].header(b"a-im") == b"feed"
    assert server.requests[0].header(b"if-none-match") == b'"old"'


@pytest.mark.parametrize(
    ("raw", "etag", "purpose"),
    [
        (DIFFERENCE, None, "feed"),
        (DIFFERENCE, b'"old"', "page"),
        (DIFFERENCE, b'"old"', "any"),
        (DIFFERENCE.replace(b"IM: feed", b"IM: vcdiff"), b'"old"', "feed"),
        (DIFFERENCE.replace(b"IM: feed", b"X: feed"), b'"old"', "feed"),
        (DIFFERENCE.replace(b"IM: feed", b'IM: feed\r\nDelta-Base: "older"'), b'"old"', "feed"),
        (response(b"", b"IM: feed", status=b"226 IM Used"), b'"old"', "feed"),
    ],
)
def test_a_difference_that_nobody_asked_for_is_no_document(
    server: RawServer, client: Client, raw: bytes, etag: bytes | None, purpose: Purpose
) -> None:
    server.says("/", raw, close=False)
    assert isinstance(client.error(server.url(), Validators(server.url(), etag, b"then"), purpose), BadResponse)
    assert (server.requests[0].header(b"a-im") is None) == (etag is None or purpose != "feed")


def test_a_whole_answer_is_whole_although_less_was_welcome(server: RawServer, client: Client) -> None:
    server.says("/", response(BODY), close=False)
    got = client.get(server.url(), Validators(server.url(), b'"old"'))
    assert (got.partial, got.validators) == (False, None)


def test_pages_and_anything_else_are_asked_for_as_such(server: RawServer, client: Client) -> None:
    server.says("/", response(BODY), close=False)
    for purpose, first in (("page", b"text/html"), ("any", b"*/*"), ("feed", b"application/atom+xml")):
        assert client.get(server.url(), purpose=purpose).body == BODY
        accept = server.requests[-1].header(b"accept")
        assert accept is not None
        assert accept.startswith(first)


def test_an_empty_answer_says_something_where_anything_is_wanted(server: RawServer, client: Client) -> None:
    server.says("/robots.txt", response(b"", b"Content-Type: text/plain"), close=False)
    got = client.get(server.url("/robots.txt"), purpose="any")
    assert (got.status, got.body) == (200, b"")
    for purpose in ("feed", "page"):
        assert isinstance(client.error(server.url("/robots.txt"), purpose=purpose), BadResponse)


@pytest.mark.parametrize("coding", [b"gzip", b"two, many"])
def test_a_broken_error_page_leaves_the_status(server: RawServer, client: Client, coding: bytes) -> None:
    server.says("/", response(b"nonsense", b"Content-Encoding: " + coding, status=b"404 x", length=99))
    got = client.get(server.url())
    assert (got.status, got.body) == (404, b"")


def test_a_kept_connection_is_used_again(server: RawServer, client: Client) -> None:
    server.says("/", response(BODY), close=False)
    for _ in range(5):
        client.get(server.url())
    assert server.connections == 1


def test_a_dropped_connection_is_not_tried_again(server: RawServer, client: Client) -> None:
    server.says("/", response(BODY), close=False)
    server.says("/drop", b"")
    client.get(server.url())
    assert isinstance(client.error(server.url("/drop")), Unreachable)
    assert [request.path for request in server.requests] == ["/", "/drop"]


def test_a_connection_with_unasked_bytes_is_not_used_again(server: RawServer, client: Client) -> None:
    # Its next response would be taken for the answer to the next poll.
    server.says("/", response(BODY) + response(b"stale"), close=False)
    client.get(server.url())
    server.says("/next", response(b"fresh"), close=False)
    assert client.get(server.url("/next")).body == b"fresh"
    assert server.connections == 2


def test_late_bytes_on_an_idle_connection_are_nobodys_answer(server: RawServer, client: Client) -> None:
    first_read, sent = threading.Event(), threading.Event()

    async def late(request: RawRequest) -> AsyncIterator[bytes]:
        yield response(BODY)
        await asyncio.to_thread(first_read.wait, 10)
        yield response(b"stale")
        sent.set()

    server.does("/", late, close=False)
    assert client.get(server.url()).body == BODY
    first_read.set()
    assert sent.wait(10)
    server.says("/next", response(b"fresh"), close=False)
    assert client.get(server.url("/next")).body == b"fresh"
    assert server.connections == 2
