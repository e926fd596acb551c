"""Mail through a real SMTP server."""

from __future__ import annotations

import email
import email.policy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from golden.facts import CORRECTED
from hypothesis import given
from hypothesis import strategies as st

from worker.alerts.model import Address
from worker.alerts.text import body, subject
from worker.channels.mail import HEADERS, THREAD, MailAddress, MailChannel, check_headers, compose
from worker.channels.smtp import SmtpServer
from worker.errors import ChannelError, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import EmailMessage

    from worker.alerts.model import AlertFacts, Message

    Facts = Callable[..., AlertFacts]
    Messages = Callable[..., Message]

DESK = Address(2, "email", "desk@example.org")
TOCSIN = MailAddress("Tocsin", addr_spec="tocsin@localhost")
EXPECTED = [name.decode() for name in HEADERS if name not in THREAD]

HOSTILE = [
    "Talks\r\nBcc: evil@example.org",
    "Talks\nBcc: evil@example.org\n\nBody of mine",
    "Talks\rX-Evil: 1",
    "Talks\r\n\r\n<script>",
    "Talks\x0bBcc: evil@example.org\x0c\x1c\x1d\x1e\x85\u2028Bcc: a@b\u2029",
    "=?utf-8?q?Talks=0D=0ABcc:_evil@example.org?=",
    "=?utf-8?b?VGFsa3MNCkJjYzogZXZpbEBleGFtcGxlLm9yZw==?=",
    "=?=?utf-8?q?a?= =?utf-8?q?=0A?=",
    "=\x00?utf-8?q?a=0D=0ABcc:_b@example.org?=",
    "=\u202e?utf-8?q?a=0D=0ABcc:_b@example.org?=",
    "Україна " * 60,
    "Україна " * 9 + "=?utf-8?q?=0A?= " * 20,
    "x" * 5_000,
    "ї" * 5_000,
    "\ud800\udfff Talks",
    "\x00\x07\x1b]0;title\x07",
    'a:b;c,<d@e.example>(f)"g\\',
    "🇺🇦" * 100,
    "e\u0301" * 300,
    " \t \r\n\t ",
    "",
]


@dataclass
class Mailing:
    """A running server's inbox, and how an alert gets there."""

    inbox: Any
    send: Callable[[Address], None]


@pytest.fixture
def mailing(mail_server: Any, clock: Any, alert: Message) -> Mailing:
    channel = MailChannel(SmtpServer("127.0.0.1", mail_server.port), clock)
    return Mailing(mail_server.inbox, lambda address: channel.send(alert, address))


def parsed(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, policy=email.policy.default)  # type: ignore[return-value]


def names(raw: bytes) -> list[str]:
    """Names of the header lines, read by hand: whatever begins no continuation is a header."""
    head = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").partition(b"\n\n")[0]
    return [line.partition(b":")[0].decode() for line in head.split(b"\n") if not line.startswith((b" ", b"\t"))]


def test_a_mail_is_what_it_should_be(mail_server: Any, clock: Any, facts: Facts, message: Messages) -> None:
    told = message(facts(title="Україна: talks over"))
    channel = MailChannel(SmtpServer("127.0.0.1", mail_server.port), clock, sender="Alerts <tocsin@example.net>")
    channel.send(told, DESK)
    [mailed] = mail_server.inbox.mailed
    assert (mailed.sender, mailed.recipients) == ("tocsin@example.net", ["desk@example.org"])
    mail = parsed(mailed.raw)
    assert mail.keys() == EXPECTED
    assert mail["From"] == "Alerts <tocsin@example.net>"
    assert mail["To"] == "desk@example.org"
    assert mail["Subject"] == subject(told)
    assert mail["Date"].datetime == clock.at
    assert mail["Message-ID"] == f"<{told.key}@example.net>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().replace("\r\n", "\n") == body(told)
    assert mailed.raw.isascii()
    assert max(map(len, mailed.raw.split(b"\r\n"))) <= 998  # RFC 5321, section 4.5.3.1.6


