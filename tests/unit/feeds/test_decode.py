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
        ((HEAD.format("utf-8") + WORD).encode("utf-16-le"), "", HEAD.format("utf-8") + WORD),
        (("<rss>" + WORD).encode("utf-16-le"), "text/xml; charset=utf-8", "<rss>" + WORD),
        (("\r\n <rss>" + WORD).encode("utf-16-be"), "", "\r\n <rss>" + WORD),
        (("\n<rss>" + WORD).encode("utf-32-le"), "", "\n<rss>" + WORD),
        (("<rss>" + WORD).encode("utf-32-be"), "", "<rss>" + WORD),
        (("<rss>" + WORD).encode("utf-16-le") + b"x", "", "<rss>" + WORD + "\ufffd"),
        (WORD.encode("utf-16-le"), "text/xml; charset=utf-16le", WORD),
        (b"<rss/>", "text/xml; charset=utf-16", "<rss/>"),
        (b"\n<rss></rss>", "text/xml; charset=utf-32", "\n<rss></rss>"),
        (HEAD.format("UTF-16").encode() + b"caf\xe9", "", HEAD.format("UTF-16") + "café"),
        (HEAD.format("u16").encode(), "", HEAD.format("u16")),
        (HEAD.format("utf16").encode() + b" ", "", HEAD.format("utf16") + " "),
        (HEAD.format("UTF_16BE").encode() + b"  ", "", HEAD.format("UTF_16BE") + "  "),
        (HEAD.format("u32").encode() + b"<r/>", "", HEAD.format("u32") + "<r/>"),
        ("①㈱髙".encode("cp932"), "text/xml; charset=Shift_JIS", "①㈱髙"),
        ("똠방각하".encode("cp949"), "text/xml; charset=ks_c_5601-1987", "똠방각하"),
        ("똠방각하".encode("cp949"), "text/xml; charset=euc-kr", "똠방각하"),
        ("香港鰂魚涌邨".encode("big5hkscs"), "text/xml; charset=Big5", "香港鰂魚涌邨"),
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


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("gb2312", "中华人民共和国国务院公告"),
        ("shift_jis", "日本政府は今日発表しました"),
        ("euc-kr", "대한민국정부가오늘발표했다"),
        ("big5", "中華民國政府今日宣布消息"),
        ("windows-1251", "Правительство сегодня"),
        ("koi8-r", "Правительство сегодня"),
    ],
)
@pytest.mark.parametrize("served", [True, False])
def test_a_bad_byte_costs_one_character_in_any_encoding(encoding: str, text: str, served: bool) -> None:
    head = HEAD.format("utf-8" if served else encoding)
    bad = b"\x98" if encoding == "windows-1251" else b"\xff"
    body = head.encode() + text.encode(encoding) + bad + b"</title>"
    found = decode(body, f"text/xml; charset={encoding}" if served else "")
    assert found.startswith(f"{head}{text}")
    assert found.endswith("</title>")


def test_where_bad_bytes_are_many_the_declaration_is_wrong() -> None:
    body = HEAD.format("windows-1251").encode() + "Ж".encode("cp1251") * 19 + b"\x98\x98"
    assert decode(body).endswith("Æ" * 19 + "\u02dc\u02dc")


def test_of_a_header_without_end_only_the_beginning_is_read() -> None:
    late = "application/xml; a=" + "b" * 1_000 + "; charset=windows-1251"
    assert decode(WORD.encode("cp1251"), late) == WORD.encode("cp1251").decode("cp1252")
    decode(b"<x/>", 'application/xml; a="' + ";" * 10_000_000)


@given(st.text(alphabet="charset*0123=;\"'\\%é\udc80\0 utf8-x", max_size=60))
def test_any_header_leaves_the_text(parameters: str) -> None:
    assert decode(b"caf\xe9", f"text/xml; {parameters}") == "café"
