from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import exc, literal, select

from worker.errors import StoreUnavailable
from worker.store import engine, open_store, tables, transactions
from worker.store.types import Duration, UtcDateTime

if TYPE_CHECKING:
    from pathlib import Path

    from worker.store import Store


NOW = datetime(2022, 2, 12, 17, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def empty(empty_url: str) -> Any:
    opened = open_store(empty_url)
    yield opened
    opened.close()


def test_the_migrations_make_what_the_tables_say(empty: Store) -> None:
    assert not empty.schema_is_current()
    empty.upgrade()
    assert empty.schema_is_current()
    empty.require_schema()
    with empty._transaction("read") as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []
    before = empty.get_state("installation")
    empty.upgrade()
    assert empty.get_state("installation") == before


def test_upgraders_at_once_take_turns(empty_url: str) -> None:
    stores = [open_store(empty_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda store: store.upgrade(), stores))
    assert {store.get_state("installation") for store in stores} == {stores[0].get_state("installation")}
    for store in stores:
        assert store.schema_is_current()
        store.close()


def test_without_its_schema_the_database_is_unavailable(empty: Store) -> None:
    with pytest.raises(StoreUnavailable, match="the schema is not there yet") as caught:
        empty.feeds_list()
    assert "\n" not in str(caught.value)
    with pytest.raises(StoreUnavailable, match="db upgrade"):
        empty.require_schema()


def test_a_schema_of_the_future_is_left_alone(store: Store) -> None:
    with store._transaction("write") as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert not store.schema_is_current()
    with pytest.raises(StoreUnavailable, match="not of this version"):
        store.upgrade()


def test_times_are_aware_utc_in_and_out(store: Store) -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=-7)))
    with store._transaction("read") as connection:
        for moment in (elsewhere, NOW.replace(microsecond=0), None):
            found = connection.scalar(select(literal(moment, UtcDateTime())))
            assert found == moment
            assert found is None or found.utcoffset() == timedelta(0)
        assert connection.scalar(select(literal(timedelta(minutes=5), Duration()))) == timedelta(minutes=5)
        with pytest.raises(exc.StatementError, match="naive"):
            connection.scalar(select(literal(datetime(2022, 2, 12), UtcDateTime())))  # noqa: DTZ001 - the point


def test_sqlite_is_durable_where_it_must_be_and_private(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "t.db"
    store = open_store(f"sqlite:///{path}")
    assert store.is_embedded
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with store._transaction("durable") as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    with store._transaction("write") as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30_000
    store.close()


def test_postgresql_sessions_are_set_up(postgres: Any, postgres_template: str) -> None:
    store = open_store(postgres.url(postgres_template))
    with store._transaction("read") as connection:
        shown = {
            name: connection.exec_driver_sql(f"SHOW {name}").scalar()
            for name in ("statement_timeout", "TimeZone", "application_name", "transaction_isolation")
        }
    store.close()
    assert shown == {
        "statement_timeout": "30s",
        "TimeZone": "UTC",
        "application_name": "tocsin",
        "transaction_isolation": "read committed",
    }


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "no database URL"),
        ("//user:hunter2@nonsense", "no database URL"),
        ("mysql://user:hunter2@h/db", "must begin"),
        ("sqlite://", "must name a file"),
        ("sqlite:////proc/nowhere/t.db", "/proc/nowhere/t.db"),
        ("postgresql://user:hunter2@127.0.0.1:1/db", "database db at 127.0.0.1"),
    ],
)
def test_a_wrong_database_is_one_line_without_password(url: str, said: str) -> None:
    with pytest.raises(StoreUnavailable) as caught:
        open_store(url)
    assert said in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreUnavailable, match="not a database"):
        open_store(f"sqlite:///{path}")


def test_a_locked_database_is_tried_again_then_unavailable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 't.db'}"
    monkeypatch.setattr(engine, "BUSY_MS", 1)
    holder, store = open_store(url), open_store(url)
    holder.upgrade()
    pauses = []
    store._pause = pauses.append
    with holder._transaction("write"), pytest.raises(StoreUnavailable, match="locked") as caught:
        store.set_state("k", "v")
    assert store.retryable(caught.value)
    assert len(pauses) == transactions.TRIES - 1
    assert not store.retryable(ValueError())
    store.set_state("k", "v")
    for opened in (holder, store):
        opened.close()


def test_a_pool_that_runs_dry_is_unavailable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(f"sqlite:///{tmp_path / 't.db'}", pool_size=1)
    monkeypatch.setattr(store._engine.pool, "_timeout", 0.01)
    with store._transaction("read"), store._transaction("read"), pytest.raises(StoreUnavailable, match="became free"):
        store.ping()
    store.close()


def test_a_mistake_of_our_own_is_no_unavailability(store: Store) -> None:
    with pytest.raises(exc.DBAPIError), store._transaction("read") as connection:
        connection.exec_driver_sql("SELECT nonsense FROM service_state")


def test_a_deadlock_is_worth_another_try(postgres: Any, postgres_template: str) -> None:
    store = open_store(postgres.url(postgres_template))
    tried = []

    def run() -> Any:
        tried.append(1)
        with store._transaction("write") as connection:
            if len(tried) == 1:
                connection.exec_driver_sql("DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$")
        return len(tried)

    assert store.retrying(run) == 2
    store.close()
