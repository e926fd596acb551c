"""Where a page's feeds may be: what the page declares, what its site is known for, and where feeds usually lie. PURE.

As in `worker.text.markup` no tree is built, and time is linear in the page: each expression consumes what it has looked
at, and a construct that is not closed ends with the page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from worker.feeds.attributes import ATTRIBUTES, attributes
from worker.feeds.known_sites import forms
from worker.feeds.links import absolute
from worker.feeds.names import name as clean_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

How = Literal["itself", "site", "declared", "linked", "guessed"]
"""How a feed was found: the address is one; the site is known to have it there; `<link>` names it; an anchor does; it
lies where feeds usually lie."""

MOST_DECLARED = 12
MOST_LINKED = 6
"""Candidates of one page that are worth a request."""

_ENOUGH = 100
"""Candidates of one kind among which the few are chosen."""

LONGEST_PAGE = 2_000_000
"""Characters; feeds are named before that."""

_FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml", "application/rss"}
)
_PERHAPS_TYPES = frozenset({"application/xml", "text/xml", "application/json", "application/x-rss+xml", "text/rss+xml"})
"""Types that say little: then the address must speak of a feed, too."""

_END = r"(?:>|\Z)"
_PIECE = re.compile(
    r"<!--.*?(?:--!?>|\Z)"
    r"|<(?P<raw>iframe|noembed|script|style|svg|template|textarea|title|xmp)(?=[\s/>])"
    rf"{ATTRIBUTES}{_END}.*?(?:</(?P=raw)(?=[\s/>])|\Z)"
    rf"|<(?P<tag>a|base|link|meta)(?=[\s/>])(?P<attributes>{ATTRIBUTES}){_END}"
    rf"|</?[a-z]{ATTRIBUTES}{_END}",
    re.IGNORECASE | re.DOTALL,
)
_HEADER_LINK = re.compile(r'<(?P<target>[^<>]*+)>(?P<parameters>(?>[^",<]++|"(?>[^"\\]++|\\.)*+"?+)*+)', re.DOTALL)
_PARAMETER = re.compile(
    r';\s*+(?P<key>[^\s=;,"]++)\s*+(?>=\s*+(?:"(?P<quoted>(?>[^"\\]++|\\.)*+)"?+|(?P<bare>[^\s;,"]*+)))?+', re.DOTALL
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_LONGEST_HEADER = 65_536
_SPEAKS_OF_FEED = re.compile(
    r"(?<![a-z])(?:rss2?|atom|feeds?|rdf|feed1?)(?![a-z])|[?&](?:format|output|type)=(?:rss|atom)"
)
_ENDS_AS_FEED = re.compile(
    r"(?:\.(?:rss|atom|rdf)|/(?:rss2?|atom|feeds?|index|news)(?:\.(?:xml|json|php|aspx?))|/(?:rss2?|atom|feed|rss_full))/?$"
)
_FEED_WORDS = re.compile(r"\b(?:rss|atom)\b|\bnews ?feed\b|\bfeed\b", re.IGNORECASE)
_COMMENTS = re.compile(r"(?<![a-z])(?:comments?|kommentare?|commentaires?|comentarios)(?![a-z])", re.IGNORECASE)
_CHANNEL_ID = re.compile(r"UC[\w-]{22}")

_USUAL_PLACES = (
    "/feed/",
    "/rss.xml",
    "/rss",
    "/feed.xml",
    "/atom.xml",
    "/index.xml",
    "/feeds/posts/default",
    "/feed.json",
    "/rss/index.xml",
    "/news/rss",
    "/blog/feed/",
    "/feeds",
    "/index.rdf",
)
"""Where feeds lie on a site: WordPress, Jekyll, Ghost, Hugo, Blogger ..., the likeliest first."""

_BELOW_PAGE = ("feed/", "rss", "rss.xml", "index.xml")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address that may be a feed's. `title`: what the page calls it, or ""; `comments`: it tells of comments."""

    url: str
    how: How
    title: str = ""
    comments: bool = False


def known_forms(url: str) -> list[Candidate]:
    """Feeds that the site of this address is known to have for it; none where the site is not known."""
    return [Candidate(form, "site") for form in forms(url)]


def named_by(page: str, url: str, link_headers: Sequence[str] = ()) -> list[Candidate]:
    """Feeds that a page names, its main ones first.

    What its Link headers (RFC 8288; `link_headers` are their values) and its `<link>` elements declare, then those of
    the site's known forms for its canonical address; and only where there is none of these, anchors that plainly lead
    to feeds. Addresses count from `<base href>`, if there is one, else from `url`; those of headers from `url`.
    """
    base = url
    canonical: list[str] = []
    declared = [found for given in _header_links(link_headers) if (found := _declared(given, url)) is not None]
    linked: list[Candidate] = []
    for tag, given in _tags(page):
        if tag == "base" and base == url:
            base = absolute(given.get("href"), url) or url
        elif tag == "link" and len(declared) < _ENOUGH:
            found = _declared(given, base)
            if found is not None:
                declared.append(found)
            elif len(canonical) < _ENOUGH and "canonical" in _words(given.get("rel", "")):
                canonical.append(absolute(given.get("href"), base) or url)
        elif tag == "a" and len(linked) < _ENOUGH:
            found = _linked(given, base)
            if found is not None:
                linked.append(found)
        elif tag == "meta" and given.get("itemprop") in {"identifier", "channelId"}:
            canonical += [
                f"https://www.youtube.com/channel/{found_id[0]}"
                for found_id in [_CHANNEL_ID.fullmatch(given.get("content", ""))]
                if found_id
            ]
    known = [one for address in canonical[:3] for one in known_forms(address)]
    chosen = _ordered([*declared, *known])[:MOST_DECLARED]
    return chosen or _ordered(linked)[:MOST_LINKED]


