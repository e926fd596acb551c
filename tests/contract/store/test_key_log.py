"""Copy keys on SQLite: several processes share the log before the table, and nothing is seen that was taken back."""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from worker.records import KeyOwner
from worker.store import open_store, tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from worker.store import Store

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
WINDOW = timedelta(days=5)


@pytest.fixture
def stores(tmp_path: Path, sqlite_template: Path) -> Iterator[list[Store]]:
    """Three processes' stores on one database."""
    path = tmp_path / "tocsin.db"
    path.write_bytes(sqlite_template.read_bytes())
    with ExitStack() as ending:
        opened = [open_store(f"sqlite:///{path}") for _ in range(3)]
        for store in opened:
            ending.callback(store.close)
        yield opened


def claim(store: Store, keys: Mapping[int, int], *, met: Mapping[int, int] | None = None) -> dict[int, KeyOwner]:
    with store.matching() as transaction:
        owners = transaction.claim_keys(keys, now=NOW, window=WINDOW)
        transaction.settle_keys(shared=(), met=met or {}, common=8, now=NOW, window=WINDOW)
    return owners


def rows(store: Store) -> tuple[int, int]:
    """How many keys are in the table, and how many rows are in the log."""
    with store._transaction("read") as connection:
        keys, log = (
            connection.scalar(select(func.count()).select_from(table))
            for table in (tables.copy_keys, tables.recent_keys)
        )
    return keys or 0, log or 0


def test_processes_see_each_others_keys(stores: list[Store]) -> None:
    a, b, c = stores
    assert claim(a, {1: 1, 2: 1}) == {}
    assert claim(b, {2: 2, 3: 2}, met={2: 1}) == {2: KeyOwner(1, 0)}
    assert claim(a, {3: 3, 2: 3}) == {3: KeyOwner(2, 0), 2: KeyOwner(1, 1)}
    assert claim(c, dict.fromkeys(range(5), 9)) == {1: KeyOwner(1, 0), 2: KeyOwner(1, 1), 3: KeyOwner(2, 0)}
    assert rows(a)[0] == 0


def test_what_was_rolled_back_never_was(stores: list[Store]) -> None:
    a, b, _ = stores

    def fail() -> None:
        with a.matching() as transaction:
            transaction.claim_keys({1: 1, 2: 1}, now=NOW, window=WINDOW)
            transaction.settle_keys(shared=(), met={1: 5}, common=8, now=NOW, window=WINDOW)
            raise ZeroDivisionError

    claim(a, {7: 7})
    with pytest.raises(ZeroDivisionError):
        fail()
    assert claim(b, {1: 2}) == {}
    assert claim(a, {1: 3, 2: 3}) == {1: KeyOwner(2, 0)}


@pytest.mark.parametrize("most", [0, 1, 3])
def test_a_log_grown_long_goes_into_the_table_for_all(stores: list[Store], monkeypatch: Any, most: int) -> None:
    monkeypatch.setattr("worker.store.key_log.MOST", most)
    owner: dict[int, KeyOwner] = {}
    for turn in range(60):
        store = stores[turn * 7 % 3]
        keys = [turn % 10, turn % 7 + 5, 100 + turn]
        met = {keys[0]: 1} if turn % 4 == 0 else {}
        expected = {key: owner[key] for key in keys if key in owner}
        assert claim(store, dict.fromkeys(keys, turn), met=met) == expected, turn
        for key in keys:
            owner.setdefault(key, KeyOwner(turn, 0))
        for key in met:
            owner[key] = owner[key]._replace(bad=min(owner[key].bad + 1, 8))
    table, log = rows(stores[0])
    assert table + 3 * (most + 2) >= len(owner)
    assert log <= most + 4


def test_keys_are_handed_on_wherever_they_are(stores: list[Store], monkeypatch: Any) -> None:
    a, b, c = stores
    claim(a, {1: 1, 4: 3})
    monkeypatch.setattr("worker.store.key_log.MOST", 0)
    claim(b, {2: 1})
    monkeypatch.undo()
    with c.regrouping() as transaction:
        transaction.give_keys({1: 5, 2: 6, 3: 7, 4: 8}, of={1})
    assert claim(a, dict.fromkeys((1, 2, 3, 4), 9)) == {1: KeyOwner(5, 0), 2: KeyOwner(6, 0), 4: KeyOwner(3, 0)}


def test_a_restored_backup_is_noticed(stores: list[Store], tmp_path: Path) -> None:
    a, b, _ = stores
    claim(a, {1: 1})
    backup = tmp_path / "backup.db"
    with closing(sqlite3.connect(tmp_path / "tocsin.db")) as there, closing(sqlite3.connect(backup)) as copy:
        there.backup(copy)
    for number in range(2, 6):
        claim(a, {number: number})
    with closing(sqlite3.connect(tmp_path / "tocsin.db")) as there, closing(sqlite3.connect(backup)) as copy:
        copy.backup(there)
    assert claim(b, {2: 20, 3: 20}) == {}
    assert claim(a, dict.fromkeys(range(1, 6), 30)) == {1: KeyOwner(1, 0), 2: KeyOwner(20, 0), 3: KeyOwner(20, 0)}
