"""The part of PHP in which FreshRSS keeps its configuration: `return array(...);`, as `var_export` writes it.

Nothing is run: it is read like JSON in other letters.
"""

from __future__ import annotations

import re
from typing import Final, NoReturn

from worker.errors import ParseError

MAX_DEPTH: Final = 50
MAX_VALUES: Final = 200_000
"""A configuration holds some hundreds; one with many queries some ten thousand."""

_OPENING: Final = re.compile(r"\s*+<\?php\b", re.IGNORECASE)
_TOKEN: Final = re.compile(
    r"""(?>\s++|\#[^\n]*+|//[^\n]*+|/\*.*?(?:\*/|\Z))*+(?:
        (?P<open>array\s*+\(|\[) | (?P<close>[)\]]) | (?P<comma>,) | (?P<arrow>=>) | (?P<end>;|\Z)
      | '(?P<single>(?>[^'\\]|\\.)*+)' | "(?P<double>[^"\\$]*+)"
      | (?P<number>-?[0-9]++(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?)
      | (?P<name>return\b|[A-Za-z_\\][\w\\:]*+)
    )""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_ESCAPED: Final = re.compile(r"\\([\\'])")
_WORDS: Final = {"true": True, "false": False, "null": None}


def is_php(text: str) -> bool:
    """Whether a text begins as PHP does."""
    return _OPENING.match(text) is not None


def returned(text: str) -> object:
    """Return the value that a PHP file returns: arrays as dicts, in their order; constants it knows nothing of as None.

    Raises:
        ParseError: It does anything else than to return a value written out.
    """
    opening = _OPENING.match(text)
    reading = _Reading(text, opening.end() if opening else 0)
    if reading.next().lastgroup != "name" or reading.token["name"].lower() != "return":
        reading.refuse()
    value = reading.value(0)
    if reading.token.lastgroup != "end":
        reading.refuse()
    return value


class _Reading:
    """A text on its way: the token at hand, and where the next one begins."""

    def __init__(self, text: str, at: int) -> None:
        self._text = text
        self._at = at
        self._values = 0
        self.token: re.Match[str]

    def next(self) -> re.Match[str]:
        found = _TOKEN.match(self._text, self._at)
        if found is None:
            self.refuse()
        self._at = found.end()
        self.token = found
        return found

    def refuse(self) -> NoReturn:
        line = self._text.count("\n", 0, self._at) + 1
        raise ParseError(f"line {line} is nothing that FreshRSS writes into its configuration")

    def value(self, depth: int) -> object:
        """Read a value, and have the token after it at hand."""
        self._values += 1
        if self._values > MAX_VALUES:
            raise ParseError(f"it holds more than {MAX_VALUES:,} values")
        token = self.next()
        if token.lastgroup == "open":
            return self._array(depth + 1)
        value = _scalar(token)
        if token.lastgroup not in {"single", "double", "number", "name"}:
            self.refuse()
        self.next()
        return value

    def _array(self, depth: int) -> dict[object, object]:
        if depth > MAX_DEPTH:
            self.refuse()
        found: dict[object, object] = {}
        while True:
            before = self._at
            if self.next().lastgroup == "close":
                break
            self._at = before
            key: object = len(found)
            value = self.value(depth)
            if self.token.lastgroup == "arrow":
                if isinstance(value, dict):
                    self.refuse()
                key, value = value, self.value(depth)
            found[key] = value
            if self.token.lastgroup == "close":
                break
            if self.token.lastgroup != "comma":
                self.refuse()
        self.next()
        return found


def _scalar(token: re.Match[str]) -> object:
    if token["single"] is not None:
        return _ESCAPED.sub(r"\1", token["single"])
    if token["double"] is not None:
        return token["double"]
    if token["number"] is not None:
        return float(token["number"]) if set(token["number"]) & set(".eE") else int(token["number"][:30])
    return _WORDS.get((token["name"] or "").lower())
