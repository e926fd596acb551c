"""Whoever does not send a request whole in time is not waited for."""

import logging
import socket
import time
from contextlib import closing, suppress

import pytest
from contract.web.conftest import Site
from structlog.testing import capture_logs

from worker.web.serving import AT_ONCE

REQUEST_S = 0.5
SPARE_S = 20.0
HALVES = [
    b"",
    b"GET /healthz HT",
    b"GET /healthz HTTP/1.1\r\nHost: x\r\n",
    b"POST /links/x HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nof=",
    b"POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nof=",
    b"POST /links/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nof\r\n",
]
WHOLE = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
def site(engine, world):
    with closing(Site(engine, request_s=REQUEST_S)) as serving:
        yield serving


def connected(site):
    return closing(socket.create_connection(("127.0.0.1", site.port), timeout=SPARE_S))


def read_alive(connection):
    read = b""
    while not read.endswith(b'{"alive":true}'):
        some = connection.recv(4096)
        assert some
        read += some


def ended(connection, drip=b""):
    """Read until the connection is closed; send `drip` meanwhile."""
    began = time.monotonic()
    connection.settimeout(0.05)
    with suppress(ConnectionError):
        while True:
            assert time.monotonic() < began + SPARE_S
            with suppress(TimeoutError):
                if not connection.recv(4096):
                    break
            connection.sendall(drip)
    return time.monotonic() - began


@pytest.mark.parametrize("half", HALVES)
def test_a_request_that_does_not_end_is_not_waited_for(site, half):
    with connected(site) as connection:
        connection.sendall(half)
        assert REQUEST_S * 0.8 <= ended(connection) < SPARE_S


def test_a_deadline_is_not_put_off_by_what_comes_bit_by_bit(site):
    with connected(site) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: ")
        ended(connection, drip=b"x")


def test_a_second_request_has_its_own_deadline(site):
    with connected(site) as connection:
        for _ in range(3):  # what idles in between does not count
            connection.sendall(WHOLE)
            read_alive(connection)
            time.sleep(REQUEST_S * 0.8)
        connection.sendall(WHOLE + b"GET /heal")
        read_alive(connection)
        connection.sendall(b"thz")
        assert REQUEST_S * 0.8 <= ended(connection) < SPARE_S


def test_an_answer_may_take_longer_than_its_request(site, engine, monkeypatch):
    ages = engine.store.ages

    def slow(**more):
        time.sleep(2 * REQUEST_S)
        return ages(**more)

    monkeypatch.setattr(engine.store, "ages", slow)
    assert site.ask("/readyz").status == 200


def test_half_of_a_form_is_no_mistake_of_ours(site, caplog):
    head = f"POST {site.link('unsubscribe')} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n".encode()
    with capture_logs() as logs:
        with connected(site) as connection:
            connection.sendall(head + b"of=")
            ended(connection)
        deadline = time.monotonic() + SPARE_S
        while not any(entry.get("status") == 499 for entry in logs):
            assert time.monotonic() < deadline
            time.sleep(0.01)
    assert site.ask("/healthz").status == 200
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_halves_of_requests_do_not_close_the_role(site):
    halves = [socket.create_connection(("127.0.0.1", site.port)) for _ in range(AT_ONCE + 5)]
    try:
        for number, connection in enumerate(halves):
            connection.sendall(HALVES[number % 3])  # heads: whose body is missing is answered, and leaves
        deadline = time.monotonic() + SPARE_S
        while site.ask("/healthz").status != 200:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        for connection in halves:
            connection.close()
