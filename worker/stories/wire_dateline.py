"""The agency and the place that a text's start names. PURE.

The shapes, each only at the start of one of the first lines:

    WASHINGTON, Feb 12 (Reuters) -      MOSCOW, February 12. /TASS/.      in brackets
    МОСКВА, 12 фев - РИА Новости.       КИЇВ. 12 лютого. УНН              open, behind a date or a dash
    (ANSA) - ROMA, 12 FEB -             AFP - ...                         the agency first
    新华社北京2月12日电   【ワシントン共同】   (서울=연합뉴스)              without spaces
    Paris, France | AFP |               Київ. Укрінформ.                  between bars, behind a full stop
    By Jane Doe, and on the next line: ASSOCIATED PRESS                   below an author
    KYIV, Ukraine —                     WASHINGTON —                      a place alone
"""
# ruff: noqa: RUF002 - words and marks of other scripts

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from worker.stories.agencies import AGENCIES
from worker.stories.wire_names import credit_agency, one_agency
from worker.stories.wire_places import POINTED, STAND_ALONE, is_name_like, leading_place, tidy_place

if TYPE_CHECKING:
    from worker.stories.agencies import Agency


class Dateline(NamedTuple):
    """What a dateline says; both None where there is none."""

    agency: Agency | None
    place: str | None


_MOST_LINES = 4
_LONGEST = 90
"""Characters before the agency."""
_LONGEST_UNSPACED = 45
_MOST_BRACKETS = 3
_BRACKET = re.compile(r"[(（\[［]([^()（）\[\]［］\n]{2,60})[)）\]］]|/([^()/\n]{2,40})/")
_SEPARATOR = re.compile(r"\s*+[-–—―:：.|·•=~\n]|\s*+\Z")
_EDGE = " \t\u3000-–—:,.•*|/(（[［\xa0"
_CAPITALS_LAST = re.compile(
    r"(?:^|(?<=[\s—–-]))([^\W\d_a-z][^\W\d_a-z]+(?>[ /-][^\W\d_a-z]{2,}+){0,3}+)((?:,\s?[\w.][\w. ]{1,30}){0,2})\Z"
)
_CALENDAR = (
    "jan|feb|fév|fev|mar|mär|apr|avr|abr|mai|may|jun|jui|jul|aug|aoû|ago|sep|set|oct|okt|out|nov|dec|dez|déc|dic|ene"
    "|янв|фев|мар|апр|мая|июн|июл|авг|сен|окт|ноя|дек|січ|лют|бер|кві|тра|чер|лип|сер|вер|жов|лис|гру"
    "|mon|tue|wed|thu|fri|sat|sun"
)
_MONTH = rf"(?i:{_CALENDAR})\w{{0,8}}+\.?"
_DATE = (
    rf"(?:{_MONTH},?\s++)?(?:\d{{1,2}}(?:\.|st|nd|rd|th|er|º|\s+de)?\s++{_MONTH}|{_MONTH}\s++\d{{1,2}}(?:st|nd|rd|th)?)"
    r"(?:,?\s+(?:de\s+)?\d{4})?(?:\s?(?:г|р|года|року)\b\.?)?"
)
_OPEN = re.compile(rf"(?:[,.]\s*+(?:{_DATE})[,.]?+\s*+(?:[-–—]\s*+)?|\s?+[-–—]\s*+|,\s*+)")
_DATED = re.compile(_DATE)
_OPEN_NAME = re.compile(r"[^\s.,:–—/()]+(?:[ -][^\s.,:–—/()]+){0,2}")
_CLOSE = re.compile(r"\s?+[-–—:.,|/]|\n|\Z")
_BARS = re.compile(r"(?P<region>,\s?[^\W\d_a-z][\w.’' -]{1,30}?)?\s?\|\s?(?P<agency>[^|\n]{2,40}?)\s?\|")
_POINT = re.compile(r"\.\s([^\W\d_][^\s.]{1,28}(?:\s[^\s.]{1,28})?)\.(?=\s|\Z)")
_BYLINES = ("By ", "BY ")
_DASH = re.compile(r"\s?[–—]\s?|\s--?\s|--\s?")
_FIRST = re.compile(r"/([^\n/]{2,28})/\s*+|([^\s\-–—/|][^\n\-–—/|]{1,28}?)(?:\s?+[-–—|]\s++|\s(?=By [A-Z]))")
_AFTER_FIRST = re.compile(r"(?=[,.]|\s*+[-–—])")
_BARE = re.compile(
    rf"(?:\s\[[^\]\n]{{2,30}}\])?(?P<region>,\s(?!{_MONTH})[^\W\d_a-z][\w.’' -]{{1,24}}?)??"
    rf"(?P<date>[,.]\s{_DATE})?(?:\s?(?:—|–|--|\s-)\s?|(?P<colon>:\s))(?=\S)"
)
_UNSPACED = "\u1100"
"""From here on scripts are written without spaces, Korean's between place and agency included."""
_UNSPACED_NAMES = "|".join(
    sorted((name for agency in AGENCIES for name in agency.names if name > _UNSPACED), key=len, reverse=True)
)
_CHINESE = re.compile(
    rf"[（(【［\[]?\s?({_UNSPACED_NAMES})((?:记者|記者)[^\d\s]{{0,9}})?([^\W\d_]{{0,10}}?)(?:\d{{1,2}}月)?\d{{1,2}}日"
    r"(?:综合|綜合|专|專)?(?:外)?(?:电|電|讯|訊|消息)"
)
_JAPANESE = re.compile(
    rf"[【［\[(（]\s?([^】］\]()（）=＝\n]{{0,30}}?)[\s\u3000=＝・]*({_UNSPACED_NAMES}|AFP|AP)"
    r"(?:[=＝・][^】］\])）\n]{1,10})?[】］\])）]"
)
_CHINESE_DATE = re.compile(r"(?:\d{1,2}月)?\d{1,2}日|記者.*|记者.*")
_BRACKETS = "(（[［【/"
_SHORTEST_CAPITALS = 3
_SURE_MARKS = frozenset({"AFP", "ANI", "ANSA", "AP", "DPA", "EFE", "IANS", "KCNA", "PAP", "PTI", "UPI", "dpa"})
"""Abbreviations that may stand first without brackets; others are words too."""
_MARK = re.compile(r"[-–—:(（\[［【/|\d]")
"""A line without one of these near its start is no dateline."""
_NEAR = 160
_LONGEST_CITY = 25
"""Characters before a full stop that alone parts a city from its agency."""


