"""What things are called, for a shell to complete: read past the store, whose loading alone outlasts a key press.

Nothing is made, changed or waited for. The tables are those of `worker.store.tables`.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Final, Literal
from urllib.parse import quote

from config.redaction import shown_url

Called = Literal["feeds", "watch_lists", "subscribers"]

WAIT_S: Final = 0.3
"""So long a database that is busy is waited for."""

_ASKED: Final[dict[Called, str]] = {
    "feeds": "SELECT name, title, url FROM feeds WHERE removed_at IS NULL ORDER BY id LIMIT 10000",
    "watch_lists": "SELECT name FROM watch_lists WHERE removed_at IS NULL ORDER BY name LIMIT 10000",
    "subscribers": "SELECT name FROM subscribers WHERE removed_at IS NULL ORDER BY name LIMIT 10000",
}


def names(database_url: str, of: Called) -> list[str]:
    """Return what there is of a kind, by name; a feed without one by its address, as it may be shown.

    Raises:
        Exception: Whatever the driver raises, where there is no database, none of ours, or none that answers.
    """
    read = _of_file if database_url.startswith("sqlite") else _of_server
    rows = read(database_url, _ASKED[of])
    return [_name(row) for row in rows]


def addresses(database_url: str) -> list[str]:
    """Return the addresses of all feeds, as they may be shown; raise as `names` does."""
    read = _of_file if database_url.startswith("sqlite") else _of_server
    return [shown_url(str(row[2])) for row in read(database_url, _ASKED["feeds"])]


def _name(row: tuple[object, ...]) -> str:
    *called, last = row
    return next((str(one) for one in called if one), shown_url(str(last)) if called else str(last))


def _of_file(url: str, question: str) -> list[tuple[object, ...]]:
    import sqlite3  # noqa: PLC0415 - either driver is loaded where it is needed

    path = Path(url.partition(":///")[2]).absolute()
    # To read by a write-ahead log that is not there would be to make one; without it nobody writes.
    alone = "" if Path(f"{path}-wal").exists() else "&immutable=1"
    place = f"file:{quote(str(path))}?mode=ro{alone}"
    with closing(sqlite3.connect(place, uri=True, timeout=WAIT_S)) as connection:
        return connection.execute(question).fetchall()


def _of_server(url: str, question: str) -> list[tuple[object, ...]]:
    import psycopg  # noqa: PLC0415 - as above

    place = f"postgresql://{url.partition('://')[2]}"
    options = f"-c default_transaction_read_only=on -c statement_timeout={int(WAIT_S * 1000)}"
    with psycopg.connect(place, connect_timeout=2, options=options) as connection:
        return connection.execute(question.encode()).fetchall()
