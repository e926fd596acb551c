"""Who stands behind an item: the agency whose dispatch it is, and where from. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from worker.stories.wire_dateline import dateline
from worker.stories.wire_names import byline_agency, host_agency
from worker.stories.wire_pictures import picture_credit
from worker.stories.wire_tail import closing_credit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from worker.stories.agencies import Agency

_HEAD = 300
_TAIL = 400
"""Characters at the ends of a text where credits stand; nothing else of it is looked at."""
_MAX_AUTHORS = 8
_LONGEST_NAME = 200
_REMEMBERED = 4_096
_LONGEST_LINK = 300
_SHORTEST_HEADLINE = 3
_SHORTEST_UNSPACED = 12
"""Words, and characters in Chinese and Japanese, of a title that is more than a place's name."""
_PARTING = (": ", " | ", " - ", " – ", " — ", " » ")


@dataclass(frozen=True, slots=True)
class Credit:
    """What an item says of its origin.

    Attributes:
        wire: The agency's usual short name ("ANI", "dpa", "Reuters"), or None.
        dateline: The place that the text is dated from, as the publisher spells it, but capitals throughout are
            lowered ("KYIV" is "Kyiv"); a country in brackets or behind a comma is left out. None where none is named.
        image_credit: Who made the picture, as said ("Reuters/Jane Doe"), or None. It is never the wire.
    """

    wire: str | None
    dateline: str | None
    image_credit: str | None


def credit(
    *,
    title: str,
    text: str,
    source: str | None,
    authors: Sequence[str],
    link: str | None,
    feed_name: str | None = None,
) -> Credit:
    """Find the agency, the dateline and the picture's credit (issue 4.4), in time that no input lengthens.

    Believed most is the dateline, then the source that the feed credits, the authors, a credit at the text's end, the
    agency's own site, the feed's name. An agency that is only spoken of ("told Reuters"), and one that made the
    picture, are none of these. Of several the one named first counts.

    Args:
        title: Plain text; a repeat of it at the text's start is passed over.
        text: Plain text, a line for each block, as in `ItemData.text`.
        source: As in `ItemData.source`.
        authors: As in `ItemData.authors`.
        link: The item's address, or None.
        feed_name: As the feed calls itself or its reader calls it: "Reuters: World News".
    """
    head = _without_title(text[: _HEAD + len(title[:_HEAD])], title)[:_HEAD]
    tail = text[-_TAIL:]
    dated = dateline(head)
    agency = (
        dated.agency
        or byline_agency(source or "", initials=True)
        or _written_by(authors)
        or closing_credit(tail)
        or (host_agency(_host(link[:_LONGEST_LINK])) if link else None)
        or (_named_feed(feed_name[:_LONGEST_NAME]) if feed_name else None)
    )
    return Credit(agency.name if agency else None, dated.place, picture_credit(head) or picture_credit(tail))


def _without_title(head: str, title: str) -> str:
    """The text behind a repeat of its headline; a title that may be the dateline's place is none."""
    if not head.startswith(title) or head[len(title) : len(title) + 1].isalnum() or not _is_headline(title):
        return head
    return head[len(title) :].lstrip(" \n:.-–—|")


def _is_headline(title: str) -> bool:
    return len(title.split(None, _SHORTEST_HEADLINE)) >= _SHORTEST_HEADLINE or (
        len(title) >= _SHORTEST_UNSPACED and "\u3040" <= title[len(title) // 2] <= "\u9fff"
    )


def _written_by(authors: Sequence[str]) -> Agency | None:
    for author in authors[:_MAX_AUTHORS]:
        if found := byline_agency(author):
            return found
    return None


def _host(link: str) -> str:
    place = link.partition("://")[2].partition("/")[0]
    return place.rpartition("@")[2].partition(":")[0].lower()


@lru_cache(maxsize=_REMEMBERED)
def _named_feed(name: str) -> Agency | None:
    """A feed is an agency's where its name begins with the agency's: "TASS", "Reuters: World News"."""
    first = min((name.partition(mark)[0] for mark in _PARTING), key=len)
    return byline_agency(first)
