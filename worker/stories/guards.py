"""What speaks against two texts that share most of their wording: numbers, names, place, background. PURE.

Containment alone calls templates, round-ups and follow-ups copies; these bring precision from .86 to .98 (NEARDUP,
sections 2 and 5). Each asks of a shorter text and a longer one, in words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from worker.stories.headlines import share
from worker.stories.lexicon import FORMALITIES
from worker.stories.wording import stems_of

if TYPE_CHECKING:
    from worker.stories.wording import Wording

    Shared = frozenset[tuple[str, ...]]

_SHORT = 100
"""Words from which on a text may have another number: an update of it tells the same story."""
_FEW_NUMBERS = 1
_SHARE_OF_NUMBERS = 0.3
_FEW_WORDS = 3
"""Where a text has no more words than another but these, its numbers stand in the other's place."""
_NAMES_MATTER = 150
_FORMALITIES = 4
_MUCH_LONGER = 2.5
_MANY_TIMES_LONGER = 3
_BEGINS_WITHIN = 30
_BEGINS_WITHIN_OTHERWISE = 12
_HEADLINES_SHARE = 0.4
_TOLD_BY_HEADLINE = 2
_PAST = 1.3
_COMES_BACK = 0.15
_MOSTLY = 0.8
_OPENING = 45
_SHARED_IN_OPENING = 4


def contradicts(shorter: Wording, longer: Wording, containment: float, shared: Shared) -> bool:
    """Whether anything here speaks against two texts of which `shared`, that part of the shorter, is the same."""
    return (
        other_numbers(shorter, longer)
        or other_names(shorter, longer)
        or elsewhere(shorter, longer, shared)
        or other_opening(shorter, longer, containment, shared)
        or changes_the_subject(shorter, longer)
        or formal(shorter, longer)
    )


def other_numbers(shorter: Wording, longer: Wording) -> bool:
    """Whether numbers differ: templates and daily reports tell another day's or company's."""
    missing, added = shorter.numbers - longer.all_numbers, frozenset[str]()
    if longer.words - shorter.words <= _FEW_WORDS:
        added = longer.numbers - shorter.all_numbers
    if shorter.words >= _SHORT:
        replaced = min(len(missing), len(added)) > _FEW_NUMBERS
        return replaced or len(missing) > max(_FEW_NUMBERS, _SHARE_OF_NUMBERS * len(shorter.numbers))
    mine, others = shorter.headline_numbers - longer.all_numbers, longer.headline_numbers - shorter.all_numbers
    return bool(missing or added or (mine and others))


def other_names(shorter: Wording, longer: Wording) -> bool:
    """Whether each names somebody in headline or lead whom the other never mentions."""
    if shorter.words >= _NAMES_MATTER:
        return False
    lead = shorter.words * 4 // 5  # what follows is not in a summary
    return bool(shorter.names(lead) - longer.vocabulary and longer.names(lead) - shorter.vocabulary)


def elsewhere(shorter: Wording, longer: Wording, shared: Shared) -> bool:
    """Whether the shorter text is one of many things that a much longer one tells, as each story of a round-up."""
    if longer.words <= _MUCH_LONGER * shorter.words:
        return False
    agree = share(shorter.headline, longer.headline) >= _HEADLINES_SHARE
    within = (_BEGINS_WITHIN if agree else _BEGINS_WITHIN_OTHERWISE) * longer.step
    return shared.isdisjoint(longer.grams[:within])


def changes_the_subject(shorter: Wording, longer: Wording) -> bool:
    """Whether a much longer text, and its headline, never come back to what the shorter one is about.

    A full report does, if only in its headline; a round-up that merely begins with that story does not.
    """
    if longer.words <= _MANY_TIMES_LONGER * shorter.words:
        return False
    subjects = shorter.subjects
    if len(longer.headline_subjects & subjects) >= _TOLD_BY_HEADLINE:
        return False
    rest = stems_of(longer.units[round(_PAST * len(shorter.units)) :], dense=longer.dense)
    return len(subjects & rest) < _COMES_BACK * len(subjects)


def other_opening(shorter: Wording, longer: Wording, containment: float, shared: Shared) -> bool:
    """Whether, of two texts that share but a part, that part begins late in one of them: background of two news."""
    if containment >= _MOSTLY:
        return False
    within = _OPENING * shorter.step
    return any(sum(map(shared.__contains__, one.grams[:within])) < _SHARED_IN_OPENING for one in (shorter, longer))


def formal(shorter: Wording, longer: Wording) -> bool:
    """Whether a short text is a sign-up box, a cookie wall or a blocked page, the same behind any headline."""
    return (
        shorter.words < _SHORT
        and len(FORMALITIES & shorter.vocabulary) >= _FORMALITIES
        and share(shorter.headline, longer.headline) < _HEADLINES_SHARE
    )
