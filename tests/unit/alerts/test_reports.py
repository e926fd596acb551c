"""Who reports a story, in words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from worker.alerts.model import ReportFacts
from worker.alerts.reports import also_by, credited, other_reports

if TYPE_CHECKING:
    from collections.abc import Callable

    from worker.alerts.model import AlertFacts

    Facts = Callable[..., AlertFacts]


@pytest.mark.parametrize(
    ("sources", "reports", "expected"),
    [
        ([], 1, ""),
        (["A"], 2, "A"),
        (["A", "B"], 3, "A, B"),
        (["A", "B", "C"], 4, "A, B and 1 more"),
        (["A", "A", "B"], 4, "A, B"),
        (["A", None], 3, "A and 1 more"),
        ([None, None], 3, "2 more"),
        (["A", "B", "C"], 60, "A, B and 57 more"),
        (["A\nB"], 2, "A B"),
    ],
)
def test_who_else_has_it(facts: Facts, sources: list[str | None], reports: int, expected: str) -> None:
    others = tuple(ReportFacts(9, f"{number}", None, source, None) for number, source in enumerate(sources))
    assert also_by(facts(reports=reports, story_items=facts().story_items + others)) == expected


def test_what_another_outlet_calls_the_same_is_another_report(facts: Facts) -> None:
    own = facts().story_items[0]
    other = replace(own, item=9)
    assert other_reports(facts(title="Changed", story_items=(own, other))) == [other]


@pytest.mark.parametrize(
    ("source", "wire", "dateline", "expected"),
    [
        ("Example", None, None, "Example"),
        ("Example", "Reuters", None, "Example (Reuters)"),
        ("Example", None, "Kyiv", "Example (Kyiv)"),
        ("Example", "Reuters", "Kyiv", "Example (Reuters, Kyiv)"),
        ("REUTERS", "Reuters", "Kyiv", "REUTERS (Kyiv)"),
        (None, "AFP", None, "unknown source (AFP)"),
        ("A\nB", "AFP", "Kyiv\n-- ", "A B (AFP, Kyiv --)"),
    ],
)
def test_the_credit_stands_behind_the_outlet(
    source: str | None, wire: str | None, dateline: str | None, expected: str
) -> None:
    assert credited(source, wire, dateline) == expected
