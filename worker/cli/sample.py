"""An alert about nothing that has happened, to look at how one reads."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from worker.alerts.model import AlertFacts, ReportFacts
from worker.watchlists.model import Span

_AT: Final = datetime(2022, 2, 12, 17, 1, tzinfo=UTC)
_TITLE: Final = "Talks around Ukraine over"
_TEXT: Final = "The talks ended without a result, said both sides in Kyiv; they meet again on Monday."

FACTS: Final = AlertFacts(
    alert=1,
    watch_list="Ukraine",
    watch_lists=("Ukraine",),
    subscriber="",
    story=1,
    story_title=_TITLE,
    story_first_seen=_AT,
    reports=3,
    independent_reports=2,
    story_items=(
        ReportFacts(1, _TITLE, "https://news.example.org/a", "Example News", _AT, "Reuters", "Kyiv"),
        ReportFacts(2, "No result in Ukraine talks", "https://paper.example.org/b", "Example Paper", _AT, "Reuters"),
        ReportFacts(3, "Talks to go on", "https://third.example.org/c", "The Third", _AT),
    ),
    item=1,
    title=_TITLE,
    link="https://news.example.org/a",
    summary=_TEXT,
    text=_TEXT,
    authors=("A. Writer",),
    categories=("World",),
    source="Example News",
    language="en",
    published=_AT,
    updated=None,
    first_seen=_AT,
    image=None,
    feed_name="Example World",
    feed_url="https://news.example.org/world.xml",
    terms=("Ukraine", "Kyiv"),
    spans=(Span("title", 13, 20), Span("text", _TEXT.index("Kyiv"), _TEXT.index("Kyiv") + 4)),
    created_at=_AT,
    story_wire="Reuters",
    wire="Reuters",
    dateline="Kyiv",
)
