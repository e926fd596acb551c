"""The store over both databases, each test with an empty one, migrated for real: a copy, or one that is emptied again."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING

import psycopg
import pytest

from config.values import ChannelLine, Configuration, FeedLine, NotifyLine, SubscriberLine, WatchListLine
from worker.alerts.planned import Hold, PlannedAlert
from worker.feeds.health import Condition
from worker.feeds.model import ItemData
from worker.records import FoldedItem, Manners, OpenedStory, PollRecord
from worker.store import open_store
from worker.stories.model import IdentifiedItem, NewItem, PollDecision
from worker.watchlists.model import Hit, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from servers.postgres_server import PostgresServer

    from worker.alerts.planned import AlertState
    from worker.records import DueFeed, ItemToMatch, LeasedFeed, RecordedPoll
    from worker.store import Store
    from worker.store.matching import Matching

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
LEASE = timedelta(seconds=30)
WINDOW = timedelta(days=5)
FREELY = Manners(1_000, timedelta(0))
"""Hosts that bear anything: what a test is about that is not about hosts."""


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresServer) -> str:
    template = postgres.create()
    store = open_store(postgres.url(template))
    store.upgrade()
    store.close()
    return template


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "tocsin.db"
    store = open_store(f"sqlite:///{path}")
    store.upgrade()
    store.close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any schema."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = server.create()
    yield server.url(name)
    server.drop(name)


@pytest.fixture(scope="session")
def postgres_reused(postgres: PostgresServer) -> Reused:
    return Reused(postgres)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.unmeasured)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with the schema and nothing in it."""
    if request.param == "sqlite":
        path = tmp_path / "tocsin.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    reused: Reused = request.getfixturevalue("postgres_reused")
    yield reused.url
    reused.empty()


class Reused:
    """A database with the schema, to be emptied after each test: in a new one every session begins with empty caches,
    which takes five times as long.
    """

    GROWN = 1 << 20  # bytes of a table from which on what is dead in it would slow others down

    def __init__(self, server: PostgresServer) -> None:
        self.url = server.url(server.create())
        store = open_store(self.url)
        store.upgrade()
        store.close()
        with self._connect() as connection:
            tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
            self._tables = [name for (name,) in connection.execute(tables)]
            sequences = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'"
            self._sequences = [name for (name,) in connection.execute(sequences)]
            self._state = connection.execute("SELECT key, value FROM service_state").fetchall()

    def empty(self) -> None:
        """Make it as it was when it was new, cutting whoever is still connected."""
        with self._connect() as connection:
            others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            connection.execute(f"SELECT pg_terminate_backend(pid) {others}")  # type: ignore[call-overload]
            connection.execute("SET session_replication_role = replica")  # foreign keys need no look
            sizes = "SELECT name, pg_relation_size(name::regclass) FROM unnest(%s::text[]) AS name"
            steps = [
                f"TRUNCATE {name} CASCADE" if size > self.GROWN else f"DELETE FROM {name}"  # noqa: S608 - PostgreSQL's
                for name, size in connection.execute(sizes, [self._tables])
            ]
            steps += [f"ALTER SEQUENCE {name} RESTART" for name in self._sequences]
            connection.execute("; ".join(steps))  # type: ignore[call-overload]
            for row in self._state:
                connection.execute("INSERT INTO service_state (key, value) VALUES (%s, %s)", row)

    def _connect(self) -> psycopg.Connection[tuple[str, ...]]:
        return psycopg.connect(self.url.replace("postgresql+psycopg", "postgresql"), autocommit=True)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = open_store(url, pool_size=8)
    yield opened
    opened.close()


@pytest.fixture
def world(store: Store) -> World:
    return World(store)


@pytest.fixture
def two(world: World) -> World:
    """Two feeds, two lists, one subscriber with a webhook and the log."""
    world.apply(
        feeds=[FeedLine("https://a.example/rss", "A", ("world",)), FeedLine("https://b.example/rss", "B")],
        lists=[("Kyiv", 30), ("Ukraine", 30)],
    )
    return world


def digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=16).digest()


def item(name: str, *, title: str = "", text: str = "Some text.", **more: object) -> IdentifiedItem:
    link = f"https://a.example/{name}"
    data = ItemData(id=name, link=link, title=title or name, summary=text, text=text, **more)  # type: ignore[arg-type]
    return IdentifiedItem(data, identity=digest(name), content=digest(f"{title or name} {text}"))


def new(*names: str, news: bool = True, fold: bool = True) -> tuple[NewItem, ...]:
    return tuple(NewItem(item(name), news=news, fold=fold) for name in names)


def folded(item: ItemToMatch, story: int, *, text_of: int | None = None, **more: object) -> FoldedItem:
    """What folding would find of an item in this story: its own text, or that of another report."""
    values = {"outlet": f"feed:{item.feed}", "wire": None, "dateline": None, "image_credit": None, "words": 100} | more
    kind = None if text_of is None else "text"
    return FoldedItem(item.id, story, kind, item.id if text_of is None else text_of, **values)  # type: ignore[arg-type]


