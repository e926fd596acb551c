"""What is looked up by one SELECT: on SQLite each thread keeps a connection for that."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from worker.errors import StoreUnavailable

if TYPE_CHECKING:
    from worker.store import Store


def looking(store: Store) -> object:
    with store._transaction("look") as connection:
        return connection


def test_a_thread_keeps_its_connection_and_shares_it_with_none(store: Store) -> None:
    first = looking(store)
    assert (looking(store) is first) == store.is_embedded
    others: list[object] = []
    thread = threading.Thread(target=lambda: others.append(looking(store)))
    thread.start()
    thread.join()
    assert others[0] is not first


def test_every_look_sees_what_was_written_before_it(world: Any) -> None:
    for count in range(1, 4):
        world.feeds(count)
        with world.store._transaction("look") as connection:
            assert connection.execute(text("SELECT count(*) FROM feeds")).scalar_one() == count


def test_a_connection_on_which_something_went_wrong_is_not_kept(store: Store) -> None:
    first = looking(store)
    with pytest.raises(StoreUnavailable, match="the schema is not there"), store._transaction("look") as connection:
        connection.execute(text("SELECT 1 FROM no_such_table"))
    second = looking(store)
    assert second is not first
    store.close()
    store.close()
    assert looking(store) is not second, "closed ones are not kept either"
