from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from worker.feeds.model import ItemData
from worker.stories.identity import identify, names
from worker.stories.ladder import Standing
from worker.stories.model import KnownItem, RecalledItem
from worker.stories.recognition import Asked, Recognised, Recognition

if TYPE_CHECKING:
    from worker.stories.model import IdentifiedItem, Names, Rung

NOW = datetime(2022, 2, 12, 17, 0, 5, tzinfo=UTC)
SNOW = ItemData(
    id="1", link="https://a.example/1", title="Snow falls in Kyiv again", text="It fell on Saturday.", published=NOW
)
GRAIN = ItemData(
    id="2",
    link="https://a.example/2",
    title="Grain ships leave Odesa port",
    text="Four set sail.",
    published=NOW + timedelta(hours=1),
)


def asked(items: list[IdentifiedItem], *rest: Any) -> Asked:
    return Asked(items, [names(item.item) for item in items], *rest)


class Shelf:
    """The items of one feed as the store has them: number -> what was said, under which identity."""

    def __init__(self, *known: ItemData, rung: Rung = "id") -> None:
        self.said = dict(enumerate(known, 1))
        self.known: dict[int, KnownItem] = {}
        for number, item in self.said.items():
            (one,) = identify([item], rung)
            self.known[number] = KnownItem(number, one.identity, one.content, item.link, item.published)

    def recognise(
        self,
        *items: ItemData,
        rung: Rung = "id",
        doubts: int = 0,
        unchanged: tuple[int, ...] = (),
        gone: tuple[int, ...] | None = None,
    ) -> tuple[Recognised, set[int]]:
        """Recognise items; `gone`: the last document had these, by default all."""
        names_of: dict[int, Names] = {
            number: names(self.said[number]) for number in (self.said if gone is None else gone)
        }
        recognition = Recognition(
            asked(identify(items, rung), [*self.known.values()], Standing(rung, doubts), unchanged, names_of)
        )
        wanted = recognition.wanted()
        recalled = {n: RecalledItem(self.known[n], self.said[n].title, self.said[n].text) for n in wanted}
        return recognition.recognised(recalled), wanted


def who(recognised: Recognised) -> dict[int, str]:
    return {known.id: item.item.title for known, item in recognised.met}


def unseen(recognised: Recognised) -> list[str]:
    return [item.item.title for item in recognised.unseen]


def test_a_known_identity_is_known_and_an_unknown_one_is_not() -> None:
    found, wanted = Shelf(SNOW).recognise(replace(SNOW, title="Corrected"), GRAIN)
    assert (who(found), unseen(found), found.robbed) == ({1: "Corrected"}, [GRAIN.title], [])
    assert wanted == set(), "ids are trusted, and nothing stands where the new one does"


def test_of_a_first_document_nothing_is_known() -> None:
    found, wanted = Shelf().recognise(SNOW, GRAIN)
    assert (who(found), unseen(found), wanted) == ({}, [SNOW.title, GRAIN.title], set())


def test_the_same_words_in_the_same_place_are_the_same_item_whatever_its_id() -> None:
    found, _ = Shelf(SNOW, GRAIN).recognise(replace(SNOW, id="9", published=NOW + timedelta(days=9)), GRAIN)
    assert who(found) == {1: SNOW.title, 2: GRAIN.title}
    assert unseen(found) == []


def test_one_that_is_here_under_its_own_id_is_not_claimed() -> None:
    copy = replace(SNOW, id="copy")
    found, _ = Shelf(SNOW).recognise(SNOW, copy)
    assert (who(found), len(found.unseen)) == ({1: SNOW.title}, 1)
    found, _ = Shelf(SNOW).recognise(copy, unchanged=(1,))
    assert (who(found), len(found.unseen)) == ({}, 1)


def test_each_is_claimed_once_the_earliest_first_and_the_one_in_the_same_place_before() -> None:
    elsewhere = replace(SNOW, id="0", link="https://a.example/0")
    shelf = Shelf(elsewhere, replace(SNOW, id="8"), replace(SNOW, id="7"))
    copies = [replace(SNOW, id=name, title=f"{SNOW.title}{' ' * n}") for n, name in enumerate("abcd")]
    found, _ = shelf.recognise(*copies)
    assert [known.id for known, _ in found.met] == [2, 3, 1]
    assert len(found.unseen) == 1