def begun(transaction: Matching, items: Sequence[ItemToMatch], *, now: datetime = NOW) -> dict[int, int]:
    """Fold each of these items into a story of its own; return item -> story."""
    opened = [OpenedStory(one.id, one.title, one.link, None, one.first_seen) for one in items]
    story_of = dict(zip((one.id for one in items), transaction.open_stories(opened, now=now), strict=True))
    transaction.fold([folded(one, story_of[one.id]) for one in items])
    return story_of


class World:
    """Short words for what tests begin with."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def configuration(self, feeds: object = (), lists: object = (("Ukraine", 30),), **more: object) -> Configuration:
        subscriber = SubscriberLine(
            "desk", "Europe/Kyiv", (ChannelLine("webhook", "https://d.example/hook", "whsec_x"), ChannelLine("log"))
        )
        watch_lists = tuple(
            WatchListLine(name, keywords=(name,), notify=(NotifyLine("desk", at_most),))
            for name, at_most in lists  # type: ignore[attr-defined]
        )
        values = {"subscribers": (subscriber,), "watch_lists": watch_lists, "feeds": tuple(feeds)} | more  # type: ignore[call-overload]
        return Configuration(**values)

    def apply(self, *, now: datetime = NOW, **parts: object) -> Configuration:
        wanted = self.configuration(**parts)  # type: ignore[arg-type]
        self.store.apply(wanted, {line.name: f'"{line.name}"' for line in wanted.watch_lists}, now=now)
        return wanted

    def feeds(self, count: int) -> list[int]:
        self.apply(feeds=[FeedLine(f"https://f{n}.example/rss", f"F{n:04}") for n in range(count)])
        return [feed.id for feed in self.store.feeds_list()]

    def begin(
        self,
        *feeds: int,
        now: datetime = NOW,
        owner: str = "h:1:1",
        manners: Manners = FREELY,
        force: bool = False,
    ) -> list[LeasedFeed]:
        return self.store.begin_polls(feeds, owner=owner, now=now, lease=LEASE, manners=manners, force=force)

    def due(self, *, now: datetime = NOW, limit: int = 100, manners: Manners = FREELY) -> list[DueFeed]:
        return self.store.claim_due_feeds(now=now, lease=LEASE, limit=limit, manners=manners)

    def written(self, *records: PollRecord, owner: str | None = None) -> dict[int, RecordedPoll]:
        return self.store.record_polls(records, owner=owner)

    def record(
        self,
        leased: LeasedFeed,
        *,
        added: tuple[NewItem, ...] = (),
        at: datetime = NOW,
        decision: PollDecision | None = None,
        **more: object,
    ) -> PollRecord:
        decision = decision or (PollDecision(new=added, revised=(), seen=()) if added else None)
        values = {
            "outcome": "new" if added else "not_modified",
            "status": 200 if added else 304,
            "condition": Condition("ok"),
            "next_poll_at": at + timedelta(minutes=15),
            "pace": leased.pace,
            "hints": leased.hints,
            "seconds": 0.5,
            "raw_bytes": 100,
        } | more
        return PollRecord(feed=leased.id, token=leased.token, at=at, decision=decision, **values)  # type: ignore[arg-type]

    def polled(self, feed: int, *names: str, at: datetime = NOW) -> list[int]:
        """Poll a feed that has these new items; return their ids."""
        (leased,) = self.begin(feed, now=at, force=True)
        return [*self.written(self.record(leased, added=new(*names), at=at))[feed].unmatched]

    def told(
        self, items: list[int], *, lists: tuple[str, ...] = ("Ukraine",), now: datetime = NOW, **more: object
    ) -> list[int]:
        """Match items with lists, each a story of its own; return the deliveries due at once."""
        with self.store.matching() as transaction:
            by_name = {found.name: found.id for found in transaction.watch_lists()}
            waiting = transaction.unmatched(items)
            story_of = begun(transaction, waiting, now=now)
            ids = [by_name[name] for name in lists]
            hit = [Hit(watch_list, ("Ukraine",), (Span("title", 0, 1),)) for watch_list in ids]
            transaction.record_hits({found.id: hit for found in waiting}, now=now)
            planned = self.planned(transaction.subscriptions(ids, now=now), story_of, lead=ids[0], **more)
            return transaction.record_alerts(planned, now=now)

    @staticmethod
    def planned(
        subscriptions: object,
        story_of: dict[int, int],
        *,
        lead: int,
        state: AlertState = "new",
        slot: datetime | None = None,
    ) -> list[PlannedAlert]:
        return [
            PlannedAlert(
                subscription=subscription.id,
                watch_list=subscription.watch_list,
                story=story,
                subscriber=subscription.subscriber,
                item=of,
                state=state,
                lead=lead if state == "new" else None,
                hold=None if slot is None else Hold("limit", slot),
            )
            for of, story in story_of.items()
            for subscription in subscriptions  # type: ignore[attr-defined]
        ]


@pytest.fixture
def make() -> Callable[..., tuple[NewItem, ...]]:
    return new


@pytest.fixture
def identified() -> Callable[..., IdentifiedItem]:
    return item
