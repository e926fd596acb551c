from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.feeds.model import ItemData
from worker.stories.identity import aliases, collides, identify, names, parked
from worker.stories.ladder import RUNGS

if TYPE_CHECKING:
    from worker.stories.model import Rung

A = ItemData(id="1", link="https://a.example/1", title="First", text="One.")
MORNING = datetime(2022, 2, 12, 7, 30, tzinfo=UTC)
B = ItemData(id="2", link="https://a.example/2", title="Second", text="Two.")

FEW = st.sampled_from
ITEMS = st.lists(
    st.builds(
        ItemData,
        id=FEW([None, "1", "2", "http://a.example/1", "HTTPS://A.example/1"]),
        link=FEW([None, "https://a.example/1", "http://a.example/1?utm_source=x", "https://a.example/2"]),
        title=FEW(["", "First", "Second", "The rocket over the island", "A rocket over the island"]),
        text=FEW(["", "One.", "Two."]),
        published=FEW([None, datetime(2022, 2, 12, tzinfo=UTC), MORNING]),
    ),
    max_size=8,
)


def identities(*items: ItemData) -> list[bytes]:
    return [found.identity for found in identify(items)]


def test_an_id_names_an_item_whatever_else_changes() -> None:
    assert identities(A) == identities(replace(A, link="https://b.example/9", title="Other", text="Changed"))
    assert identities(A) != identities(replace(A, id="2"))
    assert identities(replace(A, id="x")) != identities(replace(A, id="X"))


def test_without_an_id_the_canonical_link_names_it() -> None:
    plain = replace(A, id=None)
    assert identities(plain) == identities(replace(plain, link="http://A.example/1?utm_source=rss#top", title="Other"))
    assert identities(plain) != identities(A)


def test_without_a_link_title_and_text_name_it() -> None:
    bare = ItemData(id=None, link=None, title="First", text="One.")
    assert identities(bare) == identities(replace(bare, summary="another summary"))
    assert identities(bare) != identities(replace(bare, text="Two."))


def test_an_id_that_two_items_share_names_neither() -> None:
    shared = identities(A, replace(B, id="1"))
    assert len(shared) == 2
    assert identities(A)[0] not in shared
    assert shared == identities(replace(A, id="9"), replace(B, id="9"))


def test_a_link_that_two_items_share_names_neither() -> None:
    one, two = replace(A, id=None), replace(B, id=None, link=A.link)
    shared = identities(one, two)
    assert len(shared) == 2
    assert identities(one)[0] not in shared
    assert shared == identities(replace(one, text="changed"), two)


def test_title_and_text_tell_apart_what_shares_link_and_title() -> None:
    assert len(identities(A, replace(A, text="Two."), replace(A, text="Three."))) == 3


def test_an_item_with_an_id_is_known_by_it_beside_one_without() -> None:
    assert identities(A, replace(B, id=None)) == [*identities(A), *identities(replace(B, id=None))]


def test_an_item_with_an_id_of_its_own_may_share_its_link() -> None:
    assert identities(A, replace(B, link=A.link)) == [*identities(A), *identities(B)]


def test_exact_repeats_are_one_item() -> None:
    assert identities(A, B, A, replace(A, published=None, summary="s")) == identities(A, B)
    assert identities(A, replace(A, id=" 1 ", link="http://a.example/1?utm_medium=rss")) == identities(A)


def test_rungs_never_collide() -> None:
    assert (
        len(
            {
                identities(ItemData(id="x", link=None, title=""))[0],
                identities(ItemData(id=None, link=None, title="x"))[0],
            }
        )
        == 2
    )


def test_content_is_what_a_reader_sees() -> None:
    def content(item: ItemData) -> bytes:
        return identify([item])[0].content

    assert content(A) == content(replace(A, id="other", link=None, title=" FIRST ", published=MORNING))
    assert len({content(A), content(replace(A, title="Other")), content(replace(A, text="Other"))}) == 3


@given(ITEMS, st.randoms())
def test_order_and_repeats_do_not_matter(items: list[ItemData], random: object) -> None:
    mixed = [*items, *items]
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert set(identities(*mixed)) == set(identities(*items))


@given(ITEMS)
def test_identities_are_unique(items: list[ItemData]) -> None:
    found = identities(*items)
    assert len(set(found)) == len(found) <= len(set(items))


