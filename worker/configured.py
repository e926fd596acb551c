"""The configuration as the rest of the house gets it: read from the folder and the environment, errors wrapped.

`config` imports nothing of ours, so its error is none of our tree; here it becomes one.
"""

from __future__ import annotations

import logging
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import config.problems
from config.logging import configure, wants_json
from config.redaction import TOLD_WHOLE
from config.settings import as_environment, load_settings, settings_in
from config.watchfile import load_all, load_configuration
from worker.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from config.complaints import BrokerComplaints
    from config.values import Configuration, Settings
    from config.watchfile import Check

HANDED_DOWN = "_TOCSIN_HANDED_DOWN"
"""In the environment of the children of `up`: it has checked and applied the files, and the environment says all."""


def settings_of(folder: Path) -> Settings:
    """Return the settings; raise ConfigurationError with everything that is wrong with them.

    A child of `up` has those that were good when the service started, whatever the file says by now (INTERFACE 8.3).
    """
    with _wrapped():
        return settings_in(os.environ) if handed_down() else load_settings(folder, os.environ)[0]


def handed_down() -> bool:
    """Say whether this process is a child of `up`."""
    return HANDED_DOWN in os.environ


def for_children(settings: Settings) -> dict[str, str]:
    """Return the variables by which the children of `up` have its settings; secrets among them."""
    return {**as_environment(settings), HANDED_DOWN: "1"}


def files_of(folder: Path, *, check: Check) -> Configuration:
    """Return feeds, watch lists and subscribers; raise ConfigurationError with everything that is wrong with them.

    `check` finds what is wrong with the watch lists' queries, which this floor knows nothing of.
    """
    require(folder)
    with _wrapped():
        return load_configuration(folder, os.environ, check=check)


def everything_of(folder: Path, *, check: Check) -> tuple[Settings, Configuration]:
    """Return settings and files; raise ConfigurationError with everything that is wrong in either."""
    require(folder)
    with _wrapped():
        return load_all(folder, os.environ, check=check)


def require(folder: Path) -> None:
    """Refuse a missing folder: any file may be missing, but that would be another folder than the one meant."""
    if not folder.is_dir():
        raise ConfigurationError(
            f"there is no folder {folder}; `tocsin init {folder}` makes one, --config names another"
        )


def log_to_stderr(*, quiet: bool = False) -> BrokerComplaints:
    """Set this process's logging up, as $TOCSIN_LOG asks.

    `quiet`: for a command that prints results, only warnings, and alerts of the log channel, which are messages.
    """
    complaints = configure("WARNING" if quiet else "INFO", stream=sys.stderr, json=wants_json(os.environ))
    logging.getLogger(TOLD_WHOLE).setLevel(logging.INFO)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells of its dialect at every start
    return complaints


@contextmanager
def _wrapped() -> Iterator[None]:
    try:
        yield
    except config.problems.ConfigurationError as error:
        raise ConfigurationError(str(error).partition("\n")[0], error.problems) from error
