from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from worker.fetch.body import pieces_of

if TYPE_CHECKING:
    from collections.abc import Iterator


class Synchronous(httpx.SyncByteStream):
    def __iter__(self) -> Iterator[bytes]:
        yield b"x"


def test_only_an_asynchronous_stream_has_pieces() -> None:
    assert pieces_of(httpx.Response(200, content=b"x")) is not None
    with pytest.raises(TypeError, match="asynchronous stream"):
        pieces_of(httpx.Response(200, stream=Synchronous()))
