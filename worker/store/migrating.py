"""Alembic, run from code. Imported only where there is something to migrate: it is an eighth of a program's start."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.util import CommandError

from worker.errors import StoreUnavailable

if TYPE_CHECKING:
    from sqlalchemy import Connection

ONE_AT_A_TIME = threading.Lock()
"""Alembic keeps the running migration in module globals, so threads of one process take turns."""


def migrate(connection: Connection, revision: str) -> None:
    """Bring the schema up to `revision`, in the connection's transaction.

    Raises:
        StoreUnavailable: A newer version of the program made the schema.
    """
    scripts = configuration()
    scripts.attributes["connection"] = connection
    try:
        command.upgrade(scripts, revision)
    except CommandError as error:
        raise StoreUnavailable(
            f"the database's schema is not of this version, but of a newer one ({error}): "
            "install that one, or begin with a new, empty database"
        ) from error


def configuration() -> Config:
    """Return what Alembic must know of our migrations."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return made
