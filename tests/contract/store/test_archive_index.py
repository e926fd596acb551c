"""The archive's index over both databases: what it holds, what leaves it, and that it says what the matcher says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from contract.store.conftest import NOW, World, begun, folded, item
from sqlalchemy import text

from worker.records import OpenedStory
from worker.records.archive import SHARES, Window
from worker.records.archive import drawn as drawn_by
from worker.store import search_shelves
from worker.store.search_index import STRETCH
from worker.stories.model import NewItem, PollDecision, Revision
from worker.watchlists import parse
from worker.watchlists.needs import ANYTHING, MOST, NOTHING, Holds, OfFeeds, all_of, any_of, bounds_of, lacks
from worker.watchlists.query import CompiledQuery
from worker.watchlists.reading import Reading
from worker.watchlists.sought import sought
from worker.watchlists.tree import And, Node, Not, Or, Term

if TYPE_CHECKING:
    from worker.records.archive import Candidate
    from worker.store import Store
    from worker.watchlists.needs import Need

WINDOW = Window(NOW - timedelta(days=7))
LONG = 1_000_000


def candidates(store: Store, need: Need, window: Window = WINDOW) -> list[int]:
    found = store.candidates(need, window, limit=LONG)
    assert store.count_candidates(need, window) == len(found)
    return sorted(one.item for one in found)


def unindexed(store: Store, window: Window = WINDOW) -> list[int]:
    return sorted(one.item for one in store.unindexed_candidates(window))


def index(store: Store) -> int:
    done = 0
    while some := store.index_items(limit=7):
        done += some
        while store.tidy_index():
            pass
    return done


def word(*words: str, **more: object) -> Holds:
    return Holds(words, **more)  # type: ignore[arg-type]


@pytest.fixture
def archive(world: World) -> Archive:
    return Archive(world)


class Archive:
    """Items that say what a test gives them, in a feed of their own unless it says otherwise."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.store = world.store
        self.feed, *self.others = world.feeds(3)
        self._numbers = iter(range(LONG))

    def add(self, *texts: str, feed: int = 0, match: bool = True, **said: object) -> list[int]:
        added = tuple(
            NewItem(item(f"n{next(self._numbers)}", title="A title", text=text, **said), news=True, fold=True)
            for text in texts
        )
        (leased,) = self.world.begin(feed or self.feed, force=True)
        ids = [*self.world.written(self.world.record(leased, added=added))[leased.id].unmatched]
        if match:
            self.match(ids)
        return ids

    def match(self, ids: list[int]) -> None:
        with self.store.matching() as transaction:
            begun(transaction, transaction.unmatched(ids))

    def revise(self, id_: int, text: str) -> None:
        (leased,) = self.world.begin(self.feed, force=True)
        decision = PollDecision(new=(), revised=(Revision(id_, item("r", title="A title", text=text)),), seen=(id_,))
        self.world.written(self.world.record(leased, decision=decision))


def test_an_item_is_looked_at_directly_until_it_is_matched_and_indexed(archive: Archive) -> None:
    store = archive.store
    kyiv, lviv = archive.add("Kyiv speaks", "Lviv listens", match=False)
    assert index(store) == 0
    assert (store.unindexed(), unindexed(store), candidates(store, ANYTHING)) == (2, [kyiv, lviv], [])
    archive.match([kyiv, lviv])
    assert index(store) == 2
    assert (store.unindexed(), unindexed(store), candidates(store, ANYTHING)) == (0, [], [kyiv, lviv])
    assert (candidates(store, word("kyiv")), candidates(store, NOTHING)) == ([kyiv], [])


def test_a_candidate_carries_what_is_counted(archive: Archive) -> None:
    (kyiv,) = archive.add("Kyiv speaks")
    (waiting,) = archive.store.unindexed_candidates(WINDOW)
    index(archive.store)
    (found,) = archive.store.candidates(word("kyiv"), WINDOW, limit=9)
    assert (found.item, found.seen, found.feed, found.news) == (kyiv, int(NOW.timestamp()), archive.feed, True)
    assert found.story is not None
    assert (found.told, waiting) == (True, found._replace(told=False))


def test_what_changes_leaves_the_index_until_it_is_indexed_anew(archive: Archive) -> None:
    store = archive.store
    first, second = archive.add("Kyiv speaks", "Kyiv listens")
    index(store)
    archive.revise(first, "Lviv speaks")
    assert (candidates(store, word("kyiv")), unindexed(store)) == ([second], [first])
    assert index(store) == 0, "it waits for matching"
    archive.match([first])
    index(store)
    assert (candidates(store, word("kyiv")), candidates(store, word("lviv"))) == ([second], [first])
    store.add_full_texts({second: "Odesa, too."})
    assert unindexed(store) == [second]
    index(store)
    assert (candidates(store, word("odesa")), candidates(store, ANYTHING)) == ([second], [first, second])


