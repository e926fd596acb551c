"""Who made the picture, as a text says it. PURE."""

from __future__ import annotations

import re

_LABEL = (
    r"(?<!file )(?:photo(?:graph)?s?|picture|image|fotos?|bild|imagen|cr[eé]dit photo|fot\.|zdjęcie|фото"
    r"|写真|图片|圖片|사진)"
)
_BY = r"(?:credits?|courtesy(?: of)?|by|via|von|par|de)"
_MAKER = r"([^\n()\[\]|]{2,60}?)(?=\s*(?:[\n)\]|]|\.(?:\s|\Z)|\Z))"
_LABELLED = re.compile(
    rf"{_LABEL}(?:\s?{_BY}?\s?[:：]|\s(?:credit|courtesy(?: of)?|by|via)\b)\s{{0,3}}{_MAKER}", re.IGNORECASE
)
_AGENCY = r"(?:AP|AFP|EPA|EPA-EFE|REUTERS|Reuters|Getty Images|dpa|ANI|PTI|Xinhua|TASS|Bloomberg|AAP|PA|Anadolu)"
_NO_NAME = r"(?!(?:The|An?|At|But|For|He|In|It|On|She|They)\b)"
_NAME = rf"{_NO_NAME}[^\W\d_a-z](?:\.|[\w'’-]*[a-zà-ÿ][\w'’-]*+)"
_PERSON = rf"{_NAME}(?: {_NAME}){{1,3}}"
_BARE = re.compile(
    rf"\b(?:{_AGENCY} (?:Photo|Images?|File Photo)(?:/{_PERSON})?|{_AGENCY}/{_PERSON}"
    rf"|{_PERSON}/{_AGENCY}(?: Photo| Images)?|{_PERSON} ?[/|] ?Getty Images"
    rf"|{_PERSON} via (?:{_AGENCY}|Getty Images))(?!\w)"
)
_SIGNS = (":", "/", "：", "hoto ", "HOTO ", "ourtesy", "via ", "AP ", "AFP ")
"""What the credits of pictures have one of; a cheap look, for most texts have none at their ends."""
_MOST_WORDS = 7


def picture_credit(stretch: str) -> str | None:
    """The maker of the picture that a stretch of text names ("Reuters/Jane Doe"), without the label; else None."""
    if not any(map(stretch.__contains__, _SIGNS)):
        return None
    labelled = _LABELLED.search(stretch)
    if labelled is not None and _is_maker(labelled[1]):
        return labelled[1].strip()
    bare = _BARE.search(stretch)
    return None if bare is None else bare[0]


def _is_maker(said: str) -> bool:
    """Whether it is names, and no caption: few words, hardly any in small letters."""
    words = said.split()
    return 0 < len(words) <= _MOST_WORDS and sum(word[0].islower() for word in words) <= 1
