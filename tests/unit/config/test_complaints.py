"""A broker that is away is mentioned once."""

from __future__ import annotations

import logging
import os
import sys

import pytest

from config.complaints import AGAIN_AFTER, BrokerComplaints

CONSUMER = "celery.worker.consumer.consumer"


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def record(name: str, message: str, *args: object, level: int = logging.ERROR, error: Exception | None = None):
    info = (type(error), error, None) if error else None
    return logging.LogRecord(name, level, __file__, 1, message, args, info)


CANNOT = "consumer: Cannot connect to %s: %s.\n%s\n"
DETAILS = ("redis://localhost:6379/0", "Error 111 connecting to localhost:6379", "Trying again in 2.00 seconds...")


def test_once_in_one_line() -> None:
    complaints = BrokerComplaints(monotonic=Clock())
    first = record(CONSUMER, CANNOT, *DETAILS, error=ConnectionRefusedError())
    assert complaints.filter(first)
    assert first.getMessage() == (
        "consumer: Cannot connect to redis://localhost:6379/0: Error 111 connecting to localhost:6379. "
        "(said once; trying again until the broker is back)"
    )
    assert first.exc_info is None
    assert not complaints.filter(record(CONSUMER, CANNOT, *DETAILS))
    assert not complaints.filter(record("celery.beat", "beat: Connection error: %s.", "x"))


def test_again_after_a_while() -> None:
    clock = Clock()
    complaints = BrokerComplaints(monotonic=clock)
    assert complaints.filter(record(CONSUMER, CANNOT, *DETAILS))
    clock.now += AGAIN_AFTER - 1
    assert not complaints.filter(record(CONSUMER, CANNOT, *DETAILS))
    clock.now += 1
    assert complaints.filter(record(CONSUMER, CANNOT, *DETAILS))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("celery.worker.consumer.connection", "Connected to redis://localhost:6379/0"),
        ("celery.worker.strategy", "Task tasks.poll.poll[1] received"),
        ("celery.app.trace", "Task tasks.poll.poll[1] succeeded in 0.1s: None"),
        ("celery.beat", "tasks.tick.tick sent. id->1"),
    ],
)
def test_again_after_a_success(name: str, message: str) -> None:
    complaints = BrokerComplaints(monotonic=Clock())
    assert complaints.filter(record(CONSUMER, CANNOT, *DETAILS))
    assert complaints.filter(record(name, message, level=logging.INFO))
    assert complaints.filter(record(CONSUMER, CANNOT, *DETAILS))


def test_no_success_leaves_it_silent() -> None:
    complaints = BrokerComplaints(monotonic=Clock())
    assert complaints.filter(record(CONSUMER, CANNOT, *DETAILS))
    assert complaints.filter(record("celery.beat", "Scheduler: Sending due task tick (tasks.tick)", level=logging.INFO))
    assert not complaints.filter(record(CONSUMER, CANNOT, *DETAILS))


def test_told_from_outside() -> None:
    complaints = BrokerComplaints(monotonic=Clock())
    assert not complaints.broker_answered()
    complaints.filter(record(CONSUMER, CANNOT, *DETAILS))
    assert complaints.broker_answered()
    assert not complaints.broker_answered()
    assert complaints.filter(record(CONSUMER, CANNOT, *DETAILS))


def test_shared_with_forked_processes() -> None:
    complaints = BrokerComplaints(monotonic=Clock())
    if (child := os.fork()) == 0:
        os._exit(0 if complaints.broker_is_away() and not complaints.broker_is_away() else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert not complaints.filter(record(CONSUMER, CANNOT, *DETAILS))
    assert complaints.broker_answered()


class OperationalError(Exception):
    pass


def ring() -> Exception:
    error, other = ValueError(), KeyError()
    error.__context__, other.__context__ = other, error
    return error


def test_a_cause_is_enough() -> None:
    try:
        try:
            raise OperationalError  # noqa: TRY301 - to have a cause
        except OperationalError as cause:
            raise RuntimeError from cause
    except RuntimeError:
        error = sys.exc_info()[1]
    assert isinstance(error, RuntimeError)
    complaints = BrokerComplaints(monotonic=Clock())
    assert complaints.filter(record("celery.beat", "Message Error: %s\n%s", "away", ["stack"], error=error))
    assert not complaints.filter(record("celery.beat", "Message Error: %s\n%s", "away", ["stack"], error=error))


@pytest.mark.parametrize(
    "other",
    [
        record("worker.store", "connection refused"),
        record("celery.app.trace", "Task raised unexpected", error=OperationalError()),
        record(CONSUMER, "Received unregistered task of type x", error=KeyError()),
        record(CONSUMER, "something", error=ring()),
        record(CONSUMER, "Connection to broker lost", level=logging.INFO),
    ],
)
def test_what_is_no_complaint_always_passes(other: logging.LogRecord) -> None:
    complaints = BrokerComplaints(monotonic=Clock())
    before = other.getMessage()
    complaints.filter(record(CONSUMER, CANNOT, *DETAILS))
    assert complaints.filter(other)
    assert complaints.filter(other)
    assert other.getMessage() == before
