"""What a query would have found and told, over an archive of real items."""

from datetime import date, timedelta

import pytest
from golden.newsroom import BEGIN
from unit.pipeline.library import HOUR, Library

from config.values import NotifyLine, WatchListLine
from worker.errors import QueryError
from worker.pipeline.preview import preview
from worker.watchlists.canonical import query_of

DAY = timedelta(days=1)
COPY = "The grain ships left the port of Odesa on Monday and sail to Egypt, said the minister in Kyiv. " * 4


@pytest.fixture
def library(store) -> Library:
    return Library(store)


def asked(library, query, *, back=7 * DAY, **more):
    return preview(library.store, query, back=back, now=library.now, **more)


def watch(library, name, query, **more):
    line = WatchListLine(name, query=query, notify=(NotifyLine("desk", None),), **more)
    library.store.add_watch_list(line, query_of((), (), query), now=BEGIN)


def titles(items):
    return [item.title for item in items]


def test_items_and_stories_are_counted_by_day_and_feed(library):
    library.say("Kyiv speaks", "Weather")
    library.room.clock.move(DAY)
    library.say(f"Grain ships leave | {COPY}")
    library.say(f"Grain ships leave | {COPY}", feed="two")
    for _ in range(2):
        found = asked(library, "kyiv")
        assert (found.items, found.stories, found.query, found.estimated) == (3, 2, "kyiv", False)
        assert found.feeds == [("one", 2), ("two", 1)]
        assert [(day.day, day.items, day.stories) for day in found.per_day] == [
            (date(2026, 3, 1), 1, 1),
            (date(2026, 3, 2), 2, 1),
        ]
        assert (found.begin, found.end) == (BEGIN, library.now)
        library.index()
    assert (found.read, found.candidates) == (0, 3)


def test_the_window_ends_where_it_is_said_or_where_the_archive_begins(library):
    library.say("Kyiv speaks")
    library.room.clock.move(2 * DAY)
    library.say("Kyiv listens")
    found = asked(library, "kyiv", back=DAY)
    assert (found.items, found.begin) == (1, library.now - DAY)
    assert [day.day.day for day in found.per_day] == [2, 3]


def test_an_empty_archive_has_nothing_to_show(library):
    found = asked(library, "kyiv")
    assert (found.items, found.stories, found.alerts_per_day, found.feeds, found.samples) == (0, 0, 0, [], [])
    assert (found.begin, len(found.per_day), found.near_misses) == (library.now, 1, [])


def test_only_news_is_told_and_each_story_as_its_list_says(library):
    library.say("Kyiv long ago", dated=False)
    library.say(f"Grain ships leave | {COPY}", feed="two")
    library.say(f"Grain ships leave | {COPY}", feed="three")
    library.say("Kyiv listens", feed="two")
    with library.store._transaction("write") as connection:
        connection.exec_driver_sql("UPDATE stories SET independent_reports = 3 WHERE reports = 2")
    for mode, expected in (("first", 2.0), ("every", 3.0), ("updates", 4.0)):
        watch(library, mode, "kyiv", alert=mode)
        found = asked(library, mode)
        assert (found.items, found.alerts_per_day, found.scope.alert) == (4, expected, mode)
    assert asked(library, "kyiv").alerts_per_day == 2.0


def test_samples_are_the_newest_with_the_places_one_a_story(library):
    library.say(*[f"Kyiv speaks of matter {number} in words of its own" for number in range(12)])
    library.say(f"Grain ships leave | {COPY}")
    library.say(f"Grain ships leave | {COPY}", feed="two")
    found = asked(library, "kyiv")
    assert len(found.samples) == 10
    (newest, hit), *_ = found.samples
    assert (newest.title, newest.feed, hit.terms) == ("Grain ships leave", "two", ("kyiv",))
    assert [span.field for span in hit.spans] == ["text"] * 4
    assert titles(item for item, _ in found.samples).count("Grain ships leave") == 1