def test_what_changes_while_it_is_indexed_is_indexed_again(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    store = archive.store
    first, second = archive.add("Kyiv speaks", "Kyiv listens")
    write = store._write_index

    def after_a_change(made: object) -> None:
        monkeypatch.setattr(store, "_write_index", write)
        store.add_full_texts({first: "Odesa, too."})
        write(made)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "_write_index", after_a_change)
    assert store.index_items(limit=9) == 2
    assert (candidates(store, word("kyiv")), unindexed(store)) == ([second], [first])
    index(store)
    assert candidates(store, word("odesa")) == [first]


def test_steps_go_on_where_the_last_one_ended_and_come_round(archive: Archive) -> None:
    store = archive.store
    first, _, third = archive.add("Kyiv speaks", "Kyiv listens", "Lviv speaks")
    assert store.index_items(limit=1) == 1
    store.add_full_texts({first: "Odesa, too."})
    assert store.index_items(limit=2) == 2
    assert (candidates(store, word("lviv")), unindexed(store)) == ([third], [first])
    assert store.index_items(limit=2) == 1
    assert candidates(store, word("odesa")) == [first]
    assert store.index_items(limit=2) == 0


def test_what_waits_for_matching_is_passed_over(archive: Archive) -> None:
    store = archive.store
    first, *_, last = archive.add("Kyiv speaks", *["Kyiv listens"] * 3 * STRETCH, "Lviv speaks", match=False)
    archive.match([last])
    assert [store.index_items(limit=1) for _ in range(3)] == [1, 0, 0]
    archive.match([first])
    assert [store.index_items(limit=1) for _ in range(3)] == [1, 0, 0]
    assert candidates(store, ANYTHING) == [first, last]


def test_what_another_has_indexed_meanwhile_is_left_alone(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    store = archive.store
    archive.add("Kyiv speaks")
    write = store._write_index

    def after_another(made: object) -> None:
        write(made)  # type: ignore[arg-type]
        write(made)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "_write_index", after_another)
    assert store.index_items(limit=9) == 1
    assert len(candidates(store, word("kyiv"))) == 1


def test_a_story_or_feed_that_changes_changes_in_the_index(archive: Archive) -> None:
    store = archive.store
    (kyiv,) = archive.add("Kyiv speaks")
    index(store)
    with store._transaction("write") as connection:
        connection.execute(text("UPDATE items SET story_id = NULL, feed_id = :feed"), {"feed": archive.others[0]})
    index(store)
    (found,) = store.candidates(word("kyiv"), WINDOW, limit=9)
    assert (found.item, found.story, found.feed) == (kyiv, None, archive.others[0])
    assert candidates(store, Holds(("kyiv",)), replace(WINDOW, feeds=frozenset(archive.others))) == [kyiv]


def test_without_fts5_items_are_looked_at_directly(archive: Archive) -> None:
    assert archive.store._can_index
    vars(archive.store)["_can_index"] = False
    (kyiv,) = archive.add("Kyiv speaks")
    assert (index(archive.store), unindexed(archive.store)) == (0, [kyiv])


def test_what_touches_no_words_stays_indexed(archive: Archive) -> None:
    (kyiv,) = archive.add("Kyiv speaks")
    index(archive.store)
    (leased,) = archive.world.begin(archive.feed, force=True)
    archive.world.written(archive.world.record(leased, decision=PollDecision(new=(), revised=(), seen=(kyiv,))))
    assert unindexed(archive.store) == []


def test_what_is_deleted_is_found_no_more(archive: Archive) -> None:
    store = archive.store
    first, second, third = archive.add("Kyiv speaks", "Kyiv listens", "Kyiv waits")
    index(store)
    store.add_full_texts({third: "Odesa."})
    with store._transaction("write") as connection:
        for table in ("matches", "items"):
            column = "item_id" if table == "matches" else "id"
            connection.execute(text(f"DELETE FROM {table} WHERE {column} IN (:a, :b)"), {"a": first, "b": third})  # noqa: S608
    assert (candidates(store, word("kyiv")), unindexed(store), store.unindexed()) == ([second], [], 0)
    (newest,) = archive.add("Lviv")
    index(store)
    assert candidates(store, word("kyiv")) == [second], f"{newest} may have the id of one that is gone"


