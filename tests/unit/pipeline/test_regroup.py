"""Taking reports out of a story, and joining stories, by hand; and that both are remembered (issue 4, paragraph 5)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from golden.newsroom import BEGIN
from servers.documents import Item, rss

from worker.errors import ConfigurationError
from worker.pipeline.regroup import merge, split

DISPATCH = Item(
    "1",
    "Grain ships leave Ukraine",
    "Four ships with maize and barley left the port at dawn, the harbour master said, and three more were being "
    "loaded; insurers had agreed to the price only at midnight, after a week of haggling over mines.",
    published=BEGIN,
)
ANOTHER = Item(
    "2",
    "Ukraine counts its bees",
    "Beekeepers of the south say that half of their hives are silent this spring, for the sunflower fields between "
    "the rivers have not been sown since the war came, and nobody knows who would harvest them.",
    published=BEGIN,
)
HEADED = "Ukraine: ships at sea"


def at(outlet, item, **more):
    return item._replace(id=f"{outlet}-{item.id}", link=f"https://{outlet}.example/{item.id}", **more)


@pytest.fixture
def room(open_newsroom):
    return open_newsroom("east", "north", "south", "west", "late")


@pytest.fixture
def publish(room):
    """Publish an item by feed, a quarter of an hour after the last; return the story it came into."""

    def published(outlet, item):
        room.clock.move(timedelta(minutes=15))
        room.web.publish(f"https://{outlet}.example/feed", rss([at(outlet, item)]))
        room.run()
        return reported(room)[f"https://{outlet}.example/{item.id}"]

    return published


def reported(room):
    """Story by link."""
    return {item.link: item.story for item in room.store.items_since(BEGIN - timedelta(days=30))}


def items(room, story):
    return {report.link.split("/")[2].removesuffix(".example"): report for report in room.store.story(story)[1]}


def told(room):
    return [len(message.alerts) for message in room.boxes["log"].got]


def test_a_report_taken_out_has_a_story_of_its_own(room, publish):
    story = publish("north", DISPATCH)
    for outlet in ("east", "south", "west"):
        assert publish(outlet, DISPATCH._replace(title=HEADED)) == story
    out = [items(room, story)[outlet].id for outlet in ("east", "west")]
    made = split(room.store, story, out, now=room.clock.now())
    assert made != story
    assert {outlet: report.text_of for outlet, report in items(room, made).items()} == {"east": None, "west": out[0]}
    assert set(items(room, story)) == {"north", "south"}
    rest, _ = room.store.story(story)
    row, _ = room.store.story(made)
    assert (rest.reports, rest.split_from, rest.alerts) == (2, None, 1)
    assert (row.reports, row.split_from, row.alerts, row.title, row.head_item) == (2, story, 0, HEADED, out[0])
    assert told(room) == [1], "nobody is told of what was told"


def test_the_bearer_of_the_text_may_be_taken_out(room, publish):
    story = publish("north", DISPATCH)
    for outlet in ("east", "south"):
        publish(outlet, DISPATCH._replace(title=HEADED))
    made = split(room.store, story, [items(room, story)["north"].id], now=room.clock.now())
    left = items(room, story)
    assert (left["east"].text_of, left["south"].text_of) == (None, left["east"].id)
    assert items(room, made)["north"].text_of is None
    row, _ = room.store.story(story)
    assert (row.title, row.head_item, row.first_seen) == (HEADED, left["east"].id, BEGIN + timedelta(minutes=30))


def test_a_split_is_remembered_by_what_comes_later(room, publish):
    story = publish("north", DISPATCH)
    publish("east", DISPATCH._replace(title=HEADED))
    made = split(room.store, story, [items(room, story)["east"].id], now=room.clock.now())
    assert publish("south", DISPATCH._replace(title=HEADED)) == made
    assert publish("west", DISPATCH) == story
    assert told(room) == [1, 1], "the new story tells what comes later"


def test_what_the_reports_left_behind_have_in_common_with_it_stays_with_them(room, publish):
    """The head goes; copies of the others must not follow it."""
    story = publish("north", DISPATCH)
    for outlet in ("east", "south"):
        publish(outlet, DISPATCH._replace(title=HEADED))
    split(room.store, story, [items(room, story)["north"].id], now=room.clock.now())
    assert publish("late", DISPATCH._replace(title=f"{HEADED} again")) == story
    assert told(room) == [1]


def test_what_was_taken_out_is_nobodys_news_when_it_is_retouched(room, publish):
    story = publish("north", DISPATCH)
    publish("east", DISPATCH._replace(title=HEADED))
    made = split(room.store, story, [items(room, story)["east"].id], now=room.clock.now())
    assert publish("east", DISPATCH._replace(title=f"{HEADED}, many of them")) == made
    assert told(room) == [1]
    assert publish("late", DISPATCH._replace(title=f"{HEADED}, many of them")) == made
    assert told(room) == [1, 1]


def test_a_correction_is_not_forgotten_when_stories_are_joined(room, publish):
    first, second = publish("north", DISPATCH), publish("east", ANOTHER)
    publish("east", ANOTHER._replace(text=ANOTHER.text.replace("half", "a third")))
    corrected = room.store.story(second)[0].corrected_at
    merge(room.store, first, [second], now=room.clock.now())
    row, _ = room.store.story(first)
    assert (row.corrected_at, row.alerts) == (corrected, 2)
    assert corrected is not None


def test_a_revised_report_stays_where_it_was_put(room, publish):
    story = publish("north", DISPATCH)
    publish("east", DISPATCH._replace(title=HEADED))
    made = split(room.store, story, [items(room, story)["east"].id], now=room.clock.now())
    assert publish("east", DISPATCH) == made


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        (["north", "east"], "all reports of sty_1"),
        ([999], "no report of sty_1: itm_999"),
    ],
)
def test_what_cannot_be_split_is_said(room, publish, chosen, said):
    story = publish("north", DISPATCH)
    publish("east", DISPATCH)
    ids = [items(room, story)[one].id if isinstance(one, str) else one for one in chosen]
    with pytest.raises(ConfigurationError, match=said):
        split(room.store, story, ids, now=room.clock.now())
    assert len(items(room, story)) == 2


def test_a_story_that_is_not_there_cannot_be_split(room):
    with pytest.raises(ConfigurationError, match="no story sty_7"):
        split(room.store, 7, [1], now=BEGIN)


def test_stories_are_joined(room, publish):
    first, second = publish("north", DISPATCH), publish("east", ANOTHER)
    assert first != second
    merge(room.store, second, [first], now=room.clock.now())
    kept, reports = room.store.story(second)
    assert (kept.reports, kept.independent_reports, len(reports)) == (2, 2, 2)
    assert (kept.title, kept.merged_into) == (DISPATCH.title, None), "the earliest report stands for it"
    gone, nothing = room.store.story(first)
    assert (gone.merged_into, gone.reports, nothing) == (second, 0, [])
    assert [row.id for row in room.store.stories_list(since=BEGIN - timedelta(days=1), limit=9)] == [second]
    assert told(room) == [1, 1]


def test_a_merge_is_remembered_and_neither_side_is_told_again(room, publish):
    first, second = publish("north", DISPATCH), publish("east", ANOTHER)
    merge(room.store, second, [first], now=room.clock.now())
    assert publish("south", DISPATCH._replace(title=HEADED)) == second
    assert publish("west", ANOTHER) == second
    assert told(room) == [1, 1]
    assert room.store.story(second)[0].reports == 4


def test_what_was_joined_goes_along_when_its_story_is_joined(room, publish):
    third = publish("south", Item("3", "Ukraine votes", "A quiet day at the polls.", published=BEGIN))
    first, second = publish("north", DISPATCH), publish("east", ANOTHER)
    merge(room.store, second, [first], now=room.clock.now())
    merge(room.store, third, [second], now=room.clock.now())
    assert [room.store.story(story)[0].merged_into for story in (first, second, third)] == [third, third, None]
    assert room.store.story(third)[0].reports == 3


def test_what_cannot_be_joined_is_said(room, publish):
    first, second = publish("north", DISPATCH), publish("east", ANOTHER)
    with pytest.raises(ConfigurationError, match="with itself"):
        merge(room.store, first, [second, first], now=BEGIN)
    with pytest.raises(ConfigurationError, match="no story sty_9"):
        merge(room.store, first, [9], now=BEGIN)
    merge(room.store, first, [second], now=BEGIN)
    for kept, other in ((first, second), (second, first)):
        with pytest.raises(ConfigurationError, match=f"sty_{second} was joined with sty_{first}"):
            merge(room.store, kept, [other], now=BEGIN)
    with pytest.raises(ConfigurationError, match=f"sty_{second} was joined"):
        split(room.store, second, [1], now=BEGIN)
