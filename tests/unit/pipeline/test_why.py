"""The reason that is told of an item, from what polls, matching and deliveries really left behind."""

from __future__ import annotations

from datetime import timedelta

import pytest
from golden.newsroom import BEGIN
from servers.documents import Item, rss
from unit.pipeline.conftest import LOG, configured, url_of

from config.values import (
    Configuration,
    FeedLine,
    NotifyLine,
    QuietHours,
    Schedule,
    SubscriberLine,
    WatchListLine,
)
from worker.errors import ChannelError, ConfigurationError, Unreachable
from worker.pipeline.why import why
from worker.records import BrokenList
from worker.store import tables
from worker.store.trails import MOST_MATCHES

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NORTH, SOUTH = url_of("north"), url_of("south")
LINK = "https://north.example/kyiv"
STORY = "Talks in Kyiv went on until the morning, and no side would say a word about what had been agreed on by then."


def talks(number=1, *, at=BEGIN, **more):
    return Item(f"id-{number}", f"Kyiv talks {number}", STORY, f"{LINK}-{number}", at)._replace(**more)


def publish(room, url, *given, after=15 * MINUTE):
    """Publish items, and do what is due a quarter of an hour later."""
    room.web.publish(url, rss(given))
    room.clock.move(after)
    return room.run()


def account(room, name, **more):
    (only,) = why(room.store, name, fresh_for=room.settings.fresh_for, **more)
    return only


def told(one):
    """The reason, and the steps as words."""
    return one.verdict.reason, [(step.step, step.result) for step in one.steps]


def details(one, kind, result=None):
    return [step.detail for step in one.steps if step.step == kind and result in (None, step.result)]


@pytest.fixture
def room(open_newsroom):
    """A feed that was polled well and empty; one list, Kyiv."""
    opened = open_newsroom("north", Kyiv="Kyiv")
    publish(opened, NORTH)
    return opened


def test_a_sent_alert_is_told_with_its_whole_way(room):
    publish(room, NORTH, talks())
    one = account(room, f"{LINK}-1")
    assert told(one) == (
        "told",
        [
            ("poll", "new"),
            ("item", "news"),
            ("story", "began"),
            ("watch_list", "met"),
            ("alert", "told"),
            ("delivery", "sent"),
        ],
    )
    assert one.item.title == "Kyiv talks 1"
    assert one.verdict.text == ("the alert for desk, by Kyiv: dlv_1 by log: sent 2026-03-01 12:30:00 UTC (1 attempt)")
    assert {step.at for step in one.steps} == {room.clock.now()}
    assert details(one, "poll") == ["north, https://north.example/feed: HTTP 200, 1 new"]
    assert details(one, "item") == ["kept as news: dated 2026-03-01 12:00:00 UTC, first seen 30 min later"]
    assert details(one, "watch_list") == ["Kyiv: Kyiv is in it"]
    assert details(one, "alert") == ["alt_1: Kyiv tells desk; in a message of its own"]


def test_an_item_is_found_by_any_spelling_of_its_link_by_its_id_and_by_its_guid(room):
    publish(room, NORTH, talks(link="http://north.example/kyiv?utm_source=rss#top"))
    for name in (
        "https://north.example/kyiv",
        " http://NORTH.example:80/kyiv?fbclid=1 ",
        "north.example/kyiv",
        "itm_1",
        "id-1",
    ):
        assert account(room, name).item.id == 1, name
    for name in ("https://north.example/odesa", "itm_2", "id-2"):
        assert account(room, name).item is None, name


def test_an_item_of_a_broken_feed_never_came(room):
    publish(room, NORTH, talks())
    room.web.publish(NORTH, Unreachable("connection refused"))
    for _ in range(12):
        room.clock.move(DAY)
        room.run()
    one = account(room, f"{LINK}-12")
    assert told(one) == ("feed_broken", [("item", "unknown"), ("feed", "broken"), ("item", "near")])
    since = "polled well last 2026-03-01 12:30:00 UTC, 12 failures in a row, and the owner was told 2026-03-11"
    assert one.verdict.text.startswith(f"north may have had it, but brings nothing: it is broken ({since}")
    assert one.verdict.text.endswith("connection refused")
    assert details(one, "item", "near")[0].startswith(f"itm_1 of north has an address like it: {LINK}-1 (Kyiv talks 1)")
    before = account(room, f"{LINK}-1")
    assert told(before)[0] == "told"
    assert told(before)[1][-1] == ("feed", "broken")


