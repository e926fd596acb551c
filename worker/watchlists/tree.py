"""A query as a tree: what `grammar.parse` makes and everything else reads. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as attribute
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Iterator

TextField = Literal["title", "text", "author", "source", "category", "link", "feed"]
"""Where words can be looked for by name; without a name it is title, text and categories."""

LabelKind = Literal["lang", "tag"]
"""What an item has or has not, as a whole value."""

TEXT_FIELDS: tuple[TextField, ...] = get_args(TextField)
LABELS: tuple[LabelKind, ...] = get_args(LabelKind)

Way = Literal["word", "exact", "stem", "prefix"]
"""word: as folded. exact: letter by letter (`=`). stem: any inflection (`~`). prefix: the last word begins so (`*`)."""

ANY = "*"
"""Stands for any one word in `Term.words`; no folded word holds it."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase to look for.

    Attributes:
        text: As the query writes it, from the first to the last letter or digit, white space made single.
        words: Its folded words, one or more, ANY among them for any one word: they follow each other directly in one
            field, or, with `within`, stand at most so many positions apart, in any order.
        way: How a word of the item must be like one of these.
        within: None, or how many positions the outermost of the words may be apart.
        field: Only there; None for title, text and categories.
        offset, length: Its place in the query, in characters; no part of its meaning.
    """

    text: str
    words: tuple[str, ...]
    way: Way = "word"
    within: int | None = None
    field: TextField | None = None
    offset: int = attribute(default=0, compare=False)
    length: int = attribute(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression (RE2), matched against each field's text as it stands; `exact`: its case counts."""

    text: str
    exact: bool = False
    field: TextField | None = None
    offset: int = attribute(default=0, compare=False)
    length: int = attribute(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Country:
    """Any of a country's names; `code` is its ISO 3166 code in capitals."""

    code: str
    field: TextField | None = None
    offset: int = attribute(default=0, compare=False)
    length: int = attribute(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Label:
    """A language ("uk" holds for "uk-UA" too; lower case) or a tag of the item's feed (as written)."""

    kind: LabelKind
    value: str
    offset: int = attribute(default=0, compare=False)
    length: int = attribute(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class ListRef:
    """What the watch list of this name looks for: its whole query, not its feeds or languages."""

    name: str
    offset: int = attribute(default=0, compare=False)
    length: int = attribute(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """Everything but `part`."""

    part: Node
    offset: int = attribute(default=0, compare=False)
    length: int = attribute(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class And:
    """All of `parts`: two or more, none of them an And."""

    parts: tuple[Node, ...]
    offset: int = attribute(default=0, compare=False)
    length: int = attribute(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Or:
    """Any of `parts`: two or more, none of them an Or."""

    parts: tuple[Node, ...]
    offset: int = attribute(default=0, compare=False)
    length: int = attribute(default=0, compare=False)


Leaf = Term | Pattern | Country | Label | ListRef
Node = Leaf | Not | And | Or


def leaves_of(node: Node) -> Iterator[Leaf]:
    """Yield all leaves of a tree, in order, those that are excluded too."""
    if isinstance(node, Not):
        yield from leaves_of(node.part)
    elif isinstance(node, And | Or):
        for part in node.parts:
            yield from leaves_of(part)
    else:
        yield node
