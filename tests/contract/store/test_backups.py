"""What a backup holds, from either database into either: all that there was, and a service can go on from it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from contextlib import closing, nullcontext
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import pytest
from contract.store.conftest import World, begun
from contract.store.desk import NOW, Desk
from contract.store.test_delivery_keys import busy, keys
from sqlalchemy import select, text

from config.values import Settings
from worker.clock import SystemClock
from worker.errors import ConfigurationError, StoreUnavailable
from worker.records import DeliveryRecord
from worker.store import backups, database_file, open_store, tables
from worker.store.key_log import KeyLog
from worker.store.migrating import migrate
from worker.store.row_copying import copied_tables
from worker.store.schema import HEAD
from worker.wiring.backups import NEWER, back_up, look_over, restore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from servers.postgres_server import PostgresServer

    from worker.store import Store

LEASE = timedelta(seconds=30)


def unseen(steps: int) -> Any:
    assert steps >= 0
    return nullcontext(lambda: None)


@pytest.fixture
def settings(url: str, tmp_path: Path) -> Settings:
    """The settings of a service on the database under test."""
    return Settings(data_dir=tmp_path, database_url=url)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.unmeasured)])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """The settings of a service that there is not yet."""
    data_dir = tmp_path / "elsewhere"
    if request.param == "sqlite":
        yield Settings(data_dir=data_dir)
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = server.create()
    yield Settings(data_dir=data_dir, database_url=server.url(name))
    server.drop(name)


def backed_up(settings: Settings, target: Path, **more: Any) -> Any:
    return back_up(settings, target, **{"overwrite": False, "copying": unseen, "checking": unseen} | more)


def restored(settings: Settings, source: Path, **more: Any) -> Any:
    return restore(settings, source, **{"overwrite": False, "copying": unseen, "checking": unseen} | more)


def sound(settings: Settings) -> bool:
    found = look_over(settings, None, checking=unseen)
    return (found.damage, found.flaws) == ((), ())


def rows(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Everything, table by table; SQLite's log of keys put away."""
    if store.is_embedded:
        with store._transaction("write") as connection:
            KeyLog().put_away(connection)
    with store._transaction("read") as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in copied_tables()
        }


def open_of(settings: Settings) -> closing[Store]:
    return closing(open_store(settings.resolved_database_url))


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


@pytest.mark.unmeasured
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_late_write_of_whoever_was_at_work_is_refused(store: Store, settings: Settings) -> None:
    """A worker may have been cut off from the server, and the number of its row be another's now."""
    desk = busy(store)
    file = settings.data_dir / "b.db"
    backed_up(settings, file)
    desk.tell("told, and lost", "Kyiv")
    late = desk.begin()
    restored(settings, file, overwrite=True)
    with open_of(settings) as again:
        copy = Desk(World(again))
        copy.tell("another", "Kyiv")
        assert copy.begin()
        for one in late:
            assert not again.record_delivery(DeliveryRecord(one.id, one.token, NOW, "sent", due_at=None, error=None))


