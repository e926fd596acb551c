"""An archive for searches: what feeds said, hour by hour, folded and matched as ever."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from golden.newsroom import BEGIN, Newsroom
from servers.documents import Item, rss
from unit.pipeline.conftest import configured, url_of

if TYPE_CHECKING:
    from worker.store import Store

HOUR = timedelta(hours=1)


class Library:
    """Feeds named "one", "two" and "three"; the clock stands an hour after the last of them was polled."""

    def __init__(self, store: Store) -> None:
        self.room = Newsroom(store)
        self.store = store
        self.room.apply(configured("one", "two", "three"))
        self._said: dict[str, list[Item]] = {"one": [], "two": [], "three": []}

    @property
    def now(self):
        return self.room.clock.now()

    def say(self, *texts: str, feed: str = "one", language: str = "en", dated: bool = True) -> list[int]:
        """Let a feed publish items of these titles, or of "title | text"; return their ids, and move on by an hour.

        Without a date what a feed says first is no news.
        """
        at = self.now if dated else None
        number = len(self._said[feed])
        for place, text in enumerate(texts):
            title, _, more = text.partition(" | ")
            link = f"https://{feed}.example/{number + place}"
            self._said[feed].append(Item(f"{feed}-{number + place}", title, more, link, at))
        self.room.web.publish(url_of(feed), rss(self._said[feed][number:], language=language))
        self.room.poll(self.room.feeds()[feed], force=True)
        self.room.clock.move(HOUR)
        ids = {item.title: item.id for item in self.store.items_since(BEGIN)}
        return [ids[text.partition(" | ")[0]] for text in texts]

    def index(self) -> None:
        while self.store.index_items(limit=100):
            pass
