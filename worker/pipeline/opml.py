"""Lists of feeds: taken in once, given out, and kept in step with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from config.redaction import shown_url, without_secrets
from config.rules import is_address, same_address
from config.values import FeedLine
from worker.errors import BadResponse, FetchError, ParseError
from worker.feeds import opml
from worker.feeds.limits import MAX_NAME
from worker.records import FetchRequest, FetchResponse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from worker.pipeline.ports import Fetcher
    from worker.records import Validators

READ_EVERY = timedelta(hours=1)
LONGEST_WAIT = timedelta(days=1)
"""After failures in a row the wait doubles up to this."""

BEGUN_FOR = timedelta(minutes=2)
"""So long a list that somebody began to read is left to them: longer than it may take."""

IN_FLIGHT = 4
MOST_BYTES = 10 * 2**20
"""Of a list that lies on this disk; the fetch has its own bounds."""


class DueList(Protocol):
    """A list that is to be read now, as the store knows it: `feeds` are there because of it."""

    @property
    def id(self) -> int: ...  # noqa: D102 - said above
    @property
    def source(self) -> str: ...  # noqa: D102
    @property
    def feeds(self) -> int: ...  # noqa: D102
    @property
    def validators(self) -> Validators | None: ...  # noqa: D102
    @property
    def last_read_at(self) -> datetime | None: ...  # noqa: D102
    @property
    def next_read_at(self) -> datetime: ...  # noqa: D102
    @property
    def last_error(self) -> str | None: ...  # noqa: D102
    @property
    def doubted_at(self) -> datetime | None: ...  # noqa: D102 - since when it is not believed


class Synced(Protocol):
    """What following a list changed."""

    @property
    def added(self) -> int: ...  # noqa: D102 - said above
    @property
    def removed(self) -> int: ...  # noqa: D102


class OpmlStore(Protocol):
    """What keeping in step needs of the store."""

    def opml_lists_list(self) -> Sequence[DueList]:
        """All lists."""

    def opml_due(self, *, now: datetime) -> Sequence[DueList]:
        """Lists whose next reading is due."""

    def begin_opml(self, lists: Sequence[int], *, now: datetime, until: datetime) -> Sequence[int]:
        """Keep those of `lists` that are still due to the caller `until` then; return which."""

    def sync_opml(self, opml: int, lines: Sequence[FeedLine], *, now: datetime) -> Synced:
        """Make the feeds of a list equal to its lines; they bear the list's own tags too."""

    def record_opml(self, reading: OpmlReading) -> None:
        """Write how a reading ended."""


@dataclass(frozen=True, slots=True)
class OpmlReading:
    """How the reading of one list ended.

    Attributes:
        opml: The list's id.
        source: The list's place.
        next_read_at: When to read it again.
        validators: To store; None clears them. `keep_validators`: leave the stored ones alone.
        error: One line, without secrets; None after a good reading.
        doubted_at: Since when it names far fewer feeds than there are, without being believed; None where it does not.
        added, removed: Feeds.
    """

    opml: int
    source: str
    at: datetime
    next_read_at: datetime
    keep_validators: bool = True
    validators: Validators | None = None
    error: str | None = None
    doubted_at: datetime | None = None
    added: int = 0
    removed: int = 0


def feed_lines(found: Iterable[opml.OpmlFeed], *, tags: Sequence[str] = (), options: bool = False) -> list[FeedLine]:
    """Return the feeds of a list as lines: each address once, however it is written, each name once.

    A name that only repeats the address is none. `options`: take over how the list says that feeds are polled, which
    is for lists that a person has at hand; what lies elsewhere must not say how we behave.
    """
    lines: dict[str, FeedLine] = {}
    names: set[str] = set()
    for feed in found:
        key = same_address(feed.url)
        if key in lines:
            continue
        name = feed.title if _is_name(feed) and feed.title.casefold() not in names else None
        if name is not None:
            names.add(name.casefold())
        line = FeedLine(feed.url, name, tuple(dict.fromkeys([*tags, *feed.tags])))
        if options:
            line = replace(line, every=feed.every, full_text=feed.full_text, ignore_hints=feed.ignore_hints)
        lines[key] = line
    return list(lines.values())


def _is_name(feed: opml.OpmlFeed) -> bool:
    """Whether a list's title of a feed is more than its address once more, whole or cut as titles are."""
    cut = MAX_NAME if len(feed.title) == MAX_NAME else None
    addresses = {feed.url[:cut], shown_url(feed.url)[:cut]}
    return bool(feed.title) and feed.title not in addresses and same_address(feed.title) != same_address(feed.url)


@dataclass(frozen=True, slots=True)
class Export:
    """A list to give out: the document, and the names of feeds whose addresses lost what they kept secret."""

    document: bytes
    bared: tuple[str, ...]


def export(feeds: Iterable[FeedLine], *, now: datetime, secrets: bool = False) -> Export:
    """Return an OPML 2.0 list of feeds.

    User, password and secret parameters are left out of addresses, so that each is one still, unless `secrets`.
    """
    listed = []
    bared = []
    for line in feeds:
        url = line.url if secrets else without_secrets(line.url)
        if url != line.url:
            bared.append(line.name or shown_url(line.url))
        listed.append(opml.OpmlFeed(url, line.name or "", line.tags, line.every, line.full_text, line.ignore_hints))
    return Export(opml.write(listed, title="Tocsin", created=now), tuple(bared))


