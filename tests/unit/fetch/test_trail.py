"""Redirects one after another: where they lead, and what of that is for good (INTERFACE 8.8)."""

from __future__ import annotations

import pytest

from worker.errors import BadResponse, Refused
from worker.fetch.target import target_of
from worker.fetch.trail import PERMANENT, REDIRECTS, Trail


def trail(*hops: tuple[int, bytes], start: str = "http://h/a", longest: int = 10) -> Trail:
    walked = Trail(target_of(start), longest=longest)
    for status, location in hops:
        walked.follow(status, location)
    return walked


@pytest.mark.parametrize(
    ("hops", "moved_to", "led_to"),
    [
        ([], None, "http://h/a"),
        ([(301, b"/b")], "http://h/b", "http://h/b"),
        ([(308, b"/b"), (301, b"https://g/c")], "https://g/c", "https://g/c"),
        ([(301, b"/b"), (302, b"/c")], "http://h/b", "http://h/c"),
        ([(301, b"/b"), (307, b"/c"), (301, b"/d")], "http://h/b", "http://h/d"),
        ([(302, b"/b"), (301, b"/c")], None, "http://h/c"),
        ([(303, b"/b")], None, "http://h/b"),
        ([(307, b"/b")], None, "http://h/b"),
        ([(301, b"//H:80/b#top")], "http://h/b", "http://h/b"),
    ],
)
def test_only_permanent_hops_from_the_start_move_a_feed(
    hops: list[tuple[int, bytes]], moved_to: str | None, led_to: str
) -> None:
    walked = trail(*hops)
    assert walked.moved_to == moved_to
    assert walked.target.url == led_to


def test_permanent_statuses_are_redirects() -> None:
    assert PERMANENT < REDIRECTS


def test_credentials_of_the_feed_move_with_it_within_its_origin() -> None:
    assert trail((301, b"/b"), start="http://u:p@h/a").moved_to == "http://u:p@h/b"
    assert trail((301, b"http://x:y@h/b"), start="http://u:p@h/a").moved_to == "http://u:p@h/b"
    assert trail((301, b"https://h/b"), start="http://u:p@h/a").moved_to == "https://h/b"
    assert trail((301, b"http://x:y@g/b"), start="http://u:p@h/a").moved_to == "http://g/b"


def test_so_many_and_no_more() -> None:
    assert trail((301, b"/b"), (301, b"/c"), longest=2).target.url == "http://h/c"
    with pytest.raises(BadResponse, match="h:80: more than 2 redirects"):
        trail((301, b"/b"), (301, b"/c"), (301, b"/d"), longest=2)
    with pytest.raises(BadResponse, match="more than 0 redirects"):
        trail((301, b"/b"), longest=0)


@pytest.mark.parametrize("hops", [[b"/a"], [b"/b", b"/a"], [b"/b", b"/c", b"/b"], [b"#x"], [b"http://u@H:80/a"]])
def test_a_circle_is_noticed_where_it_closes(hops: list[bytes]) -> None:
    with pytest.raises(BadResponse, match="h:80: the redirects lead in a circle"):
        trail(*((302, location) for location in hops))


def test_each_hop_is_looked_at() -> None:
    with pytest.raises(Refused):
        trail((301, b"/b"), (301, b"ftp://h/c"))
    with pytest.raises(Refused):
        trail((301, b"/b"), (301, b"http://127.1/"))
