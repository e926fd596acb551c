"""The scripts that a text is written in, and the letters that languages of one script do not share. PURE."""

from __future__ import annotations

import unicodedata
from collections import Counter

ALONE = {
    "ARMENIAN": "hy", "GEORGIAN": "ka", "GREEK": "el", "GUJARATI": "gu", "GURMUKHI": "pa", "HANGUL": "ko",
    "HEBREW": "he", "JAPANESE": "ja", "KANNADA": "kn", "KHMER": "km", "LAO": "lo", "MALAYALAM": "ml", "MYANMAR": "my",
    "ORIYA": "or", "SINHALA": "si", "TAMIL": "ta", "TELUGU": "te", "THAANA": "dv", "THAI": "th",
}  # fmt: skip
"""Scripts that one language alone writes, as far as news goes; Yiddish is told from Hebrew by words."""

_LEAST_KANA = 0.05
"""The part that kana have of any Japanese sentence; a Chinese one holds a の now and then."""

_SLAVIC_SOUTH = "йщъыьэюяіїєґў"
_NEVER = {
    "be": "щъиїєґјљњћђ",
    "bg": "ыэёіїєґўјљњћђѓќѕ",
    "kk": "їєґўјљњћђ",
    "ky": "іїєґўјљњћђ",
    "mk": _SLAVIC_SOUTH + "ћђ",
    "mn": "іїєґўјљњћђ",
    "ru": "іїєґўјљњћђѓќѕқғңұүәө",
    "sr": _SLAVIC_SOUTH + "ѓќѕ",
    "tg": "іїєґўјљњћђ",
    "uk": "ыэъёўјљњћђѓќѕ",
    "ar": "پچژگکیے",
    "ckb": "ےٹڈڑطظض",
    "fa": "ڵێۆەڕټډړښځڼےٹڈڑںۇې",
    "ps": "ڵێڕےٹڈڑ",
    "ur": "ڵێۆڕټډړښځڼۇ",
    "tr": "ə",
    "uz": "ə",
}
NEVER_WRITTEN = {language: frozenset(letters) for language, letters in _NEVER.items()}
"""Letters of its script that a language has no use for, unless it names something foreign."""

_NO_ASCII_LETTERS = dict.fromkeys(code for code in range(128) if not chr(code).isalpha())


class _Scripts(dict[str, str]):
    """Character -> the first word of its name in Unicode, which is its script; "" for what is no letter."""

    def __missing__(self, char: str) -> str:
        script = unicodedata.name(char, "").partition(" ")[0].partition("-")[0] if char.isalpha() else ""
        self[char] = script
        return script


_scripts = _Scripts()


def script_of(char: str) -> str:
    """Return the script of a letter, as Unicode's names of letters have it ("LATIN"); "" for what is no letter."""
    return _scripts[char]


def letters_by_script(text: str) -> Counter[str]:
    """Count the letters of a text by script; "JAPANESE" are kana and the Han among them, "CJK" is Han alone."""
    if text.isascii():
        return Counter(LATIN=len(text.translate(_NO_ASCII_LETTERS)))
    counted = Counter(map(_scripts.__getitem__, text))
    del counted[""]
    kana = counted.pop("HIRAGANA", 0) + counted.pop("KATAKANA", 0)
    if kana and kana >= _LEAST_KANA * (kana + counted["CJK"]):
        counted["JAPANESE"] = kana + counted.pop("CJK", 0)
    return counted


def foreign_letters(language: str, text: str) -> int:
    """Count the letters of `text` (in lower case) that a language never writes, though its script has them."""
    return sum(map(text.count, NEVER_WRITTEN.get(language, ())))
