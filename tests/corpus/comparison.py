"""An item of ours beside the entry that feedparser found in its place."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

from worker.feeds import entries
from worker.feeds.links import absolute
from worker.feeds.names import language
from worker.text.clean import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from worker.feeds.model import ItemData

LIMITS = {"title": 1_000, "summary": 200_000, "text": 200_000}
EARLIEST = 1990
MARKUP = re.compile(r"<!--.*?-->|<[a-zA-Z/!?][^>]*>", re.DOTALL)


def converted(found: Any, url: str) -> list[ItemData | None]:
    """Our values of feedparser's own reading, raw."""
    version = found.version or "rss"
    atom = version.startswith("atom")
    link = entries.tried(entries.link_of, found.feed, url)
    feed = entries.Inheritance(
        atom=atom,
        base=url if atom or link is None else link,
        language=language(dict.get(found.feed, "language")),
        authors=(entries.tried(entries.authors_of, found.feed) or ()) if atom else (),
    )
    return [entries.tried(entries.item_of, entry, feed) for entry in found.entries]


def letters(text: str) -> str:
    return "".join(re.findall(r"\w+", clean(text)))


def readings(value: object, kind: str = "text/html") -> set[str]:
    """The letters of a text construct of feedparser's, tags and entities read once, and once more as they are escaped
    twice as often as not; of plain text as it stands too, for nobody knows whether it is."""
    text = value if isinstance(value, str) else ""
    found = {letters(text)} if kind == "text/plain" else set()
    for _ in range(2):
        text = html.unescape(MARKUP.sub(" ", text))
        found |= {letters(text), letters(html.unescape(text))}
    return found


def constructs(entry: Any) -> dict[str, set[str]]:
    """What may be our title, summary and text of an entry that feedparser has sanitised, letters only."""
    summary = readings(dict.get(entry, "summary"), kind_of(entry, "summary"))
    contents: list[tuple[str, ...]] = [("",)]
    for part in dict.get(entry, "content") or ():
        if re.match(r"text/|.*(?:html|/xml)$", dict.get(part, "type") or ""):
            read = readings(dict.get(part, "value"), dict.get(part, "type"))
            contents = [(*before, one) for before in contents for one in read]
    full = {"".join(dict.fromkeys(parts)) for parts in contents}
    return {
        "title": readings(dict.get(entry, "title"), kind_of(entry, "title")),
        "summary": summary,
        "text": {f"{one}{rest}" for one in ("", *summary) for rest in full if rest}
        | (summary if "" in full else set()),
    }


def kind_of(entry: Any, construct: str) -> str:
    kind: str = dict.get(dict.get(entry, f"{construct}_detail") or {}, "type", "text/html")
    return kind


def people(entry: Any) -> list[str]:
    """The names, else mail addresses, of an entry's authors, each once."""
    found = (dict.get(author, "name") or dict.get(author, "email") or "" for author in dict.get(entry, "authors") or ())
    return list(filter(None, dict.fromkeys(letters(html.unescape(one)) for one in found)))


def moment(entry: Any, *kinds: str) -> tuple[int, ...] | None:
    """The first of these dates that there is, to the second, from 1990 on."""
    dates = (dict.get(entry, f"{kind}_parsed") for kind in kinds)
    found = next((date for date in dates if date and date.tm_year >= EARLIEST), None)
    return None if found is None else tuple(found[:6])


def differences(ours: ItemData, entry: Any, feed: Any, *, atom: bool) -> Iterator[str]:
    """The fields in which an item is not what feedparser, as it comes, says of it."""
    identifier = " ".join(str(dict.get(entry, "id") or "").split()).translate({0xFEFF: None})
    if (ours.id or "") != identifier:
        yield "id"
    link = dict.get(entry, "link") or ""
    if "/~r/" in link or "/~3/" in link:  # Feedburner's, which says beside it where it leads
        link = dict.get(entry, "feedburner_origlink") or link
    if link.startswith(("http://", "https://")) and ours.link != absolute(link):
        yield "link"
    for name, allowed in constructs(entry).items():
        text = getattr(ours, name)
        found = letters(text)
        cut = len(text) >= LIMITS[name] - 1  # a space at the very end is dropped
        if found not in allowed and not (cut and any(one.startswith(found) for one in allowed)):
            yield name
    dates = {
        "published": ("published", "created") if atom else ("published", "created", "updated"),
        "updated": ("updated",),
    }
    for name, kinds in dates.items():
        date = getattr(ours, name)
        if (None if date is None else tuple(date.timetuple()[:6])) != moment(entry, *kinds):
            yield name
    if [letters(one) for one in ours.authors] != (people(entry) or (people(feed) if atom else [])):
        yield "authors"
