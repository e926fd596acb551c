"""One moment as it stands in a text: a date and a time of day, in many ways of writing. PURE."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import TYPE_CHECKING, NamedTuple

from worker.stories.stamps_months import gregorian, jalali_month_named, month_named

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORD = r"[^\W\d_][\w'’.\u0900-\u0d7f\u0e00-\u0e7f]{0,19}?"
_BETWEEN = r"(?:\s?[.,/-]?\s?(?:de|del|of|تا|พ\.ศ\.)?\s)"
_SHAPES = (
    re.compile(r"(?P<year>\d{4})\s?[-/.年년]\s?(?P<month>\d{1,2})\s?[-/.月월]\s?(?P<day>\d{1,2})(?!\d)\s?[日일.]?"),
    re.compile(r"(?P<first>\d{1,2})\s?[-/.]\s?(?P<second>\d{1,2})\s?[-/.]\s?(?P<year>\d{4})(?!\d)"),
    re.compile(
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|ª|º|\.)?(?:\s?-\s?|\s)(?:de\s|of\s|d['’])?(?P<name>{_WORD}(?:\s[^\W\d_]{{3,8}})??)"
        rf"\.?(?:\s?/\s?[^\W\d_]{{2,12}})?[,-]?\s?(?:de\s|del\s|พ\.ศ\.\s?)?(?P<year>\d{{4}})(?!\d)"
    ),
    re.compile(rf"(?P<name>{_WORD})\.?\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s?,?\s(?P<year>\d{{4}})(?!\d)"),
    re.compile(rf"(?P<year>\d{{4}})[.,]?\s(?P<name>{_WORD})\.?\s(?P<day>\d{{1,2}})(?!\d)\.?"),
)
_TIME = re.compile(
    r"(?P<before>上午|下午|午前|午後|오전|오후|ص|م)?\s?(?<![\d:.,])(?P<hour>\d{1,2})\s?[:.h時时시点點]\s?(?P<minute>\d{2})(?!\d)"
    r"(?:\s?[:.分]?\s?(?P<second>\d{2})(?:\.\d{1,9})?(?!\d))?[分분]?\s?"
    r"(?P<after>[ap]\.?\s?m\b\.?|[AP]\.?\s?M\b\.?|[Ss]áng|[Cc]hiều|ص|م|صباحا|صباحًا|مساء|مساءً)?",
)
_ZONE = re.compile(
    r"(?:\s?(?:Uhr|hrs|h)\b)?\s?[(\[]?\s?"
    r"(?:(?P<offset>(?:UTC|GMT)?\s?[+−-]\s?\d{1,2}(?::?\d{2})?(?![\d.:/-]))|(?P<name>[A-ZА-Я]{1,5}|мск)(?!\w))"
)
_MORNING = frozenset({"am", "上午", "午前", "오전", "ص", "صباحا", "صباحًا", "sáng"})
_AFTERNOON = frozenset({"pm", "下午", "午後", "오후", "م", "مساء", "مساءً", "chiều"})
_NOON = 12
_FAR = 28
"""Characters that may stand between a date and its time, and between the label and the first of both."""
_FARTHEST = 45
"""Characters between the label and the date, a time before it included."""
_DIGIT_OR_END = re.compile(r"[\d\n]")
_OTHER_DIGIT = re.compile(r"(?![0-9])\d")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


class Moment(NamedTuple):
    """A date and a time of day as a clock on the wall shows them, and the zone said beside it ("" for none)."""

    wall: datetime
    zone: str


def moment_in(text: str, *, month_first: bool) -> Moment | None:
    """The moment that `text` begins with, after a few words without digits; None where date or time is missing.

    Numbers are day, month, year unless `month_first` or there is no such month; four digits first are year, month, day.
    """
    said = _INVISIBLE.sub("", text)
    if not said.isascii():
        said = _OTHER_DIGIT.sub(lambda digit: str(int(digit[0])), said)
    found, day = next(_dates(said, month_first=month_first), (None, None))
    if found is None or day is None:
        return None
    behind = said[found.end() :]
    clock = _TIME.search(behind[: _FAR * 2])
    if clock and _digitless(behind) >= clock.start() and clock.start() <= _FAR:
        return _moment(day, clock, behind[clock.end() :])
    clock = _TIME.search(said[: found.start()])
    if clock and clock.start() <= _FAR and found.start() - clock.end() <= _FAR:
        between = said[clock.end() : found.start()]
        return _moment(day, clock, between if _ZONE.match(between) else behind)
    return None


def _dates(said: str, *, month_first: bool) -> Iterator[tuple[re.Match[str], date]]:
    for shape in _SHAPES:
        found = shape.search(said)
        if (
            found is not None
            and found.start() <= _FARTHEST
            and (day := _day(found.groupdict(), month_first=month_first))
        ):
            yield found, day


def _day(said: dict[str, str], *, month_first: bool) -> date | None:
    year = int(said["year"])
    if "first" in said:
        day, month = int(said["first"]), int(said["second"])
        if month_first or month > _NOON:
            day, month = month, day
        return gregorian(year, month, day)
    if "month" in said:
        return gregorian(year, int(said["month"]), int(said["day"]))
    name = said["name"].strip(".")
    if named := month_named(name) or month_named(name.removeprefix("ב")):  # Hebrew: "in"
        return gregorian(year, named, int(said["day"]))
    jalali = jalali_month_named(name)
    return gregorian(year, jalali, int(said["day"]), jalali=True) if jalali else None


def _moment(day: date, clock: re.Match[str], behind: str) -> Moment | None:
    half = (clock["before"] or clock["after"] or "").lower().replace(".", "").replace(" ", "")
    hour = int(clock["hour"])
    if half in _MORNING | _AFTERNOON and hour <= _NOON:
        hour = hour % _NOON + (_NOON if half in _AFTERNOON else 0)
    try:
        wall = datetime.combine(day, time(hour, int(clock["minute"]), int(clock["second"] or 0)))
    except ValueError:
        return None
    zone = _ZONE.match(behind)
    return Moment(wall, "" if zone is None else (zone["offset"] or zone["name"] or "").strip())


def _digitless(text: str) -> int:
    """How many characters of one line come before its first digit."""
    first = _DIGIT_OR_END.search(text)
    return first.start() if first else len(text)
