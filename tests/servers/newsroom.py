"""An installation with one growing feed about Ukraine and a webhook that hears of it: what most faults happen to."""

from __future__ import annotations

import time
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from servers.documents import Item, rss
from servers.tocsin import Home

if TYPE_CHECKING:
    from pathlib import Path

    from servers.feeds import FeedServer
    from servers.receiver import Received, Receiver
    from servers.tocsin import Running

FEED = "/stream.xml"


class Newsroom:
    """Publishes, starts processes, and knows who was told. Close it: it ends every process that it started."""

    def __init__(self, folder: Path, feed_server: FeedServer, receiver: Receiver, **settings: Any) -> None:
        self._feed_server = feed_server
        self._receiver = receiver
        self._items: list[Item] = []
        self.started: list[Running] = []
        self.url = feed_server.publish(FEED, rss([], title="Stream"))
        self.home = Home(folder, fetch_allow=[feed_server.address], deliver_allow=[receiver.address], **settings)
        self.watch()
        self.home.write("feeds", feeds=[{"url": self.url, "name": "Stream", "every": "1s"}])
        self.tell({"webhook": receiver.url("/hook"), "secret": "${RECEIVER_SECRET}"})

    def watch(self, *keywords: str, name: str = "List", at_most: int | str = "none") -> None:
        """Write the only watch list, for Ukraine unless told otherwise."""
        notify = [{"subscriber": "desk", "at_most": at_most if at_most == "none" else f"{at_most} per hour"}]
        watch_list = {"name": name, "keywords": list(keywords) or ["Ukraine"], "notify": notify}
        self.home.write("watchlists", watch_lists=[watch_list])

    def tell(self, *channels: dict[str, Any]) -> None:
        """Write the subscriber."""
        self.home.write("subscribers", subscribers=[{"name": "desk", "channels": list(channels)}])

    def publish(self, *titles: str) -> None:
        """Put new items on top of the feed, in one edition."""
        for title in titles:
            key = f"n{len(self._items)}"
            self._items.insert(0, Item(key, title, f"Text {key}.", f"http://127.0.0.1/{key}", datetime.now(UTC)))
        self._feed_server.publish(FEED, rss(self._items, title="Stream"))

    def told(self) -> dict[str, list[Received]]:
        """The messages about items that were accepted, by the title."""
        found: dict[str, list[Received]] = {}
        for one in self._receiver.accepted:
            if item := one.json["data"].get("item"):
                found.setdefault(item["title"], []).append(one)
        return found

    def wait_until_told(self, title: str, timeout: float) -> float:
        """Wait until a message about `title` was accepted; return the seconds it took."""
        began = time.monotonic()
        try:
            self._receiver.wait_until(lambda: title in self.told(), timeout, what=f"an alert about {title}")
        except AssertionError as error:
            said = "\n".join(line for lines in self.said() for line in lines)
            raise AssertionError(f"{error}; it was said:\n{said}") from None
        return time.monotonic() - began

    def publish_and_wait(self, title: str, timeout: float = 20.0) -> float:
        """Publish an item and wait until it was told; return the seconds it took."""
        self.publish(title)
        return self.wait_until_told(title, timeout)

    def start(self, *arguments: str) -> Running:
        process = self.home.start(*arguments)
        self.started.append(process)
        return process

    def said(self) -> list[list[str]]:
        """The last complaints of every process, for the message of a test that fails."""
        return [process.complaints[-20:] for process in self.started]

    def close(self) -> None:
        with ExitStack() as closing:
            for process in self.started:
                closing.callback(process.close)
