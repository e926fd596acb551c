"""The agency that a text's end credits. PURE."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from worker.stories.wire_names import credit_agency, may_name_agency, one_agency, shows_picture

if TYPE_CHECKING:
    from worker.stories.agencies import Agency

_NOTE_WORDS = (
    "edited by", "yndicated", "appeared first", "ublished from", "enerated ", "ead more", "inue reading", "pdated",
    "isclaimer", "lso read", "LSO READ", "ubscribe",
)  # fmt: skip
_LONGEST_NOTE = 200
_NOTE = re.compile(
    r"(?:(?<=[\s.)\]])|\A)(?:"
    r"(?:[(\[*]\s?)?(?:(?:except|apart|besides|other than|barring)\b[^\n]{0,40}?)?"
    r"(?:the|this)\s(?:above\s)?(?:story|article|report|copy|post|content|news)\b"
    r"[^\n]{0,80}?(?:edited by|syndicated|generated|published from|appeared first)"
    r"|(?:read more|continue reading|also read|subscribe)\b|(?:(?:last )?updated|disclaimer)\s?:"
    r")[^\n]*",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"[(（\[［]([^()（）\[\]［］\n]{2,80})[)）\]］]")
_BEFORE_BRACKET = re.compile(r"[.!?…\"'”’»」』。！？:)\]]\s*\Z|\n\s*\Z")
_AFTER_BRACKET = re.compile(
    r"[\s.*|]{0,6}(?:[A-Za-z0-9]{2,7}(?:[/ ][A-Za-z0-9]{2,7}){0,4}|#\w{1,20}|-{1,3}30-{1,3}|)[\s.*|]{0,6}\Z"
)
_STROKES = re.compile(r"(?<![:/\w])/\s?([^\s/][^/\n]{1,28})/[\s.]*\Z")
_ENDS = ("\n", ". ", "? ", "! ", "… ", '" ', "” ", "» ", ") ", "。", "！", "？")
"""What a last line, or what comes behind the last sentence, begins behind."""
_LONGEST_LAST = 90
_PHRASE = (
    r"with\s(?:additional\s|agency\s)?(?:files?|inputs?|reporting|reports?|material|information)\s(?:from|by)"
    r"|(?:additional\s)?(?:reporting|inputs?|report)\s(?:by|from)|mit(?:\s(?:material|informationen|angaben)\s(?:von|der))?"
    r"|avec|con\sinformación\sde|con\sinformaciones\sde|con\sinformazioni\s(?:di|da)|com\sinformações\s(?:da|do|de)"
    r"|met|z\sinformacji|(?P<sources>(?:sources?|quellen?|fuente|fonte|bron|kilde|källa|źródło|kaynak|zdroj|forrás|источник|джерело"
    r"|来源|來源)\s?[:：]?)"
)
_WITH = re.compile(rf"(?:{_PHRASE})\s?(?P<who>.{{2,70}})", re.IGNORECASE)
_LISTED = re.compile(r"\s?[,;、，]\s?|\s(?:and|und|et|y|e|i|en|и|та|&)\s")
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|copyright)\s*+(?:©|\(c\)|[:,])?\s*+((?:19|20)\d\d(?:[-–]\d{2,4})?,?\s)?\s*+(?:by\s)?(?:the\s)?"
    r"([^\n.,|/©(]{2,40})",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\s(?:19|20)\d\d\b")
_REUTERS_STAFF = re.compile(
    r"\(\s?(?:additional )?reporting by [^()]{3,250}?(?:editing|writing) by |Thomson Reuters Trust Principles",
    re.IGNORECASE,
)
_SIGNATURES = (
    (_REUTERS_STAFF, "Reuters"),
    (re.compile(r"(?:report|content) by The Canadian Press was first published"), "The Canadian Press"),
    (re.compile(r"Distributed by Tribune Content Agency"), "Tribune Content Agency"),
)
"""What only one agency ends its dispatches with."""
_SIGNED = ("eporting by", "EPORTING BY", "Trust Principles", "Canadian Press was", "Tribune Content")
_MOST_BRACKETS = 3
_MOST_WORDS = 5


def closing_credit(tail: str) -> Agency | None:
    """The agency credited at a text's end, of which `tail` is the last few hundred characters.

    Notes that come behind credits are passed over: the one that a story was "auto-generated from a syndicated feed",
    or where a post appeared first.
    """
    if any(map(tail.__contains__, _SIGNED)) and (agency := _signed(tail)):
        return agency
    end = _without_notes(tail).rstrip()
    agency = _copyright(end) if "©" in end or "opyright" in end or "(c)" in end.lower() else None
    return agency or _in_brackets(end) or _in_last_line(end)


def _signed(tail: str) -> Agency | None:
    return next((one_agency(name) for signature, name in _SIGNATURES if signature.search(tail)), None)


def _without_notes(tail: str) -> str:
    if not any(map(tail[-_LONGEST_NOTE:].__contains__, _NOTE_WORDS)):
        return tail
    end = len(tail)
    for note in reversed([*_NOTE.finditer(tail)]):
        if not tail[note.end() : end].strip():  # one that more text follows is none of the end's
            end = note.start()
    return tail[:end]


def _in_brackets(end: str) -> Agency | None:
    """As "(ANI)" at the very end, or behind a whole sentence near it."""
    if end[-1:] == "/" or end[-2:] == "/.":
        strokes = _STROKES.search(end)
        if strokes and (agency := credit_agency(strokes[1])):
            return agency
    for found in [*_BRACKET.finditer(end)][-_MOST_BRACKETS:] if any(map(end.__contains__, ")]）］")) else ():
        agency = _phrased(found[1])
        if agency is None:
            continue
        before = end[: found.start()]
        if _BEFORE_BRACKET.search(before[-4:]):
            return agency
        if _AFTER_BRACKET.match(end[found.end() :]) and not _spelt_out(before, agency):
            return agency
    return None


def _spelt_out(before: str, agency: Agency) -> bool:
    """Whether the words before are what the abbreviation stands for: "the Australian Federal Police (AFP)"."""
    said = before.rstrip()
    initials = "".join(word[0] for word in said.split()[-_MOST_WORDS:]).upper()
    return said.casefold().endswith(tuple(map(str.casefold, agency.names))) or any(
        initials.endswith(mark.upper()) for mark in (agency.name, *agency.marks) if len(mark) > 1
    )


def _in_last_line(end: str) -> Agency | None:
    """As "AFP", "— with files from Reuters" or "Quelle: dpa", alone on the last line or behind the last sentence."""
    bare = end.rstrip(" .\n")
    near = bare[-_LONGEST_LAST:]
    begin = max(near.rfind(mark) for mark in _ENDS) + 1
    last = near[begin:].lstrip(" -–—|~*")
    if not begin or not may_name_agency(last) or shows_picture(last):
        return None
    return _phrased(last)


def _phrased(said: str) -> Agency | None:
    """The agency of a credit; sources that are several are a round-up's, which is nobody's dispatch."""
    phrase = _WITH.match(said)
    if phrase is None:
        return credit_agency(said)
    several = phrase["sources"] and sum(one_agency(one) is not None for one in _LISTED.split(phrase["who"])) > 1
    return None if several else credit_agency(phrase["who"])


def _copyright(end: str) -> Agency | None:
    """Who holds the rights; a holder without a year is a picture's, unless the text ends there."""
    for found in _COPYRIGHT.finditer(end):
        dated = found[1] or _YEAR.search(found[2])
        words = _YEAR.sub("", found[2]).split()[:_MOST_WORDS]
        if not dated and end[found.end() :].strip(" ."):
            continue
        for count in range(len(words), 0 if dated else len(words) - 1, -1):
            if agency := one_agency(" ".join(words[:count])):
                return agency
    return None
