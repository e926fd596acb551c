"""When a text says that it was published and updated, for items whose feed does not say it. PURE."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC
from itertools import zip_longest
from typing import TYPE_CHECKING

from worker.feeds.dates import trusted
from worker.stories.agencies import AGENCIES
from worker.stories.stamps_labels import labels
from worker.stories.stamps_moment import moment_in
from worker.stories.stamps_zones import is_zone_like, zone_of, zone_said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_HEAD = 400
_TAIL = 500
"""Characters at the ends of a text where stamps stand."""
_REACH = 90
"""Characters behind a label that its moment stands in; as many before a year are searched for labels."""
_MOST_YEARS = 8
_YEARS_OF_OURS = (re.compile(r"20\d\d"), re.compile(r"19\d\d"))
_YEAR = re.compile(r"\d{4}")
_COUNTRY_OF = {agency.name: agency.country for agency in AGENCIES}


@dataclass(frozen=True, slots=True)
class Stamps:
    """The moments a text names itself, aware UTC, each None where absent or not certain."""

    published: datetime | None
    updated: datetime | None


def stamps(text: str, *, wire: str | None, country: str | None, now: datetime) -> Stamps:
    """Find labelled stamps ("Updated: 12-02-2022 22:31 IST") near the start and the end of a text (issue 4.4).

    Wanted only where the feed gives no date. A stamp is a label, a date and a time: a day alone is no moment. Numbers
    are read day first, in the United States month first. An abbreviated zone that several countries use goes by the
    feed's country, else the wire's; one that stays unknown makes the stamp absent. Without a zone the country's counts
    where it has but one. What lies outside 1990 to a day after `now` is absent, as is an update before publication.

    Args:
        text: Plain text as in `ItemData.text`.
        wire: The credited agency's short name (`wire.Credit`), or None.
        country: The feed's, ISO 3166 alpha-2 (`outlet.country`), or None.
        now: Aware UTC.
    """
    found: dict[str, datetime] = {}
    countries = tuple(filter(None, (country, _COUNTRY_OF.get(wire or ""))))
    for kind, behind in _labelled(text):
        if kind not in found and (moment := _moment(behind, countries)) and (believed := trusted(moment, now)):
            found[kind] = believed
    published, updated = found.get("published"), found.get("updated")
    return Stamps(published, None if published and updated and updated < published else updated)


def _labelled(text: str) -> Iterator[tuple[str, str]]:
    """Kind of stamp and the text between its label and the next, in order."""
    for stretch in (text[:_HEAD], text[max(_HEAD, len(text) - _TAIL) :]):
        searched = 0
        for year in _years(stretch)[:_MOST_YEARS]:
            found = [*labels(stretch, max(searched, year - _REACH), year)]
            for label, following in zip_longest(found, found[1:]):
                yield label.kind, stretch[label.end : following.start if following else label.end + _REACH]
            searched = max(searched, year)


def _years(stretch: str) -> list[int]:
    """Where four digits stand that may be a year; most texts have none, so that is what must be cheap."""
    if stretch.isascii():
        return sorted(year.start() for century in _YEARS_OF_OURS for year in century.finditer(stretch))
    return [year.start() for year in _YEAR.finditer(stretch)]


def _moment(behind: str, countries: tuple[str, ...]) -> datetime | None:
    said = moment_in(behind, month_first=countries[:1] == ("US",))
    if said is None:
        return None
    named = said.zone and is_zone_like(said.zone)
    zone = zone_said(said.zone, countries) if named else zone_of(countries[0] if countries else None)
    return said.wall.replace(tzinfo=zone).astimezone(UTC) if zone else None
