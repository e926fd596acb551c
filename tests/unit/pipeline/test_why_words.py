"""The words in which an item's way is told, case by case; `test_why` has them from real polls and deliveries."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from worker.pipeline.absent import absent, host_and_domain, nearest
from worker.pipeline.arrival import arrival, silence
from worker.pipeline.asked_lists import MOST_LISTS, MOST_TOLD, Asked, list_steps
from worker.pipeline.feed_words import feed_fault, feed_step
from worker.pipeline.heard import heard
from worker.pipeline.steps import Step, in_order, length
from worker.pipeline.verdict import verdict
from worker.records.trail import (
    AskedList,
    NearItem,
    Trail,
    TrailAlert,
    TrailDelivery,
    TrailDigest,
    TrailFeed,
    TrailItem,
    TrailMatch,
    TrailReport,
    TrailRun,
    TrailStory,
    TrailUpdate,
)
from worker.watchlists.model import Matchable, WatchList

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
JUST_NOW, AN_HOUR_AGO = "2026-03-01 12:00:00 UTC", "2026-03-01 11:00:00 UTC"
BY_HEADLINE = "it has the same headline and hardly any text"
ITEM = TrailItem(
    id=7,
    feed=1,
    feed_name="North",
    story=3,
    title="Kyiv talks",
    link="https://north.example/7",
    language="en",
    published=NOW - MINUTE,
    updated=None,
    first_seen=NOW,
    last_seen=NOW,
    news=True,
    matchable=Matchable("Kyiv talks", "They went on until the morning.", language="en"),
)
FEED = TrailFeed(
    id=1,
    name="North",
    url="https://north.example/feed",
    hosts=("north.example",),
    state="ok",
    created_at=NOW - DAY,
    next_poll_at=NOW + HOUR,
    last_polled_at=NOW,
    last_good_at=NOW,
)
RUN = TrailRun(run=4, at=NOW, until=NOW, polls=1, outcome="new", status=200, new_items=2, note=None)
FIRST = TrailReport(2, "South", "Kyiv", None, NOW - HOUR)
STORY = TrailStory(3, "Kyiv", 2, 1, FIRST)
ALERT = TrailAlert(11, 5, "Kyiv", "desk", 3, 7, "told", NOW, lead=11, at_most=1)
SENT = TrailDelivery(21, "alert", 11, 0, "log", "sent", 1, NOW, NOW, NOW)
DIGEST = TrailDigest(31, "spill", NOW + HOUR, NOW)
TRAIL = Trail(ITEM, FEED, runs=(RUN,), story=STORY)


def alone(text):
    """An alert list of one: "Kyiv" for this query."""
    return AskedList(WatchList(5, "Kyiv", text), "active", NOW - DAY)


def reason_of(trail, lists=()):
    return verdict(trail, lists, fresh_for=DAY)


def words(steps):
    return [(step.step, step.result, step.detail) for step in steps]


# How it came.


def test_the_poll_that_brought_it_is_looked_up_in_the_journal():
    def poll(*runs):
        return words(arrival(replace(TRAIL, runs=runs), fresh_for=DAY))[0]

    where = "North, https://north.example/feed: "
    assert poll(RUN) == ("poll", "new", f"{where}HTTP 200, 2 new")
    noted = replace(RUN, polls=3, at=NOW - HOUR, note="moved")
    assert poll(noted) == ("poll", "new", f"{where}HTTP 200, 2 new, 3 polls alike; moved")
    assert poll(replace(RUN, status=None))[2] == f"{where}no answer, 2 new"
    later = replace(RUN, at=NOW + HOUR, until=NOW + HOUR)
    assert poll(later) == ("poll", "unknown", f"{where}the journal reaches not so far back")
    assert poll(replace(later, run=0))[2] == f"{where}comes from no poll that the journal has"


@pytest.mark.parametrize(
    ("said", "detail"),
    [
        ({}, "kept as news: dated 2026-03-01 11:59:00 UTC, first seen 1 min later"),
        ({"published": None}, "kept as news: it has no date to be believed, and was not there before"),
        ({"published": NOW + HOUR}, "kept as news: dated 2026-03-01 13:00:00 UTC"),
        (
            {"published": None, "updated": NOW - HOUR},
            "kept as news: dated 2026-03-01 11:00:00 UTC, first seen 60 min later",
        ),
    ],
)
def test_of_news_the_date_is_told(said, detail):
    trail = replace(TRAIL, item=replace(ITEM, **said))
    assert words(arrival(trail, fresh_for=DAY))[1] == ("item", "news", detail)


@pytest.mark.parametrize(
    ("dated", "runs", "why"),
    [
        (NOW - 3 * DAY, [replace(RUN, run=0)], "dated 2026-02-26 12:00:00 UTC, 3 d before the feed's first poll, which counts 1d back as news"),
        (None, [replace(RUN, run=0)], "it has no date to be believed, and came with the feed's first poll"),
        (None, [], "it has no date to be believed, and came with the feed's first poll"),
        (None, [replace(RUN, run=0, at=NOW - DAY, until=NOW - DAY), RUN], "by its date then, or by what fresh_for was then"),
        (NOW - 3 * DAY, [], "dated 2026-02-26 12:00:00 UTC, more than 1d before it was first seen"),
        (NOW - HOUR, [replace(RUN, run=0)], "by its date then, or by what fresh_for was then"),
        (
            NOW - 3 * DAY,
            [replace(RUN, run=3, at=NOW - HOUR, until=NOW - HOUR), RUN],
            "dated 2026-02-26 12:00:00 UTC, more than 1d before 2026-03-01 11:00:00 UTC, when the feed was polled before",
        ),
        (
            NOW - 3 * DAY,
            [replace(RUN, run=0, outcome="error", status=500, at=NOW - HOUR, until=NOW - HOUR), replace(RUN, run=1)],
            "dated 2026-02-26 12:00:00 UTC, 3 d before the feed's first poll, which counts 1d back as news",
        ),
        (NOW, [replace(RUN, run=0, at=NOW + HOUR, until=NOW + HOUR)], "it was read from the feed's older documents when the feed was added"),
    ],
)  # fmt: skip
def test_the_rule_by_which_it_is_no_news_is_told(dated, runs, why):
    trail = replace(TRAIL, item=replace(ITEM, published=dated, news=False), runs=tuple(runs))
    assert silence(trail, fresh_for=DAY) == why
    assert reason_of(trail) == ("archived", f"it went into the archive silently: {why}")


def test_a_poll_that_moved_the_feed_was_a_good_one_if_it_was_answered():
    assert replace(RUN, outcome="moved").good
    assert not replace(RUN, outcome="moved", status=410).good


@pytest.mark.parametrize(
    ("item", "story", "told"),
    [
        ({}, STORY, ("story", "began", "it began sty_3, which has 2 reports now")),
        (
            {"folded": "headline"},
            STORY,
            (
                "story",
                "copy",
                f"it is a report of sty_3, which has 2 reports: {BY_HEADLINE} as itm_2 of South, which came {AN_HOUR_AGO}",
            ),
        ),
        (
            {"folded": "words"},
            replace(STORY, reports=1, first=None),
            ("story", "copy", "it is a report of sty_3, which has 1 report: by words"),
        ),
        ({"story": None}, None, ("story", "none", "it is in no story: too old for that when it came")),
    ],
)
def test_its_place_in_a_story_is_told(item, story, told):
    steps = words(arrival(replace(TRAIL, item=replace(ITEM, **item), story=story), fresh_for=DAY))
    assert steps[-1] == told


def test_what_was_taken_out_of_a_story_by_hand_is_told_so():
    split = replace(STORY, split_from=2, split_at=NOW)
    steps = words(arrival(replace(TRAIL, story=split), fresh_for=DAY))
    assert steps[-1] == ("story", "split", "sty_3 was taken out of sty_2 by hand")


def test_what_waits_for_matching_has_no_story_yet():
    waiting = replace(TRAIL, item=replace(ITEM, waits_since=NOW, story=None), story=None)
    assert words(arrival(waiting, fresh_for=DAY))[-1][:2] == ("matching", "waiting")
    assert reason_of(waiting).reason == "unmatched"
    lost = replace(TRAIL, item=replace(ITEM, gave_up=True, story=None), story=None)
    assert words(arrival(lost, fresh_for=DAY))[-1][:2] == ("matching", "quarantined")
    assert reason_of(lost).reason == "quarantined"


# How its feed is doing.


@pytest.mark.parametrize(
    ("feed", "result", "said"),
    [
        ({}, None, "polled well last 2026-03-01 12:00:00 UTC"),
        ({"state": "stale"}, None, "silent for longer than is its way, polled well last 2026-03-01 12:00:00 UTC"),
        (
            {"gap_from": NOW - HOUR, "gap_until": NOW},
            None,
            f"polled well last {JUST_NOW}; items may have come and gone unseen between {AN_HOUR_AGO} and {JUST_NOW}",
        ),
        ({"removed_at": NOW}, "removed", "removed 2026-03-01 12:00:00 UTC, and polled no more"),
        ({"merged_into": "South"}, "merged", "it moved to the address of South, and is polled as that"),
        ({"paused": True, "state": "disabled"}, "paused", "paused by hand, and not polled"),
        (
            {"state": "quarantined"},
            "quarantined",
            "polling it ended processes again and again, so it is not polled any more",
        ),
        (
            {"state": "blocked", "failures": 1, "last_good_at": None},
            "blocked",
            "its server turns us away (never polled well, 1 failure in a row)",
        ),
        ({"last_polled_at": None}, "new", "never polled yet; its first poll is due 2026-03-01 13:00:00 UTC"),
    ],
)
def test_how_a_feed_is_doing_is_told(feed, result, said):
    one = replace(FEED, **feed)
    assert feed_fault(one) == (None if result is None else (result, said))
    assert feed_step(one).detail == f"North, https://north.example/feed: {said}"


# What was never there.


def test_the_feed_at_fault_is_told_of_first():
    removed, broken = replace(FEED, removed_at=NOW), replace(FEED, id=2, name="South", state="broken")
    paused = replace(FEED, id=3, name="West", paused=True)

    def reason(*feeds):
        return absent("https://north.example/1", "north.example", feeds, [])[0].reason

    assert reason(FEED, paused, broken) == "feed_broken"
    assert reason(FEED, paused) == "feed_paused"
    assert reason(FEED, removed) == "not_in_feed"
    assert reason(removed) == "feed_removed"
    assert reason(FEED, replace(FEED, gap_from=NOW, gap_until=NOW)) == "gap"


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://News.BBC.co.uk/x", ("news.bbc.co.uk", "bbc.co.uk")),
        ("https://www.wiki.lan/x", ("www.wiki.lan", "wiki.lan")),
        ("http://127.0.0.1:8801/x", ("127.0.0.1:8801", "127.0.0.1:8801")),
        ("http://10.1.2.3/x", ("10.1.2.3", "10.1.2.3")),
        ("http://intranet/x", ("intranet", "intranet")),
        ("https://", None),
        ("https://[x", None),
    ],
)
def test_whose_an_address_is(url, place):
    assert host_and_domain(url) == place


def test_the_nearest_addresses_are_offered():
    def near(number, link):
        return NearItem(number, "North", "Title", link, NOW)

    given = [
        near(1, "https://a.example/2026/03/kyiv-talks-end"),
        near(2, "https://a.example/sport"),
        near(3, "https://a.example/2026/03/kyiv-talks-begin"),
        near(4, "https://a.example/2026/03/kyiv-talks-beg"),
        near(5, "https://a.example/2026/03/kyiv-talks-beginning"),
        near(6, "https://[broken"),
    ]
    assert [item.id for item in nearest("https://a.example/2026/03/kyiv-talks-begins", given)] == [3, 4, 5]
    assert nearest("https://a.example/zzz", given) == []


# Which lists met it.


def lists_of(*lists, trail=TRAIL, **more):
    asked = Asked(lists, {one.definition.name: one.definition.query for one in lists}, **more)
    return [(step.result, step.detail) for step in list_steps(trail, asked)]


@pytest.mark.parametrize(
    ("one", "told"),
    [
        ({"removed_at": NOW}, ("removed", "Kyiv: it would meet the item, but was removed 2026-03-01 12:00:00 UTC")),
        ({"state": "paused"}, ("paused", "Kyiv: it would meet the item, but is paused")),
        ({"state": "broken", "broken_why": "slow"}, ("broken", "Kyiv: it would meet the item, but is broken: slow")),
        ({"created_at": NOW + HOUR}, ("made_later", "Kyiv: it would meet the item, but the list was made later, 2026-03-01 13:00:00 UTC")),
        ({"asked_since": NOW + HOUR}, ("asked_later", "Kyiv: it would meet the item, but was changed, resumed or brought back later, 2026-03-01 13:00:00 UTC")),
        ({"asked_since": NOW - HOUR}, ("changed", "Kyiv: it would meet the item as both are now: one of them, or its feed's tags, was changed later")),
        ({}, ("changed", "Kyiv: it would meet the item as both are now: one of them, or its feed's tags, was changed later")),
    ],
)  # fmt: skip
def test_why_a_list_did_not_meet_what_it_looks_for(one, told):
    named = replace(alone("kyiv"), **one)
    assert lists_of(named=named) == [told]
    assert reason_of(TRAIL, list(list_steps(TRAIL, Asked((), {}, named)))).reason == told[0]


THEN, AT_ONE = NOW + 30 * MINUTE, "2026-03-01 13:00:00 UTC"
AS_NOW = "as the query is now: lviv: not in it"
CHANGED = f"the list was changed, resumed or brought back later, {AT_ONE}"
WRONG = "there is no watch list 'Nobody'"
BROKEN = {"state": "broken", "broken_why": WRONG}


def answer(query, trail=TRAIL, *, scope=(), **more):
    """What one list has to say, without its name, and when that was so."""
    one = replace(alone(query), definition=WatchList(5, "Kyiv", query, frozenset(scope)), **more)
    (step,) = list_steps(trail, Asked((), {}, one))
    return step.result, step.detail.removeprefix("Kyiv: "), step.at


@pytest.mark.parametrize(
    ("query", "one", "told"),
    [
        ("lviv", {"created_at": NOW}, ("not_met", "lviv: not in it", NOW)),
        ("lviv", {"asked_since": NOW}, ("not_met", "lviv: not in it", NOW)),
        ("lviv", {"created_at": NOW + HOUR, "asked_since": NOW + 2 * HOUR}, ("made_later", f"the list was made later, {AT_ONE}; {AS_NOW}", NOW + HOUR)),
        ("lviv", {"asked_since": NOW + HOUR}, ("asked_later", f"{CHANGED}; {AS_NOW}", NOW + HOUR)),
        ("kyiv", {"asked_since": NOW + HOUR, "scope": ["sport"]}, ("asked_later", f"{CHANGED}; as the list is now: feeds: tags [sport]: its feed has no tags", NOW + HOUR)),
        ("lviv", {"asked_since": NOW + HOUR, "state": "paused"}, ("asked_later", f"{CHANGED}; {AS_NOW}; it is paused now", NOW + HOUR)),
        ("lviv", {"asked_since": NOW + HOUR, "removed_at": NOW + HOUR}, ("asked_later", f"{CHANGED}; {AS_NOW}; it was removed {AT_ONE}", NOW + HOUR)),
        ("lviv", {"asked_since": NOW + HOUR, "state": "broken", "broken_why": "slow"}, ("asked_later", f"{CHANGED}; {AS_NOW}; it is broken now: slow", NOW + HOUR)),
        ("kyiv", {"created_at": THEN, "state": "broken", "broken_why": "slow", "broken_since": NOW + HOUR}, ("made_later", f"it would meet the item, but the list was made later, 2026-03-01 12:30:00 UTC; it is broken since {AT_ONE}: slow", THEN)),
        ("list:Nobody", {"created_at": THEN, "broken_since": NOW + HOUR, **BROKEN}, ("made_later", f"the list was made later, 2026-03-01 12:30:00 UTC; as the query is now, it is wrong: {WRONG}; it is broken since {AT_ONE}", THEN)),
        ("list:Nobody", BROKEN, ("broken", f"its query is wrong: {WRONG}", None)),
        ("list:Nobody", BROKEN | {"broken_since": NOW + HOUR}, ("broken", f"its query is wrong: {WRONG}; it is broken since {AT_ONE}", NOW + HOUR)),
        ("list:Nobody", BROKEN | {"broken_since": NOW - HOUR}, ("broken", f"its query is wrong: {WRONG}; it is broken since {AN_HOUR_AGO}", NOW)),
        ("kyiv", {"state": "broken", "broken_why": "slow", "broken_since": NOW + HOUR}, ("broken", f"it would meet the item, but is broken since {AT_ONE}: slow", NOW + HOUR)),
        ("kyiv", {"state": "paused"}, ("paused", "it would meet the item, but is paused", None)),
        ("kyiv", {"removed_at": NOW + HOUR}, ("removed", f"it would meet the item, but was removed {AT_ONE}", NOW + HOUR)),
        ("lviv", {"removed_at": NOW - HOUR}, ("removed", f"it was removed {AN_HOUR_AGO}; as the query was: lviv: not in it", NOW)),
        ("lviv", {"removed_at": NOW + HOUR}, ("not_met", "lviv: not in it", NOW)),
        ("list:Nobody", {"removed_at": NOW + HOUR}, ("removed", f"it was removed {AT_ONE}; as the query was, it is wrong: {WRONG}", NOW + HOUR)),
    ],
)  # fmt: skip
def test_a_list_says_nothing_of_a_time_before_it_asked_what_it_asks(query, one, told):
    assert answer(query, **one) == told


def test_an_item_that_changed_was_looked_at_again():
    again = replace(TRAIL, revised=(NOW + HOUR,))
    assert answer("lviv", again, created_at=THEN) == ("not_met", "lviv: not in it", NOW + HOUR)
    assert answer("kyiv", again, created_at=THEN)[0] == "changed"
    assert answer("lviv", again, created_at=NOW + 2 * HOUR)[0] == "made_later"


def test_that_another_list_met_it_tells_when_lists_looked():
    matched = replace(TRAIL, matches=(TrailMatch(4, "Other", (), NOW + HOUR),))
    _, kyiv = list_steps(matched, Asked((), {}, replace(alone("lviv"), created_at=THEN)))
    assert (kyiv.result, kyiv.at) == ("not_met", NOW + HOUR)


def test_no_list_is_too_late_for_what_none_has_seen_but_none_speaks_of_a_time_before_it_was_made():
    for item in (replace(ITEM, waits_since=NOW), replace(ITEM, gave_up=True)):
        waits = replace(TRAIL, item=item)
        assert answer("lviv", waits, created_at=THEN) == ("not_met", "lviv: not in it", THEN)
        assert answer("kyiv", waits, asked_since=THEN) == ("would_meet", "it would meet the item", THEN)
        assert answer("lviv", waits, removed_at=THEN)[0] == "removed"
    archived = replace(TRAIL, item=replace(ITEM, news=False))
    assert answer("lviv", archived, created_at=THEN)[::2] == ("made_later", THEN)
    assert answer("kyiv", archived, created_at=THEN)[::2] == ("would_meet", THEN)


def test_a_list_that_came_too_late_and_would_not_meet_it_is_told_last():
    late = replace(alone("lviv"), created_at=NOW + HOUR)
    there = replace(alone("odesa"), definition=WatchList(6, "Odesa", "odesa"))
    of_late = f"Kyiv: the list was made later, {AT_ONE}; {AS_NOW}"

    def told(*lists, named=None):
        steps = list(list_steps(TRAIL, Asked(lists, {}, named)))
        return verdict(TRAIL, steps, fresh_for=DAY, named=named is not None)

    assert told(late, there) == ("no_match", "no watch list met it; Odesa: odesa: not in it")
    assert told(late) == ("no_match", f"no watch list met it; {of_late}")
    assert told(named=late) == ("made_later", of_late)
    would = replace(there, definition=WatchList(6, "Odesa", "talks"), asked_since=NOW + HOUR)
    assert told(late, would).reason == "asked_later"


def test_what_no_list_has_seen_yet_is_asked_all_the_same():
    for item in (replace(ITEM, waits_since=NOW), replace(ITEM, gave_up=True), replace(ITEM, news=False)):
        [(result, _)] = lists_of(alone("kyiv"), trail=replace(TRAIL, item=item))
        assert result == "would_meet"


def test_of_lists_that_did_not_meet_it_the_nearest_is_told():
    def list_of(name, query, **more):
        return AskedList(WatchList(len(name), name, query, **more), "active", NOW)

    far, near = list_of("Far", "lviv -odesa"), list_of("Near", "lviv kyiv")
    scoped = list_of("Scoped", "kyiv", feed_tags=frozenset({"sport"}))

    def told(*lists):
        return reason_of(TRAIL, list(list_steps(TRAIL, Asked(lists, {}))))

    assert told(far).text == "no watch list met it; Far: lviv: not in it (the other 1 clause met)"
    assert told(far, near).text.startswith("no watch list met it; Near: ")
    assert told(far, near, scoped).text.startswith("no watch list met it; Scoped: feeds: tags [sport]")
    assert {told(*lists).reason for lists in ((far,), (near,), (scoped,))} == {"no_match"}


def test_a_list_that_limits_feeds_or_languages_says_so():
    scoped = replace(alone("kyiv"), definition=WatchList(5, "Kyiv", "kyiv", frozenset({"sport"}), frozenset({"uk"})))
    assert lists_of(scoped) == [
        ("scope", "Kyiv: feeds: tags [sport]: its feed has no tags; languages: [uk]: the item is in en")
    ]


def test_a_wrong_query_is_told_as_broken():
    [(result, detail)] = lists_of(alone("list:Nobody"))
    assert (result, detail) == ("broken", "Kyiv: its query is wrong: there is no watch list 'Nobody'")


def test_long_clauses_are_cut():
    [(_, detail)] = lists_of(alone(" OR ".join(f"word{number}" for number in range(50))))
    assert detail.startswith("Kyiv: word0 OR word1")
    assert detail.endswith("...: none of these is met")
    assert len(detail) < 170


def test_of_many_lists_those_that_came_near_are_told():
    far = [AskedList(WatchList(number, f"L{number:04}", "lviv"), "active", NOW) for number in range(MOST_LISTS + 1)]
    near = [replace(one, definition=replace(one.definition, query="lviv kyiv")) for one in far[:40]]
    told = lists_of(*near, *far[40:])
    assert told[0] == ("nearly", "L0000: lviv: not in it (the other 1 clause met)")
    assert len(told) == MOST_TOLD + 2
    assert told[-2] == ("not_met", "1980 other watch lists did not meet it")
    assert told[-1] == ("unknown", "only the first 2,000 watch lists were asked: --list NAME asks one")


def test_a_list_that_met_it_says_what_came_of_that():
    met = TrailMatch(5, "Kyiv", ("Kyiv", "talks"), NOW)

    def said(*alerts, terms=("Kyiv", "talks")):
        trail = replace(TRAIL, matches=(replace(met, terms=terms),), alerts=alerts)
        return lists_of(alone("kyiv"), trail=trail)

    assert said(ALERT) == [("met", "Kyiv: Kyiv, talks is in it")]
    assert said() == [("met", "Kyiv: Kyiv, talks is in it; nobody was to hear of it")]
    assert said(ALERT, terms=()) == [("met", "Kyiv: it met the item")]
    other = replace(ALERT, id=9, item=2)
    assert said(other)[0][1].endswith("; the story was told before, for itm_2 (alt_9)")
    for state, became in (
        ("held", "the story waits to be told"),
        ("new", "the story waits to be told"),
        ("merged", "the story is told by another list"),
        ("cancelled", "the story's alert was cancelled"),
    ):
        assert said(replace(other, state=state))[0][1].endswith(f"; {became}, for itm_2 (alt_9)")
    cancelled = replace(other, state="cancelled")
    assert said(cancelled, replace(other, id=10))[0][1].endswith("; the story was told before, for itm_2 (alt_10)")
    assert said(cancelled, ALERT) == [("met", "Kyiv: Kyiv, talks is in it")]
    nobody = reason_of(replace(TRAIL, matches=(met,)))
    assert nobody == ("nobody", "Kyiv met it, but nobody was to hear of that")


def test_of_very_many_lists_that_met_it_the_others_are_counted_and_none_is_asked_again():
    met = TrailMatch(4, "Kyiv", ("Kyiv",), NOW)
    lists = [AskedList(WatchList(number, f"L{number}", "kyiv"), "active", NOW) for number in range(4, 8)]
    other = replace(ALERT, watch_list=3)
    trail = replace(TRAIL, matches=(met,), also_met=frozenset({5, 6, 7}), alerts=(other,), more_alerts=9)
    assert lists_of(*lists, trail=trail) == [("met", "Kyiv: Kyiv is in it"), ("met", "3 other watch lists met it")]
    assert words(heard(trail))[1:] == [
        ("alert", "more", "9 more alerts of the story: --list NAME tells those of one list")
    ]
    copied = replace(trail, alerts=(replace(other, watch_list=6, item=2),))
    assert reason_of(copied).reason == "told_before"


def test_without_any_list_that_is_told():
    assert reason_of(TRAIL) == ("no_match", "there is no watch list that could have met it")


# What was told.


def test_how_each_alert_was_told():
    def how(digest=None, **more):
        alert = replace(ALERT, digest=None if digest is None else 31, **more)
        trail = replace(TRAIL, alerts=(alert,), digests=() if digest is None else (digest,))
        return next(heard(trail)).detail.removeprefix("alt_11: Kyiv tells desk")

    assert how() == "; in a message of its own"
    assert how(lead=9) == "; in one message, with those of alt_9"
    assert how(lead=None) == "; in a message of its own"
    assert how(item=2) == " of the story by another report, itm_2; in a message of its own"
    assert how(state="merged", lead=9).endswith("by another list (alt_9), so this one says nothing more")
    assert how(state="merged", lead=None).endswith("by another list, so this one says nothing more")
    assert how(state="cancelled") == "; cancelled, for there was nobody left to tell"
    assert how(state="cancelled", ended="the watch list is paused") == "; cancelled, for the watch list is paused"
    assert (
        how(state="cancelled", ended="desk was removed", ended_at=NOW)
        == f"; cancelled, for desk was removed {JUST_NOW}"
    )
    held = {"lead": None, "state": "held"}
    due = "the digest due 2026-03-01 13:00:00 UTC"
    assert how(DIGEST, **held) == f"; more than at_most (1 per hour), so it spills into {due}"
    assert how(DIGEST, at_most=None, **held) == f"; more than at_most, so it spills into {due}"
    assert how(replace(DIGEST, kind="quiet"), **held) == f"; quiet hours hold it for {due}"
    assert how(replace(DIGEST, kind="quiet", closed_at=NOW + HOUR), **held) == f"; quiet hours held it for {due}"
    assert how(replace(DIGEST, kind="scheduled"), **held) == f"; the list is told at set times, in {due}"
    assert how(replace(DIGEST, kind="other"), **held) == f"; it is in {due}"


def test_updates_digests_and_messages_are_told():
    trail = replace(
        TRAIL,
        alerts=(ALERT,),
        updates=(
            TrailUpdate(41, 11, 1, "corrected", NOW, lead=41),
            TrailUpdate(42, 11, 2, "independent", NOW, digest=31),
        ),
        digests=(DIGEST, replace(DIGEST, id=32, closed_at=NOW)),
        deliveries=(
            SENT,
            replace(SENT, state="cancelled", sent_at=None, attempts=0),
            replace(SENT, state="cancelled", sent_at=None, attempts=0, channel_removed_at=NOW),
            replace(SENT, channel_removed_at=NOW),
            replace(SENT, state="held", sent_at=None, attempts=0, due_at=NOW + HOUR),
            replace(SENT, subscriber="desk"),
        ),
    )
    assert words(heard(trail))[1:] == [
        ("update", "corrected", "the item was corrected: update 1 of alt_11 (Kyiv for desk), in a message"),
        (
            "update",
            "independent",
            "the item is an independent report: update 2 of alt_11 (Kyiv for desk), in the digest due 2026-03-01 13:00:00 UTC",
        ),
        ("digest", "open", "dig_31 (spill) is due then"),
        ("digest", "closed", "dig_32 (spill) was made, due 2026-03-01 13:00:00 UTC"),
        ("delivery", "sent", "dlv_21 by log: sent 2026-03-01 12:00:00 UTC (1 attempt)"),
        ("delivery", "cancelled", "dlv_21 by log: cancelled (0 attempts)"),
        ("delivery", "cancelled", f"dlv_21 by log: cancelled (0 attempts), for the channel was removed {JUST_NOW}"),
        ("delivery", "sent", "dlv_21 by log: sent 2026-03-01 12:00:00 UTC (1 attempt)"),
        ("delivery", "held", "dlv_21 by log: held until 2026-03-01 13:00:00 UTC"),
        ("delivery", "sent", "dlv_21 to desk by log: sent 2026-03-01 12:00:00 UTC (1 attempt)"),
    ]


@pytest.mark.parametrize(
    ("alert", "delivery", "reason"),
    [
        ({}, {}, "told"),
        ({}, {"state": "pending"}, "waiting_to_be_sent"),
        ({}, {"state": "sending"}, "waiting_to_be_sent"),
        ({}, {"state": "failed"}, "not_sent"),
        ({}, {"state": "held"}, "held"),
        ({}, {"state": "cancelled"}, "cancelled"),
        ({}, {"subject": 99}, "no_channel"),
        ({"state": "merged", "lead": None}, {}, "merged"),
        ({"state": "cancelled"}, {}, "cancelled"),
        ({"state": "held", "lead": None, "digest": 31}, {}, "thinned"),
        ({"state": "told", "lead": None, "digest": 31}, {"kind": "digest", "subject": 31}, "thinned"),
    ],
)
def test_what_came_of_its_alert_is_the_reason(alert, delivery, reason):
    trail = replace(
        TRAIL, alerts=(replace(ALERT, **alert),), digests=(DIGEST,), deliveries=(replace(SENT, **delivery),)
    )
    assert reason_of(trail).reason == reason


HELD = replace(ALERT, state="held", lead=None, digest=31)
IN_DIGEST = replace(SENT, kind="digest", subject=31, state="pending", attempts=0, due_at=NOW + HOUR, sent_at=None)


@pytest.mark.parametrize(
    ("closed", "delivery", "reason", "ends"),
    [
        (False, {}, "held", "due 2026-03-01 13:00:00 UTC"),
        (False, {"state": "held"}, "held", "due 2026-03-01 13:00:00 UTC"),
        (True, {"attempts": 1, "last_error": "HTTP 500"}, "waiting_to_be_sent", "the last failed: HTTP 500)"),
        (True, {"state": "sent", "sent_at": NOW + HOUR}, "told", "; dlv_21 by log: sent 2026-03-01 13:00:00 UTC (0 attempts)"),
        (True, {"state": "failed"}, "not_sent", "; dlv_21 by log: failed (0 attempts)"),
        (True, {"state": "cancelled"}, "cancelled", "; dlv_21 by log: cancelled (0 attempts)"),
        (False, {"subject": 99}, "no_channel", "; there was no channel to send it by"),
    ],
)  # fmt: skip
def test_what_quiet_hours_or_a_schedule_held_is_never_called_thinned(closed, delivery, reason, ends):
    for kind in ("quiet", "scheduled"):
        digest = replace(DIGEST, kind=kind, closed_at=NOW + HOUR if closed else None)
        trail = replace(TRAIL, alerts=(HELD,), digests=(digest,), deliveries=(replace(IN_DIGEST, **delivery),))
        assert reason_of(trail).reason == reason
        assert reason_of(trail).text.endswith(ends)
        assert "the digest due 2026-03-01 13:00:00 UTC" in reason_of(trail).text


def test_what_became_of_the_digest_of_a_thinned_alert_is_told():
    thinned = "the alert for desk, by Kyiv: more than at_most (1 per hour), so it spills into the digest due"
    for delivery, ends in (
        ({}, "due 2026-03-01 13:00:00 UTC"),
        ({"state": "failed"}, "; dlv_21 by log: failed (0 attempts)"),
        ({"subject": 99}, "; there was no channel to send it by"),
    ):
        trail = replace(TRAIL, alerts=(HELD,), digests=(DIGEST,), deliveries=(replace(IN_DIGEST, **delivery),))
        reason, text = reason_of(trail)
        assert reason == "thinned"
        assert text.startswith(thinned)
        assert text.endswith(ends)


def test_of_several_alerts_the_one_that_came_furthest_is_the_reason():
    merged = replace(ALERT, id=12, name="More", state="merged")
    assert reason_of(replace(TRAIL, alerts=(merged, ALERT), deliveries=(SENT,))).reason == "told"
    quiet = replace(DIGEST, kind="quiet")
    both = replace(TRAIL, alerts=(merged, HELD), digests=(quiet,), deliveries=(IN_DIGEST,))
    assert reason_of(both).reason == "held"


def test_what_was_told_before_is_told_with_its_updates():
    before = replace(ALERT, item=2, created_at=NOW - HOUR)
    met = TrailMatch(before.watch_list, "Kyiv", ("Kyiv",), NOW)
    trail = replace(TRAIL, matches=(met,), alerts=(replace(before, id=10, state="cancelled"), before))
    said = "it is a copy in a story that Kyiv tells by itm_2 of South, told 2026-03-01 11:00:00 UTC (alt_11)"
    assert reason_of(trail) == ("told_before", said)
    update = TrailUpdate(41, 11, 1, "independent", NOW)
    assert reason_of(replace(trail, updates=(update,))).text == f"{said}; it is told as independent update 1 of that"
    assert "tells by itm_2, told" in reason_of(replace(trail, story=None)).text
    assert "tells by itm_2, told" in reason_of(replace(trail, story=replace(STORY, first=None))).text


def test_a_copy_is_told_before_only_where_its_story_was_told():
    before = replace(HELD, item=2, created_at=NOW - HOUR)
    quiet = replace(DIGEST, kind="quiet")
    met = TrailMatch(before.watch_list, "Kyiv", ("Kyiv",), NOW)

    def reason(alert, digest=quiet, *deliveries):
        return reason_of(replace(TRAIL, matches=(met,), alerts=(alert,), digests=(digest,), deliveries=deliveries))

    was_to = "it is a copy in a story that Kyiv was to tell by itm_2 of South: "
    assert reason(before, quiet, IN_DIGEST) == (
        "held",
        f"{was_to}the alert for desk, by Kyiv: quiet hours hold it for the digest due 2026-03-01 13:00:00 UTC",
    )
    cancelled = replace(before, state="cancelled", ended="the watch list was removed", ended_at=NOW)
    assert reason(cancelled) == (
        "cancelled",
        f"{was_to}the alert for desk, by Kyiv was cancelled, for the watch list was removed {JUST_NOW}",
    )
    assert reason(replace(before, state="merged")).reason == "merged"
    sent = replace(IN_DIGEST, state="sent", sent_at=NOW + HOUR)
    told = reason(replace(before, state="told"), replace(quiet, closed_at=NOW + HOUR), sent)
    assert told.reason == "told_before"
    assert told.text.endswith("told 2026-03-01 13:00:00 UTC (alt_11)"), "when it was sent, not when it was held"
    alone = reason(replace(ALERT, item=2, created_at=NOW - HOUR), quiet, SENT)
    assert alone.text.endswith("told 2026-03-01 12:00:00 UTC (alt_11)")


def test_of_one_list_what_it_lacks_is_told_and_nothing_of_others():
    steps = list(list_steps(TRAIL, Asked((), {}, alone("lviv"))))
    assert verdict(TRAIL, steps, fresh_for=DAY, named=True) == ("no_match", "Kyiv: lviv: not in it")


def test_a_list_that_did_not_meet_it_did_not_tell_it_before():
    trail = replace(TRAIL, alerts=(replace(ALERT, item=2, created_at=NOW + HOUR),))
    assert reason_of(trail).reason == "no_match"


# In which order.


def test_steps_come_by_time_and_those_without_one_stay_where_they_are():
    def step(result, at):
        return Step("item", at, result, "")

    given = [step("a", None), step("b", NOW + HOUR), step("c", None), step("d", NOW)]
    assert [one.result for one in in_order(given)] == ["a", "d", "b", "c"]


@pytest.mark.parametrize(
    ("span", "said"),
    [(-MINUTE, "0 min"), (40 * MINUTE, "40 min"), (3 * HOUR, "3 h"), (47 * HOUR, "47 h"), (3 * DAY, "3 d")],
)
def test_lengths_are_told_roughly(span, said):
    assert length(span) == said


def test_an_update_that_nobody_wants_to_hear_any_more_is_said_so():
    trail = replace(TRAIL, alerts=(ALERT,), updates=(TrailUpdate(41, 11, 1, "independent", NOW),))
    (said,) = [step.detail for step in heard(trail) if step.step == "update"]
    assert said.endswith("update 1 of alt_11 (Kyiv for desk), to nobody, who muted the story or paused the list since")
