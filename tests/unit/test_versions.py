"""One version, wherever it is said."""

import re
import subprocess
import tomllib
from datetime import date
from pathlib import Path

from servers.tocsin import COMMAND

ROOT = Path(__file__).parents[2]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def test_the_newest_release_in_the_changelog():
    heads = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert heads[0] == "[Unreleased]"
    version, day = re.fullmatch(r"\[(.+)\] - (.+)", heads[1]).groups()
    assert version == VERSION
    assert date.fromisoformat(day)


def test_the_image():
    images = re.findall(r"image: .*\btocsin:([\w.]+)", (ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    assert set(images) == {VERSION}


def test_the_command():
    said = subprocess.run([COMMAND, "--version"], capture_output=True, text=True, timeout=60, check=True).stdout
    assert said == f"tocsin {VERSION}\n"
