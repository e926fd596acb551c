"""What holds for everything that is served."""

import http.client
import time
from contextlib import closing

import pytest
from structlog.testing import capture_logs

from worker.web import access
from worker.web.guarding import BODY_LIMIT, shown_path


@pytest.mark.parametrize(
    "path", ["/healthz", "/readyz", "/metrics", "/static/tocsin.css", "/nowhere", "/out/x.atom", "/links/x", "/docs"]
)
def test_every_answer_keeps_browsers_careful(site, path):
    headers = site.ask(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "DENY"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["Cache-Control"]
    assert headers["Server"] is None


def test_what_is_not_there_is_told_as_rfc_9457_says(site):
    answer = site.ask("/api/v1/feeds")
    assert (answer.status, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert answer.json == {"type": "about:blank", "title": "Not Found", "status": 404}
    refused = site.ask("/healthz", "DELETE")
    assert (refused.status, refused.json["title"]) == (405, "Method Not Allowed")


def test_a_mistake_of_ours_tells_nothing_but_that(site, engine, monkeypatch):
    def broken(_):
        raise RuntimeError("postgresql://user:hunter2@db")

    monkeypatch.setattr(engine.store, "output_feed", broken)
    answer = site.ask("/out/x.atom")
    assert (answer.status, answer.json) == (
        500,
        {"type": "about:blank", "title": "Internal Server Error", "status": 500},
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("length", [str(BODY_LIMIT + 1), "9" * 15])
def test_a_body_that_is_too_long_by_its_own_account_is_not_read(site, length):
    with closing(http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)) as connection:
        connection.putrequest("POST", site.link("unsubscribe"))
        connection.putheader("Content-Length", length)
        connection.endheaders()
        assert connection.getresponse().status == 413


def test_a_body_that_turns_out_too_long_is_not_read_to_its_end(site):
    with closing(http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)) as connection:
        chunks = (b"x" * 1024 for _ in range(BODY_LIMIT // 1024 + 1))
        connection.request("POST", site.link("unsubscribe"), body=chunks, encode_chunked=True, headers={
            "Transfer-Encoding": "chunked"
        })  # fmt: skip
        assert connection.getresponse().status == 413
    assert site.post(site.link("unsubscribe"), x="y" * 60_000).status == 200


def test_the_log_has_a_line_for_each_answer_and_no_token(site):
    token = "h0" * 20
    with capture_logs() as logs:
        site.ask(f"/out/{token}.atom?token={token}")
        site.ask(site.link("mute", 1))
        site.ask(f"/oops/{token}/more")
        site.ask("/healthz")
        deadline = time.monotonic() + 20
        while "/healthz" not in str(logs):  # a line is written once the answer is out
            assert time.monotonic() < deadline
            time.sleep(0.01)
    lines = [entry for entry in logs if entry["event"] == "answered"]
    assert [line["path"] for line in lines] == ["/out/***.atom", "/links/***", "/oops/***/more", "/healthz"]
    assert [line["log_level"] for line in lines] == ["info", "info", "info", "debug"]
    assert token not in str(logs)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/out/abc.json", "/out/***.json"),
        ("/links/abc", "/links/***"),
        ("/links/a.b-c", "/links/***"),
        ("/static/tocsin.css", "/static/tocsin.css"),
        (f"/{'a' * 30}/x", "/***/x"),
        ("/x" * 300, "/x" * 100),
    ],
)
def test_paths_are_shown_without_what_opens_anything(path, shown):
    assert shown_path(path) == shown


def test_what_is_not_listed_is_refused(site, monkeypatch):
    assert site.ask("/healthz").status == 200
    monkeypatch.setattr(access, "PUBLIC", access.PUBLIC - {"/healthz"})
    refused = site.ask("/healthz")
    assert (refused.status, refused.json["title"]) == (403, "Forbidden")
