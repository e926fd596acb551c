"""The configuration files, and the lists of feeds that they follow, brought into the database."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

import structlog

from config.redaction import shown_url
from config.rules import is_address
from worker.configured import files_of
from worker.errors import TocsinError, Unavailable
from worker.pipeline import opml, sync

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from config.values import Configuration
    from worker.clock import Clock
    from worker.pipeline.ports import Fetcher
    from worker.records import Change
    from worker.store.store import Store

log = structlog.get_logger(__name__)

CONFIGURATION_ERROR = "configuration_error"


class Files:
    """What the files say, made so in the database: at the start, by `apply`, and while running."""

    def __init__(self, store: Store, *, clock: Clock, fetcher: Callable[[], Fetcher]) -> None:
        self._store = store
        self._clock = clock
        self._fetcher = fetcher

    def prepare(self, folder: Path, *, migrate: bool) -> None:
        """Have the schema ready, then apply the files; ConfigurationError when they are wrong."""
        self.ready_schema(migrate=migrate)
        log_troubles(self._apply(files_of(folder, check=sync.query_problems))[1])

    def ready_schema(self, *, migrate: bool) -> None:
        """Bring the schema up to date (`migrate`, always on SQLite); StoreUnavailable where somebody else has to."""
        if migrate or self._store.is_embedded:
            self._store.upgrade()
        else:
            self._store.require_schema()

    def apply(self, configuration: Configuration) -> list[Change]:
        """Make the database equal to the files, and forget that they were ever wrong."""
        return self._apply(configuration)[0]

    def _apply(self, configuration: Configuration) -> tuple[list[Change], list[opml.OpmlReading]]:
        changes = sync.apply(self._store, configuration, now=self._clock.now())
        # Those with an address come with the timetable.
        readings = self.keep_lists(paths_only=True) if self._paths_followed() else []
        self._store.set_state(CONFIGURATION_ERROR, None)
        return changes, readings

    def reload(self, folder: Path) -> list[str]:
        """Apply changed files while running. Where they are wrong the last good ones stay, and `status` says so.

        Returns the paths of the OPML lists that are followed.
        """
        try:
            changes, readings = self._apply(files_of(folder, check=sync.query_problems))
        except Unavailable:
            raise  # of the database, not of the files: the next look tries again
        except (TocsinError, OSError) as error:
            log.warning("the files are wrong, the last good ones stay", error=str(error))
            self._store.set_state(CONFIGURATION_ERROR, str(error))
        else:
            log.info("files applied", changes=len(changes))
            log_troubles(readings)
        return self._paths_followed()

    def error(self) -> str | None:
        """What is wrong with the files that changed last, or None."""
        return self._store.get_state(CONFIGURATION_ERROR) or None

    def keep_lists(
        self, *, stop: Callable[[], bool] = lambda: False, paths_only: bool = False
    ) -> list[opml.OpmlReading]:
        """Read the OPML lists that are due, or those on this disk; make their feeds what they say (see the verb).

        A service logs what goes wrong (`log_troubles`); commands say it themselves, by what the database then holds.
        """
        parts = opml.Keeping(store=self._store, fetcher=self._fetcher(), read_file=_read_list)
        return opml.keep_in_step(parts, now=self._clock.now(), stop=stop, paths_only=paths_only)

    def _paths_followed(self) -> list[str]:
        return [one.source for one in self._store.opml_lists_list() if not is_address(one.source)]


def log_troubles(readings: Iterable[opml.OpmlReading]) -> None:
    """Log which lists could not be read."""
    for reading in readings:
        if reading.error is not None:
            log.warning("an OPML list cannot be followed", source=shown_url(reading.source), error=reading.error)


def _read_list(path: str) -> bytes:
    """Read an OPML list off this disk; OSError where that cannot be, or it is no list by its kind or size."""
    # Not blocking, for to open a pipe waits until somebody writes into it.
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is no regular file")
        body = file.read(opml.MOST_BYTES + 1)
    if len(body) > opml.MOST_BYTES:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
    return body
