"""Channels tried from the command line: what each answers, and what each would send."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from worker.alerts.model import Message
from worker.errors import ChannelError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from worker.alerts.model import Address
    from worker.channels.ports import AnsweringChannel
    from worker.cli.output import Row
    from worker.store.alert_pages import ReachedBy


def trial(subscriber: str, *, now: datetime) -> Message:
    """A message that says that it is a test; each is another."""
    return Message(key=str(uuid4()), type="channel.test", created_at=now, subscriber=subscriber, alerts=())


def tried(channels: Mapping[str, AnsweringChannel], ways: Iterable[ReachedBy], message: Message) -> Iterator[Row]:
    """Send a message through each channel in turn, one that is turned off too; yield a row of `subscribers test`."""
    for way in ways:
        row: Row = {"channel": way.shown, "ok": True, "answer": None, "error": None, "state": way.state}
        try:
            row["answer"] = channels[way.address.kind].tell(message, way.address)
        except ChannelError as error:
            row |= {"ok": False, "error": str(error)}
        yield row


def previewed(way: ReachedBy, message: Message, *, base_url: str | None) -> Row:
    """What a channel would send: a row of `subscribers preview`."""
    from worker.alerts.payload import payload
    from worker.alerts.text import body, subject
    from worker.channels.apprise import preview
    from worker.channels.mail import own_words

    address = way.address
    row: Row = {"channel": way.shown, "title": None, "text": None, "error": None}
    match address.kind:
        case "webhook":
            row["text"] = json.dumps(payload(message, base_url=base_url), ensure_ascii=False, indent=2)
        case "email":
            own = own_words(message, address)
            row |= {"title": subject(message), "text": body(message) if own is None else own}
        case "apprise":
            try:
                title, text = preview(message, address)
            except ChannelError as error:
                row["error"] = str(error)
            else:
                row |= {"title": title or None, "text": text}
        case _:
            row["text"] = "\n".join(_logged(message, address))
    return row


def _logged(message: Message, address: Address) -> Iterator[str]:
    from worker.channels.log import LogChannel

    lines: list[str] = []

    class Lines:
        def info(self, event: str, **values: object) -> None:
            lines.append(" ".join([event, *(f"{key}={value!r}" for key, value in values.items())]))

    LogChannel(Lines()).send(message, address)
    yield from lines


def chosen(ways: list[ReachedBy], number: int | None) -> list[ReachedBy]:
    """Return the channel of this number, counted from 1, or all of them."""
    from worker.errors import ConfigurationError

    if number is None:
        return ways
    if not 0 < number <= len(ways):
        raise ConfigurationError(f"--channel: there are {len(ways)}; write 1 to {len(ways)}")
    return [ways[number - 1]]


def sample(subscriber: str, *, now: datetime) -> Message:
    """An alert about nothing that has happened, for whoever has had none yet."""
    from worker.cli.sample import FACTS

    facts = replace(
        FACTS,
        subscriber=subscriber,
        story_first_seen=now,
        story_items=tuple(replace(report, published=now) for report in FACTS.story_items),
        published=now,
        first_seen=now,
        created_at=now,
    )
    return Message(key=str(uuid4()), type="alert.created", created_at=now, subscriber=subscriber, alerts=(facts,))
