"""The documents that a sitemap index points to, fetched and put together as the index's own items."""

from __future__ import annotations

from typing import TYPE_CHECKING

from worker.errors import FetchError, ParseError
from worker.pipeline.reading import gathered
from worker.records import FetchRequest, FetchResponse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from worker.feeds.model import Document
    from worker.pipeline.ports import Fetcher, Parse
    from worker.records import Fetched

PARTS = 10
"""So many documents of one index are read, the latest first; older ones hold no news."""

PARTS_IN_FLIGHT = 2
"""They stand on one host as a rule, and two at once is what a host bears (INTERFACE 2)."""


def follow_parts(
    fetcher: Fetcher, parse: Parse, indexes: Sequence[tuple[Fetched, Document]], *, stop: Callable[[], bool]
) -> Iterator[tuple[Fetched, Document | ParseError]]:
    """Yield each index with one document that holds the items of its parts, in order.

    A part that cannot be fetched or read costs only its own items; ParseError where none could be. An index of which
    a part was not fetched because `stop` turned true is not yielded.
    """
    for index, document in indexes:
        wanted = document.parts[:PARTS]
        found: dict[int, Document] = {}
        reasons: list[str] = []
        requests = [FetchRequest(key=place, url=url) for place, url in enumerate(wanted)]
        for fetched in fetcher.fetch(requests, in_flight=PARTS_IN_FLIGHT, stop=stop):
            part = _read(parse, fetched)
            if isinstance(part, str):
                reasons.append(part)
            else:
                found[fetched.key] = part
        if len(found) + len(reasons) < len(wanted):
            return
        if found:
            yield index, gathered(document, [found[place] for place in sorted(found)])
        else:
            yield index, ParseError(f"none of the sitemaps that the index names could be read: {reasons[0]}")


def _read(parse: Parse, fetched: Fetched) -> Document | str:
    """Return the part, or in one line why there is none."""
    response = fetched.result
    if not isinstance(response, FetchResponse):
        return str(response) if isinstance(response, FetchError) else type(response).__name__
    if response.status != 200:  # noqa: PLR2004 - OK
        return f"HTTP {response.status}"
    try:
        return parse(response.body, content_type=response.content_type, url=response.url)
    except ParseError as error:
        return str(error)
