"""The pages that one call is to read: each address once, in lines by host, from an item's link over every redirect."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from worker.feeds.host import host_of
from worker.feeds.links import without_userinfo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from worker.feeds.robots import Rules

HOPS = 10
"""Redirects that are followed from one link."""


@dataclass(slots=True, eq=False)
class Page:
    """An address, and the items whose links lead there.

    Attributes:
        hops: Redirects that lay before it.
        text: What it says; None until that is known, "" where it says nothing.
        beyond: The page that it redirects to.
        allowed_by: The rules of its site that let it be read, once they were asked: that may take a while.
    """

    url: str
    host: str
    hops: int
    items: list[int] = field(default_factory=list)
    text: str | None = None
    beyond: Page | None = None
    allowed_by: Rules | None = None


class PageLines:
    """Which pages are left of each host, and which items have got what they will get."""

    def __init__(self) -> None:
        self._known: dict[str, Page] = {}
        self._lines: dict[str, list[Page]] = {}
        self._done: dict[int, str] = {}
        self._dropped: set[str] = set()

    def want(self, item: int, link: str) -> None:
        """Put the page behind an item at the end of its host's line; a link that is no URL has no text."""
        page = self._page(link, hops=0)
        if page is None:
            self._done[item] = ""
        else:
            _join(page, [item], self._done)

    def firsts(self) -> Iterator[Page]:
        """The first page of each line; it may be taken meanwhile."""
        for line in [*self._lines.values()]:
            if line:
                yield line[0]

    def take(self, page: Page) -> None:
        """Take a page out of its line."""
        self._lines[page.host].remove(page)

    def end(self, page: Page, text: str = "") -> None:
        """Say what a page says, and that it is not waited for any more."""
        page.text = text
        self._done |= dict.fromkeys(page.items, text)

    def drop(self, host: str) -> None:
        """Give up all that is left of a host, and what might still lead there."""
        self._dropped.add(host)
        for page in self._lines.pop(host, []):
            self.end(page)

    def follow(self, page: Page, location: str) -> None:
        """Go on to where a page redirects; that is its host's next turn. Mazes and circles end."""
        there = None if page.hops == HOPS else self._page(location, hops=page.hops + 1)
        there = None if there is None else _end(there)
        if there is None or there is page:
            self.end(page)
            return
        page.beyond = there
        _join(there, page.items, self._done)

    def done(self) -> dict[int, str]:
        """The items that have got what they will get since the last call (item -> text, or "")."""
        done, self._done = self._done, {}
        return done

    def _page(self, link: str, *, hops: int) -> Page | None:
        """Find the page at an address, or put it in its line: what was redirected there comes first."""
        url = without_userinfo(link).partition("#")[0]
        if url in self._known:
            return self._known[url]
        try:
            host = host_of(url)
        except ValueError:
            return None
        if host in self._dropped:
            return None
        page = self._known[url] = Page(url, host, hops)
        line = self._lines.setdefault(host, [])
        line.insert(0 if hops else len(line), page)
        return page


def _end(page: Page) -> Page:
    """The last page of those that redirect from here on."""
    while page.beyond is not None:
        page = page.beyond
    return page


def _join(page: Page, items: list[int], done: dict[int, str]) -> None:
    """Let items have what a page says."""
    page.items += items
    if page.text is not None:
        done |= dict.fromkeys(items, page.text)
