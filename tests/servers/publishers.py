"""Scripts for a press: publishers good, odd and broken. Each takes a visit and how many came before it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

from golden.newsroom import BEGIN
from servers.documents import Item, rss
from servers.press import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from servers.press import Visit

    Script = Callable[[Visit, int], Page]

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NO_TIME = timedelta(0)
RSS = {"Content-Type": "application/rss+xml"}
SY = "http://purl.org/rss/1.0/modules/syndication/"
LISTED = 20


def numbered(numbers: Iterable[int], every: timedelta, *, name: str = "n") -> list[Item]:
    return [Item(f"{name}{n}", f"Item {name}{n}", "Text.", published=BEGIN + n * every) for n in numbers]


def listed(at: datetime, every: timedelta, *, more: str = "") -> bytes:
    """A feed with an item `every` so often, as it stands at that time."""
    last = int((at - BEGIN) / every)
    given = numbered(range(last, last - LISTED, -1), every)
    return rss(given).replace(b"<channel>", b"<channel>" + more.encode())


def feed(
    every: timedelta = HOUR,
    *,
    etag: str | None = '"{}"',
    modified: str | None = None,
    more: str = "",
    wait: timedelta = NO_TIME,
    **headers: str,
) -> Script:
    """A feed as it should be; `{}` in the validators stands for what tells its states apart."""

    def page(visit: Visit, _: int) -> Page:
        state = int((visit.at - BEGIN) / every)
        pairs = {"ETag": etag, "Last-Modified": modified}
        validators = {name: value.format(state) for name, value in pairs.items() if value is not None}
        lines = RSS | {name.replace("_", "-"): value for name, value in headers.items()}
        return Page(listed(visit.at, every, more=more), headers=lines, validators=validators, wait=wait)

    return page


def always(status: int, *, to: str | None = None, **more: object) -> Script:
    """The same answer each time; `to`: where a redirect leads."""
    headers = {} if to is None else {"headers": {"Location": to}}
    return lambda visit, before: Page(b"sorry", status, **headers, **more)


def in_turn(*scripts: Script) -> Script:
    """The first visit gets the first script, and so on; the last one stays."""
    return lambda visit, before: scripts[min(before, len(scripts) - 1)](visit, before)


def until(moment: datetime, first: Script, then: Script) -> Script:
    return lambda visit, before: (first if visit.at < moment else then)(visit, before)


def unreadable(visit: Visit, before: int) -> Page:
    headers = {"Content-Type": "text/html"}
    body = b"<html><body>Back soon</body></html>"
    return Page(body, headers=headers, validators={"ETag": '"page"'}, unchanged=False, unreadable=True)


def silent(visit: Visit, before: int) -> Page:
    """A feed that never has anything new."""
    return Page(listed(BEGIN, HOUR), headers=RSS, validators={"ETag": '"q"'})


def renewed(visit: Visit, before: int) -> Page:
    """A server whose 304s bring a new Last-Modified each time; that one counts from then on."""
    validators = {"ETag": '"r"', "Last-Modified": format_datetime(visit.at, usegmt=True)}
    if visit.headers.get("if-none-match") == b'"r"':
        return Page(status=304, validators=validators)
    return Page(listed(BEGIN, HOUR), headers=RSS, validators=validators, unchanged=False)


def lasting(visit: Visit, before: int) -> Page:
    """A server that says with its 200 alone how long that is fresh: a 304 that is silent of it changes nothing."""
    validators = {"ETag": '"l"'}
    if visit.headers.get("if-none-match") == b'"l"':
        return Page(status=304, validators=validators, wait=2 * HOUR)
    headers = RSS | {"Cache-Control": "max-age=7200"}
    return Page(listed(BEGIN, HOUR), headers=headers, validators=validators, wait=2 * HOUR, unchanged=False)


def expires(visit: Visit, before: int) -> Page:
    lines = {"Expires": format_datetime(visit.at + 3 * HOUR, usegmt=True)}
    return replace(feed()(visit, before), headers=RSS | lines, wait=3 * HOUR)


def busy_until(visit: Visit, before: int) -> Page:
    """A server that says by a date when it is to be asked again; dates know no parts of a second."""
    moment = format_datetime(visit.at + 2 * HOUR, usegmt=True)
    return Page(b"later", 503, headers={"Retry-After": moment}, wait=2 * HOUR - timedelta(seconds=1))


def differences(visit: Visit, before: int) -> Page:
    """A server that sends new items alone to whoever asks for that (RFC 3229)."""
    every = 30 * MINUTE
    whole = feed(every)(visit, before)
    held = visit.headers.get("if-none-match")
    if visit.headers.get("a-im") != b"feed" or held is None or held == whole.validators["ETag"].encode():
        return whole
    given = numbered(range(int((visit.at - BEGIN) / every), int(held.strip(b'"')), -1), every)
    return replace(whole, body=rss(given), status=226, headers=RSS | {"IM": "feed"})


def refusing(status: int) -> Script:
    """A server that cannot bear conditions, and answers them with this status."""

    def page(visit: Visit, before: int) -> Page:
        if {"if-none-match", "if-modified-since"} & visit.headers.keys():
            return Page(b"what?", status)
        return feed()(visit, before)

    return page


def wrong_difference(visit: Visit, before: int) -> Page:
    """A server that answers 226 without saying what kind of difference that is."""
    whole = feed()(visit, before)
    if "a-im" not in visit.headers:
        return whole
    return replace(whole, status=226, unreadable=True, validators={"ETag": '"d"'})


def bursting(at: datetime, new: int) -> Script:
    """A feed with an item every four hours, until so many come at once."""
    every = 4 * HOUR

    def page(visit: Visit, _: int) -> Page:
        last = int((visit.at - BEGIN) / every)
        given = numbered(range(last, last - LISTED, -1), every)
        if visit.at >= at:
            burst = [Item(f"b{n}", f"Burst {n}", "Text.", published=at) for n in range(new)]
            given = [*burst, *given][:LISTED]
        return Page(rss(given), headers=RSS, validators={"ETag": f'"{last}-{visit.at >= at}"'})

    return page
