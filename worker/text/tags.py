"""What a feed says its language is, as a tag. PURE.

BCP 47 (RFC 5646) in lower case. What feeds write instead of one (RSS has "en-us" of old, people write "English" or
the country's code) is read as it was meant.
"""

from __future__ import annotations

import re
from functools import lru_cache

_TAG = re.compile(r"([a-z]{2,3})((?:-(?:[a-z]{4}|[a-z]{2}|\d{3}|[a-z0-9]{5,8}|\d[a-z0-9]{3}))*)(?![a-z0-9])")
"""Language, script, region, variants; extensions and private use, which no feed needs, are left out."""
_LONGEST = 40
_SHORT = 2

_TWO_LETTERS = frozenset(
    re.findall(
        r"\w+",
        """
        aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el
        en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu
        ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na
        nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so
        sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
        """,
    )
)
"""ISO 639-1."""

_MEANT = {
    # withdrawn codes
    "in": "id", "iw": "he", "ji": "yi", "jw": "jv", "mo": "ro",
    # countries taken for languages, where no language has that code
    "cn": "zh", "cz": "cs", "dk": "da", "gr": "el", "jp": "ja", "rs": "sr", "ua": "uk", "us": "en", "vn": "vi",
    # ISO 639-2 and 639-3 where 639-1 has a code: the shorter one is the tag
    "afr": "af", "alb": "sq", "amh": "am", "ara": "ar", "arb": "ar", "arm": "hy", "aze": "az", "baq": "eu", "bel": "be",
    "ben": "bn", "bos": "bs", "bul": "bg", "bur": "my", "cat": "ca", "ces": "cs", "chi": "zh", "cmn": "zh", "cym": "cy",
    "cze": "cs", "dan": "da", "deu": "de", "dut": "nl", "ell": "el", "eng": "en", "epo": "eo", "est": "et", "eus": "eu",
    "fas": "fa", "fin": "fi", "fra": "fr", "fre": "fr", "geo": "ka", "ger": "de", "gle": "ga", "glg": "gl", "gre": "el",
    "guj": "gu", "heb": "he", "hin": "hi", "hrv": "hr", "hun": "hu", "hye": "hy", "ice": "is", "ind": "id", "isl": "is",
    "ita": "it", "jpn": "ja", "kan": "kn", "kat": "ka", "kaz": "kk", "khm": "km", "kir": "ky", "kor": "ko", "lao": "lo",
    "lav": "lv", "lit": "lt", "mac": "mk", "mal": "ml", "mar": "mr", "may": "ms", "mkd": "mk", "mlt": "mt", "mon": "mn",
    "msa": "ms", "mya": "my", "nep": "ne", "nld": "nl", "nno": "nn", "nob": "nb", "nor": "no", "pan": "pa", "per": "fa",
    "pol": "pl", "por": "pt", "pus": "ps", "ron": "ro", "rum": "ro", "rus": "ru", "sin": "si", "slk": "sk", "slo": "sk",
    "slv": "sl", "som": "so", "spa": "es", "sqi": "sq", "srp": "sr", "swa": "sw", "swe": "sv", "tam": "ta", "tel": "te",
    "tgk": "tg", "tgl": "tl", "tha": "th", "tur": "tr", "ukr": "uk", "urd": "ur", "uzb": "uz", "vie": "vi", "wel": "cy",
    "yid": "yi", "zho": "zh",
    # names
    "arabic": "ar", "bulgarian": "bg", "catalan": "ca", "chinese": "zh", "croatian": "hr", "czech": "cs",
    "danish": "da", "dutch": "nl", "english": "en", "finnish": "fi", "french": "fr", "german": "de", "greek": "el",
    "hebrew": "he", "hindi": "hi", "hungarian": "hu", "indonesian": "id", "italian": "it", "japanese": "ja",
    "korean": "ko", "norwegian": "no", "persian": "fa", "polish": "pl", "portuguese": "pt", "romanian": "ro",
    "russian": "ru", "serbian": "sr", "spanish": "es", "swedish": "sv", "thai": "th", "turkish": "tr",
    "ukrainian": "uk", "urdu": "ur", "vietnamese": "vi",
    "deutsch": "de", "español": "es", "espanol": "es", "français": "fr", "francais": "fr", "italiano": "it",
    "nederlands": "nl", "polski": "pl", "português": "pt", "portugues": "pt", "svenska": "sv", "türkçe": "tr",
    "русский": "ru", "українська": "uk",
}  # fmt: skip
_NO_LANGUAGE = re.compile("und|mul|mis|zxx|xxx|q[a-t][a-z]")
"""Undetermined, several, uncoded, none at all, what people write for it, and codes for private use."""
_REST = re.compile(r"[\s,;:/.@(\[]")


def normal_language(claim: str | None) -> str | None:
    """Return a claimed language as a lower-case BCP 47 tag, or None for what names no language.

    "EN_us" is "en-us", "English" and "eng" are "en", "ua" is "uk"; of several the first counts. Script, region and
    variant stay as they are claimed; extensions and private use go.
    """
    return None if claim is None else _normal(claim[:_LONGEST])


@lru_cache(maxsize=1000)
def _normal(claim: str) -> str | None:
    said = _REST.split(claim.strip().lower().replace("_", "-"), maxsplit=1)[0]
    if said in _MEANT:
        return _MEANT[said]
    found = _TAG.match(said)
    if found is None:
        return None
    language = _MEANT.get(found[1], found[1])
    known = language in _TWO_LETTERS if len(language) == _SHORT else not _NO_LANGUAGE.fullmatch(language)
    return language + found[2] if known else None


def primary(tag: str) -> str:
    """Return the language of a tag without script, region and variants: "pt" for "pt-br"."""
    return tag.partition("-")[0]
