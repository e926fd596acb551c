"""Entries given on the command line, held to the same rules as those in the files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from config.entries import FeedEntry
from config.values import FeedLine
from worker.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence


def feed_line(url: str, *, name: str | None, tags: Sequence[str], every: str | None) -> FeedLine:
    """Return the line of a feed; raise ConfigurationError that says what to write instead."""
    try:
        entry = FeedEntry.model_validate({"url": url, "name": name, "tags": list(tags), "every": every})
    except ValidationError as error:
        raise ConfigurationError("; ".join(f"{e['loc'][0]}: {e['msg']}" for e in error.errors())) from None
    return FeedLine(url=entry.url, name=entry.name, tags=tuple(entry.tags), every=entry.every)
