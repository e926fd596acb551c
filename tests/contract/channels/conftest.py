"""Real servers on loopback for every channel, and the messages that travel to them."""

from __future__ import annotations

import http.client
import ssl
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from aiosmtpd.controller import Controller

from worker.alerts.model import AlertFacts, Message, ReportFacts
from worker.errors import Unreachable
from worker.watchlists.model import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from aiosmtpd.smtp import SMTP, Envelope, Session

TLS = Path(__file__).parent / "tls"
SEEN = datetime(2022, 2, 12, 17, 2, 11, tzinfo=UTC)

FACTS = AlertFacts(
    alert=7,
    watch_list="Ukraine",
    watch_lists=("Kyiv", "Ukraine"),
    subscriber="desk",
    story=3,
    story_title="Talks around Ukraine over",
    story_first_seen=SEEN,
    reports=1,
    independent_reports=1,
    story_items=(ReportFacts("Talks around Ukraine over", "https://news.example.org/a", "Example News", SEEN),),
    title="Talks around Ukraine over",
    link="https://news.example.org/a",
    summary="Nothing came of it.",
    text="Nothing came of it. Переговори в Києві завершено.",
    authors=("A. Writer",),
    categories=("World",),
    source="Example News",
    language="en",
    published=SEEN,
    updated=None,
    first_seen=SEEN,
    image=None,
    feed_name="Example World",
    feed_url="https://news.example.org/world.xml",
    terms=("Ukraine",),
    spans=(Span("title", 13, 20),),
    created_at=SEEN,
)


@pytest.fixture(scope="session")
def facts() -> Callable[..., AlertFacts]:
    def make(**changes: Any) -> AlertFacts:
        return replace(FACTS, **changes)

    return make


@pytest.fixture(scope="session")
def message() -> Callable[..., Message]:
    def make(*alerts: AlertFacts, type: str = "alert.created") -> Message:  # noqa: A002 - the field's name
        return Message(
            key="0c1f0a1e-3f0f-5d7e-9f0e-5a1d3c2b1a00", type=type, created_at=SEEN, subscriber="desk", alerts=alerts
        )

    return make


@pytest.fixture(scope="session")
def alert(facts: Callable[..., AlertFacts], message: Callable[..., Message]) -> Message:
    """A message that any channel takes."""
    return message(facts())


@dataclass
class Posted:
    """One request that a receiver got."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A webhook receiver; `status` and `headers` are what it answers from now on."""

    url: str
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    posted: list[Posted] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            state.posted.append(Posted(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(state.status)
            for name, value in state.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(state.body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        state = Receiver(f"http://127.0.0.1:{server.server_port}/hook/s3cr3t?token=t0k3n")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield state
        server.shutdown()
        thread.join()


@dataclass(frozen=True)
class Said:
    """What the receiver answered."""

    status: int
    retry_after: timedelta | None
    excerpt: bytes


class LoopbackClient:
    """A PostClient without a guard, for loopback only."""

    def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Said:
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
        try:
            connection.request("POST", f"{parts.path}?{parts.query}", body=body, headers=dict(headers))
            response = connection.getresponse()
            asked = response.headers.get("retry-after")
            return Said(
                response.status, timedelta(seconds=int(asked)) if asked is not None else None, response.read(1024)
            )
        except OSError as error:
            raise Unreachable(f"POST {url}: {error}") from error
        finally:
            connection.close()


@pytest.fixture
def client() -> LoopbackClient:
    return LoopbackClient()


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
