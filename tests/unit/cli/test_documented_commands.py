"""Each command that the pages name is there, with each option; those in transcripts are run (tests/integration/test_walk.py)."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from worker.cli.app import app

ROOT = Path(__file__).parents[3]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
_INLINE = re.compile(r"`((?:sudo )?(?:\S+/)?tocsin [^`]+)`")
_TYPED = re.compile(r"^\s*\$ ((?:sudo )?(?:\S+/)?tocsin .+)$", re.MULTILINE)


def commands():
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for found in (*_INLINE.findall(text), *_TYPED.findall(text)):
            # `tocsin db backup/restore FILE` and `tocsin feeds list, add` stand for one command each.
            yield page.name, " ".join(found.partition("#")[0].split())


def wrong(command: str) -> str | None:
    """Say what of a command there is not."""
    words = shlex.split(command.replace("'", " ").replace('"', " "))
    here = get_command(app)
    for word in words[words.index(next(one for one in words if one.endswith("tocsin"))) + 1 :]:
        if word.startswith("--"):
            options = {name for one in (here, get_command(app)) for param in one.params for name in param.opts}
            if word.strip(",;.)]").partition("=")[0] not in options:
                return f"{here.name} has no option {word}"
        elif hasattr(here, "commands"):
            names = [name for name in re.split(r"[,/]", word) if name]
            unknown = [name for name in names if name not in here.commands]
            if unknown:
                return f"{here.name} has no command {unknown[0]}"
            here = here.commands[names[0]]
    return None


@pytest.mark.parametrize(("page", "command"), sorted(set(commands())))
def test_the_pages_name_commands_that_there_are(page, command):
    assert wrong(command) is None


def test_another_one_would_be_noticed():
    assert wrong("tocsin db upgrad") is not None
    assert wrong("sudo tocsin watch list --jsn") is not None
    assert wrong("/usr/local/bin/tocsin db backup --force FILE") is None
