"""An output feed: the latest alerts of a watch list, or to a subscriber, for whoever has its token. PURE."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from worker.alerts.lines import flat, one_line
from worker.alerts.safe_links import safe_link

if TYPE_CHECKING:
    from datetime import datetime

ENTRIES = 100
"""So many stories an output feed holds, those told last."""

TITLE_LIMIT = 500
NAME_LIMIT = 200
TEXT_LIMIT = 4_000
NO_TITLE = "(no headline)"

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document may hold, escaped or not (section 2.2); lone surrogates among them."""

_LINES = re.compile(r"\s*\n\s*")
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Entry:
    """One story as an output feed tells it, by the report that matched.

    Attributes:
        id: A UUID as text, the same for ever.
        source: Who published it.
        watch_lists: The lists that it matched, by name.
        told_at: When it was first told.
        updated: When anything was last told of it.
    """

    id: str
    title: str
    link: str | None
    text: str
    authors: tuple[str, ...]
    source: str
    wire: str | None
    language: str | None
    watch_lists: tuple[str, ...]
    reports: int
    independent_reports: int | None
    published: datetime | None
    told_at: datetime
    updated: datetime


@dataclass(frozen=True, slots=True)
class OutFeed:
    """An output feed: a UUID as text, its name, when it last told anything, and its entries, the latest first."""

    id: str
    title: str
    updated: datetime
    entries: tuple[Entry, ...]


def xml_text(text: str) -> str:
    """`text` as one line of characters that an XML document may hold; nothing is escaped."""
    return _NOT_XML.sub("", flat(text)).strip()


def title_of(entry: Entry) -> str:
    """The headline as one line."""
    return one_line(xml_text(entry.title), TITLE_LIMIT) or NO_TITLE


def names_of(entry: Entry) -> tuple[str, ...]:
    """Who wrote it, or else who published it: one at least."""
    names = [one_line(xml_text(name), NAME_LIMIT) for name in (*entry.authors, entry.source)]
    named = [name for name in names[:-1] if name] or [names[-1]]
    return tuple(dict.fromkeys(name for name in named if name)) or ("unknown",)


def paragraphs_of(entry: Entry) -> list[str]:
    """The text, cut, by paragraphs of one line each."""
    text = entry.text[:TEXT_LIMIT] + ("…" if len(entry.text) > TEXT_LIMIT else "")
    return [line for part in _LINES.split(text) if (line := xml_text(part))]


def account_of(entry: Entry) -> str:
    """Where it comes from, and why it is here: one line."""
    credit = f" ({entry.wire})" if entry.wire else ""
    reports = f"{entry.reports} report{'' if entry.reports == 1 else 's'}"
    if entry.independent_reports is not None:
        reports += f", {entry.independent_reports} independent"
    return xml_text(f"{entry.source}{credit}. {reports}. Watch list: {', '.join(entry.watch_lists)}.")


def html_of(entry: Entry) -> str:
    """The text and the account as HTML of paragraphs alone: whatever a feed says, it is text."""
    parts = [*paragraphs_of(entry), account_of(entry)]
    return "".join(f"<p>{escape(part)}</p>" for part in parts)


def text_of(entry: Entry) -> str:
    """The text and the account as plain text."""
    return "\n\n".join([*paragraphs_of(entry), account_of(entry)])


def address_of(link: str | None) -> str | None:
    """`link` as an absolute http or https address (RFC 3986), or None where it is none."""
    safe = safe_link(link)
    if safe is None:
        return None
    address, hash_, fragment = _BARE_PERCENT.sub("%25", safe).partition("#")
    return address + hash_ + fragment.replace("#", "%23")
