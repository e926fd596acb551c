"""The documents of the corpus in shares that cost about the same, and what feedparser makes of one."""

from __future__ import annotations

import io
import warnings
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

import feedparser

if TYPE_CHECKING:
    from pathlib import Path

SHARES = 4
"""Into how many a part of the corpus is cut, so that two test processes read it side by side."""


class Paper(NamedTuple):
    """A document of the corpus; `name` is its path there."""

    name: str
    body: bytes

    @property
    def url(self) -> str:
        """On a host of its own, so that none waits for another."""
        return f"https://{blake2b(self.name.encode(), digest_size=8).hexdigest()}.example/{quote(self.name)}"

    @property
    def for_feedparser(self) -> bytes:
        """The body; UTF-16 with neither mark nor declaration, which feedparser cannot tell, as UTF-8."""
        return self.body.decode("utf-16-le").encode() if self.body.startswith(b"<\0r\0") else self.body


def share(corpus: Path, part: str, number: int) -> list[Path]:
    """Every SHARES-th document of a part, which lie in the order of their lengths."""
    files = sorted(path for path in (corpus / part).rglob("*") if path.is_file())
    return sorted(files, key=lambda path: path.stat().st_size)[number::SHARES]


def papers(corpus: Path, part: str, number: int) -> list[Paper]:
    return [Paper(path.relative_to(corpus).as_posix(), path.read_bytes()) for path in share(corpus, part, number)]


def reference(body: bytes, **options: bool) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return feedparser.parse(io.BytesIO(body), **options)


def unsanitised(paper: Paper) -> Any:
    """What feedparser makes of a document where it changes neither texts nor links."""
    return reference(paper.for_feedparser, sanitize_html=False, resolve_relative_uris=False)
