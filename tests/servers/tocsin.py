"""Tocsin itself, run as a user runs it: a folder of YAML, a command, alert lines on standard output."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import redirect_stdout, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import yaml
from servers.receiver import SECRET

from worker.cli import run

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

COMMAND = str(Path(sys.executable).with_name("tocsin"))
CELERY = str(Path(sys.executable).with_name("celery"))
ORPHANS_WITHIN = 10.0  # seconds in which the children of a process that was killed die by themselves


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
        """Run a command with --json, in this process, which is quick; return what it printed."""
        root = logging.getLogger()
        level, handlers = root.level, list(root.handlers)
        printed = io.StringIO()
        try:
            with patch.dict(os.environ, self.env), redirect_stdout(printed):
                run([*arguments, "--json"])
        finally:
            root.setLevel(level)
            root.handlers[:] = handlers
        return json.loads(printed.getvalue())

    def start(self, *arguments: str) -> Running:
        """Start a command that runs on; `up` without its web role, unless a port is named: all tests share the ports."""
        if arguments[0] == "up" and not {"--port", "--no-web"} & {*arguments}:
            arguments = (*arguments, "--no-web")
        return Running([COMMAND, *arguments], env=self.env, cwd=self.folder)

    def start_celery(self, *arguments: str) -> Running:
        """Start a command of Celery's own, as any Celery user does."""
        return Running([CELERY, "-A", "tasks", *arguments], env=self.env, cwd=self.folder)


class Running:
    """A running `tocsin up`, `beat` or `worker`, with all its descendants."""

    def __init__(self, command: Sequence[str], *, env: Mapping[str, str], cwd: Path) -> None:
        self.lines: list[str] = []
        self.complaints: list[str] = []
        self._arrived = threading.Condition()
        self._known: dict[int, int] = {}  # PIDs of descendants, with the moment of their start: PIDs come again
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
        self._known |= {pid: started for pid in found if (started := _started(pid)) is not None}
        return found

    def left(self) -> dict[int, str]:
        """Those of the descendants known so far that live, with their command lines."""
        return {
            pid: line
            for pid, started in self._known.items()
            if (line := _command_line(pid)) and _started(pid) == started
        }

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
        self._bury(0)
        return took

    def interrupt(self, timeout: float = 30.0) -> None:
        """Press Ctrl-C, which the whole foreground hears, and wait for the end."""
        for pid in [self._child.pid, *self.descendants()]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)
        self._child.wait(timeout)

    def kill(self) -> None:
        """kill -9 the process itself; its children die by themselves. Fails if one lives on."""
        self.descendants()
        self._child.kill()
        self._child.wait()
        self._bury(ORPHANS_WITHIN)

    def close(self) -> None:
        """End it in any case, at the end of a test. Fails if a descendant lives on, however it ended."""
        if self._child.poll() is None:
            self.kill()
        else:
            self._bury(ORPHANS_WITHIN)

    def _bury(self, within: float) -> None:
        """Wait for the descendants' end; kill those that live longer than `within` seconds, and fail."""
        deadline = time.monotonic() + within
        while (left := self.left()) and time.monotonic() < deadline:
            time.sleep(0.02)
        for pid in left:  # they fail this test, and shall not burden the next
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._finish()
        assert not left, f"left behind: {left}"

    def _finish(self) -> None:
        for reader in self._readers:
            reader.join(timeout=10)
        assert not any(reader.is_alive() for reader in self._readers), "an unknown descendant holds its output open"
        for stream in (self._child.stdout, self._child.stderr):
            if stream is not None:
                stream.close()


def _descendants(root: int) -> dict[int, str]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))) and fields[0] != "Z":
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found: dict[int, str] = {}
    waiting = list(children.get(root, []))
    while waiting:
        pid = waiting.pop()
        if line := _command_line(pid):
            found[pid] = line
        waiting += children.get(pid, [])
    return found


def _started(pid: int) -> int | None:
    """When a process started, in clock ticks since boot (proc_pid_stat(5)); None if there is none."""
    fields = _stat(pid)
    return int(fields[19]) if fields else None


def _stat(pid: int) -> list[str]:
    """The fields of a process from its state on; none if there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return []


def _command_line(pid: int) -> str:
    """The command line of a living process, "" for one that has ended (or is a zombie)."""
    try:
        raw = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return ""
    return re.sub(r"\s+", " ", raw.replace(b"\0", b" ").decode(errors="replace")).strip()
