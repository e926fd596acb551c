"""Completion by bash, zsh and fish: Typer's own, mended where a name has more than one word.

A shell runs the command anew at each press of the key, so nothing is loaded for it that is not needed: no rich, which
Typer takes to render each help text.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import PurePath
from typing import TYPE_CHECKING

from typer._click.shell_completion import CompletionItem, add_completion_class, split_arg_string
from typer._completion_classes import BashComplete, FishComplete, ZshComplete
from typer._completion_shared import _get_shell_name, get_completion_script
from typer._completion_shared import install as install_for

from worker.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence

ASKED = "_TOCSIN_COMPLETE"
"""The variable by which a shell asks."""

SHELLS = ("bash", "zsh", "fish")

_BREAKS = ":="
"""Bash parts words there (COMP_WORDBREAKS), and puts what is chosen in the place of the last part."""


class Bash(BashComplete):
    """Bash, which takes what it is given as if it had been typed."""

    _typed = ""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the one that is completed, and that one as far as it goes."""
        words = os.environ["COMP_WORDS"]
        if "\n" not in words:  # asked by hand
            return super().get_completion_args()
        at = int(os.environ["COMP_CWORD"])
        there = words.split("\n")[: at + 1]
        whole = rejoined([*there, ""] if len(there) <= at else there)
        self._typed = whole[-1]
        *before, last = (" ".join(split_arg_string(word)) for word in whole)
        return before[1:], last

    def format_completion(self, item: CompletionItem) -> str:
        """Return what is to stand in the line."""
        return typed(str(item.value), self._typed)


class Zsh(ZshComplete):
    """Zsh, which shows each value with its help."""

    def format_completion(self, item: CompletionItem) -> str:
        """Write the value and its help, each as Typer writes a value."""
        value = super().format_completion(CompletionItem(item.value))
        return f"{value}:{super().format_completion(CompletionItem(item.help))}" if item.help else value


class Fish(FishComplete):
    """Fish, which shows each value with its help."""

    def format_completion(self, item: CompletionItem) -> str:
        """Write the value and its help, a tab between them."""
        return f"{item.value}\t{' '.join(item.help.split())}" if item.help else str(item.value)


def get_ready() -> None:
    """Let these take part, where a shell asks."""
    for shell in (Bash, Zsh, Fish):
        add_completion_class(shell, shell.name)


def rejoined(words: Sequence[str]) -> list[str]:
    """Put together again what bash has parted: `https`, `:`, `//example` are one word."""
    whole: list[str] = []
    follows = False
    for word in words:
        breaks = bool(word) and not word.strip(_BREAKS)
        if whole[1:] and word and (breaks or follows):
            whole[-1] += word
        else:
            whole.append(word)
        follows = breaks
    return whole


def typed(value: str, so_far: str) -> str:
    """Return `value` as bash is to put it into the line, in which `so_far` of the word stands, quotes and all."""
    word = so_far.partition("=")[2] if so_far.startswith("-") else so_far
    if word.startswith("'"):
        return value.replace("'", r"'\''")
    if word.startswith('"'):
        return re.sub(r'(["\\$`])', r"\\\1", value)
    escaped = re.sub(r"([^\w@%+,./:=-])", r"\\\1", value)
    for _ in range(sum(map(word.count, _BREAKS))):
        escaped = re.split(f"[{_BREAKS}]", escaped, maxsplit=1)[-1]
    return escaped


def show() -> None:
    """Print the script by which the present shell completes."""
    script = get_completion_script(prog_name="tocsin", complete_var=ASKED, shell=_shell("--show-completion"))
    sys.stdout.write(f"{script}\n")


def install() -> None:
    """Put that script where the present shell finds it, and say where that is."""
    shell, place = install_for(shell=_shell("--install-completion"), prog_name="tocsin", complete_var=ASKED)
    sys.stdout.write(f"{shell} completes `tocsin` in each terminal opened from now on, by {place}\n")


def _shell(option: str) -> str:
    """Return the shell that runs this command, else the one that $SHELL names."""
    called = [_get_shell_name(), PurePath(os.environ.get("SHELL", "")).name]
    for name in called:
        if name in SHELLS:
            return name
    found = next((name for name in called if name), None)
    what = "it cannot be told which shell this is" if found is None else f"there is no completion for {found}"
    raise ConfigurationError(f"{what}; for one of {', '.join(SHELLS)} write `SHELL=bash tocsin {option}`")
