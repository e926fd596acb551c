"""Which Apprise services there are, and what is shown of their URLs."""

from __future__ import annotations

import pytest

from config.apprise_services import shown_apprise
from config.redaction import redact


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("ntfy://ntfy.sh/desk", "ntfy://ntfy.sh/..."),
        ("ntfys://user:pass@ntfy.example:8443/desk?priority=5", "ntfys://ntfy.example:8443/..."),
        ("ntfy://127.0.0.1:8080/desk", "ntfy://127.0.0.1:8080/..."),
        ("ntfy://localhost/desk", "ntfy://localhost/..."),
        ("gotify://[::1]:80/token", "gotify://[::1]:80/..."),
        ("ntfy://desk", "ntfy://..."),
        ("ntfy://desk?tags=x/y", "ntfy://..."),
        ("ntfy://desk.room", "ntfy://..."),
        ("ntfy://token/x", "ntfy://..."),
        ("tgram://123:abc/1", "tgram://..."),
        ("slack://T/A/B/#c", "slack://..."),
        ("discord://1/abc", "discord://..."),
        ("rocket://hook/token@rocket.example/#c", "rocket://..."),
        ("matrix://t.o.k.e.n?mode=t2bot", "matrix://..."),
        ("matrixs://desk:pass@matrix.example/!room:matrix.example", "matrixs://matrix.example/..."),
        ("json://h.example/x", "json://..."),
        ("nonsense", "nonsense://..."),
    ],
)
def test_of_a_url_the_scheme_is_shown_and_a_host_that_is_no_secret(url: str, shown: str) -> None:
    assert shown_apprise(url) == shown


def test_no_log_line_holds_such_a_url() -> None:
    assert redact('sent to tgram://123:abc/1, "ntfys://ntfy.example/desk" and Slack://T/A/B') == (
        'sent to tgram://*** "ntfys://***" and Slack://***'
    )
    assert redact("see https://news.example.org/a") == "see https://news.example.org/a"
