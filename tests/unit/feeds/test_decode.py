from __future__ import annotations

import codecs

import pytest

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
        (b"", "", ""),
    ],
)
def test_decode(body: bytes, content_type: str, text: str) -> None:
    assert decode(body, content_type) == text
