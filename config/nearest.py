"""The right word nearest to a wrong one."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 100
"""Characters of a wrong word that are compared; the cost grows with their square."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Whichever of `known` looks most like `word`, whatever the case of either; None if none does."""
    by_fold = {candidate.casefold(): candidate for candidate in known}
    found = difflib.get_close_matches(word[:LONGEST].casefold(), by_fold, n=1)
    return by_fold[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The sentence that offers the nearest of `known`, or lists all of them where none is near; "" if there are none.

    At most ten are listed.
    """
    candidates = sorted(known)
    found = nearest(word, candidates)
    if found:
        return f"; did you mean `{found}`?"
    if not candidates:
        return ""
    listed = ", ".join(candidates[:10]) + (" ..." if len(candidates) > 10 else "")  # noqa: PLR2004 - said above
    return f"; there are {listed}"
