"""A story: who reports it, which report stands for it, and how many are independent. PURE."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime, timedelta

FULL_REPORT = 60
"""Words from which a report is a full one, and no summary or teaser (NEARDUP, section 6)."""

HEADLINE_ONLY = 12
"""A report with fewer words than that says no more than its headline (NEARDUP, section 5)."""


class Report(NamedTuple):
    """An item as part of a story.

    Attributes:
        text_of: The item whose text it carries; itself where the text is its own.
        outlet: Who published it (see `stories.outlet`).
        wire: The agency it credits, or None.
        words: Of its text.
    """

    item: int
    first_seen: datetime
    text_of: int
    outlet: str
    wire: str | None
    words: int
    title: str
    link: str | None


@dataclass(frozen=True, slots=True)
class Summary:
    """What a story's reports come to.

    Attributes:
        head: The earliest full report, or the earliest of all where none is full.
        wire: The agency that most of its reports credit, or None.
        origins: item -> the origin of its report, as `origins` finds it.
    """

    head: Report
    wire: str | None
    reports: int
    origins: Mapping[int, str]
    first_seen: datetime
    last_seen: datetime

    @property
    def independent(self) -> int:
        """How many origins there are among the reports (DESIGN 1)."""
        return len(set(self.origins.values()))


def summarise(reports: Sequence[Report]) -> Summary:
    """Sum up the reports of one story, at least one, in any order."""
    ordered = _in_order(reports)
    return Summary(
        head=next((report for report in ordered if report.words >= FULL_REPORT), ordered[0]),
        wire=_credited(ordered),
        reports=len(ordered),
        origins=origins(ordered),
        first_seen=ordered[0].first_seen,
        last_seen=ordered[-1].first_seen,
    )


def origins(reports: Sequence[Report]) -> dict[int, str]:
    """Return item -> the origin of its report, a wire or an outlet.

    Reports of one text have one origin: the wire that most of them credit, or the outlet that had the text first. A
    bare headline without a credit has that of its outlet's report, or else the outlet itself.
    """
    texts: defaultdict[int, list[Report]] = defaultdict(list)
    for report in _in_order(reports):
        texts[report.text_of].append(report)
    origin: dict[int, str] = {}
    published: dict[str, str] = {}
    bare: list[Report] = []
    for alike in texts.values():
        if len(alike) == 1 and alike[0].words < HEADLINE_ONLY and alike[0].wire is None:
            bare += alike
            continue
        of_text = _credited(alike) or alike[0].outlet
        for report in alike:
            origin[report.item] = of_text
            published.setdefault(report.outlet, of_text)
    for report in bare:
        origin[report.item] = published.setdefault(report.outlet, report.outlet)
    return origin


def independents(
    reports: Sequence[Report], origin: Mapping[int, str], *, known: Callable[[int], bool]
) -> dict[int, bool]:
    """Return, of each report that is not `known` (by its item), whether it brings an origin that no other brought.

    Of several new ones with one new origin the first brings it, in the order of `first_seen`.
    """
    heard = {origin[report.item] for report in reports if known(report.item)}
    brings: dict[int, bool] = {}
    for report in _in_order(reports):
        if not known(report.item):
            brings[report.item] = origin[report.item] not in heard
            heard.add(origin[report.item])
    return brings


def _credited(reports: Sequence[Report]) -> str | None:
    """The agency credited most often, of equals the one credited first."""
    times = Counter(report.wire for report in reports if report.wire is not None)
    return max(times, key=times.__getitem__, default=None)


def _in_order(reports: Sequence[Report]) -> list[Report]:
    return sorted(reports, key=lambda report: (report.first_seen, report.item))


Stage = Literal["first", "reported", "corrected", "quiet"]
"""How far a story is: told by one report, by several, with a correction, or over."""


def stage(
    *, reports: int, corrected_at: datetime | None, last_seen: datetime, now: datetime, window: timedelta
) -> Stage:
    """Return how far a story is (issue 4, paragraph 5); quiet is one that no report can join any more."""
    if last_seen < now - window:
        return "quiet"
    if corrected_at is not None:
        return "corrected"
    return "first" if reports == 1 else "reported"


def texts_apart(reports: Sequence[Report], moved: Collection[int]) -> dict[int, int]:
    """Return item -> the item whose text it carries, once the reports `moved` are a story of their own.

    Where the bearer of a text goes to the other side, the earliest of those that carry it here takes its place.
    """
    text_of: dict[int, int] = {}
    first: dict[tuple[int, bool], int] = {}
    for report in _in_order(reports):
        side = report.text_of, report.item in moved
        text_of[report.item] = first.setdefault(side, report.item)
    return text_of
