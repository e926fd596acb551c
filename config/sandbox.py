"""Templates in a sandbox that can neither reach out nor run away (RELIABILITY 17).

A template may print values, ask `if`, go through lists by `for`, and use a few filters. Nothing can be called,
assigned, joined, multiplied or included, so that what it may cost is known from its length, but for loops: each turn of
one looks at the clock, and so do each filter and each piece of output, which is counted too.
"""

from __future__ import annotations

import time
from contextvars import ContextVar
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any, Final

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.filters import FILTERS
from jinja2.meta import find_undeclared_variables
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.tests import TESTS

from config.nearest import did_you_mean
from config.template_values import SAMPLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

SIZE_LIMIT: Final = 100_000
"""Characters of what a template makes."""

SECONDS: Final = 1.0

_FILTERS: Final = frozenset(
    {"capitalize", "default", "d", "first", "join", "last", "length", "count", "lower", "title", "trim", "truncate"}
    | {"upper", "reverse", "list"}
)
"""None that makes more of what it is given: no center, indent, format, replace, escape; `join` is ours, and counts."""

_TESTS: Final = frozenset({"defined", "undefined", "none", "string", "number", "mapping", "sequence", "true", "false"}
                          | {"eq", "ne", "lt", "le", "gt", "ge", "==", "!=", "<", ">", "<=", ">=", "in"})  # fmt: skip

_NODES: Final = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem,
    nodes.For, nodes.If, nodes.CondExpr, nodes.And, nodes.Or, nodes.Not, nodes.Compare, nodes.Operand, nodes.Filter,
    nodes.Test, nodes.Keyword,
)  # fmt: skip

_KNOWN_NODES: Final = {
    nodes.Call: "nothing can be called; write a filter, as `{{ headline|upper }}`",
    nodes.Concat: "`~` is not there; write `{{ a }}{{ b }}`",
    nodes.Assign: "`set` is not there",
    nodes.AssignBlock: "`set` is not there",
    nodes.Include: "`include` is not there",
    nodes.Import: "`import` is not there",
    nodes.FromImport: "`import` is not there",
    nodes.Extends: "`extends` is not there",
    nodes.Macro: "`macro` is not there",
}

_PYTHONIC: Final = frozenset({"self", "super", "caller", "varargs", "kwargs"})

_OF_LOOPS: Final = frozenset({"index", "index0", "revindex", "revindex0", "first", "last", "length", "depth"})

_WATCHED: Final = "watched"
_NESTED: Final = 3
_SIZE: Final = 2_000
"""Nodes of a template's tree."""

_deadline: ContextVar[Callable[[], None]] = ContextVar("template_deadline")


class TemplateFault(Exception):
    """A template cannot be read, or made nothing of its values; the text says why."""


class _Sandbox(ImmutableSandboxedEnvironment):
    """Looks up names as keys, and nothing else of an object: `story.items` is no method, and no text has any."""

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401 - as inherited
        if isinstance(obj, LoopContext) and attribute in _OF_LOOPS:
            return super().getattr(obj, attribute)
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:  # noqa: ANN401 - as inherited
        try:
            return obj[argument]
        except (LookupError, TypeError):
            return self.undefined(f"there is no `{argument}` here")


