"""The JSON shapes of INTERFACE section 7, from the store's rows. Public ids carry a prefix: alt_, sty_, dlv_."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING

from config.hours import write_quiet_hours, write_schedule
from config.redaction import shown_url
from worker.alerts.model import MASKED
from worker.alerts.times import to_the_minute
from worker.cli.output import plain
from worker.errors import ConfigurationError
from worker.feeds.links import without_userinfo
from worker.watchlists.naming import countries_named

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from worker.cli.output import Row
    from worker.pipeline.discover import FoundFeed
    from worker.pipeline.search import FoundItem
    from worker.records import PollResult
    from worker.store.rows import AlertRow, DeliveryRow, FeedRow, JournalRow, SubscriberRow, WatchListRow

GAP_SHOWN_FOR = timedelta(days=7)
"""So long it is said that items may be missing; afterwards nobody could find them any more."""

LARGEST = 2**63 - 1
"""The largest id that a database holds."""


def number(public_id: str, prefix: str) -> int:
    """Return the number of a public id such as dlv_12; raise ConfigurationError for anything else."""
    head, _, digits = public_id.rpartition("_")
    if head in {prefix, ""} and digits.isascii() and digits.isdigit() and int(digits[:20]) <= LARGEST:
        return int(digits[:20])
    raise ConfigurationError(f"{public_id!r} is no id of this kind; it looks like {prefix}_12")


def feed_row(feed: FeedRow, *, now: datetime) -> Row:
    """A row of `feeds list`."""
    gap = _gap(feed, now)
    return {
        "name": feed.name,
        "url": shown_url(feed.url),
        "polled_url": shown_url(feed.polled_url),
        "tags": feed.tags,
        "every": feed.every,
        "interval": feed.interval,
        "full_text": feed.full_text,
        "ignore_hints": feed.ignore_hints,
        "state": feed.state,
        "last_outcome": feed.last_outcome,
        "last_status": feed.last_status,
        "last_error": feed.last_error,
        "last_polled_at": feed.last_polled_at,
        "next_poll_at": feed.next_poll_at,
        "items": feed.items,
        "managed_by": feed.managed_by,
        "opml": None if feed.opml is None else shown_url(feed.opml),
        "paused": feed.paused,
        "merged_into": feed.merged_into,
        "gap_from": gap and gap[0],
        "gap_until": gap and gap[1],
        "broken_since": feed.told_at,
        "note": feed_note(feed, now=now),
    }


def feed_note(feed: FeedRow, *, now: datetime) -> str | None:
    """What a person should know of a feed beside its state, in one line."""
    if feed.merged_into is not None:
        return f"it moved to the address of {shown_url(feed.merged_into)}, and is polled as that"
    if feed.paused:
        return "paused by hand; `tocsin feeds pause NAME --resume` takes it up again"
    notes = []
    if gap := _gap(feed, now):
        notes.append(f"items may be missing between {plain(gap[0])} and {plain(gap[1])}")
    if feed.opml_error is not None:
        notes.append(f"its OPML list cannot be followed: {feed.opml_error}")
    return "; ".join(notes) or None


def _gap(feed: FeedRow, now: datetime) -> tuple[datetime, datetime] | None:
    """The feed's latest gap, while that is of any use."""
    if feed.gap_from is None or feed.gap_until is None or now - feed.gap_until > GAP_SHOWN_FOR:
        return None
    return feed.gap_from, feed.gap_until


def journal_row(run: JournalRow) -> Row:
    """A row of `feeds history`: polls in a row that ended alike."""
    return asdict(run) | {"seconds": round(run.seconds, 3)}


def found_feed_row(found: FoundFeed) -> Row:
    """A row of `feeds discover`."""
    return {
        "url": shown_url(found.url),
        "title": found.title,
        "format": found.format,
        "items": found.items,
        "how": found.how,
        "comments": found.comments,
    }


def poll_row(result: PollResult) -> Row:
    """A row of `poll`."""
    return {
        "feed": shown_url(result.feed),
        "url": shown_url(result.url),
        "outcome": result.outcome,
        "status": result.status,
        "new_items": result.new_items,
        "known_items": result.known_items,
        "alerts": result.alerts,
        "error": result.error,
        "seconds": result.seconds,
        "note": result.note,
    }


def elsewhere_row(feed: FeedRow, note: str, *, polled: bool) -> Row:
    """A row of `poll` for a feed that another process has in hand.

    `polled`: it was polled there meanwhile, and the row says how that ended. Else it was not polled as asked, which is
    an error, and `note` says why.
    """
    return {
        "feed": feed.name,
        "url": shown_url(feed.url),
        "outcome": feed.last_outcome if polled else "error",
        "status": feed.last_status if polled else None,
        "new_items": None,
        "known_items": None,
        "alerts": None,
        "error": feed.last_error if polled else note,
        "seconds": None,
        "note": note if polled else None,
    }