def test_a_place_that_many_have_is_nobodys() -> None:
    many = [names(replace(A, title=title)) for title in ("One", "Two")]
    assert not collides([replace(A, title="Three")], many, "link+title")
    assert collides([replace(A, title="Three")], many[:1], "link+title")


@given(ITEMS, ITEMS)
def test_who_comes_and_goes_does_not_rename_an_item_with_an_id_of_its_own(
    before: list[ItemData], after: list[ItemData]
) -> None:
    item = ItemData(id="its own", link="https://a.example/1", title="First")
    (alone,) = identities(item)
    assert alone in identities(item, *before)
    assert alone in identities(*after, item)


def test_names_are_of_the_folded_id_the_canonical_link_link_with_title_and_the_second() -> None:
    dated = replace(A, published=MORNING)
    same = names(replace(dated, id=" 1 ", link="http://A.example/1?utm_source=x#top", text="Other."))
    assert names(dated) == same
    assert [len(name) for name in same] == [8, 8, 8, 8]
    retitled = replace(dated, title="Other", published=MORNING + timedelta(seconds=1))
    assert [one == other for one, other in zip(same, names(retitled), strict=True)] == [True, True, False, False]
    assert names(ItemData(id=None, link=None, title="First")) == (bytes(8),) * 4


@pytest.mark.parametrize(
    ("published", "said"),
    [
        (None, False),
        (datetime(2022, 2, 12, tzinfo=UTC), False),
        (datetime(2022, 2, 12, 0, 0, 1, tzinfo=UTC), True),
        (datetime(2022, 2, 12, 0, 1, tzinfo=UTC), True),
        (datetime(2022, 2, 12, 1, tzinfo=UTC), True),
    ],
)
def test_a_date_without_a_time_of_day_names_nothing(published: datetime | None, said: bool) -> None:
    assert (names(replace(A, published=published))[3] != bytes(8)) is said


def on(rung: Rung, *items: ItemData) -> list[bytes]:
    return [found.identity for found in identify(items, rung)]


def test_below_the_rung_of_ids_they_are_of_no_weight() -> None:
    assert on("link", A) == identities(replace(A, id=None)) == on("link", replace(A, id="2", title="Other"))
    assert len(on("link", A, replace(A, id="2"))) == 1
    assert on("link", A, replace(B, link=A.link)) == identities(replace(A, id=None), replace(B, id=None, link=A.link))


def test_on_the_rung_of_dates_they_tell_apart_what_shares_a_link() -> None:
    one, two = replace(A, published=MORNING), replace(B, link=A.link, published=MORNING + timedelta(hours=1))
    found = on("link+date", one, two)
    assert len({*found, *on("link", one)}) == 3
    assert found == on("link+date", replace(one, title="Edited"), replace(two, text="Edited"))
    assert on("link+date", A) == on("link+title", A), "without a date the next rung counts"
    assert on("link+date", one, replace(two, published=MORNING)) == on("link+title", one, two)
    assert on("link+date", replace(one, link=None)) == on("title+text", one)


def test_on_the_lower_rungs_words_count() -> None:
    assert on("link+title", A) == on("link+title", replace(A, text="Other.")) != on("link+title", replace(A, title="x"))
    assert on("title+text", A) == on("title+text", replace(A, link=B.link)) != on("title+text", replace(A, text="x"))
    assert len(on("title+text", A, replace(A, link=B.link), B)) == 2


@pytest.mark.parametrize("rung", RUNGS)
def test_each_item_says_on_which_rung_it_stands(rung: Rung) -> None:
    assert [found.rung for found in identify([replace(A, published=MORNING)], rung)] == [rung]


@pytest.mark.parametrize("rung", RUNGS)
def test_aliases_are_the_identities_of_all_rungs(rung: Rung) -> None:
    dated = replace(A, published=MORNING)
    assert len(set(aliases(dated))) == 5
    assert on(rung, dated)[0] in aliases(dated)
    assert len(aliases(A)) == 4
    assert aliases(ItemData(id=None, link=None, title="First", text="One.")) == on("title+text", A)


def test_what_is_parked_is_in_nobodys_way() -> None:
    assert len({parked(1), parked(2), *aliases(A)}) == 6
    assert len(parked(1)) == 16


LONG = ItemData(
    id=None, link="https://a.example/film", title="Watch: the rocket over the island coast", text="It flew."
)


