"""A backup is put in the place of a database that nobody works on, and whoever did so before finds nothing to spoil."""

from __future__ import annotations

import shutil
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import pytest
from contract.store.conftest import World
from contract.store.desk import NOW, Desk
from contract.store.test_delivery_keys import busy
from contract.store.vault import backed_up, elsewhere, open_of, restored, rows, settings, unseen
from sqlalchemy import text

from config.values import Settings
from worker.clock import SystemClock
from worker.errors import ConfigurationError, StoreUnavailable
from worker.records import DeliveryRecord
from worker.store import backups, database_file, open_store

if TYPE_CHECKING:
    from servers.postgres_server import PostgresServer

    from worker.store import Store


__all__ = ["elsewhere", "settings"]


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
