"""JSON that is no JSON Feed, or one that costs more than it should."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from servers.hostile.endpoint import Ending, error, new, serves

if TYPE_CHECKING:
    from servers.hostile.endpoint import Endpoint

JSON = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"


def endpoints() -> list[Endpoint]:
    """The family."""
    items = [
        {"id": f"{number}", "title": f"Bus {number} is late", "content_text": f"Bus {number}."} for number in range(3)
    ]

    def raw(name: str, body: str, ending: Ending) -> Endpoint:
        return serves(f"/json/{name}", body.encode("utf-8", "surrogatepass"), ending, kind=JSON)

    def of(name: str, ending: Ending, listed: Any, **more: Any) -> Endpoint:
        return raw(name, json.dumps({"version": VERSION, "title": "Buses", "items": listed, **more}), ending)

    opening = f'{{"version": "{VERSION}", "title": "Buses", "items": {json.dumps(items)}, "_more": '
    none, other = error("JSON", 200), error("JSON", 200)
    return [
        of("good", new(), items),
        of("items-of-every-kind", new(), [None, 7, "item", [items], *items, True]),
        of("items-no-list", other, {"0": items[0]}),
        of(
            "fields-of-every-kind",
            new(),
            [{**one, "url": 7, "authors": "me", "tags": {}, "date_published": []} for one in items],
        ),
        of(
            "dates-of-every-kind",
            new(),
            [
                {**items[0], "date_published": 10**30},
                {**items[1], "date_published": "9999-12-31T23:59:59-12:00"},
                {**items[2], "date_published": None},
            ],
        ),
        of("lone-surrogates", new(), [{**one, "title": f"\ud83d {one['title']} \udc00"} for one in items]),
        of("nul-characters", new(), [{**one, "title": f"\0{one['title']}\0"} for one in items]),
        raw("not-a-number", opening + "NaN, " + '"_x": [Infinity, -Infinity, 1e999]}', new()),
        raw("number-of-4,000-digits", opening + "9" * 4_000 + "}", new()),
        raw("number-of-a-million-digits", opening + "9" * 1_000_000 + "}", new()),
        raw("100,000-deep", "[" * 100_000 + "]" * 100_000, none),
        raw("100,000-objects-deep", '{"a":' * 100_000 + "1" + "}" * 100_000, none),
        raw("100,000-deep-in-a-feed", opening + "[" * 100_000 + "]" * 100_000 + "}", none),
        raw("cut", json.dumps({"version": VERSION, "items": items})[:-20], none),
        raw("of-another-kind", json.dumps({"results": [1, 2, 3], "total": 3}), other),
        raw("a-list", json.dumps(items), other),
        raw("a-word", '"feed"', error("feed|text|JSON", 200)),
        raw("same-key-again", opening + '1, "items": []}', Ending("new|unchanged", 200, "ok|stale")),
        raw(
            "200,000-items",
            json.dumps({"version": VERSION, "items": [{"id": str(n)} for n in range(200_000)]}),
            error("items", 200),
        ),
        raw(
            "comments", "/* a feed */ " + json.dumps({"version": VERSION, "items": items}), error("feed|text|JSON", 200)
        ),
    ]