def guesses(url: str) -> list[Candidate]:
    """Where feeds usually lie on the site of this address, the likeliest first."""
    parts = urlsplit(url)
    root = f"{parts.scheme}://{parts.netloc}"
    folder = parts.path.rstrip("/")
    below = [f"{root}{folder}/{place}" for place in _BELOW_PAGE] if folder else []
    usual = [f"{root}{place}" for place in _USUAL_PLACES]
    # A section's own feed is likelier meant than the site's, but the site's are likelier there.
    return [
        Candidate(address, "guessed") for address in dict.fromkeys([*below[:2], *usual[:6], *below[2:], *usual[6:]])
    ]


def _tags(page: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    for piece in _PIECE.finditer(page, 0, LONGEST_PAGE):
        if piece["tag"]:
            yield piece["tag"].lower(), attributes(piece["attributes"])


def _header_links(values: Iterable[str]) -> Iterator[Mapping[str, str]]:
    """Links of headers (RFC 8288, section 3) as attributes of `<link>` elements."""
    for value in values:
        for link in _HEADER_LINK.finditer(value[:_LONGEST_HEADER]):
            given = {"href": link["target"].strip()}
            for one in _PARAMETER.finditer(link["parameters"]):
                given.setdefault(one["key"].lower(), _ESCAPE.sub(r"\1", one["quoted"] or "") or one["bare"] or "")
            yield given


def _words(text: str) -> frozenset[str]:
    return frozenset(text.lower().split())


def _declared(given: Mapping[str, str], base: str) -> Candidate | None:
    """The feed of a `<link>` element: rel "alternate" with a feed's type, or rel "feed"."""
    kinds = _words(given.get("rel", ""))
    if "stylesheet" in kinds or not kinds.intersection({"alternate", "feed"}):
        return None
    type_ = given.get("type", "").partition(";")[0].strip().lower()
    address = given.get("href", "")
    perhaps = type_ in _PERHAPS_TYPES and _SPEAKS_OF_FEED.search(address.lower())
    if "feed" not in kinds and type_ not in _FEED_TYPES and not perhaps:
        return None
    url = _address(address, base)
    if url is None:
        return None
    title = clean_name(given.get("title", ""))
    return Candidate(url, "declared", title, comments=_tells_of_comments(title, url))


def _linked(given: Mapping[str, str], base: str) -> Candidate | None:
    """The feed of an anchor that plainly leads to one of the same site."""
    address = given.get("href", "")
    lowered = address.lower()
    said = given.get("title", "") or given.get("aria-label", "")
    title = clean_name(said) if said else ""
    plain = (
        _ENDS_AS_FEED.search(re.split("[?#]", lowered, maxsplit=1)[0]) or given.get("type", "").lower() in _FEED_TYPES
    )
    spoken = title and _FEED_WORDS.search(title) and _SPEAKS_OF_FEED.search(lowered)
    if not plain and not spoken and not lowered.startswith("feed:"):
        return None
    url = _address(address, base)  # costs most, so only for the few that are worth it
    if url is None or not _same_site(url, base):
        return None
    return Candidate(url, "linked", title, comments=_tells_of_comments(title, url))


def _address(address: str, base: str) -> str | None:
    """An absolute http(s) address; `feed:` and `feed://` are followed as browsers with feed readers did."""
    lowered = address[:12].lower()
    if lowered.startswith(("feed:http:", "feed:https:")):
        address = address[5:]
    elif lowered.startswith("feed:"):
        address = "http://" + address[5:].lstrip("/")
    return absolute(address, base) if address and not address.startswith("#") else None


def _same_site(url: str, base: str) -> bool:
    host, home = (urlsplit(one).hostname or "" for one in (url, base))
    host, home = host.removeprefix("www."), home.removeprefix("www.")
    return host == home or host.endswith(f".{home}") or home.endswith(f".{host}")


def _tells_of_comments(title: str, url: str) -> bool:
    return _COMMENTS.search(title) is not None or _COMMENTS.search(urlsplit(url).path) is not None


def _ordered(found: Iterable[Candidate]) -> list[Candidate]:
    """Each address once, those of comments last; the rest as the page has them."""
    once: dict[str, Candidate] = {}
    for one in found:
        once.setdefault(one.url, one)
    return sorted(once.values(), key=lambda one: one.comments)
