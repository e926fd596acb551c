"""What one request for a document says."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from worker.fetch.differences import ASKING
from worker.fetch.validators import conditions

if TYPE_CHECKING:
    from worker.fetch.target import Target
    from worker.records import FetchRequest, Purpose, Validators

ACCEPT: dict[Purpose, str] = {
    "feed": (
        "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
        "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.5"
    ),
    "page": "text/html, application/xhtml+xml;q=0.9, */*;q=0.5",
    "any": "*/*",
}
"""What each purpose prefers (RFC 9110 section 12.5.1); anything at all is better than a 406."""
ACCEPT_ENCODING = "gzip, br, zstd"


class Question(NamedTuple):
    """One request's headers, and what they ask for.

    Attributes:
        headers: As they go on the wire.
        conditional: The validators that went along, so that a 304 is an answer; None without any.
        difference_to: The ETag that went along with a wish for new items alone (RFC 3229), or None.
    """

    headers: list[tuple[str, str]]
    conditional: Validators | None
    difference_to: bytes | None


def question(target: Target, request: FetchRequest, *, user_agent: str) -> Question:
    """Put the question of `request` to `target`, which may be a hop of its redirects.

    No cookie, no referrer, nothing against caches; validators (RFC 9110 section 13.1) go only to the URL they belong
    to, and credentials only where the target has them.
    """
    asked = conditions(request.validators, target.url)
    headers = [
        ("Host", target.authority),
        ("User-Agent", user_agent),
        ("Accept", ACCEPT[request.purpose]),
        ("Accept-Encoding", ACCEPT_ENCODING),
    ]
    headers += [(name, value.decode("ascii")) for name, value in asked]
    difference_to = dict(asked).get("If-None-Match") if request.purpose == "feed" else None
    if difference_to is not None:
        headers.append(ASKING)
    if target.authorization is not None:
        headers.append(("Authorization", target.authorization))
    return Question(headers, request.validators if asked else None, difference_to)
