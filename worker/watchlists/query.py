"""One query, ready to be asked of items. PURE."""

from __future__ import annotations

from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING

from worker.watchlists.grammar import parse
from worker.watchlists.meaning import Condition, condition_of, wanted
from worker.watchlists.model import Hit, Span
from worker.watchlists.reading import Reading
from worker.watchlists.resolving import resolve
from worker.watchlists.sought import Words
from worker.watchlists.tree import And, Not, Or

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from worker.watchlists.model import Matchable
    from worker.watchlists.sought import Sought
    from worker.watchlists.tree import Node

MAX_SPANS = 50
"""Places that a hit tells."""

MAX_LOOKED_AT = 2_000
"""Places that are looked at for these: many terms may stand at one place, and a text may hold nothing else."""

_ORDER = {"title": 0, "text": 1, "category": 2, "author": 3, "source": 4, "link": 5, "feed": 6}


class CompiledQuery:
    """One query.

    Attributes:
        node: Its tree, without references.
        terms: All its positive terms, as a hit shows them.
    """

    __slots__ = ("_alone", "_condition", "_sought", "_words_alone", "node", "terms")

    def __init__(self, node: Node) -> None:
        self.node = node
        self._condition: Condition = condition_of(node)
        self._sought: tuple[Sought, ...] = wanted(node)
        self._alone = None if isinstance(node, And | Or | Not) else self._sought[0]
        self._words_alone = isinstance(self._alone, Words)
        self.terms: tuple[str, ...] = tuple(dict.fromkeys([one.shown for one in self._sought]))

    def met(self, reading: Reading) -> bool:
        """Whether the item matches."""
        return self._condition.met(reading)

    def hit(self, item: Matchable) -> Hit | None:
        """Return what of `item` met the query, with 0 for the watch list; None if it does not match."""
        return self.read(Reading(item), watch_list=0)

    def read(self, reading: Reading, *, watch_list: int) -> Hit | None:
        """Return the hit of an item that is read already, or None."""
        if self._words_alone:
            # Words that have a place are met: it is looked for once.
            hit = self.told(reading, watch_list=watch_list)
            return hit if hit.spans else None
        return self.told(reading, watch_list=watch_list) if self._condition.met(reading) else None

    def told(self, reading: Reading, *, watch_list: int) -> Hit:
        """Return the hit of an item that is known to match."""
        if self._alone is not None:
            return Hit(watch_list, self.terms, joined(self._alone.spans(reading)))
        met = [one for one in self._sought if one.met(reading)]
        terms = self.terms if len(met) == len(self._sought) else tuple(dict.fromkeys([one.shown for one in met]))
        return Hit(watch_list, terms, joined(merge(*[one.spans(reading) for one in met], key=_order)))


def compile_query(query: str, queries: Mapping[str, str] | None = None, *, name: str | None = None) -> CompiledQuery:
    """Compile one query; raise QueryError if it is wrong.

    `queries` are those of the watch lists that it may refer to, by name; `name` is its own, if it has one.
    """
    return CompiledQuery(resolve(parse(query), queries or {}, query=query, name=name))


def joined(in_order: Iterable[Span]) -> tuple[Span, ...]:
    """Make one of places that overlap. They come by field and start, and only the first MAX_SPANS are made."""
    joined: list[Span] = []
    last: Span | None = None
    for span in islice(in_order, MAX_LOOKED_AT):
        if last is not None and span.start < last.end and span.field == last.field:
            last = joined[-1] = Span(span.field, last.start, max(last.end, span.end))
        elif len(joined) < MAX_SPANS:
            joined.append(span)
            last = span
        else:
            break
    return tuple(joined)


def _order(span: Span) -> tuple[int, int, int]:
    return _ORDER[span.field], span.start, span.end
