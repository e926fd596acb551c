"""What one request says, and to whom."""

from __future__ import annotations

import pytest

from worker.fetch.question import Question, question
from worker.fetch.target import target_of
from worker.records import FetchRequest, Purpose, Validators

URL = "https://feeds.example/a"
BOTH = Validators(URL, b'W/"x', b"31 Feb")


def put(url: str = URL, validators: Validators | None = None, purpose: Purpose = "feed") -> Question:
    return question(target_of(url), FetchRequest(1, URL, validators, purpose), user_agent="Tocsin/0")


def test_a_first_request_asks_for_the_whole() -> None:
    asked = put()
    assert [name for name, _ in asked.headers] == ["Host", "User-Agent", "Accept", "Accept-Encoding"]
    assert dict(asked.headers)["Host"] == "feeds.example"
    assert asked.conditional is None
    assert asked.difference_to is None


def test_with_an_etag_new_items_alone_are_welcome() -> None:
    asked = put(validators=BOTH)
    assert asked.headers[4:] == [("If-None-Match", 'W/"x'), ("If-Modified-Since", "31 Feb"), ("A-IM", "feed")]
    assert asked.conditional == BOTH
    assert asked.difference_to == b'W/"x'


def test_a_difference_needs_a_base_and_a_feed() -> None:
    dated = put(validators=Validators(URL, None, b"31 Feb"))
    assert dated.headers[4:] == [("If-Modified-Since", "31 Feb")]
    assert dated.difference_to is None
    page = put(validators=BOTH, purpose="page")
    assert [name for name, _ in page.headers[4:]] == ["If-None-Match", "If-Modified-Since"]
    assert page.difference_to is None
    assert page.conditional == BOTH


def test_another_url_gets_no_validators_and_no_wish() -> None:
    asked = put("https://feeds.example/b", BOTH)
    assert len(asked.headers) == 4
    assert asked.conditional is None


def test_validators_that_cannot_be_echoed_ask_for_the_whole() -> None:
    asked = put(validators=Validators(URL, b"\xe9", None))
    assert len(asked.headers) == 4
    assert asked.conditional is None
    assert asked.difference_to is None


@pytest.mark.parametrize(("purpose", "first"), [("feed", "application/atom+xml"), ("page", "text/html"), ("any", "*/*")])  # fmt: skip
def test_each_purpose_prefers_its_own_kind_and_takes_any(purpose: Purpose, first: bytes) -> None:
    accept = dict(put(purpose=purpose).headers)["Accept"]
    assert accept.startswith(first)
    assert "*/*" in accept


def test_credentials_go_where_the_target_has_them() -> None:
    assert ("Authorization", "Basic dTpw") in put("https://u:p@feeds.example/a").headers