def dateline(head: str) -> Dateline:
    """The dateline of a text, of which `head` is the first few hundred characters."""
    place = agency = None
    above = ""
    for line in [line for line in map(str.strip, head.split("\n")) if line][:_MOST_LINES]:
        found = None if line[0].islower() or not _is_marked(line) else _of_line(line)
        if found and found.agency:
            return found
        place = place or (found and found.place)
        if above.startswith(_BYLINES):
            agency = agency or credit_agency(line)
        above = line
    return Dateline(agency, place)


def _is_marked(line: str) -> bool:
    return _MARK.search(line, 0, _NEAR) is not None or " By " in line or line.find(". ", 0, _LONGEST_CITY) > 0


def _of_line(line: str) -> Dateline | None:
    if any(map(line.__contains__, _BRACKETS)) and (found := _bracketed(line) or _spaceless(line)):
        return found
    if line[0] > _UNSPACED and (found := _spaceless(line)):
        return found
    place = leading_place(line)
    return (
        place and (_open(line, place) or _between_marks(line, place) or _place_alone(line, place))
    ) or _agency_first(line)


def _bracketed(line: str) -> Dateline | None:
    """Place, date, and an agency in brackets or between strokes."""
    for count, found in enumerate(_BRACKET.finditer(line)):
        if count == _MOST_BRACKETS:
            break
        before = line[: found.start()].strip(_EDGE)
        if agency := credit_agency(found[1] or found[2], any_case=bool(before)):
            return _placed(agency, before, line[found.end() :])
    return None


def _placed(agency: Agency, before: str, after: str) -> Dateline | None:
    if not before or _DATED.fullmatch(before):
        return _with_place_behind(agency, after)
    parted = _SEPARATOR.match(after) is not None
    place = leading_place(before) if len(before) <= _LONGEST else None
    if place and one_agency(place):  # "Canadian Press - OTTAWA (CP) -"
        before = before[len(place) :].lstrip(_EDGE)
        place = leading_place(before)
    capital = place == before and place.casefold() in STAND_ALONE and not after.lstrip()[:1].islower()
    if place and (capital or _is_dated(before, before[len(place) :], parted=parted)) and not _spells(place, agency):
        return Dateline(agency, tidy_place(place).removesuffix(" في"))  # Arabic: "on", before the date
    last = _CAPITALS_LAST.search(before[-_LONGEST:]) if parted else None
    if last is None or _spells(last[1], agency):
        return None
    place = leading_place(last[1])
    return Dateline(agency, tidy_place(place)) if place else None


