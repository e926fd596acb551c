"""The units of deploy/systemd: installed below a folder as an operator installs them, and read as systemd reads them."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SHIPPED = Path(__file__).parents[2] / "deploy" / "systemd"
PROGRAMS = "/opt/tocsin/bin/"
COPY = "cp -r {}/tocsin* {}"
"""How docs/OPERATING.md has them installed."""
_JAIL = Path(__file__).with_name("jail.py")


class Units:
    """The units with the programs of this environment in the place of those in /opt/tocsin."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "etc" / "systemd" / "system"
        self.folder.mkdir(parents=True)
        subprocess.run(["sh", "-c", COPY.format(SHIPPED, self.folder)], check=True)
        for unit in self.folder.glob("*.service"):
            text = unit.read_text(encoding="utf-8").replace(PROGRAMS, f"{Path(sys.executable).parent}/")
            unit.write_text(text, encoding="utf-8")

    @classmethod
    def installed(cls, folder: Path) -> Units:
        """The units that somebody has installed in a folder, as they are."""
        units = cls.__new__(cls)
        units.folder = folder
        return units

    def read(self, name: str, *, of: Mapping[str, str]) -> Unit:
        """Read a unit with what is dropped into it; `of`: its specifiers (systemd.unit(5)), by their letters."""
        stem, _, instance = name.removesuffix(".service").partition("@")
        template = f"{stem}@.service" if instance else name
        folders = [f"{template}.d", *(["tocsin-.service.d"] if stem.startswith("tocsin-") else [])]
        dropped = [file for folder in folders for file in (self.folder / folder).glob("*.conf")]
        files = [self.folder / template, *dropped]
        lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
        return Unit(lines, {**of, "I": _unescaped(instance)})


class Unit:
    """The settings of one unit."""

    def __init__(self, lines: Sequence[str], specifiers: Mapping[str, str]) -> None:
        self._settings: dict[str, list[str]] = {}
        for line in lines:
            name, is_setting, value = line.partition("=")
            if is_setting and not line.startswith("#"):
                told = re.sub("%(.)", lambda found: specifiers[found[1]], value)
                self._settings.setdefault(name, []).append(told)

    def all(self, name: str) -> list[str]:
        return self._settings.get(name, [])

    def one(self, name: str) -> str:
        (value,) = self._settings[name]
        return value

    def environment(self) -> dict[str, str]:
        """What it gives its process, files included: later lines win, files over lines (systemd.exec(5))."""
        given = [pair for line in self.all("Environment") for pair in shlex.split(line)]
        for name in self.all("EnvironmentFile"):
            file = Path(name.removeprefix("-"))
            if file.exists() or not name.startswith("-"):
                given += shlex.split(file.read_text(encoding="utf-8"), comments=True)
        return dict(pair.split("=", 1) for pair in given)

    def command(self, environment: Mapping[str, str]) -> list[str]:
        """What it starts: a word that is a variable is as many words as that has."""
        words = self.one("ExecStart").split()
        return [part for word in words for part in (environment[word[1:]].split() if word[0] == "$" else [word])]

    def jailed(self, command: Sequence[str]) -> list[str]:
        """The command under the unit's restrictions of system calls."""
        calls: set[str] = set()
        for line in self.all("SystemCallFilter"):
            named = _calls(line.removeprefix("~"))
            calls = calls - named if line.startswith("~") else calls | named
        families = self.one("RestrictAddressFamilies").replace(" ", ",")
        return [sys.executable, "-I", "-S", str(_JAIL), ",".join(sorted(calls)), families, *command]


def _calls(group: str) -> set[str]:
    """The system calls of a group, as systemd knows them."""
    listed = subprocess.run(
        ["systemd-analyze", "--no-pager", "syscall-filter", group], capture_output=True, text=True, check=True
    ).stdout
    words = [line.strip() for line in listed.splitlines()[1:] if line.strip() and not line.strip().startswith("#")]
    return {name for word in words for name in (_calls(word) if word.startswith("@") else {word})}


def _unescaped(instance: str) -> str:
    """What %I stands for (systemd-escape(1))."""
    return re.sub(r"\\x([0-9a-f]{2})", lambda found: chr(int(found[1], 16)), instance.replace("-", "/"))
