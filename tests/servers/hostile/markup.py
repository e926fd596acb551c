"""XML that is broken, or made to break whoever reads it, and documents of another kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from servers.hostile.endpoint import Ending, Endpoint, error, new, serves
from servers.hostile.feed import COUNT, GOOD, HEAD, TAIL, item, text

if TYPE_CHECKING:
    from servers.hostile.visit import Visit

DECLARED = "declarations"
PAGE = "<!DOCTYPE html><html><head><title>Harbour</title></head><body><h1>Timetable</h1><p>All ferries leave.</p></body></html>"


def endpoints() -> list[Endpoint]:
    """The family."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    three = "".join(map(item, range(COUNT)))

    def declared(name: str, doctype: str, inside: str) -> Endpoint:
        document = text(item(1), f"<item><title>{inside}</title></item>").replace("<rss", f"{doctype}<rss", 1)
        return serves(f"/markup/{name}", document.encode(), error(DECLARED, 200))

    def broken(name: str, document: str | bytes, items: int = COUNT) -> Endpoint:
        body = document.encode() if isinstance(document, str) else document
        return serves(f"/markup/{name}", body, new(items))

    def stranger(
        name: str, document: str, words: str, *, state: str = "backing_off", kind: str = "text/html"
    ) -> Endpoint:
        return serves(f"/markup/{name}", document.encode(), error(words, 200, state=state), kind=kind)

    return [
        declared("billion-laughs", f'<!DOCTYPE rss [<!ENTITY l0 "ha">{laughs}]>', "&l9;"),
        declared("quadratic-blowup", f'<!DOCTYPE rss [<!ENTITY a "{"a" * 50_000}">]>', "&a;" * 20_000),
        declared("external-entity", '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "&x;"),
        declared("parameter-entity", '<!DOCTYPE rss [<!ENTITY % x SYSTEM "file:///etc/hostname">%x;]>', "&x;"),
        declared("subset-behind-a-comment", "<!-- [ --><!DOCTYPE rss\n\n[<!ENTITY x 'y'>]>", "&x;"),
        Endpoint("/markup/entity-at-the-canary", _entity, error(DECLARED, 200)),
        Endpoint("/markup/DTD-at-the-canary", _dtd, new()),
        Endpoint("/markup/XInclude-at-the-canary", _include, new()),
        broken("never-closed", HEAD + three),
        broken("cut-in-an-item", HEAD + three + "<item><title>Ferry 9", COUNT + 1),
        broken("tags-crossed", GOOD.replace(b"Report", b"<b><i>Report</b></i>")),
        broken("ampersands", GOOD.replace(b"leaves", b"& Sons && leaves")),
        broken("HTML-entities", GOOD.replace(b"leaves", b"&nbsp;&mdash;&hearts; leaves")),
        broken("unknown-entities", GOOD.replace(b"leaves", b"&nobody;&l9; leaves")),
        broken("prefix-unknown", GOOD.replace(b"</item>", b"<who:knows>yes</who:knows></item>")),
        broken("attribute-twice", GOOD.replace(b"<guid ", b"<guid isPermaLink='false' ")),
        broken("attribute-unquoted", GOOD.replace(b'"2.0"', b"2.0")),
        broken("less-than-in-text", GOOD.replace(b"leaves", b"5 < 6 leaves")),
        broken("CDATA-never-closed", HEAD + three + "<item><title><![CDATA[Ferry 9", COUNT + 1),
        broken("comment-with-hyphens", GOOD.replace(b"<item>", b"<!-- a -- b --><item>")),
        broken("warning-before", b"\n<br />\n<b>Warning</b>: Undefined index in feed.php\n" + GOOD),
        broken("script-behind", GOOD + b"<script>count()</script>"),
        broken("two-documents", GOOD + GOOD),
        broken("version-of-another-world", GOOD.replace(b'"1.0"', b'"9.9"').replace(b'"2.0"', b'"77"')),
        broken("tags-shouted", GOOD.replace(b"item>", b"ITEM>")),
        serves("/markup/no-items", text().encode(), Ending("new|unchanged", 200, "ok|stale")),
        stranger("page", PAGE, "HTML", state="html"),
        stranger("page-called-feed", PAGE, "HTML", state="html", kind="application/rss+xml"),
        stranger(
            "page-in-XHTML",
            '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body/></html>',
            "HTML",
            state="html",
        ),
        stranger("words", "The ferries do not run today.", "text|no feed"),
        stranger("white-space", " \n\t" * 500, "empty"),
        stranger("lists-of-feeds", '<?xml version="1.0"?><opml version="2.0"><body/></opml>', "OPML", kind="text/xml"),
        stranger(
            "picture-in-XML",
            '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>',
            "no feed|svg",
            kind="image/svg+xml",
        ),
        stranger(
            "SOAP",
            '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body/></s:Envelope>',
            "no feed|[Ee]nvelope",
            kind="text/xml",
        ),
        serves(
            "/markup/picture",
            b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
            error("data|feed|text", 200),
            kind="image/png",
        ),
        serves("/markup/archive", b"PK\x03\x04" + bytes(500), error("ZIP|data", 200), kind="application/zip"),
    ]


async def _entity(visit: Visit) -> None:
    doctype = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "http://127.0.0.1:{visit.places.canary}/x">]>'
    await visit.answer((doctype + HEAD + item("&x;") + TAIL).encode())


async def _dtd(visit: Visit) -> None:
    inside = f"http://127.0.0.1:{visit.places.canary}"
    head, _, rest = GOOD.decode().partition("\n")
    more = f'<!DOCTYPE rss SYSTEM "{inside}/rss.dtd"><?xml-stylesheet href="{inside}/style.xsl" type="text/xsl"?>'
    await visit.answer(f"{head}{more}{rest}".encode())


async def _include(visit: Visit) -> None:
    more = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="http://127.0.0.1:{visit.places.canary}/x"/>'
    await visit.answer(text(more, *map(item, range(COUNT))).encode())
