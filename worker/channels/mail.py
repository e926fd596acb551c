"""Mail: one message to one recipient, as text and as HTML, its headers counted before it leaves (RELIABILITY 15)."""

from __future__ import annotations

import re
import smtplib
from email.errors import MessageError
from email.headerregistry import Address as MailAddress
from email.message import EmailMessage
from email.utils import format_datetime, getaddresses
from typing import TYPE_CHECKING

import structlog

from worker.alerts.html import html
from worker.alerts.lines import one_line
from worker.alerts.template import TemplateFailed, in_their_words
from worker.alerts.text import SUBJECT_LIMIT, body, subject
from worker.alerts.tongues import PLAIN
from worker.channels.mail_headers import Policy, check_headers, raw_headers
from worker.channels.ports import Unanswered
from worker.errors import ChannelError, ConfigurationError

if TYPE_CHECKING:
    from datetime import datetime

    from worker.alerts.model import Address, Message
    from worker.channels.ports import MailServer
    from worker.clock import Clock

NO_SUCH_MAILBOX = frozenset({550, 551, 553})
"""RFC 5321, section 4.2.3: no such mailbox, not here, name not allowed; said of the recipient."""

MAILBOX_FULL = 552
"""RFC 5321, section 4.5.3.1.10: of a recipient it is to be taken for 452, which passes."""

FOR_GOOD = range(500, 600)

_ENHANCED = re.compile(r"\s*([245]\.\d{1,3})\.\d{1,3}\b")
"""RFC 3463: 5.1.x is about the recipient's address; 5.7.x, say, is the policy of whoever would take it."""

_OF_THE_ADDRESS = "5.1"

NOBODY = "tocsin@localhost"

_WHOLE_NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])?")
"""A machine's name that a domain of mail can be: with a dot, and no address."""

ADDRESS_LIMIT = 254
"""RFC 5321, section 4.5.3.1.3, less the angle brackets."""

ANSWER_LIMIT = 200

log = structlog.get_logger(__name__)

# Seven bits pass every server, whether it offers 8BITMIME or not.
_POLICY = Policy(linesep="\r\n", cte_type="7bit")


class MailChannel:
    """Sends mail through `server`; `sender` is the From address, with or without a name before it."""

    def __init__(self, server: MailServer, clock: Clock, *, sender: str = f"Tocsin <{NOBODY}>") -> None:
        (name, spec), *others = getaddresses([sender]) or [("", "")]
        if others or not _is_address(spec):
            raise ConfigurationError(f"no mail address to send from: {sender!r}; write Tocsin <tocsin@example.org>")
        self._server = server
        self._clock = clock
        self._sender = MailAddress(display_name=_harmless(name), addr_spec=spec)

    def send(self, message: Message, address: Address) -> None:
        """Send, or raise ChannelError.

        Permanent where the recipient or the message is refused for good, or there is no mail address at all; the
        channel is to be turned off where there is no such mailbox. Ambiguous where the message was handed over, and
        no answer came.
        """
        self.tell(message, address)

    def tell(self, message: Message, address: Address) -> str:
        """Send as `send` does, and return what the server answered to the message."""
        recipient = address.address
        if not _is_address(recipient):
            raise ChannelError("no mail address that every server takes", permanent=True)
        text = own_words(message, address)
        raw = compose(message, recipient=recipient, sender=self._sender, at=self._clock.now(), text=text)
        try:
            with self._server.connect() as session:
                session.sendmail(self._sender.addr_spec, [recipient], raw)
                answer = session.accepted
        except smtplib.SMTPRecipientsRefused as error:
            code, said = error.recipients[recipient]
            gone = _is_gone(code, said)
            raise self._answered(
                code, said, permanent=gone or (code in FOR_GOOD and code != MAILBOX_FULL), disable=gone
            ) from error
        except smtplib.SMTPDataError as error:
            raise self._answered(error.smtp_code, error.smtp_error, permanent=error.smtp_code in FOR_GOOD) from error
        except smtplib.SMTPResponseException as error:
            # Greeting, login or sender refused: the settings may be put right meanwhile.
            raise self._answered(error.smtp_code, error.smtp_error) from error
        except OSError as error:  # SMTPException is one too
            reason = one_line(str(error), ANSWER_LIMIT) or type(error).__name__
            ambiguous = isinstance(error, Unanswered)
            if ambiguous:
                reason = f"no answer to the message that was handed over ({reason})"
            raise ChannelError(f"mail server {self._server.host}: {reason}", ambiguous=ambiguous) from error
        return one_line(f"mail server {self._server.host} answered {_text(answer)}", ANSWER_LIMIT)

    def _answered(
        self, code: int, answer: bytes | str, *, permanent: bool = False, disable: bool = False
    ) -> ChannelError:
        text = one_line(f"mail server {self._server.host} answered {code}: {_text(answer)}", ANSWER_LIMIT)
        return ChannelError(text, permanent=permanent, disable=disable)


