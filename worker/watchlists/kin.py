"""Languages that go by more than one code: Norwegian is "no" for some feeds, "nb" or "nn" for others. PURE."""

from __future__ import annotations

_KIN = {"no": ("no", "nb", "nn"), "nb": ("nb", "no"), "nn": ("nn", "no")}
"""An item in "no" may be in either way to write it; one in Bokmål is in Norwegian, and not in Nynorsk."""


def kin_of(language: str) -> tuple[str, ...]:
    """Return the codes of items that are in a language, or may be; its own comes first."""
    return _KIN.get(language, (language,))
