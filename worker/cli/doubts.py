"""What is allowed in the files, but hardly meant. Pure; only `check` says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.redaction import shown_url
from config.values import Mark, Problem
from worker.pipeline.lint import doubts_of_line
from worker.watchlists.known_feeds import KnownFeed, KnownFeeds

if TYPE_CHECKING:
    from config.values import Configuration, Settings


SENDER_WARNING = (
    "mail_from is not set, so mails come from an address that may not exist, and many servers refuse such; "
    "set it in settings.yaml, like tocsin@example.org"
)


def doubts(found: Configuration) -> list[Problem]:
    """Return warnings of lists that nothing can meet or that hardly mean what they say, and of idle subscribers."""
    told = {notify.subscriber for line in found.watch_lists for notify in line.notify}
    # Folders of an OPML list are tags, too, and what its feeds are called nobody knows before it is read.
    feeds = None
    if not found.opml:
        feeds = KnownFeeds(KnownFeed(line.name, shown_url(line.url), line.tags) for line in found.feeds)
    idle = [
        Problem(line.mark or Mark("-", 1, 1), f"no watch list of the files tells {line.name!r}")
        for line in found.subscribers
        if line.name not in told
    ]
    return [problem for line in found.watch_lists for problem in doubts_of_line(line, feeds)] + idle


def doubts_of_sender(settings: Settings, found: Configuration) -> list[Problem]:
    """Return a warning, where the first mail address stands, of mails that nobody is named to send."""
    mailed = (channel for line in found.subscribers for channel in line.channels if channel.kind == "email")
    first = next(mailed, None)
    if first is None or settings.mail_from is not None:
        return []
    return [Problem(first.mark or Mark("-", 1, 1), SENDER_WARNING)]
