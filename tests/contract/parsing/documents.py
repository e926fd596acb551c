"""Pages and feeds to read, cheap and costly; and how to wait for a process."""

import time
from pathlib import Path

PARAGRAPH = (
    "The ferry to the northern islands stayed in harbour on day {}, because the wind would not turn before noon."
)


def page_of(*paragraphs: str, before: str = "", after: str = "") -> bytes:
    told = "".join(f"<p>{text}</p>" for text in paragraphs)
    head = "<title>Ferries</title>"
    return (
        f"<!DOCTYPE html><html><head>{head}</head><body>{before}<article>{told}</article>{after}</body></html>".encode()
    )


def feed_of(title: str, *, size: int = 100_000) -> bytes:
    """A feed of a little more than so many bytes, with as many items as it takes."""
    items, number = [], 0
    while sum(map(len, items)) < size:
        number += 1
        words = PARAGRAPH.format(number) * 20
        items.append(
            f"<item><guid>{number}</guid><title>{title} {number}</title><description>{words}</description></item>"
        )
    return f'<rss version="2.0"><channel><title>{title}</title>{"".join(items)}</channel></rss>'.encode()


PLAIN_PAGE = page_of(*(PARAGRAPH.format(day) for day in range(12)))
HOG = page_of("word", before=f"<div {' '.join(f'a{number}=1' for number in range(60_000))}>")
"""A page that keeps the extractor busy for half a minute: its time grows with the square of an element's attributes."""


def exists(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def eventually(condition, *, timeout: float = 20.0) -> bool:
    deadline = time.monotonic() + timeout
    while not (met := condition()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return met
