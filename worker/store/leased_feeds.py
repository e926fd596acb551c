"""Feeds under lease: which are due, and who polls them."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from worker.feeds.cadence import Pace
from worker.feeds.health import Condition
from worker.feeds.moves import Candidate
from worker.records import DueFeed, LeasedFeed, Validators
from worker.store import hosts, leases, tables
from worker.store.due import pollable
from worker.store.hints import hints_of
from worker.store.parts import parts_of
from worker.store.transactions import Database, retried
from worker.stories.ladder import RUNGS, Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime, timedelta

    from sqlalchemy import ColumnElement, Connection, Row, Select
    from sqlalchemy.sql.dml import ReturningUpdate

    from worker.records import Manners

SLOW_SECONDS = 5.0
"""A feed whose polls take longer on average travels with its like (DESIGN 3.2)."""

_f = tables.feeds.c
_LEASED = (
    *(_f.id, _f.lease_token, _f.url, _f.polled_url, _f.host, _f.name, _f.title),
    *(_f.validators_url, _f.etag, _f.last_modified, _f.body_hash),
    *(_f.every, _f.ignore_hints, _f.full_text, _f.hints),
    *(_f.state, _f.failures, _f.error_weight, _f.told_at),
    *(_f.learned_interval, _f.item_gap, _f.last_new_at),
    *(_f.redirect_url, _f.redirect_count, _f.redirect_since),
    *(_f.last_good_at, _f.last_parsed_at, _f.last_whole_at, _f.listed, _f.fresh_for),
    *(_f.parts, _f.identity_rung, _f.identity_doubts),
)
"""What a LeasedFeed is made of."""


class LeasedFeeds(Database):
    """The leases of feeds."""

    @retried
    def claim_due_feeds(self, *, now: datetime, lease: timedelta, limit: int, manners: Manners) -> list[DueFeed]:
        """Queue feeds that are due (see ClaimStore)."""
        values = hosts.moments(manners, now) | {"most": limit}
        with self._transaction("write") as connection:
            rows = _borne(connection.execute(_due(manners), values), manners)
            for part in leases.chunks(sorted(row.id for row in rows)):
                connection.execute(tables.feeds.update().where(_f.id.in_(part)).values(leased_until=now + lease))
        return [
            DueFeed(
                id=row.id,
                fresh=row.last_polled_at is None,
                alone=row.alone,
                slow=(row.average_seconds or 0.0) > SLOW_SECONDS,
                shared=row.shares and hosts.is_limited(manners, private=row.private_host),
            )
            for row in rows
        ]

    @retried
    def begin_polls(
        self,
        feeds: Sequence[int],
        *,
        owner: str,
        now: datetime,
        lease: timedelta,
        manners: Manners,
        force: bool = False,
    ) -> list[LeasedFeed]:
        """Begin leases (see PollStore).

        1. Look which may be begun at all, and lock their hosts.
        2. Begin one of each limited host, longest due first, and all of the others; where a host has no gap, go on
           with its next ones while it bears them.
        3. Give back what is left.
        """
        asked = sorted(set(feeds))
        values = hosts.moments(manners, now) | {"owner": owner, "until": now + lease}
        begun: dict[int, Row[*tuple[Any, ...]]] = {}
        with self._transaction("write") as connection:
            turns = _Turns(manners, _candidates(connection, asked, manners, force=force, now=now))
            while turn := turns.next(begun):
                for part in leases.chunks(turn):
                    rows = connection.execute(_begin(manners, force=force), values | {"ids": part})
                    begun |= {row[0]: row for row in rows}
            _give_back(connection, [feed for feed in asked if feed not in begun])
        return [_leased(begun[feed]) for feed in sorted(begun)]

    @retried
    def renew_feed_leases(self, tokens: Mapping[int, int], *, now: datetime, lease: timedelta) -> None:
        """Prolong leases that are still ours."""
        with self._transaction("write") as connection:
            leases.renew(connection, tables.feeds, tokens, now + lease)

    @retried
    def take_turns(self, tokens: Mapping[int, int], *, now: datetime, manners: Manners) -> set[int]:
        """Begin one request more for feeds that are begun (see PollStore); one after another, for two may share a host.

        Under the locks of their hosts: whoever begins a poll there, or asks for a page, sees it.
        """
        taken: set[int] = set()
        values = hosts.moments(manners, now)
        with self._transaction("write") as connection:
            places: list[Row[Any]] = []
            for part in leases.chunks(sorted(tokens)):
                places += connection.execute(_PLACES, {"ids": part})
            hosts.lock(connection, chain.from_iterable(map(_hosts, places)))
            for feed, token in sorted(tokens.items()):
                asked = values | {"feed": feed, "token": token}
                taken.update(connection.scalars(_ask_on(manners), asked))
        return taken

    @retried
    def hand_back_feeds(self, tokens: Mapping[int, int], *, until: datetime | None = None) -> None:
        """Free leases whose poll did not end (see PollStore).

        The host's gap counts from their beginning all the same: a request may have been under way.
        """
        if not tokens:
            return
        with self._transaction("write") as connection:
            leases.hand_back(connection, tables.feeds, tokens, leased_until=until)

    @retried
    def pull_in_feeds(self, *, now: datetime, beyond: datetime) -> int:
        """Make due those that wait until after `beyond`, for a clock was ahead; return how many."""
        f = tables.feeds.c
        late = leases.locked(tables.feeds, f.next_poll_at > beyond)
        with self._transaction("write") as connection:
            pulled = leases.chosen(tables.feeds, late).values(next_poll_at=now)
            return len(connection.execute(pulled.returning(f.id)).all())


class _Turns:
    """Which feeds to begin in one statement: of a limited host one at a time."""

    def __init__(self, manners: Manners, candidates: Iterable[Row[Any]]) -> None:
        self._manners = manners
        self._unlimited: list[int] = []
        self._waiting: list[Row[Any]] = []
        for row in candidates:
            if hosts.is_limited(manners, private=row.private_host):
                self._waiting.append(row)
            else:
                self._unlimited.append(row.id)
        self._turn: list[Row[Any]] | None = None

    def next(self, begun: Mapping[int, object]) -> list[int]:
        """Return the next feeds to try, in id order; [] when no host is left that may bear more."""
        first: list[int] = []
        if self._turn is None:
            able, first = self._waiting, self._unlimited
        else:
            more = {row.host for row in self._turn if row.id in begun and not self._gap(row)}
            able = [row for row in self._waiting if row.host in more]
        taken: set[str] = set()
        self._turn = []
        for row in able:
            if taken.isdisjoint(_hosts(row)):
                taken.update(_hosts(row))
                self._turn.append(row)
        chosen = {row.id for row in self._turn}
        self._waiting = [row for row in self._waiting if row.id not in chosen]
        return sorted([*first, *chosen])

    def _gap(self, row: Row[Any]) -> timedelta:
        return hosts.gap_of(self._manners, private=row.private_host)


@lru_cache
def _due(manners: Manners) -> Select[*tuple[Any, ...]]:
    shown = (_f.id, _f.host, _f.served_host, _f.private_host, _f.last_polled_at, _f.alone, _f.average_seconds)
    return (
        select(*shown, hosts.is_shared().label("shares"), hosts.counted(manners).label("taken"))
        .where(*pollable(hosts.NOW), leases.free(tables.feeds, hosts.NOW), hosts.may_be_queued(manners))
        .order_by(_f.next_poll_at, _f.id)
        .limit(bindparam("most"))
        .with_for_update(of=tables.feeds, key_share=True, skip_locked=True)
    )


@lru_cache
def _begin(manners: Manners, *, force: bool) -> ReturningUpdate[*tuple[Any, ...]]:
    able = (_ASKED, _f.lease_owner.is_(None), *_may_be_polled(force=force), hosts.may_begin(manners))
    values = {"lease_owner": bindparam("owner"), "leased_until": bindparam("until"), "begun_at": hosts.NOW}
    return leases.begun_now(tables.feeds, *able, **values).returning(*_LEASED)


@lru_cache
def _ask_on(manners: Manners) -> ReturningUpdate[int]:
    ours = (_f.id == bindparam("feed"), _f.lease_token == bindparam("token"), _f.lease_owner.is_not(None))
    asking = tables.feeds.update().where(*ours, hosts.may_ask_on(manners)).values(begun_at=hosts.NOW)
    return asking.returning(_f.id)


@lru_cache
def _able(*, force: bool, company: bool) -> Select[*tuple[Any, ...]]:
    """Select the feeds that nobody has begun; in company no lone ones."""
    shown = (_f.id, _f.host, _f.served_host, _f.private_host, _f.next_poll_at)
    able = select(*shown).where(_ASKED, _f.lease_owner.is_(None), *_may_be_polled(force=force))
    return able.where(~_f.alone) if company else able


_ASKED = _f.id.in_(bindparam("ids", expanding=True))
_PLACES = select(_f.id, _f.host, _f.served_host).where(_ASKED)


def _may_be_polled(*, force: bool) -> tuple[ColumnElement[bool], ...]:
    # Asked for what they are, not for their state: one that was lost in hand may be called quarantined since.
    standing = (_f.removed_at.is_(None), ~_f.paused, _f.merged_into.is_(None))
    return standing if force else pollable(hosts.NOW)


def _candidates(
    connection: Connection, asked: Sequence[int], manners: Manners, *, force: bool, now: datetime
) -> list[Row[*tuple[Any, ...]]]:
    """Load the feeds that may be begun as far as they alone are concerned, longest due first, and lock their hosts."""
    statement = _able(force=force, company=len(asked) > 1)
    found: list[Row[*tuple[Any, ...]]] = []
    for part in leases.chunks(asked):
        found += connection.execute(statement, {"now": now, "ids": part}).all()
    limited = [row for row in found if hosts.is_limited(manners, private=row.private_host)]
    if limited:
        hosts.lock(connection, chain.from_iterable(map(_hosts, limited)))
    return sorted(found, key=lambda row: (row.next_poll_at, row.id))


def _give_back(connection: Connection, left: Sequence[int]) -> None:
    """Free what was queued and is not begun."""
    for part in leases.chunks(left):
        queued = leases.locked(tables.feeds, _f.id.in_(part), _f.lease_owner.is_(None), _f.leased_until.is_not(None))
        connection.execute(leases.chosen(tables.feeds, queued).values(leased_until=None))


def _borne(rows: Iterable[Row[Any]], manners: Manners) -> list[Row[*tuple[Any, ...]]]:
    """Leave out what of a host is more than it bears."""
    kept: list[Row[Any]] = []
    of: Counter[str] = Counter()
    for row in rows:
        allowed = hosts.allowance(manners, private=row.private_host, taken=row.taken)
        if allowed is None or all(of[host] < allowed for host in _hosts(row)):
            of.update(_hosts(row))
            kept.append(row)
    return kept


def _hosts(row: Row[Any]) -> tuple[str, ...]:
    """The hosts that a poll of the feed burdens."""
    return (row.host,) if row.served_host is None else (row.host, row.served_host)


def _leased(row: Row[*tuple[Any, ...]]) -> LeasedFeed:
    # By place, as _LEASED has them: to ask a row for each of thirty columns by its name costs more than the rest.
    id_, token, url, polled_url, host, name, title, *more = row
    asked_with, etag, last_modified, body_hash, every, ignore_hints, full_text, hints, *more = more
    state, failures, weight, told_at, interval, item_gap, last_new_at, *more = more
    redirect_url, redirect_count, redirect_since, last_good_at, last_parsed_at, last_whole_at, *more = more
    listed, fresh_for, parts, rung, doubts = more
    return LeasedFeed(
        id=id_,
        token=token,
        url=url,
        polled_url=polled_url,
        name=name or title,
        validators=None if asked_with is None else Validators(asked_with, etag, last_modified),
        body_hash=body_hash,
        every=every,
        ignore_hints=ignore_hints,
        full_text=full_text,
        condition=Condition(state, failures, weight, told_at),
        pace=Pace(interval, item_gap, last_new_at),
        hints=hints_of(hints),
        candidate=None if redirect_url is None else Candidate(redirect_url, redirect_count, redirect_since),
        last_good_at=last_good_at,
        last_parsed_at=last_parsed_at,
        host=host,
        last_whole_at=last_whole_at,
        listed=listed,
        fresh_for=fresh_for,
        parts=parts_of(parts),
        standing=Standing(rung or RUNGS[0], doubts),
    )
