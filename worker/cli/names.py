"""What people call things on the command line, and what they may have meant. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.nearest import did_you_mean
from config.redaction import shown_url
from config.rules import same_address
from worker.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from worker.store.rows import FeedRow

FEW = 3
"""So many names can be offered in one sentence."""


def feeds_called(name: str, known: Sequence[FeedRow]) -> list[FeedRow]:
    """Return the feeds of this name, title or URL; names in another case count where none fits exactly.

    Raises:
        ConfigurationError: There is none; the nearest name is offered.
    """
    address = same_address(name)
    exact = [
        feed
        for feed in known
        if name in (feed.name, feed.url, feed.polled_url) or address in (same_address(feed.url), shown_key(feed))
    ]
    found = exact or [feed for feed in known if feed.name.casefold() == name.casefold()]
    if not found:
        offered = [shown_url(feed.url) if "://" in name else feed.name for feed in known]
        advice = advise(name, offered) or "; `tocsin feeds add URL` adds one"
        raise ConfigurationError(f"there is no feed {name!r}{advice}")
    return found


def feeds_of(names: Sequence[str], known: Sequence[FeedRow]) -> list[FeedRow]:
    """Return the feeds of all these names, each once; without names all feeds."""
    if not names:
        return list(known)
    chosen = {feed.id: feed for name in names for feed in feeds_called(name, known)}
    return list(chosen.values())


def one_feed(name: str, known: Sequence[FeedRow]) -> FeedRow:
    """Return the feed of this name; raise ConfigurationError where several share it."""
    found = feeds_called(name, known)
    if len(found) > 1:
        urls = ", ".join(shown_url(feed.url) for feed in found)
        raise ConfigurationError(f"{len(found)} feeds are called {name!r}; write the URL of one: {urls}")
    return found[0]


def shown_key(feed: FeedRow) -> str:
    """Return the feed's address as lists show it, in the form in which addresses are compared."""
    return same_address(shown_url(feed.url))


def known_name(what: str, name: str, known: Iterable[str], *, otherwise: str = "") -> str:
    """Return `name` if it is one of `known`; else raise ConfigurationError, with the nearest or `otherwise`."""
    known = list(known)
    if name in known:
        return name
    raise ConfigurationError(f"there is no {what} {name!r}{advise(name, known) or otherwise}")


def who_hears(wanted: Sequence[str] | None, known: Sequence[str]) -> list[str]:
    """Return who is told: those wanted, else the only one there is; raise ConfigurationError where nobody is meant."""
    if wanted:
        advice = "; `tocsin subscribers add NAME` adds one"
        return [known_name("subscriber", name, known, otherwise=advice) for name in wanted]
    if not known:
        advice = "write a subscriber into subscribers.yaml, or `tocsin subscribers add NAME`"
        raise ConfigurationError(f"nobody can be told yet: {advice}")
    if len(known) > 1:
        raise ConfigurationError(f"say who hears of it: --notify NAME; there are {', '.join(known)}")
    return list(known)


def advise(name: str, known: Sequence[str]) -> str:
    """Offer the few names that hold this one as a part, or else the nearest."""
    known = list(dict.fromkeys(known))  # several may share one
    holding = [f"`{other}`" for other in known if name.casefold() in other.casefold()]
    if name and 0 < len(holding) <= FEW:
        return f"; did you mean {' or '.join(holding)}?"
    return did_you_mean(name, known)
