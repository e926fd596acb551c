"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, BigInteger, Float, Integer, String, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Dialect
    from sqlalchemy.types import TypeEngine

Id = BigInteger().with_variant(Integer(), "sqlite")
"""64 bits on both; SQLite numbers rows by itself only where the type is called INTEGER."""

Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes in, aware UTC out: TIMESTAMPTZ on PostgreSQL, sortable text of fixed width on SQLite.

    A poll carries some twenty of them to and fro, so each processor is one function: the types underneath have none
    of their own that TypeDecorator could put before or after it.
    """

    impl = String(27)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column's type."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(TIMESTAMP(timezone=True))
        return dialect.type_descriptor(String(27))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ANN401 - SQLAlchemy's signature
        """Refuse naive datetimes; the rest becomes UTC."""
        if value is None:
            return None
        return _aware(value) if dialect.name == "postgresql" else _text(value)

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        """Return `process_bind_param` for a dialect; moments that come again and again are written out once."""
        if dialect.name == "postgresql":
            return lambda value: self.process_bind_param(value, dialect)
        return _text

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401 - as above
        """Return aware UTC."""
        if value is None:
            return None
        if dialect.name == "postgresql":
            return value.astimezone(UTC)  # type: ignore[no-any-return]
        return datetime.fromisoformat(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:  # noqa: ARG002 - as above
        """Return `process_result_value` for a dialect."""
        if dialect.name == "postgresql":
            return lambda value: None if value is None else value.astimezone(UTC)
        return lambda value: None if value is None else datetime.fromisoformat(value)


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a naive datetime has no place in the database")
    return value.astimezone(UTC)


@lru_cache(maxsize=1024)
def _text(value: datetime | None) -> str | None:
    """What stands in SQLite for a moment; of one poll the same one goes into several columns."""
    return None if value is None else _aware(value).isoformat(timespec="microseconds").replace("+00:00", "Z")


class Duration(TypeDecorator[timedelta]):
    """A timedelta as seconds."""

    impl = Float
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> float | None:  # noqa: ARG002 - as above
        """Return seconds."""
        return None if value is None else value.total_seconds()

    def bind_processor(self, dialect: Dialect) -> Callable[[timedelta | None], float | None]:  # noqa: ARG002 - as above
        """Return `process_bind_param`: Float has no processor of its own."""
        return lambda value: None if value is None else value.total_seconds()

    def process_result_value(self, value: float | None, dialect: Dialect) -> timedelta | None:  # noqa: ARG002 - as above
        """Return a timedelta."""
        return None if value is None else timedelta(seconds=value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[float | None], timedelta | None]:  # noqa: ARG002 - as above
        """Return `process_result_value`."""
        return lambda value: None if value is None else timedelta(seconds=value)
