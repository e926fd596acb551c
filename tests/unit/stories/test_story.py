"""A story's reports: which one stands for it, and how many of them are independent (DESIGN 1, issue 4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from worker.stories.story import Report, independents, origins, stage, summarise, texts_apart

BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)
FULL, TEASER, BARE = 200, 30, 3


def report(item, outlet, *, wire=None, words=FULL, text_of=None, minute=None):
    seen = BEGIN + timedelta(minutes=item if minute is None else minute)
    return Report(item, seen, text_of or item, outlet, wire, words, f"Title {item}", f"https://{outlet}/{item}")


@pytest.mark.parametrize(
    ("reports", "count"),
    [
        pytest.param([report(1, "a.example")], 1, id="one report"),
        pytest.param([report(1, "a.example"), report(2, "b.example", text_of=1)], 1, id="a copy of one text"),
        pytest.param(
            [report(n, f"{n}.example", text_of=1, wire="ANI" if n > 1 else None) for n in range(1, 13)],
            1,
            id="twelve outlets with one dispatch, the first without the credit",
        ),
        pytest.param(
            [report(1, "a.example", wire="ANI"), report(2, "b.example", words=BARE)], 2, id="a bare headline beside it"
        ),
        pytest.param(
            [report(1, "a.example", wire="ANI"), report(2, "b.example", words=BARE, wire="ANI")],
            1,
            id="a bare headline that credits the same wire",
        ),
        pytest.param(
            [report(1, "a.example", wire="ANI"), report(2, "b.example", words=BARE, wire="AP")],
            2,
            id="a bare headline that credits another wire",
        ),
        pytest.param(
            [report(1, "a.example", wire="ANI"), report(2, "a.example", words=BARE)],
            1,
            id="a bare headline of the outlet that has the text",
        ),
        pytest.param(
            [report(1, "b.example", words=BARE), report(2, "a.example", wire="ANI")], 2, id="the bare headline first"
        ),
        pytest.param(
            [report(1, "a.example", words=BARE), report(2, "a.example", words=BARE)], 1, id="one outlet's two headlines"
        ),
        pytest.param(
            [report(1, "a.example", words=BARE), report(2, "b.example", words=BARE)], 2, id="two outlets' headlines"
        ),
        pytest.param(
            [report(1, "a.example"), report(2, "b.example"), report(3, "c.example", text_of=2)],
            2,
            id="two texts in one story, as after a merge",
        ),
        pytest.param(
            [report(1, "a.example", wire="AP"), report(2, "b.example", wire="AP")], 1, id="two texts of one wire"
        ),
    ],
)
def test_independent_reports_are_counted_by_origin(reports, count):
    assert summarise(reports).independent == count
    assert summarise(reports[::-1]).independent == count
    assert set(origins(reports)) == {one.item for one in reports}


def test_the_text_is_the_wires_that_most_credit():
    credited = [None, "PTI", "ANI", "ANI"]
    reports = [report(n, f"{n}.example", text_of=1, wire=wire) for n, wire in enumerate(credited, 1)]
    assert set(origins(reports).values()) == {"ANI"}
    assert summarise(reports).wire == "ANI"


def test_without_a_credit_the_text_is_the_first_outlets():
    reports = [report(2, "late.example", text_of=1), report(1, "early.example")]
    assert set(origins(reports).values()) == {"early.example"}
    assert summarise(reports).wire is None


@pytest.mark.parametrize(
    ("words", "head"), [([TEASER, FULL, FULL], 2), ([TEASER, TEASER], 1), ([FULL], 1), ([59, 60], 2)]
)
def test_the_head_is_the_earliest_full_report(words, head):
    reports = [report(n, f"{n}.example", words=count, text_of=1) for n, count in enumerate(words, 1)]
    summary = summarise(reports[::-1])
    assert (summary.head.item, summary.reports) == (head, len(words))
    assert (summary.first_seen, summary.last_seen) == (
        BEGIN + timedelta(minutes=1),
        BEGIN + timedelta(minutes=len(words)),
    )


def test_of_two_seen_at_once_the_one_stored_first_is_the_head():
    assert summarise([report(9, "b.example", minute=0), report(4, "a.example", minute=0, text_of=9)]).head.item == 4


def brought(before, after):
    known = {one.item for one in before}
    return independents(after[::-1], summarise(after).origins, known=known.__contains__)


def test_only_what_brings_a_new_origin_is_independent():
    before = [report(1, "a.example", wire="ANI")]
    after = [
        *before,
        report(2, "b.example", text_of=1),
        report(3, "c.example", words=BARE),
        report(4, "c.example", words=BARE),
        report(5, "d.example", words=BARE),
    ]
    assert brought(before, after) == {2: False, 3: True, 4: False, 5: True}


def test_a_late_credit_makes_no_further_origin():
    before = [report(1, "a.example")]
    assert brought(before, [*before, report(2, "b.example", text_of=1, wire="ANI")]) == {2: False}


@pytest.mark.parametrize(
    ("reports", "corrected", "quiet", "expected"),
    [
        (1, False, False, "first"),
        (2, False, False, "reported"),
        (1, True, False, "corrected"),
        (2, True, False, "corrected"),
        (2, True, True, "quiet"),
    ],
)
def test_a_story_has_its_stages(reports, corrected, quiet, expected):
    window = timedelta(days=5)
    now = BEGIN + window + timedelta(seconds=1 if quiet else 0)
    corrected_at = BEGIN if corrected else None
    assert stage(reports=reports, corrected_at=corrected_at, last_seen=BEGIN, now=now, window=window) == expected


def test_apart_each_side_has_a_bearer_of_its_own_text():
    reports = [
        report(1, "a.example"),
        report(2, "b.example", text_of=1),
        report(3, "c.example", text_of=1),
        report(4, "d.example", text_of=1),
        report(5, "e.example"),
        report(6, "f.example", text_of=5),
    ]
    assert texts_apart(reports, {1, 3, 6}) == {1: 1, 3: 1, 2: 2, 4: 2, 5: 5, 6: 6}
