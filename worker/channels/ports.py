"""What channels need of the outside, given to them by `worker.wiring`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import timedelta


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


class PostClient(Protocol):
    """The guarded way out for deliveries. Safe to use from several threads at once."""

    def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
        """POST `body` once, or raise worker.errors.FetchError (Refused when our own policy forbids the address)."""
        ...


class MailConnection(Protocol):
    """An open SMTP session, as `smtplib.SMTP` is one."""

    def sendmail(self, from_addr: str, to_addrs: Sequence[str], msg: bytes) -> object:
        """Hand over one message, or raise smtplib.SMTPException or OSError."""
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
