"""Links by which a subscriber says what it wants, without a password: signed, each for one purpose. PURE.

Whoever has a link may do what it is for, and nothing else: pause or end a list, say what was worth it, mute a story.
A link is known by its signature (HMAC-SHA256) alone; none is kept. It is void once its subscriber's version has grown.
"""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Final, Literal, get_args

from worker.alerts.model import AlertLinks, MessageLinks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from worker.alerts.model import AlertFacts, Message

LinkPurpose = Literal["pause", "unsubscribe", "preferences", "useful", "noise", "mute"]

MOST_LISTS: Final = 20
"""A link about more lists than these is about all."""

GONE: Final = 0
"""The id of no list: what a link is about whose lists are none of its subscriber's. It says that this is over."""

LONGEST: Final = 500
_SIGNED: Final = sha256().digest_size
_CONTEXT: Final = b"tocsin link 1\n"
"""What no other use of the key begins with."""

_WRITTEN: Final = re.compile(
    rf"({'|'.join(get_args(LinkPurpose))}) (\d{{1,18}}) (\d{{1,9}}) (\d{{1,12}})((?: \d{{1,18}})*)"
)


@dataclass(frozen=True, slots=True)
class Link:
    """What a link is for.

    Attributes:
        version: Of the subscriber's links, when it was made.
        subjects: Of "pause" and "unsubscribe" the watch lists, none meaning all; of "preferences" none; else the alert.
        made: When it was made, in seconds since 1970. What came into being later is not what it is about, for in a
            database that was restored from a backup numbers are given once more.
    """

    purpose: LinkPurpose
    subscriber: int
    version: int
    subjects: tuple[int, ...] = ()
    made: int = 0

    def knows(self, made_at: datetime) -> bool:
        """Say whether what came into being then can be what it is about."""
        return second_of(made_at) <= self.made


@dataclass(frozen=True, slots=True)
class Signer:
    """What links are made with: where people reach the web role, and the key of this installation."""

    address: str
    key: bytes

    def url(self, link: Link) -> str:
        """Return the link as an address."""
        return f"{self.address.rstrip('/')}/links/{token_of(link, self.key)}"


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a message is for, as links know it; `lists` are its watch lists' ids by name."""

    subscriber: int
    version: int
    lists: Mapping[str, int]


def token_of(link: Link, key: bytes) -> str:
    """Return the link as a token of letters, digits, - and _."""
    numbers = " ".join(map(str, (link.subscriber, link.version, link.made, *link.subjects)))
    written = f"{link.purpose} {numbers}".encode()
    return urlsafe_b64encode(_signature(written, key) + written).rstrip(b"=").decode()


def read_token(token: str, key: bytes) -> Link | None:
    """Return the link that was made with this key; None for anything else, be it the same token written otherwise.

    Whether the link is void, its version tells.
    """
    if len(token) > LONGEST or not token.isascii():
        return None
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    signature, written = raw[:_SIGNED], raw[_SIGNED:]
    if not hmac.compare_digest(signature, _signature(written, key)):
        return None
    found = _WRITTEN.fullmatch(written.decode())  # ours, as the signature says
    if found is None:
        return None
    purpose: LinkPurpose = found[1]  # type: ignore[assignment] # the expression names them all
    subscriber, version, made = map(int, found.groups()[1:4])
    link = Link(purpose, subscriber, version, tuple(map(int, found[5].split())), made)
    return link if token_of(link, key) == token else None


def second_of(moment: datetime) -> int:
    """Return a moment as links have it: whole seconds since 1970."""
    return int(moment.timestamp())


def with_links(message: Message, signer: Signer, to: Addressee, *, now: datetime) -> Message:
    """Return the message with the links of its alerts and of its subscriber; one that tells of the service has none."""
    if message.data is not None:
        return message

    def url(purpose: LinkPurpose, *subjects: int) -> str:
        return signer.url(Link(purpose, to.subscriber, to.version, subjects, second_of(now)))

    def of_alert(facts: AlertFacts) -> AlertLinks:
        return AlertLinks(
            useful=url("useful", facts.alert),
            noise=url("noise", facts.alert),
            mute=url("mute", facts.alert),
            pause=url("pause", *_subjects(facts.watch_lists, to)),
        )

    lists = dict.fromkeys(name for facts in message.alerts for name in facts.watch_lists)
    return replace(
        message,
        alerts=tuple(replace(facts, links=of_alert(facts)) for facts in message.alerts),
        links=MessageLinks(
            preferences=url("preferences"), unsubscribe=url("unsubscribe", *_subjects(tuple(lists), to))
        ),
    )


def _subjects(names: Sequence[str], to: Addressee) -> tuple[int, ...]:
    """Return the lists of these names; none, meaning all, where they are many, or where there are no names.

    A name may be that of no list of the subscriber's any more. It is left out, and never makes the link one about all.
    """
    found = tuple(sorted({to.lists[name] for name in names if name in to.lists}))
    if names and not found:
        return (GONE,)
    return found if len(found) <= MOST_LISTS else ()


def _signature(written: bytes, key: bytes) -> bytes:
    return hmac.digest(key, _CONTEXT + written, sha256)