def _timed(filter_: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(filter_)  # with what jinja2 has noted there of its arguments
    def timed(*args: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever the filter takes and makes
        _deadline.get()()
        return filter_(*args, **named)

    return timed


def _join(values: Any, between: str = "") -> str:  # noqa: ANN401 - whatever a template joins
    made, parts = 0, []
    for value in _watched(values):
        parts.append(str(value))
        made += len(parts[-1]) + len(between)
        if made > SIZE_LIMIT:
            raise TemplateFault(f"it makes more than {SIZE_LIMIT:,} characters")
    return str(between).join(parts)


def _watched(values: Any) -> Iterator[Any]:  # noqa: ANN401 - whatever a loop goes through
    check = _deadline.get()
    for value in values:
        check()
        yield value


def _environment() -> _Sandbox:
    environment = _Sandbox(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=False)
    environment.globals.clear()
    environment.filters = {name: _timed(FILTERS[name]) for name in _FILTERS} | {_WATCHED: _watched, "join": _join}
    environment.tests = {name: TESTS[name] for name in _TESTS}
    return environment


@lru_cache(maxsize=64)
def compiled(source: str) -> Template:
    """Read a template; TemplateFault says what is wrong, and in which line."""
    environment = _environment()
    try:
        tree = environment.parse(source)
        _check(tree)
        unknown = sorted(find_undeclared_variables(tree) - SAMPLE.keys())
        if unknown:
            raise TemplateFault(f"unknown name `{unknown[0]}`{did_you_mean(unknown[0], SAMPLE)}")
        for loop in tree.find_all(nodes.For):
            loop.iter = nodes.Filter(loop.iter, _WATCHED, [], [], None, None, lineno=loop.lineno)
        tree.set_environment(environment)
        return Template.from_code(environment, environment.compile(tree), environment.make_globals(None))
    except TemplateSyntaxError as error:
        raise TemplateFault(f"line {error.lineno}: {_lower(error.message or 'it cannot be read')}") from error
    except (RecursionError, SyntaxError, ValueError) as error:  # what Python makes of some numbers and depths
        raise TemplateFault("it is nested too deep, or holds a number that is too long") from error


def rendered(
    template: Template,
    values: Mapping[str, object],
    *,
    size: int = SIZE_LIMIT,
    seconds: float = SECONDS,
    monotonic: Callable[[], float] = time.monotonic,
) -> str:
    """Return what a template makes of its values; TemplateFault where that is too much, takes too long or fails."""
    until = monotonic() + seconds

    def check() -> None:
        if monotonic() > until:
            raise TemplateFault(f"it takes longer than {seconds:g} s")

    token = _deadline.set(check)
    try:
        made, parts = 0, []
        for part in template.generate(values):
            check()
            made += len(part)
            if made > size:
                raise TemplateFault(f"it makes more than {size:,} characters")
            parts.append(part)
        return "".join(parts)
    except TemplateError as error:
        raise TemplateFault(_lower(error.message or type(error).__name__)) from error
    except (TypeError, ValueError, LookupError, ArithmeticError, AttributeError, RecursionError) as error:
        raise TemplateFault(f"it cannot be told: {error}") from error
    finally:
        _deadline.reset(token)


def _check(tree: nodes.Template) -> None:
    """Raise TemplateFault for what is not allowed, by the list of what is."""
    pending: list[tuple[nodes.Node, int]] = [(tree, 0)]
    seen = 0
    while pending:
        node, depth = pending.pop()
        seen += 1
        if seen > _SIZE:
            _fault(node, "the template says too much")
        if isinstance(node, nodes.For):
            depth += 1
            if depth > _NESTED or node.recursive:
                _fault(node, f"loops may be nested {_NESTED} deep, and not be recursive")
        if not isinstance(node, _NODES):
            _fault(node, _KNOWN_NODES.get(type(node)) or f"`{type(node).__name__.lower()}` is not there")
        if isinstance(node, nodes.Filter) and node.name not in _FILTERS:
            _fault(node, f"there is no filter `{node.name}`{did_you_mean(node.name, _FILTERS)}")
        if isinstance(node, nodes.Test) and node.name not in _TESTS:
            _fault(node, f"there is no test `{node.name}`{did_you_mean(node.name, _TESTS)}")
        name = node.attr if isinstance(node, nodes.Getattr) else node.name if isinstance(node, nodes.Name) else ""
        if name.startswith("_") or name in _PYTHONIC:
            _fault(node, f"`{name}` is nothing that may be named")
        pending.extend((child, depth) for child in node.iter_child_nodes())


def _fault(node: nodes.Node, message: str) -> None:
    raise TemplateFault(f"line {node.lineno}: {message}")


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]