@pytest.mark.unmeasured
def test_nothing_is_restored_while_others_work_on_it(
    postgres: PostgresServer, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr(backups, "WAITS_MS", 200)
    url = postgres.url(postgres.create())
    settings = Settings(data_dir=tmp_path, database_url=url)
    with open_of(settings) as store:
        store.upgrade()
        busy(store)
        backed_up(settings, tmp_path / "b.db")
        with store._transaction("write") as connection:
            connection.execute(text("SELECT count(*) FROM feeds"))
            with pytest.raises(StoreUnavailable, match="others are at work on it"):
                restored(settings, tmp_path / "b.db", overwrite=True)
        before = rows(store)
        restored(settings, tmp_path / "b.db", overwrite=True)
        assert rows(store)["items"] == before["items"]
    postgres.drop(url.rpartition("/")[2].partition("?")[0])


def test_each_database_that_was_replaced_is_kept(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "var")
    for number in range(2):
        with open_of(settings) as store:
            store.upgrade()
            World(store).apply(lists=[(f"List {number}", 30)])
        file = tmp_path / f"{number}.db"
        backed_up(settings, file)
        database_file.put_in_place(_copy(file), tmp_path / "var" / "tocsin.db", now=NOW + timedelta(seconds=number))
    assert len(list((tmp_path / "var").glob("*.replaced"))) == 2


def _copy(file: Path) -> Path:
    return Path(shutil.copy(file, file.with_suffix(".copy")))


def test_of_a_damaged_database_what_can_be_read_takes_the_place_of_no_backup(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "var")
    with open_of(settings) as store:
        store.upgrade()
        busy(store)
    backed_up(settings, tmp_path / "b.db")
    good, path = (tmp_path / "b.db").read_bytes(), tmp_path / "var" / "tocsin.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("DELETE FROM feeds")
        connection.commit()
    lost = backed_up(settings, tmp_path / "b.db", overwrite=True)
    assert lost.damage[0].startswith("rows of ")
    assert lost.file == tmp_path / "b.db.damaged"
    assert (tmp_path / "b.db").read_bytes() == good


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


def test_a_database_in_use_is_replaced_only_where_that_is_wanted(
    store: Store, settings: Settings, elsewhere: Settings
) -> None:
    busy(store)
    file = settings.data_dir / "backup.db"
    made = backed_up(settings, file)
    with open_of(elsewhere) as other:
        other.upgrade()
        World(other).apply()
    with pytest.raises(ConfigurationError, match="--force"):
        restored(elsewhere, file)
    put_back = restored(elsewhere, file, overwrite=True)
    assert put_back.rows["alerts"] == made.rows["alerts"]
    if put_back.file is not None:
        with closing(open_store(f"sqlite:///{put_back.file}")) as before:
            assert (before.row_counts()["alerts"], before.row_counts()["watch_lists"]) == (0, 1)


def test_a_database_that_nobody_used_is_none_in_use(store: Store, settings: Settings, elsewhere: Settings) -> None:
    busy(store)
    file = settings.data_dir / "backup.db"
    backed_up(settings, file)
    with open_of(elsewhere) as other:
        other.upgrade()
    assert restored(elsewhere, file).rows["alerts"] > 0


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.wiring.backups.HEARD_AGAIN_S", 1.0)
    monkeypatch.setattr("worker.wiring.backups.LOOK_S", 0.05)


def heard_from_afar(store: Store) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("platform.node", lambda: "far")
        store.heartbeat("beat", pid=7, now=store.current_time() or SystemClock().now())


@pytest.mark.usefixtures("impatient")
def test_nothing_is_restored_under_a_service_that_runs(store: Store, settings: Settings, elsewhere: Settings) -> None:
    file = settings.data_dir / "backup.db"
    backed_up(settings, file)
    ended = Event()

    def live() -> None:
        with open_of(elsewhere) as other:
            while not ended.wait(0.1):
                heard_from_afar(other)

    with open_of(elsewhere) as other:
        other.upgrade()
        heard_from_afar(other)
    living = Thread(target=live)
    living.start()
    try:
        with pytest.raises(StoreUnavailable, match=r"a service runs on this database \(beat 7 on far\)"):
            restored(elsewhere, file, overwrite=True)
    finally:
        ended.set()
        living.join()


@pytest.mark.usefixtures("impatient")
def test_a_service_that_has_just_been_stopped_is_none_that_runs(
    store: Store, settings: Settings, elsewhere: Settings
) -> None:
    file = settings.data_dir / "backup.db"
    backed_up(settings, file)
    with open_of(elsewhere) as other:
        other.upgrade()
        heard_from_afar(other)
    assert restored(elsewhere, file).damage == ()


@pytest.mark.unmeasured
@pytest.mark.usefixtures("impatient")
def test_a_service_that_begins_while_a_server_is_restored_is_noticed(postgres: PostgresServer, tmp_path: Path) -> None:
    """It was not there when the work began: its heartbeat is found once nobody else can write any more."""
    url = postgres.url(postgres.create())
    settings = Settings(data_dir=tmp_path, database_url=url)
    with open_of(settings) as store:
        store.upgrade()
        busy(store)
        backed_up(settings, tmp_path / "b.db")

        def meanwhile(steps: int) -> Any:
            heard_from_afar(store)
            return unseen(steps)

        with pytest.raises(StoreUnavailable, match="a service runs on this database"):
            restored(settings, tmp_path / "b.db", overwrite=True, checking=meanwhile)
        assert store.row_counts()["alerts"] > 0
    postgres.drop(url.rpartition("/")[2].partition("?")[0])


def test_nothing_is_restored_into_a_file_that_a_process_has_open(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(database_file, "WAITS_S", 0.1)
    settings = Settings(data_dir=tmp_path / "var")
    with open_of(settings) as store:
        store.upgrade()
        World(store).apply()
        backed_up(settings, tmp_path / "b.db")
        with store._transaction("read") as connection:
            connection.execute(text("SELECT count(*) FROM feeds"))
            with pytest.raises(StoreUnavailable, match="a process has it open"):
                restored(settings, tmp_path / "b.db", overwrite=True)
        assert store.row_counts()["watch_lists"] == 1
    assert {path.name for path in (tmp_path / "var").iterdir()} <= {"tocsin.db", "tocsin.db-wal", "tocsin.db-shm"}


@pytest.mark.parametrize("damage", ["zeros", "words", "half"])
def test_a_damaged_database_is_found_and_replaced(tmp_path: Path, damage: str) -> None:
    settings = Settings(data_dir=tmp_path / "var")
    with open_of(settings) as store:
        store.upgrade()
        busy(store)
    backed_up(settings, tmp_path / "b.db")
    path = tmp_path / "var" / "tocsin.db"
    whole = path.read_bytes()
    broken = {
        "zeros": whole[:8192] + bytes(40960) + whole[49152:],
        "words": b"This is no database at all. " * 1000,
        "half": whole[: len(whole) // 8192 * 4096],
    }
    path.write_bytes(broken[damage])
    assert look_over(settings, None, checking=unseen).damage
    with pytest.raises((ConfigurationError, StoreUnavailable)):
        restored(settings, tmp_path / "b.db")
    assert path.read_bytes() == broken[damage]
    restored(settings, tmp_path / "b.db", overwrite=True)
    assert sound(settings)
    (kept,) = (tmp_path / "var").glob("tocsin.db.*.replaced")
    assert kept.read_bytes() == broken[damage]


def test_a_damaged_backup_is_not_restored(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "var")
    with open_of(settings) as store:
        store.upgrade()
        busy(store)
    file = tmp_path / "b.db"
    backed_up(settings, file)
    whole, middle = file.read_bytes(), file.stat().st_size // 8192 * 4096
    file.write_bytes(whole[:middle] + bytes(40960) + whole[middle + 40960 :])
    other = replace(settings, data_dir=tmp_path / "other")
    assert restored(other, file).damage
    assert list((tmp_path / "other").iterdir()) == []
    for wrong, what in (("words", b"none"), ("empty", b"")):
        (tmp_path / wrong).write_bytes(what)
        with pytest.raises(ConfigurationError, match="is no backup"):
            restored(other, tmp_path / wrong)
    with closing(sqlite3.connect(tmp_path / "foreign")) as connection:
        connection.execute("CREATE TABLE t (x)")
    with pytest.raises(ConfigurationError, match="is no backup of Tocsin"):
        look_over(other, tmp_path / "foreign", checking=unseen)
    with pytest.raises(ConfigurationError, match="there is no file"):
        restored(other, tmp_path / "nowhere")


def test_what_must_hold_is_looked_over(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "var")
    with open_of(settings) as store:
        store.upgrade()
        busy(store)
        with store._transaction("write") as connection:
            connection.execute(text("DELETE FROM service_state WHERE key = 'installation'"))
            connection.execute(text("DROP INDEX ix_alerts_item_id"))
            connection.execute(text("DROP TABLE page_hosts"))
            connection.execute(text("UPDATE deliveries SET subject_id = 99 WHERE id IN (1, 2)"))
    assert look_over(settings, None, checking=unseen).flaws == (
        "the table page_hosts is missing",
        "the index ix_alerts_item_id is missing",
        "the installation's name is missing, without which no delivery can be made",
        "deliveries of alerts that are missing: 2",
    )


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
