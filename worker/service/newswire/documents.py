"""The newswire's feeds: an edition as RSS 2.0, RSS 1.0, Atom 1.0 or JSON Feed 1.1. PURE.

`start` is the aware moment to which an edition's seconds are added; `base` is the server's address without a slash at
the end. A document changes only when an edition does, so its hash can be its ETag.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from worker.service.newswire.script import Outlet, Published

CONTENT_TYPES = {
    "rss20": "application/rss+xml",
    "rss10": "application/rdf+xml",
    "atom10": "application/atom+xml",
    "json11": "application/feed+json",
}
INVENTED = "Invented text of Tocsin's demonstration newswire."


def feed(outlet: Outlet, edition: Sequence[Published], *, start: datetime, base: str) -> bytes:
    """Return the outlet's feed document in its format and encoding."""
    write = {"rss20": _rss20, "rss10": _rss10, "atom10": _atom10, "json11": _json11}[outlet.format]
    # What the encoding lacks is written as a character reference, which every XML reader understands.
    return write(outlet, edition, start, base).encode(outlet.encoding, "xmlcharrefreplace")


def feed_type(outlet: Outlet) -> str:
    """Return the Content-Type of the outlet's feed."""
    return f"{CONTENT_TYPES[outlet.format]}; charset={outlet.encoding}"


def changed_at(edition: Iterable[Published], *, start: datetime) -> datetime:
    """Return when the edition last changed: `start` for an empty one."""
    return moment(max((one.latest for one in edition), default=0.0), start)


def _rss20(outlet: Outlet, edition: Sequence[Published], start: datetime, base: str) -> str:
    items = "\n".join(
        f"<item><title>{escape(one.title)}</title><link>{link(base, outlet.slug, one.slug)}</link>"
        f'<guid isPermaLink="false">{outlet.slug}:{one.slug}</guid>'
        f"<pubDate>{format_datetime(moment(one.first, start), usegmt=True)}</pubDate>"
        f"<description>{escape(html(one))}</description></item>"
        for one in edition
    )
    built = format_datetime(changed_at(edition, start=start), usegmt=True)
    return (
        f'<?xml version="1.0" encoding="{outlet.encoding}"?>\n<rss version="2.0"><channel>'
        f"<title>{escape(outlet.name)}</title><link>{link(base, outlet.slug)}</link>"
        f"<description>{escape(INVENTED)}</description><language>{outlet.language}</language>"
        f"<lastBuildDate>{built}</lastBuildDate>\n{items}\n</channel></rss>\n"
    )


def _rss10(outlet: Outlet, edition: Sequence[Published], start: datetime, base: str) -> str:
    addresses = [link(base, outlet.slug, one.slug) for one in edition]
    items = "\n".join(
        f'<item rdf:about="{address}"><title>{escape(one.title)}</title><link>{address}</link>'
        f"<description>{escape(_text(one))}</description>"
        f"<dc:date>{moment(one.first, start).isoformat()}</dc:date></item>"
        for address, one in zip(addresses, edition, strict=True)
    )
    listed = "".join(f'<rdf:li rdf:resource="{address}"/>' for address in addresses)
    return (
        f'<?xml version="1.0" encoding="{outlet.encoding}"?>\n'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<channel rdf:about="{link(base, outlet.slug)}"><title>{escape(outlet.name)}</title>'
        f"<link>{link(base, outlet.slug)}</link><description>{escape(INVENTED)}</description>"
        f"<dc:language>{outlet.language}</dc:language><items><rdf:Seq>{listed}</rdf:Seq></items></channel>\n"
        f"{items}\n</rdf:RDF>\n"
    )


def _atom10(outlet: Outlet, edition: Sequence[Published], start: datetime, base: str) -> str:
    slices = "\n".join(
        f"<entry><id>urn:newswire:{outlet.slug}:{one.slug}</id><title>{escape(one.title)}</title>"
        f'<link rel="alternate" href="{link(base, outlet.slug, one.slug)}"/>'
        f"<published>{moment(one.first, start).isoformat()}</published>"
        f"<updated>{moment(one.latest, start).isoformat()}</updated>"
        f'<content type="html">{escape(html(one))}</content></entry>'
        for one in edition
    )
    return (
        f'<?xml version="1.0" encoding="{outlet.encoding}"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{outlet.language}"><id>urn:newswire:{outlet.slug}</id>'
        f"<title>{escape(outlet.name)}</title><updated>{changed_at(edition, start=start).isoformat()}</updated>"
        f"<author><name>{escape(outlet.name)}</name></author>"
        f'<link rel="alternate" href="{link(base, outlet.slug)}"/>'
        f'<link rel="self" href="{link(base, outlet.slug, "feed")}"/>\n{slices}\n</feed>\n'
    )


def _json11(outlet: Outlet, edition: Sequence[Published], start: datetime, base: str) -> str:
    items = [
        {
            "id": f"{outlet.slug}:{one.slug}",
            "url": link(base, outlet.slug, one.slug),
            "title": one.title,
            "content_text": _text(one),
            "date_published": moment(one.first, start).isoformat(),
            "date_modified": moment(one.latest, start).isoformat(),
        }
        for one in edition
    ]
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "home_page_url": link(base, outlet.slug),
        "feed_url": link(base, outlet.slug, "feed"),
        "description": INVENTED,
        "language": outlet.language,
        "items": items,
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


def html(published: Published) -> str:
    """Return the text as paragraphs of HTML."""
    return "".join(f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in published.paragraphs)


def _text(published: Published) -> str:
    return "\n\n".join(published.paragraphs)


def link(base: str, *parts: str) -> str:
    """Return the address of an outlet, its feed or one of its items."""
    return "/".join([base, *parts])


def moment(seconds: float, start: datetime) -> datetime:
    """Return the moment so many seconds after `start`, in whole seconds: more is not to be had in an RSS date."""
    return (start + timedelta(seconds=seconds)).astimezone(UTC).replace(microsecond=0)
