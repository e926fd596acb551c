"""Words of letters from two scripts that look alike: with a Cyrillic letter in it, "Kyiv" finds nothing. PURE.

Whoever copies a word, or has the wrong keyboard on for a letter, does not see it. Only what can be written in one
script, with letters that look the same, is told: TNF and an alpha, k and an omega are meant so, and so is an ending
behind an abbreviation.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from worker.text.scripts import script_of
from worker.watchlists.doubt import Doubt
from worker.watchlists.tree import Term, leaves_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from worker.watchlists.tree import Node

_CALLED = {"LATIN": "Latin", "CYRILLIC": "Cyrillic", "GREEK": "Greek"}

_ALIKE = "AАΑ BВΒ CС- EЕΕ HНΗ IІΙ JЈ- KКΚ MМΜ N-Ν OОΟ PРΡ TТΤ XХΧ YУΥ Z-Ζ aа- cс- eе- hһ- iі- jј- oоο pр- xх- yу-"
"""Latin, Cyrillic and Greek letters that look the same, with accents or without; - where a script has none."""

_ONLY_TO_LATIN = {"Ѕ": "S", "ѕ": "s", "Ү": "Y", "ӏ": "l", "Ӏ": "I", "ԛ": "q", "Ԛ": "Q", "ԝ": "w", "Ԝ": "W"}
"""Letters of few languages, which nobody means who writes a Latin one among Cyrillic."""

_LOOK_ALIKE = {
    script: {other: alike[at] for alike in _ALIKE.split() if alike[at] != "-" for other in alike}
    for at, script in enumerate(_CALLED)
}
"""Script -> letter of another one -> the letter of this one that looks the same."""
_LOOK_ALIKE["LATIN"] |= _ONLY_TO_LATIN

_WORD = re.compile("(?:[^\\W_][\u0300-\u036f]*)+")
_MOST_SHOWN = 6
"""Letters of one script that are listed."""


def mixed_scripts(node: Node, query: str) -> Iterator[Doubt]:
    """Yield the words of `query`, whose tree `node` is, that mix scripts by mistake, it seems, each at its place."""
    for leaf in leaves_of(node):
        if isinstance(leaf, Term) and not leaf.text.isascii():
            for found in _WORD.finditer(query, leaf.offset, leaf.offset + leaf.length):
                if message := _mixture(unicodedata.normalize("NFC", found[0])):
                    yield Doubt(message, found.start(), len(found[0]))


def _mixture(word: str) -> str | None:
    """Say what a word mixes, and what to write; None if it mixes nothing, or cannot be one script's."""
    of_scripts = Counter(script for char in word if (script := script_of(char)) in _CALLED)
    if len(of_scripts) <= 1 or _is_inflected(word):
        return None
    scripts = sorted(of_scripts, key=lambda script: (-of_scripts[script], [*_CALLED].index(script)))
    meant = [
        f"{written}, all {_CALLED[script]}"
        for script in scripts
        if _may_be_meant(script, of_scripts) and (written := _in_script(word, script))
    ]
    if not meant:
        return None
    mixed = " and ".join(f"{_CALLED[script]} letters ({_letters_of(script, word)})" for script in scripts)
    return f"{word} mixes {mixed}, which hardly any text does: write {', or '.join(meant)}"


def _is_inflected(word: str) -> bool:
    """Whether it is an abbreviation in Latin capitals with an ending in small Cyrillic letters, as in an SMS-ka."""
    ending = word.lstrip("".join(char for char in word if char.isupper() and script_of(char) == "LATIN"))
    abbreviation = len(word) - len(ending)
    return abbreviation > 1 and ending.islower() and {script_of(char) for char in ending} == {"CYRILLIC"}


def _may_be_meant(script: str, of_scripts: Counter[str]) -> bool:
    """Whether a word may be of a script; Greek is no word of which one letter is: MΩ and ΔT are no mistakes."""
    return script != "GREEK" or (of_scripts[script] > 1 and of_scripts[script] == max(of_scripts.values()))


def _in_script(word: str, script: str) -> str | None:
    """Write a word with letters of one script that look the same; None if it has others."""
    written = []
    for char in word:
        spread = unicodedata.normalize("NFD", char)
        letter, marks = spread[0], spread[1:]
        if script_of(char) in _CALLED and script_of(char) != script:
            if letter not in _LOOK_ALIKE[script]:
                return None
            letter = _LOOK_ALIKE[script][letter]
        written.append(letter + marks)
    return unicodedata.normalize("NFC", "".join(written))


def _letters_of(script: str, word: str) -> str:
    letters = list(dict.fromkeys(char for char in word if script_of(char) == script))
    return ", ".join(letters[:_MOST_SHOWN]) + (" ..." if len(letters) > _MOST_SHOWN else "")
