"""Which candidates count: what is known of them, and of how many keys they are the owners."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from worker.pipeline.copies import Prepared, Relative, Search
from worker.records import ItemToMatch, KeyOwner
from worker.stories.nearness import COMMON, copy_keys
from worker.stories.wire import Credit
from worker.stories.wording import wording
from worker.text.tokens import words_of
from worker.watchlists.model import Matchable

TEXT = (
    "Beekeepers of the south say that half of their hives are silent this spring, for the sunflower fields between the "
    "rivers have not been sown since the war came. Their union asks the ministry for queens from the west, and for a map "
    "of the meadows that were cleared of mines, so that nobody has to guess where it is safe to put a hive this year."
)
HEADLINE = "Half of the hives fall silent in spring"


def read(item, title, text=TEXT):
    prepared = wording(title, text, None, title_words=words_of(title), text_words=words_of(text))
    matchable = Matchable(title, text, (), frozenset())
    waiting = ItemToMatch(item, item, True, None, None, title, text, datetime(2026, 3, 1, tzinfo=UTC), matchable)
    return Prepared(waiting, prepared, copy_keys(prepared), Credit(None, None, None))


def search(newcomer, owned):
    return Search(dict(owned), dict.fromkeys(newcomer.keys, newcomer.item.id))


def placed(newcomer, relative, keys, *, bad=0):
    found = search(newcomer, {key: KeyOwner(1, bad) for key in keys})
    asked = found.candidates([newcomer])
    known = {1: Relative(1, (relative.wording,), search(relative, {}).place(relative))} if asked else {}
    found.meet(known, asked=asked)
    return found.place(newcomer)


def shingles(newcomer, other):
    headline = set(copy_keys(wording(HEADLINE, "", None, title_words=words_of(HEADLINE), text_words=())))
    return sorted((set(newcomer.keys) & set(other.keys)) - headline)


def test_copies_share_more_than_one_shingle():
    one, other = read(1, "A wholly different title of it"), read(2, HEADLINE)
    shared = shingles(other, one)
    assert len(shared) > 5
    assert placed(other, one, shared[:1]).begins
    assert placed(other, one, shared[:2]).text_of == 1
    assert placed(other, one, shared[:2], bad=COMMON).begins


@pytest.mark.parametrize("text", [TEXT, ""])
def test_one_key_of_a_headline_is_enough(text):
    one, other = read(1, HEADLINE, ""), read(2, HEADLINE, text)
    shared = sorted(set(one.keys) & set(other.keys))
    assert placed(other, one, shared[:1]).kinship.kind in {"headline", "text"}


def test_what_nobody_knows_of_any_more_gives_its_keys_away():
    newcomer = read(2, HEADLINE)
    found = search(newcomer, {key: KeyOwner(1, 0) for key in newcomer.keys[:5]})
    asked = found.candidates([newcomer])
    assert asked == {1}
    assert found.meet({}, asked=asked) == dict.fromkeys(newcomer.keys[:5], 2)
    assert found.place(newcomer).begins
    assert not found.in_vain


def test_who_was_not_asked_for_is_no_candidate():
    newcomer = read(2, HEADLINE)
    found = search(newcomer, {key: KeyOwner(1, 0) for key in newcomer.keys[:5]})
    assert found.place(newcomer).begins
    assert len(found.in_vain) == 5
