"""Addresses that a document names, made absolute. PURE."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from worker.feeds.limits import MAX_ADDRESS, MAX_BASE, MAX_BASE_SLASHES
from worker.text.clean import clean

_USERINFO = re.compile(r"\A([^/?#]*//)[^/?#]*@")
_USUAL = re.compile(r"https?://[a-z0-9][a-z0-9.-]*+(?>[/?#][!-~]*+)?+")
"""Most addresses are absolute, and hold nothing that would have to change."""


def is_usual(address: str) -> bool:
    """Whether `address` is an http or https URL of printable ASCII, its host in lower case and without a port.

    False does not mean that it is none.
    """
    return _USUAL.fullmatch(address) is not None


def as_base(address: str) -> str:
    """Return `address`, or "" where it is too long, or has too many slashes, for others to count from it.

    Every base goes through here: the address of the document, `xml:base` and `base`, and the site that a channel names.
    A long query is left out: hardly anything counts from that.
    """
    place = address.partition("?")[0]
    if len(place) > MAX_BASE or place.count("/") > MAX_BASE_SLASHES:
        return ""
    return address if len(address) <= MAX_BASE else place


def absolute(address: object, base: str = "") -> str | None:
    """Return `address`, resolved against `base`, or None unless that is an http or https URL with a host.

    An address that is empty or only a fragment names no document but the one it stands in, and is None too, as is a
    relative one whose base is absent (`as_base`). Line ends inside it are dropped and spaces escaped, as browsers do
    (WHATWG URL 4.4); the rest stays as given.
    """
    if not isinstance(address, str) or not address or len(address) > MAX_ADDRESS:
        return None
    if is_usual(address):
        return address
    url = "".join(clean(address).strip().splitlines()).replace(" ", "%20")
    if not url or url.startswith("#"):
        return None
    try:
        if not url.startswith(("http://", "https://")):
            url = urljoin(as_base(base), url)
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.netloc or len(url) > MAX_ADDRESS:
        return None
    return url


def without_userinfo(url: str) -> str:
    """Return `url` without user and password: a feed's address may hold its reader's (DESIGN 4.10)."""
    return _USERINFO.sub(r"\1", url)
