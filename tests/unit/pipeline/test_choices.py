from datetime import UTC, datetime, timedelta

import pytest

from worker.errors import ConfigurationError
from worker.pipeline import choices

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)


class Recording:
    """A store that writes down what it was asked for."""

    def __init__(self):
        self.asked = []

    def __getattr__(self, name):
        def ask(*given, **named):
            self.asked.append((name, *given, named))
            return 4

        return ask


def test_each_choice_is_one_word_to_the_store():
    store = Recording()
    assert choices.pause(store, 1, [2], until=NOW + timedelta(hours=1), now=NOW) == 4
    assert choices.pause(store, 1, None, until=None, now=NOW) == 4
    choices.resume(store, 1, [2])
    assert choices.mute(store, 1, 5, now=NOW) == 4
    assert choices.mark(store, 1, 5, "noise", now=NOW) == 4
    choices.void_links(store, 1)
    assert store.asked == [
        ("pause_lists", 1, [2], {"until": NOW + timedelta(hours=1), "now": NOW}),
        ("pause_lists", 1, None, {"until": None, "now": NOW}),
        ("resume_lists", 1, [2], {}),
        ("mute_story", 1, 5, {"now": NOW}),
        ("mark_alert", 1, 5, "noise", {"now": NOW}),
        ("void_links", 1, {}),
    ]


@pytest.mark.parametrize("until", [NOW, NOW - timedelta(days=1)])
def test_a_pause_that_is_over_is_none(until):
    with pytest.raises(ConfigurationError, match="would be over already"):
        choices.pause(Recording(), 1, None, until=until, now=NOW)
