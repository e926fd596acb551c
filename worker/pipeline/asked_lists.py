"""Which watch lists met an item, and which clause kept the others from it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from worker.errors import QueryError
from worker.pipeline.heard import surest
from worker.pipeline.steps import Step, counted, moment
from worker.watchlists.explaining import clauses_of, explain, nearly, scope
from worker.watchlists.grammar import parse_canonical
from worker.watchlists.query import CompiledQuery
from worker.watchlists.reading import Reading
from worker.watchlists.resolving import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from worker.records.trail import AskedList, Trail, TrailItem, TrailMatch
    from worker.watchlists.explaining import Clause
    from worker.watchlists.tree import Node

FEW = 10
"""So many watch lists are each told of; of more, those whose query was met, or met but for one clause."""

MOST_LISTS = 2_000
"""So many are asked what they think of an item; beyond that one must be named."""

_BEFORE = {
    "told": "the story was told before",
    "merged": "the story is told by another list",
    "cancelled": "the story's alert was cancelled",
}
"""What the alert of another report means for the item; any other state: nobody has heard of it yet."""

MOST_TOLD = 20
_LONGEST = 120
"""Characters of a clause; a list may look for hundreds of words."""


class Asked(NamedTuple):
    """The lists to be asked again.

    Attributes:
        lists: Those that are there, by name: one more than MOST_LISTS says that there are more.
        queries: Those of the lists that they may refer to, by name.
        named: The only one to ask, whatever its state, if somebody named one.
    """

    lists: Sequence[AskedList]
    queries: Mapping[str, str]
    named: AskedList | None = None


def list_steps(trail: Trail, asked: Asked) -> Iterator[Step]:
    """Yield which lists met the item, and what kept others from it, as far as that is of use to anybody."""
    for met in trail.matches:
        yield Step("watch_list", met.at, "met", _met(trail, met))
    known = trail.met
    lists = list(asked.lists[:MOST_LISTS]) if asked.named is None else [asked.named]
    others = [one for one in lists if one.definition.id not in known]
    at = trail.matches[0].at if trail.matches else trail.item.first_seen
    if trail.also_met:
        yield Step("watch_list", at, "met", f"{counted(len(trail.also_met), 'other watch list')} met it")
    told = 0
    reading = Reading(trail.item.matchable)
    for one in others:
        answer = _answer(trail.item, one, reading, asked.queries, whatever=len(others) <= FEW)
        if answer is not None and told < MOST_TOLD:
            told += 1
            yield Step("watch_list", at, answer[0], f"{one.definition.name}: {answer[1]}")
    if told < len(others):
        yield Step("watch_list", at, "not_met", f"{counted(len(others) - told, 'other watch list')} did not meet it")
    if asked.named is None and len(asked.lists) > MOST_LISTS:
        said = f"only the first {MOST_LISTS:,} watch lists were asked: --list NAME asks one"
        yield Step("watch_list", at, "unknown", said)


def _met(trail: Trail, met: TrailMatch) -> str:
    """Say that a list met the item, and why no alert came of it, where none did."""
    terms = ", ".join(met.terms)
    said = f"{met.name}: {terms} is in it" if terms else f"{met.name}: it met the item"
    of_list = [alert for alert in trail.alerts if alert.watch_list == met.watch_list]
    if not of_list:
        return said if trail.more_alerts else f"{said}; nobody was to hear of it"
    if any(alert.item == trail.item.id for alert in of_list):
        return said
    first = surest(of_list)
    became = _BEFORE.get(first.state, "the story waits to be told")
    return f"{said}; {became}, for itm_{first.item} (alt_{first.id})"


def _answer(
    item: TrailItem, one: AskedList, reading: Reading, queries: Mapping[str, str], *, whatever: bool
) -> tuple[str, str] | None:
    """Say what a list makes of the item, in a word and a sentence; None where that is of no use, unless `whatever`."""
    definition = one.definition
    try:
        node = parse_canonical(definition.query)
        whole = resolve(node, queries, query=definition.query, name=definition.name)
    except QueryError as error:
        return "broken", f"its query is wrong: {error.reason}"
    if CompiledQuery(whole).met(reading):
        unmet = [clause for clause in scope(definition, reading) if not clause.met]
        return ("scope", _brief(unmet)) if unmet else _would_meet(item, one)
    near = nearly(node, reading, queries)
    if near or whatever:
        return "nearly" if near else "not_met", _lacks(node, reading, queries)
    return None


def _would_meet(item: TrailItem, one: AskedList) -> tuple[str, str]:
    """Say why a list whose query is met did not meet the item."""
    if one.removed_at is not None:
        return "removed", f"it would meet the item, but was removed {moment(one.removed_at)}"
    if one.state != "active":
        why = f": {one.broken_why}" if one.broken_why else ""
        return one.state, f"it would meet the item, but is {one.state}{why}"
    if not item.news:
        return "would_meet", "it would meet the item, were that news: archived items are shown to no list"
    if item.waits_since is not None or item.gave_up:
        return "would_meet", "it would meet the item"
    return _was_late(item, one)


def _was_late(item: TrailItem, one: AskedList) -> tuple[str, str]:
    """Say what came only after the item."""
    if one.created_at > item.first_seen:
        return "made_later", f"it would meet the item, but the list was made later, {moment(one.created_at)}"
    if one.asked_since is not None and one.asked_since > item.first_seen:
        since = moment(one.asked_since)
        return "asked_later", f"it would meet the item, but was changed, resumed or brought back later, {since}"
    return "changed", "it would meet the item as both are now: one of them, or its feed's tags, was changed later"


def _lacks(node: Node, reading: Reading, queries: Mapping[str, str]) -> str:
    unmet = [clause for clause in explain(node, reading, queries) if not clause.met]
    all_ = len(clauses_of(node))
    of = f" (the other {counted(all_ - len(unmet), 'clause')} met)" if len(unmet) < all_ else ""
    return _brief(unmet) + of


def _brief(unmet: Sequence[Clause]) -> str:
    return "; ".join(_cut(clause) for clause in unmet)


def _cut(clause: Clause) -> str:
    text = clause.text if len(clause.text) <= _LONGEST else f"{clause.text[:_LONGEST]}..."
    return text if clause.reason is None else f"{text}: {clause.reason}"
