"""What channels need of the outside, given to them by `worker.wiring`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import timedelta

    from worker.alerts.model import Address, Message


class Answer(Protocol):
    """What a receiver said."""

    @property
    def status(self) -> int:
        """HTTP status, redirects included: they are not followed."""
        ...

    @property
    def retry_after(self) -> timedelta | None:
        """The Retry-After header (RFC 9110, section 10.2.3), a date counted from now; None if absent."""
        ...

    @property
    def excerpt(self) -> bytes:
        """The body's first bytes, for the person who looks for the fault."""
        ...


class AnsweringChannel(Protocol):
    """What every channel here does, beside what delivering needs of one."""

    def send(self, message: Message, address: Address) -> None:
        """Send, or raise ChannelError. Safe to call from several threads at once."""
        ...

    def tell(self, message: Message, address: Address) -> str:
        """Send as `send` does, and return in one line what was answered."""
        ...


class PostClient(Protocol):
    """The guarded way out for deliveries. Safe to use from several threads at once."""

    def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
        """POST `body` once, or raise worker.errors.FetchError (Refused when our own policy forbids the address)."""
        ...


class Reply(Protocol):
    """What a server answered in a conversation."""

    @property
    def status(self) -> int:
        """HTTP status, redirects included: they are not followed."""
        ...

    @property
    def fields(self) -> Mapping[str, str]:
        """Header fields, names in lower case."""
        ...

    @property
    def content(self) -> bytes:
        """The body, 64 KB of it at most."""
        ...

    @property
    def retry_after(self) -> timedelta | None:
        """As in `Answer`."""
        ...


class HttpClient(Protocol):
    """The guarded way out for channels that hold a conversation. Safe to use from several threads at once."""

    def request(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes, seconds: float | None = None
    ) -> Reply:
        """Ask once, within so many seconds, or raise worker.errors.FetchError, which says whether it was `sent`."""
        ...


class Unanswered(OSError):
    """A mail was handed over whole, and nobody said whether it was accepted."""


class MailConnection(Protocol):
    """An open SMTP session, as `smtplib.SMTP` is one."""

    @property
    def accepted(self) -> bytes:
        """What the server answered to the last message: its code and words."""
        ...

    def sendmail(self, from_addr: str, to_addrs: Sequence[str], msg: bytes) -> object:
        """Hand over one message, or raise smtplib.SMTPException, Unanswered or another OSError."""
        ...


class MailServer(Protocol):
    """Where mail is handed in; `worker.channels.smtp.SmtpServer` fulfils it."""

    @property
    def host(self) -> str:
        """Name for errors."""
        ...

    def connect(self) -> AbstractContextManager[MailConnection]:
        """Open a session of one's own, or raise smtplib.SMTPException or OSError; leaving it never raises."""
        ...
