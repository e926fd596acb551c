"""A query held against one item, clause by clause: what was met and where, and why the rest was not. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from worker.watchlists.canonical import canonical
from worker.watchlists.grammar import parse_canonical
from worker.watchlists.lacking import excluded, why_not
from worker.watchlists.query import CompiledQuery
from worker.watchlists.resolving import resolve
from worker.watchlists.sought import speaks
from worker.watchlists.tree import And, ListRef, Node, Not, Or

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from worker.watchlists.model import Span, WatchList
    from worker.watchlists.reading import Reading


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a query, held against one item.

    Attributes:
        text: The part in canonical form.
        spans: Where the item met it; of an exclusion that was not met, where what is excluded stands.
        reason: Why it was not met, in a few words that follow the text; now and then why it was. Else None.
        parts: Of a group, an exclusion of a group or a reference: its own parts, in order.
    """

    text: str
    met: bool
    spans: tuple[Span, ...] = ()
    reason: str | None = None
    parts: tuple[Clause, ...] = ()

    @property
    def where(self) -> tuple[str, ...]:
        """The fields of `spans`, each once."""
        return tuple(dict.fromkeys(span.field for span in self.spans))

    @property
    def brief(self) -> str:
        """The clause with the reason, as one line."""
        return self.text if self.reason is None else f"{self.text}: {self.reason}"


def explain(node: Node, reading: Reading, queries: Mapping[str, str]) -> tuple[Clause, ...]:
    """Hold the clauses of `node`, the parts of an outermost AND or the whole, against an item, one by one.

    `queries` are those of the lists that it refers to, by name; that they can be resolved is known. The item meets the
    query if all clauses are met.
    """
    return tuple(_clause(part, reading, queries) for part in clauses_of(node))


def clauses_of(node: Node) -> tuple[Node, ...]:
    """Return the parts of which each must be met."""
    return node.parts if isinstance(node, And) else (node,)


def scope(watch_list: WatchList, reading: Reading) -> tuple[Clause, ...]:
    """Hold what the list limits beside its query, feeds and languages, against an item, as far as it limits any."""
    return tuple(clause for clause in (_feeds(watch_list, reading), _languages(watch_list, reading)) if clause)


def nearly(node: Node, reading: Reading, queries: Mapping[str, str]) -> bool:
    """Whether one clause alone was not met, and something that the query asks for was.

    That nothing excluded is there says little of an item, so it does not count as met.
    """
    met = {part: _compiled(part, queries).met(reading) for part in clauses_of(node)}
    positive = any(is_met and not isinstance(part, Not) for part, is_met in met.items())
    return positive and sum(not is_met for is_met in met.values()) == 1


def _compiled(node: Node, queries: Mapping[str, str]) -> CompiledQuery:
    return CompiledQuery(resolve(node, queries, query=canonical(node)))


def _clause(node: Node, reading: Reading, queries: Mapping[str, str]) -> Clause:
    text = canonical(node)
    hit = _compiled(node, queries).read(reading, watch_list=0)
    if isinstance(node, Not):
        inner = _clause(node.part, reading, queries)
        reason = None if hit else excluded(node.part, inner.text)
        return Clause(text, hit is not None, () if hit else inner.spans, reason, inner.parts)
    spans = hit.spans if hit is not None else ()
    if isinstance(node, And | Or | ListRef):
        inside = parse_canonical(queries[node.name]) if isinstance(node, ListRef) else node
        whole = inside.parts if isinstance(inside, And | Or) else (inside,)
        parts = tuple(_clause(part, reading, queries) for part in whole)
        return Clause(text, hit is not None, spans, None if hit else _of_parts(inside, parts), parts)
    return Clause(text, hit is not None, spans, None if hit else why_not(node, reading))


def _of_parts(node: Node, parts: Sequence[Clause]) -> str:
    """Say why a group was not met, by its parts."""
    unmet = [part for part in parts if not part.met]
    if len(unmet) == 1:
        return unmet[0].brief if isinstance(node, And) else unmet[0].reason or unmet[0].text
    return "none of these is met" if isinstance(node, Or) else f"{len(unmet)} of these {len(parts)} are not met"


def _feeds(watch_list: WatchList, reading: Reading) -> Clause | None:
    if not watch_list.feed_tags:
        return None
    tags = reading.item.feed_tags
    wanted = ", ".join(sorted(watch_list.feed_tags))
    if not watch_list.feed_tags.isdisjoint(tags):
        return Clause(f"feeds: tags [{wanted}]", met=True)
    has = f"its feed has the tags {', '.join(sorted(tags))}" if tags else "its feed has no tags"
    return Clause(f"feeds: tags [{wanted}]", met=False, reason=has)


def _languages(watch_list: WatchList, reading: Reading) -> Clause | None:
    if not watch_list.languages:
        return None
    text = f"languages: [{', '.join(sorted(watch_list.languages))}]"
    language = reading.language
    if language is None:
        return Clause(text, met=True, reason="the item's language is unknown, and so no reason to keep it out")
    met = any(speaks(language, wanted) for wanted in watch_list.languages)
    return Clause(text, met, reason=None if met else f"the item is in {language}")
