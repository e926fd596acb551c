"""Which alerts of a message tell one story: a digest tells each story once, whichever lists met it. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from worker.alerts.model import AlertFacts, UpdateFacts


@dataclass(frozen=True, slots=True)
class OneStory:
    """What a message tells of one story.

    Attributes:
        told: The alert that stands for it: the first that tells the story itself, else the first update.
        updates: Where no alert tells the story itself: each development once, `told` the first of them.
        alerts: All that are told together.
    """

    told: AlertFacts
    updates: tuple[AlertFacts, ...]
    alerts: tuple[AlertFacts, ...]

    @property
    def developments(self) -> list[UpdateFacts]:
        """What became of it, of `updates`."""
        return [facts.update for facts in self.updates if facts.update is not None]

    @property
    def lists(self) -> tuple[str, ...]:
        """All lists that met it, each once."""
        return tuple(dict.fromkeys(name for facts in self.alerts for name in facts.watch_lists))


def by_story(alerts: Iterable[AlertFacts]) -> list[OneStory]:
    """Group the alerts of a message by story, in the order in which the stories come first."""
    of: dict[int, list[AlertFacts]] = {}
    for facts in alerts:
        of.setdefault(facts.story, []).append(facts)
    return [_one(group) for group in of.values()]


def _one(group: list[AlertFacts]) -> OneStory:
    whole = next((facts for facts in group if facts.update is None), None)
    if whole is not None:
        # It tells the story as it is now, so that what became of it before is in it.
        return OneStory(whole, (), tuple(group))
    each = {(facts.update.kind, facts.update.report.item): facts for facts in reversed(group) if facts.update}
    updates = tuple(facts for facts in group if facts in each.values())
    return OneStory(group[0], updates, tuple(group))