def sender_of(mail_from: str | None, machine: str) -> str:
    """Return the From address of all mails, by the setting or else the machine's own name.

    That is not looked up: what a resolver answers may differ from one attempt to the next, and with it the Message-ID.
    """
    own = f"tocsin@{machine.lower()}"
    if mail_from is None:
        mail_from = own if _WHOLE_NAME.fullmatch(machine.lower()) and _is_address(own) else NOBODY
    return f"Tocsin <{mail_from}>"


def own_words(message: Message, address: Address) -> str | None:
    """Return the text in the subscriber's own words; None where there are none, or they cannot be told."""
    if address.template is None or not message.alerts:
        return None
    try:
        return in_their_words(address.template, message, PLAIN, text=body(message))
    except TemplateFailed as error:
        log.warning("template failed", channel="email", subscriber=message.subscriber, reason=str(error))
        return None


def compose(message: Message, *, recipient: str, sender: MailAddress, at: datetime, text: str | None = None) -> bytes:
    """Make the mail as bytes, lines ending in CRLF. `at` is its Date; the Message-ID stays the same at every attempt.

    Plain text first, then HTML; or `text` alone. Raises ChannelError, permanent, where the serialised headers are not
    exactly those intended.
    """
    mail = EmailMessage(policy=_POLICY)
    own = raw_headers(message, sender.domain)
    try:
        mail["From"] = sender
        mail["To"] = MailAddress(addr_spec=recipient)
        mail["Subject"] = _harmless(subject(message))
        mail["Date"] = format_datetime(at)
        mail["Message-ID"] = f"<{message.key}@{sender.domain}>"
        for name, value in own:
            mail[name] = value
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday answers, please
        mail.set_content(_encodable(body(message) if text is None else text))
        if text is None:
            mail.add_alternative(_encodable(html(message)), subtype="html")
        raw = mail.as_bytes()
    except (MessageError, ValueError) as error:
        raise ChannelError("the mail's headers cannot be written", permanent=True) from error
    check_headers(raw, recipient, own, parts=text is None)
    return raw


def _is_gone(code: int, answer: bytes | str) -> bool:
    """Whether there is no such mailbox, says the answer to a recipient."""
    enhanced = _ENHANCED.match(_text(answer))
    if enhanced is not None:
        return code in FOR_GOOD and enhanced[1] == _OF_THE_ADDRESS
    return code in NO_SUCH_MAILBOX


def _text(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer


def _encodable(text: str) -> str:
    """`text` without lone surrogates, which no encoding takes."""
    return text.encode("utf-8", "replace").decode()


def _harmless(text: str) -> str:
    """One line without controls, and without what a reader would decode as an encoded word (RFC 2047)."""
    return one_line(text.replace("=?", "= ?"), SUBJECT_LIMIT)


def _is_address(text: str) -> bool:
    """Whether `text` is one bare ASCII address without anything that could become a second one."""
    local, at, domain = text.rpartition("@")
    plain = text.isascii() and text.isprintable() and not set(text) & set(' "(),:;<>[]\\')
    return bool(local and at and domain) and plain and "@" not in local and len(text) <= ADDRESS_LIMIT
