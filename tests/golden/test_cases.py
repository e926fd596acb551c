"""Each folder of `cases` is a case: what feeds said in each round, who watches for what, and what comes of it.

`2-north.xml` is what the feed `north` serves from round 2 on; a feed that serves nothing new answers 304. Rounds are a
quarter of an hour apart and begin at 12:00 UTC of 1 March 2026. In `expected.yaml`:

about: What the case shows.
rounds: How many, if more than the documents have.
polls: For each round with documents, outcome and new items of each feed that served one. May be left out.
alerts: List, title and reports of every alert at the end, in the order of their making.
messages: What the channel was sent: the round, lists and titles, `digest` if it is one, and of updates their kinds.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import yaml
from golden.newsroom import Newsroom, opened

from config.values import FeedLine
from config.watchfile import load_configuration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from worker.alerts.model import Message

CASES = sorted(Path(__file__).with_name("cases").iterdir())
APART = timedelta(minutes=15)


class Document(NamedTuple):
    round: int
    feed: str
    body: bytes

    @property
    def url(self) -> str:
        return f"https://{self.feed}.example/feed"


def documents(case: Path) -> Iterator[Document]:
    for path in sorted(case.glob("[0-9]-*")):
        number, _, feed = path.stem.partition("-")
        yield Document(int(number), feed, path.read_bytes())


def shown(message: Message, number: int) -> dict[str, Any]:
    lists = sorted({name for alert in message.alerts for name in alert.watch_lists})
    told = {"round": number, "lists": lists, "titles": [alert.title for alert in message.alerts]}
    updates = [alert.update.kind for alert in message.alerts if alert.update is not None]
    return (
        told
        | ({"digest": True} if message.type == "digest.created" else {})
        | ({"updates": updates} if updates else {})
    )


def in_order(message: dict[str, Any]) -> tuple[int, list[str], list[str]]:
    """Messages of one round go out side by side."""
    return message["round"], message["titles"], message.get("updates", [])


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_case(case: Path, template: Path, tmp_path: Path) -> None:
    expected = yaml.safe_load((case / "expected.yaml").read_text(encoding="utf-8"))
    published = list(documents(case))
    feeds = {one.feed: FeedLine(one.url, one.feed, every=APART) for one in published}
    with opened(template, tmp_path) as store:
        room = Newsroom(store)
        room.apply(replace(load_configuration(case, {}), feeds=tuple(feeds.values())))
        polls: list[dict[str, str]] = []
        messages: list[dict[str, Any]] = []
        for number in range(1, expected.get("rounds", max(one.round for one in published)) + 1):
            serving = [one for one in published if one.round == number]
            for one in serving:
                room.web.publish(one.url, one.body)
            polled = {row.feed: f"{row.outcome} {row.new_items}" for row in room.run()}
            if serving:
                polls.append({one.feed: polled[one.feed] for one in serving})
            messages += [shown(message, number) for message in room.boxes["log"].got[len(messages) :]]
            room.clock.move(APART)
        alerts = [{"list": row.watch_list, "title": row.title, "reports": row.reports} for row in store.alerts_list()]

    assert sorted(messages, key=in_order) == sorted(expected["messages"], key=in_order)
    assert alerts[::-1] == expected["alerts"]
    assert polls == expected.get("polls", polls)
