"""The engine with its real parts: what it tells of lists that cannot be asked."""

from contextlib import closing

import pytest

from config.values import ChannelLine, Configuration, NotifyLine, Settings, SubscriberLine, WatchListLine
from worker.errors import StoreUnavailable
from worker.wiring import open_engine


@pytest.fixture
def engine(tmp_path):
    with closing(open_engine(Settings(data_dir=tmp_path, owner="desk"))) as engine:
        engine.files.ready_schema(migrate=True)
        files = Configuration(
            watch_lists=(WatchListLine("Ports", keywords=("port",), notify=(NotifyLine("desk", None),)),),
            subscribers=(SubscriberLine("desk", channels=(ChannelLine("log"),)),),
        )
        # What the checks of `apply` refuse, a database that another version wrote may hold.
        engine.store.apply(files, {"Ports": "(("}, now=engine.clock.now())
        yield engine


def test_a_list_that_cannot_be_read_is_told_once(engine):
    outcome = engine.match([])
    assert [one.reason for one in outcome.broken] == [engine.store.broken_lists()[0][1]]
    assert len(outcome.deliveries) == 1
    again = engine.match([])
    assert (again.broken, again.deliveries) == ((), ())


def test_what_could_not_be_told_is_told_with_the_next_items(engine, monkeypatch):
    def refuse(*_, **__):
        raise StoreUnavailable("the database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(engine.store, "break_lists", refuse)
        with pytest.raises(StoreUnavailable):
            engine.match([])
    assert engine.store.broken_lists() == []
    assert len(engine.match([]).deliveries) == 1
    assert [name for name, _ in engine.store.broken_lists()] == ["Ports"]
