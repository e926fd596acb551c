"""Backups for tests: taken of the database under test, put back elsewhere, on either kind."""

from __future__ import annotations

from contextlib import closing, nullcontext
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from config.values import Settings
from worker.store import open_store
from worker.store.key_log import KeyLog
from worker.store.row_copying import copied_tables
from worker.wiring.backups import back_up, look_over, restore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from servers.postgres_server import PostgresServer

    from worker.store import Store


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
