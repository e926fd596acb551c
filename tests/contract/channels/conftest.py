"""Real servers on loopback for every channel, and the messages that travel to them."""

from __future__ import annotations

import ssl
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.controller import Controller
from golden.facts import SEEN, facts, message

from worker.clock import SystemClock
from worker.fetch.egress import Egress
from worker.fetch.loop_thread import LoopThread
from worker.fetch.policy import Policy
from worker.fetch.poster import GuardedPoster
from worker.fetch.transport import GuardedTransport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from aiosmtpd.smtp import SMTP, Envelope, Session

    from worker.alerts.model import AlertFacts, Message

__all__ = ["facts", "message"]

TLS = Path(__file__).parent / "tls"


@pytest.fixture(scope="session")
def alert(facts: Callable[..., AlertFacts], message: Callable[..., Message]) -> Message:
    """A message that any channel takes."""
    return message(facts())


@pytest.fixture
def client(trusting: ssl.SSLContext) -> Iterator[GuardedPoster]:
    """The guarded way out, which may go to the receiver."""
    transport = GuardedTransport(Policy(("127.0.0.0/8",)), tls=trusting)
    client = GuardedPoster(Egress(LoopThread(), transport, "Tocsin/test", SystemClock()))
    yield client
    client.close()


@dataclass
class Mailed:
    """One message that a mail server accepted."""

    sender: str
    recipients: list[str]
    raw: bytes


class Inbox:
    """aiosmtpd's handler: keeps what comes, and answers as told."""

    def __init__(self) -> None:
        self.mailed: list[Mailed] = []
        self.at_sender = "250 OK"
        self.at_recipient = "250 OK"
        self.at_data = "250 OK"

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.at_sender

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.at_recipient

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.at_data.startswith("250"):
            content = envelope.original_content or b""
            self.mailed.append(Mailed(envelope.mail_from or "", list(envelope.rcpt_tos), content))
        return self.at_data


class LoopbackController(Controller):
    """A Controller on a free port that the system chooses."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@dataclass
class MailHost:
    """A running mail server."""

    port: int
    inbox: Inbox


@contextmanager
def mail_host(handler: object = None, **options: Any) -> Iterator[MailHost]:
    """A mail server; `options` are those of aiosmtpd's Controller and SMTP."""
    inbox = Inbox()
    controller = LoopbackController(
        handler or inbox, hostname="127.0.0.1", port=0, server_hostname="localhost", **options
    )
    controller.start()
    try:
        yield MailHost(controller.port, inbox)
    finally:
        controller.stop()


@pytest.fixture
def mail_server() -> Iterator[MailHost]:
    with mail_host() as host:
        yield host


@pytest.fixture
def start_mail_server() -> Callable[..., Any]:
    return mail_host


@pytest.fixture(scope="session")
def server_tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "cert.pem", TLS / "key.pem")
    return context


@pytest.fixture(scope="session")
def trusting() -> ssl.SSLContext:
    """What a client has that trusts the test's own certificate."""
    return ssl.create_default_context(cafile=str(TLS / "cert.pem"))


@dataclass(frozen=True)
class FixedClock:
    """Always the same moment."""

    at: datetime

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(SEEN)