@pytest.mark.parametrize("domain", ["localhost", f"{'x' * 60}.{'y' * 60}.example"])
def test_an_update_answers_the_first_mail_of_its_alert(
    mail_server: Any, clock: Any, facts: Facts, message: Messages, domain: str
) -> None:
    channel = MailChannel(SmtpServer("127.0.0.1", mail_server.port), clock, sender=f"tocsin@{domain}")
    first = message(facts(title="Talks around Ukraine begin"))
    update = replace(message(facts(update=CORRECTED), type="alert.updated"), key="1d2e", first_key=first.key)
    for told in (first, update):
        channel.send(told, DESK)
    before, after = (parsed(one.raw) for one in mail_server.inbox.mailed)
    assert after["In-Reply-To"] == after["References"] == before["Message-ID"]
    assert after["Message-ID"] == f"<1d2e@{domain}>"
    assert after["Subject"] == f"Re: {before['Subject']}"
    assert after.keys() == [name.decode() for name in HEADERS]


def test_a_mail_that_answers_none_has_no_such_headers(facts: Facts, message: Messages) -> None:
    told = message(facts(update=CORRECTED), type="alert.updated")
    raw = compose(told, recipient="desk@example.org", sender=TOCSIN, at=facts().first_seen)
    assert names(raw) == EXPECTED
    for follows, head in ((True, good_head()), (False, good_head(THREAD))):
        with pytest.raises(ChannelError):
            check_headers(head + b"\r\n\r\n", "desk@example.org", follows=follows)


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_gives_the_expected_headers_and_one_recipient(
    mail_server: Any, clock: Any, facts: Facts, message: Messages, title: str
) -> None:
    told = message(facts(title=title, link=f"https://news.example.org/{title}", source=title, terms=(title,)))
    MailChannel(SmtpServer("127.0.0.1", mail_server.port), clock).send(told, DESK)
    [mailed] = mail_server.inbox.mailed
    assert mailed.recipients == ["desk@example.org"]
    assert names(mailed.raw) == EXPECTED
    mail = parsed(mailed.raw)
    assert mail.keys() == EXPECTED
    assert mail["To"] == "desk@example.org"
    assert len(mail["Subject"]) <= 200
    assert not set(mail["Subject"]) & set("\r\n\x00")
    assert "=?" not in mail["Subject"]


@given(st.text(st.sampled_from("abc def \"'?=_,.;:()<>-їé乌🇺🇦e\u0301"), min_size=40, max_size=180))
def test_a_subject_arrives_letter_by_letter(facts: Facts, message: Messages, title: str) -> None:
    told = message(facts(title=title, watch_lists=("Ukraine",)))
    raw = compose(told, recipient="desk@example.org", sender=TOCSIN, at=facts().first_seen)
    assert parsed(raw)["Subject"] == subject(told).replace("=?", "= ?")
    assert max(map(len, raw.partition(b"\r\n\r\n")[0].split(b"\r\n"))) <= 78


@given(st.text(st.sampled_from('=?=?utf-8qb_0DA:\r\n\t \x00\u2028éї🇺🇦\ud800\\"<>@,;')))
def test_no_title_whatever_changes_the_headers(facts: Facts, message: Messages, title: str) -> None:
    raw = compose(message(facts(title=title)), recipient="desk@example.org", sender=TOCSIN, at=facts().first_seen)
    assert names(raw) == EXPECTED
    assert "=?" not in parsed(raw)["Subject"]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "desk",
        "@example.org",
        "desk@",
        "desk@example.org, evil@example.org",
        "desk@example.org\r\nBcc: evil@example.org",
        "Desk <desk@example.org>",
        "desk@evil@example.org",
        '"desk evil"@example.org',
        "десk@example.org",
        "desk@приклад.example",
        "desk@example.org;",
        "group:desk@example.org;",
        "a..b@example.org",
        ".a@example.org",
        "desk@example..org",
        f"{'x' * 250}@example.org",
    ],
)
def test_an_address_that_is_none_or_two_is_never_mailed(mailing: Mailing, address: str) -> None:
    with pytest.raises(ChannelError) as caught:
        mailing.send(Address(2, "email", address))
    assert caught.value.permanent
    assert not mailing.inbox.mailed


