"""Whether a web role runs, where it is reached, and its key."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from contract.store.conftest import NOW


def test_messages_link_only_to_a_web_role_that_runs(store):
    assert store.web_address(now=NOW) is None
    store.announce_web("https://tocsin.example")
    assert store.web_address(now=NOW) is None
    store.heartbeat("web", pid=1, host="elsewhere", now=NOW)
    store.heartbeat("beat", pid=2, now=NOW + timedelta(hours=1))
    assert store.web_address(now=NOW + timedelta(seconds=119)) == "https://tocsin.example"
    assert store.web_address(now=NOW + timedelta(minutes=2)) is None


def test_who_watches_over_a_role_hears_of_its_processes_here(store):
    assert store.last_heard("web") is None
    store.heartbeat("web", pid=1, now=NOW)
    store.heartbeat("web", pid=2, now=NOW + timedelta(seconds=5))
    store.heartbeat("web", pid=3, host="elsewhere", now=NOW + timedelta(hours=1))
    assert store.last_heard("web") == NOW + timedelta(seconds=5)


def test_the_key_of_links_is_made_once_and_is_long(store):
    with ThreadPoolExecutor(4) as pool:
        keys = set(pool.map(lambda _: store.link_key(), range(8)))
    (key,) = keys
    assert len(key) == 32
    assert len(set(key)) > 8
