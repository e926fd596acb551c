"""Pydantic's errors as problems with places, in the words of somebody editing a file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from config.entries import NESTED, FeedEntry, OpmlEntry
from config.nearest import did_you_mean, nearest
from config.refusing import OURS
from config.values import Mark, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

    from config.marks import Marked, Path, Place

NEVER_SHOWN: Final = frozenset(
    {"url", "opml", "webhook", "secret", "apprise", "database_url", "broker_url", "smtp_url"}
)
"""Keys whose values may hold a password."""

OPML_KEYS: Final = "beside `opml` only `tags` may stand, for it holds for all feeds of the list, and not `{key}`"

_SHOWN: Final = 60

_MISSING: Final = {
    "url": "write the feed's address: `url: https://...`",
    "name": "write `name: ...`",
    "notify": "say who hears of it: `notify: [{subscriber: NAME}]`",
    "subscriber": "write `subscriber: NAME`, a name of subscribers.yaml",
}

_ENTRY: Final = {
    "notify": "subscriber: NAME",
    "channels": "log: true",
    "feeds": "url: https://...",
}


def explain(errors: Sequence[ErrorDetails], marked: Marked, prefix: Path, model: type[BaseModel]) -> Iterator[Problem]:
    """Say each error of validating the value at `prefix` against `model`.

    Left out are errors of texts that could not be filled in: those are problems already.
    """
    for error in errors:
        path = (*prefix, *error["loc"])
        # A text of ours may be read from several.
        if path in marked.flawed or (
            error["type"] == OURS and any(path == flaw[: len(path)] for flaw in marked.flawed)
        ):
            continue
        yield Problem(_mark(error, marked, path), _sentence(error, marked, path, model))


def place_of(marked: Marked, path: Path) -> Place:
    """The place of `path`, or of the nearest thing around it that stands in the file."""
    while path not in marked.places:
        path = path[:-1]
    return marked.places[path]


def quoted(marked: Marked, path: Path) -> str:
    """What stands at `path` in the file, shortened to one line; "this" where it must not be shown."""
    place = marked.places.get(path)
    if place is None or place.written is None or NEVER_SHOWN.intersection(path):
        return "this"
    line = " ".join(place.written.split())
    return f"`{line}`" if len(line) <= _SHOWN else f"`{line[:_SHOWN]}...`"


def _mark(error: ErrorDetails, marked: Marked, path: Path) -> Mark:
    place = place_of(marked, path)
    if error["type"] == "extra_forbidden" and place.key_mark:
        return place.key_mark
    return place.mark


def _sentence(error: ErrorDetails, marked: Marked, path: Path, model: type[BaseModel]) -> str:
    key = next((str(part) for part in reversed(path) if isinstance(part, str)), "")
    kind, value, shown = error["type"], error["input"], quoted(marked, path)
    if kind == OURS:
        return error["msg"].replace("{given}", shown)
    if kind == "extra_forbidden":
        return _unknown(key, error, model)
    if value is None and kind.endswith("_type"):
        return f"`{key}` holds nothing; write something or remove it"
    sentences = {
        "missing": f"`{key}` is missing; {_MISSING.get(key)}",
        "too_short": f"`{key}` is empty; {_MISSING.get(key, 'write one entry at least')}",
        "string_type": _no_text(key, value, shown),
        "list_type": _no_list(key, shown),
        "model_type": f"write lines of `key: value` here, like `{_ENTRY.get(key, 'name: ...')}`",
        "int_type": f"`{key}` takes a whole number, without quotes",
        "literal_error": _no_choice(key, shown, error),
        "bool_type": f"`{key}` is either true or false, without quotes",
    }
    return sentences.get(kind) or f"`{key}`: {error['msg'][:1].lower()}{error['msg'][1:]}"


def _unknown(key: str, error: ErrorDetails, model: type[BaseModel]) -> str:
    parents = [part for part in error["loc"][:-1] if isinstance(part, str)]
    fields = NESTED[parents[-1]].model_fields if parents else model.model_fields
    if model is OpmlEntry and key in FeedEntry.model_fields:
        return "an entry has either `url` or `opml`, not both" if key == "url" else OPML_KEYS.format(key=key)
    if parents[-1:] == ["feeds"]:
        return f"not yet: of `feeds` only `tags` works so far, not `{key}`"
    return f"unknown key `{key}`{did_you_mean(key, fields)}"


def _no_text(key: str, value: object, shown: str) -> str:
    quotes = "put it in quotes" if shown == "this" else f'write "{shown.strip("`")}" in quotes'
    match value:
        case bool():
            return f"{shown} is true or false to YAML, and a text belongs here; {quotes}"
        case int() | float():
            return f"{shown} is a number to YAML, and a text belongs here; {quotes}"
        case _:
            return f"`{key}` takes one text here, no list and no mapping"


def _no_choice(key: str, shown: str, error: ErrorDetails) -> str:
    """Name what may stand there; of `log: true` there is no other."""
    choices = error.get("ctx", {}).get("expected", "").replace("'", "`")
    if choices == "True":
        return f"write `{key}: true`, or remove the line"
    near = nearest(shown.strip("`"), re.findall(r"`(\w+)`", choices))
    return f"`{key}` is {choices}, not {shown}" + (f"; did you mean `{near}`?" if near else "")


def _no_list(key: str, shown: str) -> str:
    if key in _ENTRY:
        return f"`{key}` is a list; begin each entry in a line of its own with a dash, like `- {_ENTRY[key]}`"
    return f"`{key}` is a list; write `{key}: [{'...' if shown == 'this' else shown.strip('`')}]`"
