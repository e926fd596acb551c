"""Cursors: where a search goes on, as a word that nobody can read, and that fits no other search."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from hashlib import blake2b
from hmac import compare_digest
from struct import Struct
from struct import error as StructError  # noqa: N812 - it is a class
from typing import NamedTuple

from worker.errors import ConfigurationError

_FIELDS = Struct("<qqdq")
_SEAL = 8


class Cursor(NamedTuple):
    """The place behind an item in the order of a search.

    Attributes:
        item: The item's id.
        until: By relevance: the highest id of an item that the search looks at. By age: 0.
        score: By relevance: the item's. By age: 0.
        down_to: By relevance: the lowest id that the first page looked at; all pages rank the same items. By age: 0.
    """

    item: int
    until: int = 0
    score: float = 0.0
    down_to: int = 0


def written(cursor: Cursor, *, key: str) -> str:
    """Write a cursor; `key` holds what makes this search another than others, and a secret of the database."""
    fields = _FIELDS.pack(*cursor)
    return urlsafe_b64encode(fields + _seal(fields, key)).rstrip(b"=").decode()


def read(text: str, *, key: str) -> Cursor:
    """Read a cursor; raise ConfigurationError where it is none, or was written under another key."""
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        fields, seal = raw[:-_SEAL], raw[-_SEAL:]
        cursor = Cursor(*_FIELDS.unpack(fields))
    except (Error, ValueError, StructError):
        raise ConfigurationError(f"{text!r} is no cursor of a search") from None
    if not compare_digest(seal, _seal(fields, key)):
        raise ConfigurationError("this cursor is of another search: it goes with the same query and order only")
    return cursor


def _seal(fields: bytes, key: str) -> bytes:
    return blake2b(fields, digest_size=_SEAL, key=blake2b(key.encode(), digest_size=32).digest()).digest()
