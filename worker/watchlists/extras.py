"""The features of an item beyond its words, as far as any watch list is filed under them. PURE."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from worker.text.stems import has_stemmer, stem
from worker.text.tags import primary
from worker.watchlists.features import ALWAYS, label_feature
from worker.watchlists.index_words import languages_of
from worker.watchlists.kin import kin_of
from worker.watchlists.named import names_of
from worker.watchlists.patterns import options_of
from worker.watchlists.reading import SEPARATOR, run_of
from worker.watchlists.tree import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import ahocorasick_rs
    import re2

    from worker.watchlists.features import Feature
    from worker.watchlists.reading import Reading
    from worker.watchlists.tree import Pattern, TextField

_FIELDS: tuple[TextField, ...] = ("author", "source", "link", "feed")


class Extras:
    """Finds which of some features items have; each kind is looked for only if one of it is wanted.

    `wanted` are features that are neither words nor pairs; `patterns` holds the expressions behind those of that kind.
    """

    def __init__(self, wanted: Iterable[str], patterns: Mapping[str, Pattern]) -> None:
        self._kinds: dict[str, list[str]] = {}
        for feature in wanted:
            self._kinds.setdefault(kind_of(feature), []).append(feature)
        self._patterns = patterns
        self._stems: dict[str | None, dict[str, list[str]]] = {}

    def of(self, reading: Reading) -> set[str]:
        """Return the features that the item has, and perhaps patterns that it does not meet after all."""
        found: set[str] = {ALWAYS}
        kinds = self._kinds
        if "run" in kinds:
            names = kinds["run"]
            found.update(
                names[index] for index, _, _ in self._automaton.find_matches_as_indexes(reading.run, overlapping=True)
            )
        if "country" in kinds:
            found.update(self._countries(reading))
        if "stem" in kinds:
            found.update(self._inflected(reading))
        if "label" in kinds:
            found.update(_labels(reading))
        if "pattern" in kinds:
            found.update(self._met(reading))
        for field in _FIELDS:
            if field in kinds:
                found.update(f"{field}:{word}" for text in reading.texts(field) for word in text.words)
        return found

    @cached_property
    def _automaton(self) -> ahocorasick_rs.AhoCorasick:
        import ahocorasick_rs  # noqa: PLC0415 - most processes never need it

        return ahocorasick_rs.AhoCorasick([_run(feature) for feature in self._kinds["run"]])

    def _countries(self, reading: Reading) -> Iterator[str]:
        for feature in self._kinds["country"]:
            if names_of(feature.partition(":")[2]).tables(reading, main=True):
                yield feature

    def _inflected(self, reading: Reading) -> Iterator[str]:
        said = reading.language
        language = primary(said) if said is not None and has_stemmer(said) else None
        if language not in self._stems:
            table: dict[str, list[str]] = {}
            for feature in self._kinds["stem"]:
                table.setdefault(stem(feature[1:], language), []).append(feature)
            self._stems[language] = table
        wanted = self._stems[language]
        for word in wanted.keys() & {word for text in reading.texts(None) for word in text.stems(said).words}:
            yield from wanted[word]

    @cached_property
    def _filter(self) -> re2.Filter:
        import re2  # noqa: PLC0415 - as above

        found = re2.Filter()
        for feature in self._kinds["pattern"]:
            pattern = self._patterns[feature]
            found.Add(pattern.text, options_of(exact=pattern.exact))
        found.Compile()
        return found

    def _met(self, reading: Reading) -> Iterator[str]:
        names = self._kinds["pattern"]
        for text in reading.texts(None)[:2]:
            for index in self._filter.Match(text.raw, potential=True) or ():
                yield names[index]


def kind_of(feature: Feature) -> str:
    """Return what kind a feature is.

    "word", "pair", "run", "stem", "country", "label", "pattern", "always", or the name of a lesser field.
    """
    if isinstance(feature, tuple):
        return "pair"
    sign = feature[:1]
    if sign in _SIGNED:
        return _SIGNED[sign]
    name, colon, _ = feature.partition(":")
    if not colon:
        return "run" if feature[-1] == "*" else "word"
    return "label" if name in LABELS else name


_SIGNED = {"": "always", SEPARATOR: "run", "~": "stem", "/": "pattern", "=": "pattern"}


def _run(feature: str) -> str:
    return feature if feature[0] == SEPARATOR else run_of((feature[:-1],))[:-1]


def _labels(reading: Reading) -> Iterator[str]:
    for tag in reading.item.feed_tags:
        yield label_feature("tag", tag)
    for language in languages_of(reading.language):
        # To be kin goes both ways.
        yield from (label_feature("lang", one) for one in kin_of(language))
