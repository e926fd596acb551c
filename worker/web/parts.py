"""What the web role answers with."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Generic, TypeVar, cast

from fastapi import Depends, Request

from config.values import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from worker.wiring import Engine

AValue = TypeVar("AValue")

_DEFAULT_ADDRESS = Settings().base_url


@dataclass(frozen=True, slots=True)
class Parts:
    """What answers are made of.

    Attributes:
        engine: The engine of this process.
        address: Where people reach us, without a slash at its end.
        key: The links' key.
        metrics_token: By which figures may be asked for from anywhere; empty: by nothing.
    """

    engine: Engine
    address: str
    key: bytes = field(repr=False)
    metrics_token: str = field(default="", repr=False)


def address_of(settings: Settings, port: int) -> str:
    """Return where people reach a web role that listens on `port`: `base_url`, or this machine where nobody set it."""
    told = settings.base_url.rstrip("/")
    return told if told != _DEFAULT_ADDRESS else f"http://127.0.0.1:{port}"


def parts_of(request: Request) -> Parts:
    """Return what the application that answers this request was made with."""
    return cast("Parts", request.app.state.parts)


TheParts = Annotated[Parts, Depends(parts_of)]
"""A parameter of an endpoint."""


class Remembered(Generic[AValue]):
    """A value that costs something to make, and may be some seconds old. One maker at a time, however many ask."""

    def __init__(self, make: Callable[[], AValue], *, seconds: float) -> None:
        self._make = make
        self._seconds = seconds
        self._lock = threading.Lock()
        self._made: tuple[float, AValue] | None = None

    def get(self) -> AValue:
        """Return the value, made anew where it is too old; what goes wrong with that is raised, and not kept."""
        with self._lock:
            if self._made is None or time.monotonic() - self._made[0] >= self._seconds:
                made = self._make()
                self._made = (time.monotonic(), made)
            return self._made[1]
