"""The addresses that a message may lead to, written so that nothing around them can be mistaken for them. PURE."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from worker.feeds.links import without_userinfo

LINK_LIMIT = 2_000

_KEPT = "/:?&=#%+,;@!$-._~"
"""Characters that stand as they are; brackets, quotes, bars, stars and spaces are percent-encoded."""

_HOST = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\]")


def safe_link(address: str | None) -> str | None:
    """Return an http or https address in ASCII, without userinfo, or None where there is none that could be shown.

    `https://bank.example@evil.example/` would pass for what it is not; an address that is too long, cut, would lead
    elsewhere.
    """
    if not address:
        return None
    try:
        parts = urlsplit(without_userinfo(address.strip()))
        host, port = (parts.hostname or "").rstrip("."), parts.port
        ascii_host = host if host.isascii() else host.encode("idna").decode("ascii")
        rest = quote(f"{parts.path}{'?' if parts.query else ''}{parts.query}", safe=_KEPT)
        fragment = f"#{quote(parts.fragment, safe=_KEPT)}" if parts.fragment else ""
    except ValueError:  # UnicodeError is one too
        return None
    shown_host = f"[{ascii_host}]" if ":" in ascii_host else ascii_host.lower()
    if parts.scheme not in {"http", "https"} or not _HOST.fullmatch(shown_host):
        return None
    link = f"{parts.scheme}://{shown_host}{'' if port is None else f':{port}'}{rest}{fragment}"
    return link if len(link) <= LINK_LIMIT else None
