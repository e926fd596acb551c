"""The command line in this process: quick enough to try every wrong word."""

from __future__ import annotations

import json
import logging
import shutil
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from golden.newsroom import migrated

from worker.cli import run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from servers.tocsin import Home


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def table(self) -> list[list[str]]:
        """The cells of the printed table, head first; columns are two spaces or more apart."""
        return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in self.out.splitlines()]


class Prompt:
    """A prompt in a folder of its own that holds a configuration folder `config`."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.config = folder / "config"
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Answer:
        self._capsys.readouterr()
        code = run(arguments)
        captured = self._capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    def json(self, *arguments: str) -> Any:
        return json.loads(self(*arguments, "--json").out)

    def write(self, name: str, document: object) -> None:
        self.config.mkdir(exist_ok=True)
        text = document if isinstance(document, str) else yaml.safe_dump({name: document}, allow_unicode=True)
        (self.config / f"{name.replace('_', '')}.yaml").write_text(text, encoding="utf-8")


@pytest.fixture
def bare(tmp_path, capsys, monkeypatch) -> Iterator[Prompt]:
    """A prompt in an empty folder."""
    monkeypatch.chdir(tmp_path)
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    signals = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield Prompt(tmp_path, capsys)
    root.setLevel(level)
    root.handlers[:] = handlers
    for number, handler in signals.items():
        signal.signal(number, handler)


@pytest.fixture
def prompt_in(bare, monkeypatch) -> Callable[[Home], Prompt]:
    """A prompt in an installation that exists already."""

    def enter(home: Home) -> Prompt:
        for name, value in home.env.items():
            if name.startswith(("TOCSIN_", "RECEIVER_")):
                monkeypatch.setenv(name, value)
        return bare

    return enter


@pytest.fixture(scope="session")
def template(tmp_path_factory) -> Path:
    return migrated(tmp_path_factory.mktemp("template"))


@pytest.fixture
def prompt(new_prompt, template) -> Prompt:
    """A prompt beside a small, good configuration, and a database with the schema and nothing in it."""
    (new_prompt.folder / "var").mkdir(mode=0o700)
    shutil.copy(template, new_prompt.folder / "var" / "tocsin.db")
    return new_prompt


@pytest.fixture
def new_prompt(bare) -> Prompt:
    """A prompt beside a small, good configuration, and no database yet."""
    bare.write("settings", {"min_interval": "1s", "contact_url": "https://desk.example/bot"})
    bare.write("feeds", [{"url": "https://one.example/feed", "name": "One", "tags": ["world"]}])
    bare.write("subscribers", [{"name": "desk", "channels": [{"log": True}]}])
    bare.write(
        "watch_lists", [{"name": "Ukraine", "keywords": ["Ukraine", "Kyiv"], "notify": [{"subscriber": "desk"}]}]
    )
    return bare
