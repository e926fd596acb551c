"""What settings and watch lists say to the parts that use them, read as these do, without loading them."""

from __future__ import annotations

import os
import re
import ssl
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from config.values import Configuration
from worker.channels.smtp import parse_smtp_url
from worker.errors import ConfigurationError
from worker.fetch.policy import Policy
from worker.pipeline import sync

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.values import Problem, Settings, WatchListLine

_REFERENCE: Final = re.compile(r"list\s*[:\uff1a]", re.IGNORECASE)
"""What a query that refers to another list holds."""


def check_settings(settings: Settings) -> None:
    """Read the settings as the parts that use them do; raise ConfigurationError for what one of them refuses."""
    parse_smtp_url(settings.smtp_url)
    Policy(settings.fetch_allow)
    Policy(settings.deliver_allow)
    _check_trust()


def _check_trust() -> None:
    """See that the certificates which the environment names can be read, as `worker.fetch.transport` will."""
    file, folder = (os.environ.get(name) or None for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"))
    name = f"SSL_CERT_FILE={file}" if file else f"SSL_CERT_DIR={folder}"
    try:
        if file or folder:
            ssl.create_default_context(cafile=file, capath=None if file else folder)
    except OSError as error:  # ssl.SSLError is one
        raise ConfigurationError(f"{name}: no certificates can be read there: {error.strerror or error}") from None


class QueryCheck:
    """Tells what is wrong with the queries of one reading of the files: each for itself, and what they say of others.

    Given to `config.watchfile` as `check`. A list whose own query is wrong stands for one that is right when others
    refer to it, so each mistake is told once.
    """

    def __init__(self) -> None:
        self._lines: list[WatchListLine] = []
        self._wrong: dict[int, list[Problem]] | None = None

    def __call__(self, line: WatchListLine) -> Iterator[Problem]:
        """Note a list; what is returned is to be read when all are noted."""
        place = len(self._lines)
        self._lines.append(line)
        return self._said_of(place)

    def _said_of(self, place: int) -> Iterator[Problem]:
        if self._wrong is None:
            self._wrong = {number: sync.query_problems(line) for number, line in enumerate(self._lines)}
            yield from self._reference_problems(self._wrong)
        yield from self._wrong[place]

    def _reference_problems(self, wrong: dict[int, list[Problem]]) -> tuple[Problem, ...]:
        texts = (text for line in self._lines for text in (*line.keywords, *line.exclude, line.query or ""))
        if not any(_REFERENCE.search(text) for text in texts):
            return ()
        lines = tuple(
            replace(line, query=None, keywords=("x",), exclude=()) if wrong[number] else line
            for number, line in enumerate(self._lines)
        )
        try:
            sync.full_queries(Configuration(watch_lists=lines))
        except ConfigurationError as error:
            return tuple(error.problems)
        return ()