def test_of_what_no_feed_can_have_had_that_is_said(room):
    assert account(room, "https://elsewhere.example/1").verdict == (
        "no_feed",
        "none of the feeds is of elsewhere.example; `tocsin feeds discover URL` finds one",
    )
    assert account(room, "whatever").verdict.text == "it is no address, and nobody's id for an item"
    assert account(room, "https://[::1/x").verdict.reason == "no_feed"


def test_what_a_good_feed_did_not_have_is_told_so(room):
    publish(room, NORTH, talks())
    one = account(room, "https://www.north.example/other/page")
    assert told(one) == ("not_in_feed", [("item", "unknown"), ("feed", "ok")])
    assert one.verdict.text == "north: polled well, and the item was in none of the documents"


def test_a_duplicate_was_told_before(room):
    room.apply(configured("north", "south", Kyiv="Kyiv"))
    publish(room, NORTH, talks())
    copy = talks(2, title="Kyiv talks 1", link="https://south.example/1")
    room.web.publish(SOUTH, rss([copy]))
    room.clock.move(15 * MINUTE)
    room.run()
    one = account(room, "https://south.example/1")
    assert told(one) == (
        "told_before",
        [
            ("alert", "told"),
            ("delivery", "sent"),
            ("poll", "new"),
            ("item", "news"),
            ("story", "copy"),
            ("watch_list", "met"),
        ],
    )
    assert one.verdict.text == (
        "it is a copy in a story that Kyiv tells by itm_1 of north, told 2026-03-01 12:30:00 UTC (alt_1)"
    )
    assert details(one, "watch_list") == ["Kyiv: Kyiv is in it; the story was told before, for itm_1 (alt_1)"]
    (copied,) = details(one, "story")
    assert copied.startswith("it is a report of sty_1, which has 2 reports: it carries the same text as itm_1 of north")


def test_copies_that_share_a_link_are_told_one_by_one(room):
    room.apply(configured("north", "south", Kyiv="Kyiv"))
    publish(room, NORTH, talks())
    publish(room, SOUTH, talks(2, title="Kyiv talks 1", link=f"{LINK}-1"))
    first, second = why(room.store, f"{LINK}-1", fresh_for=DAY)
    assert (first.item.feed_name, second.item.feed_name) == ("north", "south")
    assert (first.verdict.reason, second.verdict.reason) == ("told", "told_before")


def test_an_item_that_came_again_is_known(room):
    publish(room, NORTH, talks())
    publish(room, NORTH, talks(title="Kyiv talks end", text=f"{STORY} At six they ended."))
    one = account(room, f"{LINK}-1")
    assert told(one)[1][-2:] == [("item", "revised"), ("item", "known")]


def test_an_old_item_went_into_the_archive_silently(open_newsroom):
    room = open_newsroom("north", Kyiv="Kyiv")
    publish(room, NORTH, talks(at=BEGIN - 3 * DAY), talks(2, at=None), talks(3))
    one = account(room, f"{LINK}-1")
    assert told(one) == (
        "archived",
        [("poll", "new"), ("item", "archived"), ("story", "began"), ("watch_list", "would_meet")],
    )
    assert one.verdict.text == (
        "it went into the archive silently: dated 2026-02-26 12:00:00 UTC, 3 d before the feed's first poll, "
        "which counts 1d back as news"
    )
    undated = account(room, f"{LINK}-2")
    assert undated.verdict.text.endswith("it has no date to be believed, and came with the feed's first poll")
    assert account(room, f"{LINK}-3").verdict.reason == "told"
    publish(room, NORTH, talks(4, at=BEGIN - 2 * DAY))
    late = account(room, f"{LINK}-4")
    assert late.verdict.text.endswith(
        "dated 2026-02-27 12:00:00 UTC, more than 1d before 2026-03-01 12:15:00 UTC, when the feed was polled before"
    )


