"""Rules over several keys, entries or files, on the data as read: they hold although single values may be wrong."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from config.explain import place_of, quoted
from config.fields import as_kept
from config.nearest import did_you_mean
from config.values import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from config.files import Section
    from config.marks import Path

_LOCAL = (".localhost", ".local", ".internal", ".intranet", ".lan", ".home", ".corp", ".home.arpa", ".test")
"""Names that are not in the public DNS (RFC 6761, 6762, 8375), or are kept out of it for the use made of them."""

_KINDS = ("webhook", "email", "apprise", "log")

_WORDED = ("email", "apprise")
"""Channels whose text may be the subscriber's own words."""


def entries_of(value: object) -> Iterator[tuple[int, Mapping[str, object]]]:
    """The mappings of a list with their positions; nothing of anything else."""
    for index, entry in enumerate(value if isinstance(value, list) else []):
        if isinstance(entry, dict):
            yield index, entry


def texts(section: Section, key: str) -> dict[str, Path]:
    """Each different text that the entries of a section hold under `key`, as it is kept, with the path of its first."""
    found: dict[str, Path] = {}
    for index, entry in entries_of(section.data):
        value = entry.get(key)
        if isinstance(value, str):
            found.setdefault(as_kept(value), (section.key, index, key))
    return found


def repeats(section: Section, key: str, same: Callable[[str], str] = as_kept) -> Iterator[Problem]:
    """Entries whose text under `key` an earlier entry has already; `same` folds what counts as equal."""
    found: dict[str, Path] = {}
    for index, entry in entries_of(section.data):
        value = entry.get(key)
        path = (section.key, index, key)
        if isinstance(value, str) and found.setdefault(same(value), path) != path:
            first = place_of(section.marked, found[same(value)]).mark.line
            yield _problem(
                section, path, f"{quoted(section.marked, path)} stands already in line {first}; keep one of them"
            )


def same_address(url: str) -> str:
    """A feed's URL with the case of scheme and host folded, without default port and fragment."""
    try:
        parts = urlsplit(as_kept(url))
        port = parts.port
    except ValueError:
        return as_kept(url)
    user, _, _ = parts.netloc.rpartition("@")
    shown_port = "" if port in {None, {"http": 80, "https": 443}.get(parts.scheme)} else f":{port}"
    return f"{parts.scheme}://{user}@{parts.hostname}{shown_port}{parts.path or '/'}?{parts.query}"


def is_address(place: str) -> bool:
    """Whether an OPML list's place is a URL, and no path."""
    return "://" in place


def is_public(url: str) -> bool:
    """Whether a feed's host is plainly somebody else's: neither a private address nor a name of local networks."""
    try:
        host = (urlsplit(url).hostname or "").removesuffix(".")
    except ValueError:
        return False
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith(_LOCAL)


def watch_list_rules(section: Section, known: Mapping[str, Path] | None, shown: Iterable[str]) -> Iterator[Problem]:
    """What a watch list must hold, and that `notify` names subscribers in `known` (None: unknown, not checked).

    `shown` are the subscribers' names as they stand in their file, for the nearest one.
    """
    for index, entry in entries_of(section.data):
        path = (section.key, index)
        if entry.get("query") is not None and entry.get("keywords"):
            yield _problem(section, (*path, "query"), "a list has either `keywords` or `query`, not both")
        elif entry.get("query") is None and not entry.get("keywords"):
            yield _problem(section, path, "a list needs `keywords: [...]` or `query: ...`")
        told: set[str] = set()
        for position, line in entries_of(entry.get("notify")):
            name = line.get("subscriber")
            at = (*path, "notify", position, "subscriber")
            if not isinstance(name, str) or at in section.marked.flawed:
                continue
            name = as_kept(name)
            written = quoted(section.marked, at).strip("`")
            if name in told:
                yield _problem(section, at, f"`{written}` hears of this list already; keep one of the lines")
            elif known is not None and name not in known:
                advice = did_you_mean(written, shown) or "; subscribers.yaml names none"
                yield _problem(section, at, f"unknown subscriber `{written}`{advice}")
            told.add(name)