def test_a_list_has_a_scope_of_its_own_and_options_come_in_its_place(library):
    with library.store._transaction("write") as connection:
        connection.exec_driver_sql("UPDATE feeds SET tags = '[\"world\"]' WHERE name = 'two'")
    watch(library, "East", "kyiv", feed_tags=("world",), languages=("uk",))
    library.say("Kyiv one")
    library.say("Kyiv two", feed="two")
    library.say("Київ kyiv", feed="two", language="uk")
    assert titles(item for item, _ in asked(library, "East").samples) == ["Київ kyiv"]
    assert asked(library, "kyiv").items == 3
    assert asked(library, "East", languages=["en"]).items == 1
    assert asked(library, "East", tags=["sport"]).items == 0
    assert asked(library, "kyiv", tags=["world"]).items == 2


def test_near_misses_met_all_clauses_but_one(library):
    library.say(
        "Kyiv and Lviv", "Kyiv and Odesa", "Lviv and Odesa", "Kyiv, Lviv and football", "Football in Kyiv", "Weather"
    )
    for _ in range(2):
        found = asked(library, "kyiv lviv -football")
        assert titles(item for item, _ in found.samples) == ["Kyiv and Lviv"]
        assert [(miss.clause, miss.items, titles(miss.samples), miss.estimated) for miss in found.near_misses] == [
            ("kyiv", 1, ["Lviv and Odesa"], False),
            ("lviv", 1, ["Kyiv and Odesa"], False),
            ("-football", 1, ["Kyiv, Lviv and football"], False),
        ]
        library.index()


def test_what_lacks_all_that_is_asked_for_is_no_near_miss(library):
    library.say("Kyiv and football", "Weather", "Lviv")
    assert [miss.clause for miss in asked(library, "kyiv -football").near_misses] == ["-football"]
    assert asked(library, "(kyiv OR lviv) /x/ lang:en").near_misses[0].clause == "/x/"
    assert asked(library, "kyiv OR lviv").near_misses == []
    assert [miss.clause for miss in asked(library, "(kyiv OR /foot/) lviv").near_misses] == ["kyiv OR /foot/"]


def test_clauses_may_be_lists(library):
    watch(library, "War", "kyiv OR troops")
    library.say("Troops and grain", "Kyiv and oil", "Weather")
    found = asked(library, "list:War grain")
    assert titles(item for item, _ in found.samples) == ["Troops and grain"]
    assert [(miss.clause, miss.items) for miss in found.near_misses] == [("grain", 1)]


def test_a_difference_tells_what_each_query_finds_alone(library):
    watch(library, "East", "kyiv OR lviv", alert="every")
    library.say("Kyiv", "Lviv", "Odesa", "Kyiv and Odesa", "Weather")
    for _ in range(2):
        found = asked(library, "kyiv OR odesa", against="East")
        assert (found.items, found.scope.alert, found.difference.against) == (3, "every", "kyiv OR lviv")
        sides = (found.difference.only_this, found.difference.only_other, found.difference.both)
        assert [(side.items, side.stories, titles(side.samples)) for side in sides] == [
            (1, 1, ["Odesa"]),
            (1, 1, ["Lviv"]),
            (2, 2, ["Kyiv and Odesa", "Kyiv"]),
        ]
        library.index()
    assert asked(library, "East", against="kyiv /x/").difference.only_other.items == 0


def test_a_list_compared_with_a_query_keeps_its_scope(library):
    watch(library, "East", "kyiv", languages=("uk",))
    library.say("Kyiv")
    library.say("Kyiv listens", feed="two", language="uk")
    assert asked(library, "East", against="kyiv").difference.both.items == 1
    assert asked(library, "kyiv", against="East").difference.both.items == 1
    assert asked(library, "kyiv", against="kyiv").difference.both.items == 2


def test_a_wrong_query_is_told(library):
    watch(library, "East", "kyiv")
    for query, more in (("kyiv AND", {}), ("kyiv", {"against": "OR"}), ("list:Nobody", {})):
        with pytest.raises(QueryError):
            asked(library, query, **more)


def test_an_item_that_changed_meanwhile_is_no_sample(library):
    (one,) = library.say("Kyiv speaks")
    library.index()
    with library.store._transaction("write") as connection:
        connection.exec_driver_sql("DROP TRIGGER items_changed")
        connection.exec_driver_sql("UPDATE items SET title = 'Weather'")
    found = asked(library, "kyiv")
    assert (found.items, found.samples, found.per_day[-1].items) == (1, [], 1)
    assert found.end - found.begin == HOUR
    assert one == 1
