"""Relevance: how much an item is about what was asked. Nothing but arithmetic."""

from __future__ import annotations

from math import log1p
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from worker.watchlists.model import Hit

MOST_IN_TITLE = 3
USUAL = 100
"""Words of a text: where more of them are needed for as many places, each place says less."""

TITLE, TEXT, TERM, AGE = 2.0, 1.0, 1.0, 2.0
"""What a place in the title, the places elsewhere, a further term and newness count."""


def score_of(hit: Hit, *, words: int, behind: int, of: int) -> float:
    """Return how relevant an item is; the higher, the more.

    Places in the title count most, three at most; those elsewhere less and less, the fewer words there are (`words`)
    the more; each term that was met once. Newness decides between items that are about as relevant: how many ids the
    item is behind the newest, out of how many, on a scale that tells hours apart among the new and weeks among the old.
    """
    in_title = sum(span.field == "title" for span in hit.spans)
    elsewhere = log1p((len(hit.spans) - in_title) * USUAL / max(words, USUAL))
    score = (
        TITLE * min(in_title, MOST_IN_TITLE)
        + TEXT * elsewhere
        + TERM * len(hit.terms)
        - AGE * log1p(behind) / log1p(of)
    )
    return round(score, 6)
