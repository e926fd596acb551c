import threading

import pytest
from structlog.testing import capture_logs

from worker.errors import StoreUnavailable
from worker.pipeline.leases import Renewal


def test_leases_are_renewed_until_dropped():
    renewed = []
    twice = threading.Event()

    def renew(tokens):
        renewed.append(dict(tokens))
        if len(renewed) > 1:
            twice.set()

    with Renewal(renew, {1: 10, 2: 20}, every_s=0.01) as renewal:
        renewal.drop(1)
        assert twice.wait(10)
        assert renewal.left() == {2: 20}
    assert renewed[-1] == {2: 20}


def test_nothing_is_renewed_once_all_is_done():
    asked = []
    with Renewal(asked.append, {1: 10}, every_s=0.001) as renewal:
        renewal.drop(1)
        asked.clear()
        threading.Event().wait(0.02)
    assert asked == []


def test_without_leases_no_thread_is_started():
    before = threading.active_count()
    with Renewal(print, {}) as renewal:
        assert threading.active_count() == before
        assert renewal.left() == {}


def test_a_renewal_that_fails_is_tried_again():
    calls = []
    again = threading.Event()

    def renew(tokens):
        calls.append(tokens)
        if len(calls) == 1:
            raise StoreUnavailable("away")
        again.set()

    with capture_logs() as logs, Renewal(renew, {1: 10}, every_s=0.01):
        assert again.wait(10)
    assert logs[0]["event"] == "lease renewal failed"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_died_is_followed_by_another_with_the_next_lease():
    calls = []
    again = threading.Event()

    def renew(tokens):
        calls.append((threading.current_thread(), tokens))
        if len(calls) == 1:
            raise ZeroDivisionError
        again.set()

    with capture_logs() as logs, Renewal(renew, {1: 10}, every_s=0.01) as renewal:
        while not calls:
            threading.Event().wait(0.01)
        calls[0][0].join(10)
        renewal.add({2: 20})
        assert again.wait(10)
        renewal.add({3: 30})
    assert calls[1][1] == {1: 10, 2: 20}
    assert [(line["event"], line["rows"]) for line in logs] == [("lease renewal had died and is started again", 2)]


def test_after_the_end_no_thread_is_started():
    renewal = Renewal(print, {})
    renewal.end()
    before = threading.active_count()
    renewal.add({1: 10})
    assert threading.active_count() == before


def test_who_names_a_lease_drops_no_later_one_of_the_same_row():
    renewal = Renewal(print, {1: 11, 2: 20})
    renewal.drop(1, 10)
    assert renewal.left() == {1: 11, 2: 20}
    renewal.drop(1, 11)
    renewal.drop(1, 11)
    assert renewal.left() == {2: 20}
