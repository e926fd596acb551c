"""What the newswire publishes and when, read from script.yaml, and what of it stands at one moment. PURE."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

Format = Literal["rss20", "rss10", "atom10", "json11"]


@dataclass(frozen=True, slots=True)
class Outlet:
    """One publisher with one feed. `encoding` is that of the feed document; `language` a BCP 47 tag."""

    slug: str
    name: str
    language: str
    format: Format
    encoding: str = "utf-8"


@dataclass(frozen=True, slots=True)
class Dispatch:
    """One text that an outlet publishes `at` seconds after the start, or, if it `corrects`, new words for its slug."""

    at: float
    outlet: str
    slug: str
    title: str
    paragraphs: tuple[str, ...]
    corrects: bool = False


@dataclass(frozen=True, slots=True)
class Published:
    """A dispatch as it stands at some moment; `first` and `latest` are seconds after the start."""

    slug: str
    title: str
    paragraphs: tuple[str, ...]
    first: float
    latest: float


@dataclass(frozen=True, slots=True)
class Script:
    """All outlets by slug, and all dispatches in the order of publication."""

    outlets: Mapping[str, Outlet]
    dispatches: tuple[Dispatch, ...]

    def edition(self, outlet: str, elapsed: float) -> tuple[Published, ...]:
        """Return what the feed of `outlet` holds at `elapsed` seconds, newest first; a correction keeps its place."""
        standing: dict[str, Published] = {}
        for one in self.dispatches:
            if one.outlet == outlet and one.at <= elapsed:
                first = standing[one.slug].first if one.corrects else one.at
                standing[one.slug] = Published(one.slug, one.title, one.paragraphs, first, one.at)
        return tuple(sorted(standing.values(), key=lambda published: -published.first))


def read_script(text: str) -> Script:
    """Read a script from YAML of our own (see script.yaml).

    Raises:
        KeyError: A copy, correction or outlet names nothing that stands before it.
    """
    document: dict[str, Any] = yaml.safe_load(text)
    outlets = {slug: Outlet(slug, **about) for slug, about in document["outlets"].items()}
    seen: dict[str, Dispatch] = {}
    dispatches = [_read_dispatch(about, outlets, seen) for about in document["dispatches"]]
    return Script(outlets, tuple(sorted(dispatches, key=lambda one: one.at)))


def _read_dispatch(about: dict[str, Any], outlets: Mapping[str, Outlet], seen: dict[str, Dispatch]) -> Dispatch:
    outlet, slug, corrects = outlets[about["outlet"]].slug, about["slug"], about.get("corrects", False)
    place = f"{outlet}/{slug}"
    if corrects and place not in seen:
        raise KeyError(place)
    if original := about.get("copy_of"):
        title, paragraphs = seen[original].title, seen[original].paragraphs
    else:
        title = about["title"]
        # The lines of a paragraph are broken for the file only; Chinese is written without spaces and on one line.
        paragraphs = tuple(" ".join(part.split()) for part in re.split(r"\n\s*\n", about["text"].strip()))
    dispatch = seen[place] = Dispatch(float(about["at"]), outlet, slug, title, paragraphs, corrects)
    return dispatch
