"""What a template may name, with the sample that it is checked against (docs/MESSAGES.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable


class Names(list[str]):
    """Names to go through or to join; printed as they are, they are one line of text."""

    __slots__ = ("_line",)

    def __init__(self, names: Iterable[str], line: str) -> None:
        super().__init__(names)
        self._line = line

    def __str__(self) -> str:
        return self._line


_STORY: Final = {
    "headline": "Talks around Ukraine over",
    "link": "https://news.example.org/a",
    "source": "Example News (Reuters, Kyiv)",
    "published": "2022-02-12 17:01 UTC",
    "seen": "2022-02-12 17:02 UTC",
    "kind": "",
    "lists": Names(("Kyiv", "Ukraine"), "Kyiv, Ukraine"),
    "why": "Ukraine",
    "snippets": ["Talks around *Ukraine* over"],
    "reports": 3,
    "independent": 2,
    "also": "Another Paper, The Third and 1 more",
    "useful": "https://tocsin.example/u",
    "noise": "https://tocsin.example/n",
    "mute": "https://tocsin.example/m",
    "pause": "https://tocsin.example/p",
}

SAMPLE: Final[dict[str, object]] = {
    "type": "alert.created",
    "subject": "Kyiv, Ukraine: Talks around Ukraine over",
    "subscriber": "desk",
    "lists": Names(("Kyiv", "Ukraine"), "Kyiv, Ukraine"),
    "text": "Talks around Ukraine over",
    "story": _STORY,
    "stories": [_STORY],
    "coverage": "",
    "preferences": "https://tocsin.example/s",
    "unsubscribe": "https://tocsin.example/x",
}
"""Each name with a value of its kind; `worker.alerts.template` gives the same for a message."""
