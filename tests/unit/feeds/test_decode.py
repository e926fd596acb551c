from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.feeds.decode import decode

HEAD = '<?xml version="1.0" encoding="{}"?>'
WORD = "Київ, Україна"


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        (WORD.encode(), "", WORD),
        (WORD.encode(), "text/xml; charset=windows-1251", WORD),
        (WORD.encode(), "text/xml; charset=iso-8859-1", WORD),
        (codecs.BOM_UTF8 + b"x", "text/xml; charset=koi8-u", "x"),
        (codecs.BOM_UTF16_LE + WORD.encode("utf-16-le"), "", WORD),
        (codecs.BOM_UTF16_BE + WORD.encode("utf-16-be"), "", WORD),
        (codecs.BOM_UTF32_LE + WORD.encode("utf-32-le"), "", WORD),
        (codecs.BOM_UTF32_BE + WORD.encode("utf-32-be"), "", WORD),
        ((HEAD.format("UTF-16") + WORD).encode("utf-16-le"), "", HEAD.format("UTF-16") + WORD),
        ((HEAD.format("utf-16") + WORD).encode("utf-16-be"), "", HEAD.format("utf-16") + WORD),
        ((HEAD.format("cp037") + "A").encode("cp037"), "", HEAD.format("cp037") + "A"),
        ((HEAD.format("windows-1251") + WORD).encode("cp1251"), "", HEAD.format("windows-1251") + WORD),
        ((HEAD.format("koi8-u") + WORD).encode("koi8-u"), "application/rss+xml", HEAD.format("koi8-u") + WORD),
        (WORD.encode("cp1251"), "application/rss+xml; charset=windows-1251", WORD),
        ((HEAD.format("utf-8") + WORD).encode("cp1251"), "text/xml; charset=windows-1251", HEAD.format("utf-8") + WORD),
        (
            (HEAD.format("windows-1251") + WORD).encode("cp1251"),
            "image/gif; charset=koi8-u",
            HEAD.format("windows-1251") + WORD,
        ),
        ((HEAD.format("gb2312") + "镕").encode("gb18030"), "", HEAD.format("gb2312") + "镕"),
        ((HEAD.format("iso-2022-jp") + "雪").encode("iso-2022-jp"), "text/xml", HEAD.format("iso-2022-jp") + "雪"),
        (b"caf\xe9", "", "café"),
        (b"caf\xe9 \x81", "", b"caf\xe9 \x81".decode("iso-8859-2")),
        (WORD.encode() + b"\xd0", "", WORD + "\ufffd"),
        (b"x", "text/xml; charset=idna", "x"),
        (b"x", "text/xml; charset=unicode_escape", "x"),
        (b"x", "text/xml; charset=no-such\r\nthing", "x"),
        (b"caf\xe9", "text/xml; charset=rot13", "café"),
        (b"A+ACA-B caf\xe9", "text/xml; charset=utf7", "A+ACA-B café"),
        (b"A+ACA-B caf\xe9", "text/xml; charset=U7", "A+ACA-B café"),
        (b"A+ACA-B", "text/xml; charset=utf_7", "A+ACA-B"),
        (b"A+ACA-B", "text/xml; charset=u7", "A+ACA-B"),
        (HEAD.format("u7").encode() + b"A+ACA-B", "", HEAD.format("u7") + "A+ACA-B"),
        ("镕".encode("gb18030"), "text/xml; charset=euc-cn", "镕"),
        ("镕".encode("gb18030"), "text/xml; charset=cp936", "镕"),
        (b"caf\xe9", "text/xml; charset*0=x; charset*=y", "café"),
        (b"caf\xe9", "text/xml; charset*" + "9" * 5_000 + "=x", "café"),
        (b"caf\xe9", "\n", "café"),
        (b"", "", ""),
    ],
)
def test_decode(body: bytes, content_type: str, text: str) -> None:
    assert decode(body, content_type) == text


def test_of_a_header_without_end_only_the_beginning_is_read() -> None:
    late = "application/xml; a=" + "b" * 1_000 + "; charset=windows-1251"
    assert decode(WORD.encode("cp1251"), late) == WORD.encode("cp1251").decode("cp1252")
    decode(b"<x/>", 'application/xml; a="' + ";" * 10_000_000)


@given(st.text(alphabet="charset*0123=;\"'\\%é\udc80\0 utf8-x", max_size=60))
def test_any_header_leaves_the_text(parameters: str) -> None:
    assert decode(b"caf\xe9", f"text/xml; {parameters}") == "café"
