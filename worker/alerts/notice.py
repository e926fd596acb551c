"""What a notice about a feed says. PURE.

Its name and the error may hold what strangers wrote: each is one line here, and no secret of the address is shown.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from config.redaction import shown_url
from worker.alerts.lines import one_line
from worker.alerts.times import to_the_minute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from worker.alerts.model import Message

NAME_LIMIT = 200
ERROR_LIMIT = 300
URL_LIMIT = 2_000

_BROKEN = {"gone": "is gone", "blocked": "turns us away", "html": "has become a web page"}
"""What has happened to a feed in these states, as the end of a sentence that begins with its name."""

_ADVICE = {
    "gone": "Its server says that it is gone for good (410); it may have a new address.",
    "blocked": "Its server wants proof that a human reads it. Its publisher may let Tocsin in when asked.",
    "html": "At its address there is a web page now; the feed may have moved.",
}


@dataclass(frozen=True, slots=True)
class FeedTrouble:
    """What a feed notice tells, read from its `data` (see `worker.alerts.model.NoticeFacts`), fit to be shown.

    `back`: the trouble is over, at `told_at`. `since`: the last good poll before it, or None.
    """

    back: bool
    name: str
    url: str
    state: str
    since: datetime | None
    failures: int
    error: str | None
    told_at: datetime


def trouble_of(message: Message) -> FeedTrouble | None:
    """Read a notice; None where it is none about a feed."""
    data = message.data or {}
    feed, since, failures, error = (data.get(key) for key in ("feed", "since", "failures", "error"))
    if message.type not in {"feed.broken", "feed.recovered"} or not isinstance(feed, Mapping):
        return None
    url = one_line(shown_url(str(feed.get("url"))), URL_LIMIT)
    return FeedTrouble(
        back=message.type == "feed.recovered",
        name=one_line(str(feed.get("name") or url), NAME_LIMIT),
        url=url,
        state=str(data.get("state")),
        since=datetime.fromisoformat(since) if isinstance(since, str) else None,
        failures=failures if isinstance(failures, int) else 0,
        error=one_line(error, ERROR_LIMIT) if isinstance(error, str) else None,
        told_at=message.created_at,
    )


def notice_data(message: Message) -> dict[str, object]:
    """Make the `data` of a notice's webhook, plain values ready for JSON; to know its subscriber is part of each.

    One about a channel says whose that is.
    """
    data = {"subscriber": message.subscriber, **(message.data or {})}
    trouble = trouble_of(message)
    if trouble is not None:
        data |= {"feed": {"name": trouble.name, "url": trouble.url}, "error": trouble.error}
    return data


def headline(trouble: FeedTrouble) -> str:
    """One line: 'BBC World cannot be read', 'BBC World is back'."""
    happened = "is back" if trouble.back else _BROKEN.get(trouble.state, "cannot be read")
    return f"{trouble.name} {happened}"


def account(trouble: FeedTrouble) -> Iterator[str]:
    """The whole story, line by line."""
    yield f"{headline(trouble)}."
    yield trouble.url
    yield ""
    last_good = "never" if trouble.since is None else to_the_minute(trouble.since)
    if trouble.back:
        yield f"Read again: {to_the_minute(trouble.told_at)}"
        yield f"Before that: {last_good}"
        yield "Items that came and went between the two may be missing."
    else:
        yield f"What is wrong: {trouble.error or 'unknown'}"
        yield f"Last read: {last_good}"
        yield f"Polls failed in a row: {trouble.failures}"
        yield ""
        if trouble.state in _ADVICE:
            yield _ADVICE[trouble.state]
        yield f"It is still tried {'weekly' if trouble.state == 'gone' else 'daily'}; you will hear when it is back."
    yield ""
    yield "More of its last polls:"
    # Quoted, since the line is there to be copied into a shell, and a feed names itself as it likes.
    yield f"  tocsin feeds history {shlex.quote(trouble.name)}"
