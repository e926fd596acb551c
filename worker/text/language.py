"""The language of an item: what its feed says, or what its words say; unknown rather than wrong. PURE.

What a feed claims holds unless the text clearly says otherwise. A look at the item's words settles most claims; in
doubt the script, letters that a language does not write, its common words, and a detector are asked. The thresholds
were chosen on headlines, sentences and bodies of sixty languages; docs/BENCHMARKS.md has figures.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from worker.text.common_words import COMMON_WORDS, SISTERS
from worker.text.detector import guess
from worker.text.scripts import ALONE, NEVER_WRITTEN, foreign_letters, letters_by_script, script_of
from worker.text.tags import normal_language, primary
from worker.text.tokens import words_of

if TYPE_CHECKING:
    from collections.abc import Collection

_SETTLED = 3
_SETTLED_PART = 25
"""So many common words of the claimed language settle a claim, if of all words they are at least one in so many."""
_PLAIN = 6
"""So many common words of one language tell it without a detector, if no other has a third as many."""
_TIMES = 3
_SAMPLE = 300
"""Characters of a text that are looked at in doubt."""
_MOSTLY = 0.6
"""The part of all letters that one script has in a text of one language."""
_FEWEST = 20
"""Letters without which no detector is asked, and no script contradicts a claim."""
_FEWEST_ALONE = 3
"""Letters of a script that one language alone writes."""
_FEWEST_EASTERN = 8
_EASTERN = ("CJK", "HANGUL", "JAPANESE")
"""Scripts of which so few letters say as much."""
_SENTENCE = 80
"""Letters from which a text is more than a headline."""
_ALONE = 0.85
"""How likely a language must be found of which no common words are known."""
_NAMED = 100
"""One letter in so many may be part of a foreign name."""
_FOREIGN = 3
_FOREIGN_PART = 30
"""So many letters that the claimed language never writes contradict the claim, if they are at least one in so many."""
_OVERRULED = 100
"""Letters without which no other language of the same script contradicts a claim."""

_FAMILIES = (
    {"bs", "cnr", "hr", "sh", "sr"},
    {"id", "ms"},
    {"fil", "tl"},
    {"nb", "nn", "no"},
    {"fa", "prs"},
    {"gl", "pt"},
)
"""Languages so near to each other that a claim is believed."""
_UNTOLD = {"he": "he", "no": "no"}
"""Which of the sisters it is where no word tells; of the others none."""
_ALSO_WRITTEN = {
    "az": {"ARABIC", "CYRILLIC"}, "be": {"LATIN"}, "ja": {"CJK", "JAPANESE"}, "kk": {"ARABIC", "LATIN"},
    "ko": {"CJK"}, "ms": {"ARABIC"}, "pa": {"ARABIC"}, "sr": {"LATIN"}, "tg": {"ARABIC"}, "uz": {"CYRILLIC"},
}  # fmt: skip


def language_of(title: str, text: str, claimed: str | None, words: Collection[str] | None = None) -> str | None:
    """Return the language of an item as a lower-case BCP 47 tag, or None where it cannot be told.

    A claim that holds is returned with its region ("pt-br"); what is found out has none. A claim is overruled where
    the text is in a script that the language is not written in, or is long enough and plainly in another language.
    Without a claim short texts are unknown, unless their script tells.

    Args:
        title: Clean and plain.
        text: As the title.
        claimed: What the feed says of the item or of itself, as it says it.
        words: The distinct words of both (`worker.text.tokens.words_of`), if there are some already.
    """
    if words is None:
        words = {*words_of(title), *words_of(text)}
    claim = normal_language(claimed)
    if claim is not None:
        common = len(_common(claim).intersection(words))
        if common >= _SETTLED and common * _SETTLED_PART >= len(words):
            return claim
        if len(title) + len(text) < _OVERRULED and "LATIN" in _scripts(claim) and "".join(words).isascii():
            return claim  # too short to contradict, and folded Latin letters are ASCII
    return _in_doubt(f"{title}\n{text[:_SAMPLE]}", claim, frozenset(words))


def _in_doubt(sample: str, claim: str | None, words: frozenset[str]) -> str | None:
    counted = letters_by_script(sample)
    script, letters = max(counted.items(), key=lambda item: item[1], default=("", 0))
    if letters <= _MOSTLY * counted.total():
        return claim
    if claim is None:
        return _found(sample, script, letters, words)
    if letters < _fewest(script):
        return claim
    language = primary(claim)
    if not _can_be_written(language, script, sample):
        return _found(sample, script, letters, words)
    if letters < _OVERRULED or not _has_rival(language, script, words):
        return claim
    found = _found(sample, script, letters, words)
    return found if found and _is_rival(found, language, words) else claim


def _fewest(script: str) -> int:
    return _FEWEST_EASTERN if script in _EASTERN else _FEWEST


def _can_be_written(language: str, script: str, sample: str) -> bool:
    """Whether a language can be written so; what is not known of it can."""
    scripts = _scripts(language)
    foreign = foreign_letters(language, sample.lower())
    return (not scripts or script in scripts) and (foreign < _FOREIGN or foreign * _FOREIGN_PART < len(sample))


def _has_rival(claimed: str, script: str, words: frozenset[str]) -> bool:
    return any(_is_rival(language, claimed, words) for language in _WRITTEN.get(script, ()))


def _is_rival(language: str, claimed: str, words: frozenset[str]) -> bool:
    """Whether the words speak so much more for another language that the claim must be false."""
    common = _common(claimed)
    return (
        bool(common)
        and len(_common(language) & words) >= _SETTLED + 2 * len(common & words)
        and language not in _kin(claimed)
    )


def _found(sample: str, script: str, letters: int, words: frozenset[str]) -> str | None:
    if script in ALONE and letters >= _FEWEST_ALONE:
        return _sister(ALONE[script], words)
    if letters < _fewest(script):
        return None
    if script == "CJK":
        return "zh"
    common = {language: len(COMMON_WORDS[language] & words) for language in _WRITTEN.get(script, ())}
    lower = sample.lower()
    for language in common.keys() & NEVER_WRITTEN.keys():
        if foreign_letters(language, lower) * _NAMED >= len(lower):
            common[language] = -1
    language = _by_words(common, _PLAIN)
    if not language:
        language, likely = guess(sample, latin=script == "LATIN")
        if not _agreed(language, likely, letters, common):
            language = _by_words(common, _SETTLED)
    return _sister(language, words)


def _agreed(language: str, likely: float, letters: int, common: dict[str, int]) -> bool:
    """Whether common words bear out what the detector found; the more they do, the less sure it has to be."""
    others = max((count for other, count in common.items() if other != language), default=0)
    own = common.get(language)
    if own is None:
        return not _scripts(language) and likely >= _ALONE and letters >= _SENTENCE and others <= 1
    undisputed, borne_out, plain = (0.9, 0.6, 0.3) if letters < _SENTENCE else (0.8, 0.5, 0.2)
    needed = undisputed if own == others else borne_out if own == others + 1 else plain
    return own >= others and likely >= needed


def _by_words(common: dict[str, int], least: int) -> str:
    """Return the language that has three times as many common words as any other, if it has that many; else ""."""
    ranked = sorted(common, key=common.__getitem__, reverse=True)
    most, next_most = [*(common[language] for language in ranked[:2]), 0, 0][:2]
    return ranked[0] if most >= max(least, _TIMES * next_most) else ""


def _sister(language: str, words: frozenset[str]) -> str | None:
    """Return which of the languages that share most words it is."""
    if language not in SISTERS:
        return language or None
    ranked = sorted(((len(own & words), sister) for sister, own in SISTERS[language].items()), reverse=True)
    return ranked[0][1] if ranked[0][0] > ranked[1][0] else _UNTOLD.get(language)


@lru_cache(maxsize=1000)
def _common(tag: str) -> frozenset[str]:
    """Give the common words of a language and its kin; none where none are known."""
    return frozenset().union(*(COMMON_WORDS.get(language, ()) for language in _kin(primary(tag))))


@lru_cache(maxsize=1000)
def _scripts(tag: str) -> frozenset[str]:
    """Give the scripts that a language or its kin are written in; none where that is not known."""
    kin = _kin(primary(tag))
    written = {script for script, languages in _WRITTEN.items() if not kin.isdisjoint(languages)}
    return frozenset(written.union(*(_ALSO_WRITTEN.get(language, ()) for language in kin)))


def _kin(language: str) -> set[str]:
    return next((family for family in _FAMILIES if language in family), {language})


def _languages_by_script() -> dict[str, tuple[str, ...]]:
    written: dict[str, tuple[str, ...]] = {script: (language,) for script, language in ALONE.items()}
    for language, words in COMMON_WORDS.items():
        script = script_of(next(iter(words))[0])
        written[script] = (*written.get(script, ()), language)
    return written


_WRITTEN = _languages_by_script()