def _with_place_behind(agency: Agency, after: str) -> Dateline:
    """As Italians write: (ANSA) - ROMA, 12 FEB -."""
    start = after.lstrip(" -–—.:/")
    place = leading_place(start)
    if place and place.isupper() and _AFTER_FIRST.match(start[len(place) :]):
        return Dateline(agency, tidy_place(place))
    return Dateline(agency, None)


def _is_dated(before: str, rest: str, *, parted: bool) -> bool:
    """Whether what stands between place and agency is a region and a date, and enough tells that it is a dateline."""
    words = rest.replace("/", " ").split()
    spaceless = before.lower() == before.upper()
    if spaceless and (len(before) > _LONGEST_UNSPACED or not (parted or any(map(str.isdigit, before)))):
        return False
    numbers = [word.strip(".,:")[:1].isdigit() for word in words]
    if not all(
        is_name_like(word.lstrip("[(,.")[:30] or "X") or (index and numbers[index - 1])
        for index, word in enumerate(words)
    ):
        return False
    return parted or spaceless or before.isupper() or (any(numbers) and rest[:2].strip()[:1] in {",", ".", "[", "("})


def _spells(place: str, agency: Agency) -> bool:
    """Whether the words before a bracketed abbreviation are what it stands for: "Australian Federal Police (AFP)"."""
    initials = "".join(word[0] for word in re.split(r"[\s-]+", place) if word[0].isupper())
    return len(initials) > 1 and any(initials == mark.upper() for mark in (agency.name, *agency.marks))


def _open(line: str, place: str) -> Dateline | None:
    """Place and date, and an agency without brackets."""
    for stretch in dict.fromkeys((place, place.partition("-")[0])):
        joint = _OPEN.match(line, len(stretch))
        name = joint and _OPEN_NAME.match(line, joint.end())
        if not joint or not name or not (agency := _named(line, name)):
            continue
        if any(map(str.isdigit, joint[0])) or not joint[0].startswith(",") or _DASH.match(line, name.end()):
            return Dateline(agency, tidy_place(stretch.rstrip(".")))
    return None


def _between_marks(line: str, place: str) -> Dateline | None:
    """Place and agency each before a bar, or a well-known place and an agency each before a full stop."""
    known = place.casefold() in POINTED
    if found := _BARS.match(line, len(place)):
        agency = one_agency(found["agency"])
        return Dateline(agency, tidy_place(place) if known or found["region"] else None) if agency else None
    if known and (found := _POINT.match(line, len(place))) and (agency := one_agency(found[1])):
        return Dateline(agency, tidy_place(place))
    return None


def _named(line: str, name: re.Match[str]) -> Agency | None:
    words = name[0].split(" ")
    for count in range(len(words), 0, -1):
        said = " ".join(words[:count])
        if (agency := one_agency(said)) and (count < len(words) or _CLOSE.match(line, name.start() + len(said))):
            return agency
    return None


def _agency_first(line: str) -> Dateline | None:
    """As in "AFP - ..." and "/TASS/. ..."."""
    found = _FIRST.match(line)
    agency = credit_agency(found[1] or found[2]) if found else None
    if found is None or agency is None:
        return None
    sure = found[1] or found[2] in _SURE_MARKS or found[2] not in agency.marks
    return _with_place_behind(agency, line[found.end() :]) if sure else None


def _spaceless(line: str) -> Dateline | None:
    """Chinese, Japanese and Korean forms, which know no spaces."""
    if chinese := _CHINESE.match(line):
        return Dateline(one_agency(chinese[1]), None if chinese[2] else chinese[3] or None)
    if (japanese := _JAPANESE.match(line)) and not japanese[0].isascii():
        place = _CHINESE_DATE.sub("", japanese[1]).strip(" \u3000=＝・")
        return Dateline(one_agency(japanese[2]), place or None)
    return None


def _place_alone(line: str, place: str) -> Dateline | None:
    """A place in capitals with its country or a date, or one that needs none, before a dash."""
    found = _BARE.match(line, len(place))
    if found is None:
        return None
    known = place.casefold().rstrip(".") in STAND_ALONE
    capital = place.isupper() and len(place) >= _SHORTEST_CAPITALS
    if found["colon"] and (not known or found["region"] or found["date"]):
        return None
    if (capital and (known or found["region"] or found["date"])) or (known and found["date"]):
        return Dateline(None, tidy_place(place))
    return None
