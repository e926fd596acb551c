"""What of a query can never be met, because something is required and excluded at once. PURE.

What must hold, and what must not, is gathered from the ANDs on the way down the tree, as single terms; against these
each part is held. So what is found is true of every item, and not all that is true is found: nothing is tried out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import takewhile
from typing import TYPE_CHECKING, TypeGuard

from worker.watchlists.canonical import canonical
from worker.watchlists.doubt import doubt_of
from worker.watchlists.kin import kin_of
from worker.watchlists.sought import speaks
from worker.watchlists.tree import And, Label, Not, Or, Term

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from worker.watchlists.doubt import Doubt
    from worker.watchlists.known_feeds import KnownFeeds
    from worker.watchlists.tree import Leaf, Node

SEEN = (None, "title", "text", "category")
"""The fields in which a term without a field looks."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What holds for every item that a part is asked of.

    Attributes:
        required: Terms, and groups of alternatives of which one holds.
        excluded: Terms that do not hold, each with the exclusion that says so.
        languages: An item is in one of these, or in none that anybody knows; empty: in any. Of what is excluded nobody
            asks it: a language that no item has is left out to no harm.
        feeds: All that there are, where they are known. Of what is excluded it is asked, too: a tag that no feed has is
            a slip, and lets through what was to be kept out.
        whole: Whether nothing at all matches where this cannot hold.
    """

    required: tuple[Leaf | Or, ...] = ()
    excluded: tuple[Leaf, ...] = ()
    languages: Collection[str] = ()
    feeds: KnownFeeds | None = None
    whole: bool = True

    def with_parts(self, parts: tuple[Node, ...]) -> _Known:
        """What holds if `parts` do, too."""
        required = [part for part in parts if not isinstance(part, Not | And)]
        return replace(
            self,
            required=(*self.required, *required),
            excluded=(*self.excluded, *(one for part in parts for one in _excluded_by(part))),
        )

    def never(self, node: Node) -> bool:
        """Whether `node` is met by no item of which this is known."""
        if isinstance(node, Not):
            return self.always(node.part)
        if isinstance(node, And):
            return any(map(self.never, node.parts))
        if isinstance(node, Or):
            return all(map(self.never, node.parts))
        return self.against(node) is not None

    def always(self, node: Node) -> bool:
        """Whether `node` is met by every item of which this is known."""
        if isinstance(node, Not):
            return self.never(node.part)
        if isinstance(node, And):
            return all(map(self.always, node.parts))
        if isinstance(node, Or):
            return any(map(self.always, node.parts))
        return self.making(node) is not None

    def making(self, leaf: Leaf) -> Leaf | Or | None:
        """What is required and brings `leaf` with it."""
        return next((one for one in self.required if _implies(one, leaf)), None)

    def against(self, leaf: Leaf) -> str | None:
        """Say why `leaf` cannot be met, in words that follow "can never be met"; None if it can."""
        if excluded := next((one for one in self.excluded if _implies(leaf, one)), None):
            return f", for {canonical(excluded)} is excluded"
        if self.feeds is not None and (missing := self.feeds.missing(leaf)):
            return f", for {missing}"
        if not _is_language(leaf):
            return None
        for other in takewhile(lambda one: one is not leaf, self.required):
            if _is_language(other) and not _go_together(leaf.value, other.value):
                return f" beside {canonical(other)}: no item is in two languages: write OR between them"
        if self.languages and not any(_go_together(leaf.value, language) for language in self.languages):
            return f": the list is limited to items in {', '.join(sorted(self.languages))}"
        return None


def contradictions(node: Node, languages: Collection[str] = (), feeds: KnownFeeds | None = None) -> list[Doubt]:
    """Return what can never be met, at the place of the exclusion, alternative or group that makes it so.

    `languages`: of the items that are asked; empty: all. `feeds`: all that there are; None: nobody knows.
    """
    found: list[Doubt] = []
    _find(node, _Known(languages=languages, feeds=feeds), found)
    return found


def _find(node: Node, known: _Known, found: list[Doubt]) -> bool:
    """Add the contradictions within `node` to `found`; say whether it can never be met."""
    if isinstance(node, Not):
        _find(node.part, _Known(feeds=known.feeds, whole=False), found)
        return False
    if isinstance(node, And):
        return _find_in_all(node, known, found)
    if not isinstance(node, Or):
        return _find_in_leaf(node, known, found)
    never = [_find(part, replace(known, whole=False), found) for part in node.parts]
    if all(never):
        found.append(doubt_of(f"none of these can ever be met{_then(known)}", node))
    return all(never)


def _find_in_all(node: And, known: _Known, found: list[Doubt]) -> bool:
    inside = known.with_parts(node.parts)
    # What is excluded beside a term or group is told at the exclusion; what is excluded further out is not.
    of_leaves = replace(inside, excluded=known.excluded)
    beside = inside.excluded[len(known.excluded) :]
    never = False
    for part in node.parts:
        if isinstance(part, Not) and inside.always(part.part):
            found.append(doubt_of(f"{_required(part.part, inside)} is required, and excluded here{_then(known)}", part))
            never = True
        elif isinstance(part, Or) and any(_implies(part, one) for one in beside):
            never = True
        elif isinstance(part, Not | And | Or):
            never |= _find(part, inside, found)
        else:
            never |= _find_in_leaf(part, of_leaves, found)
    return never


def _find_in_leaf(leaf: Leaf, known: _Known, found: list[Doubt]) -> bool:
    reason = known.against(leaf)
    if reason is not None:
        found.append(doubt_of(f"{canonical(leaf)} can never be met{reason}", leaf))
    return reason is not None


def _required(node: Node, known: _Known) -> str:
    """What is required and brings all of `node` with it, as far as that is one thing."""
    for one in node.parts if isinstance(node, Or) else (node,):
        if not isinstance(one, Not | And | Or) and (making := known.making(one)):
            return canonical(making)
    return f"all of {canonical(node)}"


def _then(known: _Known) -> str:
    return ": nothing can match" if known.whole else ""


def _excluded_by(part: Node) -> Iterator[Leaf]:
    """The single terms that do not hold if `part` does."""
    if isinstance(part, Not):
        for one in part.part.parts if isinstance(part.part, Or) else (part.part,):
            if not isinstance(one, Not | And | Or):
                yield one


def _implies(wanted: Node, excluded: Leaf) -> bool:
    """Whether every item that meets `wanted` meets `excluded`."""
    if isinstance(wanted, Or):
        return all(_implies(part, excluded) for part in wanted.parts)
    if isinstance(wanted, And):
        return any(_implies(part, excluded) for part in wanted.parts)
    if _is_language(wanted) and _is_language(excluded):
        return all(speaks(language, excluded.value) for language in kin_of(wanted.value))
    if isinstance(wanted, Term) and isinstance(excluded, Term):
        return _brings(wanted, excluded)
    return wanted == excluded


def _brings(wanted: Term, excluded: Term) -> bool:
    """Whether every item that holds the one term holds the other."""
    same_field = excluded.field == wanted.field or (excluded.field is None and wanted.field in SEEN)
    if not same_field or wanted.way == "stem" or excluded.within is not None:
        return wanted == excluded
    if excluded.way == "prefix" and len(excluded.words) == 1:
        return any(word.startswith(excluded.words[0]) for word in wanted.words)
    if excluded.way != "word" or wanted.way == "prefix":
        return wanted == excluded
    size = 1 if wanted.within is not None else len(excluded.words)
    return any(wanted.words[at : at + size] == excluded.words for at in range(len(wanted.words)))


def _is_language(node: Node) -> TypeGuard[Label]:
    return isinstance(node, Label) and node.kind == "lang"


def _go_together(one: str, other: str) -> bool:
    """Whether an item may be in both languages, for one is a kind of the other, or both are kin of a third."""
    return any(speaks(kin, other) for kin in kin_of(one)) or any(speaks(kin, one) for kin in kin_of(other))
