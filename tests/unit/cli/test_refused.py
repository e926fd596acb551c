"""Addresses that the settings do not let through are told without asking the network."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.values import ChannelLine, Configuration, FeedLine, Mark, OpmlLine, Settings, SubscriberLine
from worker.cli.refused import doubts_of_addresses, refusal


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("http://localhost:9000/x", "localhost:9000"),
        ("http://db.localhost/x", "db.localhost:80"),
        ("https://127.0.0.1/x", "127.0.0.1:443"),
        ("http://192.168.1.7:8080/x", "192.168.1.7:8080"),
        ("http://[::1]:99/hook", "[::1]:99"),
    ],
)
def test_it_is_said_what_would_allow_it(url, place):
    said = refusal(url, "fetch_allow", ())
    assert (
        said
        == f'{place} is not public, and refused until fetch_allow in settings.yaml names it: fetch_allow: ["{place}"]'
    )
    assert refusal(url, "fetch_allow", (place,)) is None, "what it says helps"


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://feeds.example/x", ()),
        ("https://93.184.216.34/x", ()),
        ("http://10.1.2.3/x", ("10.1.0.0/16",)),
        ("http://localhost:9000/x", ("127.0.0.1:9000",)),
        ("http://localhost:9000/x", ("localhost:9000",)),
        ("http://127.1/x", ()),
        ("http://host:port/x", ()),
        ("", ()),
    ],
)
def test_nothing_is_said_of_others(url, allowed):
    assert refusal(url, "fetch_allow", allowed) is None


def test_warnings_stand_where_the_addresses_do():
    hook = ChannelLine("webhook", "http://127.0.0.1:9/hook", "whsec_x", mark=Mark("s", 4, 9))
    found = Configuration(
        feeds=(FeedLine("http://127.0.0.1:8801/a", mark=Mark("f", 2, 5)), FeedLine("https://a.example/b")),
        opml=(OpmlLine("http://127.0.0.1:8802/o", mark=Mark("f", 4, 5)), OpmlLine("/srv/list.opml")),
        subscribers=(SubscriberLine("desk", channels=(hook, ChannelLine("log"))),),
    )
    told = [(problem.mark, problem.message.partition(" is ")[0]) for problem in doubts_of_addresses(Settings(), found)]
    assert told == [
        (Mark("f", 2, 5), "127.0.0.1:8801"),
        (Mark("f", 4, 5), "127.0.0.1:8802"),
        (Mark("s", 4, 9), "127.0.0.1:9"),
    ]
    lenient = Settings(data_dir=Path(), fetch_allow=("127.0.0.0/8",), deliver_allow=("127.0.0.1",))
    assert doubts_of_addresses(lenient, found) == []
