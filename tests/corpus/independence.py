"""How many items of a document there are, counted a second time and slowly."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from worker.feeds.model import ItemData

TRACKED = {
    "fbclid",
    "gclid",
    "at_medium",
    "at_campaign",
    "cmp",
    "ocid",
    "smid",
    "ito",
    "xtor",
    "feedtype",
    "feedname",
    "cmpid",
}


def plain_link(link: str | None) -> str:
    """The canonical link, written a second time and slowly: only for telling links of one document apart."""
    if not link:
        return ""
    parts = urlsplit(link)
    query = [
        (key, value)
        for key, value in parse_qsl(parts.query, keep_blank_values=True)
        if key.lower() not in TRACKED and not key.lower().startswith(("utm_", "ns_"))
    ]
    return repr((parts.netloc.lower(), parts.path.replace("%20", " ") or "/", query))


def independent_count(items: tuple[ItemData, ...]) -> int:
    """How many items issue 2, paragraph 5 tells apart, by comparing each with each."""
    entries = list(dict.fromkeys((item.id or "", plain_link(item.link), item.title, item.text) for item in items))
    names = set()
    for entry in entries:
        identifier, link, title, text = entry
        others = [other for other in entries if other != entry]
        if identifier and all(other[0] != identifier for other in others):
            names.add(("id", identifier))
        elif not identifier and link and all(other[1] != link for other in others):
            names.add(("link", link))
        elif link and all(other[1:3] != (link, title) for other in others):
            names.add(("link and title", link, title))
        else:
            names.add(("title and text", title, text))
    return len(names)
