"""The configuration as the rest of the house gets it: read from the folder and the environment, errors wrapped.

`config` imports nothing of ours, so its error is none of our tree; here it becomes one.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import config.problems
from config.logging import configure, wants_json
from config.settings import load_settings
from config.watchfile import load_all, load_configuration
from worker.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from config.complaints import BrokerComplaints
    from config.values import Configuration, Settings


def settings_of(folder: Path) -> Settings:
    """Return the settings; raise ConfigurationError with everything that is wrong with them."""
    with _wrapped():
        return load_settings(folder, os.environ)[0]


def files_of(folder: Path) -> Configuration:
    """Return feeds, watch lists and subscribers; raise ConfigurationError with everything that is wrong with them."""
    _exists(folder)
    with _wrapped():
        return load_configuration(folder, os.environ)


def everything_of(folder: Path) -> tuple[Settings, Configuration]:
    """Return settings and files; raise ConfigurationError with everything that is wrong in either."""
    _exists(folder)
    with _wrapped():
        return load_all(folder, os.environ)


def log_to_stderr() -> BrokerComplaints:
    """Set this process's logging up, as $TOCSIN_LOG asks."""
    return configure("INFO", stream=sys.stderr, json=wants_json(os.environ))


def _exists(folder: Path) -> None:
    """Any file may be missing, but not the folder: that would be another folder than the one that was meant."""
    if not folder.is_dir():
        raise ConfigurationError(
            f"there is no folder {folder}; `tocsin init {folder}` makes one, --config names another"
        )


@contextmanager
def _wrapped() -> Iterator[None]:
    try:
        yield
    except config.problems.ConfigurationError as error:
        raise ConfigurationError("the configuration is wrong", error.problems) from error
