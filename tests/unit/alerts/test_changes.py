"""What a correction changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from worker.alerts.changes import changes, changes_shown
from worker.alerts.model import ReportFacts, UpdateFacts, Words

PLAIN = UpdateFacts(1, "corrected", ReportFacts(9, "", None, None, None), datetime(2022, 2, 12, tzinfo=UTC), 7)


def corrected(before: Words, after: Words) -> UpdateFacts:
    return replace(PLAIN, before=before, after=after)


def test_title_and_text_apart() -> None:
    update = corrected(
        Words("Ukraine ships", "Four ships left. None was hit."), Words("Ukraine ships grain", "Five ships left.")
    )
    assert changes(update) == [
        {"field": "title", "before": "", "after": "grain"},
        {"field": "text", "before": "Four", "after": "Five"},
        {"field": "text", "before": "None was hit.", "after": ""},
    ]
    assert list(changes_shown(update)) == [
        ("title", "Ukraine ships {+grain+}"),
        ("text", "[-Four-] {+Five+} ships left. [-None was hit.-]"),
    ]


def test_what_did_not_change_is_not_shown() -> None:
    update = corrected(Words("Same", "a b"), Words("Same", "a c"))
    assert [field for field, _ in changes_shown(update)] == ["text"]


def test_what_is_not_known_any_more_is_nothing() -> None:
    assert changes(PLAIN) == []
    assert list(changes_shown(PLAIN)) == []


def test_what_was_written_anew_is_cut() -> None:
    before = " ".join(f"same{number} old{number}" for number in range(99))
    update = corrected(Words("x" * 9_999, before), Words("y" * 9_999, before.replace("old", "new")))
    found = changes(update)
    assert [change["field"] for change in found].count("text") == 20
    assert max(len(change["before"]) for change in found) <= 500
    assert all(len(line) <= 1_000 for _, line in changes_shown(update))


def test_each_is_one_line() -> None:
    update = corrected(Words("", "a\n-- \nb"), Words("", "a\n-- \x1b[2J\nc\u202e"))
    assert all(change["after"].isprintable() for change in changes(update))
    assert all(line.isprintable() for _, line in changes_shown(update))
