"""What `plan` says of new and changed queries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from unit.pipeline.library import Library

from config.values import Configuration, FeedLine, NotifyLine, SubscriberLine, WatchListLine
from worker.pipeline import effects, sync
from worker.pipeline.effects import with_effects
from worker.records import Change


@pytest.fixture
def library(store) -> Library:
    return Library(store)


def watching(*lines, **queries):
    notify = (NotifyLine("desk"),)
    made = tuple(WatchListLine(name, query=query, notify=notify) for name, query in queries.items())
    return Configuration(watch_lists=(*made, *lines), subscribers=(SubscriberLine("desk"),))


def told(library, wanted):
    changes = [
        Change("watch_list", change.action, change.name, change.detail)
        for change in sync.plan(library.store, wanted)
        if change.kind == "watch_list"
    ]
    found = with_effects(library.store, changes, wanted, now=library.now)
    return {change.name: change.detail for change in found}


def test_a_new_query_says_what_it_finds_and_a_changed_one_what_it_gains_and_loses(library):
    library.say("Kyiv speaks", "Kyiv sings", "Odesa waits", "Lviv rests")
    before = watching(Kyiv="kyiv", Same="lviv")
    sync.apply(library.store, before, now=library.now)
    details = told(library, watching(Kyiv="kyiv -sings OR odesa", Same="lviv", Lviv="lviv"))
    assert details["Kyiv"].endswith("in 7 days +1 -1 items, 1 as before")
    assert details["Lviv"] == "in 7 days 1 items, 1.0 alerts a day"
    assert "Same" not in details


def test_a_renamed_list_is_compared_with_what_it_was(library):
    library.say("Kyiv speaks", "Odesa waits")
    sync.apply(library.store, watching(Old="kyiv"), now=library.now)
    line = WatchListLine("New", query="kyiv OR odesa", notify=(NotifyLine("desk"),), renamed_from="Old")
    assert told(library, watching(line))["New"].endswith("in 7 days +1 -0 items, 1 as before")


def test_with_other_tags_nothing_is_compared(library):
    library.say("Kyiv speaks", "Kyiv sings")
    tagged = WatchListLine("Kyiv", query="kyiv", feed_tags=("nowhere",), notify=(NotifyLine("desk"),))
    sync.apply(library.store, watching(tagged), now=library.now)
    assert told(library, watching(Kyiv="kyiv"))["Kyiv"].endswith("in 7 days 2 items, 2.0 alerts a day")


def test_what_is_too_long_to_be_asked_in_one_says_so(library):
    library.say("Kyiv speaks")
    words = {name: " OR ".join(f"{name}{number}" for number in range(300)) for name in ("first", "second")}
    details = told(library, watching(**words, Both="list:first OR list:second"))
    assert details["first"] == "in 7 days 0 items, 0.0 alerts a day"
    assert "not looked for in the archive: write at most 500" in details["Both"]


def test_what_changes_no_query_has_no_effect_to_tell(library):
    library.say("Kyiv speaks")
    sync.apply(library.store, watching(Kyiv="kyiv"), now=library.now)
    line = WatchListLine("Kyiv", query="kyiv", alert="every", notify=(NotifyLine("desk"),))
    assert "in 7 days" not in told(library, watching(line))["Kyiv"]


def test_a_list_refers_to_others_as_they_are_to_be_and_is_never_taken_for_its_namesake(library):
    library.say("Kyiv speaks", "Odesa waits")
    sync.apply(library.store, watching(Sea="crimea", odesa="kyiv"), now=library.now)
    details = told(library, watching(Sea="odesa", odesa="odesa", Both="kyiv list:Sea OR odesa"))
    assert details["Sea"].endswith("+1 -0 items, 0 as before")
    assert details["odesa"].endswith("+1 -1 items, 0 as before")
    assert details["Both"].startswith("in 7 days 1 items")


@pytest.mark.parametrize("said", [(), ("Kyiv speaks",)])
def test_removed_lists_feeds_and_an_empty_archive_have_none(library, said):
    if said:
        library.say(*said)
    sync.apply(library.store, watching(Kyiv="kyiv"), now=library.now)
    wanted = Configuration(feeds=(FeedLine("https://x.example/rss"),))
    if not said:
        wanted = Configuration(wanted.feeds, (), *_parts(watching(Odesa="odesa")))
    changes = sync.plan(library.store, wanted)
    assert with_effects(library.store, changes, wanted, now=library.now) == changes


def _parts(configuration):
    return configuration.watch_lists, configuration.subscribers


def test_of_very_many_lists_the_first_are_told(library):
    library.say("Kyiv speaks")
    lists = {f"List {number:02}": "kyiv" for number in range(effects.MOST + 2)}
    details = told(library, watching(**lists))
    assert [bool(details[name]) for name in lists] == [True] * effects.MOST + [False, False]


def test_an_estimate_says_so(library):
    found = effects.preview(library.store, "kyiv", back=timedelta(days=1), now=library.now)
    assert effects._said(effects.replace(found, estimated=True, items=3)).startswith("about 3 items")
