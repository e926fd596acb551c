from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from worker.errors import BadResponse
from worker.fetch.passage import Passage
from worker.fetch.received import Received


class Content:
    """A body of which one piece came before the connection went, while nobody was reading."""

    def __init__(self) -> None:
        self.pieces = [b"hello"]

    def on_eof(self, told: object) -> None:
        """Nobody ever is."""

    async def readany(self) -> bytes:
        if self.pieces:
            return self.pieces.pop()
        raise RuntimeError("Connection closed.")


def test_a_connection_that_went_while_nobody_was_reading_is_a_body_cut_short() -> None:
    message: Any = SimpleNamespace(code=200, raw_headers=())
    connection: Any = SimpleNamespace(release=None)
    content: Any = Content()
    received = Received(message, content, connection, Passage("a.example:80", 1_000))

    async def read() -> None:
        async for piece in received:
            assert piece == b"hello"

    with pytest.raises(BadResponse, match=r"^a\.example:80: the body is cut short \(the connection broke\)$"):
        asyncio.run(read())
