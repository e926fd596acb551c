"""settings.yaml and the TOCSIN_... environment variables in, one Settings value out."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from config.duration import write_duration
from config.entries import SettingsEntry
from config.explain import explain, place_of
from config.files import read_section
from config.marks import Marked, read_marked
from config.problems import ConfigurationError
from config.values import PROJECT_URL, Mark, Problem, Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["CONTACT_WARNING", "ConfigurationError", "as_environment", "load_settings", "settings_in"]

NO_EFFECT_YET: Final[frozenset[str]] = frozenset()
"""Settings that are accepted with a warning, for nothing reads them yet (INTERFACE 8.11)."""

CONTACT_WARNING: Final = (
    "contact_url is still the project's page; set it to a page of your own, so that publishers know whom to ask"
)
"""The warning that only `check` shows."""

_PREFIX: Final = "TOCSIN_"
_DEFAULTS: Final = Settings()


@dataclass(frozen=True, slots=True)
class FoundSettings:
    """Settings as far as they are right, what is wrong or doubtful, and where each given one stands."""

    settings: Settings
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    marks: Mapping[str, Mark]


@dataclass(frozen=True, slots=True)
class _Given:
    """One setting as given: its data at `path` of `marked`."""

    data: object
    marked: Marked
    path: tuple[str | int, ...]

    @property
    def mark(self) -> Mark:
        return place_of(self.marked, self.path).mark


def load_settings(folder: Path, environ: Mapping[str, str]) -> tuple[Settings, tuple[Problem, ...]]:
    """Read settings.yaml of `folder` under the variables of `environ`; returns the settings and warnings.

    Each key is also a variable, TOCSIN_ and upper case, written as in YAML; it wins, and an empty one counts as not
    set. `${NAME}` is filled in in the file only. A relative data_dir is relative to the current directory.

    Raises:
        ConfigurationError: with everything that is wrong. A variable's place is `$TOCSIN_NAME:line:column`.
    """
    found = read_settings(folder, environ)
    if found.problems:
        raise ConfigurationError(found.problems)
    return found.settings, found.warnings


def settings_in(environ: Mapping[str, str]) -> Settings:
    """Return the settings of the environment alone, whatever any file says; raise as load_settings does."""
    problems: list[Problem] = []
    found = _checked(dict(_from_environment(environ, problems)), problems)
    if found.problems:
        raise ConfigurationError(found.problems)
    return found.settings


def as_environment(settings: Settings) -> dict[str, str]:
    """Return the variables that say what `settings` say, where that is not the default."""
    written = {}
    for key in SettingsEntry.model_fields:
        value = getattr(settings, key)
        if value != getattr(_DEFAULTS, key):
            written[_PREFIX + key.upper()] = json.dumps(
                value, default=_plain, ensure_ascii=False
            )  # as YAML reads it, too
    return written


def _plain(value: object) -> str:
    return write_duration(value) if isinstance(value, timedelta) else str(value)


def read_settings(folder: Path, environ: Mapping[str, str]) -> FoundSettings:
    """As load_settings, but problems are returned."""
    section = read_section(folder, "settings.yaml", environ)
    problems = list(section.problems)
    given: dict[str, _Given] = {}
    if isinstance(section.data, dict):
        given = {key: _Given(data, section.marked, ("settings", key)) for key, data in section.data.items()}
    elif section.data is not None:
        mark = place_of(section.marked, ("settings",)).mark
        problems.append(Problem(mark, "write lines of `key: value` under `settings:`"))
    given |= dict(_from_environment(environ, problems))
    found = _checked(given, problems)
    warnings = (*found.warnings, *_misspelt(environ))
    if found.settings.contact_url == PROJECT_URL:
        at = found.marks.get("contact_url", Mark(str(folder / "settings.yaml"), 1, 1))
        warnings = (*warnings, Problem(at, CONTACT_WARNING))
    return replace(found, warnings=warnings)


def _checked(given: Mapping[str, _Given], problems: Iterable[Problem]) -> FoundSettings:
    """Check what was given, key by key and together; `problems` are those of reading it."""
    problems = list(problems)
    right = {}
    for key, one in given.items():
        try:
            checked = SettingsEntry.model_validate({key: one.data})
        except ValidationError as wrong:
            problems.extend(explain(wrong.errors(include_url=False), one.marked, one.path[:-1], SettingsEntry))
        else:
            right[key] = getattr(checked, key)
    settings = _settings(right)
    marks = {key: one.mark for key, one in given.items()}
    problems.extend(_contradictions(settings, marks))
    return FoundSettings(settings, tuple(problems), tuple(_without_effect(marks)), marks)


def _from_environment(environ: Mapping[str, str], problems: list[Problem]) -> Iterator[tuple[str, _Given]]:
    for key in SettingsEntry.model_fields:
        variable = _PREFIX + key.upper()
        text = environ.get(variable, "")
        if not text.strip():
            continue
        marked = read_marked(text, f"${variable}", environ=None)
        problems.extend(marked.problems)
        if marked.readable:
            places = {(key, *path): place for path, place in marked.places.items()}
            yield key, _Given(marked.data, replace(marked, places=places), (key,))


def _settings(right: Mapping[str, object]) -> Settings:
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in right.items()}
    if "data_dir" in right:
        values["data_dir"] = Path(str(right["data_dir"])).expanduser()
    return Settings(**values)  # type: ignore[arg-type] # SettingsEntry has checked them, key by key


def _contradictions(settings: Settings, marks: Mapping[str, Mark]) -> Iterator[Problem]:
    if settings.min_interval > settings.max_interval:
        mark = marks.get("max_interval") or marks["min_interval"]
        shortest, longest = write_duration(settings.min_interval), write_duration(settings.max_interval)
        message = f"min_interval ({shortest}) is longer than max_interval ({longest}); change one of them"
        yield Problem(mark, message)


def _without_effect(marks: Mapping[str, Mark]) -> Iterator[Problem]:
    for key, mark in marks.items():
        if key in NO_EFFECT_YET:
            yield Problem(mark, f"{key} has no effect yet")


def _misspelt(environ: Mapping[str, str]) -> Iterator[Problem]:
    """Variables that look like a setting's and are none; other TOCSIN_ variables are none of our business."""
    known = [_PREFIX + key.upper() for key in SettingsEntry.model_fields]
    for variable in environ:
        if variable.startswith(_PREFIX) and variable not in known:
            near = difflib.get_close_matches(variable, known, n=1, cutoff=0.9)
            if near:
                yield Problem(Mark(f"${variable}", 1, 1), f"this is no setting; did you mean {near[0]}?")
