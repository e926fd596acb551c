"""`${NAME}` in texts of the files, filled in from the environment after parsing, so that a value is never markup."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_REFERENCE = re.compile(r"\$\$\{|\$\{([^}]*)\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def fill(text: str, environ: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """Replace each `${NAME}` of `text`, and `$${` by a plain `${`.

    Returns the text and what is wrong, as sentences that never show a value. A text with anything wrong comes back as
    it was written.
    """
    if "${" not in text:
        return text, ()
    wrong: list[str] = []

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name is None:
            return "${"
        if not _NAME.fullmatch(name):
            wrong.append("`${...}` holds the name of an environment variable and nothing else; a plain `${` is `$${`")
        elif name not in environ:
            wrong.append(f"the environment has no `{name}`: set it, as `export {name}=...`, before starting")
        else:
            return environ[name]
        return found[0]

    filled = _REFERENCE.sub(value, text)
    return (text if wrong else filled), tuple(wrong)
