"""Repairs of XML that no strict parser accepts and every publisher's editor produces. PURE."""

from __future__ import annotations

import re
import sys

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_REFERENCE = re.compile(r"&#(?:x([0-9a-f]+)|([0-9]+));", re.IGNORECASE)
_PAIR = re.compile(
    r"&#(?:x(d[89ab][0-9a-f]{2})|(5[5-6][0-9]{3}));&#(?:x(d[c-f][0-9a-f]{2})|(5[6-7][0-9]{3}));", re.IGNORECASE
)
_HIGH = range(0xD800, 0xDC00)
_LOW = range(0xDC00, 0xE000)
_DIGITS = 8


def mend(text: str) -> str:
    """Drop characters that XML 1.0 (section 2.2) forbids, and references to them.

    Two references that spell one character beyond U+FFFF in UTF-16, as emoji often are, become that character.
    """
    text = _ILLEGAL.sub("", text)
    if "&#" not in text:
        return text
    return _REFERENCE.sub(_legal, _PAIR.sub(_joined, text))


def _joined(match: re.Match[str]) -> str:
    high = int(match[1], 16) if match[1] else int(match[2])
    low = int(match[3], 16) if match[3] else int(match[4])
    if high not in _HIGH or low not in _LOW:
        return match[0]
    return chr(0x10000 + (high - _HIGH.start << 10) + (low - _LOW.start))


def _legal(match: re.Match[str]) -> str:
    digits = (match[1] or match[2]).lstrip("0")
    if not digits or len(digits) > _DIGITS:
        return ""
    code = int(digits, 16 if match[1] else 10)
    return "" if code > sys.maxunicode or _ILLEGAL.fullmatch(chr(code)) else match[0]