def test_a_window_limits_what_is_looked_at(archive: Archive) -> None:
    store = archive.store
    en, uk, br, nobody = (
        archive.add("Kyiv", feed=feed, language=language)[0]
        for feed, language in zip((0, *archive.others, 0), ("en", "uk", "pt-BR", None), strict=True)
    )
    for indexed in (False, True):
        found = candidates if indexed else lambda store, _, window: unindexed(store, window)
        need = word("kyiv")
        assert found(store, need, WINDOW) == [en, uk, br, nobody]
        assert found(store, need, replace(WINDOW, first=uk, last=br)) == [uk, br]
        assert found(store, need, replace(WINDOW, first=br)) == [br, nobody]
        assert found(store, need, replace(WINDOW, feeds=frozenset(archive.others))) == [uk, br]
        assert found(store, need, replace(WINDOW, since=NOW + timedelta(seconds=1))) == []
        index(store)
    assert candidates(store, word("kyiv"), replace(WINDOW, languages=frozenset({"pt"}))) == [br, nobody]
    assert candidates(store, ANYTHING, replace(WINDOW, languages=frozenset({"uk", "de"}))) == [uk, nobody]
    assert [one.item for one in store.candidates(word("kyiv"), WINDOW, limit=1)] != []


def test_a_window_of_norwegian_takes_all_that_may_be(archive: Archive) -> None:
    nb, nn, no, _ = (archive.add("Kyiv", language=language)[0] for language in ("nb", "nn-NO", "no", "sv"))
    index(archive.store)
    for wanted, found in (("no", [nb, nn, no]), ("nb", [nb, no]), ("nn", [nn, no])):
        assert candidates(archive.store, word("kyiv"), replace(WINDOW, languages=frozenset({wanted}))) == found


