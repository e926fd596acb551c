"""SMTP sessions as `smtp_url` says; the only place that opens one."""

from __future__ import annotations

import platform
import smtplib
import ssl
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING, Literal, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from worker.channels.ports import Unanswered
from worker.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

StartTls = Literal["auto", "always", "never"]

SMTP_PORT = 25
SMTPS_PORT = 465
SERVICE_READY = 220
START_MAIL_INPUT = 354
BOTH_WAYS = 2  # socket.SHUT_RDWR
TIMEOUT_S = 15.0
"""For each step of a session: connect, and each answer."""

SESSION_S = 25.0
"""For a session in all: a server that drips bytes would never run into the time of a step."""

_STARTTLS: dict[str, StartTls] = {"auto": "auto", "always": "always", "never": "never"}
_FORM = "write smtp://user:password@host:25?starttls=auto|always|never, or smtps://user:password@host:465"


class MailSession(smtplib.SMTP):
    """Knows whether it waits for the answer to a whole message (RFC 5321, section 4.1.1.4)."""

    _handed_over = False
    accepted = b""

    def getreply(self) -> tuple[int, bytes]:
        """Read an answer; Unanswered where the one to a message does not come."""
        try:
            code, said = super().getreply()
        except OSError as error:  # SMTPException is one too
            if self._handed_over:
                raise Unanswered(str(error) or type(error).__name__) from error
            raise
        if self._handed_over:
            self.accepted = b"%d %b" % (code, said)
        # What is sent next is the message to its end: where that breaks, `send` fails, and nobody asks for an answer.
        self._handed_over = code == START_MAIL_INPUT
        return code, said


class _TlsSession(MailSession, smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """A mail server, and how to talk to it.

    `starttls` "auto": with a user on another machine as "always", so that the password goes to the named server and
    nobody else; without one, encrypt where the server can, whoever it says it is (opportunistic security, RFC 7435).
    "always": encrypted to the named server, or not at all. "never": in clear. `implicit_tls` is RFC 8314's smtps.
    `trusted` None: the system's certificate authorities.
    """

    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    implicit_tls: bool = False
    starttls: StartTls = "auto"
    timeout_s: float = TIMEOUT_S
    session_s: float = SESSION_S
    trusted: ssl.SSLContext | None = field(default=None, repr=False, compare=False)

    @contextmanager
    def connect(self) -> Iterator[MailSession]:
        """Open a session, logged in; raises smtplib.SMTPException or OSError. Leaving it never raises.

        Trouble at QUIT is passed over: by then the message is accepted, and an error would send it again. A session
        that lasts longer than `session_s` is cut off, wherever it is: TimeoutError.
        """
        with Cutter(self.session_s) as cutter:
            session = self._session()
            cutter.watch(session)
            try:
                self._open(session)
                yield session
                with suppress(OSError):  # SMTPException is one too
                    session.quit()
            except OSError as error:
                if cutter.has_cut:
                    late = f"the session took longer than {self.session_s:g} s"
                    raise (Unanswered if isinstance(error, Unanswered) else TimeoutError)(late) from error
                raise
            finally:
                session.close()

    def _session(self) -> MailSession:
        """A session that is not connected yet."""
        # A name of our own spares smtplib a look-up that can hang; RFC 5321, section 4.1.4 allows a literal.
        name = platform.node()
        hello = name if "." in name and name.isascii() else "[127.0.0.1]"
        if self.implicit_tls:
            session: MailSession = _TlsSession(local_hostname=hello, timeout=self.timeout_s, context=self._context)
        else:
            session = MailSession(local_hostname=hello, timeout=self.timeout_s)
        # The name that certificates are checked against; smtplib sets it only where it connects at once.
        session._host = self.host  # type: ignore[attr-defined]  # noqa: SLF001
        return session

    def _open(self, session: smtplib.SMTP) -> None:
        code, said = session.connect(self.host, self.port)
        if code != SERVICE_READY:
            raise smtplib.SMTPConnectError(code, said)
        if not self.implicit_tls:
            self._encrypt(session)
        if self.user is not None:
            session.login(self.user, self.password or "")

    def _encrypt(self, session: smtplib.SMTP) -> None:
        if self.starttls == "never":
            return
        if self.starttls == "always" or (self.user is not None and not self._is_local):
            session.starttls(context=self._context)
            return
        session.ehlo_or_helo_if_needed()
        if session.has_extn("starttls"):
            session.starttls(context=_opportunistic())

    @property
    def _context(self) -> ssl.SSLContext:
        return self.trusted if self.trusted is not None else ssl.create_default_context()

    @property
    def _is_local(self) -> bool:
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False


class Cutter:
    """Hangs up on a session after `seconds`, from a thread of its own."""

    def __init__(self, seconds: float) -> None:
        self.has_cut = False
        self._session: smtplib.SMTP | None = None
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def watch(self, session: smtplib.SMTP) -> None:
        """Name the session to hang up on."""
        self._session = session

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        self._timer.join()

    def _cut(self) -> None:
        self.has_cut = True
        connection = self._session.sock if self._session is not None else None
        if connection is not None:
            with suppress(OSError):
                connection.shutdown(BOTH_WAYS)


def parse_smtp_url(url: str) -> SmtpServer:
    """Read the setting `smtp_url`; ConfigurationError says what to write instead and never quotes the password."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        host.encode("idna")
    except ValueError:
        raise ConfigurationError(f"smtp_url: no URL; {_FORM}") from None
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    wanted = options.pop("starttls", "auto")
    starttls = _STARTTLS.get(wanted)
    user, password = (None if value is None else unquote(value) for value in (parts.username, parts.password))
    implicit = parts.scheme == "smtps"
    if parts.scheme not in {"smtp", "smtps"} or not host or parts.path not in {"", "/"} or options:
        raise ConfigurationError(f"smtp_url: {_FORM}")
    if starttls is None:
        raise ConfigurationError(f"smtp_url: starttls is auto, always or never, not {wanted!r}")
    if not (user or "").isascii() or not (password or "").isascii():
        raise ConfigurationError("smtp_url: user and password can only be ASCII")
    return SmtpServer(
        host=host,
        port=port if port is not None else (SMTPS_PORT if implicit else SMTP_PORT),
        user=user or None,
        password=password,
        implicit_tls=implicit,
        starttls=starttls,
    )


def _opportunistic() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