def test_a_failed_clause_is_named(newsroom):
    lists = (
        WatchListLine("Football", query="Kyiv football", notify=(NotifyLine("desk"),)),
        WatchListLine("Peace", query="(Kyiv OR Minsk) -talks", notify=(NotifyLine("desk"),)),
    )
    newsroom.apply(
        Configuration(
            feeds=(FeedLine(NORTH, "north", every=15 * MINUTE),),
            watch_lists=lists,
            subscribers=(SubscriberLine("desk"),),
        )
    )
    publish(newsroom, NORTH)
    publish(newsroom, NORTH, talks())
    one = account(newsroom, f"{LINK}-1")
    assert told(one)[0] == "no_match"
    assert one.verdict.text == "no watch list met it; Football: football: not in it (the other 1 clause met)"
    assert details(one, "watch_list") == [
        "Football: football: not in it (the other 1 clause met)",
        "Peace: -talks: talks is in it, and excluded (the other 1 clause met)",
    ]
    named = account(newsroom, f"{LINK}-1", watch_list="Peace")
    assert len(details(named, "watch_list")) == 1
    with pytest.raises(ConfigurationError, match="there is no watch list 'War'"):
        account(newsroom, f"{LINK}-1", watch_list="War")


def test_a_thinned_alert_is_told_with_its_digest(open_newsroom):
    room = open_newsroom("north", Kyiv=("Kyiv", 1))
    publish(room, NORTH)
    publish(room, NORTH, talks(), Item("2", "Kyiv fair", "A fair in the old town.", f"{LINK}-2", BEGIN))
    by_reason = {account(room, f"{LINK}-{n}").verdict.reason: f"{LINK}-{n}" for n in (1, 2)}
    assert sorted(by_reason) == ["thinned", "told"]
    waits = account(room, by_reason["thinned"])
    assert told(waits)[1][-3:] == [("alert", "held"), ("digest", "open"), ("delivery", "pending")]
    assert (
        "more than at_most (1 per hour), so it spills into the digest due 2026-03-01 13:30:00 UTC" in waits.verdict.text
    )
    room.clock.move(HOUR)
    room.run()
    sent = account(room, by_reason["thinned"])
    assert told(sent)[1][-3:] == [("alert", "told"), ("digest", "closed"), ("delivery", "sent")]
    assert sent.verdict.text.endswith("dlv_1 by log: sent 2026-03-01 13:30:00 UTC (1 attempt)")


def desk_of(room, *, quiet=None, when=None):
    """A room whose desk, in Kyiv's time, has quiet hours, or is told of Kyiv at set times."""
    desk = SubscriberLine("desk", "Europe/Kyiv", LOG, quiet_hours=quiet)
    line = WatchListLine("Kyiv", ("Kyiv",), notify=(NotifyLine("desk", when=when),))
    room.apply(Configuration(feeds=(FeedLine(NORTH, "north"),), watch_lists=(line,), subscribers=(desk,)))
    publish(room, NORTH)
    return room


@pytest.mark.parametrize(
    ("hours", "how"),
    [
        ({"quiet": QuietHours(14 * 60, 15 * 60)}, "quiet hours hold it for"),
        ({"when": Schedule()}, "the list is told at set times, in"),
        ({"when": Schedule(15 * 60)}, "the list is told at set times, in"),
        ({"when": Schedule(14 * 60 + 40), "quiet": QuietHours(14 * 60, 15 * 60)}, "the list is told at set times, in"),
    ],
)
def test_an_alert_that_waits_for_its_hour_is_held_and_then_told(newsroom, hours, how):
    room = desk_of(newsroom, **hours)
    publish(room, NORTH, talks())
    waits = account(room, f"{LINK}-1")
    assert told(waits)[1][-3:] == [("alert", "held"), ("digest", "open"), ("delivery", "pending")]
    assert waits.verdict.reason == "held"
    assert waits.verdict.text == f"the alert for desk, by Kyiv: {how} the digest due 2026-03-01 13:00:00 UTC"
    room.clock.move(HOUR)
    room.run()
    sent = account(room, f"{LINK}-1")
    assert told(sent)[1][-3:] == [("alert", "told"), ("digest", "closed"), ("delivery", "sent")]
    assert sent.verdict.reason == "told"
    assert sent.verdict.text.endswith("13:00:00 UTC; dlv_1 by log: sent 2026-03-01 13:30:00 UTC (1 attempt)")


