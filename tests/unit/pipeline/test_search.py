"""Pages of what a query finds, newest or most relevant first, and where the next one goes on."""

from datetime import timedelta
from itertools import count

import pytest
from unit.pipeline.library import HOUR, Library

from worker.errors import ConfigurationError, QueryError
from worker.pipeline.search import Effort, search

DAYS = timedelta(days=90)


@pytest.fixture
def library(store) -> Library:
    return Library(store)


def page(library, query, *, back=DAYS, **more):
    return search(library.store, query, back=back, now=library.now, **more)


def titles(found):
    return [one.item.title for one in found.found]


def pages(library, query, **more):
    """All pages one after another."""
    after, seen = None, []
    while True:
        found = page(library, query, after=after, **more)
        seen.append(titles(found))
        if found.more is None:
            return seen
        after = found.more


def test_what_is_found_comes_newest_first_with_its_places(library):
    library.say("Kyiv talks", "Weather")
    library.say("More talks", feed="two")
    for _ in range(2):
        found = page(library, "talks")
        assert (titles(found), found.more, found.reached) == (["More talks", "Kyiv talks"], None, None)
        assert [(one.hit.spans[0].start, one.hit.spans[0].end) for one in found.found] == [(5, 10), (5, 10)]
        library.index()
    assert titles(page(library, "talks", back=HOUR)) == ["More talks"]
    assert titles(page(library, "nothing")) == []


def test_pages_follow_each_other_whatever_comes_meanwhile(library):
    library.say(*[f"Talks {number}" for number in range(7)])
    first = page(library, "talks", limit=3)
    assert titles(first) == ["Talks 6", "Talks 5", "Talks 4"]
    library.index()
    library.say("Talks of today")
    second = page(library, "talks", limit=3, after=first.more)
    assert titles(second) == ["Talks 3", "Talks 2", "Talks 1"]
    assert titles(page(library, "talks", limit=3, after=second.more)) == ["Talks 0"]
    assert titles(page(library, "talks", after=first.found[0].cursor))[0] == "Talks 5", "any row can be gone on from"


def test_all_pages_together_hold_everything_once(library):
    library.say(*[f"Talks {number}" for number in range(7)])
    for by in ("newest", "relevance"):
        assert pages(library, "talks", by=by, limit=3) == [
            ["Talks 6", "Talks 5", "Talks 4"],
            ["Talks 3", "Talks 2", "Talks 1"],
            ["Talks 0"],
        ]


def test_by_relevance_the_title_comes_first(library):
    library.say("Talks talks", "Weather | They end their talks.", "Sport | Talks, talks and talks.", "Talks end")
    assert titles(page(library, "talks", by="relevance")) == ["Talks talks", "Talks end", "Sport", "Weather"]
    assert titles(page(library, "talks")) == ["Talks end", "Sport", "Weather", "Talks talks"]


def test_what_comes_after_the_first_page_is_ranked_on_none(library):
    library.say("Talks one", "Talks two", "Talks three")
    first = page(library, "talks", by="relevance", limit=2)
    library.say("Talks talks talks")
    assert titles(page(library, "talks", by="relevance", after=first.more)) == ["Talks one"]


def test_a_search_may_refer_to_lists(library):
    library.say("Kyiv talks", "Talks about Ukraine")
    assert titles(page(library, "list:Ukraine talks")) == ["Talks about Ukraine"], "the list that is configured"
    with pytest.raises(QueryError, match="no watch list"):
        page(library, "list:Nobody")


def test_a_cursor_goes_with_its_own_search_only(library):
    library.say(*[f"Talks {number}" for number in range(5)])
    cursor = page(library, "talks", limit=2).more
    assert titles(page(library, " talks", after=cursor)) == ["Talks 2", "Talks 1", "Talks 0"]
    for query, by in (("talks OR kyiv", "newest"), ("talks", "relevance")):
        with pytest.raises(ConfigurationError, match="another search"):
            page(library, query, by=by, after=cursor)
    with pytest.raises(ConfigurationError, match="no cursor"):
        page(library, "talks", after="x")


def test_a_wrong_query_is_told_before_anything_is_read(library):
    with pytest.raises(QueryError):
        page(library, "talks AND")


def test_what_takes_too_much_reading_goes_on_from_where_it_stopped(library):
    library.say(*[f"{'Rain' if number % 2 else 'Talks'} {number}" for number in range(40)])
    first = page(library, "/talks/", effort=Effort(read=10))
    assert titles(first) == ["Talks 38", "Talks 36", "Talks 34", "Talks 32", "Talks 30"]
    assert first.reached == library.now - HOUR
    second = page(library, "/talks/", effort=Effort(read=10), after=first.more)
    assert titles(second) == ["Talks 28", "Talks 26", "Talks 24", "Talks 22", "Talks 20"]
    ranked = page(library, "/talks/", effort=Effort(read=10), by="relevance")
    assert (len(ranked.found), ranked.more, ranked.reached) == (5, None, library.now - HOUR)
    nothing = page(library, "/nothing/", effort=Effort(read=10))
    assert (nothing.found, nothing.more is not None) == ([], True)


