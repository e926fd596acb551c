"""The newswire's HTML pages, to which its items link. PURE."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from worker.service.newswire.documents import CONTENT_TYPES, INVENTED, html, link, moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from worker.service.newswire.script import Outlet, Published


def item_page(outlet: Outlet, published: Published, *, start: datetime, base: str) -> bytes:
    """Return the page that an item links to."""
    at = moment(published.first, start).isoformat()
    body = (
        f"<article><h1>{escape(published.title)}</h1>"
        f'<p><a href="{link(base, outlet.slug)}">{escape(outlet.name)}</a>, <time datetime="{at}">{at}</time></p>'
        f"{html(published)}</article>"
    )
    return _page(outlet.language, published.title, body, head=_feed_link(outlet, base))


def outlet_page(outlet: Outlet, edition: Sequence[Published], *, base: str) -> bytes:
    """Return an outlet's own page, which names its feed."""
    items = "".join(
        f'<li><a href="{link(base, outlet.slug, one.slug)}">{escape(one.title)}</a></li>' for one in edition
    )
    body = f"<h1>{escape(outlet.name)}</h1><ul>{items}</ul>"
    return _page(outlet.language, outlet.name, body, head=_feed_link(outlet, base))


def front_page(outlets: Iterable[Outlet], *, base: str) -> bytes:
    """Return the page that lists the outlets."""
    items = "".join(f'<li><a href="{link(base, one.slug)}">{escape(one.name)}</a></li>' for one in outlets)
    return _page("en", "Demonstration newswire", f"<h1>Demonstration newswire</h1><ul>{items}</ul>")


def _feed_link(outlet: Outlet, base: str) -> str:
    return f'<link rel="alternate" type="{CONTENT_TYPES[outlet.format]}" href="{link(base, outlet.slug, "feed")}">'


def _page(language: str, title: str, body: str, *, head: str = "") -> bytes:
    return (
        f'<!doctype html><html lang="{language}">'
        f'<head><meta charset="utf-8"><title>{escape(title)}</title>{head}</head>'
        f"<body>{body}<footer><p>{escape(INVENTED)}</p></footer></body></html>\n"
    ).encode()