@pytest.mark.parametrize(
    "address",
    ["a@b.c", "first.last+tag@example.org", "o'neil@example.org", f"{'x' * 60}@{'y' * 60}.{'z' * 60}.example"],
)
def test_other_addresses_are(mailing: Mailing, address: str) -> None:
    mailing.send(Address(2, "email", address))
    [mailed] = mailing.inbox.mailed
    assert mailed.recipients == [address]
    assert parsed(mailed.raw)["To"] == address


@pytest.mark.parametrize("sender", ["", "Tocsin", "Tocsin <tocsin>", "a@b, c@d", "Tocsin <т@example.org>"])
def test_a_sender_that_is_none_is_refused_at_once(clock: Any, sender: str) -> None:
    with pytest.raises(ConfigurationError, match="send from"):
        MailChannel(SmtpServer("127.0.0.1", 25), clock, sender=sender)


@pytest.mark.parametrize(
    "head",
    [
        b"From: a@b\r\nTo: desk@example.org",
        b"",
        b" folded: at once",
    ],
)
def test_other_headers_are_not_let_through(head: bytes) -> None:
    with pytest.raises(ChannelError) as caught:
        check_headers(head + b"\r\n\r\nbody", "desk@example.org")
    assert caught.value.permanent


def good_head(more: frozenset[bytes] = frozenset()) -> bytes:
    wanted = [name for name in HEADERS if name not in THREAD or name in more]
    return b"\r\n".join(name + (b": desk@example.org" if name == b"To" else b": x") for name in wanted)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Subject: x", b"Subject: x\r\nBcc: evil@example.org"),
        (b"Subject: x", b"Subject: x\nBcc: evil@example.org"),
        (b"Subject: x", b"Subject: x\rBcc: evil@example.org"),
        (b"Subject: x", b"Subject: \xd1\x97"),
        (b"Subject: x", b"Subject x"),
        (b"To: desk@example.org", b"To: desk@example.org,\r\n evil@example.org"),
        (b"To: desk@example.org", b"To: evil@example.org"),
        (b"Date: x", b""),
    ],
)
def test_every_way_out_of_a_header_is_noticed(old: bytes, new: bytes) -> None:
    check_headers(good_head() + b"\r\n\r\n", "desk@example.org")
    with pytest.raises(ChannelError):
        check_headers(good_head().replace(old, new) + b"\r\n\r\n", "desk@example.org")


def test_headers_without_an_end_are_noticed() -> None:
    with pytest.raises(ChannelError):
        check_headers(good_head(), "desk@example.org")


@pytest.mark.parametrize(
    ("where", "answer", "permanent"),
    [
        ("at_recipient", "550 no such user", True),
        ("at_recipient", "551 not here", True),
        ("at_recipient", "553 bad name", True),
        ("at_recipient", "552 mailbox full", False),
        ("at_recipient", "450 grey", False),
        ("at_recipient", "421 going down", False),
        ("at_data", "550 no thanks", True),
        ("at_data", "554 no thanks", False),
        ("at_data", "451 later", False),
        ("at_sender", "550 who are you", False),
        ("at_sender", "421 going down", False),
    ],
)
def test_a_refusal_is_permanent_only_if_the_recipient_is_refused(
    mailing: Mailing, where: str, answer: str, permanent: bool
) -> None:
    setattr(mailing.inbox, where, answer)
    with pytest.raises(ChannelError) as caught:
        mailing.send(DESK)
    code, _, text = answer.partition(" ")
    assert str(caught.value) == f"mail server 127.0.0.1 answered {code}: {text}"
    assert (caught.value.permanent, caught.value.disable) == (permanent, False)


def test_nobody_listens(clock: Any, alert: Message) -> None:
    with pytest.raises(ChannelError, match=r"^mail server 127\.0\.0\.1: .*refused") as caught:
        MailChannel(SmtpServer("127.0.0.1", 1), clock).send(alert, DESK)
    assert not caught.value.permanent
