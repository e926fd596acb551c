"""What a subscriber chooses: to be left alone for a while, to hear no more of a story, what was worth hearing.

Each may be chosen twice, by a link or by command: it is so then, as before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from worker.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from worker.alerts.model import MarkedAs


class ChoiceStore(Protocol):
    """What choosing needs; every method is one transaction."""

    def pause_lists(
        self, subscriber: int, watch_lists: Sequence[int] | None, *, until: datetime | None, now: datetime
    ) -> int:
        """Pause these lists of a subscriber, or all it hears (None), until then, or until somebody ends it (None).

        What waits for it of these is cancelled, as is what is left with nobody to tell; returns how many alerts.
        """

    def resume_lists(self, subscriber: int, watch_lists: Sequence[int] | None) -> None:
        """End the pause of these lists, or the one of all."""

    def mute_story(self, subscriber: int, alert: int, *, now: datetime) -> int | None:
        """Tell a subscriber no more of an alert's story; what waits of it is cancelled: returns how many alerts.

        None where this is no alert to it.
        """

    def mark_alert(self, subscriber: int, alert: int, mark: MarkedAs, *, now: datetime) -> bool:
        """Write what a subscriber thought of an alert, and of those told with it; the last word counts.

        False where this is no alert to it.
        """

    def void_links(self, subscriber: int) -> None:
        """Let no link that was sent to a subscriber so far open anything any more."""


def pause(
    store: ChoiceStore,
    subscriber: int,
    watch_lists: Sequence[int] | None,
    *,
    until: datetime | None,
    now: datetime,
) -> int:
    """Leave a subscriber alone with these lists, or with all (None); return how many alerts that waited are cancelled.

    Raises:
        ConfigurationError: The pause would be over before it began.
    """
    if until is not None and until <= now:
        raise ConfigurationError(f"a pause until {until:%Y-%m-%dT%H:%MZ} would be over already")
    return store.pause_lists(subscriber, watch_lists, until=until, now=now)


def resume(store: ChoiceStore, subscriber: int, watch_lists: Sequence[int] | None) -> None:
    """Tell a subscriber again of these lists, or of all that it has not paused one by one (None), from now on."""
    store.resume_lists(subscriber, watch_lists)


def mute(store: ChoiceStore, subscriber: int, alert: int, *, now: datetime) -> int | None:
    """Tell a subscriber no more of an alert's story; return how many alerts that waited are cancelled.

    None where this is no alert to it.
    """
    return store.mute_story(subscriber, alert, now=now)


def mark(store: ChoiceStore, subscriber: int, alert: int, as_: MarkedAs, *, now: datetime) -> bool:
    """Remember what a subscriber thought of an alert; False where this is none to it."""
    return store.mark_alert(subscriber, alert, as_, now=now)


def void_links(store: ChoiceStore, subscriber: int) -> None:
    """Let no link that was sent to a subscriber so far open anything any more."""
    store.void_links(subscriber)
