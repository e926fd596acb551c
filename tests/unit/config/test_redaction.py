"""Secrets never pass into a log line."""

from __future__ import annotations

import pytest

from config.redaction import redact, redact_event, shown_url, without_secrets


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GET https://x.example/a/b", "GET https://x.example/a/b"),
        ("https://u:p@x.example/feed", "https://***@x.example/feed"),
        ("redis://:p@ss@h:6379/0", "redis://***@h:6379/0"),
        ("postgresql+psycopg://u:p@h/db?sslmode=require", "postgresql+psycopg://***@h/db?***"),
        ("(https://x.example/feed?key=abc&b=c)", "(https://x.example/feed?***)"),
        ("https://x.example/@user/feed", "https://x.example/@user/feed"),
        ('HTTP Request: GET "https://x.example/?a=b" 200', 'HTTP Request: GET "https://x.example/?***" 200'),
        ("what? a mail to desk@example.org", "what? a mail to desk@example.org"),
        ("token=abc, next", "token=***, next"),
        ('{"api_key": "a b c", "n": 1}', '{"api_key": ***, "n": 1}'),
        ("{'password': b'abc'}", "{'password': ***}"),
        ("Authorization: Bearer abc.def", "Authorization: ***"),
        ("sent Basic dXNlcjpwYXNz to it", "sent Basic *** to it"),
        ("a secret: whsec_abc/def+g== here", "a secret: *** here"),
        ("with whsec_abc/def+g== here", "with whsec_*** here"),
        ("TOCSIN_SMTP_PASSWORD=abc", "TOCSIN_SMTP_PASSWORD=***"),
        ("the secretary said: no", "the secretary said: no"),
    ],
)
def test_texts(text: str, expected: str) -> None:
    assert redact(text) == expected


class Shown:
    def __str__(self) -> str:
        return "https://u:p@x/?q"


def test_events() -> None:
    deep: object = "https://u:p@x/"
    for _ in range(9):
        deep = [deep]
    event = redact_event(
        None,
        "info",
        {
            "event": "line\nbreak\x1b[31m\u202e",
            "token": "abc",
            "headers": {"Authorization": "abc", "n": 1, "set": ("https://u:p@x/", None)},
            "error": Shown(),
            "deep": deep,
            "ok": True,
            "_record": "left https://u:p@x/ alone",
            "exception": "Traceback\n  https://u:p@x/?q \x1b",
        },
    )
    assert event["event"] == "line\\nbreak\\x1b[31m\\u202e"
    assert event["token"] == "***"
    assert event["headers"] == {"Authorization": "***", "n": 1, "set": ["https://***@x/", None]}
    assert event["error"] == "https://***@x/?***"
    assert "u:p" not in str(event["deep"])
    assert event["ok"] is True
    assert event["_record"] == "left https://u:p@x/ alone"
    assert event["exception"] == "Traceback\n  https://***@x/?*** \\x1b"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://u:p@h.example/a?b=c", "https://h.example/a?b=c"),
        ("https://u:p@x@h.example", "https://h.example"),
        ("https://h.example/a@b", "https://h.example/a@b"),
        ("https://h.example?a=b@c", "https://h.example?a=b@c"),
        ("a feed @ home", "a feed @ home"),
        ("https://h.example/f?key=abc&page=2", "https://h.example/f?key=***&page=2"),
        ("https://h.example/f?page=2&API_token=abc#top", "https://h.example/f?page=2&API_token=***#top"),
        ("https://h.example/f?keyword=abc", "https://h.example/f?keyword=abc"),
    ],
)
def test_credentials_are_taken_out_of_addresses_only(url, shown):
    assert shown_url(url) == shown


@pytest.mark.parametrize(
    ("url", "given_away"),
    [
        ("https://u:p@h.example/a?b=c", "https://h.example/a?b=c"),
        ("https://h.example/f?key=abc&page=2", "https://h.example/f?page=2"),
        ("https://h.example/f&g?page=2&token=abc&lang=en#top", "https://h.example/f&g?page=2&lang=en#top"),
        ("https://h.example/f?token=abc", "https://h.example/f"),
        ("https://h.example/f;session=abc/g", "https://h.example/f"),
        ("https://h.example/f?keyword=abc", "https://h.example/f?keyword=abc"),
    ],
)
def test_an_address_without_its_secrets_is_an_address_still(url, given_away):
    assert without_secrets(url) == given_away


def test_what_the_log_channel_tells_stays_whole():
    told = {
        "logger": "tocsin.alerts",
        "title": "The secret: how Ukraine holds",
        "link": "https://u:p@news.example/a?id=5",
        "at": 3,
    }
    assert redact_event(None, "info", dict(told)) == told | {"link": "https://***@news.example/a?id=5"}
    assert redact_event(None, "info", {"logger": "other", "title": "secret: x"})["title"] == "secret: ***"
