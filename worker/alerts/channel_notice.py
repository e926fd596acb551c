"""What a notice about a channel says: that it was turned off. PURE."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from worker.alerts.lines import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from worker.alerts.model import Message

NAME_LIMIT = 200
REASON_LIMIT = 300


@dataclass(frozen=True, slots=True)
class ChannelNews:
    """What the notice tells, read from its `data` (see `worker.alerts.model.NoticeFacts`).

    `channel` is its kind and as much of its address as may be shown; `subscriber` whose it is.
    """

    channel: str
    subscriber: str
    reason: str | None


def channel_news_of(message: Message) -> ChannelNews | None:
    """Read a notice; None where it is none about a channel that is off."""
    data = message.data or {}
    channel, subscriber, reason = (data.get(key) for key in ("channel", "subscriber", "reason"))
    if message.type != "channel.disabled" or not isinstance(channel, str):
        return None
    return ChannelNews(
        channel=one_line(channel, NAME_LIMIT),
        subscriber=one_line(subscriber if isinstance(subscriber, str) else message.subscriber, NAME_LIMIT),
        reason=one_line(reason, REASON_LIMIT) if isinstance(reason, str) else None,
    )


def headline(news: ChannelNews) -> str:
    """One line: 'webhook d.example of desk is turned off'."""
    return f"{news.channel} of {news.subscriber} is turned off"


def account(news: ChannelNews) -> Iterator[str]:
    """The whole story, line by line."""
    yield f"The channel {headline(news)}."
    yield f"Why: {news.reason or 'unknown'}"
    yield ""
    subscriber = shlex.quote(news.subscriber)
    yield "Nothing is sent through it any more. To try it, which does not turn it on:"
    yield f"  tocsin subscribers test {subscriber}"
    yield "A new address or secret turns it on again, and so does sending again what failed, one message or all:"
    yield "  tocsin deliveries retry ID"
    yield f"  tocsin deliveries replay --since T --state failed --subscriber {subscriber}"
