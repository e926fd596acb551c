"""Mail: one plain text message to one recipient, its headers counted before it leaves (RELIABILITY 15)."""

from __future__ import annotations

import smtplib
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address as MailAddress
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, getaddresses
from typing import TYPE_CHECKING

from worker.alerts.lines import one_line
from worker.alerts.text import SUBJECT_LIMIT, body, subject
from worker.errors import ChannelError, ConfigurationError

if TYPE_CHECKING:
    from datetime import datetime

    from worker.alerts.model import Address, Message
    from worker.channels.ports import MailServer
    from worker.clock import Clock

HEADERS = (
    b"From",
    b"To",
    b"Subject",
    b"Date",
    b"Message-ID",
    b"In-Reply-To",
    b"References",
    b"Auto-Submitted",
    b"Content-Type",
    b"Content-Transfer-Encoding",
    b"MIME-Version",
)
"""Exactly these leave the house, in this order; those of THREAD only where a message follows another."""

THREAD = frozenset({b"In-Reply-To", b"References"})
"""RFC 5322, section 3.6.4: the message that an update follows."""

RECIPIENT_REFUSED = frozenset({550, 551, 553})
"""RFC 5321, section 4.2.3: no such mailbox, not here, name not allowed; said of the recipient or of the data."""

ADDRESS_LIMIT = 254
"""RFC 5321, section 4.5.3.1.3, less the angle brackets."""

ANSWER_LIMIT = 200


class _Policy(EmailPolicy):
    """Writes the subject by email.header: the newer code loses spaces, or joins words (CPython 92081, 144156).

    Ids that a message refers to stay whole: the newer code would make encoded words of long ones.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        """Write one header with its name, folded, ending in CRLF."""
        if name.encode() in THREAD:
            return f"{name}: {value}{self.linesep}".encode("ascii")
        if name != "Subject" or value.isascii():
            return super().fold_binary(name, value)
        encoded = Header(value, "utf-8", header_name=name).encode(linesep=self.linesep)
        return f"{name}: {encoded}{self.linesep}".encode("ascii")


# Seven bits pass every server, whether it offers 8BITMIME or not.
_POLICY = _Policy(linesep="\r\n", cte_type="7bit")


class MailChannel:
    """Sends mail through `server`; `sender` is the From address, with or without a name before it."""

    def __init__(self, server: MailServer, clock: Clock, *, sender: str = "Tocsin <tocsin@localhost>") -> None:
        (name, spec), *others = getaddresses([sender]) or [("", "")]
        if others or not _is_address(spec):
            raise ConfigurationError(f"no mail address to send from: {sender!r}; write Tocsin <tocsin@example.org>")
        self._server = server
        self._clock = clock
        self._sender = MailAddress(display_name=_harmless(name), addr_spec=spec)

    def send(self, message: Message, address: Address) -> None:
        """Send, or raise ChannelError: permanent where the recipient is refused or no mail address at all."""
        recipient = address.address
        if not _is_address(recipient):
            raise ChannelError("no mail address that every server takes", permanent=True)
        raw = compose(message, recipient=recipient, sender=self._sender, at=self._clock.now())
        try:
            with self._server.connect() as session:
                session.sendmail(self._sender.addr_spec, [recipient], raw)
        except smtplib.SMTPRecipientsRefused as error:
            code, answer = error.recipients[recipient]
            raise self._answered(code, answer, permanent=code in RECIPIENT_REFUSED) from error
        except smtplib.SMTPDataError as error:
            raise self._answered(
                error.smtp_code, error.smtp_error, permanent=error.smtp_code in RECIPIENT_REFUSED
            ) from error
        except smtplib.SMTPResponseException as error:
            # Greeting, login or sender refused: the settings may be put right meanwhile.
            raise self._answered(error.smtp_code, error.smtp_error, permanent=False) from error
        except OSError as error:  # SMTPException is one too
            reason = one_line(str(error), ANSWER_LIMIT) or type(error).__name__
            raise ChannelError(f"mail server {self._server.host}: {reason}") from error

    def _answered(self, code: int, answer: bytes | str, *, permanent: bool) -> ChannelError:
        said = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
        text = one_line(f"mail server {self._server.host} answered {code}: {said}", ANSWER_LIMIT)
        return ChannelError(text, permanent=permanent)


def compose(message: Message, *, recipient: str, sender: MailAddress, at: datetime) -> bytes:
    """Make the mail as bytes, lines ending in CRLF. `at` is its Date; the Message-ID stays the same at every attempt.

    Raises ChannelError, permanent, where the serialised headers are not exactly those intended: Python 3.11.7 lets a
    hostile value break out of its header (CVE-2024-6923, CVE-2026-1299).
    """
    mail = EmailMessage(policy=_POLICY)
    try:
        mail["From"] = sender
        mail["To"] = MailAddress(addr_spec=recipient)
        mail["Subject"] = _harmless(subject(message))
        mail["Date"] = format_datetime(at)
        mail["Message-ID"] = f"<{message.key}@{sender.domain}>"
        if message.first_key is not None:
            for name in sorted(THREAD):
                mail[name.decode()] = f"<{message.first_key}@{sender.domain}>"
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday answers, please
        mail.set_content(body(message).encode("utf-8", "replace").decode())
        raw = mail.as_bytes()
    except (MessageError, ValueError) as error:
        raise ChannelError("the mail's headers cannot be written", permanent=True) from error
    check_headers(raw, recipient, follows=message.first_key is not None)
    return raw


def check_headers(raw: bytes, recipient: str, *, follows: bool = False) -> None:
    """Raise ChannelError unless the header lines of `raw` are exactly HEADERS and `To` is exactly `recipient`.

    `follows`: it follows another message, so those of THREAD are among them.
    """
    expected = tuple(name for name in HEADERS if follows or name not in THREAD)
    head, separator, _ = raw.partition(b"\r\n\r\n")
    found: list[tuple[bytes, bytes]] = []
    for line in head.split(b"\r\n"):
        if line.startswith((b" ", b"\t")) and found:
            name, value = found.pop()
            found.append((name, value + line))
        else:
            name, _, value = line.partition(b":")
            found.append((name, value))
    stray = b"\r" in head.replace(b"\r\n", b"") or b"\n" in head.replace(b"\r\n", b"") or not head.isascii()
    to = [value.strip() for name, value in found if name == b"To"]
    if not separator or stray or tuple(name for name, _ in found) != expected or to != [recipient.encode()]:
        raise ChannelError("the mail's headers are not the ones we wrote; it was not sent", permanent=True)


def _harmless(text: str) -> str:
    """One line without controls, and without what a reader would decode as an encoded word (RFC 2047)."""
    return one_line(text.replace("=?", "= ?"), SUBJECT_LIMIT)


def _is_address(text: str) -> bool:
    """Whether `text` is one bare ASCII address without anything that could become a second one."""
    local, at, domain = text.rpartition("@")
    plain = text.isascii() and text.isprintable() and not set(text) & set(' "(),:;<>[]\\')
    return bool(local and at and domain) and plain and "@" not in local and len(text) <= ADDRESS_LIMIT
