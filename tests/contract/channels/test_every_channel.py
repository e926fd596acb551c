"""What holds for every channel alike."""

from __future__ import annotations

import email
import email.policy
import io
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from worker.alerts.model import Address
from worker.channels.log import LogChannel
from worker.channels.mail import MailChannel
from worker.channels.smtp import SmtpServer
from worker.channels.webhook import WebhookChannel

if TYPE_CHECKING:
    from collections.abc import Callable

    from worker.alerts.model import AlertFacts, Message
    from worker.pipeline.ports import Channel

    Facts = Callable[..., AlertFacts]
    Messages = Callable[..., Message]


@dataclass
class Line:
    """A channel, an address behind it, and what has arrived there: each message as text."""

    channel: Channel
    address: Address
    arrived: Callable[[], list[str]]


@pytest.fixture
def webhook(receiver: Any, client: Any, clock: Any) -> Line:
    channel = WebhookChannel(client, clock, base_url=None)
    return Line(
        channel,
        Address(1, "webhook", receiver.url("/hook"), receiver.secret),
        lambda: [json.dumps(json.loads(one.body), ensure_ascii=False) for one in receiver.received],
    )


@pytest.fixture
def mail(mail_server: Any, clock: Any) -> Line:
    def arrived() -> list[str]:
        mails = [email.message_from_bytes(one.raw, policy=email.policy.default) for one in mail_server.inbox.mailed]
        return [f"{one['Message-ID']} {one['Subject']}\n{one.get_content()}" for one in mails]

    channel = MailChannel(SmtpServer("127.0.0.1", mail_server.port), clock)
    return Line(channel, Address(2, "email", "desk@example.org"), arrived)


@pytest.fixture
def log() -> Line:
    out = io.StringIO()
    logger = structlog.wrap_logger(
        structlog.WriteLogger(out), processors=[structlog.processors.JSONRenderer(ensure_ascii=False)]
    )
    return Line(LogChannel(logger), Address(3, "log", ""), lambda: out.getvalue().splitlines())


@pytest.fixture(params=["webhook", "mail", "log"])
def line(request: pytest.FixtureRequest) -> Line:
    found: Line = request.getfixturevalue(request.param)
    return found


def test_an_alert_arrives_once_with_list_title_link_and_key(line: Line, facts: Facts, message: Messages) -> None:
    told = message(facts(title="Україна: talks over"))
    line.channel.send(told, line.address)
    [text] = line.arrived()
    assert "Україна: talks over" in text
    assert "https://news.example.org/a" in text
    assert "Ukraine" in text
    if line.address.kind != "webhook":  # there it is a header
        assert told.key in text


def test_a_digest_tells_every_alert(line: Line, facts: Facts, message: Messages) -> None:
    line.channel.send(message(facts(title="One"), facts(alert=8, title="Two"), type="digest.created"), line.address)
    text = "\n".join(line.arrived())
    assert "One" in text
    assert "Two" in text


def test_a_notice_arrives(line: Line, message: Messages) -> None:
    line.channel.send(message(type="channel.test"), line.address)
    [text] = line.arrived()
    assert "test" in text


@pytest.mark.parametrize(
    "title", ["a\r\nb", "\x00\x1b[2J", "\u202egnp.exe", "\ud800", "=?utf-8?q?a=0Ab?=", "", "x" * 99_999]
)
def test_a_hostile_title_does_no_harm(line: Line, facts: Facts, message: Messages, title: str) -> None:
    line.channel.send(message(facts(title=title, summary=title, text=title)), line.address)
    [text] = line.arrived()
    assert not set(text) & {"\x00", "\x1b", "\u202e", "\ud800"}
    assert len(text) < 10_000


def test_several_threads_may_send_at_once(line: Line, facts: Facts, message: Messages) -> None:
    messages = [message(facts(title=f"Title {number}.")) for number in range(12)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: line.channel.send(one, line.address), messages))
    arrived = line.arrived()
    assert len(arrived) == 12
    assert all(any(f"Title {number}." in text for text in arrived) for number in range(12))
