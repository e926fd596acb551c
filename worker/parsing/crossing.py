"""What passes between the worker and its parser: questions, documents, answers, and the frames around them.

Both ends are ours, but the parser has read a stranger's bytes, so the worker believes it no further than it must: an
unpickled answer can name the classes below and nothing else (Python's pickle documentation, "Restricting Globals").
"""

from __future__ import annotations

import pickle
import struct
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal

from worker.errors import HtmlPage, ParseError
from worker.feeds.model import Document, Enclosure, Hints, ItemData, Known

if TYPE_CHECKING:
    from typing import BinaryIO

LONGEST = 256 << 20
"""Bytes of a frame. A document of 20 MB says each of its letters twice at most (summary and text), in three bytes."""

LENGTH = struct.Struct("!Q")
"""What stands before a frame: its length in bytes."""


@dataclass(frozen=True, slots=True)
class Question:
    """How to read the document whose bytes come in the next frame: as a feed, or as a web page for its main text."""

    kind: Literal["feed", "page"]
    content_type: str
    url: str
    known: Known | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the document says, or why it cannot be read. `last`: the parser ends now, to give its memory back."""

    result: Document | str | ParseError
    last: bool


_MAY_CROSS: dict[tuple[str, str], type] = {
    (one.__module__, one.__qualname__): one
    for one in (
        *(Answer, Document, Enclosure, Hints, HtmlPage, ItemData, Known, ParseError, Question),
        *(datetime, timedelta, timezone),
    )
}

_TRIPS = (ArithmeticError, AttributeError, EOFError, ImportError, LookupError, MemoryError, RuntimeError, TypeError)
"""What unpickling raises, besides its own error and ValueError, where the bytes make no sense."""


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - the signature of the class above
        """Return one of the few classes that may cross."""
        try:
            return _MAY_CROSS[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"{module}.{name} may not cross") from None


def packed(value: Question | Answer) -> bytes:
    """Return `value` as bytes."""
    return pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)


def unpacked(data: bytes | bytearray) -> object:
    """Return what `packed` was given; ValueError where it cannot have been that."""
    try:
        return _Unpickler(BytesIO(data)).load()
    except (pickle.UnpicklingError, *_TRIPS) as error:
        raise ValueError(f"not a message: {error}") from error


def read_frame(stream: BinaryIO) -> bytes | None:
    """Return the next frame of a blocking stream, or None at its end, in the midst of a frame too."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    data = stream.read(length)
    return data if len(data) == length else None


def write_frame(stream: BinaryIO, data: bytes) -> None:
    """Write a frame to a blocking stream."""
    stream.write(LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()