@dataclass(frozen=True, slots=True)
class Keeping:
    """The parts that keeping in step works with. `read_file` returns what lies at a path, or raises OSError."""

    store: OpmlStore
    fetcher: Fetcher
    read_file: Callable[[str], bytes]


def keep_in_step(
    parts: Keeping, *, now: datetime, stop: Callable[[], bool] = lambda: False, paths_only: bool = False
) -> list[OpmlReading]:
    """Read the lists that are due, and make their feeds what they say.

    1. Ask for those with a URL, conditionally; read those on this disk.
    2. One that cannot be read, is cut off, or names no feed changes nothing, and is asked less and less often.
    3. One that names less than half as many feeds as there are changes nothing before it has said so again, an hour
       later at the earliest.

    What was not read when `stop` turned true, or fell with its process, is due again two minutes later. `paths_only`:
    read all those on this disk, due or not, and nothing goes out to the network.
    """
    if paths_only:
        # They cost next to nothing, and to read one that somebody else reads at this moment does no harm.
        due = {one.id: one for one in parts.store.opml_lists_list() if not is_address(one.source)}
        begun: Iterable[int] = due
    else:
        due = {one.id: one for one in parts.store.opml_due(now=now)}
        begun = parts.store.begin_opml([*due], now=now, until=now + BEGUN_FOR) if due else ()
    readings = []
    for id_, result in _results(parts, [due[id_] for id_ in begun], stop):
        reading = _followed(parts.store, due[id_], result, now=now)
        parts.store.record_opml(reading)
        readings.append(reading)
    return readings


def _results(
    parts: Keeping, due: Sequence[DueList], stop: Callable[[], bool]
) -> Iterator[tuple[int, FetchResponse | bytes | Exception]]:
    for one in due:
        if not is_address(one.source):
            try:
                yield one.id, parts.read_file(one.source)
            except OSError as error:
                yield one.id, error
    requests = [
        FetchRequest(one.id, one.source, one.validators, purpose="any") for one in due if is_address(one.source)
    ]
    for fetched in parts.fetcher.fetch(requests, in_flight=IN_FLIGHT, stop=stop):
        yield fetched.key, fetched.result


def _followed(
    store: OpmlStore, one: DueList, result: FetchResponse | bytes | Exception, *, now: datetime
) -> OpmlReading:
    try:
        body, content_type, validators = _body(one, result)
        if body is None:
            keep = validators is None
            return OpmlReading(one.id, one.source, now, now + READ_EVERY, keep_validators=keep, validators=validators)
        lines = _lines(body, content_type)
    except (FetchError, ParseError, OSError) as error:
        asked = result.retry_after if isinstance(result, FetchResponse) else None
        wait = min(max(_doubled(one), asked or READ_EVERY), LONGEST_WAIT)
        reason = error.strerror or "it cannot be read" if isinstance(error, OSError) else str(error)
        return OpmlReading(one.id, one.source, now, now + wait, error=reason)
    doubt = f"it names {len(lines)} feeds where it named {one.feeds}; nothing changes before it says so again"
    if len(lines) * 2 < one.feeds:
        since = now if one.doubted_at is None or one.last_error != doubt else one.doubted_at
        if now < since + READ_EVERY:
            # Without validators: the next answer must be the whole list, or nobody could say that it says so again.
            again = since + READ_EVERY
            return OpmlReading(one.id, one.source, now, again, keep_validators=False, error=doubt, doubted_at=since)
    synced = store.sync_opml(one.id, lines, now=now)
    return OpmlReading(
        one.id,
        one.source,
        now,
        now + READ_EVERY,
        keep_validators=False,
        validators=validators,
        added=synced.added,
        removed=synced.removed,
    )


def _doubled(one: DueList) -> timedelta:
    """The wait after a failure: twice the one before, where that followed a failure too."""
    if one.last_error is None or one.last_read_at is None:
        return READ_EVERY
    return max(2 * (one.next_read_at - one.last_read_at), READ_EVERY)


def _body(one: DueList, result: FetchResponse | bytes | Exception) -> tuple[bytes | None, str, Validators | None]:
    """The document (None: not modified), its type, and the validators to store; or raise why there is none."""
    if isinstance(result, Exception):
        raise result
    if isinstance(result, bytes):
        return result, "", None
    if result.status == HTTPStatus.NOT_MODIFIED and one.validators is not None:
        return None, "", result.validators
    if result.status != HTTPStatus.OK:
        raise BadResponse(f"{urlsplit(result.url).hostname} answered {result.status}")
    return result.body, result.content_type, result.validators


def _lines(body: bytes, content_type: str) -> list[FeedLine]:
    found = opml.parse(body, content_type=content_type)
    if not found.whole:
        raise ParseError("the list is cut off before its end")
    if not found.feeds:
        raise ParseError("the list names no feed")
    return feed_lines(found.feeds)
