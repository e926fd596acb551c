"""What a backup holds, from either database into either: all that there was, and a service can go on from it."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing, nullcontext
from datetime import timedelta
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import pytest
from contract.store.conftest import World, begun
from contract.store.desk import NOW, Desk
from contract.store.test_delivery_keys import busy, keys
from contract.store.vault import backed_up, elsewhere, open_of, restored, rows, settings, sound, unseen
from sqlalchemy import text

from config.values import Settings
from worker.clock import SystemClock
from worker.errors import ConfigurationError, StoreUnavailable
from worker.store import database_file, open_store, tables
from worker.store.migrating import migrate
from worker.store.schema import HEAD
from worker.wiring.backups import NEWER, look_over

if TYPE_CHECKING:
    from pathlib import Path

    from worker.store import Store

LEASE = timedelta(seconds=30)


__all__ = ["elsewhere", "settings"]


def claimed(world: World, *keys: int) -> None:
    """Have an item own copy keys."""
    (item,) = world.polled(world.store.feeds_list()[0].id, "keyed")
    with world.store.matching() as transaction:
        begun(transaction, transaction.unmatched([item]))
        transaction.claim_keys(dict.fromkeys(keys, item), now=NOW, window=timedelta(days=5))


def test_everything_comes_back_on_either_database(store: Store, settings: Settings, elsewhere: Settings) -> None:
    desk = busy(store)
    claimed(desk.world, 5, -7, 2**62)
    desk.tell("waits", "Kyiv")
    file = settings.data_dir / "backup.db"
    made = backed_up(settings, file)
    there = rows(store)
    assert (made.damage, made.flaws, made.file) == ((), (), file)
    assert made.rows == {name: len(found) for name, found in there.items()} | made.rows
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in settings.data_dir.iterdir() if ".part" in path.name] == []

    put_back = restored(elsewhere, file)
    assert (put_back.damage, put_back.file, put_back.made_at) == ((), None, made.made_at)
    with open_of(elsewhere) as other:
        back = rows(other)
        assert back["service_state"] == sorted(
            [*there.pop("service_state"), ("backup_made_at", made.made_at.isoformat())]
        )
        for name, columns in (("feeds", tables.feeds.c), ("deliveries", tables.deliveries.c)):
            token = list(columns).index(columns.lease_token)
            assert all(now[token] > then[token] for now, then in zip(back[name], there[name], strict=True))
            back[name], there[name] = ([(*row[:token], *row[token + 1 :]) for row in of[name]] for of in (back, there))
        assert {name: back[name] for name in there} == there
        assert other.unindexed() == len(back["items"])
    assert sound(elsewhere)


def test_a_service_goes_on_from_it_under_the_same_keys(store: Store, settings: Settings, elsewhere: Settings) -> None:
    """What comes after the backup comes on both sides, and is told by both under one key; ids go on."""
    desk = busy(store)
    file = settings.data_dir / "backup.db"
    backed_up(settings, file)
    restored(elsewhere, file)
    with open_of(elsewhere) as other:
        copy = Desk(World(other))
        copy.tell("only here", "Kyiv")
        for one in (desk, copy):
            one.tell("later", "Kyiv", "Ukraine")
        assert keys(store) < keys(other)
        assert len(keys(other) - keys(store)) == len(copy.world.configuration().subscribers[0].channels)


def test_what_was_in_hand_is_free(store: Store, settings: Settings, elsewhere: Settings) -> None:
    desk = busy(store)
    desk.tell("in hand", "Kyiv")
    claimed_now, *_ = desk.begin()
    feed = store.feeds_list()[0].id
    desk.world.begin(feed, force=True)
    store.heartbeat("worker", pid=1, now=NOW)
    file = settings.data_dir / "backup.db"
    backed_up(settings, file)
    restored(elsewhere, file)
    with open_of(elsewhere) as other:
        assert other.status(now=NOW).roles == ()
        due = other.claim_due_deliveries(now=SystemClock().now(), lease=LEASE, limit=99)
        assert claimed_now.id in [one.id for one in due]
        (row,) = [row for row in other.deliveries_list() if row.id == claimed_now.id]
        assert row.key == claimed_now.key
        assert [one.id for one in World(other).begin(feed, force=True)] == [feed]


def test_what_is_to_be_sent_at_most_once_is_not_sent_on_both_sides(
    store: Store, settings: Settings, elsewhere: Settings
) -> None:
    """It waits in the backup, and may have been sent since: somebody has to say."""
    desk = busy(store)
    with store._transaction("write") as connection:
        connection.execute(text("UPDATE channels SET at_most_once = (kind = 'webhook')"))
    desk.tell("waits", "Kyiv")
    backed_up(settings, settings.data_dir / "b.db")
    restored(elsewhere, settings.data_dir / "b.db")
    with open_of(elsewhere) as other:
        waiting = [row for row in other.deliveries_list() if row.state in ("pending", "ambiguous")]
        assert {(row.channel.partition(" ")[0], row.state) for row in waiting} == {
            ("webhook", "ambiguous"),
            ("log", "pending"),
        }


def test_others_write_while_it_is_taken(store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A backup is what there was at one moment, however long it takes, and holds up nobody."""
    monkeypatch.setattr(database_file, "PAGES_AT_ONCE", 1)
    desk = busy(store)
    feed = store.feeds_list()[1].id
    ended, wrote = Event(), []

    def write() -> None:
        for number in range(10_000):
            if ended.is_set():
                return
            wrote.extend(desk.world.polled(feed, f"meanwhile {number}"))

    writer = Thread(target=write)
    steps = []

    def slowly(count: int) -> Any:
        def step() -> None:
            steps.append(len(wrote))
            if len(steps) < 5:  # until something was written since
                waits = Event()
                while len(wrote) <= steps[-1] and writer.is_alive():
                    waits.wait(0.005)

        return nullcontext(step)

    writer.start()
    try:
        file = settings.data_dir / "backup.db"
        made = backed_up(settings, file, copying=slowly)
    finally:
        ended.set()
        writer.join()
    assert steps[4] >= 4
    assert steps[-1] < len(wrote) or store.is_embedded
    at_the_beginning = [item for item in wrote if item <= max(_ids(file))]
    assert len(at_the_beginning) <= steps[0]
    assert (made.damage, made.flaws) == ((), ())


