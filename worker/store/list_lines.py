"""Watch list lines: watch lists as somebody configures them, by file or command, and who hears of them."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from config.values import WatchListLine
from worker.errors import ConfigurationError
from worker.store import tables
from worker.store.feed_lines import write_unknown
from worker.store.leases import chunks
from worker.store.list_references import check_references, follow, refer_to_changed, refuse_needed
from worker.store.orphans import cancel_orphans
from worker.store.status import bump_version
from worker.store.subscriptions import subscribers_of, write_subscriptions
from worker.store.transactions import Database, retried

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from config.values import FeedLine, NotifyLine

    Written = tuple[WatchListLine, str]
    """A line and its full query."""

_w = tables.watch_lists.c


class ListLines(Database):
    """Adding, changing and removing watch lists by command. The lists' version is locked first, as `apply` does."""

    @retried
    def add_watch_list(self, line: WatchListLine, full_query: str, *, now: datetime) -> int:
        """Add a watch list, or bring back a removed one; return its id.

        Raises:
            ConfigurationError: It is there already, or a subscriber or list it names is not.
        """
        with self._transaction("write") as connection:
            version = bump_version(connection)
            known = _named(connection, line.name)
            if known is not None and known.removed_at is None:
                raise _there_already(known)
            id_ = _write(connection, line, full_query, known, version=version, now=now)
            check_references(connection, line.name, full_query)
        return id_

    @retried
    def import_watch_lists(
        self, lists: Sequence[Written], *, feeds: Sequence[FeedLine] = (), now: datetime
    ) -> list[str]:
        """Add many with the feeds that they look at, in one transaction; return the names of lists that are there.

        These stay as they are, and so do feeds that are there already.

        Raises:
            ConfigurationError: A subscriber or list that one names is not there; nothing is added.
        """
        there: list[str] = []
        with self._transaction("write") as connection:
            version = bump_version(connection)
            write_unknown(connection, feeds, now=now)
            for line, full_query in lists:
                known = _named(connection, line.name)
                if known is not None and known.removed_at is None:
                    there.append(line.name)
                else:
                    _write(connection, line, full_query, known, version=version, now=now)
            for line, full_query in lists:
                if line.name not in there:
                    check_references(connection, line.name, full_query)
        return there

    @retried
    def edit_watch_list(
        self,
        name: str,
        edit: Callable[[WatchListLine], Written] | None = None,
        *,
        paused: bool | None = None,
        now: datetime,
    ) -> Written:
        """Change a watch list, pause it (`paused`) or take it up again; return what it is then.

        `edit` gets the list as it is, and may be called again; another name renames it, and it keeps its alerts. What
        nobody is to hear of any more is cancelled. A broken list that gets another query, or is taken up again, is
        active. Files do not say whether a list is paused, so one that is managed by file can be.

        Raises:
            ConfigurationError: There is no such list, `edit` is for one managed by file, its new name is taken,
                somebody it names is no subscriber, or it grows too large for a list that refers to it.
        """
        with self._transaction("write") as connection:
            version = bump_version(connection)
            known = _there(connection, name)
            lines = subscribers_of(connection, known.id)
            written = list_line(known, lines.get(known.id, ())), str(known.full_query)
            if edit is not None:
                if known.managed_by == "file":
                    raise ConfigurationError(f"watch list {name!r} is managed by file: change it in watchlists.yaml")
                written = edit(written[0])
                if written[0].name != name:
                    make_way(connection, written[0].name, version=version)
                    follow(connection, name, written[0].name, version=version, files_follow=False)
                _write(connection, *written, known, version=version, now=now)
                check_references(connection, written[0].name, written[1])
                refer_to_changed(connection, {written[0].name: known.full_query}, now=now)
            if paused is not None:
                state = "paused" if paused else "active"
                values: dict[str, Any] = {"state": state, "broken_why": None, "changed_in": version}
                if not paused and known.state != "active":
                    values["asked_since"] = now
                connection.execute(tables.watch_lists.update().where(_w.id == known.id).values(**values))
            cancel_orphans(connection, now=now)
        return written

    @retried
    def remove_watch_list(self, name: str, *, now: datetime) -> None:
        """Remove a watch list: pending deliveries are cancelled, history stays.

        Raises:
            ConfigurationError: There is no such list, it is managed by file, or another refers to it.
        """
        with self._transaction("write") as connection:
            version = bump_version(connection)
            known = _there(connection, name)
            if known.managed_by == "file":
                raise ConfigurationError(f"watch list {name!r} is managed by file: take it out of watchlists.yaml")
            refuse_needed(connection, name)
            remove_lists(connection, [known.id], version=version, now=now)
            cancel_orphans(connection, now=now)