def test_a_share_is_even_and_takes_stories_whole(archive: Archive) -> None:
    store = archive.store
    ids = archive.add(*["Kyiv"] * 400, match=False)
    with store.matching() as transaction:
        waiting = transaction.unmatched(ids)
        opened = [OpenedStory(one.id, "T", None, None, NOW) for one in waiting[::2]]
        stories = transaction.open_stories(opened, now=NOW)
        transaction.fold([folded(one, stories[place // 2]) for place, one in enumerate(waiting)])
    share = replace(WINDOW, share=0.25)
    assert 80 <= len(store.unindexed_candidates(share)) <= 120, "item by item"
    index(store)
    found: list[Candidate] = store.candidates(word("kyiv"), share, limit=LONG)
    drawn = {one.story for one in found}
    assert (len(found), 40 <= len(drawn) <= 60) == (2 * len(drawn), True)
    assert {drawn_by(one) < 0.25 * SHARES for one in found} == {True}
    some, total = store.sampled_candidates(word("kyiv"), WINDOW, most=399, sample=100)
    assert (total, 80 <= len(some) <= 120) == (400, True)
    assert {drawn_by(one) < 0.25 * SHARES for one in some} == {True}
    every, total = store.sampled_candidates(word("kyiv"), WINDOW, most=400, sample=1)
    assert (total, sorted(one.item for one in every)) == (400, ids)
    assert store.sampled_candidates(NOTHING, WINDOW, most=9, sample=9) == ([], 0)
    assert store.sampled_candidates(word("odesa"), WINDOW, most=9, sample=9) == ([], 0)


def test_what_is_asked_of_the_feed_is_asked_of_any_item(archive: Archive) -> None:
    store = archive.store
    kyiv, elsewhere, lviv = archive.add("Kyiv speaks", "Kyiv listens", "Lviv speaks")
    with store._transaction("write") as connection:
        move = text("UPDATE items SET feed_id = :feed WHERE id = :item")
        connection.execute(move, {"feed": archive.others[0], "item": elsewhere})
    index(store)
    there = OfFeeds(frozenset(archive.others))
    assert candidates(store, there) == [elsewhere]
    assert candidates(store, lacks(there)) == [kyiv, lviv]
    assert candidates(store, all_of((word("kyiv"), there))) == [elsewhere]
    assert candidates(store, all_of((word("kyiv"), lacks(there)))) == [kyiv]
    assert candidates(store, any_of((word("lviv"), there))) == [elsewhere, lviv]


TEXTS = [
    "Kyiv and Lviv. The military buildup at the border goes on; NATO's troops are there.",
    "“Ukraine’s army” — a build-up of l'Ukraine, dell'Ucraina; naïve façade, STRASSE Straße",
    "Російські війська в Україні: п'ять м’ячів, Київ. Ёлка и ёж, йод",
    "乌克兰总统泽连斯基星期六说，北约军队 NATO 在东京",
    "ウクライナのゼレンスキー大統領は、ガス供給を東京で話した。",
    "กรุงเคียฟ ประเทศยูเครน เมืองหลวง",
    "زيلينسكي: أوكرانيا لن تستسلم، كييف",
    "זלנסקי: אוקראינה לא תיכנע",
    "यूक्रेन की राजधानी कीव में सेना",
    "C++ and C#, .NET 5.0; e-mail a.b@example.org, 1,000.50 US$ 100% a_b snake_case 007",
    "flags 🇺🇦 🇷🇺 and 👍🏽 ❤️ smileys; \U0001d54c\U0001d55c\U0001d563 𐐷 𝔘 ﬁne ＡＢＣ ½ Ⅳ ²",
    "it's 'quoted' ''double'' O'Neill back\\slash \"straight\" `tick` a:b :c ::d *star* (paren) a-b NOT AND OR NEAR",
    "buildup military the at border",
    "",
    "a" * 150 + " " + "a" * 99 + " end",
    "word " * 300 + "military buildup",
]
CATEGORIES = [("World News", "Kyiv"), ("News Kyiv", "World"), ()]
QUERIES = [
    "kyiv", "nato", "ukraine", "україні", "п'ять", "п’ять", "м'ячів", "ёж", "еж", "йод", "乌克兰", "东京", "東京", "ガス", "克总",
    "เคียฟ", "أوكرانيا", "אוקראינה", "यूक्रेन", '"military buildup"', '"buildup military"', '"world news"', '"news kyiv"',
    '"kyiv world"', "build-up", "c++", "1,000.50", "snake_case", "007", "fine", "abc", "ukrain*", "mil*", "乌*", "аб*",
    "укра*", '"a b"', "o'neill", "straße", "strasse", "facade", "title:title", "title:kyiv", "text:kyiv", "category:kyiv",
    'category:"world news"', "author:jane", 'author:"jane doe"', 'author:"doe ann"', "author:ja*", "source:agency", "kyiv lviv",
    "kyiv -lviv", "kyiv OR 乌克兰", "-kyiv military", "(kyiv OR nato) -(lviv OR troops)", "lang:uk", "lang:pt", "lang:pt-br",
    "lang:(uk OR en) kyiv", "tag:world", "tag:world kyiv", 'feed:"F0001"', "feed:example", "kyiv OR -tag:world nato", "NOT tag:world kyiv",
    "country:UA", "title:country:UA", "near quoted", "and", "not", "or", '"and or"', "star paren", "a" * 99, "a" * 100, "a" * 150,
    "a" * 99 + "*", "word", '"word military"', '"word word"',
    # What the index can tell in part only.
    "=NATO", "=nato", "~troop", "/buildup|乌克/", "kyiv /bord/", '"military border"~5', '"the * buildup"', '"military * at"', "link:n1",
    "kyiv OR =nato", "-=NATO kyiv", "-/xyz/ kyiv", "kyiv -~troop",
]  # fmt: skip


@pytest.fixture
def library(archive: Archive) -> Archive:
    """All the texts, with all that an item can have, indexed."""
    for number, said in enumerate(TEXTS):
        archive.add(
            said,
            feed=[archive.feed, *archive.others][number % 3],
            categories=CATEGORIES[number % 3],
            language=["en", "uk", "pt-BR", None][number % 4],
            authors=("Jane Doe", "Ann Lee") if number % 2 else (),
            source="The Agency" if number % 5 == 0 else None,
        )
    with archive.store._transaction("write") as connection:
        tagged = {"tags": '["World", "front page"]', "feed": archive.feed}
        connection.execute(
            text("UPDATE feeds SET tags = CAST(:tags AS JSONB) WHERE id = :feed")
            if archive.store.dialect == "postgresql"
            else text("UPDATE feeds SET tags = :tags WHERE id = :feed"),
            tagged,
        )
    index(archive.store)
    return archive


def test_the_index_says_what_the_matcher_says(library: Archive) -> None:
    store = library.store
    feeds = store.archive_feeds()
    everything = store.candidates(ANYTHING, WINDOW, limit=LONG)
    assert len(everything) == len(TEXTS)
    read = {one.id: Reading(one.matchable) for one in store.archived_items([one.item for one in everything], feeds)}
    whole = {one.item for one in everything if one.told}
    by_feed = {
        id_: Reading(replace(next(iter(read.values())).item, feed_tags=f.tags, feed_name=f.name, feed_url=f.url))
        for id_, f in feeds.items()
    }
    exact = 0
    for query in QUERIES:
        node = parse(query)
        bounds = bounds_of(node, lambda leaf: frozenset(id_ for id_, feed in by_feed.items() if sought(leaf).met(feed)))
        met = {id_ for id_, reading in read.items() if CompiledQuery(node).met(reading)}
        upper, lower = set(candidates(store, bounds.upper)), set(candidates(store, bounds.lower))
        assert met <= upper, query
        assert lower & whole <= met, query
        exact += bounds.exact and upper & whole == met & whole
        if bounds.exact:
            assert upper & whole == met & whole, query
        opposite = set(candidates(store, lacks(bounds.upper)))
        assert opposite & whole == (set(read) - upper) & whole, query
    assert exact > 75


def test_the_largest_needs_can_be_asked(library: Archive) -> None:
    deepest: Node = Term("kyiv", ("kyiv",))
    excluding, joining = deepest, deepest
    for number in range(40):
        other = Term(f"w{number}", (f"w{number}",))
        deepest = Or((other, Not(deepest)))
        excluding = And((other, Not(Or((excluding, other)))))
        joining = (And if number % 2 else Or)((joining, other))
    longest = Or(tuple(Term(f"w{number} x", (f"w{number}", "x")) for number in range(MOST)))
    for node in (deepest, excluding, joining, longest, Not(longest)):
        for need in bounds_of(node, lambda _: frozenset()):
            assert set(candidates(library.store, need)) <= set(candidates(library.store, ANYTHING))


def test_an_item_that_is_too_long_may_hold_anything(archive: Archive) -> None:
    store = archive.store
    long, often, short = archive.add(
        " ".join(f"w{n}" for n in range(17_000)) + " the end", "again " * 300 + "and again", "short"
    )
    index(store)
    told = {one.item: one.told for one in store.candidates(ANYTHING, WINDOW, limit=9)}
    sqlite = store.dialect == "sqlite"
    assert told == {long: sqlite, often: sqlite, short: True}
    assert long in candidates(store, word("the", "end"))
    assert often in candidates(store, word("and", "again"))
    assert candidates(store, all_of((word("short"), lacks(word("the"))))) == (
        [short] if sqlite else [long, often, short]
    )


def test_words_without_number_find_room(archive: Archive) -> None:
    store = archive.store
    (huge,) = archive.add(" ".join(f"{n:x}".rjust(60, "x") for n in range(16_300)))
    index(store)
    assert huge in candidates(store, word("anything")) or store.dialect == "sqlite"
    assert huge in candidates(store, word("0".rjust(60, "x")))


def test_shelves_of_which_little_is_left_are_cleared(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    store = archive.store
    monkeypatch.setattr(search_shelves, "PER_SHELF", 10)
    ids = archive.add(*["Kyiv"] * 25)
    index(store)

    def shelves() -> list[int]:
        with store._transaction("read") as connection:
            return search_shelves.shelves(connection) if store.dialect == "sqlite" else []

    sqlite = store.dialect == "sqlite"
    assert shelves() == ([0, 1, 2] if sqlite else [])
    if sqlite:
        with store._transaction("read") as connection:
            segments = "SELECT count(DISTINCT segid) FROM item_words_%d_idx"
            assert [connection.exec_driver_sql(segments % shelf).scalar() for shelf in (0, 1)] == [1, 1]
    assert candidates(store, word("kyiv")) == ids
    assert candidates(store, word("kyiv"), replace(WINDOW, first=ids[11], last=ids[13])) == ids[11:14]
    assert candidates(store, word("kyiv"), replace(WINDOW, first=ids[0], last=ids[3])) == ids[:4]
    assert candidates(store, word("kyiv"), replace(WINDOW, first=ids[-1] + 1, last=LONG)) == []
    assert len(store.candidates(word("kyiv"), WINDOW, limit=9)) == 9
    assert not store.retire_index()
    with store._transaction("write") as connection:
        gone = {"first": ids[1], "last": ids[11]}
        connection.execute(text("DELETE FROM items WHERE id BETWEEN :first AND :last"), gone)
    assert store.retire_index() is sqlite
    left = [ids[0], *ids[12:]]
    assert sorted(candidates(store, word("kyiv")) + unindexed(store)) == left
    index(store)
    assert candidates(store, word("kyiv")) == left
    assert shelves() == ([1, 2] if sqlite else [])
    assert not store.retire_index()
