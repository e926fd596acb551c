"""The JSON shapes of INTERFACE section 7, from the store's rows. Public ids carry a prefix: alt_, sty_, dlv_, itm_."""

from __future__ import annotations

from typing import TYPE_CHECKING

from worker.errors import ConfigurationError

if TYPE_CHECKING:
    from worker.cli.output import Row
    from worker.store.rows import AlertRow, ArchivedItem, DeliveryRow, FeedRow, SubscriberRow, WatchListRow
    from worker.watchlists.model import Hit


def number(public_id: str, prefix: str) -> int:
    """Return the number of a public id such as dlv_12; raise ConfigurationError for anything else."""
    head, _, digits = public_id.rpartition("_")
    if head not in {prefix, ""} or not (digits.isascii() and digits.isdigit()):
        raise ConfigurationError(f"{public_id!r} is no id of this kind; it looks like {prefix}_12")
    return int(digits)


def feed_row(feed: FeedRow) -> Row:
    """A row of `feeds list`."""
    return {
        "name": feed.name,
        "url": feed.url,
        "polled_url": feed.polled_url,
        "tags": feed.tags,
        "every": feed.every,
        "state": feed.state,
        "last_outcome": feed.last_outcome,
        "last_error": feed.last_error,
        "last_polled_at": feed.last_polled_at,
        "next_poll_at": feed.next_poll_at,
        "items": feed.items,
        "managed_by": feed.managed_by,
    }


def watch_list_row(found: WatchListRow) -> Row:
    """A row of `watch list`; languages and the kind of alert are not chosen yet."""
    return {
        "name": found.name,
        "query": found.query,
        "subscribers": found.subscribers,
        "feeds": {"tags": found.feeds} if found.feeds else None,
        "languages": None,
        "alert": "first",
        "state": found.state,
        "matches_7d": found.matches_7d,
        "managed_by": found.managed_by,
    }


def subscriber_row(found: SubscriberRow) -> Row:
    """A row of `subscribers list`; a webhook's address shows its host only."""
    return {
        "name": found.name,
        "timezone": found.timezone,
        "channels": [
            f"{channel.kind}: {channel.address}" if channel.address else channel.kind for channel in found.channels
        ],
        "managed_by": found.managed_by,
    }


def alert_row(found: AlertRow) -> Row:
    """A row of `alerts list`; the wire is not known yet."""
    return {
        "id": f"alt_{found.id}",
        "watch_list": found.watch_list,
        "subscriber": found.subscriber,
        "story": f"sty_{found.story}",
        "title": found.title,
        "link": found.link,
        "reports": found.reports,
        "independent_reports": found.independent_reports,
        "wire": None,
        "created_at": found.created_at,
        "state": found.state,
    }


def delivery_row(found: DeliveryRow) -> Row:
    """A row of `deliveries list`; `alert` is null for a digest, which tells several."""
    return {
        "id": f"dlv_{found.id}",
        "key": found.key,
        "kind": found.subject_kind,
        "alert": f"alt_{found.alert}" if found.alert is not None else None,
        "subscriber": found.subscriber,
        "channel": found.channel,
        "state": found.state,
        "attempts": found.attempts,
        "due_at": found.due_at,
        "sent_at": found.sent_at,
        "last_error": found.last_error,
    }


def found_row(item: ArchivedItem, hit: Hit) -> Row:
    """A row of `search`."""
    from worker.alerts.snippets import snippets_of

    return {
        "title": item.title,
        "link": item.link,
        "feed": item.feed,
        "published": item.published,
        "first_seen": item.first_seen,
        "story": f"sty_{item.story}" if item.story is not None else None,
        "language": item.language,
        "snippets": snippets_of(item.title, item.matchable.text, item.matchable.categories, hit.spans),
    }
