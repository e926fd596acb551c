"""A Dockerfile read as far as it says what a container is: its stages, and the settings of the last one."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

BASE_PATH = "/usr/local/bin:/usr/bin:/bin"
"""PATH in the images that others are built from."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction, its continued lines joined; `stage` counts from 0."""

    word: str
    rest: str
    stage: int

    @property
    def words(self) -> list[str]:
        """What stands behind it, as a list in JSON or as words."""
        return json.loads(self.rest) if self.rest.startswith("[") else shlex.split(self.rest)


@dataclass(frozen=True, slots=True)
class Image:
    """What a container of the last stage begins with."""

    environment: Mapping[str, str]
    user: str
    workdir: str
    command: list[str]
    volumes: tuple[str, ...]


def instructions(file: Path) -> list[Instruction]:
    found: list[Instruction] = []
    stage = -1
    text = re.sub(r"(?m)^\s*#.*\n", "", file.read_text(encoding="utf-8"))
    for line in filter(str.strip, re.sub(r"\\\n", " ", text).splitlines()):
        word, _, rest = line.strip().partition(" ")
        stage += word.upper() == "FROM"
        found.append(Instruction(word.upper(), re.sub(r"\s+", " ", rest.strip()), stage))
    return found


def image(file: Path) -> Image:
    last = [one for one in instructions(file) if one.stage == max(each.stage for each in instructions(file))]
    environment = {"PATH": BASE_PATH}
    for one in last:
        if one.word == "ENV":
            pairs = dict(word.split("=", 1) for word in one.words)
            environment |= {name: value.replace("$PATH", environment["PATH"]) for name, value in pairs.items()}
    said = {one.word: one for one in last}
    return Image(
        environment,
        said["USER"].rest if "USER" in said else "root",
        said["WORKDIR"].rest if "WORKDIR" in said else "/",
        said["CMD"].words,
        tuple(volume for one in last if one.word == "VOLUME" for volume in one.words),
    )
