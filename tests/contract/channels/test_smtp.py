"""SMTP sessions: what `smtp_url` says, encryption, login, silence."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from worker.alerts.model import Address
from worker.channels.mail import MailChannel
from worker.channels.smtp import SmtpServer, parse_smtp_url
from worker.errors import ChannelError, ConfigurationError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from aiosmtpd.smtp import SMTP, Envelope, Session

    from worker.alerts.model import Message

    Send = Callable[[SmtpServer], None]

DESK = Address(2, "email", "desk@example.org")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://localhost:25", SmtpServer("localhost", 25)),
        ("smtp://localhost", SmtpServer("localhost", 25)),
        ("smtp://localhost/", SmtpServer("localhost", 25)),
        ("smtp://[::1]:2525", SmtpServer("::1", 2525)),
        ("smtp://me%40x:p%3Aw@mail.example:587", SmtpServer("mail.example", 587, "me@x", "p:w")),
        ("smtp://mail.example:587?starttls=always", SmtpServer("mail.example", 587, starttls="always")),
        ("smtp://mail.example?starttls=never", SmtpServer("mail.example", 25, starttls="never")),
        ("smtps://me:pw@mail.example", SmtpServer("mail.example", 465, "me", "pw", implicit_tls=True)),
    ],
)
def test_a_url_is_read(url: str, expected: SmtpServer) -> None:
    assert parse_smtp_url(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:25",
        "http://localhost",
        "smtp://",
        "smtp://localhost:99999",
        "smtp://localhost:pw-abc",
        "smtp://[broken",
        "smtp://me:pw-abc@localhost/path",
        "smtp://me:pw-abc@localhost?tls=1",
        "smtp://me:pw-abc@localhost?starttls=maybe",
        "smtp://me:pw-abcї@localhost",
        f"smtp://{'x' * 64}.example",
    ],
)
def test_a_wrong_url_says_what_to_write_and_keeps_the_password(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^smtp_url: ") as caught:
        parse_smtp_url(url)
    assert "pw-abc" not in str(caught.value)


def test_the_password_is_not_shown() -> None:
    assert "pw-abc" not in repr(parse_smtp_url("smtp://me:pw-abc@localhost"))


@pytest.fixture
def send(clock: Any, alert: Message) -> Send:
    def through(server: SmtpServer) -> None:
        MailChannel(server, clock).send(alert, DESK)

    return through


class OnlyMe:
    """aiosmtpd's authenticator: one user; remembers whether the password came encrypted."""

    def __init__(self) -> None:
        self.encrypted: list[bool] = []

    def __call__(self, _server: SMTP, session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
        self.encrypted.append(session.ssl is not None)
        return AuthResult(success=data == LoginPassword(b"me", b"pw"), handled=False)


def test_starttls_is_used_where_it_is_offered(start_mail_server: Any, server_tls: ssl.SSLContext, send: Send) -> None:
    # A certificate that nobody has signed is better than none, where nothing is secret but the mail.
    with start_mail_server(tls_context=server_tls, require_starttls=True) as host:
        send(SmtpServer("127.0.0.1", host.port))
        assert len(host.inbox.mailed) == 1


def test_starttls_always_trusts_only_the_named_server(
    start_mail_server: Any, server_tls: ssl.SSLContext, trusting: ssl.SSLContext, send: Send
) -> None:
    with start_mail_server(tls_context=server_tls) as host:
        send(SmtpServer("127.0.0.1", host.port, starttls="always", trusted=trusting))
        with pytest.raises(ChannelError, match="CERTIFICATE_VERIFY_FAILED") as caught:
            send(SmtpServer("127.0.0.1", host.port, starttls="always"))
        assert not caught.value.permanent
        assert len(host.inbox.mailed) == 1


def test_starttls_always_is_never_in_clear(mail_server: Any, send: Send) -> None:
    with pytest.raises(ChannelError, match="STARTTLS"):
        send(SmtpServer("127.0.0.1", mail_server.port, starttls="always"))
    assert not mail_server.inbox.mailed


def test_starttls_never(start_mail_server: Any, server_tls: ssl.SSLContext, send: Send) -> None:
    with start_mail_server(tls_context=server_tls) as host:
        send(SmtpServer("127.0.0.1", host.port, starttls="never"))
        assert len(host.inbox.mailed) == 1


def test_implicit_tls(start_mail_server: Any, server_tls: ssl.SSLContext, trusting: ssl.SSLContext, send: Send) -> None:
    with start_mail_server(ssl_context=server_tls) as host:
        send(SmtpServer("127.0.0.1", host.port, implicit_tls=True, trusted=trusting))
        assert len(host.inbox.mailed) == 1


def test_login(start_mail_server: Any, server_tls: ssl.SSLContext, send: Send) -> None:
    only_me = OnlyMe()
    with start_mail_server(tls_context=server_tls, authenticator=only_me, auth_required=True) as host:
        send(SmtpServer("127.0.0.1", host.port, "me", "pw"))
        assert len(host.inbox.mailed) == 1
        with pytest.raises(ChannelError, match="answered 535") as caught:
            send(SmtpServer("127.0.0.1", host.port, "me", "wrong"))
        assert not caught.value.permanent
        assert len(host.inbox.mailed) == 1
    assert all(only_me.encrypted)


def test_a_password_goes_to_another_machine_only_over_a_trusted_line(
    start_mail_server: Any, server_tls: ssl.SSLContext, send: Send
) -> None:
    only_me = OnlyMe()
    # 0.0.0.0 is the same machine under a name that could be any other's.
    with start_mail_server(tls_context=server_tls, authenticator=only_me) as host:
        with pytest.raises(ChannelError, match="CERTIFICATE_VERIFY_FAILED"):
            send(SmtpServer("0.0.0.0", host.port, "me", "pw"))
        send(SmtpServer("localhost", host.port, "me", "pw"))
    assert only_me.encrypted == [True]


def test_a_server_that_never_answers_is_given_up(send: Send) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = SmtpServer("127.0.0.1", silent.getsockname()[1], timeout_s=0.2)
        with pytest.raises(ChannelError, match="timed out") as caught:
            send(server)
    assert not caught.value.permanent


def test_a_server_that_drips_is_cut_off(send: Send) -> None:
    """Each byte comes well within the time of a step; only the session as a whole takes too long."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        done = threading.Event()

        def drip() -> None:
            connection, _ = listening.accept()
            with connection, suppress(OSError):
                while not done.wait(0.02):
                    connection.sendall(b"2")

        dripping = threading.Thread(target=drip)
        dripping.start()
        server = SmtpServer("127.0.0.1", listening.getsockname()[1], session_s=0.3)
        began = time.monotonic()
        with pytest.raises(ChannelError, match="longer than"):
            send(server)
        done.set()
        dripping.join()
    assert time.monotonic() - began < 10


class HangsUp:
    """Accepts the mail and is gone before QUIT is answered."""

    def __init__(self) -> None:
        self.accepted = 0

    async def handle_DATA(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        self.accepted += 1
        return "250 OK"

    async def handle_QUIT(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        return "421 gone"


def test_what_was_accepted_counts_as_sent_whatever_quit_says(start_mail_server: Any, send: Send) -> None:
    handler = HangsUp()
    with start_mail_server(handler=handler) as host:
        send(SmtpServer("127.0.0.1", host.port))
    assert handler.accepted == 1


class HangsUpAtData:
    """Takes the whole message, or half of it, and hangs up without an answer."""

    def __init__(self, *, at: bytes) -> None:
        self.at = at
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    def _serve(self) -> None:
        connection, _ = self.socket.accept()
        with connection, connection.makefile("rb") as lines, suppress(OSError):
            connection.sendall(b"220 here\r\n")
            for line in lines:
                if line.strip().upper().startswith(self.at):
                    return
                connection.sendall(b"354 go on\r\n" if line.upper().startswith(b"DATA") else b"250 ok\r\n")
                if line.upper().startswith(b"DATA"):
                    while lines.readline() not in {b".\r\n", b""}:
                        pass
                    return

    def close(self) -> None:
        self.thread.join()
        self.socket.close()


@pytest.mark.parametrize(("at", "ambiguous"), [(b"never", True), (b"DATA", False), (b"RCPT", False), (b"MAIL", False)])
def test_only_a_message_handed_over_whole_may_have_arrived(send: Send, at: bytes, ambiguous: bool) -> None:
    server = HangsUpAtData(at=at)
    try:
        with pytest.raises(ChannelError) as caught:
            send(SmtpServer("127.0.0.1", server.port))
    finally:
        server.close()
    assert caught.value.ambiguous is ambiguous
    assert not caught.value.permanent
    assert ("handed over" in str(caught.value)) is ambiguous


class NeverAnswers:
    """Takes the message and says nothing of it for longer than anybody waits."""

    def __init__(self) -> None:
        self.taken = threading.Event()

    async def handle_DATA(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        self.taken.set()
        await asyncio.sleep(5)
        return "250 OK"


@pytest.mark.parametrize("limits", [{"timeout_s": 0.4}, {"session_s": 0.6}])
def test_no_answer_to_a_message_in_time_is_ambiguous(
    start_mail_server: Any, send: Send, limits: dict[str, float]
) -> None:
    handler = NeverAnswers()
    with start_mail_server(handler=handler) as host:
        with pytest.raises(ChannelError, match="handed over") as caught:
            send(SmtpServer("127.0.0.1", host.port, **limits))
        assert handler.taken.is_set()
    assert caught.value.ambiguous
