"""Apprise: its plugins over the guarded client, to a real receiver and to one that is recorded."""

from __future__ import annotations

import ast
import importlib.util
import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs
from unit.alerts.hostile_titles import HOSTILE

from config.apprise_services import SERVICES, shown_apprise
from worker.alerts.model import Address
from worker.channels import plugin_http
from worker.channels.apprise import AppriseChannel, preview
from worker.channels.plugin_http import MOST_REQUESTS, RequestException, Requests
from worker.clock import SystemClock
from worker.errors import BadResponse, ChannelError, DeadlineExceeded, FetchError, Refused, Unreachable
from worker.fetch.egress import Egress
from worker.fetch.loop_thread import LoopThread
from worker.fetch.model import Reply
from worker.fetch.policy import Policy
from worker.fetch.poster import GuardedPoster
from worker.fetch.transport import GuardedTransport

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from servers.receiver import Receiver

    from worker.alerts.model import AlertFacts, Message

    Facts = Callable[..., AlertFacts]
    Messages = Callable[..., Message]

URLS = {
    "ntfy": "ntfys://ntfy.example/desk",
    "telegram": "tgram://123456789:abcdefg_hijklmnop-qrstuvwxyz012345/12315544",
    "slack": "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general",
    "discord": "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
    "matrix": "matrixs://desk:s3cret@matrix.example/!room:matrix.example",
    "mattermost": "mmosts://mm.example/3ccdd113474722377935511fc85d3dd4",
    "gotify": "gotifys://gotify.example/AkYbS0kdmXnSBpE",
    "pushover": f"pover://{'u' * 30}@{'a' * 30}",
    "rocketchat": "rockets://desk:s3cret@rocket.example/%23general",
    "zulip": f"zulip://bot@org.zulipchat.com/{'a' * 32}/general",
    "workflows": "workflows://prod-1.westus.logic.azure.com:443/abcdef0123456789/sigsigsig",
    "signal": "signals://signal.example/+15551234567/+15557654321",
    "pushbullet": f"pbul://{'a' * 34}",
}
TWO_CHATS = f"{URLS['telegram']}/12315545"
FINE: dict[str, dict[str, object]] = {
    "api/v1/login": {"status": "success", "data": {"authToken": "t", "userId": "u"}},
    "/_matrix/client/versions": {"versions": ["v1.1"]},
    "/login": {"access_token": "t", "user_id": "@d:matrix.example", "home_server": "matrix.example"},
    "/join": {"room_id": "!room:matrix.example"},
}


