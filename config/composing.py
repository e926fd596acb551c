"""A YAML text as a tree of PyYAML's nodes, with anchors followed and its depth bounded.

libyaml parses where PyYAML was built with it, which is ten times as fast. Its own composer is not used: that calls
itself once a level without a bound, so a text of 100,000 brackets ends the process. Nor are its errors: PyYAML's say
more, and `config.yamlhints` knows them. A text that libyaml refuses is read once more without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

import yaml
from yaml.composer import ComposerError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.resolver import Resolver
from yaml.scanner import Scanner

if TYPE_CHECKING:
    from collections.abc import Callable

    from yaml.error import Mark

MAX_DEPTH: Final = 50


class Events(Protocol):
    """A parser of either kind: the events of one text, one by one."""

    def get_event(self) -> Any:  # noqa: ANN401 - PyYAML's events, one class each
        """Return the next event, and step behind it."""
        ...


class PythonParser(Reader, Scanner, Parser):
    """PyYAML's own parser, without what it builds on it."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)


def _quick_parser() -> Callable[[str], Events] | None:
    """Return libyaml's parser, or None where PyYAML was built without it."""
    if not yaml.__with_libyaml__:
        return None
    from yaml._yaml import CParser  # noqa: PLC0415 - not there otherwise

    return CParser


QUICK: Final = _quick_parser()


def compose(text: str, *, quick: Callable[[str], Events] | None = QUICK) -> Node | None:
    """Return the root of the one document in `text`; None for an empty text.

    `quick` is a parser to try first. Raises yaml.YAMLError: what PyYAML's own parser says.
    """
    # Of tabs, and of a second byte order mark, libyaml lets pass what is no YAML.
    if quick is not None and "\t" not in text and "\ufeff" not in text:
        try:
            return _Composer(quick(text)).document()
        except (yaml.YAMLError, UnicodeError):  # UnicodeError: the environment holds bytes that are no text
            pass
    return _Composer(PythonParser(text)).document()


def refusal(reason: str, mark: Mark | None) -> yaml.MarkedYAMLError:
    """Return the error for what YAML allows and this house does not; `reason` is one of `config.yamlhints`."""
    return yaml.MarkedYAMLError(problem=reason, problem_mark=mark)


class _Composer:
    """Does for one document what PyYAML's composer does, over either parser, without its two looks ahead an event."""

    def __init__(self, events: Events) -> None:
        self._next = events.get_event
        self._resolve: Callable[[type[Node], str | None, object], str] = Resolver().resolve
        self._anchors: dict[str, Node] = {}

    def document(self) -> Node | None:
        self._next()  # the stream's start
        if not isinstance(self._next(), DocumentStartEvent):
            return None
        root = self._node(self._next(), 1)
        self._next()  # the document's end
        other = self._next()
        if not isinstance(other, StreamEndEvent):
            first = "expected a single document in the stream"
            raise ComposerError(first, root.start_mark, "but found another document", other.start_mark)
        return root

    def _node(self, event: Any, depth: int) -> Node:  # noqa: ANN401
        if depth > MAX_DEPTH:
            raise refusal("too deep", event.start_mark)
        kind = type(event)
        if kind is AliasEvent:
            if event.anchor not in self._anchors:
                raise ComposerError(None, None, f"found undefined alias {event.anchor!r}", event.start_mark)
            return self._anchors[event.anchor]
        if kind is ScalarEvent:
            tag = self._tag(ScalarNode, event, event.value)
            scalar = ScalarNode(tag, event.value, event.start_mark, event.end_mark, event.style or None)
            self._anchor(event, scalar)
            return scalar
        value: list[Any] = []
        made = SequenceNode if kind is SequenceStartEvent else MappingNode
        node = made(self._tag(made, event, None), value, event.start_mark, event.end_mark)
        self._anchor(event, node)  # before its parts: an alias within it is found, and refused as too deep
        if made is SequenceNode:
            while not isinstance(part := self._next(), SequenceEndEvent):
                value.append(self._node(part, depth + 1))
        else:
            while not isinstance(part := self._next(), MappingEndEvent):
                value.append((self._node(part, depth + 1), self._node(self._next(), depth + 1)))
        return node

    def _tag(self, kind: type[Node], event: Any, value: str | None) -> str:  # noqa: ANN401
        written: str | None = event.tag
        return self._resolve(kind, value, event.implicit) if written is None or written == "!" else written

    def _anchor(self, event: Any, node: Node) -> None:  # noqa: ANN401
        name = event.anchor
        if name is None:
            return
        if name in self._anchors:
            first = f"found duplicate anchor {name!r}; first occurrence"
            raise ComposerError(first, self._anchors[name].start_mark, "second occurrence", event.start_mark)
        self._anchors[name] = node
