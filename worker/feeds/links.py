"""Addresses that a document names, made absolute. PURE."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from worker.feeds.limits import MAX_ADDRESS
from worker.text.clean import clean

_USERINFO = re.compile(r"\A([^/?#]*//)[^/?#]*@")


def absolute(address: object, base: str = "") -> str | None:
    """Return `address`, resolved against `base`, or None unless that is an http or https URL with a host.

    An address that is empty or only a fragment names no document but the one it stands in, and is None too. Line ends
    inside it are dropped and spaces escaped, as browsers do (WHATWG URL 4.4); the rest stays as given.
    """
    if not isinstance(address, str) or not address or len(address) > MAX_ADDRESS:
        return None
    url = "".join(clean(address).strip().splitlines()).replace(" ", "%20")
    if not url or url.startswith("#"):
        return None
    try:
        if not url.startswith(("http://", "https://")):
            url = urljoin(base, url)
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.netloc or len(url) > MAX_ADDRESS:
        return None
    return url


def without_userinfo(url: str) -> str:
    """Return `url` without user and password: a feed's address may hold its reader's (DESIGN 4.10)."""
    return _USERINFO.sub(r"\1", url)
