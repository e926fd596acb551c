"""One `tocsin up` per data folder."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from worker.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def one_service(data_dir: Path) -> Iterator[None]:
    """Hold the data folder while the service runs; raise Unavailable when another service holds it.

    The kernel lets go of the lock when the process ends, however it ends.
    """
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(data_dir / "up.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Unavailable(
                f"another `tocsin up` runs with the data folder {data_dir}; stop it, or set TOCSIN_DATA_DIR"
            ) from None
        yield
    finally:
        os.close(handle)
