"""Whether two items carry one text, and the keys by which an item finds those that may. PURE.

The method is measured in NEARDUP.md: sampled shingles as keys, containment of the shorter text in the longer, guards.
The same event in other words is another story.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Literal, NamedTuple

from worker.stories.canonical import canonical_url
from worker.stories.guards import contradicts
from worker.stories.headlines import LEAST_WORDS, ends_of, likeness, share
from worker.stories.shingles import WIDTH, sampled

if TYPE_CHECKING:
    from collections.abc import Collection

    from worker.stories.wording import Wording

    Grams = frozenset[tuple[str, ...]]

COMMON = 8
"""Stories that began although they met a key, from which on it is boilerplate."""
CANDIDATES = 5
"""Owners of an item's keys, those of most first, that are worth comparing."""

_KEY_BYTES = 8
_WORDS_OF_A_TITLE = 4
"""Shorter titles without any text ("Live", "Weather") say too little to join two feeds' items."""
_WORDS_OF_A_TEXT = 12
_WORDS_TO_STAND_ALONE = 20
_LEAST = ((60, 0.70), (150, 0.55))
_LEAST_OF_LONG = 0.60
_LEAST_IN_A_FEED = 0.75
"""An outlet repeats much of its own background when it tells what happened next."""
"""Containment that makes copies, by words of the shorter text (NEARDUP, section 5)."""
_MANY_FIGURES = 0.15
_LEAST_OF_FIGURES = 0.87
"""Tables share their wording with every other table: what tells them apart is figures."""
_HEADLINES_AGREE = 0.5
_HEADLINES_IN_A_FEED = 0.6
_LEAST_SHARED = 6
_LEAST_RARE = 0.25
_EQUAL = 0.9
_OTHER_HEADLINE = 0.01
"""Taken off for another headline: of two with one text the nearer is the one that has the headline, too."""


class Kinship(NamedTuple):
    """Why two items are one story; the greater of two is the nearer.

    Attributes:
        kind: "text" if they carry one text, "link" if one page under one title, "headline" if one has no text and
            they share the headline. They sort in this order.
        score: 0 to 1, where 1 is the same wording: of texts the mean of containment and resemblance (Broder 1997), a
            little less under another headline; of headlines the Jaccard index of their significant words.
    """

    kind: Literal["text", "headline", "link"]
    score: float


def copy_keys(w: Wording) -> tuple[int, ...]:
    """Return the keys, signed 64 bit, sorted, that an item shares with its copies in other feeds.

    One stands for title and text, one for canonical link and title, two for the headline's ends, some for shingles.
    Punctuation, case and accents do not matter.
    """
    keys: set[int] = set()
    title = " ".join(w.title_words)
    if _says_enough(w):
        keys.add(_key("text", title, " ".join(w.text_words)))
    if w.link and title:
        keys.add(_key("link", canonical_url(w.link), title))
    keys.update(_key("headline", *words) | 1 for words in ends_of(w.headline_words, LEAST_WORDS * w.step))
    if w.words >= _WORDS_OF_A_TEXT:
        keys.update(key for _, key in sampled(w.units, w.step))
    return tuple(sorted(keys))


def tells_alone(key: int) -> bool:
    """Whether one key that two items share says much, as a headline's does: of shingles copies share several."""
    return bool(key & 1)


def kinship(new: Wording, old: Wording, *, same_feed: bool, common: Collection[int] = ()) -> Kinship | None:
    """Return how a new item is kin to an old one, or None.

    Args:
        new: The new item's wording.
        old: That of an item which owns some of its keys.
        same_feed: Within one feed identity is the tool; only what has the same headline too is folded there.
        common: Those of the new item's keys that are met everywhere. What they stand for is not shared.
    """
    if not same_feed and (exact := _exact(new, old)):
        return exact
    shorter, longer = (new, old) if new.words <= old.words else (old, new)
    if shorter.words < _WORDS_OF_A_TEXT:
        return None if same_feed else _by_headline(shorter, longer)
    headlines = share(new.headline, old.headline)
    if same_feed and (headlines < _HEADLINES_IN_A_FEED or shorter.words < _WORDS_TO_STAND_ALONE):
        return None
    if shorter.words < _WORDS_TO_STAND_ALONE and headlines < _HEADLINES_AGREE:
        return None
    least = max(_least(shorter), _LEAST_IN_A_FEED if same_feed else 0)
    return _by_text(shorter, longer, headlines, least, _boilerplate(new, common))


def _says_enough(w: Wording) -> bool:
    return bool(w.text_words) or len(w.title_words) >= _WORDS_OF_A_TITLE


def _exact(new: Wording, old: Wording) -> Kinship | None:
    if new.title_words != old.title_words:
        return None
    if new.text_words == old.text_words and _says_enough(new):
        return Kinship("text", 1.0)
    if new.title_words and new.link and old.link and canonical_url(new.link) == canonical_url(old.link):
        return Kinship("link", 1.0)
    return None


def _by_headline(shorter: Wording, longer: Wording) -> Kinship | None:
    report = longer.words >= _WORDS_OF_A_TEXT
    score = likeness(shorter.headline, longer.headline, report=report, least=LEAST_WORDS * longer.step)
    return Kinship("headline", score) if score else None


def _by_text(shorter: Wording, longer: Wording, headlines: float, least: float, boilerplate: Grams) -> Kinship | None:
    grams = shorter.gram_set
    rare = grams - boilerplate if boilerplate else grams
    if len(rare) < max(_LEAST_SHARED, _LEAST_RARE * len(grams)):  # too little is its own: it must be the very same
        if headlines < _HEADLINES_AGREE:
            return None
        rare, least = grams, _EQUAL
    shared = rare & longer.gram_set
    containment = len(shared) / (len(rare) or 1)
    if len(shared) < _LEAST_SHARED or containment < least or contradicts(shorter, longer, containment, shared):
        return None
    resemblance = len(shared) / (len(grams) + len(longer.gram_set) - len(shared))
    return Kinship("text", (containment + resemblance) / 2 - _OTHER_HEADLINE * (1 - headlines))


def _least(shorter: Wording) -> float:
    if shorter.figures >= _MANY_FIGURES:
        return _LEAST_OF_FIGURES
    return next((least for below, least in _LEAST if shorter.words < below), _LEAST_OF_LONG)


def _boilerplate(w: Wording, common: Collection[int]) -> Grams:
    """The grams of the stretches from one common key, or end of the text, to the next: no key of its own is between."""
    if not common:
        return frozenset()
    found: list[tuple[str, ...]] = []
    begin: int | None = 0
    for place, key in sampled(w.units, w.step):
        if key in common:
            found += w.grams[place if begin is None else begin : place + WIDTH * w.step]
            begin = place
        else:
            begin = None
    if begin:
        found += w.grams[begin:]
    return frozenset(found)


def _key(kind: str, *parts: str) -> int:
    digest = blake2b("\0".join((kind, *parts)).encode("utf-8", "replace"), digest_size=_KEY_BYTES).digest()
    return int.from_bytes(digest, "big", signed=True)
