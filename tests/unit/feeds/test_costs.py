"""What a document that the worker reads in its own process may cost, counted in CPU time beside its harmless twin's."""

from __future__ import annotations

import time
from functools import cache

import pytest

from worker.feeds.parse import parse

SIZE = 64 * 1024
TIMES = 4
SLACK = 1.0
"""Seconds. Before bases were bounded, each of the documents below took three seconds or more than their twins."""

LONG = "../" * 2_700
LONGER = "../" * 10_000
DEEP = "a/" * 16_000
RSS = ("<rss version='2.0'><channel>", "</channel></rss>")
ATOM = "http://www.w3.org/2005/Atom"
JSON = '{"version": "https://jsonfeed.org/version/1", "items": ['


@cache  # many have the same twin
def seconds(head: str, unit: str, tail: str, url: str) -> float:
    """CPU time of reading a document that is full of `unit`."""
    count = (SIZE - len(head) - len(tail)) // len(unit)
    body = f"{head}{unit * count}{tail}".encode()
    start = time.process_time()
    parse(body, url=url)
    return time.process_time() - start


@pytest.mark.unmeasured
@pytest.mark.parametrize("end", ["", "&nosuch;"])
@pytest.mark.parametrize(
    ("head", "unit", "tail"),
    [
        (f"<feed base='http://a.example/{LONGER}'>", "<x base='b'/>", "</feed>"),
        (f"<feed xml:base='http://a.example/{LONGER}'>", "<x xml:base='b'/>", "</feed>"),
        (f"<feed xmlns='{ATOM}' xml:base='http://a.example/{DEEP}'>", "<link href='b'/>", "</feed>"),
        (f"<feed xmlns='{ATOM}' xml:base='http://a.example/'>", f"<x base='{LONG}'/>" + "<x base='b'/>" * 900, "</feed>"),
        (f"{RSS[0]}<link>http://a.example/{LONG}</link>", "<item><link>b</link></item>", RSS[1]),
    ],
)  # fmt: skip
def test_a_base_of_thousands_of_segments_costs_no_more_than_a_short_one(
    head: str, unit: str, tail: str, end: str
) -> None:
    short = seconds("<feed base='http://a.example/d/'>", "<x base='b'/>", f"{end}</feed>", "")
    assert seconds(head, unit, end + tail, "http://a.example/") < TIMES * short + SLACK


@pytest.mark.unmeasured
@pytest.mark.parametrize(
    ("head", "unit", "tail"),
    [
        (JSON, '{"url": "b"}, ', "{}]}"),
        (RSS[0], "<item><link>b</link></item>", RSS[1]),
        ("<urlset>", "<url><loc>b</loc></url>", "</urlset>"),
        (RSS[0], f"<item><link>{LONG}</link><guid>{LONG}</guid></item>", RSS[1]),
        (JSON, f'{{"url": "{LONG}"}}, ', "{}]}"),
    ],
)
def test_an_address_of_thousands_of_segments_costs_no_more_than_a_short_one(head: str, unit: str, tail: str) -> None:
    short = seconds(head, unit, tail, "http://a.example/")
    assert seconds(head, unit, tail, f"http://a.example/{LONG}") < TIMES * short + SLACK


@pytest.mark.unmeasured
@pytest.mark.parametrize(
    ("head", "unit"),
    [
        (f"{RSS[0][:-1]} xml:base='http://a.example/{'b/' * 97}'>&nosuch;", "<x"),
        (f"{RSS[0][:-1]} xml:base='http://{'é' * 1_900}/'>&nosuch;", "<x base=b>"),
        (f"{RSS[0]}&nosuch;", "<item>"),
        (f"{RSS[0]}<item>&nosuch;", "<link>b"),
    ],
)
def test_elements_that_are_never_closed_cost_little(head: str, unit: str) -> None:
    assert seconds(head, unit, "", "http://a.example/") < 6.0