def _ids(file: Path) -> list[int]:
    with closing(sqlite3.connect(file)) as connection:
        return [row[0] for row in connection.execute("SELECT id FROM items")]


def test_there_must_be_a_database(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "var")
    for attempt in (
        lambda: backed_up(settings, tmp_path / "b.db"),
        lambda: look_over(settings, None, checking=unseen),
    ):
        with pytest.raises(StoreUnavailable, match="there is no database"):
            attempt()
    assert list(tmp_path.iterdir()) == []


def test_a_backup_writes_over_nothing_unless_it_may(store: Store, settings: Settings) -> None:
    file = settings.data_dir / "backup.db"
    backed_up(settings, file)
    with pytest.raises(ConfigurationError, match="--force"):
        backed_up(settings, file)
    busy(store)
    assert backed_up(settings, file, overwrite=True).rows["alerts"] > 0
    with pytest.raises(ConfigurationError, match="there is no folder"):
        backed_up(settings, settings.data_dir / "no" / "backup.db")


def test_a_draft_that_somebody_left_is_removed_a_day_later(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "var")
    with open_of(settings) as store:
        store.upgrade()
    old, young = tmp_path / ".b.db.1.part", tmp_path / ".b.db.2.part"
    for left, age in ((old, 90_000), (young, 80_000)):
        left.touch()
        os.utime(left, (time.time() - age,) * 2)
    backed_up(settings, tmp_path / "b.db")
    assert (old.exists(), young.exists()) == (False, True)


def test_an_older_backup_is_brought_up_to_date(tmp_path: Path) -> None:
    """Its file stays as it is, and `db check` looks at what the engine finds alone."""
    file = tmp_path / "old.db"
    older = open_store(f"sqlite:///{file}")
    with older._migration() as connection:
        migrate(connection, "0009")
    older.close()
    database_file.make_single(file)
    whole = file.read_bytes()
    settings = Settings(data_dir=tmp_path / "var")
    found = look_over(settings, file, checking=unseen)
    assert (found.schema, found.rows, found.damage, found.flaws) == ("0009", {}, (), ())
    put_back = restored(settings, file)
    assert (put_back.schema, put_back.damage) == (HEAD, ())
    with open_of(settings) as store:
        assert store.schema_is_current()
    assert file.read_bytes() == whole


def test_a_database_of_a_newer_version_is_told_apart(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "var")
    with open_of(settings) as store:
        store.upgrade()
        backed_up(settings, tmp_path / "b.db")
        with store._transaction("write") as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(StoreUnavailable, match="of a newer one"):
            store.upgrade()
    assert backed_up(settings, tmp_path / "newer.db").flaws == (NEWER,)
    with pytest.raises(StoreUnavailable, match="of a newer one"):
        restored(Settings(data_dir=tmp_path / "other"), tmp_path / "newer.db")