def rename_rules(section: Section) -> Iterator[Problem]:
    """A list had the name of one that is no longer there, or has a new name too; and names do not go in a circle.

    Lists that swap their names would swap them again each time that the files are applied: nothing tells whether it is
    done.
    """
    places = texts(section, "name")
    formers: dict[str, str] = {}
    renamed: list[tuple[str, str, Path]] = []
    for index, entry in entries_of(section.data):
        name, former = entry.get("name"), entry.get("renamed_from")
        path: Path = (section.key, index, "renamed_from")
        if isinstance(name, str) and isinstance(former, str) and path not in section.marked.flawed:
            formers[as_kept(name)] = as_kept(former)
            renamed.append((as_kept(name), as_kept(former), path))
    claimed: dict[str, Path] = {}
    circles = _in_circles(formers)
    for name, former, path in renamed:
        written = quoted(section.marked, path)
        if former == name:
            yield _problem(section, path, "this is the list's own name; remove the line")
        elif claimed.setdefault(former, path) != path:
            line = place_of(section.marked, claimed[former]).mark.line
            yield _problem(section, path, f"{written} has its new name in line {line} already; keep one of the lines")
        elif former in places and former not in formers:
            line = place_of(section.marked, places[former]).mark.line
            message = f"{written} still stands in line {line}; take that list out, or remove this line"
            yield _problem(section, path, message)
        elif name in circles:
            message = "these names go in a circle, which would turn at each apply; give one list a third name first"
            yield _problem(section, path, message)


def _in_circles(formers: Mapping[str, str]) -> set[str]:
    """Return the names that lead back to themselves, from each name to the one before it."""
    found: set[str] = set()
    seen: set[str] = set()
    for name in formers:
        way: list[str] = []
        at = name
        while at in formers and at not in seen:
            seen.add(at)
            way.append(at)
            at = formers[at]
        if at in way:
            found.update(way[way.index(at) :])
    return found


def channel_rules(section: Section) -> Iterator[Problem]:
    """A channel leads one way, a webhook is signed, and no subscriber has one twice."""
    for index, entry in entries_of(section.data):
        known: set[tuple[str, str]] = set()
        for position, line in entries_of(entry.get("channels")):
            path = (section.key, index, "channels", position)
            kinds = [kind for kind in _KINDS if line.get(kind) is not None]
            if len(kinds) > 1:
                yield _problem(section, path, f"one channel an entry; write {' and '.join(kinds)} each with its own -")
            elif not kinds:
                ways = "`webhook: URL`, `email: ADDRESS`, `apprise: URL` or `log: true`"
                yield _problem(section, path, f"a channel is {ways}")
            elif kinds == ["webhook"] and line.get("secret") is None:
                message = "a webhook needs a `secret`, for its messages are signed; write `secret: ${NAME}`"
                yield _problem(section, (*path, "webhook"), message)
            elif kinds not in ([], ["webhook"]) and "secret" in line:
                yield _problem(section, (*path, "secret"), "only a webhook has a secret; remove the line")
            yield from _of_other_kinds(section, line, path, kinds)
            for kind in kinds[:1]:
                way = (kind, as_kept(str(line[kind])))
                if way in known:
                    yield _problem(section, path, f"this subscriber has this {kind} already; keep one of them")
                known.add(way)


def _of_other_kinds(
    section: Section, line: Mapping[str, object], path: Path, kinds: Sequence[str]
) -> Iterator[Problem]:
    """Keys that mean nothing for a channel of this kind."""
    if kinds and kinds[0] not in _WORDED and line.get("template") is not None:
        message = f"a {kinds[0]} takes no template, only email and apprise do; remove the line"
        yield _problem(section, (*path, "template"), message)
    if kinds == ["log"] and line.get("at_most_once"):
        message = "what is written into the log is written; remove the line"
        yield _problem(section, (*path, "at_most_once"), message)


def _problem(section: Section, path: Path, message: str) -> Problem:
    return Problem(place_of(section.marked, path).mark, message)
