"""Statements that one store has compiled serve all stores of a test process: that is most of what a new store costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, event

if TYPE_CHECKING:
    from sqlalchemy import Connection

_known: dict[object, tuple[Any, Any]] = {}


def share_compiled() -> None:
    """Have every engine of this process, from its second connection on, know what others of its kind have compiled."""
    if not event.contains(Engine, "engine_connect", _share):
        event.listen(Engine, "engine_connect", _share)


def _share(connection: Connection) -> None:
    engine = connection.engine
    kind = engine.dialect.name, engine.dialect._json_serializer  # type: ignore[attr-defined] # what ours differ in
    # What is compiled is kept for a dialect, of which each engine has one of its own.
    engine.dialect, engine._compiled_cache = _known.setdefault(kind, (engine.dialect, engine._compiled_cache))
