"""Sites that are known to have feeds, and the form of their addresses. PURE.

Each form is the site's own documented or long-standing one. An address that is a feed already has no form here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from urllib.parse import SplitResult

_NO_GITHUB_OWNERS = frozenset(
    {
        "about", "apps", "collections", "contact", "customer-stories", "enterprise", "explore", "features", "issues",
        "login", "marketplace", "new", "notifications", "orgs", "pricing", "pulls", "search", "security", "settings",
        "sponsors", "stars", "topics", "trending",
    }
)  # fmt: skip
_FEED_ENDINGS = (".rss", ".atom", ".xml", ".json")
_FEED_SEGMENTS = frozenset({"feed", "feeds", "rss", "atom"})


def forms(url: str) -> list[str]:
    """Addresses of the feeds of this page, the main one first; none where the site is not known or `url` is a feed."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower().removesuffix(".").removeprefix("www.")
    except ValueError:
        return []
    path = [segment for segment in parts.path.split("/") if segment]
    if path and (path[-1].endswith(_FEED_ENDINGS) or _FEED_SEGMENTS.intersection(path)):
        return []
    for matches, of in _SITES:
        if matches.fullmatch(host):
            return of(parts, path)
    if len(path) == 1 and re.fullmatch(r"@[\w.-]+", path[0]):
        return [f"{_root(parts)}/{path[0]}.rss"]  # Mastodon, whatever the host
    return []


def _youtube(parts: SplitResult, path: Sequence[str]) -> list[str]:
    feed = "https://www.youtube.com/feeds/videos.xml"
    listed = parse_qs(parts.query).get("list", [])
    match [*path]:
        case ["channel", id_, *_]:
            return [f"{feed}?channel_id={id_}"]
        case ["user", name, *_]:
            return [f"{feed}?user={name}"]
        case ["playlist"] if listed:
            return [f"{feed}?playlist_id={listed[0]}"]
    return []  # a handle's page declares its channel


def _github(_: SplitResult, path: Sequence[str]) -> list[str]:
    site = "https://github.com"
    if not path or path[0] in _NO_GITHUB_OWNERS:
        return []
    if len(path) == 1:
        return [f"{site}/{path[0]}.atom"]
    whole = f"{site}/{path[0]}/{path[1].removesuffix('.git')}"
    match path[2:]:
        case ["commits" | "tree", branch, *_]:
            return [f"{whole}/commits/{branch}.atom"]
        case ["commits" | "tags" as kind]:
            return [f"{whole}/{kind}.atom"]
    return [f"{whole}/releases.atom", f"{whole}/tags.atom", f"{whole}/commits.atom"]


def _reddit(_: SplitResult, path: Sequence[str]) -> list[str]:
    site = "https://www.reddit.com"
    match [*path]:
        case []:
            return [f"{site}/.rss"]
        case ["r" | "user" | "u" as kind, name, *rest]:
            kind = "user" if kind == "u" else kind
            return [f"{site}/{'/'.join([kind, name, *rest])}/.rss"]
    return []


def _bluesky(_: SplitResult, path: Sequence[str]) -> list[str]:
    return [f"https://bsky.app/profile/{path[1]}/rss"] if path[:1] == ["profile"] and len(path) > 1 else []


def _medium(parts: SplitResult, path: Sequence[str]) -> list[str]:
    if parts.hostname in {"medium.com", "www.medium.com"}:
        return [f"https://medium.com/feed/{path[0]}"] if path else []
    return [f"{_root(parts)}/feed"]


def _vimeo(_: SplitResult, path: Sequence[str]) -> list[str]:
    return [f"https://vimeo.com/{path[0]}/videos/rss"] if path and not path[0].isdigit() else []


def _at(*places: str) -> Callable[[SplitResult, Sequence[str]], list[str]]:
    def of(parts: SplitResult, _: Sequence[str]) -> list[str]:
        return [_root(parts) + place for place in places]

    return of


def _root(parts: SplitResult) -> str:
    return f"{parts.scheme}://{parts.netloc}"


_SITES = (
    (re.compile(r"(?:m\.)?youtube\.com"), _youtube),
    (re.compile(r"github\.com"), _github),
    (re.compile(r"(?:old\.|new\.|np\.)?reddit\.com"), _reddit),
    (re.compile(r"bsky\.app"), _bluesky),
    (re.compile(r"(?:[\w-]+\.)?medium\.com"), _medium),
    (re.compile(r"vimeo\.com"), _vimeo),
    (re.compile(r"[\w-]+\.substack\.com"), _at("/feed")),
    (re.compile(r"[\w-]+\.wordpress\.com"), _at("/feed/")),
    (re.compile(r"[\w-]+\.tumblr\.com"), _at("/rss")),
    (re.compile(r"[\w-]+\.blogspot\.(?:[a-z]{2,3}|com?\.[a-z]{2})"), _at("/feeds/posts/default")),
)
