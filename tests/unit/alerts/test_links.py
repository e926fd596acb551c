"""Signed links: what is signed holds, and nothing else does."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as some

from worker.alerts.links import (
    GONE,
    MOST_LISTS,
    Addressee,
    Link,
    LinkPurpose,
    Signer,
    _signature,
    read_token,
    token_of,
    with_links,
)
from worker.alerts.model import Message

KEY = b"k" * 32
SIGNER = Signer("https://tocsin.example/", KEY)
NOW = datetime(2022, 2, 12, 17, 0, 0, 999_999, tzinfo=UTC)
MADE = 1_644_685_200
TO = Addressee(7, 2, {"Kyiv": 11, "Ukraine": 12})

links = some.builds(
    Link,
    some.sampled_from(get_args(LinkPurpose)),
    some.integers(0, 10**18 - 1),
    some.integers(0, 10**9 - 1),
    some.lists(some.integers(0, 10**18 - 1), max_size=MOST_LISTS).map(tuple),
)


@given(links)
def test_what_was_signed_is_read_again(link):
    assert read_token(token_of(link, KEY), KEY) == link


@given(links, some.integers(0, 10_000), some.integers(1, 255))
def test_what_was_changed_is_nothing(link, place, change):
    token = token_of(link, KEY)
    raw = bytearray(urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    raw[place % len(raw)] ^= change
    assert read_token(urlsafe_b64encode(raw).rstrip(b"=").decode(), KEY) is None


@given(some.text() | some.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789-_=", max_size=600))
def test_what_nobody_signed_is_nothing(token):
    assert read_token(token, KEY) is None


@given(links, some.sampled_from(["!", "=", ".", " ", "\n", "==AAAA", "=/../x", "+"]), some.integers(0, 200))
def test_a_token_is_written_in_one_way_only(link, foreign, place):
    token = token_of(link, KEY)
    place %= len(token) + 1
    assert read_token(token[:place] + foreign + token[place:], KEY) is None
    assert read_token(token + foreign, KEY) is None


def test_the_bits_that_a_token_does_not_use_are_none():
    token = next(made for number in range(100, 103) if len(made := token_of(Link("mute", 1, 0, (number,)), KEY)) % 4)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    assert [last for last in alphabet if read_token(token[:-1] + last, KEY)] == [token[-1]]


@pytest.mark.parametrize("token", ["", "a", "\u00e9", "a" * 600, "a" * 43])
def test_what_is_no_token_is_nothing(token):
    assert read_token(token, KEY) is None


def test_another_key_opens_nothing():
    assert read_token(token_of(Link("mute", 1, 0, (1,)), KEY), b"x" * 32) is None


@pytest.mark.parametrize("written", [b"eat 1 0", b"mute 1", b"", b"mute -1 0", b"mute 1 0\n", b"mute 01 0 5"])
def test_what_we_never_write_is_nothing_even_signed(written):
    token = urlsafe_b64encode(_signature(written, KEY) + written).rstrip(b"=").decode()
    assert read_token(token, KEY) is None


def test_a_token_needs_no_escaping_and_tells_nothing_at_a_glance():
    token = token_of(Link("unsubscribe", 1, 0, (3,)), KEY)
    assert token.isascii()
    assert token.replace("-", "").replace("_", "").isalnum()
    assert len(token) < 100


def opened(url):
    assert url.startswith("https://tocsin.example/links/")
    return read_token(url.rpartition("/")[2], KEY)


def test_a_message_gets_the_links_of_its_alerts_and_of_its_subscriber(facts, message):
    told = facts(alert=5, watch_lists=("Ukraine", "Kyiv"))
    linked = with_links(message(told), SIGNER, TO, now=NOW)
    links = linked.alerts[0].links
    assert [opened(getattr(links, name)) for name in ("useful", "noise", "mute")] == [
        Link(name, 7, 2, (5,), MADE) for name in ("useful", "noise", "mute")
    ]
    assert opened(links.pause) == Link("pause", 7, 2, (11, 12), MADE)
    assert opened(linked.links.preferences) == Link("preferences", 7, 2, (), MADE)
    assert opened(linked.links.unsubscribe) == Link("unsubscribe", 7, 2, (11, 12), MADE)


def test_a_list_that_is_gone_or_has_another_name_now_is_never_all_lists(facts, message):
    gone = with_links(message(facts(watch_lists=("Old",))), SIGNER, TO, now=NOW)
    assert opened(gone.links.unsubscribe) == Link("unsubscribe", 7, 2, (GONE,), MADE)
    assert opened(gone.alerts[0].links.pause) == Link("pause", 7, 2, (GONE,), MADE)
    both = with_links(message(facts(watch_lists=("Old", "Kyiv")), facts(watch_lists=("Old",))), SIGNER, TO, now=NOW)
    assert opened(both.links.unsubscribe).subjects == (11,)
    assert [opened(alert.links.pause).subjects for alert in both.alerts] == [(11,), (GONE,)]


def test_of_too_many_lists_all_is_meant(facts, message):
    many = tuple(f"L{number}" for number in range(MOST_LISTS + 1))
    of_many = Addressee(7, 2, {name: number for number, name in enumerate(many)})
    told = with_links(message(facts(watch_lists=many)), SIGNER, of_many, now=NOW)
    assert opened(told.links.unsubscribe).subjects == ()
    assert (
        opened(with_links(message(facts(watch_lists=many[1:])), SIGNER, of_many, now=NOW).links.unsubscribe).subjects
        != ()
    )


def test_what_tells_of_the_service_has_no_links():
    notice = Message("k", "feed.broken", NOW, "desk", (), data={"state": "broken"})
    assert with_links(notice, SIGNER, TO, now=NOW) is notice
    heartbeat = Message("k", "digest.created", NOW, "desk", ())
    assert opened(with_links(heartbeat, SIGNER, TO, now=NOW).links.unsubscribe) == Link("unsubscribe", 7, 2, (), MADE)
