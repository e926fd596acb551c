"""How a value is refused, in words that stand as they are."""

from __future__ import annotations

from typing import Final, NoReturn

from pydantic_core import PydanticCustomError

OURS: Final = "tocsin"
"""The type of the errors raised here: their message is complete."""


def refuse(message: str) -> NoReturn:
    """Raise what `config.explain` shows as it stands, with {given} replaced."""
    raise PydanticCustomError(OURS, message)