def test_of_two_reasons_in_one_digest_each_alert_has_its_own(newsroom):
    desk = SubscriberLine("desk", "Europe/Kyiv", LOG, quiet_hours=QuietHours(14 * 60, 15 * 60))
    kyiv = WatchListLine("Kyiv", ("Kyiv",), notify=(NotifyLine("desk", when=Schedule(15 * 60)),))
    fair = WatchListLine("Fair", ("Fair",), notify=(NotifyLine("desk"),))
    feed = FeedLine(NORTH, "north")
    newsroom.apply(Configuration(feeds=(feed,), watch_lists=(kyiv, fair), subscribers=(desk,)))
    publish(newsroom, NORTH)
    publish(newsroom, NORTH, talks(), Item("2", "A fair", "In the old town, all day.", f"{LINK}-2", BEGIN))
    assert len(newsroom.store.deliveries_list()) == 1, "one digest a slot, over all lists"
    assert "at set times" in account(newsroom, f"{LINK}-1").verdict.text
    assert "quiet hours hold it" in account(newsroom, f"{LINK}-2").verdict.text


def test_who_paused_the_list_is_said_so(room):
    (desk,) = room.store.subscribers_list()
    (kyiv,) = room.store.watch_lists_list(room.clock.now())
    paused_at = room.clock.now()
    room.store.pause_lists(desk.id, [kyiv.id], until=paused_at + HOUR, now=paused_at)
    publish(room, NORTH, Item("2", "Kyiv fair", "A fair in the old town.", f"{LINK}-2", paused_at))
    paused = account(room, f"{LINK}-2")
    assert paused.verdict == (
        "paused",
        "the alert for desk, by Kyiv was cancelled, for desk has paused it 2026-03-01 12:15:00 UTC",
    )
    publish(room, NORTH, Item("3", "Kyiv rain", "Rain over the hills.", f"{LINK}-3", paused_at), after=HOUR)
    assert account(room, f"{LINK}-3").verdict.reason == "told", "the pause is over"


def test_a_story_that_is_muted_while_it_waits_is_not_told(newsroom):
    room = desk_of(newsroom, when=Schedule())
    publish(room, NORTH, talks())
    (alert,) = room.store.alerts_list()
    (desk,) = room.store.subscribers_list()
    room.store.mute_story(desk.id, alert.id, now=room.clock.now())
    room.clock.move(HOUR)
    room.run()
    assert room.boxes["log"].got == []
    assert account(room, f"{LINK}-1").verdict == (
        "muted",
        "the alert for desk, by Kyiv was cancelled, for desk has muted the story 2026-03-01 12:30:00 UTC",
    )


def test_a_message_that_fails_is_told_with_its_attempts(room):
    room.boxes["log"].refusals.append(ChannelError("HTTP 500"))
    publish(room, NORTH, talks())
    one = account(room, f"{LINK}-1")
    assert one.verdict.reason == "waiting_to_be_sent"
    assert "1 attempt so far; the last failed: HTTP 500" in one.verdict.text
    room.boxes["log"].refusals.append(ChannelError("HTTP 404", permanent=True))
    room.clock.move(MINUTE)
    room.run()
    failed = account(room, f"{LINK}-1")
    assert failed.verdict == (
        "not_sent",
        "the alert for desk, by Kyiv: dlv_1 by log: failed (2 attempts; the last failed: HTTP 404)",
    )


def test_what_nobody_is_to_hear_any_more_is_cancelled(room):
    room.boxes["log"].refusals.append(ChannelError("HTTP 500"))
    publish(room, NORTH, talks())
    room.apply(configured("north", Odesa="Odesa"))
    one = account(room, f"{LINK}-1")
    why_and_when = "for the watch list was removed 2026-03-01 12:30:00 UTC"
    assert one.verdict == ("cancelled", f"the alert for desk, by Kyiv was cancelled, {why_and_when}")
    assert details(one, "alert") == [f"alt_1: Kyiv tells desk; cancelled, {why_and_when}"]


