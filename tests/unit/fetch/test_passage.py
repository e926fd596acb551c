"""What a request may do on the wire, and how its connection ended."""

from __future__ import annotations

import pytest

from worker.errors import BadResponse, FetchError
from worker.fetch.passage import Passage


def ended(**how: bool) -> FetchError | None:
    return Passage("h:80", 10, **how).faulty_close()


def test_a_connection_that_ended_in_order_is_the_end_of_a_body() -> None:
    assert ended() is None
    assert ended(farewell=True) is None


@pytest.mark.parametrize(
    ("how", "fault"),
    [
        ({"broken": True}, "the connection broke"),
        ({"farewell": False}, "TLS ended without saying so"),
        ({"broken": True, "farewell": False}, "the connection broke"),
        ({"broken": True, "farewell": True}, "the connection broke"),
    ],
)
def test_any_other_end_cuts_it_short(how: dict[str, bool], fault: str) -> None:
    error = ended(**how)
    assert isinstance(error, BadResponse)
    assert str(error) == f"h:80: the body is cut short ({fault})"


def test_an_end_of_our_own_making_says_why() -> None:
    passage = Passage("h:80", 10)
    with pytest.raises(ConnectionAbortedError):
        passage.took(11)
    assert str(passage.faulty_close()) == "h:80: more bytes on the wire than a response may take"
