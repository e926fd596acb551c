"""Which agency a credit names, when it names one and nothing else. PURE."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from worker.stories.agencies import AGENCIES

if TYPE_CHECKING:
    from worker.stories.agencies import Agency

_LONGEST = 160
"""Characters of a byline that are looked at: what has more is no byline."""
_REMEMBERED = 4_096
_EDGE = " \t\n\u3000.,;:!|/\\-–—―·•*~_=#()[]{}<>«»“”\"'‘’„（）［］【】《》©®™"
_LEAD = re.compile(
    r"(?:by|from|via|with|the|source|agency|agence|agencia|agência|agenzia|agentur|von|mit|der|par|avec|por|con|di|da|av"
    r"|door|met|od|z|от|від|агентство|агентства|информагентство|информационное\s+агентство|ИА|ІА|автор|inputs?|files?"
    r"|reporting|material)(?::\s*|\s+)",
    re.IGNORECASE,
)
_MOST_LEADS = 3
_GENERIC_WORDS = """
agency bureau correspondent correspondents desk editor editors feed journalist news newswire newswires reporter
reporters service staff team wire writer writers
"""
_GENERIC = frozenset(_GENERIC_WORDS.split())
_HARD = re.compile(r"\s*+(?:[,;|/+&、，／·•()（）]|\s[-–—]\s)\s*+")
_SOFT = re.compile(
    r"\s(?:and|with|via|for|of|from|by|in|und|mit|et|avec|y|con|e|com|en|met|och|og|oraz|i|и|та|і|ve)\s", re.IGNORECASE
)
_PICTURE = re.compile(r"phot|image|pictur|foto|фото|bild|video|graphic|getty|写真|图片|圖片|사진|صورة", re.IGNORECASE)
_DESK = re.compile(r"[a-zäöüß]{1,4}\d?|\d{1,3}|AFX|OTS|lead")
"""What stands behind an agency's name in the same brackets and is nobody: the initials of desks, services."""
_BROADCASTERS = frozenset(
    {
        "ABC",
        "ABC News",
        "BBC",
        "CBC",
        "CBS",
        "CBS News",
        "CNN",
        "FOX",
        "Fox News",
        "NBC",
        "NBC News",
        "NPR",
        "PBS",
        "SBS",
    }
)
"""Who puts the own name beside the agency's whose dispatch it tells: "(CBS/AP)"."""
_NO_WORD = re.compile(r"[^\w-]+")
_MOST_LABELS = 6
_SURE_INITIALS = frozenset({"AP"})
_INITIALS = 2


def _key(said: str) -> str:
    return " ".join(said.casefold().split())


_BY_NAME = {_key(name.strip(_EDGE)): agency for agency in AGENCIES for name in agency.names}
_BY_MARK = {mark.strip(_EDGE): agency for agency in AGENCIES for mark in agency.marks}
_BY_ANY_CASE = {_key(mark): agency for mark, agency in _BY_MARK.items()} | _BY_NAME
_WORDS_OF_NAMES = frozenset(word for name in _BY_ANY_CASE for word in _NO_WORD.sub(" ", name).split())
_BY_DOMAIN = {domain: agency for agency in AGENCIES for domain in agency.domains}


def shows_picture(said: str) -> bool:
    """Whether a credit is that of a picture, film or chart."""
    return _PICTURE.search(said) is not None


def may_name_agency(said: str) -> bool:
    """Whether a word of it is one of an agency's name; cheap, and True of much else."""
    return not _WORDS_OF_NAMES.isdisjoint(_NO_WORD.sub(" ", said.casefold()).split())


def one_agency(said: str, *, any_case: bool = False) -> Agency | None:
    """The agency whose name `said` is, punctuation around it aside; with `any_case` abbreviations count in any."""
    bare = said.strip(_EDGE)
    return (_BY_ANY_CASE if any_case else _BY_NAME).get(_key(bare)) or _BY_MARK.get(bare)


@lru_cache(maxsize=_REMEMBERED)
def host_agency(host: str) -> Agency | None:
    """The agency that serves this host name, given in small letters."""
    for _ in range(_MOST_LABELS):
        if found := _BY_DOMAIN.get(host):
            return found
        host = host.partition(".")[2]
    return None


def byline_agency(said: str, *, initials: bool = False) -> Agency | None:
    """The first agency that a byline or a credited source names: "Jane Doe, AP", "Reuters Staff", "tass.com".

    Two letters may be a person's: they count with `initials` only, but for "AP". Credits of pictures count never.
    """
    return _byline_agency(said, initials=initials) if 0 < len(said) <= _LONGEST else None


@lru_cache(maxsize=_REMEMBERED)
def _byline_agency(said: str, *, initials: bool) -> Agency | None:
    if shows_picture(said):
        return None
    for part in (said, *_HARD.split(said)):
        for piece in (part, *_SOFT.split(part)):
            found = _credited(piece)
            if found is not None and (initials or _is_sure(piece)):
                return found
    return None


def credit_agency(said: str, *, any_case: bool = False) -> Agency | None:
    """The first agency of a credit that names agencies only: "dpa/lby", "Reuters/AFP", "the AFP".

    A person beside the agency makes it the credit of a picture ("Reuters/Jane Doe"), which is None.
    """
    if shows_picture(said):
        return None
    parts = _HARD.split(_without_lead(said.strip(_EDGE)))
    first, *others = [part for part in parts if part not in _BROADCASTERS] or parts
    found = _first_of_agencies(first, any_case=any_case)
    beside = (one_agency(other, any_case=True) or _DESK.fullmatch(other.strip(_EDGE)) for other in others if other)
    return found if found is not None and all(beside) else None


def _first_of_agencies(said: str, *, any_case: bool) -> Agency | None:
    """Of "Reuters and AFP" the first, where each is one."""
    if found := one_agency(said, any_case=any_case) or _credited(said):
        return found
    each = [one_agency(piece, any_case=any_case) for piece in _SOFT.split(said)]
    return each[0] if all(each) else None


def _credited(said: str) -> Agency | None:
    """As `one_agency`, after words like "By" and before words like "Staff" too, and by domain."""
    if found := one_agency(said):
        return found
    words = _without_lead(said.strip(_EDGE)).split()
    while len(words) > 1 and words[-1].casefold().strip(_EDGE) in _GENERIC:
        words.pop()
    shortened = " ".join(words)
    return one_agency(shortened) or (host_agency(shortened.casefold()) if "." in shortened else None)


def _without_lead(said: str) -> str:
    for _ in range(_MOST_LEADS):
        lead = _LEAD.match(said)
        if lead is None:
            break
        said = said[lead.end() :]
    return said


def _is_sure(piece: str) -> bool:
    letters = piece.strip(_EDGE)
    return len(letters) > _INITIALS or letters in _SURE_INITIALS
