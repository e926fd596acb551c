"""One configuration file: its bytes within bounds, its text as UTF-8, and the single section it holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from config.marks import Marked, read_marked
from config.nearest import did_you_mean, nearest
from config.values import Mark, Problem

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Mapping

MAX_BYTES: Final = 5 * 1024 * 1024

SECTIONS: Final = {
    "settings.yaml": "settings",
    "feeds.yaml": "feeds",
    "watchlists.yaml": "watch_lists",
    "subscribers.yaml": "subscribers",
}
"""The files of a configuration folder, each with the one key it begins with."""


@dataclass(frozen=True, slots=True)
class Section:
    """What one file holds under its key.

    Attributes:
        key: "feeds", "settings" ...
        data: The value there; None where the file is missing, empty or unreadable.
        marked: The whole file; paths in it begin with `key`.
        problems: Those of reading; the value itself is not checked.
        readable: False where something stands in the file that could not be read.
    """

    key: str
    data: object
    marked: Marked
    problems: tuple[Problem, ...]
    readable: bool


def read_section(folder: pathlib.Path, name: str, environ: Mapping[str, str]) -> Section:
    """Read file `name`, one of SECTIONS. A missing file is an empty one; nothing raises."""
    key = SECTIONS[name]
    path = folder / name
    start = Mark(str(path), 1, 1)
    try:
        if path.is_fifo() or path.is_socket():
            return _unread(key, Problem(start, "this is no regular file"))  # to read one may take for ever
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        content = b""
    except OSError as wrong:
        return _unread(key, Problem(start, f"this file cannot be read: {wrong.strerror}"))
    if len(content) > MAX_BYTES:
        return _unread(key, Problem(start, "this file is larger than 5 MB"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = content.count(b"\n", 0, wrong.start) + 1
        column = len(content[content.rfind(b"\n", 0, wrong.start) + 1 : wrong.start].decode("utf-8", "replace")) + 1
        return _unread(key, Problem(replace(start, line=line, column=column), "this is not UTF-8; save the file so"))
    return _section(key, read_marked(text, str(path), environ=environ))


def stray_files(folder: pathlib.Path) -> tuple[Problem, ...]:
    """Warnings: the folder is missing, or holds YAML files whose names are nearly right and which nobody reads."""
    if not folder.is_dir():
        message = f"there is no such folder; `tocsin init {folder}` writes a starter configuration"
        return (Problem(Mark(str(folder), 1, 1), message),)
    warnings = []
    for path in sorted(folder.iterdir()):
        right = nearest(path.name, SECTIONS) if path.suffix in {".yaml", ".yml"} else None
        if right and path.name not in SECTIONS:
            warnings.append(Problem(Mark(str(path), 1, 1), f"nobody reads this file; did you mean `{right}`?"))
    return tuple(warnings)


def _unread(key: str, problem: Problem) -> Section:
    return Section(key, None, Marked(None, {}, (problem,), frozenset(), readable=False), (problem,), readable=False)


def _section(key: str, marked: Marked) -> Section:
    problems = list(marked.problems)
    data = marked.data
    if data is None:
        return Section(key, None, marked, tuple(problems), marked.readable)
    if not isinstance(data, dict):
        message = f"begin the file with `{key}:` and indent what follows under it"
        return Section(key, None, marked, (*problems, Problem(marked.places[()].mark, message)), readable=False)
    for other in data:
        if other != key:
            place = marked.places[(other,)]
            message = f"unknown key `{other}`{did_you_mean(str(other), [key])}"
            problems.append(Problem(place.key_mark or place.mark, message))
    return Section(key, data.get(key), marked, tuple(problems), readable=key in data or not data)
