"""The Pythons of this machine that Tocsin runs on, one for each minor version: found, never installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

MINORS = range(11, 15)
_ASK = "import sys, ensurepip, venv; print(*sys.version_info[:2])"


def pythons() -> dict[str, str]:
    """Interpreters by their version ("3.11"), the running one among them."""
    found = {"{}.{}".format(*sys.version_info): sys.executable}
    for minor in MINORS:
        version = f"3.{minor}"
        working = (path for path in _candidates(version) if _is(version, path))
        if version not in found and (path := next(working, None)):
            found[version] = path
    return dict(sorted(found.items()))


def _candidates(version: str) -> list[str]:
    """Where it may be: on the PATH, or among those that pyenv holds."""
    on_path = shutil.which(f"python{version}")
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    held = sorted(str(path) for path in root.glob(f"versions/{version}.*/bin/python{version}"))
    return [*([on_path] if on_path else []), *reversed(held)]


def _is(version: str, path: str) -> bool:
    """Whether it runs, is what its name says, and can make an environment: some names only point to nothing."""
    done = subprocess.run([path, "-I", "-c", _ASK], capture_output=True, text=True, timeout=60, check=False)
    return done.returncode == 0 and done.stdout.split() == version.split(".")
