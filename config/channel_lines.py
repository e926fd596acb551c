"""A channel as configured, from its entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.values import ChannelLine

if TYPE_CHECKING:
    from config.entries import ChannelEntry
    from config.values import ChannelKind


def channel_line(entry: ChannelEntry) -> ChannelLine:
    """Return the line of one channel, without its mark. That an entry is of exactly one kind is checked elsewhere."""
    ways: tuple[tuple[ChannelKind, str | None], ...] = (
        ("webhook", entry.webhook),
        ("email", entry.email),
        ("apprise", entry.apprise),
        ("log", ""),
    )
    kind, address = next((kind, address) for kind, address in ways if address is not None)
    return ChannelLine(
        kind,
        address or "",
        entry.secret if kind == "webhook" else None,
        at_most_once=entry.at_most_once,
        template=entry.template,
    )
