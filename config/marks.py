"""YAML with positions: the plain data of a text, and for each value the place where it stands.

YAML is taken as PyYAML's safe loader resolves it (YAML 1.1), with three differences: dates and numbers in base 60
(`2022-02-24`, `22:00`) stay text, for nothing here is one; a key without a value is an absent key; other tags than
those of plain data are refused. Aliases and merge keys are followed within bounds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import yaml

from config.composing import MAX_DEPTH, compose, refusal
from config.fill import fill
from config.values import Mark, Problem
from config.yamlhints import hint

if TYPE_CHECKING:
    from collections.abc import Iterator

Path = tuple[str | int, ...]
"""Keys and list positions from the top of a text down to a value."""

MAX_NODES: Final = 200_000
"""Values of one text, aliases followed: room for 20,000 feeds with all their keys, none for "a billion laughs"."""

_TAG: Final = "tag:yaml.org,2002:"
_MERGE: Final = _TAG + "merge"
_TEXT: Final = frozenset(_TAG + name for name in ("str", "timestamp", "value", "merge"))
_PLAIN: Final = frozenset(_TAG + name for name in ("bool", "int", "float", "null"))
_PROPERTIES: Final = re.compile(r"(?:[&!]\S*\s+)*")
_BLOCK_HEADER: Final = re.compile(r"[|>][^\n]*\n\s*")
_QUOTE: Final = re.compile(r"['\"]\s*")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands.

    Attributes:
        mark: Its first character.
        text_mark: For a text the first character that is not white space: behind a quote or a block's header.
        key_mark: Its key, or None in a list.
        written: A scalar as parsed, before `${NAME}` was filled in; None for lists and mappings.
    """

    mark: Mark
    text_mark: Mark
    key_mark: Mark | None
    written: str | None


@dataclass(frozen=True, slots=True)
class Marked:
    """A text's data with its places.

    Attributes:
        data: None for an empty or unreadable text.
        places: By path; () is the whole.
        problems: What is wrong with the text as YAML, and references to the environment that cannot be filled in.
        flawed: Paths of texts with such a reference; their data is what was written.
        readable: Whether `data` stands for the text at all.
    """

    data: object
    places: Mapping[Path, Place]
    problems: tuple[Problem, ...]
    flawed: frozenset[Path]
    readable: bool


