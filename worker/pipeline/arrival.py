"""How an item arrived: the poll that brought it, whether it was news, what became of it, its story. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from config.duration import write_duration
from worker.feeds.dates import trusted
from worker.pipeline.steps import Step, counted, length, moment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, timedelta

    from worker.records.trail import Trail, TrailItem, TrailReport, TrailRun

_BY = {
    "text": "it carries the same text",
    "link": "it has the same link and headline",
    "headline": "it has the same headline and hardly any text",
}


class Past(NamedTuple):
    """What the journal knows of the time when an item came.

    Attributes:
        brought: The polls among which the one was that brought it, None where the journal does not reach so far back.
        whole: The journal reaches back to the feed's first poll.
        good_before: When the good poll before that one was at the latest; None where there was none, or it is unknown.
        first: That one was the feed's first good poll; None where nobody knows.
    """

    brought: TrailRun | None
    whole: bool
    good_before: datetime | None
    first: bool | None


def past_of(trail: Trail) -> Past:
    """Look the time of an item's arrival up in the journal of its feed."""
    came = trail.item.first_seen
    brought = next((run for run in trail.runs if run.at <= came <= run.until), None)
    whole = bool(trail.runs) and trail.runs[0].run == 0
    good = [run for run in trail.runs if run.good and run.at < came]
    before = [run.until for run in good if run.until < came]
    first = None if not whole else not good
    return Past(brought, whole, before[-1] if before else None, first)


def arrival(trail: Trail, *, fresh_for: timedelta) -> Iterator[Step]:
    """Yield the steps from the poll that brought an item to its place in a story."""
    item, past = trail.item, past_of(trail)
    yield _polled(trail, past)
    if item.news:
        yield Step("item", item.first_seen, "news", f"kept as news: {_dated(item)}")
    else:
        yield Step(
            "item", item.first_seen, "archived", f"kept silently, as no news: {silence(trail, fresh_for=fresh_for)}"
        )
    yield from _again(trail)
    yield from _story(trail)
    if item.gave_up:
        yield Step("matching", None, "quarantined", "matching it was tried again and again in vain")
    elif item.waits_since is not None:
        yield Step("matching", item.waits_since, "waiting", "it waits for watch lists to look at it")


def silence(trail: Trail, *, fresh_for: timedelta) -> str:
    """Say by which rule an item is no news (DESIGN 4.5); `fresh_for` is the setting as it is now."""
    item, past = trail.item, past_of(trail)
    dated = _said(item)
    if past.brought is None and past.whole and item.first_seen < trail.runs[0].at:
        return "it was read from the feed's older documents when the feed was added"
    if dated is None and past.first is not False:
        return "it has no date to be believed, and came with the feed's first poll"
    limit = write_duration(fresh_for)
    # What was news then by what is known now: the date may have been changed since, and so may the setting.
    since = (past.good_before or item.first_seen) - fresh_for
    if dated is None or dated >= since:
        return "by its date then, or by what fresh_for was then"
    if past.first:
        age = length(item.first_seen - dated)
        return f"dated {moment(dated)}, {age} before the feed's first poll, which counts {limit} back as news"
    if past.good_before is None:
        return f"dated {moment(dated)}, more than {limit} before it was first seen"
    return (
        f"dated {moment(dated)}, more than {limit} before {moment(past.good_before)}, when the feed was polled before"
    )


def _said(item: TrailItem) -> datetime | None:
    return trusted(item.published, item.first_seen) or trusted(item.updated, item.first_seen)


def _dated(item: TrailItem) -> str:
    dated = _said(item)
    if dated is None:
        return "it has no date to be believed, and was not there before"
    if dated > item.first_seen:
        return f"dated {moment(dated)}"
    return f"dated {moment(dated)}, first seen {length(item.first_seen - dated)} later"


def _polled(trail: Trail, past: Past) -> Step:
    feed, came, run = trail.feed, trail.item.first_seen, past.brought
    if run is None:
        reach = "comes from no poll that the journal has" if past.whole else "the journal reaches not so far back"
        return Step("poll", came, "unknown", f"{feed.name}, {feed.url}: {reach}")
    status = f"HTTP {run.status}" if run.status is not None else "no answer"
    polls = f", {counted(run.polls, 'poll')} alike" if run.polls > 1 else ""
    note = f"; {run.note}" if run.note else ""
    return Step("poll", came, run.outcome, f"{feed.name}, {feed.url}: {status}, {run.new_items} new{polls}{note}")


def _again(trail: Trail) -> Iterator[Step]:
    item = trail.item
    for number, at in enumerate(trail.revised, 1):
        yield Step("item", at, "revised", f"what it says changed, change {number}: it stays the same item")
    if item.last_seen > item.first_seen:
        detail = "it was in the feed up to then, and known: an item is new once, whatever its id or link becomes"
        yield Step("item", item.last_seen, "known", detail)


def _story(trail: Trail) -> Iterator[Step]:
    item, story = trail.item, trail.story
    at = trail.matches[0].at if trail.matches else None
    if story is None:
        if item.waits_since is None and not item.gave_up:
            yield Step("story", at, "none", "it is in no story: too old for that when it came")
        return
    reports = counted(story.reports, "report")
    if item.folded is None:
        yield Step("story", at, "began", f"it began sty_{story.id}, which has {reports} now")
    else:
        model = story.text_of or story.first
        of = "" if model is None or model.id == item.id else f" as {_called(model)}"
        how = _BY.get(item.folded, f"by {item.folded}")
        yield Step("story", at, "copy", f"it is a report of sty_{story.id}, which has {reports}: {how}{of}")
    if story.split_from is not None:
        yield Step("story", story.split_at, "split", f"sty_{story.id} was taken out of sty_{story.split_from} by hand")


def _called(report: TrailReport) -> str:
    return f"itm_{report.id} of {report.feed}, which came {moment(report.first_seen)}"