@pytest.mark.parametrize("later", [Effort(read=30), Effort(read=4, at_once=2), Effort(seconds=0, at_once=2)])
def test_by_relevance_later_pages_rank_what_the_first_one_did(library, later):
    library.say(*[f"{'Rain' if number % 2 else 'Talks'} {number}" for number in range(40)])
    first = page(library, "/talks/", by="relevance", limit=2, effort=Effort(read=10))
    assert (titles(first), first.reached) == (["Talks 38", "Talks 36"], library.now - HOUR)
    library.index()
    for cursor in (first.more, first.found[1].cursor):
        ticks = count()
        second = page(
            library,
            "/talks/",
            by="relevance",
            limit=2,
            after=cursor,
            effort=later,
            clock=lambda ticks=ticks: next(ticks),
        )
        assert (titles(second), second.reached) == (["Talks 34", "Talks 32"], library.now - HOUR)
        third = page(library, "/talks/", by="relevance", limit=2, after=second.more, effort=later)
        assert (titles(third), third.more, third.reached) == (["Talks 30"], None, library.now - HOUR)


def test_by_relevance_later_pages_rank_as_many_as_the_first_one_did(library):
    library.say("Talks talks talks", *[f"Talks {number}" for number in range(5)])
    first = page(library, "talks", by="relevance", limit=2, effort=Effort(ranked=3))
    rest = page(library, "talks", by="relevance", after=first.more)
    assert (titles(first), titles(rest), rest.reached) == (["Talks 4", "Talks 3"], ["Talks 2"], library.now - HOUR)


def test_by_relevance_later_pages_look_back_as_far_as_the_first_one_did(library):
    library.say(*[f"Old talks {number}" for number in range(3)])
    library.say(*[f"Talks {number}" for number in range(3)], feed="two")
    first = page(library, "talks", by="relevance", limit=2, back=HOUR)
    assert (titles(first), first.reached) == (["Talks 2", "Talks 1"], None)
    rest = page(library, "talks", by="relevance", after=first.more)
    assert (titles(rest), rest.reached) == (["Talks 0"], library.now - HOUR)


def test_the_last_row_of_a_page_that_gave_up_goes_on_behind_all_that_was_read(library):
    library.say("Talks 0", "Rain 1", "Talks 2", "Rain 3", "Rain 4", "Rain 5", "Talks 6", "Rain 7")
    first = page(library, "/talks/", effort=Effort(read=4))
    assert (titles(first), first.found[-1].cursor) == (["Talks 6"], first.more)
    assert titles(page(library, "/talks/", effort=Effort(read=2), after=first.found[-1].cursor)) == ["Talks 2"]


class Forgetful:
    """A store whose items are gone when they are to be read."""

    def __init__(self, store):
        self._store = store

    def __getattr__(self, name):
        return getattr(self._store, name)

    def archived_items(self, ids, feeds):
        return []


def test_a_page_whose_items_were_pruned_meanwhile_is_not_the_last(library):
    library.say(*[f"Talks {number}" for number in range(5)])
    found = search(Forgetful(library.store), "talks", back=DAYS, now=library.now, effort=Effort(read=2))
    assert (found.found, found.reached) == ([], None)
    assert titles(page(library, "talks", after=found.more)) == ["Talks 2", "Talks 1", "Talks 0"]


def test_only_the_newest_of_what_is_found_are_ranked(library):
    library.say("Talks talks talks", *[f"Talks {number}" for number in range(5)])
    found = page(library, "talks", by="relevance", effort=Effort(ranked=3, at_once=2))
    assert (titles(found), found.reached) == (["Talks 4", "Talks 3", "Talks 2"], library.now - HOUR)


def test_long_archives_are_asked_stretch_by_stretch(library):
    library.say(*[f"{'Rain' if number % 3 else 'Talks'} {number}" for number in range(40)])
    library.index()
    assert titles(page(library, "talks", effort=Effort(stretch=4))) == [
        f"Talks {number}" for number in range(39, -1, -3)
    ]


def test_what_takes_too_long_goes_on_from_where_it_stopped(library):
    library.say(*[f"{'Rain' if number % 2 else 'Talks'} {number}" for number in range(12)])
    seconds = count()
    found = page(library, "/talks/", effort=Effort(at_once=4, seconds=1), clock=lambda: next(seconds))
    assert (titles(found), found.reached) == (["Talks 10", "Talks 8"], library.now - HOUR)
    rest = page(library, "/talks/", after=found.more)
    assert (titles(rest), rest.reached) == (["Talks 6", "Talks 4", "Talks 2", "Talks 0"], None)
