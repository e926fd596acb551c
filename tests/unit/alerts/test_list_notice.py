"""Notices about watch lists: a broken one, and one that matches far more than usual."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from worker.alerts.list_notice import list_news_of
from worker.alerts.payload import payload
from worker.alerts.text import body, subject

if TYPE_CHECKING:
    from collections.abc import Callable

    from worker.alerts.model import Message

    Messages = Callable[..., Message]

LIST = {"name": "Grain & sea", "query": "grain OR sea", "managed_by": "command"}
BURST = {"matches": 312, "hours": 1, "usual": 4.25, "times": 73.4}


def notice(message: Messages, type_: str, **data: object) -> Message:
    return replace(message(type=type_), data={"watch_list": LIST, **data})


@pytest.mark.parametrize(
    ("managed_by", "way"),
    [
        ("command", "  tocsin watch edit 'Grain & sea' --query ...\n"),
        ("file", "  in watchlists.yaml; a running service takes it up by itself, else: tocsin apply\n"),
    ],
)
def test_a_broken_list(message: Messages, managed_by: str, way: str) -> None:
    data = {"watch_list": LIST | {"managed_by": managed_by}, "reason": "there is no watch list 'Sea'"}
    broken = replace(message(type="watchlist.broken"), data=data)
    assert subject(broken) == "Tocsin: watch list Grain & sea is broken"
    assert body(broken) == (
        "Watch list Grain & sea is broken.\n"
        "Its query: grain OR sea\n"
        "\n"
        "What is wrong: there is no watch list 'Sea'\n"
        "It is not asked any more, so it tells nothing; all other lists go on. Change its query to have it back:\n"
        f"{way}"
        "Where the query is right, and what was wrong is mended elsewhere:\n"
        "  tocsin watch edit 'Grain & sea' --resume\n"
        "\n"
        "-- \n"
        "Tocsin for desk\n"
    )


@pytest.mark.parametrize(
    ("usual", "line"),
    [(4.25, "Usual: 4.2 in"), (11.7, "Usual: 12 in"), (0, "Usual: none in"), (None, "Usual: none in")],
)
def test_a_burst(message: Messages, usual: float | None, line: str) -> None:
    burst = notice(message, "watchlist.burst", **BURST | {"usual": usual})
    assert subject(burst) == "Tocsin: watch list Grain & sea: 312 matches within 1 h"
    assert line in body(burst)
    assert "  tocsin watch preview 'Grain & sea' --days 1\n" in body(burst)


def test_what_it_says_is_one_line_each(message: Messages) -> None:
    hostile = {"name": "a\n-- \nb", "query": "x\ny", "managed_by": "file"}
    told = replace(message(type="watchlist.broken"), data={"watch_list": hostile, "reason": 5})
    assert "Its query: x y\n" in body(told)
    assert "What is wrong: unknown\n" in body(told)
    assert subject(told) == "Tocsin: watch list a -- b is broken"


def test_the_webhook_has_the_numbers(message: Messages) -> None:
    burst = notice(message, "watchlist.burst", **BURST)
    assert payload(burst, base_url=None)["data"] == {"watch_list": LIST, **BURST, "subscriber": "desk"}


def test_what_is_no_notice_about_a_list(message: Messages) -> None:
    assert list_news_of(message(type="channel.test")) is None
    assert list_news_of(replace(message(type="watchlist.broken"), data={"watch_list": "x"})) is None
