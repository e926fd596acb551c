"""Bytes to text: which encoding a document really has. PURE.

The order is feedparser's, after RFC 7303: what the server says, what the document says, then guesses. Two things are
better known than any declaration: a byte order mark, and that text with letters beyond ASCII which is valid UTF-8 is
UTF-8, whatever anybody declares.
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
_OPENINGS = (
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0?\0", "utf-16-le"),
    (b"\0<\0?", "utf-16-be"),
    (b"\x4c\x6f\xa7\x94", "cp037"),
)
"""How `<?xm` begins in encodings that are not ASCII-compatible (XML 1.0, appendix F)."""
_DECLARED = re.compile(r"""\s*<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_UNSAID = "application/xml"
_XML_TYPES = frozenset({"application/xml", "application/xml-dtd", "application/xml-external-parsed-entity"})
_NOT_FOR_DOCUMENTS = frozenset({"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "utf-7"})
_LARGER = {"gb2312": "gb18030", "gbk": "gb18030"}
"""What publishers mean who declare the smaller set. Both tables hold names as `codecs` has them, for all spellings."""
_HEAD = 1_024
_GOOD_FOR_ONE_BAD = 10


def decode(body: bytes, content_type: str = "") -> str:
    """Return the document's text; `content_type` is the HTTP header as received, or ""."""
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    if not body.isascii() and (text := _decoded(body, "utf-8")) is not None:
        return text
    for encoding in _proposals(body, content_type):
        if encoding and (text := _decoded(body, encoding)) is not None:
            return text
    mended = body.decode("utf-8", "replace")
    bad = mended.count("\ufffd")
    if sum(not char.isascii() for char in mended) - bad >= bad * _GOOD_FOR_ONE_BAD:
        return mended  # UTF-8 with a character cut in half somewhere
    text = _decoded(body, "windows-1252")
    return body.decode("iso-8859-2") if text is None else text


def _proposals(body: bytes, content_type: str) -> tuple[str, ...]:
    """Encodings to try, the likeliest first."""
    opening = next((encoding for start, encoding in _OPENINGS if body.startswith(start)), "")
    found = _DECLARED.match(body[:_HEAD].decode(opening or "latin-1", "ignore"))
    declared = found[1].lower() if found else ""
    if opening and declared.startswith(("utf-16", "utf_16", "utf16", "utf-32", "utf_32", "utf32", "ucs", "iso-10646")):
        declared = opening
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


def _decoded(body: bytes, encoding: str) -> str | None:
    """The text, or None where the bytes are not in that encoding or there is no such encoding."""
    try:
        name = codecs.lookup(encoding).name
        return None if name in _NOT_FOR_DOCUMENTS else body.decode(_LARGER.get(name, name))
    except (LookupError, ValueError):
        return None
