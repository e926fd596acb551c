from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from worker.feeds.model import ItemData
from worker.stories.identity import collides, identify, names

A = ItemData(id="1", link="https://a.example/1", title="First", text="One.")
B = ItemData(id="2", link="https://a.example/2", title="Second", text="Two.")

FEW = st.sampled_from
ITEMS = st.lists(
    st.builds(
        ItemData,
        id=FEW([None, "1", "2", "http://a.example/1", "HTTPS://A.example/1"]),
        link=FEW([None, "https://a.example/1", "http://a.example/1?utm_source=x", "https://a.example/2"]),
        title=FEW(["", "First", "Second"]),
        text=FEW(["", "One.", "Two."]),
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

    assert content(A) == content(replace(A, id="other", link="http://a.example/1?utm_source=x", title=" FIRST "))
    assert (
        len(
            {
                content(A),
                content(replace(A, title="Other")),
                content(replace(A, text="Other")),
                content(replace(A, link=None)),
            }
        )
        == 4
    )


@given(ITEMS, st.randoms())
def test_order_and_repeats_do_not_matter(items: list[ItemData], random: object) -> None:
    mixed = [*items, *items]
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert set(identities(*mixed)) == set(identities(*items))


@given(ITEMS)
def test_identities_are_unique(items: list[ItemData]) -> None:
    found = identities(*items)
    assert len(set(found)) == len(found) <= len(set(items))


@given(ITEMS, ITEMS)
def test_who_comes_and_goes_does_not_rename_an_item_with_an_id_of_its_own(
    before: list[ItemData], after: list[ItemData]
) -> None:
    item = ItemData(id="its own", link="https://a.example/1", title="First")
    (alone,) = identities(item)
    assert alone in identities(item, *before)
    assert alone in identities(*after, item)


def test_names_are_of_the_folded_id_the_canonical_link_and_link_with_title() -> None:
    same = names(replace(A, id=" 1 ", link="http://A.example/1?utm_source=x#top"))
    assert names(A) == same
    assert [len(name) for name in same] == [8, 8, 8]
    assert [one == other for one, other in zip(names(A), names(replace(A, title="Other")), strict=True)] == [
        True,
        True,
        False,
    ]
    assert names(ItemData(id=None, link=None, title="First")) == (bytes(8), bytes(8), bytes(8))


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


@given(ITEMS, st.data())
def test_without_a_collision_the_unknown_are_named_as_in_the_whole_document(
    items: list[ItemData], data: st.DataObject
) -> None:
    known = data.draw(st.sets(st.sampled_from(range(len(items))))) if items else set()
    read = [item for number, item in enumerate(items) if number not in known]
    if collides(read, [names(items[number]) for number in known]):
        return
    whole = {found.item: found.identity for found in identify(items)}
    for found in identify(read):
        assert found.identity in whole.values()
        assert whole.get(found.item, found.identity) == found.identity
