"""Which differences (RFC 3229) are the new items that we asked for."""

from __future__ import annotations

import pytest

from worker.fetch.differences import is_new_items
from worker.fetch.head import Head


@pytest.mark.parametrize(
    ("fields", "taken"),
    [
        ([(b"IM", b"feed")], True),
        ([(b"im", b" Feed ;q=1 ")], True),
        ([(b"IM", b"feed"), (b"Delta-Base", b'"a"')], True),
        ([(b"IM", b"feed"), (b"Delta-Base", b' W/"a"')], True),
        ([(b"IM", b"feed"), (b"Delta-Base", b'"b"')], False),
        ([(b"IM", b"feed"), (b"Delta-Base", b"")], False),
        ([(b"IM", b"vcdiff")], False),
        ([(b"IM", b"feed, gzip")], False),
        ([(b"IM", b"feed"), (b"IM", b"range")], False),
        ([(b"IM", b"feeds")], False),
        ([(b"IM", b"")], False),
        ([(b"A-IM", b"feed")], False),
        ([], False),
    ],
)
def test_only_new_items_since_the_response_that_we_hold(fields: list[tuple[bytes, bytes]], taken: bool) -> None:
    assert is_new_items(Head(fields), since=b'"a"') is taken
    assert is_new_items(Head(fields), since=b'W/"a"') is taken