def read_marked(text: str, file: str, *, environ: Mapping[str, str] | None) -> Marked:
    """Read YAML; `file` is its name in marks. Texts are filled in from `environ` unless that is None. Never raises."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        node = compose(text)
        expansion = _Expansion(text, file, environ)
        data = None if node is None else expansion.value(node, (), None)
    except yaml.reader.ReaderError as wrong:
        mark = _mark_of_index(file, text, wrong.position)
        return _unreadable(Problem(mark, "this character cannot stand in YAML; remove it"))
    except yaml.MarkedYAMLError as wrong:
        at = wrong.problem_mark
        mark = Mark(file, at.line + 1, at.column + 1) if at else Mark(file, 1, 1)
        return _unreadable(Problem(mark, hint(wrong.problem or "")))
    return Marked(
        data,
        _Places(text, file, expansion.nodes),
        tuple(expansion.problems),
        frozenset(expansion.flawed),
        readable=True,
    )


def mark_at(text_mark: Mark, text: str, offset: int) -> Mark:
    """Where character `offset` of `text` stands, if its first one stands at `text_mark`.

    Exact for texts in one line and for `|` blocks; texts that YAML folds or unescapes may stand further on.
    """
    line = text.count("\n", 0, offset)
    return Mark(text_mark.file, text_mark.line + line, text_mark.column + offset - (text.rfind("\n", 0, offset) + 1))


def _unreadable(problem: Problem) -> Marked:
    return Marked(None, {}, (problem,), frozenset(), readable=False)


def _mark_of_index(file: str, text: str, index: int) -> Mark:
    return Mark(file, text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index))


@dataclass(slots=True)
class _Expansion:
    """Makes plain data of a node tree, following aliases, and notes the places."""

    text: str
    file: str
    environ: Mapping[str, str] | None
    nodes: dict[Path, tuple[yaml.Node, yaml.Node | None]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    flawed: set[Path] = field(default_factory=set)
    visited: int = 0
    constructor: yaml.constructor.SafeConstructor = field(default_factory=yaml.constructor.SafeConstructor)

    def value(self, node: yaml.Node, path: Path, key: yaml.Node | None) -> object:
        self.visit(node, len(path))
        self.nodes[path] = node, key
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node, path)
        if node.tag == _TAG + "seq" and isinstance(node, yaml.SequenceNode):
            return [self.value(child, (*path, index), None) for index, child in enumerate(node.value)]
        if node.tag == _TAG + "map" and isinstance(node, yaml.MappingNode):
            return self.mapping(node, path)
        raise refusal("tag", node.start_mark)

    def scalar(self, node: yaml.ScalarNode, path: Path) -> object:
        base_60 = node.style is None and ":" in node.value
        if node.tag in _TEXT or (node.tag in _PLAIN and base_60):
            return self.filled(node, path)
        if node.tag not in _PLAIN:
            raise refusal("tag", node.start_mark)
        try:
            return self.constructor.construct_object(node)
        except (ValueError, LookupError) as wrong:
            raise refusal("no such number", node.start_mark) from wrong

    def filled(self, node: yaml.ScalarNode, path: Path) -> str:
        written: str = node.value
        if self.environ is None:
            return written
        text, wrong = fill(written, self.environ)
        if wrong:
            self.flawed.add(path)
            self.problems.extend(Problem(self.mark(node), sentence) for sentence in wrong)
        return text

    def mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, object]:
        result: dict[str, object] = {}
        for key, (key_node, value_node) in self.pairs(node, len(path)).items():
            value = self.value(value_node, (*path, key), key_node)
            if value is not None or value_node.value:
                result[key] = value
        return result

    def pairs(self, node: yaml.MappingNode, depth: int) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        """Keys of a mapping in its order, then those it merges in and does not have itself."""
        self.visit(node, depth)
        own: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        merged: list[yaml.MappingNode] = []
        for key_node, value_node in node.value:
            if key_node.tag == _MERGE:
                merged.extend(self.merged(value_node))
            elif key_node.tag not in _TEXT:
                self.problem(key_node, "a key is a text; put it in quotes")
            elif key_node.value in own:
                first = own[key_node.value][0].start_mark.line + 1
                self.problem(key_node, f"`{key_node.value}` stands here already, in line {first}; keep one of them")
            else:
                own[key_node.value] = (key_node, value_node)
        for other in merged:
            for key, pair in self.pairs(other, depth + 1).items():
                own.setdefault(key, pair)
        return own

    def merged(self, node: yaml.Node) -> Iterator[yaml.MappingNode]:
        for part in node.value if isinstance(node, yaml.SequenceNode) else [node]:
            if isinstance(part, yaml.MappingNode):
                yield part
            else:
                self.problem(part, "`<<` takes an alias of a mapping, like `<<: *defaults`")

    def visit(self, node: yaml.Node, depth: int) -> None:
        self.visited += 1
        if self.visited > MAX_NODES:
            raise refusal("too many", node.start_mark)
        if depth > MAX_DEPTH:
            raise refusal("too deep", node.start_mark)

    def problem(self, node: yaml.Node, message: str) -> None:
        self.problems.append(Problem(self.mark(node), message))

    def mark(self, node: yaml.Node) -> Mark:
        return _mark_of_node(self.file, node)


@dataclass(frozen=True, slots=True)
class _Places(Mapping[Path, Place]):
    """The places of a text, each found out when it is asked for: of ten thousand lists hardly any is."""

    text: str
    file: str
    nodes: Mapping[Path, tuple[yaml.Node, yaml.Node | None]]

    def __getitem__(self, path: Path) -> Place:
        node, key = self.nodes[path]
        written = node.value if isinstance(node, yaml.ScalarNode) else None
        key_mark = _mark_of_node(self.file, key) if key else None
        return Place(_mark_of_node(self.file, node), self._text_mark(node), key_mark, written)

    def __contains__(self, path: object) -> bool:
        return path in self.nodes

    def __iter__(self) -> Iterator[Path]:
        return iter(self.nodes)

    def __len__(self) -> int:
        return len(self.nodes)

    def _text_mark(self, node: yaml.Node) -> Mark:
        start: int = node.start_mark.index
        end = start
        # An anchor or tag stands before the text; then a quote or a block's header.
        for part in (_PROPERTIES, _BLOCK_HEADER, _QUOTE):
            found = part.match(self.text, end)
            end = found.end() if found else end
        if not isinstance(node, yaml.ScalarNode) or "\n" not in self.text[start:end]:
            return Mark(self.file, node.start_mark.line + 1, node.start_mark.column + 1 + end - start)
        return _mark_of_index(self.file, self.text, end)


def _mark_of_node(file: str, node: yaml.Node) -> Mark:
    return Mark(file, node.start_mark.line + 1, node.start_mark.column + 1)
