"""Documents that are too large, too many, too deep: what parsers pay for (RELIABILITY 13)."""

from __future__ import annotations

import gzip
import random
from typing import TYPE_CHECKING

from servers.hostile.endpoint import error, new, serves
from servers.hostile.feed import HEAD, TAIL, feed, item, text

if TYPE_CHECKING:
    from servers.hostile.endpoint import Endpoint

MIB = 1 << 20
ZIPPED = "Content-Encoding: gzip"


def endpoints() -> list[Endpoint]:
    """The family."""
    long_text = text(item(1, f"<content:encoded>{_prose(15 * MIB)}</content:encoded>")).replace(
        '<rss version="2.0">', '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
    )
    many = "".join(f"<item><title>Ferry {number}</title><guid>{number:x}</guid></item>" for number in range(200_000))
    attributes = " ".join(f'a{number}="{number}"' for number in range(50_000))
    deep = "<a>" * 100_000 + "</a>" * 100_000
    return [
        serves("/sizes/one-text-of-15-MB", gzip.compress(long_text.encode(), 1), new(1), ZIPPED),
        serves("/sizes/one-text-of-15-MB-unzipped", long_text.encode(), error("over 10 MB")),
        serves(
            "/sizes/200,000-items", gzip.compress((HEAD + many + TAIL).encode(), 1), error("items|tags", 200), ZIPPED
        ),
        serves("/sizes/5,000-items", gzip.compress(feed(5_000), 1), new(2_000), ZIPPED),
        serves("/sizes/50,000-attributes", text(item(1), f"<x {attributes}/>").encode(), error("attributes", 200)),
        serves(
            "/sizes/attributes-over-and-over",
            text(item(1), f"<x {' '.join(f'a{n}=' + chr(34) * 2 for n in range(300))}/>" * 500).encode(),
            error("attributes", 200),
        ),
        serves("/sizes/100,000-deep", text(item(1), deep).encode(), error("deep|depth|nest", 200)),
        serves("/sizes/100,000-deep-in-an-item", text(item(1, deep)).encode(), error("deep|depth|nest", 200)),
        serves("/sizes/a-million-tags", text(item(1), "<x/>" * 1_000_000).encode(), error("tags", 200)),
        serves(
            "/sizes/title-of-1-MB",
            text(*map(item, range(2)), f"<item><title>{'Ferry ' * (MIB // 6)}</title></item>").encode(),
            new(),
        ),
        serves("/sizes/a-megabyte-of-less-than", text(*map(item, range(3)), "<" * MIB).encode(), error("tags", 200)),
        serves("/sizes/a-megabyte-of-ampersands", text(*map(item, range(3)), "&" * MIB).encode(), new()),
        serves("/sizes/a-value-never-closed", text(*map(item, range(3)), '<x y="' + "z " * (MIB // 2)).encode(), new()),
        serves("/sizes/a-comment-of-4-MB", text(f"<!-- {'- ' * (2 * MIB)} -->", *map(item, range(3))).encode(), new()),
        serves("/sizes/a-comment-never-closed", text(*map(item, range(3)), "<!-- " + "- " * MIB).encode(), new()),
        serves(
            "/sizes/10,000-categories",
            text(item(1), item(2, "".join(f"<category>c{n}</category>" for n in range(10_000))), item(3)).encode(),
            new(),
        ),
        serves(
            "/sizes/markup-100,000-deep-in-a-text",
            text(item(1), item(2, f"<description><![CDATA[{'<b>' * 100_000}]]></description>"), item(3)).encode(),
            new(),
        ),
    ]


def _prose(length: int) -> str:
    """So many characters of words, which compress as prose does."""
    source = random.Random(2022)
    words = ["".join(source.choices("etaoinshrdlucmfwypvbgk", k=source.randint(2, 11))) for _ in range(4_000)]
    block = " ".join(source.choices(words, k=40_000))
    pieces: list[str] = []
    total = 0
    while total < length:
        start = source.randrange(len(block) - 20_000)
        piece = block[start : start + source.randint(50, 400)]
        pieces.append(piece)
        total += len(piece) + 1
    return " ".join(pieces)[:length]
