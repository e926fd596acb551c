"""The demonstration's home: its own configuration, database and newswire, made afresh each time."""

from __future__ import annotations

import os
import shutil
import sys
import time
from typing import TYPE_CHECKING

from worker.service.child import Role
from worker.service.newswire import free_port, write_demo_configuration

if TYPE_CHECKING:
    from pathlib import Path

KEPT = "up.lock"
"""What stays when the home is cleared: the lock that whoever clears it holds."""


def fresh_home(home: Path) -> tuple[Path, Role]:
    """Clear `home`, whose lock the caller holds; return its configuration folder and its newswire's role.

    The demonstration has its own configuration whole: nothing of the operator's environment may change it, so the
    TOCSIN_ variables of this process are replaced.
    """
    for left in home.iterdir():
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left)
        elif left.name != KEPT:
            left.unlink()
    folder = home / "config"
    port = free_port()
    write_demo_configuration(folder, port=port)
    for name in [name for name in os.environ if name.startswith("TOCSIN_")]:
        del os.environ[name]
    os.environ["TOCSIN_DATA_DIR"] = str(home)
    module = [sys.executable, "-P", "-m", "worker.service.newswire"]
    command = [*module, "--port", str(port), "--start", str(int(time.time()))]
    return folder, Role("newswire", "newswire", command, dict(os.environ))
