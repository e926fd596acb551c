"""Mail through a real SMTP server."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from golden.facts import CORRECTED
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs
from unit.alerts.hostile_titles import HOSTILE

from worker.alerts.html import html
from worker.alerts.model import Address, MessageLinks
from worker.alerts.text import body, subject
from worker.channels.mail import NOBODY, MailAddress, MailChannel, compose, sender_of
from worker.channels.mail_headers import ALONE, HEADERS, PARTS, check_headers
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
ALERT = ["List-Id"]
"""The headers of an alert, beside those that every mail has."""


def expected(*own: str) -> list[str]:
    return [*HEADERS[:-1], *own, HEADERS[-1], *PARTS]


EXPECTED = expected(*ALERT)


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
    assert re.fullmatch(r"<ukraine\.[0-9a-f]{8}\.lists\.example\.net>", mail["List-Id"])
    assert mail.get_content_type() == "multipart/alternative"
    text, page = mail.iter_parts()
    assert (text.get_content_type(), page.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content().replace("\r\n", "\n") == body(told)
    assert page.get_content().replace("\r\n", "\n") == html(told)
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
    assert after.keys() == expected("In-Reply-To", "References", "List-Id")
    assert after["List-Id"] == before["List-Id"]


def test_a_mail_that_answers_none_has_no_such_headers(facts: Facts, message: Messages) -> None:
    told = message(facts(update=CORRECTED), type="alert.updated")
    raw = compose(told, recipient="desk@example.org", sender=TOCSIN, at=facts().first_seen)
    assert names(raw) == EXPECTED


LINKS = MessageLinks("https://tocsin.example/s", "https://tocsin.example/x?t=a&k=b")


@pytest.mark.parametrize(
    ("unsubscribe", "own"),
    [
        (LINKS.unsubscribe, ["List-Unsubscribe", "List-Unsubscribe-Post"]),
        ("http://127.0.0.1:8000/x", ["List-Unsubscribe"]),
        ("https://tocsin.example/" + "x" * 1_000, []),
        ("javascript:alert(1)", []),
    ],
)
def test_how_to_hear_no_more_of_it(facts: Facts, message: Messages, unsubscribe: str, own: list[str]) -> None:
    told = message(facts(), links=replace(LINKS, unsubscribe=unsubscribe))
    raw = compose(told, recipient="desk@example.org", sender=TOCSIN, at=facts().first_seen)
    assert names(raw) == expected("List-Id", *own)
    mail = parsed(raw)
    assert mail["List-Unsubscribe"] == (f"<{unsubscribe}>" if own else None)
    assert mail["List-Unsubscribe-Post"] == ("List-Unsubscribe=One-Click" if len(own) > 1 else None)


@pytest.mark.parametrize(
    ("lists", "type_", "label"),
    [
        ((("Ukraine",),), "alert.created", r"ukraine\.[0-9a-f]{8}\.lists"),
        ((("Ukraine",), ("Ukraine",)), "digest.created", r"ukraine\.[0-9a-f]{8}\.lists"),
        ((("Ukraine",), ("Grain & sea",)), "digest.created", "digest.lists"),
        ((), "digest.created", "digest.lists"),
        ((("Україна\r\nX: y",),), "alert.created", r"x-y\.[0-9a-f]{8}\.lists"),
        ((("乌克兰",),), "alert.created", r"list\.[0-9a-f]{8}\.lists"),
        ((("a" * 200,),), "alert.created", r"a{40}\.[0-9a-f]{8}\.lists"),
        ((), "channel.test", None),
    ],
)
def test_the_list_has_an_id_in_ascii(
    facts: Facts, message: Messages, lists: tuple[tuple[str, ...], ...], type_: str, label: str | None
) -> None:
    told = message(*(facts(story=number, watch_lists=one) for number, one in enumerate(lists)), type=type_)
    mail = parsed(compose(told, recipient="desk@example.org", sender=TOCSIN, at=facts().first_seen))
    if label is None:
        assert mail["List-Id"] is None
    else:
        assert re.fullmatch(rf"<{label}\.localhost>", mail["List-Id"])


@pytest.mark.parametrize("title", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_title_gives_the_expected_headers_and_one_recipient(
    mail_server: Any, clock: Any, facts: Facts, message: Messages, title: str
) -> None:
    told = message(
        facts(
            title=title, link=f"https://news.example.org/{title}", source=title, terms=(title,), watch_lists=(title,)
        ),
        links=LINKS,
    )
    MailChannel(SmtpServer("127.0.0.1", mail_server.port), clock).send(told, DESK)
    [mailed] = mail_server.inbox.mailed
    assert mailed.recipients == ["desk@example.org"]
    wanted = expected("List-Id", "List-Unsubscribe", "List-Unsubscribe-Post")
    assert names(mailed.raw) == wanted
    mail = parsed(mailed.raw)
    assert mail.keys() == wanted
    assert not mail.defects
    assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert mail["List-Unsubscribe"] == f"<{LINKS.unsubscribe}>"
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


def test_own_words_are_a_mail_of_one_part(mail_server: Any, clock: Any, facts: Facts, message: Messages) -> None:
    channel = MailChannel(SmtpServer("127.0.0.1", mail_server.port), clock)
    for template in ("Dear {{ subscriber }}: {{ story.headline }}\n{{ story.link }}\n", "{{ story.nothing }}"):
        with capture_logs() as logs:
            channel.send(message(facts(title="Україна\r\nBcc: a@b")), replace(DESK, template=template))
    own, ours = (parsed(mailed.raw) for mailed in mail_server.inbox.mailed)
    assert own.get_content_type() == "text/plain"
    assert own.get_content() == "Dear desk: Україна Bcc: a@b\r\nhttps://news.example.org/a\r\n"
    assert own.keys() == [*HEADERS[:-1], "List-Id", HEADERS[-1], *ALONE]
    assert ours.get_content_type() == "multipart/alternative", "an alert is never lost to a template"
    assert [(line["event"], line["reason"]) for line in logs] == [("template failed", "there is no `nothing` here")]


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
        check_headers(head + b"\r\n\r\nbody", "desk@example.org", [], parts=True)
    assert caught.value.permanent


OWN = [("List-Id", "<a.localhost>"), ("List-Unsubscribe", "<https://tocsin.example/x>")]


def good_head() -> bytes:
    values = {"To": "desk@example.org", **dict(OWN)}
    return "\r\n".join(f"{name}: {values.get(name, 'x')}" for name in expected(*dict(OWN))).encode()


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
        (b"Date: x", b"Date: x\r\nDate: x"),
        (b"MIME-Version: x", b"Content-Transfer-Encoding: x\r\nMIME-Version: x"),
        (b"List-Id: <a.localhost>", b"List-Id: <b.localhost>"),
        (b"tocsin.example", b"evil.example"),
        (b"List-Id: <a.localhost>\r\n", b""),
        (
            b"List-Id: <a.localhost>\r\n",
            b"List-Id: <a.localhost>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
        ),
    ],
)
def test_every_way_out_of_a_header_is_noticed(old: bytes, new: bytes) -> None:
    assert old in good_head()
    check_headers(good_head() + b"\r\n\r\n", "desk@example.org", OWN, parts=True)
    with pytest.raises(ChannelError):
        check_headers(good_head().replace(old, new) + b"\r\n\r\n", "desk@example.org", OWN, parts=True)


def test_a_mail_of_one_part_has_other_headers() -> None:
    head = good_head().replace(
        b"MIME-Version: x\r\nContent-Type: x", b"Content-Type: x\r\nContent-Transfer-Encoding: x\r\nMIME-Version: x"
    )
    check_headers(head + b"\r\n\r\n", "desk@example.org", OWN, parts=False)
    with pytest.raises(ChannelError):
        check_headers(good_head() + b"\r\n\r\n", "desk@example.org", OWN, parts=False)


def test_headers_without_an_end_are_noticed() -> None:
    with pytest.raises(ChannelError):
        check_headers(good_head(), "desk@example.org", OWN, parts=True)


@pytest.mark.parametrize(
    ("where", "answer", "permanent", "disable"),
    [
        ("at_recipient", "550 no such user", True, True),
        ("at_recipient", "551 not here", True, True),
        ("at_recipient", "553 bad name", True, True),
        ("at_recipient", "554 5.1.1 no such user", True, True),
        ("at_recipient", "550 5.1.10 null mx", True, True),
        ("at_recipient", "550 5.7.1 not from you", True, False),
        ("at_recipient", "554 no thanks", True, False),
        ("at_recipient", "552 mailbox full", False, False),
        ("at_recipient", "450 4.1.1 grey", False, False),
        ("at_recipient", "421 going down", False, False),
        ("at_data", "550 no thanks", True, False),
        ("at_data", "554 5.1.1 no thanks", True, False),
        ("at_data", "451 later", False, False),
        ("at_sender", "550 who are you", False, False),
        ("at_sender", "421 going down", False, False),
    ],
)
def test_a_refusal_is_permanent_where_recipient_or_message_are_refused_for_good(
    mailing: Mailing, where: str, answer: str, permanent: bool, disable: bool
) -> None:
    setattr(mailing.inbox, where, answer)
    with pytest.raises(ChannelError) as caught:
        mailing.send(DESK)
    code, _, text = answer.partition(" ")
    assert str(caught.value) == f"mail server 127.0.0.1 answered {code}: {text}"
    assert (caught.value.permanent, caught.value.disable) == (permanent, disable)
    assert not caught.value.ambiguous


def test_nobody_listens(clock: Any, alert: Message) -> None:
    with pytest.raises(ChannelError, match=r"^mail server 127\.0\.0\.1: .*refused") as caught:
        MailChannel(SmtpServer("127.0.0.1", 1), clock).send(alert, DESK)
    assert not caught.value.permanent


@pytest.mark.parametrize(
    ("mail_from", "machine", "sender"),
    [
        ("news@paper.example", "box.example.net", "news@paper.example"),
        (None, "Box.Example.net", "tocsin@box.example.net"),
        *(
            (None, machine, NOBODY)
            for machine in ("box", "", "box.", "10.0.0.1", "b ox.example", f"{'x' * 250}.example")
        ),
    ],
)
def test_who_sends(mail_from: str | None, machine: str, sender: str) -> None:
    assert sender_of(mail_from, machine) == f"Tocsin <{sender}>"


def test_ids_and_lists_are_of_the_senders_domain_at_every_attempt(mail_server: Any, clock: Any, alert: Message) -> None:
    for _ in range(2):
        sender = sender_of("news@paper.example", "box")
        MailChannel(SmtpServer("127.0.0.1", mail_server.port), clock, sender=sender).send(alert, DESK)
    first, second = (email.message_from_bytes(one.raw, policy=email.policy.default) for one in mail_server.inbox.mailed)
    assert first["From"] == "Tocsin <news@paper.example>"
    assert first["Message-ID"] == second["Message-ID"] == f"<{alert.key}@paper.example>"
    assert first["List-Id"].endswith(".lists.paper.example>")
