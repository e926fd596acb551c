"""A page of documentation as a reader follows it: files to write, commands to type, and what these print."""

from __future__ import annotations

import doctest
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PROMPT = "$ "
_PLACE = re.compile(r"# ([\w./~-]*/[\w.-]+)\n")
_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass(frozen=True, slots=True)
class File:
    """A file to write: a block whose first line names its place."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Typed:
    """A command, and what the page says it prints ("" where it says nothing); `...` stands for anything.

    `interrupted`: it goes on until Ctrl-C.
    """

    command: str
    printed: str
    interrupted: bool = False

    def is_met(self, found: str) -> bool:
        """Say whether what was printed is what the page says."""
        return not self.printed or doctest.OutputChecker().check_output(self.printed, found, _FLAGS)


def read(page: str) -> Iterator[File | Typed]:
    """Read a page in its order: blocks marked `console`, and those of other kinds that name a file."""
    for kind, text in _BLOCK.findall(page):
        if kind == "console":
            yield from _typed(text)
        elif place := _PLACE.match(text):
            yield File(place[1], text[place.end() :])


def _typed(text: str) -> Iterator[Typed]:
    assert text.startswith(_PROMPT), text
    for part in re.split(rf"^{re.escape(_PROMPT)}", text, flags=re.MULTILINE)[1:]:
        command, _, printed = part.partition("\n")
        ended, ctrl_c, rest = printed.partition("^C\n")
        assert not rest, f"nothing follows Ctrl-C: {part}"
        yield Typed(command, ended, interrupted=bool(ctrl_c))
