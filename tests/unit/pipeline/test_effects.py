"""What `plan` says of new and changed queries."""

from __future__ import annotations

import pytest
from unit.pipeline.library import Library

from config.values import Configuration, FeedLine, NotifyLine, SubscriberLine, WatchListLine
from worker.pipeline import effects, sync
from worker.pipeline.counting import Compared, Counts
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
    return {change.name: change.detail for change in found.changes}


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


def test_what_refers_to_a_list_changes_with_it(library):
    library.say("Kyiv speaks", "Kyiv sings", "Odesa waits")
    names = [f"List {number}" for number in range(4)]
    following = dict.fromkeys(names, "list:Port")
    sync.apply(library.store, watching(Port="kyiv", **following), now=library.now)
    changed = WatchListLine(names[0], query="list:Port", notify=(NotifyLine("desk"),), alert="every")
    rest = dict.fromkeys(names[1:], "list:Port")
    details = told(library, watching(changed, Port="odesa", **rest))
    assert details["Port"].endswith(
        "in 7 days +1 -2 items, 0 as before; with it 'List 0', 'List 1', 'List 2' and 1 more"
    )
    assert details["List 0"].endswith("in 7 days +1 -2 items, 0 as before, 1.0 alerts a day instead of 2.0")
    assert set(details) == {"Port", "List 0"}
    only = told(library, watching(Port="odesa", **{names[0]: "list:Port"}))
    assert only["Port"].endswith("; with it 'List 0'"), "and not those that are removed"


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
    line = WatchListLine("Kyiv", query="kyiv", notify=(NotifyLine("desk", at_most=5),))
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
    assert with_effects(library.store, changes, wanted, now=library.now) == (changes, 0)


def _parts(configuration):
    return configuration.watch_lists, configuration.subscribers


def alerting(name, query, alert, **more):
    return WatchListLine(name, query=query, alert=alert, notify=(NotifyLine("desk"),), **more)


def a_story_of_two(library):
    """One text by two feeds, and an item of its own."""
    text = "Kyiv says that the grain has left the port of Odesa, where twelve ships wait for the tide and the pilots."
    library.say(f"Kyiv speaks | {text}")
    library.say(f"Kyiv speaks | {text}", feed="two")
    library.say("Kyiv sings | Nothing else is known of it.", feed="three")


def test_alerts_are_counted_as_the_list_tells_them(library):
    a_story_of_two(library)
    details = told(library, watching(alerting("First", "kyiv", "first"), alerting("Every", "kyiv", "every")))
    assert details["First"] == "in 7 days 3 items, 2.0 alerts a day"
    assert details["Every"] == "in 7 days 3 items, 3.0 alerts a day"


def test_telling_in_another_way_says_how_many_alerts_that_makes(library):
    a_story_of_two(library)
    sync.apply(library.store, watching(Kyiv="kyiv", Songs="sings"), now=library.now)
    details = told(library, watching(alerting("Kyiv", "kyiv", "every"), alerting("Songs", "kyiv", "every")))
    assert details["Kyiv"] == "alert; in 7 days 3 items as before, 3.0 alerts a day instead of 2.0"
    assert details["Songs"].endswith("in 7 days +2 -0 items, 1 as before, 3.0 alerts a day instead of 1.0")


def test_lists_that_pass_their_names_on_are_compared_with_themselves(library):
    library.say("Kyiv speaks", "Odesa waits", "Lviv rests")
    sync.apply(library.store, watching(A="kyiv", B="odesa"), now=library.now)
    moved = [alerting("B", "kyiv OR lviv", "first", renamed_from="A"), alerting("C", "lviv", "first", renamed_from="B")]
    details = told(library, watching(*moved))
    assert details["B"].endswith("in 7 days +1 -0 items, 1 as before")
    assert details["C"].endswith("in 7 days +1 -1 items, 0 as before")


def test_a_new_list_under_a_name_that_moves_on_is_compared_with_none(library):
    library.say("Kyiv speaks", "Odesa waits")
    sync.apply(library.store, watching(A="kyiv"), now=library.now)
    taken = [alerting("B", "kyiv", "first", renamed_from="A"), alerting("A", "odesa", "first", renamed_from="Nobody")]
    details = told(library, watching(*taken))
    assert details["A"].endswith("in 7 days 1 items, 1.0 alerts a day")
    assert "in 7 days" not in details["B"]


def test_of_very_many_lists_the_first_are_told_and_the_others_counted(library):
    library.say("Kyiv speaks")
    same = WatchListLine("Ever", query="kyiv", notify=(NotifyLine("desk"),))
    sync.apply(library.store, watching(same), now=library.now)
    lists = {f"List {number:02}": "kyiv" for number in range(effects.MOST + 2)}
    other = WatchListLine("Ever", query="kyiv", notify=(NotifyLine("desk", at_most=5),))
    details = told(library, watching(other, **lists))
    assert [bool(details[name]) for name in lists] == [True] * effects.MOST + [False, False]
    wanted = watching(other, **lists)
    assert with_effects(library.store, sync.plan(library.store, wanted), wanted, now=library.now).untold == 2


def test_an_estimate_says_so():
    assert effects._counted(Counts(3, 2.5, estimated=True)) == "about 3 items, 2.5 alerts a day"
    found = Compared(1, 2, 3, None, estimated=True)
    assert effects._compared(found, same=False) == "about +1 -2 items, 3 as before"
    assert effects._compared(found, same=True) == "about 3 items as before"


def test_only_what_is_said_is_looked_for(library, monkeypatch):
    """No samples, no near misses: where the index tells all, no item is read."""
    library.say("Kyiv speaks", "Kyiv sings", "Odesa waits")
    library.index()
    sync.apply(library.store, watching(Kyiv="kyiv"), now=library.now)
    read = []
    monkeypatch.setattr(library.store, "archived_items", lambda ids, feeds: read.append((ids, feeds)) or [])
    details = told(library, watching(Kyiv="kyiv -sings OR odesa", New="odesa"))
    assert details["Kyiv"].endswith("in 7 days +1 -1 items, 1 as before")
    assert details["New"] == "in 7 days 1 items, 1.0 alerts a day"
    assert read == []
