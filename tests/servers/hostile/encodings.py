"""Encodings of every kind, declared, undeclared and declared wrongly, and characters that no document may hold."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from servers.hostile.endpoint import error, new, serves
from servers.hostile.feed import GOOD, item, text

if TYPE_CHECKING:
    from servers.hostile.endpoint import Endpoint

XML = "application/xml"


def endpoints() -> list[Endpoint]:
    """The family."""
    plain = text(*(item(number, f"<category>Кёльн № {number}</category>") for number in range(3)))
    latin = plain.replace("Кёльн №", "Köln")

    def encoded(
        name: str, encoding: str, *, declared: str | None = None, bom: bytes = b"", document: str = plain
    ) -> Endpoint:
        said = document.replace("UTF-8", declared or encoding)
        return serves(f"/encodings/{name}", bom + said.encode(encoding, "xmlcharrefreplace"), new(), kind=XML)

    def raw(name: str, body: bytes, kind: str = XML) -> Endpoint:
        return serves(f"/encodings/{name}", body, new(), kind=kind)

    return [
        encoded("utf-8-bom", "utf-8", bom=codecs.BOM_UTF8),
        encoded("utf-16-le-bom", "utf-16-le", declared="UTF-16", bom=codecs.BOM_UTF16_LE),
        encoded("utf-16-be-bom", "utf-16-be", declared="UTF-16", bom=codecs.BOM_UTF16_BE),
        encoded("utf-16-le", "utf-16-le", declared="UTF-16"),
        encoded("utf-16-be", "utf-16-be", declared="UTF-16"),
        encoded("utf-32-le-bom", "utf-32-le", declared="UTF-32", bom=codecs.BOM_UTF32_LE),
        encoded("utf-32-be", "utf-32-be", declared="UTF-32"),
        encoded("utf-16-called-utf-8", "utf-16-le", declared="UTF-8", bom=codecs.BOM_UTF16_LE),
        encoded("utf-8-called-utf-16", "utf-8", declared="UTF-16"),
        encoded("utf-8-called-latin-1", "utf-8", declared="ISO-8859-1"),
        encoded("latin-1-called-utf-8", "latin-1", declared="UTF-8", document=latin),
        encoded("latin-1-called-ascii", "latin-1", declared="US-ASCII", document=latin),
        encoded("windows-1251", "windows-1251"),
        encoded("koi8-r", "koi8-r"),
        encoded("ebcdic", "cp037", document=latin),
        encoded("unknown", "utf-8", declared="x-nobody-knows"),
        encoded("codec-that-is-no-charset", "utf-8", declared="unicode_escape"),
        raw("charset-of-the-header-wrong", plain.encode(), f"{XML}; charset=utf-16"),
        raw("charset-of-the-header-unknown", plain.encode(), f"{XML}; charset=;;"),
        serves(
            "/encodings/utf-7",
            GOOD.replace(b"UTF-8", b"UTF-7").replace(b"<", b"+ADw-").replace(b">", b"+AD4-"),
            error("text|no feed|markup", 200),
            kind=f"{XML}; charset=utf-7",
        ),
        raw("nul-bytes", GOOD.replace(b"Ferry", b"Fe\0rry")),
        raw("control-characters", GOOD.replace(b"harbour", bytes(range(1, 9)) + b"\x0b\x0c\x0e\x1f\x7f harbour")),
        raw("lone-surrogates", GOOD.replace(b"harbour", b"\xed\xa0\x80 harbour")),
        raw("surrogate-references", GOOD.replace(b"harbour", b"&#xD800; &#55357; harbour")),
        raw("references-past-unicode", GOOD.replace(b"harbour", b"&#x110000; &#99999999999; &#0; harbour")),
        raw("noncharacters", GOOD.replace(b"harbour", "\ufffe\uffff\U0010ffff harbour".encode())),
        raw("text-turned-around", GOOD.replace(b"harbour", "\u202egnp.exe\u2066 harbour".encode())),
        raw("cut-in-a-character", text(*map(item, range(3))).encode().replace(TAIL, "Кёльн".encode()[:-1])),
        raw("overlong-utf-8", GOOD.replace(b"harbour", b"\xc0\xbcscript\xc0\xbe harbour")),
    ]


TAIL = b"</channel></rss>\n"
