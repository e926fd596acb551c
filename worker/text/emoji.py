"""What an emoji is, as a pattern: Unicode's technical standard 51, in short. PURE.

Flags, families and professions are one emoji each. Signs that stood in texts before there were emoji are none: ©, ™,
arrows, squares, ‼. A digit in a keycap is that digit.
"""

from __future__ import annotations

TONES = "\U0001f3fb-\U0001f3ff"
"""The five tones of skin."""

_SIGNS = (
    "\u231a\u231b\u2328\u23cf\u23e9-\u23f3\u23f8-\u23fa\u2600-\u2604\u260e\u2611\u2614\u2615\u2618\u261d\u2620\u2622"
    "\u2623\u2626\u262a\u262e\u262f\u2638-\u263a\u2640\u2642\u2648-\u2653\u265f\u2660\u2663\u2665\u2666\u2668\u267b"
    "\u267e\u267f\u2692-\u2697\u2699\u269b\u269c\u26a0\u26a1\u26a7\u26aa\u26ab\u26b0\u26b1\u26bd\u26be\u26c4\u26c5"
    "\u26c8\u26ce\u26cf\u26d1\u26d3\u26d4\u26e9\u26ea\u26f0-\u26f5\u26f7-\u26fa\u26fd\u2702\u2705\u2708-\u270d\u270f"
    "\u2712\u2714\u2716\u271d\u2721\u2728\u2733\u2734\u2744\u2747\u274c\u274e\u2753-\u2755\u2757\u2763\u2764"
    "\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50\u2b55"
)
_PICTURES = (
    "\U0001f004\U0001f0cf\U0001f170\U0001f171\U0001f17e\U0001f17f\U0001f18e\U0001f191-\U0001f19a"
    "\U0001f300-\U0001f3fa\U0001f400-\U0001f64f\U0001f680-\U0001f6ff\U0001f7e0-\U0001f7f0\U0001f90c-\U0001f9ff"
    "\U0001fa70-\U0001faff"
)
"""Blocks are taken whole, with what will be an emoji one day."""
FIRST = _SIGNS + _PICTURES
"""The body of a character class: what an emoji begins with, but for flags."""
_JOINED = "\u2194\u2195\u27a1"
"""Arrows, which are part of an emoji where they are joined to one."""
_TAGS = "\U000e0020-\U000e007f"
FLAG = "[\U0001f1e6-\U0001f1ff]{2}"


def rest(invisible: str) -> str:
    """Return a regular expression for what may follow in the same emoji.

    Args:
        invisible: The body of a character class: joiners, variation selectors and what else may stand in between.
    """
    tail = f"[{invisible}{TONES}{_TAGS}]*+"
    return rf"{tail}(?>(?<=\u200d)[{FIRST}{_JOINED}]{tail})*+"
