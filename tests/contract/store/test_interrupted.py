"""Ctrl-C in the middle of a transaction leaves the database to others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, text

from worker.store import open_store

if TYPE_CHECKING:
    from worker.store import Store


def test_an_interrupted_transaction_holds_up_nobody(store: Store, url: str) -> None:
    """Its traceback, and by that a result half read, still lives when the next one writes."""

    def interrupt(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO service_state"):
            event.remove(store._engine, "before_cursor_execute", interrupt)
            raise KeyboardInterrupt

    def read_some_and_write() -> None:
        with store._transaction("write") as connection:
            half_read = connection.execute(text("SELECT key FROM service_state UNION SELECT value FROM service_state"))
            assert half_read.fetchone()
            connection.execute(text("INSERT INTO service_state (key, value) VALUES ('late', 'x')"))

    event.listen(store._engine, "before_cursor_execute", interrupt)
    with pytest.raises(KeyboardInterrupt) as interrupted:
        read_some_and_write()
    other = open_store(url)
    other.set_state("other", "written")
    other.close()
    assert interrupted.value.__traceback__ is not None
    assert (store.get_state("late"), store.get_state("other")) == (None, "written")
