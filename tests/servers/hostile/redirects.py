"""Redirects that lead nowhere, for ever, or out of HTTP (RFC 9110, 15.4); each hop is looked at anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from servers.hostile.doors import AT_TLS
from servers.hostile.endpoint import Ending, Endpoint, blocked, error, new
from servers.hostile.feed import GOOD

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers.hostile.visit import Visit

ALLOWED = 10
MAZE = f"more than {ALLOWED} redirects|circle"
FOUND = "302 Found"
AWAY = {
    "file": "file:///etc/passwd",
    "file-of-the-host": "file://127.0.0.1/etc/passwd",
    "ftp": "ftp://127.0.0.1/feed.xml",
    "gopher": "gopher://127.0.0.1:6379/_FLUSHALL",
    "data": "data:application/rss+xml,%3Crss/%3E",
    "javascript": "javascript:alert(1)",
    "view-source": "view-source:http://127.0.0.1/",
    "feed": "feed:http://127.0.0.1/",
    "unix": "unix:///run/docker.sock",
    "ws": "ws://{here}/redirects/goal",
    "port-0": "http://127.0.0.1:0/",
    "port-65536": "http://127.0.0.1:65536/",
}


def endpoints() -> list[Endpoint]:
    """The family."""

    def goes(name: str, location: str, ending: Ending, status: str = FOUND) -> Endpoint:
        return _endpoint(name, ending, lambda _: (location, status))

    def goal(name: str, location: str, status: str = FOUND) -> Endpoint:
        """A redirect that leads to a document, one hop below itself."""
        return _endpoint(name, new(), lambda visit: (visit.places.fill(location), status) if not visit.rest else None)

    here = "http://{here}/redirects/"
    return [
        goes("to-itself", "/redirects/to-itself", error(MAZE), "301 Moved Permanently"),
        goes("to-a-fragment", "#top", error(MAZE)),
        goes("to-a-query", "?", error(MAZE)),
        goes("to-nothing", "", error(f"{MAZE}|without a Location")),
        _endpoint(
            "ping-pong",
            error(MAZE),
            lambda visit: (f"/redirects/ping-pong/{'pong' if visit.nth % 2 else 'ping'}", FOUND),
        ),
        _endpoint(
            "query-growing",
            error(MAZE),
            lambda visit: (f"{visit.target}{'&' if '?' in visit.target else '?'}again={'x' * 500}", FOUND),
        ),
        _endpoint("path-growing", error(MAZE), lambda visit: (f"{visit.target}/deeper", FOUND)),
        _endpoint("10-hops", new(), _hops(ALLOWED)),
        _endpoint("11-hops", error(MAZE), _hops(ALLOWED + 1)),
        _endpoint(
            "301-then-302",
            new(),
            lambda visit: [
                ("/redirects/301-then-302/1", "301 Moved Permanently"),
                ("/redirects/301-then-302/2", FOUND),
                None,
            ][visit.nth % 3],
        ),
        goal("absolute", here + "absolute/goal"),
        goal("rooted", "/redirects/rooted/goal"),
        goal("relative", "relative/goal"),
        goal("with-dots", "../redirects/./x/../with-dots/goal"),
        goal("without-scheme", "//{here}/redirects/without-scheme/goal"),
        goal("with-userinfo", "http://user:secret@{here}/redirects/with-userinfo/goal"),
        goal("with-a-space", " " + here + "with-a-space/goal "),
        goal("with-odd-letters", here + 'with-odd-letters/goal?q=\xe4 <>"{{}}|^`'),
        goal("303", "/redirects/303/goal", "303 See Other"),
        goal("307", "/redirects/307/goal", "307 Temporary Redirect"),
        goal("308", "/redirects/308/goal", "308 Permanent Redirect"),
        Endpoint("/redirects/without-location", _without, error("without a Location")),
        goes("of-50-KB", "/" + "x" * 50_000, error("404|form|long|not HTTP", 404)),
        goes("to-a-stranger-path", "/no/such/path", error("404", 404)),
        _endpoint("to-TLS", error("TLS"), lambda visit: (f"https://{visit.places.here}{AT_TLS}", FOUND)),
        *(_away(name, location) for name, location in AWAY.items()),
    ]


Step = tuple[str, str] | None


def _endpoint(name: str, ending: Ending, step: Callable[[Visit], Step]) -> Endpoint:
    """An endpoint that sends on to what `step` says, or, where that is None, gives the document."""

    async def serve(visit: Visit) -> None:
        onward = step(visit)
        if onward is None:
            await visit.answer(GOOD)
        else:
            await visit.redirect(*onward)

    return Endpoint(f"/redirects/{name}", serve, ending)


def _away(name: str, location: str) -> Endpoint:
    return _endpoint(f"to-{name}", blocked(), lambda visit: (visit.places.fill(location), FOUND))


def _hops(most: int) -> Callable[[Visit], Step]:
    def step(visit: Visit) -> Step:
        hop = int(visit.rest.strip("/") or 0)
        path = visit.target.removesuffix(visit.rest)
        return (f"{path}/{hop + 1}", FOUND) if hop < most else None

    return step


async def _without(visit: Visit) -> None:
    await visit.answer(b"", status=FOUND)
