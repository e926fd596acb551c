"""`alerts tail` and `show`, `subscribers test` and `preview`: through real channels, in this process."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from servers.documents import Item, dated, rss
from servers.receiver import SECRET

OTHER = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
WORDS = "{{ subscriber }}: {{ story.headline }} <{{ story.link }}>"


@pytest.fixture
def ways(receiver):
    return [
        {"webhook": receiver.url("/hook"), "secret": [OTHER, SECRET]},
        {"email": "desk@example.org"},
        {"apprise": receiver.url("/t0pic").replace("http://", "ntfy://"), "template": WORDS},
        {"log": True},
    ]


@pytest.fixture
def desk(prompt, feed_server, receiver, mail_sink, ways):
    """A prompt with one feed, and a subscriber that is reached in every way."""
    settings = {"min_interval": "1s", "smtp_url": mail_sink.url, "retry_schedule": ["0s", "1h"]}
    allowed = {"fetch_allow": [feed_server.address], "deliver_allow": [receiver.address]}
    prompt.write("settings", settings | allowed)
    items = [Item(f"id-{n}", title, f"About {title}.", f"http://127.0.0.1/{n}") for n, title in enumerate(TITLES)]
    good = feed_server.publish("/one.xml", rss(dated(items, datetime.now(UTC)), title="One"))
    prompt.write("feeds", [{"url": good, "name": "One"}])
    prompt.write("subscribers", [{"name": "desk", "channels": ways}])
    return prompt


TITLES = ("Ukraine \x1b[31mred\x1b[0m \u202etalks", "Kyiv quiet", "Weather")


def shown(receiver):
    host = receiver.address
    return [f"webhook http://{host}/...", "email desk@example.org", f"apprise ntfy://{host}/...", "log"]


def test_each_channel_shows_its_true_answer(desk, receiver, mail_sink):
    rows = desk.json("subscribers", "test", "desk")
    assert [row["channel"] for row in rows] == shown(receiver)
    assert [(row["ok"], row["error"], row["state"]) for row in rows] == [(True, None, "enabled")] * 4
    assert [row["answer"] for row in rows] == [
        "127.0.0.1 answered 200",
        "mail server 127.0.0.1 answered 250 2.0.0 kept",
        f"ntfy://{receiver.address}/... took it (1 request)",
        "written",
    ]
    hook, ntfy = receiver.received
    assert hook.signed
    assert hook.headers["webhook-signature"].count("v1,") == 2
    assert (hook.json["type"], hook.json["data"]) == ("channel.test", {"subscriber": "desk"})
    assert ntfy.json["title"] == "Tocsin: this is a test message for desk"
    assert "test message" in mail_sink.mails[0].message["Subject"]
    assert desk.json("deliveries", "list") == []


def test_one_that_fails_is_said_and_nothing_is_turned_off(desk, receiver, mail_sink):
    receiver.answer_with(410)
    mail_sink.refuse_with("554 5.7.1 no thanks")
    done = desk("subscribers", "test", "desk")
    assert done.code == 1
    head, *rows = done.table
    assert head[:3] == ["channel", "ok", "answer"]
    assert [row[1] for row in rows] == ["failed", "failed", "failed", "ok"]
    assert "127.0.0.1 answered 410: this webhook is gone" in done.out
    assert "mail server 127.0.0.1 answered 554: 5.7.1 no thanks" in done.out
    assert "t0pic" not in done.out + done.err
    assert [row["state"] for row in desk.json("subscribers", "test", "desk")] == ["enabled"] * 4
    assert desk("subscribers", "test", "desk", "--channel", "4").code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["subscribers", "test", "dsk"], "there is no subscriber 'dsk'; did you mean `desk`?"),
        (["subscribers", "test", "desk", "--channel", "5"], "--channel: there are 4; write 1 to 4"),
        (["subscribers", "preview", "dsk"], "there is no subscriber 'dsk'"),
        (["alerts", "show", "alt_7"], "there is no alert alt_7; `tocsin alerts list` shows them"),
        (["alerts", "show", "sty_7"], "'sty_7' is no id of this kind; it looks like alt_12"),
        (["alerts", "tail", "--list", "Ukrain"], "there is no watch list 'Ukrain'; did you mean `Ukraine`?"),
    ],
)
def test_wrong_words(desk, arguments, said):
    done = desk(*arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_a_subscriber_without_channels(desk):
    desk.write("subscribers", [{"name": "desk", "channels": []}])
    done = desk("subscribers", "test", "desk")
    assert (done.code, done.out, "desk has no channel" in done.err) == (1, "", True)


def test_what_each_channel_would_send(desk, receiver):
    made_up = desk("subscribers", "preview", "desk")
    assert made_up.code == 0
    assert made_up.err == "there is no alert yet; this one is made up\n"
    assert [line.removeprefix("--- ") for line in made_up.out.splitlines() if line.startswith("--- ")] == shown(
        receiver
    )
    assert receiver.received == []
    desk("poll")
    rows = desk.json("subscribers", "preview", "desk")
    hook, mail, ntfy, log = rows
    assert json.loads(hook["text"])["data"]["item"]["title"] in {"Ukraine red talks", "Kyiv quiet"}
    assert mail["title"].startswith("Ukraine: ")
    assert "\nWhy: " in mail["text"]
    assert ntfy["text"].startswith("desk: ")
    assert "http://127.0.0.1/" in ntfy["text"]
    assert log["text"].startswith("alert list='Ukraine' title=")
    (alone,) = desk.json("subscribers", "preview", "desk", "--channel", "3")
    assert alone == ntfy
    assert "\x1b" not in desk("subscribers", "preview", "desk").out


def test_alerts_go_out_and_can_be_looked_at(desk, receiver, mail_sink):
    assert desk("poll").code == 0
    assert len(receiver.received) == 3, "a chat is given one message a second: the second waits"
    assert len(mail_sink.mails) == 2
    listed = {row["id"]: row for row in desk.json("alerts", "list")}
    assert len(listed) == 2
    for id_, row in listed.items():
        shown_ = desk.json("alerts", "show", id_)
        assert row.items() <= shown_.items()
        assert shown_["says"]["id"] == id_
        states = {one["channel"].split(" ")[0]: one["state"] for one in shown_["deliveries"]}
        assert states.pop("apprise") in {"sent", "pending"}
        assert states == dict.fromkeys(("webhook", "email", "log"), "sent")
        done = desk("alerts", "show", id_)
        assert (done.code, done.err) == (0, "")
        assert not {"\x1b", "\u202e"} & set(done.out)
        assert "[Ukraine]" in done.out or "[Kyiv]" in done.out
        assert f"{id_} of Ukraine to desk, told" in done.out
        assert "webhook http://" in done.out


def test_alerts_as_they_come(desk):
    assert desk("alerts", "tail", "--no-follow").out == ""
    desk("poll")
    done = desk("alerts", "tail", "--no-follow")
    lines = done.out.splitlines()
    assert [line.split(" ")[1] for line in lines] == ["alt_1", "alt_2"]
    assert all(" Ukraine > desk: " in line and "http://127.0.0.1/" in line for line in lines)
    assert not {"\x1b", "\u202e"} & set(done.out)
    assert [row["id"] for row in desk.json("alerts", "tail", "--no-follow", "-n", "1")] == ["alt_2"]
    assert desk("alerts", "tail", "--no-follow", "-n", "0").out == ""
    assert len(desk("alerts", "tail", "--no-follow", "--list", "Ukraine", "--subscriber", "desk").out.splitlines()) == 2


def test_a_subscriber_is_added_that_hears_by_apprise(desk, receiver, monkeypatch):
    monkeypatch.setenv("TOPIC_URL", receiver.url("/t0pic").replace("http://", "ntfy://"))
    done = desk("subscribers", "add", "night", "--apprise", "${TOPIC_URL}", "--apprise", "${TOPIC_URL}")
    assert (done.code, done.out) == (0, "added night, who hears by apprise\n")
    rows = {row["name"]: row["channels"] for row in desk.json("subscribers", "list")}
    assert rows["night"] == [f"apprise ntfy://{receiver.address}/..."]
    assert desk("subscribers", "test", "night").code == 0
    for url, said in (
        ("${NO_SUCH}", "--apprise: the environment has no `NO_SUCH`"),
        ("tgram://t0ken", "--apprise: Apprise cannot read this"),
        ("jsons://h.example/t0ken", "--apprise: `jsons://`: write `webhook: https://...`"),
    ):
        wrong = desk("subscribers", "add", "other", "--apprise", url)
        assert (wrong.code, said in wrong.err, "t0ken" in wrong.err) == (2, True, False)
