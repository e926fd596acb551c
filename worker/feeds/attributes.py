"""The attributes of one element of HTML, or of XML that somebody wrote by hand; in time linear in its length. PURE."""

from __future__ import annotations

import html as entities
import re

from worker.feeds.limits import MAX_ADDRESS

ATTRIBUTES = r"""(?>[^>=]++|=\s*+(?>"[^"]*+"|'[^']*+')?+)*+"""
"""A pattern for what stands between an element's name and its end: a `>` in quotation marks does not end it.

A mark left open is looked for in vain only once of each kind, for a later one of the same kind would close it.
"""

_ATTRIBUTE = re.compile(
    r"""(?P<key>[^\s"'>/=][^\s/>=]*+)(?>\s*+=\s*+(?:"(?P<two>[^"]*+)"|'(?P<one>[^']*+)'|(?P<bare>[^\s>]*+)))?+"""
)
_ENTITY = re.compile(r"&(?:[a-z][a-z0-9]{1,31}|#\d{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE)


def attributes(text: str) -> dict[str, str]:
    """Return values by name in lower case, entities decoded, trimmed; the first of a name counts (HTML, 13.2.5.33).

    An ampersand that begins no entity stands for itself, as in `?a=1&copy=2`. Values over 8,192 characters count as
    absent: a cut address would name something else.
    """
    found: dict[str, str] = {}
    for one in _ATTRIBUTE.finditer(text):
        value = one["two"] or one["one"] or one["bare"] or ""
        if len(value) <= MAX_ADDRESS:
            found.setdefault(one["key"].lower(), unescaped(value).strip())
    return found


def unescaped(text: str) -> str:
    """Return `text` with its entities decoded, those that end in a semicolon."""
    return _ENTITY.sub(lambda one: entities.unescape(one[0]), text) if "&" in text else text
