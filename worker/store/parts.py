"""The documents of a sitemap index, as the database keeps them with the feed: JSON, or NULL where there are none."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any

from worker.records import Part, Validators

if TYPE_CHECKING:
    from collections.abc import Sequence


def parts_of(stored: list[dict[str, Any]] | None) -> tuple[Part, ...]:
    """Read what `kept` made."""
    return tuple(
        Part(
            url=one["url"],
            validators=None
            if one["asked_with"] is None
            else Validators(one["asked_with"], _bytes(one["etag"]), _bytes(one["last_modified"])),
            body_hash=_bytes(one["body_hash"]),
            late=one["late"],
        )
        for one in stored or ()
    )


def kept(parts: Sequence[Part]) -> list[dict[str, Any]] | None:
    """Return plain values for JSON; what is bytes comes back byte for byte, so it is written in base 64."""
    values = [
        {
            "url": part.url,
            "asked_with": None if part.validators is None else part.validators.url,
            "etag": None if part.validators is None else _text(part.validators.etag),
            "last_modified": None if part.validators is None else _text(part.validators.last_modified),
            "body_hash": _text(part.body_hash),
            "late": part.late,
        }
        for part in parts
    ]
    return values or None


def _text(value: bytes | None) -> str | None:
    return None if value is None else b64encode(value).decode("ascii")


def _bytes(value: str | None) -> bytes | None:
    return None if value is None else b64decode(value)
