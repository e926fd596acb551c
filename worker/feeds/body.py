"""The text of an item, put together from its summary and its full content. PURE."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from worker.feeds.limits import MAX_TEXT, MAX_TITLE

if TYPE_CHECKING:
    from collections.abc import Sequence

_CUT = re.compile(r"\s*(?:\.\.\.|…|\[(?:…|\.\.\.)\])\s*$")


def title(text: str) -> str:
    """A title from clean text: one line of at most 1,000 characters."""
    return " ".join(text.split())[:MAX_TITLE].rstrip()


def body(summary: str, contents: Sequence[str]) -> str:
    """The text to match: the contents, after the summary where they do not hold it already; at most 200,000 characters.

    A summary that ends in an ellipsis counts as held where its beginning is.
    """
    full = "\n".join(dict.fromkeys(filter(None, contents)))
    if not full:
        return summary[:MAX_TEXT]
    if summary and summary != full and _CUT.sub("", " ".join(summary.split())) not in " ".join(full.split()):
        full = f"{summary}\n{full}"
    return full[:MAX_TEXT]
