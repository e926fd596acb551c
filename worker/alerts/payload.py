"""The body of a webhook, as INTERFACE 4 fixes it. PURE."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from worker.alerts.changes import changes
from worker.alerts.lines import one_line
from worker.alerts.notice import notice_data
from worker.alerts.snippets import snippets
from worker.feeds.dates import trusted
from worker.feeds.links import without_userinfo

if TYPE_CHECKING:
    from datetime import datetime

    from worker.alerts.model import AlertFacts, Coverage, Message, ReportFacts, UpdateFacts

TITLE_LIMIT = 500
SUMMARY_LIMIT = 2_000
NAME_LIMIT = 200
LIST_LIMIT = 50
"""Authors of an item, and items of a story, that one message names."""


def payload(message: Message, *, base_url: str | None) -> dict[str, object]:
    """Make the body of `message`: plain values, ready for JSON.

    `data` is one alert, for a digest `{"subscriber", "alerts": [...]}`, for a notice what it says and `subscriber`. A
    digest says how well the feeds were read: `coverage` {"feeds": {state: number}, "worst_delay_s", "worst_feed",
    "gaps": [{"feed", "since", "until"}]}; one without alerts says that nothing matched.
    Its timestamp is the subject's, not the time of sending, so that attempts of one delivery differ only where the
    story grew. An update (`alert.updated`) says all that an alert says, of the story as it is now, and what became of
    it: `update` {"sequence", "kind": "corrected|reported|independent", "at", "follows": key of the first message, or
    null where none was received here, "first_alert": the id that this gave to the alert, "item": the report concerned,
    "changes": [{"field", "before", "after"}]}.
    `base_url` None means that no web role runs: there are no pages to link to (INTERFACE 8.12).
    """
    data: dict[str, object]
    if message.type == "digest.created":
        alerts = [alert_data(facts, base_url=base_url, follows=None) for facts in message.alerts]
        data = {"subscriber": message.subscriber, "alerts": alerts}
        if message.coverage is not None:
            data["coverage"] = coverage_data(message.coverage)
    elif message.alerts:
        data = alert_data(message.alerts[0], base_url=base_url, follows=message.first_key)
    else:
        data = notice_data(message)
    return {"type": message.type, "timestamp": utc_text(message.created_at), "data": data}


def alert_data(facts: AlertFacts, *, base_url: str | None, follows: str | None) -> dict[str, object]:
    """Everything one message says of one alert; `update` stands there where it `follows` another, or is to.

    `brief` is true where a digest tells so much that this one has no more than its names, title and link.
    """
    if facts.brief:
        return _brief(facts)
    data: dict[str, object] = {
        "id": f"alt_{facts.alert}",
        "watch_list": facts.watch_list,
        "watch_lists": list(facts.watch_lists),
        "subscriber": facts.subscriber,
        "story": _story(facts, base_url),
        "item": _item(facts),
        "match": {"terms": list(facts.terms), "snippets": snippets(facts)},
        "latency": {
            "published_to_seen_s": _seconds(trusted(facts.published, facts.first_seen), facts.first_seen),
            "seen_to_alert_s": _seconds(facts.first_seen, facts.created_at),
        },
    }
    if facts.update is not None:
        data["update"] = _update(facts.update, follows)
    return data


def _brief(facts: AlertFacts) -> dict[str, object]:
    return {
        "id": f"alt_{facts.alert}",
        "watch_list": facts.watch_list,
        "story": {"id": f"sty_{facts.story}", "title": one_line(facts.story_title, TITLE_LIMIT)},
        "item": {
            "title": one_line(facts.title, TITLE_LIMIT),
            "link": _link(facts.link),
            "source": _name(facts.source or facts.feed_name),
            "published": _optional(facts.published),
        },
        "brief": True,
    }


def utc_text(at: datetime) -> str:
    """ISO 8601 in UTC, to the second: '2022-02-12T17:02:11Z'."""
    # Not strftime: how wide it writes a year before 1000 is the system's choice.
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _story(facts: AlertFacts, base_url: str | None) -> dict[str, object]:
    story = f"sty_{facts.story}"
    return {
        "id": story,
        "title": one_line(facts.story_title, TITLE_LIMIT),
        "url": f"{base_url.rstrip('/')}/stories/{story}" if base_url is not None else None,
        "first_seen": utc_text(facts.story_first_seen),
        "reports": facts.reports,
        "independent_reports": facts.independent_reports,
        "wire": facts.story_wire,
        "items": [_report(report) for report in facts.story_items[:LIST_LIMIT]],
    }


def _report(report: ReportFacts) -> dict[str, object]:
    return {
        "title": one_line(report.title, TITLE_LIMIT),
        "link": _link(report.link),
        "source": _name(report.source),
        "wire": report.wire,
        "published": _optional(report.published),
    }


def _update(update: UpdateFacts, follows: str | None) -> dict[str, object]:
    return {
        "sequence": update.sequence,
        "kind": update.kind,
        "at": utc_text(update.created_at),
        "follows": follows,
        "first_alert": f"alt_{update.first_alert}",
        "item": _report(update.report) | {"dateline": _name(update.report.dateline)},
        "changes": changes(update),
    }


def _item(facts: AlertFacts) -> dict[str, object]:
    return {
        "title": one_line(facts.title, TITLE_LIMIT),
        "link": _link(facts.link),
        "summary": one_line(facts.summary, SUMMARY_LIMIT),
        "authors": [one_line(author, NAME_LIMIT) for author in facts.authors[:LIST_LIMIT]],
        "source": _name(facts.source),
        "wire": facts.wire,
        "dateline": _name(facts.dateline),
        "language": facts.language,
        "published": _optional(facts.published),
        "updated": _optional(facts.updated),
        "first_seen": utc_text(facts.first_seen),
        "feed": {"name": one_line(facts.feed_name, NAME_LIMIT), "url": without_userinfo(facts.feed_url)},
        "image": _link(facts.image),
    }


def coverage_data(coverage: Coverage) -> dict[str, object]:
    """How well the feeds behind a subscriber's lists were read, as digests have it."""
    worst = coverage.worst_delay
    return {
        "feeds": dict(coverage.feeds),
        "worst_delay_s": None if worst is None else round(worst.total_seconds(), 3),
        "worst_feed": _name(coverage.worst_feed),
        "gaps": [
            {"feed": _name(gap.feed), "since": utc_text(gap.since), "until": utc_text(gap.until)}
            for gap in coverage.gaps[:LIST_LIMIT]
        ],
    }


def _link(address: str | None) -> str | None:
    """Without userinfo, as mails have it: `https://bank.example@evil.example/` would pass for what it is not."""
    return None if address is None else without_userinfo(address)


def _name(text: str | None) -> str | None:
    return None if text is None else one_line(text, NAME_LIMIT)


def _optional(at: datetime | None) -> str | None:
    return None if at is None else utc_text(at)


def _seconds(since: datetime | None, until: datetime) -> float | None:
    return None if since is None else max(0.0, round((until - since).total_seconds(), 3))