@pytest.mark.parametrize(
    ("before", "now", "title", "same"),
    [
        (NOW, NOW, SNOW.title, True),
        (NOW, NOW + timedelta(days=7), SNOW.title, False),
        (None, NOW, SNOW.title, True),
        (NOW, None, SNOW.title, True),
        (None, None, SNOW.title, True),
        (None, None, "Snow in Kyiv", False),
        (NOW, NOW, "Snow", True),
    ],
)
def test_the_same_words_elsewhere_are_the_next_of_a_series_where_dates_say_so(
    before: datetime | None, now: datetime | None, title: str, same: bool
) -> None:
    shelf = Shelf(replace(SNOW, title=title, published=before))
    moved = replace(SNOW, title=title, id="9", link="https://a.example/9", published=now)
    found, _ = shelf.recognise(moved, gone=())
    assert bool(found.met) is same


@pytest.mark.parametrize(
    ("rung", "same"), [("link", False), ("link+date", False), ("link+title", True), ("title+text", True)]
)
def test_where_links_are_not_trusted_words_are(rung: Rung, same: bool) -> None:
    moved = replace(SNOW, link="https://a.example/9", published=NOW + timedelta(days=7))
    found, _ = Shelf(SNOW, rung="link").recognise(moved, rung=rung, gone=())
    assert bool(found.met) is same


def test_a_link_that_means_a_wholly_other_article_is_taken_from_the_one_that_had_it() -> None:
    shelf = Shelf(SNOW, rung="link")
    found, wanted = shelf.recognise(replace(GRAIN, link=SNOW.link), rung="link")
    assert wanted == {1}
    assert (who(found), unseen(found), found.robbed) == ({}, [GRAIN.title], [shelf.known[1]])


def test_a_link_under_which_words_changed_is_the_same_item() -> None:
    edited = replace(SNOW, title="Kyiv is white", text="Snow fell on Saturday night.")
    found, _ = Shelf(SNOW, rung="link").recognise(edited, rung="link")
    assert (who(found), found.robbed) == ({1: "Kyiv is white"}, [])


def test_what_was_pruned_meanwhile_is_not_held_against_anybody() -> None:
    shelf = Shelf(SNOW, rung="link")
    given = asked(identify([replace(GRAIN, link=SNOW.link)], "link"), [*shelf.known.values()], Standing("link"))
    assert len(Recognition(given).recognised({}).met) == 1


def test_a_text_that_all_have_says_nothing() -> None:
    shelf = Shelf(*(replace(item, text="Read more") for item in (SNOW, GRAIN)), rung="link")
    swapped = [replace(SNOW, link=GRAIN.link, text="Read more"), replace(GRAIN, link=SNOW.link, text="Read more")]
    found, _ = shelf.recognise(*swapped, rung="link", gone=())
    assert who(found) == {1: SNOW.title, 2: GRAIN.title}
    assert [known.id for known in found.robbed] == [2, 1]


def test_below_the_highest_rung_items_are_known_by_what_they_were_on_another() -> None:
    edited = replace(SNOW, link="https://a.example/9", title="Snow falls in Kyiv", published=None)
    found, wanted = Shelf(SNOW).recognise(edited, rung="link", gone=())
    assert (who(found), wanted) == ({1: "Snow falls in Kyiv"}, {1})
    found, wanted = Shelf(SNOW).recognise(edited, rung="id", gone=())
    assert wanted == set(), "its own identity"
    other = replace(GRAIN, id=SNOW.id)
    found, _ = Shelf(SNOW).recognise(other, rung="link", gone=())
    assert (who(found), unseen(found)) == ({}, [GRAIN.title]), "the id lied"
    found, _ = Shelf(SNOW).recognise(edited, rung="link", gone=(), unchanged=(1,))
    assert who(found) == {}


