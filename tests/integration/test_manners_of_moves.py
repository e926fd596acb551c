"""Five hours of feeds that move, or seem to: what is believed, when, and what becomes of two feeds that are one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from golden.newsroom import BEGIN
from servers.documents import rss
from servers.press import Page
from servers.publishers import HOUR, LISTED, MINUTE, RSS, always, feed, in_turn, numbered, until
from servers.stage import stages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from servers.press import Visit
    from servers.publishers import Script
    from servers.stage import Stage

SHORTEST = 5 * MINUTE
EVERY = 30 * MINUTE


pytestmark = pytest.mark.unmeasured


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Callable[..., Stage]]:
    with stages(tmp_path) as make:
        yield make


def test_permanent_redirects_are_believed_by_and_by_and_others_never(stage):
    room = stage(redirect_after=2 * HOUR)
    wanderers = (301, 308, 302, 303, 307)
    for status in wanderers:
        there = room.feed(f"home-{status}", feed(), add=False)
        room.feed(f"wanderer-{status}", always(status, to=there), every=EVERY)
    east, west = (room.feed(side, feed(etag=None), add=False) for side in ("east", "west"))
    wavering = lambda visit, before: always(301, to=west if before % 3 == 2 else east)(visit, before)  # noqa: E731
    room.feed("wavering", wavering, every=EVERY)
    room.open()
    room.play(5 * HOUR)
    assert room.press.complaints(at_least=SHORTEST) == []
    for status in (301, 308):
        visits = room.visits(f"wanderer-{status}")
        assert len(visits) >= 3
        assert timedelta(hours=2) <= visits[-1] - visits[0] <= timedelta(hours=2) + EVERY
        assert room.row(f"wanderer-{status}").polled_url.startswith(f"http://home-{status}.")
    for name in ("wanderer-302", "wanderer-303", "wanderer-307", "wavering"):
        assert room.row(name).polled_url == room.row(name).url
        assert room.visits(name)[-1] > BEGIN + 4 * HOUR


def test_a_feed_that_goes_from_http_to_https_on_its_host_moves_at_once_and_never_back(stage):
    room = stage()
    for status in (301, 308, 302, 307):
        there = room.feed(f"safe-{status}", feed(), scheme="https", add=False)
        room.feed(f"safe-{status}", always(status, to=there), every=EVERY)
    elsewhere = room.feed("elsewhere", feed(), scheme="https", add=False)
    room.feed("abroad", always(301, to=elsewhere), every=EVERY)
    plain = room.feed("unsafe", feed(), add=False)
    room.feed("unsafe", always(301, to=plain), scheme="https", every=EVERY)
    room.open()
    room.play(5 * HOUR)
    assert room.press.complaints(at_least=SHORTEST) == []
    for status in (301, 308):
        assert len(room.visits(f"safe-{status}")) == 1
        assert room.row(f"safe-{status}").polled_url.startswith("https://")
        assert len(room.visits(f"https://safe-{status}")) >= 8
    for name in ("safe-302", "safe-307", "abroad", "https://unsafe"):
        assert room.row(name).polled_url == room.row(name).url
        assert len(room.visits(name)) >= 8


def test_where_the_old_address_is_gone_a_redirect_seen_before_is_believed_at_once(stage):
    room = stage()
    for status in (404, 410, 403, 500):
        there = room.feed(f"new-{status}", feed(), add=False)
        room.feed(f"old-{status}", in_turn(always(301, to=there), always(status)), every=EVERY)
    there = room.feed("new-302", feed(), add=False)
    room.feed("old-302", in_turn(always(302, to=there), always(410)), every=EVERY)
    room.open()
    room.play(5 * HOUR)
    assert room.press.complaints(at_least=SHORTEST) == []
    for status in (404, 410):
        old, new = room.visits(f"old-{status}"), room.visits(f"new-{status}")
        assert len(old) == 2
        assert new[1] - old[1] <= MINUTE
        assert len(new) >= 8
        assert room.row(f"old-{status}").state == "ok"
    for name in ("old-403", "old-500", "old-302"):
        assert room.row(name).polled_url == room.row(name).url
        assert len(room.visits(f"new-{name[4:]}")) == 1
    assert room.notices() == [("feed.broken", "old-302")]


def kept(visit: Visit, before: int) -> Page:
    """A feed that is to be asked every two hours, and in its eighth lists anew what it had elsewhere."""
    again = numbered(range(5), HOUR, name="old") if visit.at > BEGIN + 7 * HOUR else []
    given = [*numbered(range(0, -LISTED, -1), HOUR), *again]
    headers = RSS | {"Cache-Control": "max-age=7200"}
    return Page(rss(given), headers=headers, validators={"ETag": f'"{len(given)}"'}, wait=2 * HOUR)


def old(visit: Visit, before: int) -> Page:
    return Page(rss(numbered(range(5), HOUR, name="old")), headers=RSS)


@pytest.mark.parametrize(
    "ends",
    [lambda there: always(301, to=there), lambda there: in_turn(old, old, always(301, to=there), always(410))],
    ids=["moved", "gone"],
)
def test_two_feeds_that_become_one_are_polled_as_one_which_remembers_the_items_of_both(
    stage, ends: Callable[[str], Script]
):
    room = stage(redirect_after=HOUR)
    there = room.feed("kept", kept)
    room.feed("old", until(BEGIN + 50 * MINUTE, old, ends(there)), every=25 * MINUTE)
    room.open()
    room.play(6 * HOUR)
    assert room.row("old").merged_into == "kept"
    asked = len(room.visits("old"))
    assert room.row("kept").items == LISTED + 5
    room.play(5 * HOUR)
    assert room.press.complaints(at_least=SHORTEST) == []
    # Listed once more, the items of the other address are known.
    assert room.row("kept").items == LISTED + 5
    assert {run.outcome for run in room.room.store.feed_history(room.row("kept").id)} == {
        "new",
        "not_modified",
        "unchanged",
    }
    assert len(room.visits("old")) == asked
    assert len(room.visits("kept")) >= 4
