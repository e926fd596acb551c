"""Which rung of the identity ladder a feed can be trusted on, judged by each document. PURE."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from worker.stories.canonical import canonical_url, fold_id
from worker.stories.identity import ABSENT, moment
from worker.stories.likeness import looked_at
from worker.text.tokens import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from worker.feeds.model import ItemData
    from worker.stories.model import IdentifiedItem, KnownItem, Names, Rung

RUNGS: tuple[Rung, ...] = ("id", "link", "link+date", "link+title", "title+text")
"""Highest first."""

_LYING_SHARE = 0.05
_LYING = 3
_LISTED = 5
"""A rung lies in more than this share of a document's items, in so many at least, and where there are so many at least:
one pair of items that share a name, or three items in all, say nothing of the feed (issue 4, paragraph 1)."""

_IN_A_ROW = 2
"""In so many documents one after another known items come back under other names before that counts as their habit: a
publisher may change all ids once."""

_WORDS_OF_A_HEADLINE = 3
_CALLED: dict[Rung, str] = {
    "id": "id",
    "link": "link",
    "link+date": "link and date",
    "link+title": "link and title",
    "title+text": "title and text",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a feed stands on the ladder; it never steps up.

    Attributes:
        rung: The highest rung that it is trusted on.
        doubts: Documents in a row in which known items came back under other names.
    """

    rung: Rung = "id"
    doubts: int = 0


TRUSTED = Standing()
"""How each feed begins."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one document says of the feed's names.

    Attributes:
        listed: The names of each distinct item of the document (`worker.stories.identity.names`), read or not.
        headlines: So many items have an id that holds their headline (`headlines`).
        met: Known items that were met again among those that were read.
        unread: So many items stand as they stood, names and all.
        reused: So many known links mean wholly other articles.
    """

    listed: Sequence[Names]
    headlines: int = 0
    met: Sequence[tuple[KnownItem, IdentifiedItem]] = ()
    unread: int = 0
    reused: int = 0


def judge(standing: Standing, evidence: Evidence) -> tuple[Standing, str | None]:
    """Return where the feed stands after this document, and a line for the journal where that is a lower rung.

    A rung lies where names are repeated, absent, or hold the headline, and where a link means other articles now: that
    shows at once. That names change with every fetch shows when it happens twice in a row. The feed steps down to the
    first rung that does not lie in this document.
    """
    rung, listed = standing.rung, len(evidence.listed)
    if listed < _LISTED or rung == RUNGS[-1]:
        return standing, None
    renamed = _renamed(rung, evidence.met)
    if _is_lying(renamed, listed):
        doubts = standing.doubts + 1
    else:
        doubts = 0 if evidence.met or evidence.unread else standing.doubts
    why = _lie(rung, evidence)
    if why is None and doubts >= _IN_A_ROW:
        why = f"{renamed} of {listed} {_CALLED[rung]}s changed"
    if why is None:
        return Standing(rung, doubts), None
    lower = _lower(rung, evidence)
    return Standing(lower), f"items are known by {_CALLED[lower]} from now on: {why}"


def headlines(items: Iterable[ItemData]) -> int:
    """Count items whose id, and not their link, holds their headline, so that whoever edits this changes that.

    Of a document with very long ids and links only the shorter ones are looked at.
    """
    candidates = [item for item in items if _may_tell(item)]
    limit = looked_at(name or "" for item in candidates for name in (item.title, item.id, item.link))
    return sum(len(item.id or "") <= limit and len(item.link or "") <= limit and _tells(item) for item in candidates)


def _may_tell(item: ItemData) -> bool:
    identifier = item.id or ""
    if len(identifier) < len(item.title):  # most ids
        return False
    return identifier != item.link and not (item.link and fold_id(identifier) == canonical_url(item.link))


def _tells(item: ItemData) -> bool:
    headline = words_of(item.title)
    if len(headline) < _WORDS_OF_A_HEADLINE:
        return False
    said = f" {' '.join(headline)} "
    return said in f" {' '.join(words_of(item.id or ''))} " and said not in f" {' '.join(words_of(item.link or ''))} "


def _lower(rung: Rung, evidence: Evidence) -> Rung:
    """The next rung down that holds for this document, or the last."""
    for lower in RUNGS[RUNGS.index(rung) + 1 : -1]:
        changed = _renamed(lower, evidence.met)
        if _lie(lower, evidence) is None and not _is_lying(changed, len(evidence.listed)):
            return lower
    return RUNGS[-1]


def _is_lying(count: int, listed: int) -> bool:
    return count >= _LYING and count > listed * _LYING_SHARE


def _lie(rung: Rung, evidence: Evidence) -> str | None:
    """What is wrong with this rung in this document alone, in words, or None."""
    listed = len(evidence.listed)
    found = [_named(rung, names) for names in evidence.listed]
    absent = found.count(None)
    if absent == 0 and len(set(found)) == listed:  # most documents
        repeated = 0
    else:
        repeated = sum(bearers for name, bearers in Counter(found).items() if bearers > 1 and name is not None)
    if _is_lying(absent + repeated, listed):
        return " and ".join(_told(absent, repeated, listed, _CALLED[rung]))
    if rung == "id" and _is_lying(evidence.headlines, listed):
        return f"{evidence.headlines} of {listed} ids hold the headline"
    if rung == "link" and _is_lying(evidence.reused, listed):
        return f"{evidence.reused} of {listed} links mean another article now"
    return None


def _told(absent: int, repeated: int, listed: int, called: str) -> Iterable[str]:
    if absent:
        yield f"{absent} of {listed} have no {called}"
    if repeated:
        yield f"{repeated} of {listed} share their {called}"


def _named(rung: Rung, names: Names) -> object:
    """What names an item on this rung, or None."""
    identifier, link, title, date = names
    if rung == "id":
        return None if identifier == ABSENT else identifier
    if link == ABSENT:
        return None
    if rung == "link":
        return link
    if rung == "link+date":
        return None if date == ABSENT else (link, date)
    return title


def _renamed(rung: Rung, met: Sequence[tuple[KnownItem, IdentifiedItem]]) -> int:
    """How many known items have another name on this rung than they had."""
    if rung == "id":
        return sum(known.identity != item.identity for known, item in met)
    if rung == "link+date":
        return sum(_moved(known, item) or moment(known.published) != moment(item.item.published) for known, item in met)
    if rung == "link":
        return sum(_moved(known, item) for known, item in met)
    return sum(_moved(known, item) or known.content != item.content for known, item in met)


def _moved(known: KnownItem, item: IdentifiedItem) -> bool:
    before, now = known.link or "", item.item.link or ""
    return before != now and canonical_url(before) != canonical_url(now)