@pytest.mark.parametrize(
    ("changes", "rung", "doubts", "same"),
    [
        # Only the link is left of it.
        ({"id": None, "title": "All is white", "published": None}, "id", 0, True),
        ({"id": "9", "title": "All is white", "published": None}, "id", 0, False),
        ({"id": "9", "title": "All is white", "published": None}, "id", 1, True),
        ({"id": "9", "title": "All is white", "text": "Nothing moves.", "published": None}, "id", 1, False),
        # Only the second of publication is.
        ({"id": "9", "link": "https://a.example/9", "title": "Snow falls in Kyiv"}, "id", 0, True),
        ({"id": "9", "link": "https://a.example/9", "title": "Snow falls in Kyiv", "text": "Other."}, "id", 0, False),
        ({"id": "9", "link": "https://a.example/9", "title": "Snow falls in Kyiv", "text": "Other."}, "id", 1, True),
        ({"link": "https://a.example/9", "title": "Snow falls in Kyiv", "text": "Other."}, "link", 0, True),
        ({"link": "https://a.example/9", "title": "All is white", "text": "Other."}, "link", 0, False),
        ({"link": "https://a.example/9", "title": "All is white", "text": "Other."}, "link+date", 0, False),
        ({"link": "https://a.example/9", "title": "All is white", "text": "Other."}, "link+title", 0, True),
        ({"link": "https://a.example/9", "title": "All is white", "text": "Other."}, "title+text", 0, True),
        # Neither is.
        ({"id": "9", "link": None, "title": "Snow falls in Kyiv", "published": None}, "id", 1, False),
        ({"link": None, "title": "Snow falls in Kyiv", "published": None}, "title+text", 1, False),
    ],
)
def test_one_that_left_its_place_to_another_with_such_words_is_that_one(
    changes: dict[str, object], rung: Rung, doubts: int, same: bool
) -> None:
    shelf = Shelf(SNOW, rung=rung)
    shelf.known[1] = replace(shelf.known[1], identity=b"by a name of old")
    found, wanted = shelf.recognise(replace(SNOW, **changes), rung=rung, doubts=doubts)
    assert bool(found.met) is same
    assert wanted <= {1}


def test_one_that_is_in_the_document_still_has_left_no_place() -> None:
    edited = replace(SNOW, id="9", title="Snow falls in Kyiv")
    shelf = Shelf(SNOW)
    assert shelf.recognise(edited, gone=())[1] == set()
    assert unseen(shelf.recognise(SNOW, edited)[0]) == [edited.title]


def test_ids_that_change_in_one_document_are_not_trusted_in_it() -> None:
    shelf = Shelf(SNOW, GRAIN)
    found, _ = shelf.recognise(replace(SNOW, id="7"), replace(GRAIN, id="8", title="All aboard", published=None))
    assert who(found) == {1: SNOW.title, 2: "All aboard"}


@pytest.mark.parametrize("place", ["link", "published"])
def test_a_place_that_several_have_tells_nobody_from_another(place: str) -> None:
    rung: Rung = "link" if place == "link" else "title+text"
    same = {"link": SNOW.link} if place == "link" else {"published": NOW}
    rest = {"published": None} if place == "link" else {}
    shelf = Shelf(SNOW, replace(GRAIN, **same), rung="id")
    edited = replace(SNOW, id="9", title="All is white", text="Nothing moves.", **rest)
    found, _ = shelf.recognise(edited, rung=rung)
    assert unseen(found) == ["All is white"]
    two = [edited, replace(edited, title="Not at all", text="They do.")]
    shelf = Shelf(SNOW)
    shelf.known.clear()
    assert len(shelf_recognise_without_known(two, rung).unseen) == 2


def shelf_recognise_without_known(items: list[ItemData], rung: Rung) -> Recognised:
    """One is gone, and two stand where it stood."""
    (one,) = identify([SNOW])
    known = KnownItem(1, one.identity, one.content, SNOW.link, SNOW.published)
    recognition = Recognition(asked(identify(items, rung), [], Standing(rung), (), {1: names(SNOW)}))
    assert recognition.wanted() == {1}
    return recognition.recognised({1: RecalledItem(known, SNOW.title, SNOW.text)})


def test_one_that_cannot_be_recalled_is_not_met() -> None:
    given = asked(identify([replace(SNOW, id=None)]), [], Standing("id"), (), {1: names(SNOW), 2: names(GRAIN)})
    recognition = Recognition(given)
    assert recognition.wanted() == {1}
    (grain,) = identify([GRAIN])
    recalled = {2: RecalledItem(KnownItem(2, grain.identity, grain.content), GRAIN.title, GRAIN.text)}
    assert recognition.recognised(recalled).met == []


def test_an_alias_that_cannot_be_recalled_is_not_met() -> None:
    shelf = Shelf(SNOW)
    given = asked(
        identify([replace(SNOW, title="Snow falls in Kyiv")], "link+title"),
        [*shelf.known.values()],
        Standing("link+title"),
    )
    (grain,) = identify([GRAIN])
    recalled = {2: RecalledItem(KnownItem(2, grain.identity, grain.content), GRAIN.title, GRAIN.text)}
    assert Recognition(given).recognised(recalled).met == []