def list_line(row: Row[Any], notify: Sequence[NotifyLine]) -> WatchListLine:
    """Return the line that a row would be in a file."""
    return WatchListLine(
        name=row.name,
        keywords=tuple(row.keywords),
        exclude=tuple(row.exclude),
        query=row.query,
        feed_tags=tuple(row.feed_tags),
        languages=tuple(row.languages),
        alert=row.alert,
        notify=tuple(notify),
    )


def write_list(
    connection: Connection,
    line: WatchListLine,
    full_query: str,
    known: Row[Any] | None,
    *,
    managed_by: str,
    version: int,
    now: datetime,
) -> int:
    """Insert, change, rename or bring back one watch list; return its id.

    One that comes back is active, and so is a broken one whose query is another now. `version` is the one that this
    transaction makes.
    """
    values: dict[str, Any] = {
        "name": line.name,
        "keywords": list(line.keywords),
        "exclude": list(line.exclude),
        "query": line.query,
        "full_query": full_query,
        "feed_tags": list(line.feed_tags),
        "languages": list(line.languages),
        "alert": line.alert,
        "managed_by": managed_by,
        "changed_in": version,
        "removed_at": None,
    }
    if known is None:
        values |= {"state": "active", "created_at": now, "asked_since": now}
        added: int = connection.execute(tables.watch_lists.insert().values(**values).returning(_w.id)).scalar_one()
        return added
    if known.removed_at is not None or (known.state == "broken" and known.full_query != full_query):
        values |= {"state": "active", "broken_why": None, "asked_since": now}
    elif any(getattr(known, key) != values[key] for key in ("full_query", "feed_tags", "languages")):
        values["asked_since"] = now
    connection.execute(tables.watch_lists.update().where(_w.id == known.id).values(**values))
    id_: int = known.id
    return id_


def remove_lists(connection: Connection, lists: Sequence[int], *, version: int, now: datetime) -> None:
    """Remove watch lists; what is pending of them is for `cancel_orphans`."""
    for part in chunks(lists):
        removed = tables.watch_lists.update().where(_w.id.in_(part))
        connection.execute(removed.values(removed_at=now, changed_in=version))


def rename_lists(connection: Connection, moved: Mapping[str, str], *, version: int) -> None:
    """Give lists new names (new name -> old one), in this order: what has a name has lost it before another gets it."""
    for new, old in moved.items():
        make_way(connection, new, version=version)
        renamed = tables.watch_lists.update().where(_w.name == old)
        connection.execute(renamed.values(name=new, changed_in=version))
        follow(connection, old, new, version=version, files_follow=True)


def make_way(connection: Connection, name: str, *, version: int) -> None:
    """Free a name: a removed list that has it keeps its history under another, which says when it was removed.

    Raises:
        ConfigurationError: A list that is there has it.
    """
    holder = _named(connection, name)
    if holder is None:
        return
    if holder.removed_at is None:
        raise _there_already(holder)
    aside = f"{name} (removed {holder.removed_at:%Y-%m-%d})"
    names = (aside if again == 1 else f"{aside} {again}" for again in count(1))
    free = next(other for other in names if _named(connection, other) is None)
    connection.execute(tables.watch_lists.update().where(_w.id == holder.id).values(name=free, changed_in=version))


def _write(
    connection: Connection, line: WatchListLine, full_query: str, known: Row[Any] | None, *, version: int, now: datetime
) -> int:
    id_ = write_list(connection, line, full_query, known, managed_by="command", version=version, now=now)
    write_subscriptions(connection, id_, line, now=now)
    return id_


def _named(connection: Connection, name: str) -> Row[Any] | None:
    return connection.execute(select(tables.watch_lists).where(_w.name == name)).one_or_none()


def _there(connection: Connection, name: str) -> Row[Any]:
    found = _named(connection, name)
    if found is None or found.removed_at is not None:
        raise ConfigurationError(f"there is no watch list {name!r}")
    return found


def _there_already(known: Row[Any]) -> ConfigurationError:
    return ConfigurationError(f"watch list {known.name!r} is there already (managed by {known.managed_by})")
