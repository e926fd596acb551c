"""An alert about Ukraine, and messages made of it; each test changes what it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from worker.alerts.model import AlertFacts, Message, ReportFacts, UpdateFacts, Words
from worker.watchlists.model import Span

if TYPE_CHECKING:
    from collections.abc import Callable

SEEN = datetime(2022, 2, 12, 17, 2, 11, tzinfo=UTC)
PUBLISHED = SEEN.replace(minute=1, second=30)

FACTS = AlertFacts(
    alert=7,
    watch_list="Ukraine",
    watch_lists=("Kyiv", "Ukraine"),
    subscriber="desk",
    story=3,
    story_title="Talks around Ukraine over",
    story_first_seen=SEEN,
    reports=1,
    independent_reports=1,
    story_items=(ReportFacts(1, "Talks around Ukraine over", "https://news.example.org/a", "Example News", PUBLISHED),),
    item=1,
    title="Talks around Ukraine over",
    link="https://news.example.org/a",
    summary="Nothing came of it.",
    text="Nothing came of it. Переговори в Києві завершено.",
    authors=("A. Writer",),
    categories=("World", "Ukraine war"),
    source="Example News",
    language="en",
    published=PUBLISHED,
    updated=None,
    first_seen=SEEN,
    image=None,
    feed_name="Example World",
    feed_url="https://news.example.org/world.xml",
    terms=("Ukraine",),
    spans=(Span("title", 13, 20),),
    created_at=SEEN.replace(microsecond=300_000),
)


CORRECTED = UpdateFacts(
    sequence=1,
    kind="corrected",
    report=FACTS.story_items[0],
    created_at=SEEN.replace(hour=18),
    first_alert=7,
    before=Words("Talks around Ukraine begin", "Nothing came of it. Переговори в Києві завершено."),
    after=Words("Talks around Ukraine over", "Nothing came of it. Переговори в Києві завершено."),
    first_lists=("Kyiv", "Ukraine"),
    first_title="Talks around Ukraine begin",
)
INDEPENDENT = replace(
    CORRECTED,
    sequence=2,
    kind="independent",
    report=ReportFacts(2, "Talks end", "https://b.example/1", "B", SEEN, "Reuters", "Kyiv"),
    before=None,
    after=None,
)


@pytest.fixture(scope="session")
def facts() -> Callable[..., AlertFacts]:
    def make(**changes: Any) -> AlertFacts:
        return replace(FACTS, **changes)

    return make


@pytest.fixture(scope="session")
def message() -> Callable[..., Message]:
    def make(*alerts: AlertFacts, type: str = "alert.created", **more: Any) -> Message:  # noqa: A002 - the field's name
        key = "0c1f0a1e-3f0f-5d7e-9f0e-5a1d3c2b1a00"
        return Message(key=key, type=type, created_at=SEEN, subscriber="desk", alerts=alerts, **more)

    return make