def test_a_copy_in_a_story_whose_alert_was_cancelled_is_told_so(room):
    both = configured("north", "south", Kyiv="Kyiv")
    room.apply(both)
    room.boxes["log"].refusals.append(ChannelError("HTTP 500", retry_after=HOUR))
    publish(room, NORTH, talks())
    publish(room, SOUTH, talks(2, title="Kyiv talks 1", link="https://south.example/1"))
    waits = account(room, "https://south.example/1")
    it_is = "it is a copy in a story that Kyiv was to tell by itm_1 of north"
    assert waits.verdict.reason == "waiting_to_be_sent"
    assert waits.verdict.text.startswith(f"{it_is}: the alert for desk, by Kyiv: dlv_1 by log: due ")
    assert details(waits, "watch_list") == ["Kyiv: Kyiv is in it; the story waits to be told, for itm_1 (alt_1)"]
    room.clock.move(MINUTE)
    room.apply(configured("north", "south", Odesa="Odesa"))
    removed = account(room, "https://south.example/1")
    assert removed.verdict == (
        "cancelled",
        f"{it_is}: the alert for desk, by Kyiv was cancelled, for the watch list was removed 2026-03-01 12:46:00 UTC",
    )
    assert ("watch_list", "met") in told(removed)[1]
    assert "Kyiv: Kyiv is in it; the story's alert was cancelled, for itm_1 (alt_1)" in details(removed, "watch_list")
    room.apply(both)
    assert account(room, "https://south.example/1").verdict == (
        "cancelled",
        f"{it_is}: the alert for desk, by Kyiv was cancelled, for there was nobody left to tell",
    )


def test_of_one_list_only_its_own_alerts_are_told(newsroom):
    desk, night = (NotifyLine("desk"),), (NotifyLine("night", 0),)
    newsroom.apply(
        Configuration(
            feeds=(FeedLine(NORTH, "north", every=15 * MINUTE),),
            watch_lists=(
                WatchListLine("Kyiv", query="Kyiv", notify=desk),
                WatchListLine("Peace", query="Kyiv -talks", notify=desk),
                WatchListLine("Talks", query="talks", notify=night),
            ),
            subscribers=(SubscriberLine("desk", channels=LOG), SubscriberLine("night", channels=LOG)),
        )
    )
    publish(newsroom, NORTH)
    publish(newsroom, NORTH, talks())

    def of_list(name=None):
        one = account(newsroom, f"{LINK}-1", watch_list=name)
        return one.verdict, [step[0] for step in told(one)[1]].count("alert")

    assert of_list()[0].reason == "told"
    assert of_list()[1] == 2
    assert (of_list("Kyiv")[0].reason, of_list("Kyiv")[1]) == ("told", 1)
    assert of_list("Talks")[0].reason == "thinned"
    assert of_list("Talks")[0].text.startswith("the alert for night, by Talks: more than at_most (0 per hour)")
    assert of_list("Talks")[1] == 1
    assert of_list("Peace") == (("no_match", "Peace: -talks: talks is in it, and excluded (the other 1 clause met)"), 0)


def test_of_any_number_of_lists_each_is_asked_rightly(newsroom):
    many = {f"L{number:03}": "Kyiv" for number in range(MOST_MATCHES + 20)}
    newsroom.apply(configured("north", **many, Lviv="Lviv"))
    publish(newsroom, NORTH)
    publish(newsroom, NORTH, talks())
    one = account(newsroom, f"{LINK}-1")
    assert one.verdict.reason == "told"
    of_lists = [step for step in one.steps if step.step == "watch_list"]
    assert {step.result for step in of_lists} == {"met", "not_met"}, "none of them was changed"
    assert of_lists[-2].detail == "20 other watch lists met it"
    assert of_lists[-1].detail == "Lviv: Lviv: not in it"
    assert len(of_lists) == MOST_MATCHES + 2
    assert not any("nobody was to hear" in step.detail for step in of_lists)
    assert details(one, "alert", "more") == ["20 more alerts of the story: --list NAME tells those of one list"]
    last = account(newsroom, f"{LINK}-1", watch_list="L219")
    assert (last.verdict.reason, details(last, "watch_list")) == ("told", ["L219: Kyiv is in it"])
    lviv = account(newsroom, f"{LINK}-1", watch_list="Lviv")
    assert lviv.verdict == ("no_match", "Lviv: Lviv: not in it")