@pytest.mark.parametrize(
    ("other", "count"),
    [
        (replace(LONG, title="'Great': the rocket over the island coast"), 1),
        (replace(LONG, title="'Great': the rocket over the island coast", text="Other."), 2),
        (replace(LONG, title="'Great': the rocket over another island's coast"), 2),
        (replace(LONG, title="Watch: the rocket 2 over the island coast"), 2),
        (replace(LONG, title="'Great': the rocket over the island coast", link="https://a.example/2"), 2),
        (replace(LONG, title="'Great': the rocket over the island coast", link=None), 2),
    ],
)
def test_two_in_one_place_that_differ_in_a_word_of_the_headline_are_one(other: ItemData, count: int) -> None:
    assert len(identities(LONG, other)) == count
    assert {*identities(LONG, other)} == {*identities(other, LONG)}


def test_very_long_headlines_of_many_pairs_are_not_compared() -> None:
    long = " ".join(map(str, range(200)))
    pairs = [
        ItemData(id=None, link=f"https://a.example/{pair}", title=f"{long} {word}", text="It fell.")
        for pair in range(200)
        for word in ("snow", "rain")
    ]
    assert (len(identify(pairs[:100])), len(identify(pairs))) == (50, 400)


def test_a_second_of_publication_is_a_place_unless_many_share_it() -> None:
    pair = [replace(LONG, published=MORNING), replace(LONG, title=f"{LONG.title} now", link=B.link, published=MORNING)]
    assert on("title+text", *pair) == on("title+text", *reversed(pair)) == on("title+text", LONG)
    third = replace(pair[0], title=f"{LONG.title} today", link="https://a.example/3")
    assert len(on("title+text", *pair, third)) == 3
    assert len(identities(*(replace(one, id=name) for one, name in zip(pair, "ab", strict=True)))) == 2


@pytest.mark.parametrize(
    ("rung", "other", "collide"),
    [
        ("link", replace(B, link=A.link), True),
        ("link", replace(B, id="1"), False),
        ("link+date", replace(B, link=A.link, published=MORNING), True),
        ("link+date", replace(B, link=A.link, title=A.title), True),
        ("link+title", replace(B, link=A.link, title=A.title), True),
        ("link+title", replace(A, title="Other"), True),
        ("link+title", B, False),
        ("link+date", replace(B, link=A.link, published=MORNING + timedelta(hours=1)), True),
        ("title+text", replace(B, id=None), False),
        ("title+text", replace(B, published=MORNING), True),
        ("id", replace(B, published=MORNING), False),
        ("id", replace(B, id=None, published=MORNING), False),
    ],
)
def test_who_collides_depends_on_the_rung(rung: Rung, other: ItemData, collide: bool) -> None:
    assert collides([other], [names(replace(A, published=MORNING))], rung) is collide


def test_who_shares_an_id_collides_and_who_has_none_by_its_link() -> None:
    known = [names(A)]
    assert collides([replace(B, id="1")], known)
    assert collides([replace(B, id=None, link=A.link)], known)
    assert not collides([replace(B, link=A.link)], known)
    assert not collides([replace(A, id="2")], known)
    assert not collides([A, B], [])
    assert not collides([], known)
    assert not collides(
        [ItemData(id=None, link=None, title="First", text="One.")], [names(replace(A, id=None, link=None))]
    )


def test_who_shares_an_id_among_the_unknown_collides_by_link_and_title() -> None:
    pair = [replace(A, id="3"), replace(B, id="3")]
    assert collides(pair, [names(A)])
    assert not collides(pair, [names(replace(A, title="Other"))])
    assert not collides([pair[0], pair[0]], [names(A)])


@given(ITEMS, st.sampled_from(RUNGS), st.data())
def test_without_a_collision_the_unknown_are_named_as_in_the_whole_document(
    items: list[ItemData], rung: Rung, data: st.DataObject
) -> None:
    known = data.draw(st.sets(st.sampled_from(range(len(items))))) if items else set()
    read = [item for number, item in enumerate(items) if number not in known]
    if collides(read, [names(items[number]) for number in known], rung):
        return
    whole = {found.item: found.identity for found in identify(items, rung)}
    for found in identify(read, rung):
        assert found.identity in whole.values()
        assert whole.get(found.item, found.identity) == found.identity
