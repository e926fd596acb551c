"""How kinds of receivers read text, and how a stranger's words are written so that nothing in them comes alive. PURE.

A word is taken apart by a zero-width space (U+200B) where a receiver would make a mention, a command, a tag or a link
of it: it reads as before, and does nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from worker.alerts.pieces import Piece

ZWSP: Final = "\u200b"

_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f\u2028-\u202e"
                        "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]")  # fmt: skip
"""What has no width; not the joiners (U+200C, U+200D), which letters and emoji need, nor variation selectors."""

_ALIVE = re.compile(
    r"(?P<scheme>:)(?=//)"  # https://
    r"|(?P<dot>(?<=[^\W_])[.\u3002\uff0e\uff61])(?=[^\W\d_]{2})"  # evil.example
    r"|(?P<mention>[@#])(?=[\w\[*])"  # @everyone, #channel, @**all**
    r"|(?P<angle><)(?=[@#!:/\w])"  # <@U123>, <!channel>, <:emoji:1>
    r"|(?P<command>(?<![\w/])[/!])(?=\w)"  # /start
    r"|(?P<emoji>:)(?=[a-z_+-][\w+-]*:)"  # :boom:
    r"|(?P<cash>\$)(?=[a-z$])",  # $TAG, $$formula$$
    re.IGNORECASE,
)
_BEGINNINGS = frozenset("@#<:/!$.")
"""Characters that may begin, or hold together, what is alive."""

_BLOCK = re.compile(r"[#+\-=>:|~]|\d+[.)]|&gt;|\\>")
"""What begins a heading, a list, a quotation or a rule at the beginning of a line."""

_MARKDOWN = re.compile(r"[\\`*_~|\[\]<>]|&(?=#?\w+;)")
_MRKDWN = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "*": "∗", "_": "ˍ", "~": "∼", "`": "ʼ", "|": "¦"})  # noqa: RUF001 - letters alike are the point: there are no escapes


def inert(text: str) -> str:
    """`text` with nothing in it that a chat would link, mention or obey."""
    return _ALIVE.sub(lambda found: found[0] + ZWSP, _INVISIBLE.sub("", text))


def _markdown(text: str) -> str:
    return _MARKDOWN.sub(r"\\\g<0>", inert(text))


def _mrkdwn(text: str) -> str:
    return inert(text).translate(_MRKDWN)


def _html(text: str) -> str:
    return escape(inert(text), quote=True)


@dataclass(frozen=True, slots=True)
class Tongue:
    """One way to write.

    Attributes:
        said: Writes a stranger's words.
        strong: What stands before and after a headline.
        hit: The same for a highlighted word.
        link: Writes words of ours that lead to an address (`{label}`, `{url}`).
        address: Writes an address as it is (`{url}`).
        newline: Ends a line.
    """

    name: str
    said: Callable[[str], str]
    strong: tuple[str, str]
    hit: tuple[str, str]
    link: str
    address: str
    newline: str = "\n"

    def write(self, piece: Piece) -> str:
        """Write one piece."""
        match piece.style:
            case "address":
                return self.address.format(url=self._url(piece.url))
            case "link":
                return self.link.format(label=self.said(piece.text), url=self._url(piece.url))
            case "head":
                return self._between(self.strong, piece.text)
            case "hit":
                return self._between(self.hit, piece.text)
            case "ours":
                return escape(piece.text) if self.name == "html" else piece.text
            case _:
                return self.said(piece.text)

    def line(self, pieces: Iterable[Piece]) -> str:
        """Write the pieces of a line, with nothing that only two of them together would bring to life.

        A mark between an @ and a name would make of them what some call a name in marks.
        """
        text, end = "", ""
        for piece in pieces:
            text += (ZWSP if end in _BEGINNINGS and self.name != "plain" else "") + self.write(piece)
            end = piece.text[-1:] if piece.style in {"said", "hit"} else ""
        return text

    def _between(self, marks: tuple[str, str], text: str) -> str:
        """Write words between marks, which must stand next to letters to be any."""
        inner = text.strip()
        if not inner:
            return self.said(text)
        before, _, after = text.partition(inner)
        return before + self.said(inner).join(marks) + after

    def begun(self, text: str) -> str:
        """Return the text of a line, kept from being a heading, list or quotation by what it begins with."""
        return ZWSP + text if _BLOCK.match(text) else text

    def _url(self, url: str) -> str:
        return escape(url, quote=True) if self.name in {"html", "mrkdwn"} else url


_NONE = ("", "")
_STARS = ("**", "**")

PLAIN = Tongue("plain", str, _NONE, ("*", "*"), "{label}: {url}", "{url}")
"""A mail's text: whoever shows it makes of an address a link that says where it leads, and obeys nothing."""

TEXT = Tongue("text", inert, _NONE, ("*", "*"), "{label}: {url}", "{url}")
HTML = Tongue("html", _html, ("<b>", "</b>"), ("<b>", "</b>"), '<a href="{url}">{label}</a>', "{url}")
MARKDOWN = Tongue("markdown", _markdown, _STARS, _STARS, "[{label}]({url})", "<{url}>")
BARE_MARKDOWN = Tongue("markdown", _markdown, ("*", "*"), ("*", "*"), "[{label}]({url})", "{url}")
CARD = Tongue("markdown", _markdown, _STARS, _STARS, "[{label}]({url})", "[{url}]({url})", "\n\n")
MRKDWN = Tongue("mrkdwn", _mrkdwn, ("*", "*"), ("*", "*"), "<{url}|{label}>", "<{url}>")
"""Slack's: https://docs.slack.dev/messaging/formatting-message-text"""

TONGUES: Final[dict[str, Tongue]] = {
    "text": TEXT,
    "html": HTML,
    "markdown": MARKDOWN,
    "bare markdown": BARE_MARKDOWN,
    "card": CARD,
    "mrkdwn": MRKDWN,
}
"""By the names that `config.apprise_services` gives them."""
