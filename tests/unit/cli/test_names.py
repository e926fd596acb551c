from dataclasses import replace
from datetime import UTC, datetime

import pytest

from worker.cli.names import feeds_called, feeds_of, known_name, one_feed
from worker.errors import ConfigurationError
from worker.store.rows import FeedRow

BBC = FeedRow(
    id=1,
    name="BBC World",
    url="https://bbc.example/world.xml",
    polled_url="https://www.bbc.example/world.xml",
    tags=(),
    every=None,
    state="ok",
    last_outcome=None,
    last_status=None,
    last_error=None,
    last_polled_at=None,
    next_poll_at=datetime(2022, 2, 12, tzinfo=UTC),
    items=0,
    managed_by="file",
)
DW = replace(
    BBC, id=2, name="DW", url="https://u:pw@dw.example/feed?a=b@c", polled_url="https://u:pw@dw.example/feed?a=b@c"
)
TWIN = replace(BBC, id=3, name="DW", url="https://dw.example/other", polled_url="https://dw.example/other")
KNOWN = [BBC, DW, TWIN]


@pytest.mark.parametrize(
    "name",
    [
        "BBC World",
        "bbc world",
        "https://bbc.example/world.xml",
        "HTTPS://BBC.example:443/world.xml#top",
        "https://www.bbc.example/world.xml",
    ],
)
def test_a_feed_is_known_by_name_and_address(name):
    assert feeds_called(name, KNOWN) == [BBC]


def test_a_feed_is_known_by_the_address_that_is_shown():
    assert feeds_called("https://dw.example/feed?a=b@c", KNOWN) == [DW]
    assert one_feed("https://u:pw@dw.example/feed?a=b@c", KNOWN) == DW


def test_an_exact_name_wins_over_another_case():
    assert feeds_called("dw", [replace(BBC, name="dw"), DW]) == [replace(BBC, name="dw")]


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("BBC", "did you mean `BBC World`?"),
        ("BCB Wrld", "did you mean `BBC World`?"),
        ("https://bbc.example/word.xml", "did you mean `https://bbc.example/world.xml`?"),
        ("qqqqqq", "there are BBC World, DW"),
        ("D", "did you mean `BBC World` or `DW`?"),
    ],
)
def test_an_unknown_feed_is_answered_with_the_nearest(name, advice):
    with pytest.raises(ConfigurationError) as caught:
        feeds_called(name, KNOWN)
    assert str(caught.value) == f"there is no feed {name!r}; {advice}"


def test_where_there_are_no_feeds_it_says_how_to_add_one():
    with pytest.raises(ConfigurationError, match="`tocsin feeds add URL` adds one"):
        feeds_called("x", [])


def test_several_feeds_of_one_name_are_asked_apart_without_their_passwords():
    with pytest.raises(ConfigurationError) as caught:
        one_feed("DW", KNOWN)
    assert str(caught.value) == (
        "2 feeds are called 'DW'; write the URL of one: https://dw.example/feed?a=b@c, https://dw.example/other"
    )


def test_no_names_are_all_feeds_and_each_counts_once():
    assert feeds_of([], KNOWN) == KNOWN
    assert feeds_of(["DW", "https://dw.example/other", "BBC World"], KNOWN) == [DW, TWIN, BBC]


def test_a_known_name_is_returned():
    assert known_name("subscriber", "desk", ["desk"]) == "desk"
    with pytest.raises(ConfigurationError, match=r"there is no subscriber 'dsk'; did you mean `desk`\?"):
        known_name("subscriber", "dsk", ["desk"])
    with pytest.raises(ConfigurationError, match=r"there is no subscriber 'dsk'; subscribers\.yaml names none"):
        known_name("subscriber", "dsk", [], otherwise="; subscribers.yaml names none")
