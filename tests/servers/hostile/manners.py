"""Cookies, caching nonsense and links that must be taken calmly, and places that must not be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from servers.hostile.endpoint import Ending, Endpoint, new, serves
from servers.hostile.feed import COUNT, GOOD, item, text

if TYPE_CHECKING:
    from servers.hostile.visit import Visit

POLLS = 3


def endpoints() -> list[Endpoint]:
    """The family."""

    def headed(name: str, *lines: str) -> Endpoint:
        return serves(f"/manners/{name}", GOOD, new(), *lines)

    return [
        headed("max-age-of-ages", "Cache-Control: max-age=99999999999999999999, s-maxage=-1"),
        headed("cache-control-of-nonsense", 'Cache-Control: max-age="never", =, no-store="', "Pragma: maybe"),
        headed("expires-never", "Expires: 0", "Expires: Fri, 99 Foo 99999 99:99:99 GMT"),
        headed("age-of-nonsense", "Age: -5", "Age: 99999999999999999999", "Date: yesterday"),
        headed("retry-after-on-200", "Retry-After: 120"),
        headed("retry-after-absurd-on-200", "Retry-After: 99999999999999999999"),
        headed("last-modified-tomorrow", "Last-Modified: Fri, 31 Dec 9999 23:59:59 GMT"),
        headed("validators-of-nonsense", "ETag: W/", "Last-Modified: \x80\xff"),
        Endpoint("/manners/cookies", _cookies, Ending("new|unchanged", 200, "ok", COUNT), polls=POLLS),
        Endpoint("/manners/ttl-of-nonsense", _ttl, new()),
        Endpoint("/manners/links-to-the-canary", _links, new()),
        Endpoint("/manners/pages-at-the-canary", _links, new(), settings={"full_text": True}),
        Endpoint("/manners/hubs-at-the-canary", _hubs, new()),
    ]


async def _cookies(visit: Visit) -> None:
    """Set cookies of every kind; who sends one back, or a referrer, gets an error."""
    if {"cookie", "referer"} & visit.headers.keys():
        await visit.answer(b"", status="400 Bad Request")
        return
    lines = [f"Set-Cookie: id{n}={'v' * 200}; Path=/; Max-Age=9999999" for n in range(20)]
    body = text(*map(item, range(COUNT)), f"<!-- edition {visit.nth} -->").encode()
    await visit.answer(body, *lines, "Set-Cookie: ;;=;", "Set-Cookie: a=b; Domain=.example")


async def _ttl(visit: Visit) -> None:
    hints = (
        "<ttl>-99999999999</ttl><ttl>1e9</ttl><skipHours><hour>24</hour><hour>-1</hour><hour>noon</hour></skipHours>"
        "<skipDays>" + "<day>Monday</day>" * 500 + "<day>Caturday</day></skipDays>"
    )
    await visit.answer(text(hints, *map(item, range(COUNT))).encode())


async def _links(visit: Visit) -> None:
    inside = f"http://127.0.0.1:{visit.places.canary}"
    items = (
        item(f"of pier {number}")
        .replace(f"http://127.0.0.1/ferry/of pier {number}", f"{inside}/secret/{number}")
        .replace(
            "</item>",
            f'<enclosure url="{inside}/sound.mp3" type="audio/mpeg" length="1"/><comments>{inside}/comments</comments>'
            f'<source url="{inside}/source">Pier</source></item>',
        )
        for number in range(COUNT)
    )
    picture = f"<image><url>{inside}/logo.png</url></image><docs>{inside}/docs</docs>"
    await visit.answer(text(picture, *items).encode())


async def _hubs(visit: Visit) -> None:
    inside = f"http://127.0.0.1:{visit.places.canary}"
    links = "".join(
        f'<atom:link rel="{rel}" href="{inside}/{rel}"/>' for rel in ("hub", "self", "next", "prev-archive")
    )
    document = text(links, *map(item, range(COUNT))).replace("<rss ", '<rss xmlns:atom="http://www.w3.org/2005/Atom" ')
    await visit.answer(document.encode(), f"Link: <{inside}/hub>; rel=hub, <{inside}/self>; rel=self")
