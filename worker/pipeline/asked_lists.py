"""Which watch lists met an item, and which clause kept the others from it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
    from datetime import datetime

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


@dataclass(frozen=True, slots=True)
class ListStep(Step):
    """What a watch list has to do with an item.

    Attributes:
        far: It began to ask what it asks only later, or was removed, and what it asks would not meet the item either.
    """

    far: bool = False


class _Now(NamedTuple):
    """What a list makes of the item as both are now: "met", "scope", "nearly", "not_met", "broken"; and what fails."""

    result: str
    fails: str = ""


class _Late(NamedTuple):
    """What of a list came only after the item."""

    result: str
    at: datetime
    text: str


def list_steps(trail: Trail, asked: Asked) -> Iterator[ListStep]:
    """Yield which lists met the item, and what kept others from it, as far as that is of use to anybody.

    What a list says stands at a moment when it was so: never before the list was made, or asked what it asks now.
    """
    for met in trail.matches:
        yield ListStep("watch_list", met.at, "met", _met(trail, met))
    known = trail.met
    lists = list(asked.lists[:MOST_LISTS]) if asked.named is None else [asked.named]
    others = [one for one in lists if one.definition.id not in known]
    at = _looked_at(trail)
    if trail.also_met:
        yield ListStep(
            "watch_list", trail.matches[0].at, "met", f"{counted(len(trail.also_met), 'other watch list')} met it"
        )
    told = 0
    reading = Reading(trail.item.matchable)
    for one in others:
        now = _now(one, reading, asked.queries, whatever=len(others) <= FEW)
        if now is not None and told < MOST_TOLD:
            told += 1
            answer = _would_meet(trail.item, one, at) if now.result == "met" else _would_not(trail.item, one, now, at)
            yield replace(answer, detail=f"{one.definition.name}: {answer.detail}")
    if told < len(others):
        yield ListStep(
            "watch_list", at, "not_met", f"{counted(len(others) - told, 'other watch list')} did not meet it"
        )
    if asked.named is None and len(asked.lists) > MOST_LISTS:
        said = f"only the first {MOST_LISTS:,} watch lists were asked: --list NAME asks one"
        yield ListStep("watch_list", at, "unknown", said)


def _looked_at(trail: Trail) -> datetime:
    """Return when lists looked at the item as it is now; at the earliest, for where none met it that is not kept."""
    return max([trail.item.first_seen, *trail.revised, *(met.at for met in trail.matches)])


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


def _now(one: AskedList, reading: Reading, queries: Mapping[str, str], *, whatever: bool) -> _Now | None:
    """Hold a list, as it is now, against the item; None where the answer is of no use, unless `whatever`."""
    definition = one.definition
    try:
        node = parse_canonical(definition.query)
        whole = resolve(node, queries, query=definition.query, name=definition.name)
    except QueryError as error:
        return _Now("broken", error.reason)
    if CompiledQuery(whole).met(reading):
        unmet = [clause for clause in scope(definition, reading) if not clause.met]
        return _Now("scope", _brief(unmet)) if unmet else _Now("met")
    near = nearly(node, reading, queries)
    if near or whatever:
        return _Now("nearly" if near else "not_met", _lacks(node, reading, queries))
    return None


def _would_meet(item: TrailItem, one: AskedList, at: datetime) -> ListStep:
    """Say why a list whose query is met did not meet the item, at which lists looked `at`."""
    it_would = "it would meet the item"
    late = _late(item, one, at)
    if late is not None and item.news:
        return _step(late.result, late.at, f"{it_would}, but {late.text}{_became(one)}")
    if one.removed_at is not None:
        return _step("removed", max(at, one.removed_at), f"{it_would}, but was removed {moment(one.removed_at)}")
    if one.state != "active":
        return _step(one.state, _broken_at(one, at), f"{it_would}, but is {one.state}{_since(one)}{_why(one)}")
    at = _asked_at(one, at)
    if not item.news:
        return _step("would_meet", at, f"{it_would}, were that news: archived items are shown to no list")
    if _unseen(item):
        return _step("would_meet", at, it_would)
    return _step("changed", at, f"{it_would} as both are now: one of them, or its feed's tags, was changed later")


def _would_not(item: TrailItem, one: AskedList, now: _Now, at: datetime) -> ListStep:
    """Say what kept a list whose query or scope is not met from the item, at which lists looked `at`."""
    late = _late(item, one, at)
    if late is not None:
        who = "" if late.result == "made_later" else "the list "
        became = _became(one, why=now.result != "broken")
        return _step(late.result, late.at, f"{who}{late.text}; {_as_is(now)}{became}", far=True)
    gone = one.removed_at
    if gone is not None and (gone <= at or _unseen(item) or now.result == "broken"):
        said = f"it was removed {moment(gone)}; {_as_is(now, 'was')}"
        return _step("removed", max(at, gone), said, far=True)
    if now.result == "broken":
        since = f"; it is broken{_since(one)}" if one.broken_since is not None else ""
        return _step("broken", _broken_at(one, at), f"its query is wrong: {now.fails}{since}")
    return _step(now.result, _asked_at(one, at), now.fails)


def _step(result: str, at: datetime | None, detail: str, *, far: bool = False) -> ListStep:
    return ListStep("watch_list", at, result, detail, far)


def _late(item: TrailItem, one: AskedList, at: datetime) -> _Late | None:
    """Say what came only after lists looked at the item; None where nothing did, or none has looked yet."""
    if _unseen(item):
        return None
    if one.created_at > at:
        return _Late("made_later", one.created_at, f"the list was made later, {moment(one.created_at)}")
    since = one.asked_since
    if since is not None and since > at:
        return _Late("asked_later", since, f"was changed, resumed or brought back later, {moment(since)}")
    return None


def _unseen(item: TrailItem) -> bool:
    """Whether no list has seen the item as it is now, though lists are to see it, or were."""
    return item.waits_since is not None or item.gave_up


def _asked_at(one: AskedList, at: datetime) -> datetime:
    """Return `at`, or when the list began to ask what it asks now, if that was later."""
    return max(at, one.created_at, one.asked_since or one.created_at)


def _as_is(now: _Now, was: str = "is now") -> str:
    """Say what a list that was not asked then lacks, as no more than what it `was` at another time."""
    if now.result == "broken":
        return f"as the query {was}, it is wrong: {now.fails}"
    return f"as the {'list' if now.result == 'scope' else 'query'} {was}: {now.fails}"


def _became(one: AskedList, *, why: bool = True) -> str:
    """Say why a list is not asked any more, if that is so; `why`: and what is wrong with a broken one."""
    if one.removed_at is not None:
        return f"; it was removed {moment(one.removed_at)}"
    if one.state == "active":
        return ""
    return f"; it is {one.state} {_since(one).strip() or 'now'}{_why(one) if why else ''}"


def _since(one: AskedList) -> str:
    return "" if one.broken_since is None else f" since {moment(one.broken_since)}"


def _why(one: AskedList) -> str:
    return f": {one.broken_why}" if one.broken_why else ""


def _broken_at(one: AskedList, at: datetime) -> datetime | None:
    """Return a moment at which the list was broken, that of the item if it was so then; None where nobody knows."""
    return None if one.broken_since is None else max(at, one.broken_since)


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
