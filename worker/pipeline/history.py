"""Read a feed's archive back, as far as its documents lead (RFC 5005, sections 3 and 4)."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit, urlunsplit

from worker.errors import FetchError, ParseError
from worker.records import FetchRequest
from worker.stories.identity import identify

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from worker.feeds.model import Document
    from worker.pipeline.ports import Fetcher, Parse
    from worker.stories.model import IdentifiedItem

MOST_PAGES = 50


class ArchiveStore(Protocol):
    """What reading back needs of the store."""

    def archive_items(self, feed: int, items: Sequence[IdentifiedItem], *, now: datetime) -> int:
        """Store those of `items` that the feed does not have yet, silently: no news, matched already, in no story.

        Returns how many those were.
        """


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What came of it: documents read, items new to the archive, and in one line why it ended there.

    `failed`: there is more, and it could not be read.
    """

    pages: int
    items: int
    ended: str
    failed: bool = False


@dataclass(frozen=True, slots=True)
class ReadingBack:
    """The parts that reading back works with. `pause` is called before each request: the host's gap."""

    store: ArchiveStore
    fetcher: Fetcher
    parse: Parse
    pause: Callable[[], None]


def read_back(parts: ReadingBack, feed: int, document: Document, *, url: str, pages: int, now: datetime) -> ReadBack:
    """Follow `document`, the feed's present one at `url`, back through at most `pages` (50 at most) older documents.

    Each document's items are stored in a transaction of their own, silently; those of the present document are left to
    the first poll, which says what of them is news. It ends where no older document is named, where one leads to a
    document that was read already, and where one cannot be read. Credentials of `url` go to its own origin only.
    """
    present = {item.identity for item in identify(document.items)}
    read = {_without_credentials(url)}
    stored = 0
    count = 0
    following = document
    while (previous := following.previous) is not None:
        if previous in read:
            return ReadBack(count, stored, "the documents lead in a circle", failed=True)
        if count >= min(pages, MOST_PAGES):
            return ReadBack(count, stored, "there are older ones")
        read.add(previous)
        parts.pause()
        try:
            following, place = _asked(parts, _with_credentials(previous, url))
        except (FetchError, ParseError) as error:
            return ReadBack(count, stored, f"the next older one cannot be read: {error}", failed=True)
        if place != previous and place in read:
            return ReadBack(count, stored, "the documents lead in a circle", failed=True)
        read.add(place)
        count += 1
        older = [item for item in identify(following.items) if item.identity not in present]
        stored += parts.store.archive_items(feed, older, now=now) if older else 0
    return ReadBack(count, stored, "there are no older ones" if count else "the feed names no older documents")


def _asked(parts: ReadingBack, url: str) -> tuple[Document, str]:
    """One older document, and where it really lies."""
    for fetched in parts.fetcher.fetch([FetchRequest(0, url)], in_flight=1, stop=lambda: False):
        response = fetched.result
        if isinstance(response, Exception):
            raise response
        if response.status != HTTPStatus.OK:
            raise ParseError(f"HTTP {response.status}")
        found = parts.parse(response.body, content_type=response.content_type, url=response.url)
        return found, _without_credentials(response.url)
    raise ParseError("it was not asked")


def _with_credentials(url: str, of: str) -> str:
    """`url` with user and password of another address of the same origin (RFC 6454); links of documents have none."""
    there, own = urlsplit(url), urlsplit(of)
    same = (there.scheme, there.hostname, there.port) == (own.scheme, own.hostname, own.port)
    user, at, _ = own.netloc.rpartition("@")
    if not same or not at:
        return url
    return urlunsplit(there._replace(netloc=f"{user}@{there.netloc.rpartition('@')[2]}"))


def _without_credentials(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
