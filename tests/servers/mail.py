"""A mail server that keeps what it is given, or refuses it."""

from __future__ import annotations

import email
import email.policy
import socket
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller

if TYPE_CHECKING:
    from asyncio import AbstractServer
    from collections.abc import Awaitable
    from email.message import EmailMessage


@dataclass(frozen=True, slots=True)
class Mail:
    """One accepted message: the envelope, the bytes as sent, and what they say."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return email.message_from_bytes(self.raw, policy=email.policy.default)


class _Controller(Controller):
    """Listens on a socket that is bound already, so that the port is known and nobody can take it."""

    listener: socket.socket

    def _create_server(self) -> Awaitable[AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self.listener)


class MailSink:
    """An SMTP server on 127.0.0.1, running from its construction until `close`."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self._mails: list[Mail] = []
        self._refusals: list[str] = []
        self._usual: str | None = None
        self._closed = False
        listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(listener.getsockname()[1])
        self._controller = _Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.listener = listener
        self._controller.start()

    @property
    def url(self) -> str:
        """As the setting `smtp_url` takes it."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def mails(self) -> list[Mail]:
        with self.changed:
            return list(self._mails)

    def refuse_with(self, reply: str | None, *, times: int | None = None) -> None:
        """Answer DATA with `reply` ("451 4.3.0 later") from now on, or only `times` times; None accepts again."""
        with self.changed:
            if times is None:
                self._usual = reply
            elif reply:
                self._refusals.extend([reply] * times)

    def wait_for(self, count: int, timeout: float = 10.0) -> list[Mail]:
        """Wait until `count` messages were accepted; return all of them."""
        with self.changed:
            found = self.changed.wait_for(lambda: len(self._mails) >= count, timeout)
            assert found, f"{count} mails not within {timeout:g} s; got {len(self._mails)}"
            return list(self._mails)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's
        with self.changed:
            refusal = self._refusals.pop(0) if self._refusals else self._usual
            if refusal:
                return refusal
            self._mails.append(Mail(envelope.mail_from, tuple(envelope.rcpt_tos), bytes(envelope.original_content)))
            self.changed.notify_all()
            return "250 2.0.0 kept"

    def close(self) -> None:
        """End it, cutting whoever is still connected; a second time does nothing."""
        if not self._closed:
            self._closed = True
            self._controller.stop()
