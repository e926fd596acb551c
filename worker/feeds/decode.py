"""Bytes to text: which encoding a document really has. PURE.

The order is feedparser's, after RFC 7303: what the server says, what the document says, then guesses. Better known than
any declaration are a byte order mark, a first tag in pairs or fours of bytes, and that text with letters beyond ASCII
which is valid UTF-8 is UTF-8, whatever anybody declares. A few bad bytes cost those characters and no others.
"""

from __future__ import annotations

import codecs
import re
from email.message import Message

from worker.feeds.limits import MAX_CONTENT_TYPE

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SPACE = b"[\t\n\r ]"
_OPENINGS = (
    (re.compile(rb"(?>%s\0\0\0){0,100}+<\0\0\0" % _SPACE), "utf-32-le"),
    (re.compile(rb"(?>\0\0\0%s){0,100}+\0\0\0<" % _SPACE), "utf-32-be"),
    (re.compile(rb"(?>%s\0){0,100}+<\0[!-~]\0" % _SPACE), "utf-16-le"),
    (re.compile(rb"(?>\0%s){0,100}+\0<\0[!-~]" % _SPACE), "utf-16-be"),
)
"""How documents begin, with an XML declaration or without, whose letters take two bytes or four (XML 1.0, app. F)."""
_EBCDIC = (b"\x4c\x6f\xa7\x94", "cp037")
"""`<?xm` in the encodings of mainframes; the declaration, read as the commonest of them, says which one."""
_ASCII_OPENING = re.compile(rb"%s*+<[^\0]" % _SPACE)
_DECLARED = re.compile(r"""\s*<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_UNSAID = "application/xml"
_XML_TYPES = frozenset({"application/xml", "application/xml-dtd", "application/xml-external-parsed-entity"})
_NOT_FOR_DOCUMENTS = frozenset({"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "utf-7"})
_LARGER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
"""What publishers mean who declare the smaller set (WHATWG Encoding, 4.2). Both tables hold names as `codecs` has them,
for all spellings."""
_HEAD = 1_024
_GOOD_FOR_ONE_BAD = 10


def decode(body: bytes, content_type: str = "") -> str:
    """Return the document's text; `content_type` is the HTTP header as received, or ""."""
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    for opening, encoding in _OPENINGS:
        if opening.match(body):
            return body.decode(encoding, "replace")
    if not body.isascii() and (text := _decoded(body, "utf-8")) is not None:
        return text
    proposals = tuple(dict.fromkeys(filter(None, (_codec(one, body) for one in _proposals(body, content_type)))))
    for encoding in proposals:
        if (text := _decoded(body, encoding)) is not None:
            return text
    for encoding in ("utf-8", *proposals):
        text = _decoded(body, encoding, "replace")
        if text is not None and _mostly_good(text):
            return text  # with a character cut in half somewhere
    text = _decoded(body, "windows-1252")
    return body.decode("iso-8859-2") if text is None else text


def _proposals(body: bytes, content_type: str) -> tuple[str, ...]:
    """Encodings to try, the likeliest first."""
    start, ebcdic = _EBCDIC
    opening = ebcdic if body.startswith(start) else ""
    found = _DECLARED.match(body[:_HEAD].decode(opening or "latin-1", "ignore"))
    declared = found[1].lower() if found else ""
    kind, served = _served(content_type)
    if kind.startswith("text/"):
        return served, declared, opening, "utf-8"
    if kind in _XML_TYPES or kind.endswith("+xml"):
        return served, declared, opening, "utf-8"
    return declared, served, opening, "utf-8"


def _served(content_type: str) -> tuple[str, str]:
    """Media type and charset of the header, lower case; one that cannot be read counts as absent."""
    header = Message()
    try:
        header["content-type"] = " ".join(content_type[:MAX_CONTENT_TYPE].splitlines()) or _UNSAID
        return header.get_content_type(), header.get_content_charset("")
    except (TypeError, ValueError):  # email.message trips over some parameters in pieces (RFC 2231)
        return _UNSAID, ""


def _codec(label: str, body: bytes) -> str | None:
    """The encoding that `label` stands for, by `codecs`' own name, or None where it can be none of this document."""
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    if name in _NOT_FOR_DOCUMENTS or (name.startswith(("utf-16", "utf-32")) and _ASCII_OPENING.match(body)):
        return None
    return _LARGER.get(name, name)


def _decoded(body: bytes, encoding: str, errors: str = "strict") -> str | None:
    """The text, or None where the bytes are not in that encoding, or it is none of text."""
    try:
        return body.decode(encoding, errors)
    except (LookupError, ValueError):
        return None


def _mostly_good(text: str) -> bool:
    """Whether so few characters could not be read that the others were read rightly."""
    bad = text.count("\ufffd")
    if bad * _GOOD_FOR_ONE_BAD > len(text):
        return False
    return len(text) - len(text.encode("ascii", "ignore")) - bad >= bad * _GOOD_FOR_ONE_BAD
