"""An operator's machine below a folder: its /etc, /opt and /var are there, and `systemctl` and `docker compose` work.

What is not there: other users, an init process, an engine. `sudo` and `runuser` run their command, and units are started
as systemd starts them, until they say that they are ready. What is written into /etc/cron.d is run at once, as cron does.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from signal import SIGINT
from typing import TYPE_CHECKING

from servers.above import ServiceManager
from servers.compose import Compose
from servers.tocsin import Running
from servers.units import Units

if TYPE_CHECKING:
    from collections.abc import Mapping

    from servers.transcript import File, Typed

_PLACES = re.compile(r"(?<![\w.:/])/(etc|opt|var|usr/local)/")
_PROGRAMS = {
    "sudo": 'exec "$@"',
    "runuser": 'shift 3; exec "$@"',
    "systemd-sysusers": 'exec {sysusers} --root={root} "$@"',
    # `install` without the owner, who is not on this machine.
    "install": 'for word; do shift; case "$word" in -o|-g) skip=1;; *) [ "$skip" ] || set -- "$@" "$word"; skip=;; esac; '
    'done; exec {install} "$@"',
}
COMMAND_S = 300.0
AGAIN_S = 60.0
"""So long a command that only looks is tried again until it prints what the page says."""
_LOOKS = re.compile(r"(sudo )?(tocsin (status|alerts list|deliveries list|why)\b|journalctl|curl)")


class Machine:
    """Commands are typed one after another in `home`; close it: it ends every process that it started."""

    def __init__(
        self, root: Path, *, said: Mapping[str, str], environment: Mapping[str, str], options: str = ""
    ) -> None:
        """Take what the page says and what it stands for here (`said`), and what every process is given besides.

        `options`: more arguments for units.
        """
        self._options = options
        self.root = root
        self.home = root / "home" / "operator"
        self._at = self.home
        self._said = dict(said)
        self._given = dict(environment)
        self._units: dict[str, Running] = {}
        self._compose: Compose | None = None
        for place in (
            "etc/systemd/system",
            "etc/cron.d",
            "opt",
            "var/lib",
            "var/backups",
            "usr/local/bin",
            "usr/sbin",
            "bin",
        ):
            (root / place).mkdir(parents=True)
        self.home.mkdir(parents=True)
        found = {"sysusers": shutil.which("systemd-sysusers"), "install": shutil.which("install"), "root": root}
        for name, script in _PROGRAMS.items():
            program = root / ("usr/sbin" if name == "runuser" else "bin") / name  # where Debian has it
            program.write_text(
                f"#!/bin/sh\n{re.sub('{(sysusers|install|root)}', lambda one: str(found[one[1]]), script)}\n"
            )
            program.chmod(0o755)

    def enter(self, folder: Path) -> None:
        """Type the next commands in a folder."""
        self._at = folder

    def here(self, text: str) -> str:
        """Return what a page says as it is here: other places, other addresses."""
        for page, ours in self._said.items():
            text = text.replace(page, ours)
        return _PLACES.sub(lambda place: f"{self.root}/{place[1]}/", text)

    def write(self, file: File) -> None:
        """Write a file that the page shows."""
        path = self._at / self.here(file.path)
        assert path.parent.is_dir(), f"{path.parent} is not there yet"
        path.write_text(self.here(file.text), encoding="utf-8")
        if path.parent.name == "cron.d":
            self._run_as_cron(path)

    def _run_as_cron(self, table: Path) -> None:
        """Run each line of a crontab once, with as little around it as cron gives (crontab(5))."""
        for line in table.read_text(encoding="utf-8").splitlines():
            command = line.split(maxsplit=6)[6].replace("\\%", "%")
            bare = {"PATH": "/usr/bin:/bin", "HOME": "/root", "SHELL": "/bin/sh"}
            done = subprocess.run(
                ["/bin/sh", "-c", command], env=bare, capture_output=True, text=True, timeout=COMMAND_S, check=False
            )
            assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), f"{line}\n{done.stdout}{done.stderr}"

    def type(self, typed: Typed) -> str:
        """Run a command, and return what it printed; AssertionError where it fails, or prints something else."""
        # A container's places are its own.
        command = typed.command if typed.command.startswith("docker ") else self.here(typed.command)
        ends = time.monotonic() + AGAIN_S
        wanted = replace(typed, command=command, printed=self.here(typed.printed))
        while True:
            code, printed = self._run_on(wanted) if typed.interrupted else self._run(command)
            if (code == 0 and wanted.is_met(printed)) or not _LOOKS.match(typed.command) or time.monotonic() > ends:
                break
            time.sleep(0.3)
        assert code == 0, f"$ {typed.command}\nexit code {code}\n{printed}\n{self._units_said()}"
        assert wanted.is_met(printed), f"$ {typed.command}\n{printed}\nbut the page says\n{wanted.printed}"
        return printed

    def close(self) -> None:
        if self._compose is not None:
            self._compose.__exit__(None, None, None)
        for unit in self._units.values():
            unit.close()

    def _run(self, command: str) -> tuple[int, str]:
        words = shlex.split(command.removeprefix("sudo "))
        if words[0] == "cd":
            self._at = (self._at / words[1]).resolve()
            return 0, ""
        if words[0] == "export":
            self._given |= dict(word.split("=", 1) for word in words[1:])
            return 0, ""
        for name, run in {"systemctl": self._systemctl, "journalctl": self._journal, "docker": self._docker}.items():
            if words[0] == name:
                return run(*words[1:])
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self._at,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=COMMAND_S,
            check=False,
        )
        if words[0] == "tar":
            self._move(self._at)
        return done.returncode, done.stdout

    def _run_on(self, typed: Typed) -> tuple[int, str]:
        """Run a command until it has printed what the page says, then press Ctrl-C."""
        running = Running(["bash", "-c", f"exec {typed.command}"], env=self._environment(), cwd=self._at)
        try:
            running.wait_for(lambda: typed.is_met(_printed(running)), f"$ {typed.command}", AGAIN_S)
            running.interrupt()
        finally:
            running.close()
        # `make` ends as it was told to: by the signal.
        return 0 if running.returncode == -SIGINT else running.returncode or 0, _printed(running)

    def _environment(self) -> dict[str, str]:
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("TOCSIN_", "PYTEST_", "COV_"))
        }
        path = f"{self.root}/bin:{self.root}/usr/local/bin:{kept['PATH']}"
        return {**kept, **self._given, "HOME": str(self.home), "PATH": path}

    def _move(self, unpacked: Path) -> None:
        """Have what was unpacked look for its places where they are here."""
        for file in [*unpacked.glob("*/deploy/**/*")]:
            if file.is_file() and file.suffix != ".lock":
                text = _PLACES.sub(lambda place: f"{self.root}/{place[1]}/", file.read_text())
                file.write_text(text.replace("PATH=/usr/sbin:", f"PATH={self.root}/usr/sbin:/usr/sbin:"))

    # --- systemd ------------------------------------------------------------------------------------------------------

    def _systemctl(self, verb: str, *names: str) -> tuple[int, str]:
        names = tuple(name for name in names if name != "--now")
        if verb == "daemon-reload":
            units = [
                str(one) for one in (self.root / "etc" / "systemd" / "system").glob("*.service") if "@" not in one.name
            ]
            return _done("systemd-analyze", "verify", "--man=no", *units)
        if verb in ("enable", "disable"):
            code, printed = _done("systemctl", f"--root={self.root}", verb, *names)
            if code:
                return code, printed
        for name in names:
            if verb in ("stop", "restart", "disable"):
                self._units.pop(name).stop(30)
            if verb in ("enable", "start", "restart"):
                self._start(name)
        return 0, ""

    def _start(self, name: str) -> None:
        """Start a unit, and wait until it says that it is up."""
        of = {"S": str(self.root / "var" / "lib"), "E": str(self.root / "etc")}
        unit = Units.installed(self.root / "etc" / "systemd" / "system").read(f"{name}.service", of=of)
        manager = ServiceManager()
        env = {**self._environment(), **unit.environment()}
        env |= {"NOTIFY_SOCKET": manager.address, "OPTIONS": self._options}
        self._units[name] = Running(unit.command(env), env=env, cwd=Path(unit.one("WorkingDirectory")))
        try:
            self._units[name].wait_for(lambda: "READY=1" in manager.said, f"{name} to be up")
        finally:
            manager.close()

    def _journal(self, *words: str) -> tuple[int, str]:
        return 0, _printed(self._units[words[words.index("-u") + 1]])

    def _units_said(self) -> str:
        return "\n".join(f"{name}: {line}" for name, unit in self._units.items() for line in unit.complaints[-30:])

    # --- Docker Compose -----------------------------------------------------------------------------------------------

    def _docker(self, compose: str, *words: str) -> tuple[int, str]:
        assert compose == "compose", "no other command of docker is known here"
        rest, profiles = list(words), []
        while rest[0] == "--profile":
            profiles.append(rest[1])
            del rest[:2]
        verb, *rest = rest
        if verb == "up":
            assert {word for word in rest if word.startswith("-")} <= {"-d", "--build", "--wait", "--scale"}
            scale = dict(word.split("=") for word in rest if "=" in word)
            if self._compose is None:
                self._compose = Compose(self._at / "docker-compose.yml", environ={}).__enter__()
            for folder in ("config", "etc"):
                shutil.copytree(self._at / folder, self._compose.project / folder, dirs_exist_ok=True)
            given = "".join(f"{name}={value}\n" for name, value in self._given.items())
            (self._compose.project / ".env").write_text((self._at / ".env").read_text() + given)
            self._compose.up(*profiles, scale={service: int(count) for service, count in scale.items()})
            return 0, ""
        assert self._compose is not None, "nothing is up"
        if verb == "down":
            self._compose.stop()
            return 0, ""
        assert verb in ("exec", "run"), f"`docker compose {verb}` is not known here"
        run = self._compose.exec if verb == "exec" else self._compose.run
        done = run(*(word for word in rest if word != "--rm"))
        return done.returncode, done.stdout + done.stderr


def _printed(running: Running) -> str:
    """What a terminal shows, standard error first: in which order both came is not kept."""
    return "".join(f"{line}\n" for line in [*running.complaints, *running.lines])


def _done(*command: str) -> tuple[int, str]:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, check=False)
    return done.returncode, done.stdout
