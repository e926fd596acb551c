"""Tocsin itself, run as a user runs it: a folder of YAML, a command, alert lines on standard output."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from servers.receiver import SECRET

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

COMMAND = str(Path(sys.executable).with_name("tocsin"))


class Home:
    """One installation: configuration, data folder, environment."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.folder = folder
        self.config = folder / "conf"
        self.config.mkdir(parents=True, exist_ok=True)
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(("TOCSIN_", "PYTEST_"))}
        self.env |= {
            "TOCSIN_CONFIG": str(self.config),
            "TOCSIN_DATA_DIR": str(folder / "var"),
            "RECEIVER_SECRET": SECRET,
        }
        self.write("settings", settings={"min_interval": "1s", **settings})

    def write(self, name: str, **document: Any) -> None:
        """Write a configuration file, at once, as an editor does."""
        target = self.config / f"{name}.yaml"
        draft = target.with_suffix(".tmp")
        draft.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8")
        draft.rename(target)

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command to its end; `check`: it must exit with 0."""
        done = subprocess.run(
            [COMMAND, *arguments],
            env=self.env,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(
                f"tocsin {' '.join(arguments)} exited with {done.returncode}:\n{done.stdout}{done.stderr}"
            )
        return done

    def json(self, *arguments: str) -> Any:
        """Run a command with --json and return what it printed."""
        return json.loads(self.run(*arguments, "--json", check=False).stdout)

    def start(self, *arguments: str) -> Running:
        """Start a command that runs on."""
        return Running([COMMAND, *arguments], env=self.env, cwd=self.folder)


class Running:
    """A running `tocsin up`, `beat` or `worker`, with all its descendants."""

    def __init__(self, command: Sequence[str], *, env: Mapping[str, str], cwd: Path) -> None:
        self.lines: list[str] = []
        self.complaints: list[str] = []
        self._arrived = threading.Condition()
        self._known: set[int] = set()
        self._child = subprocess.Popen(
            command,
            env=env,
            cwd=cwd,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
        )
        self._readers = [
            threading.Thread(target=self._read, args=(self._child.stdout, self.lines), daemon=True),
            threading.Thread(target=self._read, args=(self._child.stderr, self.complaints), daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, stream: Any, into: list[str]) -> None:
        for line in stream:
            with self._arrived:
                into.append(line.rstrip("\n"))
                self._arrived.notify_all()

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def returncode(self) -> int | None:
        return self._child.poll()

    def alerts(self) -> list[str]:
        """The ALERT lines printed so far."""
        with self._arrived:
            return [line for line in self.lines if line.startswith("ALERT ")]

    def wait_for(self, ready: Callable[[], object], what: str, timeout: float = 60.0) -> None:
        """Wait until `ready()` is true; fail with everything that was said if it takes longer."""
        deadline = time.monotonic() + timeout
        while not ready():
            if self._child.poll() is not None or time.monotonic() > deadline:
                said = "\n".join(self.complaints[-60:])
                raise AssertionError(f"waited for {what}; exit code {self._child.poll()}; it said:\n{said}")
            time.sleep(0.05)

    def wait_for_alerts(self, count: int, timeout: float = 60.0) -> list[str]:
        """Wait until `count` ALERT lines were printed."""
        self.wait_for(lambda: len(self.alerts()) >= count, f"{count} alert lines, got {self.alerts()}", timeout)
        return self.alerts()

    def descendants(self) -> dict[int, str]:
        """PIDs of all living descendants, with their command lines."""
        found = _descendants(self._child.pid)
        self._known |= set(found)
        return found

    def stop(self, timeout: float = 20.0) -> float:
        """Ask it to stop and wait; return the seconds it took. Fails after `timeout`, or if a process is left."""
        self.descendants()
        began = time.monotonic()
        self._child.send_signal(signal.SIGTERM)
        try:
            self._child.wait(timeout)
        except subprocess.TimeoutExpired:
            said = "\n".join(self.complaints[-60:])
            self.kill()
            raise AssertionError(f"not stopped within {timeout} s; it said:\n{said}") from None
        took = time.monotonic() - began
        left = {pid: line for pid in self._known if (line := _command_line(pid))}
        assert not left, f"left behind: {left}"
        self._finish()
        return took

    def kill(self) -> None:
        """kill -9 the process itself; its children are to die by themselves."""
        self.descendants()
        self._child.kill()
        self._child.wait()
        deadline = time.monotonic() + 10
        while any(_command_line(pid) for pid in self._known) and time.monotonic() < deadline:
            time.sleep(0.02)
        self._finish()

    def close(self) -> None:
        """End it in any case, at the end of a test."""
        if self._child.poll() is None:
            self.kill()
        self._finish()

    def _finish(self) -> None:
        for reader in self._readers:
            reader.join(timeout=10)
        for stream in (self._child.stdout, self._child.stderr):
            if stream is not None:
                stream.close()


def _descendants(root: int) -> dict[int, str]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
                if fields[0] != "Z":
                    children.setdefault(int(fields[1]), []).append(int(entry.name))
    found: dict[int, str] = {}
    waiting = list(children.get(root, []))
    while waiting:
        pid = waiting.pop()
        if line := _command_line(pid):
            found[pid] = line
        waiting += children.get(pid, [])
    return found


def _command_line(pid: int) -> str:
    """The command line of a living process, "" for one that has ended (or is a zombie)."""
    try:
        raw = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return ""
    return re.sub(r"\s+", " ", raw.replace(b"\0", b" ").decode(errors="replace")).strip()
