"""The signed webhook against a receiver of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from servers.receiver import SECRET
from standardwebhooks import Webhook, WebhookVerificationError

from worker.alerts.model import Address
from worker.alerts.payload import payload
from worker.channels.webhook import WebhookChannel
from worker.clock import SystemClock
from worker.errors import BadResponse, ChannelError, DeadlineExceeded, FetchError, Refused, Unreachable
from worker.fetch.egress import Egress
from worker.fetch.loop_thread import LoopThread
from worker.fetch.model import PostLimits
from worker.fetch.policy import Policy
from worker.fetch.poster import GuardedPoster
from worker.fetch.transport import GuardedTransport

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from servers.receiver import Receiver

    from worker.alerts.model import AlertFacts, Message
    from worker.channels.ports import Answer

    Facts = Callable[..., AlertFacts]
    Messages = Callable[..., Message]

HOOK = "/hook/s3cr3t?token=t0k3n"


@dataclass(frozen=True)
class Broken:
    """A PostClient through which nothing goes."""

    error: FetchError

    def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
        raise self.error


@pytest.fixture
def hook(receiver: Receiver, client: GuardedPoster, clock: Any, alert: Message) -> Callable[[], None]:
    """Send an alert to the receiver."""
    channel = WebhookChannel(client, clock, base_url=None)
    return lambda: channel.send(alert, address_of(receiver))


def address_of(receiver: Receiver) -> Address:
    return Address(1, "webhook", receiver.url(HOOK), receiver.secret)


def test_the_receiver_can_verify_what_it_got(
    receiver: Receiver, client: GuardedPoster, facts: Facts, message: Messages
) -> None:
    told = message(facts(title="Україна"))
    # The receiver's library compares with the real clock.
    WebhookChannel(client, SystemClock(), base_url="http://127.0.0.1:8000").send(told, address_of(receiver))
    [posted] = receiver.received
    body = Webhook(SECRET).verify(posted.body, posted.headers)
    assert body == payload(told, base_url="http://127.0.0.1:8000")
    assert posted.body == json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    assert posted.headers["content-type"] == "application/json"
    assert posted.headers["webhook-id"] == told.key
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(posted.body.replace(b"desk", b"disk"), posted.headers)


def test_the_timestamp_header_is_the_time_of_sending(
    receiver: Receiver, client: GuardedPoster, clock: Any, alert: Message
) -> None:
    later = type(clock)(clock.at + timedelta(hours=5, microseconds=999_999))
    for one in (clock, later):
        WebhookChannel(client, one, base_url=None).send(alert, address_of(receiver))
    first, second = receiver.received
    stamps = [int(posted.headers["webhook-timestamp"]) for posted in receiver.received]
    assert stamps[0] == clock.at.timestamp()
    assert stamps[1] - stamps[0] == 5 * 3600
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


OTHERS = ("whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_" + "Zm9yZ290dGVuLWxvbmctYWdvLWFuZC1vdmVyMzI=")


def test_each_active_secret_signs_the_newest_first(
    receiver: Receiver, client: GuardedPoster, facts: Facts, message: Messages
) -> None:
    told = message(facts())
    address = Address(1, "webhook", receiver.url(HOOK), " ".join((OTHERS[0], SECRET, OTHERS[1])))
    WebhookChannel(client, SystemClock(), base_url=None).send(told, address)
    [posted] = receiver.received
    assert posted.signed, "a receiver takes it by any of its secrets"
    signatures = posted.headers["webhook-signature"].split(" ")
    assert len(signatures) == 3
    for secret, signature in zip((OTHERS[0], SECRET, OTHERS[1]), signatures, strict=True):
        assert signature.startswith("v1,")
        Webhook(secret).verify(posted.body, dict(posted.headers) | {"webhook-signature": signature})
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "A" * 40).verify(posted.body, dict(posted.headers))


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_2xx_is_success(receiver: Receiver, hook: Callable[[], None], status: int) -> None:
    receiver.answer_with(status)
    hook()
    assert len(receiver.received) == 1


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ((500, {}, b""), "127.0.0.1 answered 500"),
        ((500, {}, b"bad\r\nsignature\xff"), "127.0.0.1 answered 500: bad signature\ufffd"),
        ((404, {}, b"Cannot POST /hook/S3CR3T"), "127.0.0.1 answered 404"),
        ((404, {}, b"no such t0k3n"), "127.0.0.1 answered 404"),
        ((400, {}, b""), "127.0.0.1 answered 400"),
        ((302, {"location": "/elsewhere"}, b""), "127.0.0.1 answered 302, a redirect, which a webhook must not be"),
        ((308, {"location": "/elsewhere"}, b""), "127.0.0.1 answered 308, a redirect, which a webhook must not be"),
    ],
)
def test_anything_else_is_a_failure_to_try_again(
    receiver: Receiver, hook: Callable[[], None], answer: tuple[int, dict[str, str], bytes], text: str
) -> None:
    status, headers, body = answer
    receiver.answer_with(status, body=body, **headers)
    with pytest.raises(ChannelError) as caught:
        hook()
    assert str(caught.value) == text
    assert (caught.value.permanent, caught.value.disable, caught.value.retry_after) == (False, False, None)
    assert len(receiver.received) == 1


@pytest.mark.parametrize(("status", "ambiguous"), [(500, False), (502, True), (503, False), (504, True)])
def test_what_a_gateway_answers_leaves_it_open_whether_it_arrived(
    receiver: Receiver, hook: Callable[[], None], status: int, ambiguous: bool
) -> None:
    receiver.answer_with(status)
    with pytest.raises(ChannelError) as caught:
        hook()
    assert (caught.value.ambiguous, caught.value.permanent) == (ambiguous, False)


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_passed_on(receiver: Receiver, hook: Callable[[], None], status: int) -> None:
    receiver.answer_with(status, retry_after="120")
    with pytest.raises(ChannelError) as caught:
        hook()
    assert caught.value.retry_after == timedelta(minutes=2)


def test_410_turns_the_channel_off(receiver: Receiver, hook: Callable[[], None]) -> None:
    receiver.answer_with(410)
    with pytest.raises(ChannelError) as caught:
        hook()
    assert (caught.value.permanent, caught.value.disable) == (True, True)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (
            Refused("10.0.0.1 is private"),
            "our own policy refuses the address of hooks.example; the setting deliver_allow can allow it: 10.0.0.1 is private",
        ),
        (DeadlineExceeded(""), "hooks.example took too long"),
        (BadResponse("two lengths"), "the answer of hooks.example cannot be trusted: two lengths"),
        (Unreachable("reset by peer"), "hooks.example cannot be reached: reset by peer"),
        (Unreachable("POST https://u:p%40ss@hooks.example/T0/B1?k=v"), "hooks.example cannot be reached"),
        (Unreachable("login p@ss refused"), "hooks.example cannot be reached"),
    ],
)
def test_trouble_is_named_without_the_url(clock: Any, alert: Message, error: FetchError, text: str) -> None:
    address = Address(1, "webhook", "https://user:p%40ss@hooks.example:8443/T0/B1?k=v9", SECRET)
    with pytest.raises(ChannelError) as caught:
        WebhookChannel(Broken(error), clock, base_url=None).send(alert, address)
    assert str(caught.value) == text
    assert not caught.value.permanent
    assert caught.value.__cause__ is error


TOKEN = "0aG8xQ" * 8 + "Zz7"
WORDY = "щ" * 60


@pytest.mark.parametrize(
    ("token", "said"),
    [
        (TOKEN, "x" * 155 + "/" + TOKEN),
        (TOKEN, "x\n" * 30 + "x" * 100 + "/" + TOKEN),
        (TOKEN, "x" + "\n" * 300 + TOKEN),
        (TOKEN, "x" + "\n" * 950 + TOKEN),
        (TOKEN, "x" + "\u2009" * 318 + TOKEN),
        (WORDY, "x" + "\n" * 948 + WORDY),
    ],
)
def test_no_part_of_a_secret_passes_by_being_cut(
    receiver: Receiver, client: GuardedPoster, alert: Message, token: str, said: str
) -> None:
    receiver.answer_with(500, body=said.encode())
    url = receiver.url(f"/hook/{quote(token)}")
    with pytest.raises(ChannelError) as caught:
        WebhookChannel(client, SystemClock(), base_url=None).send(alert, Address(1, "webhook", url, SECRET))
    assert str(caught.value) == "127.0.0.1 answered 500"


def test_what_a_receiver_says_is_shown_cut_at_a_word(receiver: Receiver, hook: Callable[[], None]) -> None:
    receiver.answer_with(500, body=b"no  such\nkey " * 60)
    with pytest.raises(ChannelError) as caught:
        hook()
    shown = str(caught.value).removeprefix("127.0.0.1 answered 500: ")
    assert shown == ("no such key " * 60)[:200].rpartition(" ")[0] + "…"


@pytest.mark.parametrize("url", ["https://[broken", "https:///path"])
def test_a_url_that_is_none(clock: Any, alert: Message, url: str) -> None:
    channel = WebhookChannel(Broken(Refused("no URL")), clock, base_url=None)
    with pytest.raises(ChannelError, match="the receiver"):
        channel.send(alert, Address(1, "webhook", url, SECRET))


@pytest.mark.parametrize(
    ("error", "ambiguous"),
    [
        (DeadlineExceeded("late"), True),
        (BadResponse("two lengths"), True),
        (Unreachable("reset by peer"), True),
        (Refused("cannot be written down"), False),
    ],
)
def test_what_went_out_without_a_good_answer_may_have_arrived(
    clock: Any, alert: Message, error: FetchError, ambiguous: bool
) -> None:
    for sent in (True, False):
        error.sent = sent
        with pytest.raises(ChannelError) as caught:
            WebhookChannel(Broken(error), clock, base_url=None).send(
                alert, Address(1, "webhook", "https://h.example/", SECRET)
            )
        assert caught.value.ambiguous is (ambiguous and sent)


def test_a_receiver_that_hangs_is_ambiguous(receiver: Receiver, trusting: Any, clock: Any, alert: Message) -> None:
    receiver.answer_with(hang=True)
    transport = GuardedTransport(Policy(("127.0.0.0/8",)), tls=trusting)
    client = GuardedPoster(
        Egress(LoopThread(), transport, "Tocsin/test", SystemClock()), limits=PostLimits(total_seconds=0.3)
    )
    try:
        with pytest.raises(ChannelError, match="took too long") as caught:
            WebhookChannel(client, clock, base_url=None).send(alert, address_of(receiver))
        assert caught.value.ambiguous
        with pytest.raises(ChannelError) as caught:
            WebhookChannel(client, clock, base_url=None).send(
                alert, Address(1, "webhook", "http://127.0.0.1:1/", SECRET)
            )
        assert not caught.value.ambiguous
    finally:
        client.close()


def test_nobody_listens(client: GuardedPoster, clock: Any, alert: Message) -> None:
    address = Address(1, "webhook", "http://127.0.0.1:1/hook", SECRET)
    with pytest.raises(ChannelError, match=r"^127\.0\.0\.1 cannot be reached: 127\.0\.0\.1:1: no connection \(.*\)$"):
        WebhookChannel(client, clock, base_url=None).send(alert, address)


@pytest.mark.parametrize("secret", [None, "", "whsec_", "whsec_%%%=a", "whsec_a"])
def test_without_a_good_secret_nothing_is_sent(clock: Any, alert: Message, secret: str | None) -> None:
    address = Address(1, "webhook", "https://hooks.example/", secret)
    with pytest.raises(ChannelError, match="secret is missing or is no base64") as caught:
        WebhookChannel(Broken(Refused("asked")), clock, base_url=None).send(alert, address)
    assert not caught.value.permanent
    assert secret is None or len(secret) < 7 or secret not in str(caught.value)