def watch_list_row(found: WatchListRow) -> Row:
    """A row of `watch list`; `feeds` and `languages` are null where all count."""
    return {
        "name": found.name,
        "query": found.query,
        "exclude": found.exclude,
        "subscribers": found.subscribers,
        "notify": [
            {
                "subscriber": line.subscriber,
                "when": write_schedule(line.when),
                "at_most": line.at_most,
                "break_through": line.break_through,
            }
            for line in found.notify
        ],
        "feeds": {"tags": found.feeds} if found.feeds else None,
        "languages": found.languages or None,
        "alert": found.alert,
        "state": found.state,
        "matches_7d": found.matches_7d,
        "managed_by": found.managed_by,
        "broken_why": found.broken_why,
        "countries": countries_named(found.query),
    }


def subscriber_row(found: SubscriberRow) -> Row:
    """A row of `subscribers list`; of a webhook's address only the host is shown."""
    channels = []
    shown = [f"{channel.kind} {channel.address}".strip() for channel in found.channels]
    for channel, told in zip(found.channels, numbered(shown), strict=True):
        channels.append(told if channel.state == "enabled" else f"{told} (turned off: {channel.disabled_reason})")
    quiet = None if found.quiet_hours is None else write_quiet_hours(found.quiet_hours)
    return {
        "name": found.name,
        "timezone": found.timezone,
        "quiet_hours": quiet,
        "heartbeat": None if found.heartbeat is None else write_schedule(found.heartbeat),
        "paused": [{"watch_list": one.watch_list, "until": one.until} for one in found.pauses],
        "channels": channels,
        "managed_by": found.managed_by,
    }


def numbered(channels: Sequence[str]) -> list[str]:
    """Number a subscriber's channels, as they are shown, where some may look alike: `--channel` takes the number."""
    kinds = [channel.partition(" ")[0] for channel in channels]
    return [
        f"{channel} #{place}" if kind in MASKED and kinds.count(kind) > 1 else channel
        for place, (kind, channel) in enumerate(zip(kinds, channels, strict=True), 1)
    ]


def paused(found: SubscriberRow) -> str:
    """Say what a subscriber has paused, in a few words: "all until 2022-02-12 17:00 UTC, Ukraine"."""
    return ", ".join(
        (one.watch_list or "all") + ("" if one.until is None else f" until {to_the_minute(one.until)}")
        for one in found.pauses
    )


def alert_row(found: AlertRow) -> Row:
    """A row of `alerts list`."""
    return {
        "id": f"alt_{found.id}",
        "watch_list": found.watch_list,
        "subscriber": found.subscriber,
        "story": f"sty_{found.story}",
        "title": found.title,
        "link": without_userinfo(found.link or "") or None,
        "reports": found.reports,
        "independent_reports": found.independent_reports,
        "wire": found.wire,
        "created_at": found.created_at,
        "state": found.state,
    }


def delivery_row(found: DeliveryRow) -> Row:
    """A row of `deliveries list`; `alert` is null for a digest, which tells several.

    `update` is the number of an alert's update, null for its first message. `waits_for` is the delivery before which
    an update is not told.
    """
    return {
        "id": f"dlv_{found.id}",
        "key": found.key,
        "kind": found.subject_kind,
        "alert": f"alt_{found.alert}" if found.alert is not None else None,
        "update": found.sequence or None,
        "update_kind": found.update_kind,
        "subscriber": found.subscriber,
        "channel": found.channel,
        "state": found.state,
        "attempts": found.attempts,
        "due_at": found.due_at,
        "waits_for": f"dlv_{found.waits_for}" if found.waits_for is not None else None,
        "sent_at": found.sent_at,
        "last_error": found.last_error,
    }


def delivery_cells(row: Row) -> Row:
    """Return a row of `deliveries list` as its table shows it: which update it is, and why one waits, in words."""
    update = f"{row['update_kind']} #{row['update']}" if row["update"] else None
    waits = f"waits for {row['waits_for']}" if row["waits_for"] else None
    return {**row, "update": update, "last_error": row["last_error"] or waits}


def found_row(found: FoundItem) -> Row:
    """A row of `search`; its `cursor` goes on behind it."""
    from worker.alerts.snippets import snippets_in

    item = found.item
    return {
        "title": item.title,
        "link": item.link,
        "feed": item.feed,
        "published": item.published,
        "first_seen": item.first_seen,
        "story": f"sty_{item.story}" if item.story is not None else None,
        "language": item.language,
        "snippets": snippets_in(item.matchable, found.hit.spans),
        "cursor": found.cursor,
    }
