"""What to do about a database that cannot be used: what the store, which reads no files, cannot know."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from worker.errors import TocsinError

_FOLDER = "this user must be able to write there; data_dir in settings.yaml, or $TOCSIN_DATA_DIR, names another folder"
_ROOM = "make room there; what was recorded is safe, and the service goes on by itself"
_DAMAGED = "it is damaged, or no database of Tocsin: `tocsin db restore FILE` puts a backup in its place"
_SERVER = "start it, or name another by database_url in settings.yaml or by $TOCSIN_DATABASE_URL"

_OF_FILE = {
    "SQLITE_NOTADB": _DAMAGED,
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_FULL": _ROOM,
    "SQLITE_IOERR": _ROOM,
    "SQLITE_READONLY": _FOLDER,
    "SQLITE_CANTOPEN": _FOLDER,
    "SQLITE_PERM": _FOLDER,
}
"""By the beginning of SQLite's own name of the error."""

_OF_SYSTEM = {errno.ENOSPC: _ROOM, errno.EDQUOT: _ROOM}
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR)


def advice_of_system(error: OSError) -> str:
    """Return the same for a file or folder that cannot be used, and that may be the data folder."""
    if error.errno in _OF_SYSTEM:
        return f"; {_ROOM}"
    return f"; where that is the data folder: {_FOLDER}" if error.errno in _FORBIDDEN else ""


def advice(error: TocsinError) -> str:
    """Return what is to be written or run next, behind the message; "" where the message says that, or nobody can."""
    from worker.errors import StoreUnavailable

    if not isinstance(error, StoreUnavailable):
        return ""
    cause = error.__cause__
    if isinstance(cause, OSError):
        return f"; {_OF_SYSTEM.get(cause.errno or 0, _FOLDER)}"
    driver = getattr(cause, "orig", cause)
    name = str(getattr(driver, "sqlite_errorname", ""))
    for beginning, said in _OF_FILE.items():
        if name.startswith(beginning):
            return f"; {said}"
    # A server that answers says by its state what it refuses.
    unanswered = type(driver).__module__.startswith("psycopg") and getattr(driver, "sqlstate", None) is None
    return f"; {_SERVER}" if unanswered else ""
