"""OPML lists that are kept in step with: what a person should know of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.redaction import shown_url
from worker.cli.output import note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from worker.store.rows import OpmlRow


def troubles_of(lists: Sequence[OpmlRow]) -> list[str]:
    """Say of each list that cannot be followed why; the error is one line without secrets."""
    return [
        f"the OPML list {shown_url(one.source)} cannot be followed: {one.last_error}"
        for one in lists
        if one.last_error is not None
    ]


def tell_lists(lists: Sequence[OpmlRow]) -> bool:
    """Say which lists cannot be followed, and which have not been read yet; return whether all are well so far."""
    for trouble in troubles_of(lists):
        note(f"warning: {trouble}")
    for one in lists:
        if one.last_read_at is None:
            note(f"the OPML list {shown_url(one.source)} has not been read yet; a service does so, and `tocsin poll`")
    return not troubles_of(lists)
