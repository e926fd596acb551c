"""Regular expressions mean the same on every Python that Tocsin runs on."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]

import pytest

import worker
from worker.text import tokens

SINGLE = {codes.IN, codes.LITERAL, codes.NOT_LITERAL, codes.ANY}


def unsafe(parsed: object) -> Iterator[object]:
    """Possessive repeats of a group that is not atomic.

    Before 3.11.5 such a repeat goes on from where its last, failed turn got to: `(?:ab?c)*+` took all of "aca"
    (CPython gh-106052). An atomic group goes back by itself: `(?>ab?c)*+`.
    """
    if isinstance(parsed, parser.SubPattern):
        for code, argument in parsed:
            if code is codes.POSSESSIVE_REPEAT:
                repeated = argument[2]
                if len(repeated) != 1 or repeated[0][0] not in {codes.ATOMIC_GROUP, *SINGLE}:
                    yield repeated
            yield from unsafe(argument)
    elif isinstance(parsed, tuple | list):
        for part in parsed:
            yield from unsafe(part)


def expressions() -> Iterator[tuple[str, re.Pattern[str]]]:
    for module in pkgutil.walk_packages(worker.__path__, "worker."):
        if not module.name.endswith(("__main__", "migrations.env")):  # these are programs
            for name, value in vars(importlib.import_module(module.name)).items():
                if isinstance(value, re.Pattern):
                    yield f"{module.name}.{name}", value
    for pattern in tokens._anything():
        yield "worker.text.tokens._anything", pattern


@pytest.mark.parametrize(
    ("expression", "count"),
    [("(?:ab?c)*+", 1), ("(?>ab?c)*+", 0), ("[ab]*+a++", 0), ("(?>a(?:b|cd)?+)++", 1), ("(?=(x)?+)(?:(?:(y)?+)z)", 2)],
)
def test_what_is_unsafe(expression: str, count: int):
    assert len(list(unsafe(parser.parse(expression)))) == count


def test_every_expression_means_the_same_on_every_python():
    found = dict(expressions())
    assert len(found) > 50
    assert [name for name, one in found.items() if any(unsafe(parser.parse(one.pattern, one.flags)))] == []