def test_a_list_that_was_made_later_says_so(room):
    publish(room, NORTH, Item("1", "Lviv", "Quiet.", f"{LINK}-1", BEGIN))
    assert account(room, f"{LINK}-1").verdict.text == (
        "no watch list met it; Kyiv: Kyiv: not in title, text or categories, but in the link"
    )
    room.clock.move(HOUR)
    room.apply(configured("north", Kyiv="Kyiv", Lviv="Lviv"))
    one = account(room, f"{LINK}-1")
    assert one.verdict == (
        "made_later",
        "no watch list met it; Lviv: it would meet the item, but the list was made later, 2026-03-01 13:30:00 UTC",
    )


def test_a_list_that_was_changed_later_says_what_it_would_say_now(room):
    publish(room, NORTH, Item("1", "Lviv", "Quiet.", f"{LINK}-1", BEGIN))
    seen = room.clock.now()
    room.clock.move(HOUR)
    room.apply(configured("north", Kyiv="tulip", Fresh="tulip"))
    for name, reason, said in (
        ("Kyiv", "asked_later", "the list was changed, resumed or brought back later"),
        ("Fresh", "made_later", "the list was made later"),
    ):
        one = account(room, f"{LINK}-1", watch_list=name)
        assert one.verdict == (
            reason,
            f"{name}: {said}, 2026-03-01 13:30:00 UTC; as the query is now: tulip: not in it",
        )
        assert one.steps[-1].at == room.clock.now()
        assert {step.at for step in one.steps[:-1]} <= {None, seen}
    publish(room, NORTH, Item("1", "Lviv today", "Quiet still.", f"{LINK}-1", BEGIN))
    again = account(room, f"{LINK}-1", watch_list="Fresh")
    assert again.verdict == ("no_match", "Fresh: tulip: not in it"), "the item changed, and lists looked at it again"
    assert [step.at for step in again.steps if step.step == "watch_list"] == [room.clock.now()]


def test_a_list_that_broke_later_was_not_broken_when_the_item_came(room):
    publish(room, NORTH, Item("1", "Lviv", "Quiet.", f"{LINK}-1", BEGIN))
    room.clock.move(MINUTE)
    room.apply(configured("north", Kyiv="Kyiv", Fresh="tulip"))
    made = "2026-03-01 12:31:00 UTC"
    publish(room, NORTH, Item("2", "Odesa", "Quiet.", f"{LINK}-2", BEGIN))
    # No command writes what cannot be read; a later version may not read what an earlier one wrote.
    with room.store._transaction("write") as connection:
        fresh = tables.watch_lists.update().where(tables.watch_lists.c.name == "Fresh")
        id_ = connection.execute(fresh.values(full_query="list:Gone").returning(tables.watch_lists.c.id)).scalar_one()
    room.clock.move(MINUTE)
    broke = room.clock.now()
    room.store.break_lists([BrokenList(id_, room.lists.version, "gone")], owner=None, now=broke)
    before, after = (account(room, f"{LINK}-{number}", watch_list="Fresh") for number in (1, 2))
    wrong, since = "there is no watch list 'Gone'", "it is broken since 2026-03-01 12:47:00 UTC"
    assert before.verdict == (
        "made_later",
        f"Fresh: the list was made later, {made}; as the query is now, it is wrong: {wrong}; {since}",
    )
    assert after.verdict == ("broken", f"Fresh: its query is wrong: {wrong}; {since}")
    assert [step.at for step in after.steps if step.step == "watch_list"] == [broke]


def test_of_many_lists_only_near_ones_are_told(room):
    publish(room, NORTH, Item("1", "Lviv", "Quiet.", f"{LINK}-1", BEGIN))
    many = {f"L{number}": "Lviv nights" if number == 7 else f"word{number}" for number in range(30)}
    wanted = configured("north", **many)
    room.apply(wanted)
    steps = [step.detail for step in account(room, f"{LINK}-1").steps if step.step == "watch_list"]
    assert steps == ["30 other watch lists did not meet it"]