@dataclass
class Recorded:
    """An HttpClient that reaches nobody: what it was asked, and its answers in order, then good ones."""

    answers: list[Reply | FetchError] = field(default_factory=list)
    asked: list[tuple[str, str, dict[str, str], str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def request(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes, seconds: float | None = None
    ) -> Reply:
        with self.lock:
            self.asked.append((method, url, dict(headers), body.decode()))
            if self.answers:
                answer = self.answers.pop(0)
                if isinstance(answer, FetchError):
                    raise answer
                return answer
        if "well-known" in url:
            return Reply(404, {}, b"{}")
        if "hooks.slack.com" in url:
            return Reply(200, {}, b"ok")
        found = next((value for end, value in FINE.items() if end in url), {"ok": True, "event_id": "e"})
        return Reply(200, {"content-type": "application/json"}, json.dumps(found).encode())


def to(url: str, template: str | None = None) -> Address:
    return Address(4, "apprise", url, template=template)


def local(receiver: Receiver, topic: str = "desk") -> Address:
    return to(receiver.url(f"/{topic}").replace("http://", "ntfy://"))


def failure(client: Any, message: Message, url: str) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        AppriseChannel(client).send(message, to(url))
    return caught.value


@pytest.mark.parametrize("url", URLS.values(), ids=URLS)
def test_each_service_gets_the_message(alert: Message, url: str) -> None:
    client = Recorded()
    AppriseChannel(client).send(alert, to(url))
    said = "".join(body for _, _, _, body in client.asked)
    assert "Talks" in said
    assert "news.example.org" in said
    assert all(asked.startswith("https://") for _, asked, _, _ in client.asked)
    assert not any("user-agent" in {name.lower() for name in headers} for _, _, headers, _ in client.asked)
    assert "caronc" not in said, "no picture of theirs"


def test_every_service_is_tried_here() -> None:
    assert {SERVICES[url.partition("://")[0]].plugin for url in URLS.values()} == {
        one.plugin for one in SERVICES.values()
    }


OUTSIDE = {"socket", "ssl", "http", "urllib3", "aiohttp", "httpx", "subprocess", "multiprocessing", "ctypes", "smtplib"}


@pytest.mark.parametrize("module", sorted({one.module for one in SERVICES.values()}))
def test_its_plugin_goes_out_by_nothing_but_requests(module: str) -> None:
    """Of another release of Apprise, too: what the stand-in has not, no plugin may use."""
    found = importlib.util.find_spec(f"apprise.plugins.{module}")
    assert found is not None
    assert found.origin is not None
    place = Path(found.origin)
    sources = sorted(place.parent.glob("*.py")) if place.name == "__init__.py" else [place]
    used: set[str] = set()
    for source in sources:
        for node in ast.walk(ast.parse(source.read_text())):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            assert not {name.partition(".")[0] for name in names} & OUTSIDE
            assert not [name for name in names if name.startswith(("urllib.request", "requests."))]
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "requests":
                used.add(node.attr)
    assert used <= {name for name in dir(Requests(None)) if not name.startswith("_")}
    assert "post" in used or "request" in used


@pytest.mark.parametrize("url", URLS.values(), ids=URLS)
def test_what_is_too_long_is_made_to_fit(facts: Facts, message: Messages, url: str) -> None:
    long = message(*(facts(alert=n, story=n, title=f"{n} Україна " * 20) for n in range(1, 40)), type="digest.created")
    client = Recorded()
    AppriseChannel(client).send(long, to(url))
    sent = [one for one in client.asked if "Kyiv" in one[3]]
    assert len(sent) == 1, "in one piece"


@pytest.mark.parametrize("title", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_title_arrives_as_text(
    receiver: Receiver, client: GuardedPoster, facts: Facts, message: Messages, title: str
) -> None:
    AppriseChannel(client).send(message(facts(title=title, source=title)), local(receiver))
    [posted] = receiver.received
    assert posted.json.keys() == {"topic", "title", "message"}
    assert (posted.path, posted.json["topic"]) == ("/", "desk")
    assert posted.headers.keys() <= {
        "host", "user-agent", "accept", "accept-encoding", "content-type", "content-length",
    }  # fmt: skip
    assert posted.headers["user-agent"] == "Tocsin/test"
    assert "@everyone" not in posted.json["message"] + posted.json["title"]


@pytest.mark.parametrize(
    ("status", "text", "gone"),
    [
        (500, "answered 500: no", False),
        (403, "answered 403: no", False),
        (404, "answered 404: no", False),
        (410, "answered 410: nothing arrives there any more", True),
        (302, "answered 302, a redirect, which is not followed: no", False),
        (307, "answered 307, a redirect, which is not followed: no", False),
    ],
)
def test_what_an_answer_means(
    receiver: Receiver, client: GuardedPoster, alert: Message, *, status: int, text: str, gone: bool
) -> None:
    receiver.answer_with(status, body=b"no", location="/other")
    error = failure(client, alert, local(receiver).address)
    assert str(error) == f"ntfy://{receiver.url('').removeprefix('http://').strip('/')}/... {text}"
    assert (error.permanent, error.disable, error.ambiguous, error.retry_after) == (gone, gone, False, None)
    assert len(receiver.received) == 1


@pytest.mark.parametrize(
    ("service", "status", "gone"),
    [
        ("discord", 404, True),
        ("slack", 404, True),
        ("workflows", 404, True),
        ("telegram", 403, True),
        ("telegram", 404, False),
        ("pushover", 404, False),
    ],
)
def test_a_service_that_has_forgotten_the_address_is_gone(
    alert: Message, service: str, status: int, gone: bool
) -> None:
    error = failure(Recorded([Reply(status, {}, b"{}")]), alert, URLS[service])
    assert (error.permanent, error.disable) == (gone, gone)


@pytest.mark.parametrize("service", ["ntfy", "discord", "slack", "matrix", "telegram"])
def test_a_service_that_wants_a_pause_gets_it(alert: Message, service: str) -> None:
    client = Recorded([Reply(429, {}, b"{}", timedelta(seconds=70))])
    error = failure(client, alert, URLS[service])
    assert error.retry_after == timedelta(seconds=70)
    assert not error.permanent
    assert len(client.asked) == 1, "nobody waits, and nobody asks again"


def unsent(error: FetchError, *, sent: bool) -> FetchError:
    error.sent = sent
    return error


@pytest.mark.parametrize(
    ("error", "text", "ambiguous"),
    [
        (unsent(DeadlineExceeded("h:443: late"), sent=True), "took too long: h:443: late", True),
        (unsent(DeadlineExceeded("h:443: late"), sent=False), "took too long: h:443: late", False),
        (unsent(Unreachable("h:443: reset"), sent=True), "cannot be reached: h:443: reset", True),
        (unsent(Unreachable("h:443: no connection"), sent=False), "cannot be reached: h:443: no connection", False),
        (unsent(BadResponse("two lengths"), sent=True), "cannot be trusted: two lengths", True),
        (Refused("10.0.0.1 is private"), "can allow it: 10.0.0.1 is private", False),
    ],
)
def test_trouble_on_the_way(alert: Message, error: FetchError, text: str, ambiguous: bool) -> None:
    failed = failure(Recorded([error]), alert, URLS["discord"])
    assert str(failed).endswith(text)
    assert "discord://..." in str(failed)
    assert failed.ambiguous is ambiguous
    assert not failed.permanent


def test_a_question_without_an_answer_is_not_ambiguous(alert: Message) -> None:
    failed = failure(Recorded([unsent(DeadlineExceeded("late"), sent=True)]), alert, URLS["matrix"])
    assert not failed.ambiguous, "nothing but the server's own description was asked for"


@pytest.mark.parametrize(
    ("first", "last", "ambiguous"),
    [
        (unsent(DeadlineExceeded("late"), sent=True), Refused("no"), True),
        (unsent(DeadlineExceeded("late"), sent=True), Reply(500, {}, b"{}"), True),
        (unsent(DeadlineExceeded("late"), sent=True), Reply(403, {}, b"{}"), True),
        (Reply(504, {}, b"{}"), Refused("no"), True),
        (unsent(DeadlineExceeded("late"), sent=False), Refused("no"), False),
        (Reply(500, {}, b"{}"), Refused("no"), False),
    ],
)
def test_any_request_that_may_have_been_the_message_counts(
    alert: Message, first: Reply | FetchError, last: Reply | FetchError, ambiguous: bool
) -> None:
    client = Recorded([first, last])
    failed = failure(client, alert, TWO_CHATS)
    assert [method for method, *_ in client.asked] == ["POST", "POST"]
    assert failed.ambiguous is ambiguous


@pytest.mark.parametrize(("status", "ambiguous"), [(500, False), (502, True), (503, False), (504, True)])
def test_what_a_gateway_answers_leaves_it_open_whether_it_arrived(alert: Message, status: int, ambiguous: bool) -> None:
    failed = failure(Recorded([Reply(status, {}, b"{}")]), alert, URLS["discord"])
    assert (failed.ambiguous, failed.permanent) == (ambiguous, False)
    assert not failure(Recorded([Reply(status, {}, b"{}")] * 30), alert, URLS["matrix"]).disable


def test_the_policy_holds(trusting: Any, alert: Message, receiver: Receiver) -> None:
    transport = GuardedTransport(Policy(()), tls=trusting)
    client = GuardedPoster(Egress(LoopThread(), transport, "Tocsin/test", SystemClock()))
    try:
        error = failure(client, alert, local(receiver).address)
        assert "deliver_allow" in str(error)
        assert not receiver.received
    finally:
        client.close()


def test_a_message_that_was_not_taken(alert: Message) -> None:
    error = failure(Recorded([Reply(200, {}, b"no_team")]), alert, URLS["slack"])
    assert str(error) == "slack://... answered 200, but did not take the message: no_team"


def test_whatever_a_stranger_answers_is_an_error_of_ours(alert: Message) -> None:
    for content in (b"[]", b'{"access_token": 5}', b"null", b"\xff", b'{"versions": {}}', b"[" * 5_000):
        error = failure(Recorded([Reply(200, {}, content)] * 30), alert, URLS["matrix"])
        assert str(error).startswith("matrixs://matrix.example/...")


def test_a_plugin_that_stumbles_is_an_error_of_ours(alert: Message) -> None:
    class Odd(Recorded):
        def request(self, method: str, url: str, **_: Any) -> Reply:
            raise KeyError(url)

    error = failure(Odd(), alert, URLS["discord"])
    assert str(error).startswith("discord://...: Apprise failed: KeyError at ")


def test_a_plugin_that_asks_nobody_has_sent_nothing(alert: Message) -> None:
    error = failure(Recorded(), alert, "mmosts://token@mm.example/%23ch?mode=bot&team=x")
    assert str(error) == "mmosts://mm.example/...: Apprise sent nothing"


def test_time_runs_out_over_all_requests(alert: Message) -> None:
    moments = iter([0.0, 1.0, 26.0, 26.0, 26.0, 26.0, 26.0, 26.0])
    client = Recorded()
    with pytest.raises(ChannelError, match="there is no time left"):
        AppriseChannel(client, monotonic=lambda: next(moments)).send(alert, to(URLS["matrix"]))
    assert len(client.asked) == 1


def test_there_are_no_requests_without_end(alert: Message) -> None:
    talk = plugin_http.Talk(Recorded(), 1.0, lambda: 0.0)
    for _ in range(MOST_REQUESTS):
        talk.ask("GET", "https://h.example/", {}, b"")
    with pytest.raises(RequestException):
        talk.ask("GET", "https://h.example/", {}, b"")


SECRETS = [
    "s3cret",
    "abcdefg_hijklmnop",
    "TIiajkdnlazkcOXrIdevi7FQ",
    "JHMHI8qBe7bk2ZwO5U711o3dV_js",
    "sigsigsig",
    "u" * 30,
]
SECRETS += ["a" * 30, "3ccdd113474722377935511fc85d3dd4", "AkYbS0kdmXnSBpE", "4174216298", "+15557654321"]


@pytest.mark.parametrize("url", URLS.values(), ids=URLS)
def test_no_part_of_a_secret_is_told(alert: Message, url: str, caplog: pytest.LogCaptureFixture) -> None:
    echo = Reply(500, {}, f"no such thing: {url}".encode())
    with capture_logs() as logs:
        error = failure(Recorded([echo] * 30), alert, url)
    told = f"{error} {shown_apprise(url)} {logs} {caplog.text}"
    assert not [secret for secret in SECRETS if secret in told]


@pytest.mark.parametrize("url", ["discord://nothing", "json://h.example/x", "nonsense", "tgram://x"])
def test_a_url_that_is_none_of_ours_is_never_asked(alert: Message, url: str) -> None:
    client = Recorded()
    error = failure(client, alert, url)
    assert error.permanent
    assert not client.asked


def test_threads_do_not_take_one_another_s_client(alert: Message) -> None:
    clients = [Recorded() for _ in range(24)]
    services = list(URLS.values())
    with ThreadPoolExecutor(8) as pool:
        list(
            pool.map(
                lambda pair: AppriseChannel(pair[1]).send(alert, to(services[pair[0] % len(services)])),
                enumerate(clients),
            )
        )
    for number, client in enumerate(clients):
        alone = Recorded()
        AppriseChannel(alone).send(alert, to(services[number % len(services)]))
        assert [one[:2] for one in client.asked if "/send/" not in one[1]] == [
            one[:2] for one in alone.asked if "/send/" not in one[1]
        ]


def test_a_plugin_that_nobody_has_called_reaches_nobody() -> None:
    AppriseChannel(Recorded())
    with pytest.raises(RequestException):
        Requests(None).get("https://h.example/")


def test_files_go_nowhere() -> None:
    client = Recorded()
    token = plugin_http.TALK.set(plugin_http.Talk(client, 1.0, lambda: 0.0))
    try:
        with pytest.raises(RequestException):
            Requests(None).post("https://h.example/", files={"a": b"b"})
        requests = Requests(None)
        requests.put("https://h.example/", json={"a": 1}, params={"b": None, "c": "d"}, auth=("u", None))
        requests.delete("https://h.example/?x=1", params=[("c", "d e")])
        requests.request("get", "https://h.example/")
        requests.post("https://h.example/", b"x", headers={"X-Priority": 5, "User-Agent": "Apprise"})
        answer = requests.post("https://h.example/", {"a": "ї"}, headers={"content-type": "x"})
    finally:
        plugin_http.TALK.reset(token)
    assert client.asked == [
        (
            "PUT",
            "https://h.example/?c=d",
            {"Content-Type": "application/json", "Authorization": "Basic dTo="},
            '{"a": 1}',
        ),
        ("DELETE", "https://h.example/?x=1&c=d+e", {}, ""),
        ("GET", "https://h.example/", {}, ""),
        ("POST", "https://h.example/", {"X-Priority": "5"}, "x"),
        ("POST", "https://h.example/", {"content-type": "x"}, "a=%D1%97"),
    ]
    assert answer.json() == json.loads(answer.text) == {"ok": True, "event_id": "e"}
    assert (answer.headers["Content-Type"], answer.headers.get("X-None"), "content-TYPE" in answer.headers) == (
        "application/json",
        None,
        True,
    )
    assert b"".join(answer.iter_content(1024)) == answer.content
    assert list(plugin_http.Response(Reply(200, {}, b"")).iter_content()) == []
    answer.close()


def test_own_words(alert: Message) -> None:
    address = to(URLS["discord"], template="{{ subscriber }}: {{ story.headline }} {{ story.link }}")
    assert preview(alert, address) == ("", "desk: Talks around Ukraine over <https://news.example.org/a>")


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{{ story.headline|upper }}{{ story.nothing }}", "there is no `nothing` here"),
        ("{% for a in text %}{{ text }}{% endfor %}", "it makes more than the 2,000 characters that fit"),
        ("   ", "it says nothing"),
    ],
)
def test_words_that_cannot_be_told_lose_no_alert(alert: Message, template: str, reason: str) -> None:
    client = Recorded()
    with capture_logs() as logs:
        AppriseChannel(client).send(alert, to(URLS["discord"], template))
    assert "Talks around Ukraine over" in client.asked[0][3]
    assert [(one["event"], one["log_level"], one["reason"]) for one in logs] == [("template failed", "warning", reason)]


def test_apprise_is_loaded_only_where_somebody_hears_by_it() -> None:
    code = (
        "import sys, worker.wiring.outside, config.watchfile, worker.channels.apprise, worker.store.store;"
        "print([name for name in sys.modules if name.split('.')[0] in ('apprise', 'requests', 'jinja2')])"
    )
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert found.stdout.strip() == "[]"
