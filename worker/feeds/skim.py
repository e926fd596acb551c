"""Takes a document apart at its items, by its text alone, so that only unknown ones need be parsed. PURE.

What comes apart here does so in every well-formed document as the parser would have it: an item's end tag that stands
in a comment, a CDATA section or a processing instruction is told from a real one, and whatever is in doubt does not
come apart. Whether the document is well-formed the parser says, of the rest. Time is linear in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from worker.feeds.limits import MAX_ITEMS

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_DIGEST = 16
FEWEST = 2
"""Items of a document that is worth taking apart."""
_FIRST = re.compile(r"<((?:[\w.-]{1,100}:)?(?:item|entry))[\s/>]", re.IGNORECASE)
_CHARACTERS = "[^\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff-]*+"
_GAP = re.compile(rf"[ \t\r\n]*+(?><!--{_CHARACTERS}(?>-(?!-){_CHARACTERS})*+-->[ \t\r\n]*+)*+")
"""White space and comments that XML allows (1.0, section 2.5): nobody looks at them again."""
_BEHIND = frozenset(" \t\r\n>")
_HIDING = (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"))


@dataclass(frozen=True, slots=True)
class Pieces:
    """A document's text in pieces.

    Attributes:
        before, after: What stands around the items.
        slices: Each item's text, from its start tag to its end tag.
        digests: BLAKE2b of each slice, 16 bytes.
        name: The items' element as it is written, with its prefix.
    """

    before: str
    slices: tuple[str, ...]
    after: str
    digests: tuple[bytes, ...]
    name: str

    def only(self, places: Sequence[int]) -> str:
        """The document with the items in these places and no others; where there are none, with an empty one."""
        items = "".join([self.slices[place] for place in places]) or f"<{self.name}></{self.name}>"
        return f"{self.before}{items}{self.after}"


def pieces(text: str, count: int, known: Collection[bytes] = ()) -> Pieces | None:
    """Take apart `text`, in which `count` start tags of items stand, those in hidden places counted too.

    `known` are digests of slices that once came apart from a document as they should. None where the text does not
    come apart for certain into two or more items, in an unbroken row but for white space and comments, or where there
    are more of them than are kept of one document.
    """
    first = _FIRST.search(text)
    if first is None or not FEWEST <= count <= MAX_ITEMS:
        return None
    name = first[1]
    begin, end = f"<{name}", f"</{name}>"
    *stretches, after = text[first.start() :].split(end)
    if len(stretches) != count:
        return None
    slices, digests = [], []
    for stretch in stretches:
        gap = _GAP.match(stretch)
        start = gap.end() if gap else 0
        behind = start + len(begin)
        if not stretch.startswith(begin, start) or stretch[behind : behind + 1] not in _BEHIND:
            return None
        piece = f"{stretch[start:]}{end}"
        mark = digest(piece)
        if mark not in known and _hidden(stretch):
            return None
        slices.append(piece)
        digests.append(mark)
    return Pieces(text[: first.start()], tuple(slices), after, tuple(digests), name)


def digest(text: str) -> bytes:
    """The digest of a text."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST).digest()


def _hidden(stretch: str) -> bool:
    """Whether the end of `stretch` may stand in a place where tags are none.

    It does where such a place is opened and not closed; one that seems to be opened within another counts too.
    """
    for opening, closing in _HIDING:
        closed = stretch.rfind(closing)
        # "<!--->" and "<?>" do not close what they open.
        if stretch.find(opening, max(0, closed - len(opening) + 1)) >= 0:
            return True
    return False
