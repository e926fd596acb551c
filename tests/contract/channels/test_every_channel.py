"""What holds for every channel alike."""

from __future__ import annotations

import email
import email.policy
import io
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from worker.alerts.model import Address, Coverage
from worker.channels.apprise import AppriseChannel
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
        return [f"{one['Message-ID']} {one['Subject']}\n{one.get_body(('plain',)).get_content()}" for one in mails]

    channel = MailChannel(SmtpServer("127.0.0.1", mail_server.port), clock)
    return Line(channel, Address(2, "email", "desk@example.org"), arrived)


@pytest.fixture
def log() -> Line:
    out = io.StringIO()
    logger = structlog.wrap_logger(
        structlog.WriteLogger(out), processors=[structlog.processors.JSONRenderer(ensure_ascii=False)]
    )
    return Line(LogChannel(logger), Address(3, "log", ""), lambda: out.getvalue().splitlines())


@pytest.fixture
def apprise(receiver: Any, client: Any) -> Line:
    return Line(
        AppriseChannel(client),
        Address(4, "apprise", receiver.url("/desk").replace("http://", "ntfy://")),
        lambda: [" ".join(str(value) for value in one.json.values()) for one in receiver.received],
    )


@pytest.fixture(params=["webhook", "mail", "apprise", "log"])
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
    if line.address.kind in {"email", "log"}:  # there is no place for it in a chat; the webhook has it in a header
        assert told.key in text


def test_a_digest_tells_every_alert(line: Line, facts: Facts, message: Messages) -> None:
    line.channel.send(
        message(facts(title="One"), facts(alert=8, story=4, title="Two"), type="digest.created"), line.address
    )
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


def test_a_heartbeat_says_that_nothing_matched(line: Line, message: Messages) -> None:
    coverage = Coverage({"ok": 3}, timedelta(minutes=4), "Example World")
    line.channel.send(message(type="digest.created", coverage=coverage), line.address)
    [text] = line.arrived()
    assert "othing matched" in text or line.address.kind == "webhook"
    assert "Example World" in text


def test_a_channel_that_is_off_is_a_notice(line: Line, message: Messages) -> None:
    data = {"channel": "webhook d.example", "subscriber": "editor", "reason": "it answered 410"}
    line.channel.send(replace(message(type="channel.disabled"), data=data), line.address)
    [text] = line.arrived()
    assert all(word in text.replace("\u200b", "") for word in ("webhook d.example", "editor", "it answered 410"))


def test_several_threads_may_send_at_once(line: Line, facts: Facts, message: Messages) -> None:
    messages = [message(facts(title=f"Title {number}.")) for number in range(12)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: line.channel.send(one, line.address), messages))
    arrived = line.arrived()
    assert len(arrived) == 12
    assert all(any(f"Title {number}." in text for text in arrived) for number in range(12))
